//! Synthetic data, shaped like what the program measures.

use bjerrum::plot::figures::{
    Binned, Caption, Conductance, Conduction, Convergence, Decay, IvCurve, Memristor, Neuron,
    Published, Relaxation, Series, SeriesLine, SeriesPanel, ShortStepLimit, SlitTrace, Spike,
    StepValue,
};
use bjerrum::plot::{Axis, Figure, Mark, Marker, Panel, Rule, Scale, Span, Style, Trace, palette};
use std::f64::consts::TAU;

/// Noise between -1 and 1 from a linear congruence: the same in every run.
pub struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

pub fn caption(title: &str) -> Caption {
    Caption {
        title: title.into(),
        subtitle: "Two slits, 2 µm long, 20 and 200 µm wide, 4000 + 4000 ions each; C = 0.1 fF, \
                   I_app = 0.1 nA, E = ±102.7 V; time step 5 ps, published coupling G = I/V, \
                   Γ = 9.22, D = 1.0341×10⁻⁹ m²/s"
            .into(),
        footer: "ionic-neuron.h5 · bjerrum 0.1.0 · seed 1 · engine cpu".into(),
    }
}

/// Three spikes of 40 V on slow ramps, and a conductance that runs away in one window.
pub fn neuron() -> Neuron {
    let mut noise = Noise(1);
    let peaks = [92.0, 178.0, 271.0];
    let time: Vec<f64> = (0..6000).map(|k| f64::from(k) * 50e-9).collect();
    let shape = |t: f64| {
        let spike = |peak: f64| {
            let since = t - peak;
            if since < 0.0 {
                34.0 * (since / 1.6).exp() + 5.0 * (since / 30.0).exp()
            } else {
                40.0 * (-since / 2.2).exp()
            }
        };
        peaks.iter().map(|&peak| spike(peak)).fold(0.0, f64::max)
    };
    let micro: Vec<f64> = time.iter().map(|t| t * 1e6).collect();
    let connected = |t: f64| if t < 5.0 { 0.0 } else { 1.0 };
    let voltage: Vec<f64> = micro
        .iter()
        .map(|&t| connected(t) * (1.5 + shape(t)) + 0.25 * noise.next())
        .collect();
    let mut slit = |name: &str, floor: f64, gain: f64, battery: f64| {
        let conductance: Vec<f64> = micro
            .iter()
            .zip(&voltage)
            .map(|(&t, v)| connected(t) * (floor + gain * v.abs() / 40.0 + 0.15e-12 * noise.next()))
            .collect();
        let current = conductance
            .iter()
            .zip(&voltage)
            .map(|(g, v)| g * (v - battery))
            .collect();
        SlitTrace {
            name: name.into(),
            conductance,
            current,
        }
    };
    let mut sodium = slit("Na slit", 0.3e-12, 2.0e-12, 102.7);
    let potassium = slit("K slit", 0.7e-12, 2.6e-12, -102.7);
    sodium.conductance[1300] = 9e-10;
    Neuron {
        caption: caption("Two ionic slits and a capacitor spike"),
        spikes: peaks
            .iter()
            .map(|&t| Spike {
                time: t * 1e-6,
                peak: 41.5,
            })
            .collect(),
        time,
        voltage,
        field_per_volt: Some(0.2 / 102.7),
        threshold: Some(28.3),
        connected_at: Some(5e-6),
        sodium,
        potassium,
        conductance: Conductance::Siemens,
    }
}

pub const FIELDS: [f64; 10] = [0.03, 0.07, 0.11, 0.15, 0.19, 0.23, 0.27, 0.31, 0.39, 0.47];
pub const RISING: [f64; 10] = [
    0.0161, 0.0281, 0.1167, 0.2622, 0.4367, 0.6024, 0.7330, 0.8230, 0.9162, 0.9521,
];
pub const FALLING: [f64; 10] = [
    0.0228, 0.0514, 0.1315, 0.2698, 0.4396, 0.6036, 0.7325, 0.8218, 0.9132, 0.9457,
];

pub fn bins(values: &[f64], error: f64, noise: &mut Noise) -> Vec<Binned> {
    let pairs = FIELDS.iter().zip(values);
    pairs
        .map(|(&field, v)| Binned {
            field,
            value: v + error * noise.next(),
            error,
        })
        .collect()
}

pub fn published(values: &[f64]) -> Published {
    let points = FIELDS.iter().copied().zip(values.iter().copied()).collect();
    Published {
        source: "Robin 2021".into(),
        points,
    }
}

pub fn memristor() -> Memristor {
    let mut noise = Noise(2);
    let field: Vec<f64> = (0..2000)
        .map(|k| 0.5 * (TAU * f64::from(k) / 1000.0).cos())
        .collect();
    let current = field
        .windows(2)
        .map(|ends| {
            let lag = if ends[1].abs() > ends[0].abs() {
                0.02
            } else {
                -0.02
            };
            let reach = (ends[0].abs() - lag).max(0.0);
            let ratio = reach.powi(3) / (0.0075 + reach.powi(3));
            2.1e-9 * ends[0] * ratio + 6e-12 * noise.next()
        })
        .collect();
    Memristor {
        caption: caption("A slit remembers the field"),
        field,
        current,
        magnitude: false,
        ratio_scale: Scale::Linear,
        rising: bins(&RISING, 0.02, &mut noise),
        falling: bins(&FALLING, 0.02, &mut noise),
        published_rising: published(&RISING),
        published_falling: published(&FALLING),
    }
}

pub fn iv_curve(scale: Scale) -> IvCurve {
    let mut noise = Noise(3);
    let free = FALLING.map(|v| 0.86 * v);
    IvCurve {
        caption: caption("Conduction at constant field"),
        curves: vec![Conduction {
            label: "this run".into(),
            ratio: bins(&FALLING, 0.01, &mut noise),
            free_fraction: bins(&free, 0.01, &mut noise),
            ..Conduction::default()
        }],
        published_ratio: Published {
            source: "Robin 2021, their inputs".into(),
            points: vec![(0.1, 0.097), (0.2, 0.482), (0.5, 0.959)],
        },
        published_free_fraction: Published {
            source: "Robin 2021, their inputs".into(),
            points: vec![(0.1, 0.086), (0.2, 0.422), (0.5, 0.816)],
        },
        theory: String::new(),
        scale,
    }
}

pub fn relaxation() -> Relaxation {
    let mut noise = Noise(4);
    let time: Vec<f64> = (0..4000).map(|k| f64::from(k) * 5e-9).collect();
    let field = time
        .iter()
        .map(|&t| if (2e-6..5e-6).contains(&t) { 0.5 } else { 0.02 })
        .collect();
    let conductance = time
        .iter()
        .map(|&t| {
            let mean = match t {
                _ if t < 2e-6 => 0.05,
                _ if t < 5e-6 => 0.95 - 0.9 * (-(t - 2e-6) / 0.3e-6).exp(),
                _ => 0.06 + 0.89 * (-(t - 5e-6) / 3.1e-6).exp(),
            };
            mean + 0.02 * noise.next()
        })
        .collect();
    let decay = Decay {
        start: 5e-6,
        end: 20e-6,
        rest: 0.06,
        jump: 0.89,
        memory_time: 3.1e-6,
        memory_time_error: 0.04e-6,
    };
    Relaxation {
        caption: caption("How long a slit remembers a pulse"),
        time,
        field,
        conductance,
        decay: Some(decay),
    }
}

pub fn series() -> Series {
    let mut noise = Noise(5);
    let time: Vec<f64> = (0..3000).map(|k| f64::from(k) * 1e-8).collect();
    let mut line = |name: &str, size: f64, rate: f64| {
        let mut walk = 0.0;
        let mut step = |t: &f64| {
            walk += 0.02 * noise.next();
            size * ((-rate * t).exp() + walk)
        };
        let values: Vec<f64> = time.iter().map(&mut step).collect();
        let error = Some(vec![0.06 * size; values.len()]);
        SeriesLine {
            name: name.into(),
            values,
            error,
        }
    };
    let fractions = vec![line("Na slit", 1.0, 3e5), line("K slit", 1.0, 6e4)];
    let current = SeriesLine {
        error: None,
        name: String::new(),
        ..line("", 2e-7, 1e5)
    };
    Series {
        caption: caption("Free ions and current"),
        time,
        panels: vec![
            SeriesPanel {
                quantity: "Free fraction".into(),
                unit: String::new(),
                lines: fractions,
            },
            SeriesPanel {
                quantity: "Current".into(),
                unit: "A".into(),
                lines: vec![current],
            },
        ],
    }
}

/// An escape time that falls off with the step; over decades without a limit.
pub fn convergence(wide: bool) -> Convergence {
    let at = |step: f64, value: f64| StepValue {
        step,
        value,
        error: 0.01 * value,
    };
    let steps = [5.0, 2.5, 1.0, 0.5, 0.25, 0.1];
    let value = |h: f64| match wide {
        true => 1e-7 / (h * h),
        false => 12e-9 * (1.0 - 0.08 * h),
    };
    let used = at(0.53, value(0.1));
    Convergence {
        caption: caption("Convergence in the step"),
        quantity: "Mean escape time".into(),
        unit: "s".into(),
        euler: steps.map(|h| at(h, value(h))).to_vec(),
        refined: vec![used, at(0.26, value(0.1))],
        used: Some((used, "this scenario".into())),
        limit: (!wide).then_some(ShortStepLimit {
            value: 12e-9,
            error: 3e-11,
            slope: -0.96e-9,
            order: 1.0,
            longest: 1.0,
        }),
        tolerance: 0.02,
    }
}

pub fn samples() -> Vec<(&'static str, Figure)> {
    let magnitude = Memristor {
        magnitude: true,
        ratio_scale: Scale::Log,
        ..memristor()
    };
    vec![
        ("neuron", neuron().figure()),
        ("memristor", memristor().figure()),
        ("memristor-magnitude", magnitude.figure()),
        ("iv-curve", iv_curve(Scale::Linear).figure()),
        ("iv-curve-log", iv_curve(Scale::Log).figure()),
        ("relaxation", relaxation().figure()),
        ("series", series().figure()),
        ("convergence", convergence(false).figure()),
        ("convergence-wide", convergence(true).figure()),
        ("everything", everything()),
    ]
}

/// One panel with a trace of every style, every marker, and text that needs every glyph.
pub fn everything() -> Figure {
    let mut panel = Panel::new(Axis::new("ω (rad fs⁻¹)"), Axis::new("Area (Å²), Γ ± 1"));
    let at = |shift: f64| {
        (1..=8)
            .map(|k| (f64::from(k), f64::from(k % 4) + shift))
            .collect()
    };
    let color = |index: usize| palette::CYCLE[index % palette::CYCLE.len()];
    let styles = [
        Style::Band,
        Style::Stem,
        Style::Line {
            width: 1.1,
            dashed: true,
        },
        Style::Points {
            marker: Marker::Diamond,
            filled: true,
            joined: true,
        },
        Style::Points {
            marker: Marker::Triangle,
            filled: false,
            joined: false,
        },
        Style::Points {
            marker: Marker::TriangleDown,
            filled: false,
            joined: false,
        },
        Style::Points {
            marker: Marker::Square,
            filled: false,
            joined: false,
        },
        Style::Points {
            marker: Marker::Circle,
            filled: false,
            joined: false,
        },
    ];
    for (index, style) in styles.into_iter().enumerate() {
        let trace = Trace::line(
            format!("{style:?}").split(' ').next().unwrap_or_default(),
            color(index),
            at(1.2 * index as f64),
        );
        panel
            .traces
            .push(Trace { style, ..trace }.with_error(vec![0.3; 8]));
    }
    panel.spans.push(Span {
        label: "span".into(),
        range: (2.0, 3.0),
        color: palette::SHADE,
    });
    panel.rules.push(Rule {
        label: "rule".into(),
        at: 5.5,
        vertical: true,
        color: palette::REFERENCE,
    });
    panel.marks.push(Mark {
        at: (7.0, 11.4),
        text: "mark".into(),
        color: palette::SPIKE,
    });
    panel.title = "Every style".into();
    panel.height = 320.0;
    Figure::new("µ Å ² ⁻ ω Γ ± ×10⁻⁵ <&>", vec![panel])
}
