//! Every builder draws to both formats, and awkward data does no harm.

use crate::data::{everything, iv_curve, neuron, samples};
use bjerrum::plot::figures::{
    Convergence, IvCurve, Memristor, Neuron, Published, Relaxation, Series, SeriesPanel,
};
use bjerrum::plot::{
    Axis, Cell, ColorMap, Figure, Format, Legend, Mark, Marker, Panel, PlotError, Scale, Style,
    Trace, palette,
};
use std::path::Path;

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
