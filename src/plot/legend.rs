//! What a legend lists, how large it is, and a place for it that hides no data.

use super::canvas::text_width;
use super::figure::{Legend, Panel, Style};
use super::geometry::{Point, Rect, Scaling, curves, y_error};
use super::palette::Color;

/// The em of legend text, in points.
pub(super) const SIZE: f64 = 10.5;
/// The height of a line of the legend.
pub(super) const LINE: f64 = 15.0;
/// The length of the sample before each name.
pub(super) const SAMPLE: f64 = 22.0;
/// The gap between a sample and its name.
pub(super) const GAP: f64 = 5.0;
/// The gap between entries on a line.
const BETWEEN: f64 = 16.0;
/// The room between a legend and the frame it lies in.
const INSET: f64 = 8.0;
/// The room between a legend and the middle of the nearest data; a marker fits in it.
const CLEARANCE: f64 = 9.0;

/// What the sample before a name shows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sample {
    Trace(Style, Color, bool),
    Rule(Color),
    Span(Color),
}

/// One listed name.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub label: &'a str,
    pub sample: Sample,
}

impl Entry<'_> {
    fn width(&self) -> f64 {
        SAMPLE + GAP + text_width(self.label, SIZE, false)
    }
}

/// A legend whose lines have found their places.
#[derive(Clone, Debug)]
pub(super) struct PlacedLegend<'a> {
    /// Each entry, with the left end of its line's middle. Relative to the frame's upper left
    /// corner inside a frame, to the upper left corner of the header above one.
    pub entries: Vec<(Point, Entry<'a>)>,
    /// Whether it stands above the frame, and then how many header lines it needs there.
    pub header_lines: Option<usize>,
}

/// Lists the named parts of a panel.
fn entries(panel: &Panel) -> Vec<Entry<'_>> {
    let traces = panel.traces.iter().map(|t| {
        (
            t.label.as_str(),
            Sample::Trace(t.style, t.color, t.y_error.is_some()),
        )
    });
    let rules = panel
        .rules
        .iter()
        .map(|r| (r.label.as_str(), Sample::Rule(r.color)));
    let spans = panel
        .spans
        .iter()
        .map(|s| (s.label.as_str(), Sample::Span(s.color)));
    traces
        .chain(rules)
        .chain(spans)
        .filter(|(label, _)| !label.is_empty())
        .map(|(label, sample)| Entry { label, sample })
        .collect()
}

/// Finds the place for the legend of a panel. `frame` is where its data is drawn (its height on
/// the page does not matter yet), `taken` the width of what already stands in the header.
pub(super) fn place<'a>(
    panel: &'a Panel,
    frame: &Rect,
    (x, y): (&Scaling, &Scaling),
    taken: f64,
) -> Option<PlacedLegend<'a>> {
    let entries = entries(panel);
    if entries.is_empty() || panel.legend == Legend::Hidden {
        return None;
    }
    if panel.legend == Legend::Auto {
        let width = entries.iter().map(Entry::width).fold(0.0, f64::max);
        let size = (width, LINE * entries.len() as f64);
        if let Some(corner) = free_corner(size, frame, &obstacles(panel, frame, x, y)) {
            let at = |line: usize| (corner.0, corner.1 + LINE * (line as f64 + 0.5));
            let entries = entries
                .into_iter()
                .enumerate()
                .map(|(n, e)| (at(n), e))
                .collect();
            return Some(PlacedLegend {
                entries,
                header_lines: None,
            });
        }
    }
    Some(above(entries, frame.width(), taken))
}

/// Lays entries out in lines above a frame: beside the heading when there is room, else below it.
fn above(entries: Vec<Entry<'_>>, width: f64, taken: f64) -> PlacedLegend<'_> {
    let total: f64 = entries.iter().map(|e| e.width() + BETWEEN).sum::<f64>() - BETWEEN;
    let beside = taken + BETWEEN + total <= width;
    let (mut line, mut pen) = match (beside, taken > 0.0) {
        (true, _) => (0, width - total),
        (false, heading) => (usize::from(heading), 0.0),
    };
    let start = pen;
    let mut placed = Vec::new();
    for entry in entries {
        if pen > start && pen + entry.width() > width + 1e-9 {
            line += 1;
            pen = 0.0;
        }
        let next = pen + entry.width() + BETWEEN;
        placed.push(((pen, LINE * (line as f64 + 0.5)), entry));
        pen = next;
    }
    PlacedLegend {
        entries: placed,
        header_lines: Some(line + 1),
    }
}

/// The corner of the frame where a box of the given size covers nothing, as an offset from the
/// frame's upper left corner.
fn free_corner(size: (f64, f64), frame: &Rect, obstacles: &[(Point, Point)]) -> Option<Point> {
    let right = frame.width() - INSET - size.0;
    let bottom = frame.height() - INSET - size.1;
    if right < INSET || bottom < INSET {
        return None;
    }
    let corners = [
        (right, INSET),
        (INSET, INSET),
        (right, bottom),
        (INSET, bottom),
    ];
    corners.into_iter().find(|corner| {
        let (left, top) = (frame.left + corner.0, frame.top + corner.1);
        let covered = Rect {
            left,
            top,
            right: left + size.0,
            bottom: top + size.1,
        }
        .grown(CLEARANCE);
        obstacles.iter().all(|&(a, b)| covered.clip(a, b).is_none())
    })
}

/// What a legend must not hide, as segments.
fn obstacles(panel: &Panel, frame: &Rect, x: &Scaling, y: &Scaling) -> Vec<(Point, Point)> {
    let mut segments = Vec::new();
    for trace in &panel.traces {
        let upright = |index: usize, point: &Point| {
            let error = y_error(trace, index);
            let foot = if trace.style == Style::Stem {
                0.0
            } else {
                point.1 - error
            };
            let place = x.at(point.0);
            (
                (place, y.at_or_low(foot)),
                (place, y.at_or_low(point.1 + error)),
            )
        };
        segments.extend(trace.points.iter().enumerate().map(|(n, p)| upright(n, p)));
        if matches!(
            trace.style,
            Style::Line { .. } | Style::Points { joined: true, .. }
        ) {
            for curve in curves(&trace.points, x, y) {
                segments.extend(curve.windows(2).map(|ends| (ends[0], ends[1])));
            }
        }
    }
    for rule in &panel.rules {
        segments.push(match rule.vertical {
            true => ((x.at(rule.at), frame.top), (x.at(rule.at), frame.bottom)),
            false => ((frame.left, y.at(rule.at)), (frame.right, y.at(rule.at))),
        });
    }
    for mark in &panel.marks {
        let (place, peak) = (x.at(mark.at.0), y.at(mark.at.1));
        segments.push(((place, peak), (place, peak - super::strokes::MARK_ROOM)));
    }
    segments.retain(|(a, b)| [a.0, a.1, b.0, b.1].iter().all(|v| v.is_finite()));
    segments
}
