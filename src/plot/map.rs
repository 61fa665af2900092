//! Values as colours: the cells of a map, and the bar that tells which colour is which.

use super::canvas::Surface;
use super::figure::{Cell, ColorMap};
use super::geometry::{Scaling, extent, padded};
use super::layout::PlacedPanel;
use super::palette::{Color, INK, MAP, QUIET_INK, SHADE};
use super::render::Drawn;
use super::strokes::draw_dot;

/// The gap between a frame and the bar.
const BAR_GAP: f64 = 10.0;
/// The width of the bar.
const BAR_WIDTH: f64 = 12.0;
/// The room of both.
pub(super) const BAR_ROOM: f64 = BAR_GAP + BAR_WIDTH;
/// Steps of the bar, too fine to be seen.
const STEPS: usize = 128;
/// The radius of a dot.
const DOT: f64 = 5.0;

/// The values at the ends of the bar.
pub(super) fn bar_range(map: &ColorMap) -> (f64, f64) {
    let values = map.cells.iter().map(|cell| cell.value);
    let found = map.range.or_else(|| extent(map.scale, values));
    let (low, high) = found.unwrap_or((1.0, 10.0));
    // A single value gets a range of its own.
    padded(map.scale, (low, high), 0.0, 0.0)
}

/// Places along the bar.
pub(super) fn bar(placed: &PlacedPanel, map: &ColorMap) -> Scaling {
    let frame = placed.frame;
    Scaling::new(map.scale, bar_range(map), (frame.bottom, frame.top))
}

/// The colour at a share of the way from the lowest to the highest value.
fn color(share: f64) -> Color {
    let place = share.clamp(0.0, 1.0) * (MAP.len() - 1) as f64;
    let below = (place as usize).min(MAP.len() - 2);
    let part = place - below as f64;
    let (Color(r, g, b), Color(r1, g1, b1)) = (MAP[below], MAP[below + 1]);
    let mix = |a: u8, b: u8| (f64::from(a) + part * (f64::from(b) - f64::from(a))).round() as u8;
    Color(mix(r, r1), mix(g, g1), mix(b, b1))
}

pub(super) fn draw_cells(placed: &PlacedPanel, map: &ColorMap, surface: &mut dyn Surface) -> Drawn {
    let share = Scaling::new(map.scale, bar_range(map), (0.0, 1.0));
    map.cells
        .iter()
        .try_for_each(|cell| draw_cell(placed, cell, share.at(cell.value), surface))
}

fn draw_cell(placed: &PlacedPanel, cell: &Cell, share: f64, surface: &mut dyn Surface) -> Drawn {
    let frame = placed.frame;
    let ends = |(a, b): (f64, f64), low: f64, high: f64| {
        (a.min(b).clamp(low, high), a.max(b).clamp(low, high))
    };
    let (x0, x1) = (placed.x.at(cell.x.0), placed.x.at(cell.x.1));
    let (y0, y1) = (placed.y.at(cell.y.0), placed.y.at(cell.y.1));
    if ![x0, x1, y0, y1].iter().all(|place| place.is_finite()) {
        return Ok(());
    }
    let known = share.is_finite();
    if x0 == x1 && y0 == y1 {
        let fill = if known { color(share) } else { QUIET_INK };
        return draw_dot((x0, y0), DOT, fill, known, surface);
    }
    let (left, right) = ends((x0, x1), frame.left, frame.right);
    let (top, bottom) = ends((y0, y1), frame.top, frame.bottom);
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
    if known {
        return surface.polygon(&corners, color(share));
    }
    surface.polygon(&corners, SHADE)?;
    surface.polyline(&[corners[0], corners[2]], 0.8, QUIET_INK)?;
    surface.polyline(&[corners[1], corners[3]], 0.8, QUIET_INK)
}

pub(super) fn draw_bar(placed: &PlacedPanel, surface: &mut dyn Surface) -> Drawn {
    let frame = placed.frame;
    let left = frame.right + BAR_GAP;
    let right = left + BAR_WIDTH;
    let height = frame.height() / STEPS as f64;
    for step in 0..STEPS {
        let bottom = frame.bottom - step as f64 * height;
        // Half a step further than its own, so that no seam shows.
        let top = (bottom - 1.5 * height).max(frame.top);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        surface.polygon(&corners, color((step as f64 + 0.5) / STEPS as f64))?;
    }
    let corners = [
        (left, frame.top),
        (right, frame.top),
        (right, frame.bottom),
        (left, frame.bottom),
        (left, frame.top),
    ];
    surface.polyline(&corners, 0.6, INK)
}
