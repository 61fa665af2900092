//! Figures: every builder draws to both formats, awkward data does no harm, extremes survive
//! thinning, and ticks read well.

use std::f64::consts::TAU;
use std::path::Path;

use bjerrum::plot::figures::{
    Binned, Caption, Conductance, Conduction, Convergence, Decay, IvCurve, Memristor, Neuron,
    Published, Relaxation, Series, SeriesLine, SeriesPanel, ShortStepLimit, SlitTrace, Spike,
    StepValue,
};
use bjerrum::plot::{
    Axis, Cell, ColorMap, Figure, Format, Legend, Mark, Marker, Panel, PlotError, Rule, Scale,
    Span, Style, Trace, linear_ticks, log_ticks, palette, si_prefix, thin,
};

// ---- synthetic data, shaped like what the program measures -------------------------------------

/// Noise between -1 and 1 from a linear congruence: the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

fn caption(title: &str) -> Caption {
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
fn neuron() -> Neuron {
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

const FIELDS: [f64; 10] = [0.03, 0.07, 0.11, 0.15, 0.19, 0.23, 0.27, 0.31, 0.39, 0.47];
const RISING: [f64; 10] = [
    0.0161, 0.0281, 0.1167, 0.2622, 0.4367, 0.6024, 0.7330, 0.8230, 0.9162, 0.9521,
];
const FALLING: [f64; 10] = [
    0.0228, 0.0514, 0.1315, 0.2698, 0.4396, 0.6036, 0.7325, 0.8218, 0.9132, 0.9457,
];

fn bins(values: &[f64], error: f64, noise: &mut Noise) -> Vec<Binned> {
    let pairs = FIELDS.iter().zip(values);
    pairs
        .map(|(&field, v)| Binned {
            field,
            value: v + error * noise.next(),
            error,
        })
        .collect()
}

fn published(values: &[f64]) -> Published {
    let points = FIELDS.iter().copied().zip(values.iter().copied()).collect();
    Published {
        source: "Robin 2021".into(),
        points,
    }
}

fn memristor() -> Memristor {
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

fn iv_curve(scale: Scale) -> IvCurve {
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

fn relaxation() -> Relaxation {
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

fn series() -> Series {
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
fn convergence(wide: bool) -> Convergence {
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
            longest: 1.0,
        }),
        tolerance: 0.02,
    }
}

fn samples() -> Vec<(&'static str, Figure)> {
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
fn everything() -> Figure {
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

// ---- drawing -----------------------------------------------------------------------------------

#[test]
fn every_figure_renders_to_both_formats() {
    let dir = tempfile::tempdir().unwrap();
    for (name, figure) in samples() {
        for format in [Format::Png, Format::Svg] {
            let path = dir.path().join(name).with_extension(format.extension());
            figure.render(&path, format).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                bytes.len() > 8_000,
                "{} has only {} bytes",
                path.display(),
                bytes.len()
            );
        }
    }
}

#[test]
fn a_png_is_1600_pixels_wide_and_has_ink_of_every_trace() {
    let figure = neuron().figure();
    let bytes = figure.to_png().unwrap();
    let mut reader = png::Decoder::new(bytes.as_slice()).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.width, 1600);
    for color in [
        palette::VOLTAGE,
        palette::SODIUM,
        palette::POTASSIUM,
        palette::SPIKE,
    ] {
        let count = pixels
            .chunks(3)
            .filter(|p| **p == [color.0, color.1, color.2])
            .count();
        assert!(count > 20, "{color:?} covers {count} pixels");
    }
}

/// The lowest and the highest value have the ends of the colours, one that is not known
/// is crossed out, and places without extent are dots.
#[test]
fn a_map_colours_its_cells() {
    let cell = |x: f64, value: f64| Cell {
        x: (x, x + 1.0),
        y: (0.0, 1.0),
        value,
    };
    let map = |cells: Vec<Cell>| {
        let mut panel = Panel::new(Axis::new("x"), Axis::new("y"));
        panel.map = Some(ColorMap {
            label: "Value (S)".to_owned(),
            range: None,
            scale: Scale::Linear,
            cells,
        });
        Figure::new("A map", vec![panel]).to_svg().unwrap()
    };
    let polygons = |svg: &str, color: &str| {
        let filled = format!("fill=\"{color}\"");
        svg.lines()
            .filter(|l| l.contains("<polygon") && l.contains(&filled))
            .count()
    };
    let svg = map(vec![cell(0.0, 2.0), cell(1.0, 4.0), cell(2.0, f64::NAN)]);
    for (color, count) in [("#440154", 1), ("#FDE725", 1), ("#ECEEF1", 1)] {
        assert_eq!(polygons(&svg, color), count, "{color}");
    }
    assert!(svg.contains("Value (S)"));
    // A single value stands in the middle of the bar.
    assert_eq!(polygons(&map(vec![cell(0.0, 3.0)]), "#21918C"), 1);
    let dot = |x: f64| Cell {
        x: (x, x),
        y: (0.5, 0.5),
        value: x,
    };
    let dots = map(vec![dot(1.0), dot(2.0)]);
    let circles: Vec<&str> = dots.lines().filter(|l| l.contains("<circle")).collect();
    assert_eq!(circles.len(), 2);
    assert!(circles[0].contains("#440154") && circles[1].contains("#FDE725"));
}

#[test]
fn an_svg_keeps_its_text_and_escapes_it() {
    let svg = everything().to_svg().unwrap();
    assert!(svg.starts_with("<svg width=\"800\""));
    assert!(svg.contains("µ Å ² ⁻ ω Γ ± ×10⁻⁵ &lt;&amp;&gt;"));
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

#[test]
fn the_same_figure_gives_the_same_bytes() {
    assert!(neuron().figure().to_png().unwrap() == neuron().figure().to_png().unwrap());
}

#[test]
fn no_data_and_bad_data_do_no_harm() {
    let nan = f64::NAN;
    let awkward = [
        vec![],
        vec![(nan, nan)],
        vec![(0.0, f64::INFINITY), (1.0, f64::NEG_INFINITY)],
        vec![(1.0, 2.0)],
        vec![(1.0, 0.0), (2.0, 0.0)],
        vec![(-1.0, -3.0), (0.0, 0.0)],
        vec![(0.0, 1.0), (1.0, nan), (2.0, 3.0), (nan, 1.0), (3.0, 1e300)],
        vec![(0.0, -f64::MAX), (f64::MAX, f64::MAX)],
        vec![(1.0, 1.0), (1.0 + 1e-15, 1.0 + 1e-15)],
    ];
    let styles = [
        Style::Line {
            width: 1.0,
            dashed: true,
        },
        Style::Points {
            marker: Marker::Square,
            filled: true,
            joined: true,
        },
        Style::Band,
        Style::Stem,
    ];
    for (points, scale) in awkward
        .iter()
        .flat_map(|p| [(p, Scale::Linear), (p, Scale::Log)])
    {
        let panels = styles.map(|style| {
            let mut panel = Panel::new(Axis::new("x").scaled(scale), Axis::new("y").scaled(scale));
            let trace = Trace::line("data", palette::VOLTAGE, points.clone());
            panel
                .traces
                .push(Trace { style, ..trace }.with_error(vec![nan, 0.5]));
            panel.marks.push(Mark {
                at: (nan, 1.0),
                text: "1".into(),
                color: palette::SPIKE,
            });
            panel
        });
        let figure = Figure {
            columns: 2,
            share_x: true,
            ..Figure::new("awkward", panels.into())
        };
        let svg = figure.to_svg().unwrap();
        assert!(!svg.contains("NaN"), "{points:?} drew a NaN");
        figure.to_png().unwrap();
    }
}

#[test]
fn empty_inputs_say_so() {
    let iv = IvCurve {
        curves: vec![],
        ..iv_curve(Scale::Log)
    };
    let figures = [
        Neuron::default().figure(),
        Memristor::default().figure(),
        Relaxation::default().figure(),
        Convergence::default().figure(),
        IvCurve {
            published_ratio: Published::default(),
            ..iv
        }
        .figure(),
        Series {
            panels: vec![SeriesPanel::default()],
            ..Series::default()
        }
        .figure(),
    ];
    for figure in figures {
        assert!(figure.to_svg().unwrap().contains("no data"));
    }
    Figure::new("nothing at all", vec![]).to_png().unwrap();
}

#[test]
fn a_path_that_cannot_be_written_is_named() {
    let path = Path::new("no-such-folder").join("figure.png");
    let error = neuron().figure().render(&path, Format::Png).unwrap_err();
    let message = error.to_string();
    assert!(matches!(error, PlotError::Write { .. }));
    assert!(message.contains("no-such-folder"), "{message}");
    assert!(
        message.len() > path.to_string_lossy().len() + 30,
        "no reason given: {message}"
    );
}

#[test]
fn a_page_too_tall_to_draw_is_refused() {
    let panel = Panel::new(Axis::new("x"), Axis::new("y"));
    let error = Figure::new("tower", vec![panel; 40]).to_png().unwrap_err();
    assert!(error.to_string().contains("tower"), "{error}");
}

#[test]
fn a_legend_never_lies_on_data() {
    // Four corners, each crossed by a trace: the legend has to leave the frame.
    let mut panel = Panel::new(Axis::new("x"), Axis::new("y"));
    panel.traces.push(Trace::line(
        "up",
        palette::SODIUM,
        vec![(0.0, 0.0), (1.0, 1.0)],
    ));
    panel.traces.push(Trace::line(
        "down",
        palette::POTASSIUM,
        vec![(0.0, 1.0), (1.0, 0.0)],
    ));
    let crossed = Figure::new("", vec![panel.clone()]).to_svg().unwrap();
    panel.legend = Legend::Above;
    let above = Figure::new("", vec![panel.clone()]).to_svg().unwrap();
    assert_eq!(crossed, above);

    panel.traces.pop();
    panel.legend = Legend::Auto;
    assert_ne!(Figure::new("", vec![panel]).to_svg().unwrap(), above);
}

// ---- what the builders make of their data ------------------------------------------------------

#[test]
fn a_neuron_numbers_its_spikes_and_shows_conductances_over_decades() {
    let figure = neuron().figure();
    let texts: Vec<&str> = figure.panels[0]
        .marks
        .iter()
        .map(|m| m.text.as_str())
        .collect();
    assert_eq!(texts, ["1", "2", "3"]);
    assert_eq!(figure.panels[1].y.label, "Conductance (pS)");
    // One glitch of I/V does not flatten a logarithmic axis.
    assert_eq!(figure.panels[1].y.scale, Scale::Log);
    assert_eq!(figure.panels[1].y.range, None);
}

#[test]
fn a_loop_is_split_by_direction_and_loses_no_step() {
    let memristor = memristor();
    let steps = |trace: &Trace| -> Vec<(f64, f64)> {
        let ends = trace
            .points
            .windows(2)
            .map(|p| (p[0].0.abs(), p[1].0.abs()));
        ends.filter(|(a, b)| a.is_finite() && b.is_finite())
            .collect()
    };
    let figure = memristor.figure();
    let (rising, falling) = (&figure.panels[0].traces[0], &figure.panels[0].traces[1]);
    assert!(steps(rising).iter().all(|(a, b)| b >= a));
    assert!(steps(falling).iter().all(|(a, b)| b < a));
    assert_eq!(
        steps(rising).len() + steps(falling).len(),
        memristor.current.len() - 1
    );
}

#[test]
fn a_decay_states_its_memory_time_to_the_digits_its_error_allows() {
    let figure = relaxation().figure();
    let label = &figure.panels[1].traces[1].label;
    assert!(label.ends_with("memory time 3.100 ± 0.040 µs"), "{label}");
}

// ---- thinning and ticks ------------------------------------------------------------------------

#[test]
fn thinning_keeps_extremes_ends_and_order() {
    let mut points: Vec<(f64, f64)> = (0..100_000).map(|k| (f64::from(k) * 0.01, 0.0)).collect();
    points[54_321].1 = 40.0;
    points[54_325].1 = -7.0;
    let thinned = thin(&points, 1.0);
    assert_eq!(thinned.len(), 1);
    assert!(thinned[0].len() <= 4 * 1000);
    assert!(thinned[0].contains(&points[54_321]) && thinned[0].contains(&points[54_325]));
    assert_eq!(thinned[0].first(), points.first());
    assert_eq!(thinned[0].last(), points.last());
    assert!(thinned[0].is_sorted_by(|a, b| a.0 < b.0));
}

#[test]
fn thinning_breaks_at_gaps() {
    let nan = f64::NAN;
    let points = [
        (0.0, 1.0),
        (nan, 1.0),
        (nan, 1.0),
        (2.0, 1.0),
        (3.0, f64::INFINITY),
        (4.0, 1.0),
    ];
    let pieces = thin(&points, 0.1);
    assert_eq!(pieces, [[(0.0, 1.0)], [(2.0, 1.0)], [(4.0, 1.0)]]);
}

fn labels(range: (f64, f64), target: usize) -> Vec<String> {
    linear_ticks(range, target)
        .ticks
        .into_iter()
        .map(|tick| tick.label)
        .collect()
}

#[test]
fn linear_labels_are_round_and_free_of_noise() {
    assert_eq!(
        labels((0.0, 1.0), 5),
        ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    );
    assert_eq!(
        labels((-0.25, 0.25), 5),
        ["−0.2", "−0.1", "0.0", "0.1", "0.2"]
    );
    assert_eq!(
        labels((0.0, 300.0), 6),
        ["0", "50", "100", "150", "200", "250", "300"]
    );
    assert_eq!(linear_ticks((0.0, 0.5), 5).ticks[3].value, 0.3);
    let tiny = linear_ticks((0.0, 3e-9), 3);
    assert_eq!(tiny.exponent, -9);
    assert_eq!(
        tiny.ticks
            .iter()
            .map(|t| t.label.as_str())
            .collect::<Vec<_>>(),
        ["0", "1", "2", "3"]
    );
    assert_eq!(labels((-0.93, 1.22), 3), ["−0.5", "0.0", "0.5", "1.0"]);
    assert!(linear_ticks((1.0, 1.0), 5).ticks.is_empty());
    assert!(linear_ticks((f64::NAN, 1.0), 5).ticks.is_empty());
}

#[test]
fn log_labels_are_powers_of_ten() {
    let major = |range, target| -> Vec<String> {
        let ticks = log_ticks(range, target).ticks;
        ticks
            .into_iter()
            .map(|tick| tick.label)
            .filter(|label| !label.is_empty())
            .collect()
    };
    assert_eq!(major((0.01, 10.0), 6), ["0.01", "0.1", "1", "10"]);
    assert_eq!(major((1e-9, 1e-6), 6), ["10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶"]);
    assert_eq!(major((0.03, 0.6), 6), ["0.05", "0.1", "0.2", "0.5"]);
    assert!(log_ticks((0.0, 1.0), 5).ticks.is_empty());
}

#[test]
fn si_prefixes_bring_values_between_one_and_a_thousand() {
    assert_eq!(si_prefix(2.5e-12), (1e12, "p"));
    assert_eq!(si_prefix(1e-9), (1e9, "n"));
    assert_eq!(si_prefix(40.0), (1.0, ""));
    assert_eq!(si_prefix(0.0), (1.0, ""));
    assert_eq!(si_prefix(4.2e4).1, "k");
}
