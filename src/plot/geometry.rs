//! Places on the page and the way from values to places.

use super::figure::{Panel, Scale, Style, Trace};
use super::thin;

/// A place on the page, in points from its upper left corner.
pub(super) type Point = (f64, f64);

/// The finest detail kept of a curve, in points: one pixel of a finished bitmap.
const COLUMN: f64 = 0.5;

/// An upright rectangle on the page; y grows downwards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub fn contains(&self, (x, y): Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// The rectangle grown by `margin` on every side.
    pub fn grown(&self, margin: f64) -> Self {
        Self {
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }

    /// The part of a segment inside the rectangle, after Liang and Barsky.
    pub fn clip(&self, a: Point, b: Point) -> Option<(Point, Point)> {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let (mut enter, mut leave) = (0.0f64, 1.0f64);
        let edges = [
            (-dx, a.0 - self.left),
            (dx, self.right - a.0),
            (-dy, a.1 - self.top),
            (dy, self.bottom - a.1),
        ];
        for (outward, room) in edges {
            if outward == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if outward < 0.0 {
                enter = enter.max(room / outward);
            } else {
                leave = leave.min(room / outward);
            }
        }
        let along = |t: f64| (a.0 + t * dx, a.1 + t * dy);
        (enter <= leave).then(|| (along(enter), along(leave)))
    }

    /// The pieces of a curve inside the rectangle.
    pub fn clip_curve(&self, curve: &[Point]) -> Vec<Vec<Point>> {
        let mut pieces: Vec<Vec<Point>> = Vec::new();
        for ends in curve.windows(2) {
            let Some((a, b)) = self.clip(ends[0], ends[1]) else {
                continue;
            };
            match pieces.last_mut() {
                Some(piece) if piece.last() == Some(&a) => piece.push(b),
                _ => pieces.push(vec![a, b]),
            }
        }
        pieces
    }
}

/// The way from the values of an axis to places along it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scaling {
    scale: Scale,
    range: (f64, f64),
    places: (f64, f64),
}

impl Scaling {
    /// Spreads `range` between two places.
    pub fn new(scale: Scale, range: (f64, f64), places: (f64, f64)) -> Self {
        Self {
            scale,
            range,
            places,
        }
    }

    /// The range shown.
    pub fn range(&self) -> (f64, f64) {
        self.range
    }

    /// The place of a value; not a number where the axis cannot show it.
    pub fn at(&self, value: f64) -> f64 {
        let bend = |v: f64| match self.scale {
            Scale::Linear => v,
            Scale::Log if v > 0.0 => v.log10(),
            Scale::Log => f64::NAN,
        };
        let (low, high) = (bend(self.range.0), bend(self.range.1));
        self.places.0 + (bend(value) - low) / (high - low) * (self.places.1 - self.places.0)
    }

    /// The place of a value, or that of the lower end of the axis where it cannot be shown.
    pub fn at_or_low(&self, value: f64) -> f64 {
        let place = self.at(value);
        if place.is_finite() {
            place
        } else {
            self.places.0
        }
    }
}

/// From the least to the greatest of the values that an axis can show; none when there are none.
pub(super) fn extent(scale: Scale, values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .filter(|v| v.is_finite() && (scale == Scale::Linear || *v > 0.0))
        .fold(None, |range, v| {
            let (low, high) = range.unwrap_or((v, v));
            Some((low.min(v), high.max(v)))
        })
}

/// The range with room added below and above, as fractions of its length; a range without length
/// is first given some.
pub(super) fn padded(scale: Scale, (low, high): (f64, f64), below: f64, above: f64) -> (f64, f64) {
    match scale {
        Scale::Linear => {
            let (low, high) = if high - low > 1e-12 * high.abs().max(low.abs()) {
                (low, high)
            } else {
                let half = if low == 0.0 { 1.0 } else { 0.1 * low.abs() };
                (low - half, high + half)
            };
            // Halved before the difference, so that a range as wide as numbers go stays finite.
            let length = 2.0 * (0.5 * high - 0.5 * low);
            (low - below * length, high + above * length)
        }
        Scale::Log => {
            let (mut low, mut high) = (low.log10(), high.log10());
            if high - low < 1e-9 {
                (low, high) = (low - 0.3, high + 0.3);
            }
            let length = high - low;
            (
                10f64.powf(low - below * length),
                10f64.powf(high + above * length),
            )
        }
    }
}

/// The x values that a panel shows.
pub(super) fn x_values(panel: &Panel) -> impl Iterator<Item = f64> {
    let traces = panel
        .traces
        .iter()
        .flat_map(|trace| trace.points.iter().map(|p| p.0));
    let rules = panel
        .rules
        .iter()
        .filter(|rule| rule.vertical)
        .map(|rule| rule.at);
    let marks = panel.marks.iter().map(|mark| mark.at.0);
    let cells = panel.map.iter().flat_map(|map| &map.cells);
    let cells = cells.flat_map(|cell| [cell.x.0, cell.x.1]);
    traces.chain(rules).chain(marks).chain(cells)
}

/// The y values that a panel shows, the ends of its error bars among them.
pub(super) fn y_values(panel: &Panel) -> impl Iterator<Item = f64> {
    let traces = panel.traces.iter().flat_map(|trace| {
        let from_zero = (trace.style == Style::Stem).then_some(0.0);
        let ends = trace.points.iter().enumerate().flat_map(|(index, point)| {
            let error = y_error(trace, index);
            [point.1, point.1 - error, point.1 + error]
        });
        ends.chain(from_zero)
    });
    let rules = panel
        .rules
        .iter()
        .filter(|rule| !rule.vertical)
        .map(|rule| rule.at);
    let marks = panel.marks.iter().map(|mark| mark.at.1);
    let cells = panel.map.iter().flat_map(|map| &map.cells);
    let cells = cells.flat_map(|cell| [cell.y.0, cell.y.1]);
    traces.chain(rules).chain(marks).chain(cells)
}

/// The error of one point; zero where none is given.
pub(super) fn y_error(trace: &Trace, index: usize) -> f64 {
    let errors = trace.y_error.as_deref().unwrap_or_default();
    errors
        .get(index)
        .copied()
        .filter(|error| error.is_finite())
        .unwrap_or(0.0)
}

/// The unbroken pieces of a trace on the page, thinned to what can be seen.
pub(super) fn curves(points: &[Point], x: &Scaling, y: &Scaling) -> Vec<Vec<Point>> {
    let places: Vec<Point> = points.iter().map(|p| (x.at(p.0), y.at(p.1))).collect();
    thin(&places, COLUMN)
}
