//! How data is drawn inside a frame: lines, bands, markers, error bars and marks.

use std::f64::consts::TAU;

use super::canvas::{Align, Surface, Text, text_width};
use super::figure::{Mark, Marker, Rule, Style, Trace};
use super::geometry::{Point, Rect, curves, y_error};
use super::layout::{PlacedPanel, TICK};
use super::palette::{Color, PAPER};
use super::render::{Drawn, fill, plain};
use super::thin;

/// The room a mark needs above what it points at, in points.
pub(super) const MARK_ROOM: f64 = 24.0;

pub(super) fn draw_rule(placed: &PlacedPanel, rule: &Rule, surface: &mut dyn Surface) -> Drawn {
    let frame = placed.frame;
    let ends = match rule.vertical {
        true => [
            (placed.x.at(rule.at), frame.top),
            (placed.x.at(rule.at), frame.bottom),
        ],
        false => [
            (frame.left, placed.y.at(rule.at)),
            (frame.right, placed.y.at(rule.at)),
        ],
    };
    if !(frame.contains(ends[0]) && frame.contains(ends[1])) {
        return Ok(());
    }
    stroke_dashed(&ends, 0.9, rule.color, surface)
}

pub(super) fn draw_band(placed: &PlacedPanel, trace: &Trace, surface: &mut dyn Surface) -> Drawn {
    let frame = placed.frame;
    let edge = |sign: f64| {
        let point = |(index, p): (usize, &Point)| (p.0, p.1 + sign * y_error(trace, index));
        trace
            .points
            .iter()
            .enumerate()
            .map(point)
            .collect::<Vec<_>>()
    };
    let (lower, upper) = (edge(-1.0), edge(1.0));
    let place = |p: &Point| {
        // Beyond the numbers an axis can show, the band runs to the edge of the frame.
        let y = placed.y.at_or_low(p.1).clamp(frame.top, frame.bottom);
        (placed.x.at(p.0), y)
    };
    let known: Vec<bool> = trace
        .points
        .iter()
        .map(|p| p.0.is_finite() && p.1.is_finite())
        .collect();
    let mut start = 0;
    for run in known.chunk_by(|a, b| a == b) {
        let range = start..start + run.len();
        start = range.end;
        if !run[0] {
            continue;
        }
        let top: Vec<Point> = upper[range.clone()].iter().map(place).collect();
        let bottom: Vec<Point> = lower[range].iter().map(place).collect();
        let mut outline: Vec<Point> = thin(&top, 0.5).concat();
        outline.extend(thin(&bottom, 0.5).concat().into_iter().rev());
        outline
            .iter_mut()
            .for_each(|p| p.0 = p.0.clamp(frame.left, frame.right));
        surface.polygon(&outline, pale(trace.color))?;
    }
    Ok(())
}

/// A light tint of a colour.
pub(super) fn pale(Color(r, g, b): Color) -> Color {
    let mix = |channel: u8| (0.25 * f64::from(channel) + 0.75 * 255.0).round() as u8;
    Color(mix(r), mix(g), mix(b))
}

pub(super) fn draw_trace(placed: &PlacedPanel, trace: &Trace, surface: &mut dyn Surface) -> Drawn {
    match trace.style {
        Style::Line { width, dashed } => draw_line(placed, trace, width, dashed, surface),
        Style::Points {
            marker,
            filled,
            joined,
        } => {
            if joined {
                draw_line(placed, trace, 0.9, false, surface)?;
            }
            draw_errors(placed, trace, surface)?;
            for at in places(placed, trace) {
                draw_marker(marker, at, trace.color, filled, surface)?;
            }
            Ok(())
        }
        Style::Dots { radius, filled } => {
            for at in places(placed, trace) {
                draw_dot(at, radius, trace.color, filled, surface)?;
            }
            Ok(())
        }
        Style::Tile { width, height } => {
            for (x, y) in &trace.points {
                let (half, rise) = (0.5 * width, 0.5 * height);
                let low = (placed.x.at(x - half), placed.y.at(y - rise));
                let high = (placed.x.at(x + half), placed.y.at(y + rise));
                let tile = Rect {
                    left: low.0.max(placed.frame.left),
                    right: high.0.min(placed.frame.right),
                    top: high.1.max(placed.frame.top),
                    bottom: low.1.min(placed.frame.bottom),
                };
                fill(surface, &tile, trace.color)?;
            }
            Ok(())
        }
        Style::Stem => {
            let foot = placed.y.at_or_low(0.0);
            for at in places(placed, trace) {
                let foot = foot.clamp(placed.frame.top, placed.frame.bottom);
                surface.polyline(&[(at.0, foot), at], 1.1, trace.color)?;
                surface.disc(at, 2.2, trace.color)?;
            }
            Ok(())
        }
        Style::Band => Ok(()),
    }
}

/// The points of a trace that lie in the frame.
fn places(placed: &PlacedPanel, trace: &Trace) -> Vec<Point> {
    let reach = placed.frame.grown(0.5);
    let place = |p: &Point| (placed.x.at(p.0), placed.y.at(p.1));
    trace
        .points
        .iter()
        .map(place)
        .filter(|&at| reach.contains(at))
        .collect()
}

fn draw_line(
    placed: &PlacedPanel,
    trace: &Trace,
    width: f64,
    dashed: bool,
    surface: &mut dyn Surface,
) -> Drawn {
    for curve in curves(&trace.points, &placed.x, &placed.y) {
        if let [lone] = curve[..] {
            // A number between two gaps is a point, and is shown as one.
            if placed.frame.contains(lone) {
                surface.disc(lone, 0.8 * width, trace.color)?;
            }
            continue;
        }
        for piece in placed.frame.clip_curve(&curve) {
            match dashed {
                true => stroke_dashed(&piece, width, trace.color, surface)?,
                false => surface.polyline(&piece, width, trace.color)?,
            }
        }
    }
    Ok(())
}

/// Strokes a curve with dashes whose length follows the width of the line.
pub(super) fn stroke_dashed(
    curve: &[Point],
    width: f64,
    color: Color,
    surface: &mut dyn Surface,
) -> Drawn {
    let (dash, gap) = (2.0 + 2.2 * width, 1.5 + 1.3 * width);
    let mut left = dash;
    let mut inked = true;
    let mut stroke: Vec<Point> = curve.first().copied().into_iter().collect();
    for ends in curve.windows(2) {
        let (mut a, b) = (ends[0], ends[1]);
        let mut length = (b.0 - a.0).hypot(b.1 - a.1);
        while length > left {
            let t = left / length;
            a = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
            length -= left;
            if inked {
                stroke.push(a);
                surface.polyline(&stroke, width, color)?;
            }
            inked = !inked;
            left = if inked { dash } else { gap };
            stroke = vec![a];
        }
        left -= length;
        stroke.push(b);
    }
    if inked && stroke.len() > 1 {
        surface.polyline(&stroke, width, color)
    } else {
        Ok(())
    }
}

fn draw_errors(placed: &PlacedPanel, trace: &Trace, surface: &mut dyn Surface) -> Drawn {
    let frame = placed.frame;
    for (index, point) in trace.points.iter().enumerate() {
        let error = y_error(trace, index);
        let at = (placed.x.at(point.0), placed.y.at(point.1));
        if error <= 0.0 || !frame.grown(0.5).contains(at) {
            continue;
        }
        let ends = [point.1 - error, point.1 + error].map(|v| placed.y.at_or_low(v));
        for end in ends {
            let inside = end.clamp(frame.top, frame.bottom);
            surface.polyline(&[at, (at.0, inside)], 1.0, trace.color)?;
            if inside == end {
                surface.polyline(&[(at.0 - 2.5, end), (at.0 + 2.5, end)], 1.0, trace.color)?;
            }
        }
    }
    Ok(())
}

/// A disc, or a ring that hides what it lies on.
pub(super) fn draw_dot(
    at: Point,
    radius: f64,
    color: Color,
    filled: bool,
    surface: &mut dyn Surface,
) -> Drawn {
    surface.disc(at, radius, color)?;
    if filled {
        return Ok(());
    }
    surface.disc(at, 0.7 * radius, PAPER)
}

/// A marker about seven points across. An open one is a little larger and shows what it lies on.
pub(super) fn draw_marker(
    marker: Marker,
    at: Point,
    color: Color,
    filled: bool,
    surface: &mut dyn Surface,
) -> Drawn {
    let circle: Vec<Point>;
    let corners: &[Point] = match marker {
        Marker::Circle if filled => return surface.disc(at, 3.4, color),
        Marker::Circle => {
            circle = (0..36)
                .map(|k| (TAU * f64::from(k) / 36.0).sin_cos())
                .collect();
            &circle
        }
        Marker::Square => &[(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)],
        Marker::Diamond => &[(0.0, -1.4), (1.4, 0.0), (0.0, 1.4), (-1.4, 0.0)],
        Marker::Triangle => &[(0.0, -1.6), (1.386, 0.8), (-1.386, 0.8)],
        Marker::TriangleDown => &[(0.0, 1.6), (1.386, -0.8), (-1.386, -0.8)],
    };
    let triangular = matches!(marker, Marker::Triangle | Marker::TriangleDown);
    let half = if filled || triangular { 3.1 } else { 3.9 };
    let mut outline: Vec<Point> = corners
        .iter()
        .map(|c| (at.0 + half * c.0, at.1 + half * c.1))
        .collect();
    if filled {
        return surface.polygon(&outline, color);
    }
    // Past the first corner again, so that the join there is as round as the others.
    outline.extend_from_within(..2);
    surface.polyline(&outline, 1.2, color)
}

pub(super) fn draw_marks(placed: &PlacedPanel, surface: &mut dyn Surface) -> Drawn {
    let mut written_to = f64::NEG_INFINITY;
    let mut marks: Vec<&Mark> = placed.panel.marks.iter().collect();
    marks.sort_by(|a, b| a.at.0.total_cmp(&b.at.0));
    for mark in marks {
        let (x, y) = (placed.x.at(mark.at.0), placed.y.at(mark.at.1));
        let inside = (placed.frame.left..=placed.frame.right).contains(&x);
        if !inside || !y.is_finite() {
            continue;
        }
        let tip = (y - 3.0).clamp(placed.frame.top + MARK_ROOM - 3.0, placed.frame.bottom);
        let triangle = [(x, tip), (x - 3.6, tip - 6.2), (x + 3.6, tip - 6.2)];
        surface.polygon(&triangle, mark.color)?;
        let half = 0.5 * text_width(&mark.text, TICK - 1.0, false);
        if x - half > written_to + 3.0 {
            let text = plain(&mark.text, (x, tip - 9.0));
            surface.text(&Text {
                align: Align::Middle,
                size: TICK - 1.0,
                ..text
            })?;
            written_to = x + half;
        }
    }
    Ok(())
}
