//! What a loop of current against voltage tells: areas, pinch, direction.

/// The sense in which a lobe is run through, current drawn upwards and voltage
/// to the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The conductance is higher on the way back: the voltage raised it.
    CounterClockwise,
    /// The conductance is lower on the way back, or a capacitor is in parallel.
    Clockwise,
    /// The two branches are one.
    None,
}

impl Rotation {
    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CounterClockwise => "counter-clockwise",
            Self::Clockwise => "clockwise",
            Self::None => "no loop",
        }
    }
}

/// The part of a loop on one side of V = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lobe {
    /// ∫ (I_down - I_up) dV, V·A; positive when run counter-clockwise.
    pub area: f64,
    /// How it is run through.
    pub rotation: Rotation,
    /// Conductance while |V| falls over that while it grows, at half the
    /// amplitude.
    pub back_over_forth: f64,
}

/// A loop, measured.
///
/// Of the branches, *up* is the one on which V grows, *down* the one on which
/// it falls. Under V_0 sin ωt a bipolar memristor crosses itself at the origin
/// (its lobes turn opposite ways), a unipolar one touches itself there (both
/// turn the same way). Chua, Appl. Phys. A 102, 765 (2011),
/// <https://doi.org/10.1007/s00339-011-6264-9>.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hysteresis {
    /// At V > 0.
    pub positive: Lobe,
    /// At V < 0.
    pub negative: Lobe,
    /// ∫ |I_down - I_up| dV, V·A: all that is enclosed, however often the
    /// loop crosses itself. Noise adds to it.
    pub enclosed: f64,
    /// Where the branches meet, or come closest, in the inner half: V and A.
    pub pinch: (f64, f64),
    /// How far the branches stay apart there, over the range of the current.
    pub gap: f64,
    /// The larger conductance over the smaller one at the same voltage, at half
    /// the amplitude, of the wider lobe: G_on/G_off.
    pub on_off: f64,
    /// |I| at the positive end over |I| at the negative one.
    pub rectification: f64,
}

/// Why a loop could not be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HysteresisError {
    /// Too few samples.
    #[error("{0} points are too few for a loop (8 at least)")]
    TooFew(usize),
    /// The voltage has one sign only.
    #[error("the voltage does not go through zero")]
    OneSign,
}

impl Hysteresis {
    /// Measures one closed loop, `voltage` (V) and `current` (A) in the order
    /// of time: one period, whose last sample is followed by the first. The
    /// voltage rises once and falls once.
    ///
    /// # Errors
    /// [`HysteresisError`] where this is no loop through V = 0.
    pub fn measure(voltage: &[f64], current: &[f64]) -> Result<Self, HysteresisError> {
        if voltage.len() < 8 {
            return Err(HysteresisError::TooFew(voltage.len()));
        }
        let (up, down) = branches(voltage, current);
        let (low, high) = (up.first_voltage(), up.last_voltage());
        if low >= 0.0 || high <= 0.0 {
            return Err(HysteresisError::OneSign);
        }
        let knots = knots(&up, &down);
        let gaps: Vec<f64> = knots.iter().map(|&v| down.at(v) - up.at(v)).collect();
        let amplitude = high.min(-low);
        let range = up.range().max(down.range());
        let lobe = |sign: f64| {
            let (area, _) = areas(&knots, &gaps, |v| v * sign >= 0.0);
            let at = 0.5 * sign * amplitude;
            let (forth, back) = if sign > 0.0 {
                (&up, &down)
            } else {
                (&down, &up)
            };
            Lobe {
                area,
                rotation: rotation(area, 1e-9 * range * amplitude),
                back_over_forth: back.at(at) / forth.at(at),
            }
        };
        let (positive, negative) = (lobe(1.0), lobe(-1.0));
        let ratio = |lobe: &Lobe| lobe.back_over_forth.max(1.0 / lobe.back_over_forth);
        let (pinch, gap) = pinch(&knots, &gaps, 0.5 * amplitude);
        let end = |v: f64| (0.5 * (up.at(v) + down.at(v))).abs();
        Ok(Self {
            positive,
            negative,
            enclosed: areas(&knots, &gaps, |_| true).1,
            pinch: (pinch, 0.5 * (up.at(pinch) + down.at(pinch))),
            gap: gap / range,
            on_off: ratio(&positive).max(ratio(&negative)),
            rectification: end(amplitude) / end(-amplitude),
        })
    }

    /// Whether the lobes turn opposite ways, as those of a bipolar memristor.
    #[must_use]
    pub fn crosses_itself(&self) -> bool {
        self.positive.area * self.negative.area < 0.0
    }
}

/// A branch: current over voltage, in order of growing voltage.
struct Branch(Vec<(f64, f64)>);

impl Branch {
    fn first_voltage(&self) -> f64 {
        self.0[0].0
    }

    fn last_voltage(&self) -> f64 {
        self.0[self.0.len() - 1].0
    }

    fn range(&self) -> f64 {
        let currents = || self.0.iter().map(|point| point.1);
        currents().fold(f64::MIN, f64::max) - currents().fold(f64::MAX, f64::min)
    }

    /// The current at `voltage`, between the points.
    fn at(&self, voltage: f64) -> f64 {
        let after = self.0.partition_point(|point| point.0 < voltage);
        let after = after.clamp(1, self.0.len() - 1);
        let ((v0, i0), (v1, i1)) = (self.0[after - 1], self.0[after]);
        if v1 == v0 {
            return 0.5 * (i0 + i1);
        }
        i0 + (i1 - i0) * (voltage - v0) / (v1 - v0)
    }
}

/// (up, down), both from the lowest to the highest voltage, ends included.
fn branches(voltage: &[f64], current: &[f64]) -> (Branch, Branch) {
    let n = voltage.len();
    let by = |a: &usize, b: &usize| voltage[*a].total_cmp(&voltage[*b]);
    let lowest = (0..n).min_by(by).unwrap_or(0);
    let highest = (0..n).max_by(by).unwrap_or(0);
    let between = |from: usize, to: usize| {
        let steps = (to + n - from) % n;
        let indices = (0..=steps).map(|k| (from + k) % n);
        let mut points: Vec<_> = indices.map(|k| (voltage[k], current[k])).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        Branch(points)
    };
    (between(lowest, highest), between(highest, lowest))
}

/// Every voltage of either branch, and zero.
fn knots(up: &Branch, down: &Branch) -> Vec<f64> {
    let mut knots: Vec<f64> = up.0.iter().chain(&down.0).map(|point| point.0).collect();
    knots.push(0.0);
    knots.sort_by(f64::total_cmp);
    knots.dedup();
    knots
}

/// (∫ g dV, ∫ |g| dV) of the polygon g through (`knots`, `gaps`), over the
/// pieces whose middle is `wanted`.
fn areas(knots: &[f64], gaps: &[f64], wanted: impl Fn(f64) -> bool) -> (f64, f64) {
    let (mut signed, mut enclosed) = (0.0, 0.0);
    for (v, g) in knots.windows(2).zip(gaps.windows(2)) {
        if !wanted(0.5 * (v[0] + v[1])) {
            continue;
        }
        let width = v[1] - v[0];
        signed += 0.5 * (g[0] + g[1]) * width;
        enclosed += if g[0] * g[1] < 0.0 {
            // Two triangles that meet where the branches cross.
            0.5 * width * (g[0] * g[0] + g[1] * g[1]) / (g[0].abs() + g[1].abs())
        } else {
            0.5 * (g[0] + g[1]).abs() * width
        };
    }
    (signed, enclosed)
}

fn rotation(area: f64, nothing: f64) -> Rotation {
    if area.abs() <= nothing {
        Rotation::None
    } else if area > 0.0 {
        Rotation::CounterClockwise
    } else {
        Rotation::Clockwise
    }
}

/// Where |V| ≤ `within` the branches cross nearest to V = 0, or come closest,
/// and how far apart they are there.
fn pinch(knots: &[f64], gaps: &[f64], within: f64) -> (f64, f64) {
    let crossings = knots.windows(2).zip(gaps.windows(2)).filter_map(|(v, g)| {
        let crosses = g[0] * g[1] < 0.0;
        crosses.then(|| v[0] - g[0] * (v[1] - v[0]) / (g[1] - g[0]))
    });
    let nearest = crossings
        .filter(|v| v.abs() <= within)
        .min_by(|a, b| a.abs().total_cmp(&b.abs()));
    if let Some(voltage) = nearest {
        return (voltage, 0.0);
    }
    let inner = knots.iter().zip(gaps).filter(|(v, _)| v.abs() <= within);
    inner
        .map(|(v, g)| (*v, g.abs()))
        .min_by(|a, b| {
            (a.1, a.0.abs())
                .partial_cmp(&(b.1, b.0.abs()))
                .unwrap_or(std::cmp::Ordering::Equal)
        })
        .unwrap_or((0.0, f64::NAN))
}

#[cfg(test)]
mod tests {
    use super::super::device::{QuasiStatic, Start, Sweep, Volatile, respond};
    use super::*;
    use std::f64::consts::{PI, TAU};

    /// The loop of a volatile memristor, V_0 = 0.5 V, G_0 = 200 nS, ω = 1/s.
    fn simulate(form: QuasiStatic, values: &[f64], samples: usize) -> Hysteresis {
        let time: Vec<f64> = (0..samples)
            .map(|k| TAU * k as f64 / samples as f64)
            .collect();
        let voltage: Vec<f64> = time.iter().map(|t| 0.5 * t.sin()).collect();
        let sweep = Sweep {
            time: &time,
            voltage: &voltage,
            start: Start::Periodic(TAU),
        };
        let current = respond(&Volatile(form), values, &sweep);
        Hysteresis::measure(&voltage, &current).expect("a loop")
    }

    /// Exact: each lobe (2/3) G_0 b V_0³ ωτ/(1 + ω²τ²), crossing at the origin.
    /// The polygon of 2000 samples misses less than 1e-4 of it.
    #[test]
    fn bipolar_lobes_have_the_exact_area() {
        for tau in [0.05, 1.0, 20.0_f64] {
            let found = simulate(QuasiStatic::Bipolar, &[2e-7, 0.8, tau], 2000);
            let expected = 2.0 / 3.0 * 2e-7 * 0.8 * 0.125 * tau / (1.0 + tau * tau);
            assert!(
                (found.positive.area / expected - 1.0).abs() < 1e-4,
                "{tau}: {found:?}"
            );
            assert!(
                (found.negative.area / expected + 1.0).abs() < 1e-4,
                "{tau}: {found:?}"
            );
            assert!((found.enclosed / expected - 2.0).abs() < 2e-4);
            assert!(found.crosses_itself());
            assert_eq!(found.positive.rotation, Rotation::CounterClockwise);
            assert_eq!(found.negative.rotation, Rotation::Clockwise);
            assert!(found.pinch.0.abs() < 1e-3 && found.gap == 0.0, "{found:?}");
        }
    }

    /// Exact: each lobe (π/4) G_0 a V_0⁴ ωτ/(1 + 4ω²τ²), touching at the origin.
    #[test]
    fn unipolar_lobes_have_the_exact_area() {
        for tau in [0.05, 0.5, 20.0_f64] {
            let found = simulate(QuasiStatic::Unipolar, &[2e-7, 3.0, tau], 2000);
            let expected = PI / 4.0 * 2e-7 * 3.0 * 0.0625 * tau / (1.0 + 4.0 * tau * tau);
            for lobe in [found.positive, found.negative] {
                assert!(
                    (lobe.area / expected - 1.0).abs() < 1e-4,
                    "{tau}: {found:?}"
                );
                assert_eq!(lobe.rotation, Rotation::CounterClockwise);
            }
            assert!(!found.crosses_itself());
            assert!(found.pinch.0.abs() < 5e-3 && found.gap < 1e-4, "{found:?}");
            assert!((found.rectification - 1.0).abs() < 1e-6);
        }
    }

    /// Exact at V = V_0/2 (phases 30° and 150°) for the bipolar one with τ = 1:
    /// G/G_0 = 1 + (b V_0/2)(1/2 ∓ (√3/2)).
    #[test]
    fn on_off_ratio_at_half_the_amplitude() {
        let found = simulate(QuasiStatic::Bipolar, &[2e-7, 0.8, 1.0], 2000);
        let swing = |sign: f64| 1.0 + 0.2 * (0.5 + sign * 0.75_f64.sqrt());
        let expected = swing(1.0) / swing(-1.0);
        assert!((found.positive.back_over_forth / expected - 1.0).abs() < 1e-3);
        // At V < 0 it is the conductance 1 - ..., and that ratio is larger.
        let low = |sign: f64| 1.0 - 0.2 * (0.5 + sign * 0.75_f64.sqrt());
        assert!((found.on_off / (low(-1.0) / low(1.0)) - 1.0).abs() < 1e-3);
        // At the ends (V = ±V_0, phase 90°) G/G_0 = 1 ± b V_0/2.
        assert!((found.rectification - 1.2 / 0.8).abs() < 1e-3);
    }

    #[test]
    fn a_resistor_has_no_loop() {
        let voltage: Vec<f64> = (0..100)
            .map(|k| (TAU * f64::from(k) / 100.0).sin())
            .collect();
        let current: Vec<f64> = voltage.iter().map(|v| 1e-9 * v).collect();
        let found = Hysteresis::measure(&voltage, &current).expect("a loop");
        assert_eq!(found.positive.rotation, Rotation::None);
        assert!((found.on_off - 1.0).abs() < 1e-9);
        let shifted: Vec<f64> = voltage.iter().map(|v| v + 2.0).collect();
        assert_eq!(
            Hysteresis::measure(&shifted, &current),
            Err(HysteresisError::OneSign)
        );
    }
}
