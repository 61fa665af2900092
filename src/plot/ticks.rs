//! Where an axis is marked, and what the marks say.

/// One labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The place, in the units of the axis.
    pub value: f64,
    /// What is printed beside it; empty for a minor tick.
    pub label: String,
}

/// The ticks of one axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ticks {
    /// The ticks in rising order.
    pub ticks: Vec<Tick>,
    /// The power of ten that every label is to be multiplied by; 0 when labels say it all.
    pub exponent: i32,
}

/// More ticks than any axis has room for; a guard against ranges narrower than rounding.
const MOST_TICKS: i64 = 100;

/// Ticks at multiples of 1, 2 or 5 times a power of ten, about `target` of them in `range` and no
/// fewer than three.
///
/// Labels are written with as many decimals as the step needs and no more. When every value is
/// above 10⁵ or below 10⁻² in magnitude a common power of ten is taken out of the labels.
pub fn linear_ticks(range: (f64, f64), target: usize) -> Ticks {
    let mut finer = (target..target + 4).map(|target| about(range, target));
    finer
        .find(|ticks| ticks.ticks.len() >= 3)
        .unwrap_or_default()
}

/// Ticks about as many as asked for, if `range` has any length.
fn about(range: (f64, f64), target: usize) -> Ticks {
    let (low, high) = (range.0.min(range.1), range.0.max(range.1));
    let span = high - low;
    if !(span.is_finite() && span > 0.0) {
        return Ticks::default();
    }
    let (digit, power) = nice_step(span / target.max(1) as f64);
    // A negative power divides: 3 * 0.1 is 0.30000000000000004, 3 / 10 is 0.3.
    let at = |index: i64| {
        let units = (index * digit) as f64;
        if power < 0 {
            units / 10f64.powi(-power)
        } else {
            units * 10f64.powi(power)
        }
    };
    let step = at(1);
    let slack = 1e-9 * span / step;
    let first = (low / step - slack).ceil() as i64;
    let last = (high / step + slack).floor() as i64;
    if step <= 0.0 || last.saturating_sub(first) > MOST_TICKS {
        return Ticks::default();
    }

    let exponent = common_exponent(low.abs().max(high.abs()));
    let decimals = (exponent - power).max(0) as usize;
    let ticks = (first..=last)
        .map(|index| {
            let scaled = (index * digit) as f64 * 10f64.powi(power - exponent);
            Tick {
                value: at(index),
                label: number(scaled, decimals),
            }
        })
        .collect();
    Ticks { ticks, exponent }
}

/// Ticks at powers of ten, with unlabelled minor ticks between; when the range holds fewer than
/// two powers of ten, 2 and 5 times a power are labelled too.
pub fn log_ticks(range: (f64, f64), target: usize) -> Ticks {
    let (low, high) = (range.0.min(range.1), range.0.max(range.1));
    if !(low > 0.0 && high.is_finite() && high > low) {
        return Ticks::default();
    }
    let inside = |value: f64| value >= low * (1.0 - 1e-9) && value <= high * (1.0 + 1e-9);
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let decades = (first..=last)
        .filter(|&power| inside(10f64.powi(power)))
        .count();
    let every = (decades / target.max(1) + 1) as i32;
    let plain = first >= -3 && last <= 4;

    let mut ticks = Vec::new();
    for power in first..=last {
        for digit in 1..=9 {
            let value = decimal(digit, power);
            if !inside(value) {
                continue;
            }
            let labelled = match digit {
                1 => power % every == 0,
                2 | 5 => decades < 2,
                _ => false,
            };
            let label = match (labelled, digit) {
                (false, _) => String::new(),
                (true, _) if plain => number(value, (-power).max(0) as usize),
                (true, 1) => format!("10{}", superscript(power)),
                (true, _) => format!("{digit}×10{}", superscript(power)),
            };
            ticks.push(Tick { value, label });
        }
    }
    Ticks { ticks, exponent: 0 }
}

/// The factor and SI prefix that bring `magnitude` between 1 and 1000: multiply by the factor,
/// write the prefix before the unit.
///
/// ```
/// let (factor, prefix) = bjerrum::plot::si_prefix(2.5e-12);
/// assert_eq!((factor, prefix), (1e12, "p"));
/// ```
pub fn si_prefix(magnitude: f64) -> (f64, &'static str) {
    const PREFIXES: [&str; 11] = ["a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T"];
    if !(magnitude.is_finite() && magnitude > 0.0) {
        return (1.0, "");
    }
    let thousands = (magnitude.log10() / 3.0 + 1e-9).floor().clamp(-6.0, 4.0) as i32;
    let factor = if thousands < 0 {
        1e3f64.powi(-thousands)
    } else {
        1.0 / 1e3f64.powi(thousands)
    };
    (factor, PREFIXES[(thousands + 6) as usize])
}

/// `power` of ten as superscript digits.
pub(super) fn superscript(power: i32) -> String {
    power
        .to_string()
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '0' => '⁰',
            digit => char::from_u32('⁰' as u32 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
        })
        .collect()
}

/// The 1, 2 or 5 times a power of ten that is nearest to `raw` by ratio.
fn nice_step(raw: f64) -> (i64, i32) {
    let power = raw.log10().floor() as i32;
    let lead = raw / 10f64.powi(power);
    match lead {
        _ if lead < 1.5 => (1, power),
        _ if lead < 3.2 => (2, power),
        _ if lead < 7.1 => (5, power),
        _ => (1, power + 1),
    }
}

/// The power of ten to take out of labels whose largest magnitude is `largest`.
fn common_exponent(largest: f64) -> i32 {
    if (1e-2..1e5).contains(&largest) || largest == 0.0 {
        0
    } else {
        largest.log10().floor() as i32
    }
}

/// `digit` times ten to the `power`, rounded once.
fn decimal(digit: i32, power: i32) -> f64 {
    if power < 0 {
        f64::from(digit) / 10f64.powi(-power)
    } else {
        f64::from(digit) * 10f64.powi(power)
    }
}

/// A number with a true minus sign, and no sign on zero.
fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let is_zero = !text.contains(|c: char| ('1'..='9').contains(&c));
    if value < 0.0 && !is_zero {
        format!("−{text}")
    } else {
        text
    }
}
