//! Draws a laid-out page, from the ground up.

use super::PlotError;
use super::canvas::{self, Align, Surface, Text, text_width};
use super::figure::{Figure, Style, Trace};
use super::geometry::{Point, Rect};
use super::layout::{
    FOOT, FOOTER, LABEL, LABEL_LINE, MARGIN, Page, PlacedPanel, SUBTITLE, TICK, TICK_GAP,
    TICK_LENGTH, TITLE, WIDTH, page,
};
use super::legend::{self, Entry, Sample};
use super::map::{BAR_ROOM, bar, draw_bar, draw_cells};
use super::palette::{Color, GRID, INK, PAPER, QUIET_INK};
use super::strokes::{
    draw_band, draw_dot, draw_marker, draw_marks, draw_rule, draw_trace, pale, stroke_dashed,
};
use super::ticks::superscript;

/// The tallest page: beyond it the finely drawn bitmap would take more than a third of a gigabyte.
const TALLEST: f64 = 4000.0;

/// What every drawing step returns.
pub(super) type Drawn = Result<(), PlotError>;

/// The figure as a PNG file.
pub(super) fn png(figure: &Figure) -> Result<Vec<u8>, PlotError> {
    let page = page(figure);
    canvas::png(size(&page)?, |surface| draw(&page, surface))
}

/// The figure as an SVG document.
pub(super) fn svg(figure: &Figure) -> Result<String, PlotError> {
    let page = page(figure);
    canvas::svg(size(&page)?, |surface| draw(&page, surface))
}

fn size(page: &Page) -> Result<(u32, u32), PlotError> {
    if page.height.is_finite() && page.height <= TALLEST {
        return Ok((WIDTH as u32, page.height.ceil() as u32));
    }
    let title = page.figure.title.clone();
    Err(PlotError::Size {
        title,
        width: WIDTH,
        height: page.height,
        limit: TALLEST,
    })
}

fn draw(page: &Page, surface: &mut dyn Surface) -> Drawn {
    let height = page.height.ceil();
    let ground = Rect {
        left: 0.0,
        top: 0.0,
        right: WIDTH,
        bottom: height,
    };
    fill(surface, &ground, PAPER)?;

    let mut top = MARGIN;
    let head = [
        (&page.title, TITLE, true, INK),
        (&page.subtitle, SUBTITLE, false, QUIET_INK),
    ];
    for (lines, (size, line_height), bold, color) in head {
        for line in lines {
            let at = (MARGIN, top + size);
            let text = Text {
                text: line,
                at,
                align: Align::Start,
                size,
                bold,
                upward: false,
                color,
            };
            surface.text(&text)?;
            top += line_height;
        }
    }
    page.panels
        .iter()
        .try_for_each(|placed| draw_panel(placed, surface))?;

    let mut bottom = height - FOOT - FOOTER.1 * page.footer.len() as f64;
    for line in &page.footer {
        bottom += FOOTER.1;
        let text = Text {
            size: FOOTER.0,
            color: QUIET_INK,
            ..plain(line, (MARGIN, bottom - 2.0))
        };
        surface.text(&text)?;
    }
    Ok(())
}

/// Text in the way of labels, starting at a place.
pub(super) fn plain(text: &str, at: Point) -> Text<'_> {
    Text {
        text,
        at,
        align: Align::Start,
        size: LABEL,
        bold: false,
        upward: false,
        color: INK,
    }
}

/// How far the baseline lies below the middle of a line of figures and capitals.
fn sink(size: f64) -> f64 {
    0.36 * size
}

pub(super) fn fill(surface: &mut dyn Surface, rect: &Rect, color: Color) -> Drawn {
    let corners = [
        (rect.left, rect.top),
        (rect.right, rect.top),
        (rect.right, rect.bottom),
        (rect.left, rect.bottom),
    ];
    surface.polygon(&corners, color)
}

fn draw_panel(placed: &PlacedPanel, surface: &mut dyn Surface) -> Drawn {
    draw_header(placed, surface)?;
    for span in &placed.panel.spans {
        draw_span(placed, span.range, span.color, surface)?;
    }
    draw_grid(placed, surface)?;
    if let Some(map) = &placed.panel.map {
        draw_cells(placed, map, surface)?;
    }
    for rule in &placed.panel.rules {
        draw_rule(placed, rule, surface)?;
    }
    let bands = |trace: &&Trace| trace.style == Style::Band;
    for trace in placed.panel.traces.iter().filter(bands) {
        draw_band(placed, trace, surface)?;
    }
    for trace in placed.panel.traces.iter().filter(|trace| !bands(trace)) {
        draw_trace(placed, trace, surface)?;
    }
    draw_marks(placed, surface)?;
    draw_axes(placed, surface)?;
    draw_legend(placed, surface)?;
    if placed.empty {
        let middle = (
            0.5 * (placed.frame.left + placed.frame.right),
            0.5 * (placed.frame.top + placed.frame.bottom) + sink(LABEL),
        );
        surface.text(&Text {
            align: Align::Middle,
            color: QUIET_INK,
            ..plain("no data", middle)
        })?;
    }
    Ok(())
}

/// The letter and heading above a frame.
fn draw_header(placed: &PlacedPanel, surface: &mut dyn Surface) -> Drawn {
    let baseline = placed.header + 0.5 * legend::LINE + sink(LABEL);
    if let Some(letter) = placed.letter {
        let letter = letter.to_string();
        let at = (placed.left, baseline);
        surface.text(&Text {
            bold: true,
            size: LABEL + 1.0,
            ..plain(&letter, at)
        })?;
    }
    surface.text(&plain(&placed.panel.title, (placed.frame.left, baseline)))
}

fn draw_span(
    placed: &PlacedPanel,
    range: (f64, f64),
    color: Color,
    surface: &mut dyn Surface,
) -> Drawn {
    let frame = placed.frame;
    let (a, b) = (placed.x.at(range.0), placed.x.at(range.1));
    let (left, right) = (a.min(b).max(frame.left), a.max(b).min(frame.right));
    if left < right {
        fill(
            surface,
            &Rect {
                left,
                right,
                ..frame
            },
            color,
        )?;
    }
    Ok(())
}

fn draw_grid(placed: &PlacedPanel, surface: &mut dyn Surface) -> Drawn {
    let frame = placed.frame;
    for tick in placed
        .x_ticks
        .ticks
        .iter()
        .filter(|tick| !tick.label.is_empty())
    {
        let x = placed.x.at(tick.value);
        surface.polyline(&[(x, frame.top), (x, frame.bottom)], 0.6, GRID)?;
    }
    for tick in placed
        .y_ticks
        .ticks
        .iter()
        .filter(|tick| !tick.label.is_empty())
    {
        let y = placed.y.at(tick.value);
        surface.polyline(&[(frame.left, y), (frame.right, y)], 0.6, GRID)?;
    }
    Ok(())
}

fn draw_axes(placed: &PlacedPanel, surface: &mut dyn Surface) -> Drawn {
    let Rect {
        left,
        top,
        right,
        bottom,
    } = placed.frame;
    let half = 0.45;
    surface.polyline(
        &[(left, top), (left, bottom), (right, bottom)],
        2.0 * half,
        INK,
    )?;
    draw_x_axis(placed, surface)?;

    for tick in &placed.y_ticks.ticks {
        let y = placed.y.at(tick.value);
        let length = tick_length(&tick.label);
        surface.polyline(&[(left, y), (left - length, y)], 2.0 * half, INK)?;
        let at = (left - TICK_LENGTH - TICK_GAP, y + sink(TICK));
        surface.text(&Text {
            align: Align::End,
            size: TICK,
            ..plain(&tick.label, at)
        })?;
    }
    draw_factor(
        placed.y_ticks.exponent,
        (left - TICK_GAP, top - 8.0),
        Align::End,
        surface,
    )?;
    draw_upward(&placed.y_label, placed.left + LABEL, placed.frame, surface)?;

    draw_right(placed, half, surface)
}

/// The second scale, or the bar of a map, on the right.
fn draw_right(placed: &PlacedPanel, half: f64, surface: &mut dyn Surface) -> Drawn {
    let Rect { top, bottom, .. } = placed.frame;
    let (right, scaling, factor) = match (&placed.panel.map, &placed.panel.right) {
        (Some(map), _) => {
            draw_bar(placed, surface)?;
            (placed.frame.right + BAR_ROOM, bar(placed, map), 1.0)
        }
        (None, Some(axis)) => (placed.frame.right, placed.y, axis.factor),
        (None, None) => return Ok(()),
    };
    surface.polyline(&[(right, top), (right, bottom)], 2.0 * half, INK)?;
    for tick in &placed.right_ticks.ticks {
        let y = scaling.at(tick.value / factor);
        surface.polyline(&[(right, y), (right + TICK_LENGTH, y)], 2.0 * half, INK)?;
        let at = (right + TICK_LENGTH + TICK_GAP, y + sink(TICK));
        surface.text(&Text {
            size: TICK,
            ..plain(&tick.label, at)
        })?;
    }
    draw_factor(
        placed.right_ticks.exponent,
        (right + TICK_GAP, top - 8.0),
        Align::Start,
        surface,
    )?;
    let lines = placed.right_label.len() as f64;
    let first = placed.right - (lines - 1.0) * LABEL_LINE - 0.25 * LABEL;
    draw_upward(&placed.right_label, first, placed.frame, surface)
}

fn draw_x_axis(placed: &PlacedPanel, surface: &mut dyn Surface) -> Drawn {
    let Rect {
        left,
        right,
        bottom,
        ..
    } = placed.frame;
    let baseline = bottom + TICK_LENGTH + TICK_GAP + 0.75 * TICK;
    let mut written_to = f64::NEG_INFINITY;
    for tick in &placed.x_ticks.ticks {
        let x = placed.x.at(tick.value);
        let length = tick_length(&tick.label);
        surface.polyline(&[(x, bottom), (x, bottom + length)], 0.9, INK)?;
        let half = 0.5 * text_width(&tick.label, TICK, false);
        if placed.x_labelled && !tick.label.is_empty() && x - half > written_to + 4.0 {
            let text = plain(&tick.label, (x, baseline));
            surface.text(&Text {
                align: Align::Middle,
                size: TICK,
                ..text
            })?;
            written_to = x + half;
        }
    }
    if !placed.x_labelled {
        return Ok(());
    }
    let below = baseline + LABEL_LINE + 2.0;
    draw_factor(placed.x_ticks.exponent, (right, below), Align::End, surface)?;
    let middle = (0.5 * (left + right), below);
    surface.text(&Text {
        align: Align::Middle,
        ..plain(&placed.panel.x.label, middle)
    })
}

fn tick_length(label: &str) -> f64 {
    if label.is_empty() {
        0.6 * TICK_LENGTH
    } else {
        TICK_LENGTH
    }
}

/// The power of ten common to the labels of an axis.
fn draw_factor(exponent: i32, at: Point, align: Align, surface: &mut dyn Surface) -> Drawn {
    if exponent == 0 {
        return Ok(());
    }
    let factor = format!("×10{}", superscript(exponent));
    surface.text(&Text {
        align,
        size: TICK,
        ..plain(&factor, at)
    })
}

/// Lines of text read from bottom to top, centred on a frame, the first with its baseline at `x`.
fn draw_upward(lines: &[String], x: f64, frame: Rect, surface: &mut dyn Surface) -> Drawn {
    let middle = 0.5 * (frame.top + frame.bottom);
    for (index, line) in lines.iter().enumerate() {
        let at = (x + index as f64 * LABEL_LINE, middle);
        surface.text(&Text {
            align: Align::Middle,
            upward: true,
            ..plain(line, at)
        })?;
    }
    Ok(())
}

fn draw_legend(placed: &PlacedPanel, surface: &mut dyn Surface) -> Drawn {
    let Some(legend) = &placed.legend else {
        return Ok(());
    };
    let top = if legend.header_lines.is_some() {
        placed.header
    } else {
        placed.frame.top
    };
    for ((x, y), entry) in &legend.entries {
        draw_entry((placed.frame.left + x, top + y), entry, surface)?;
    }
    Ok(())
}

fn draw_entry(at: Point, entry: &Entry, surface: &mut dyn Surface) -> Drawn {
    let ends = [at, (at.0 + legend::SAMPLE, at.1)];
    let middle = (at.0 + 0.5 * legend::SAMPLE, at.1);
    let box_around = |half: f64| Rect {
        left: at.0 + 3.0,
        top: at.1 - half,
        right: at.0 + legend::SAMPLE - 1.0,
        bottom: at.1 + half,
    };
    match entry.sample {
        Sample::Rule(color) => stroke_dashed(&ends, 0.9, color, surface)?,
        Sample::Span(color) => fill(surface, &box_around(4.5), color)?,
        Sample::Trace(
            Style::Line {
                width,
                dashed: true,
            },
            color,
            _,
        ) => {
            stroke_dashed(&ends, width, color, surface)?;
        }
        Sample::Trace(
            Style::Line {
                width,
                dashed: false,
            },
            color,
            _,
        ) => {
            surface.polyline(&ends, width.max(1.6), color)?;
        }
        Sample::Trace(
            Style::Points {
                marker,
                filled,
                joined,
            },
            color,
            errors,
        ) => {
            if joined {
                surface.polyline(&ends, 0.9, color)?;
            }
            if errors {
                surface.polyline(
                    &[(middle.0, at.1 - 6.0), (middle.0, at.1 + 6.0)],
                    1.0,
                    color,
                )?;
            }
            draw_marker(marker, middle, color, filled, surface)?;
        }
        Sample::Trace(Style::Dots { radius, filled }, color, _) => {
            draw_dot(middle, radius, color, filled, surface)?;
        }
        Sample::Trace(Style::Tile { .. }, color, _) => fill(surface, &box_around(4.5), color)?,
        Sample::Trace(Style::Band, color, _) => fill(surface, &box_around(4.5), pale(color))?,
        Sample::Trace(Style::Stem, color, _) => {
            surface.polyline(
                &[(middle.0, at.1 + 5.0), (middle.0, at.1 - 4.0)],
                1.1,
                color,
            )?;
            surface.disc((middle.0, at.1 - 4.0), 2.2, color)?;
        }
    }
    let text = (ends[1].0 + legend::GAP, at.1 + sink(legend::SIZE));
    surface.text(&Text {
        size: legend::SIZE,
        ..plain(entry.label, text)
    })
}
