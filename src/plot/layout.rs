//! Where everything goes on the page: decided once, before anything is drawn.

use super::canvas::text_width;
use super::figure::{Axis, Figure, Panel, Scale, Style, Trace};
use super::geometry::{Rect, Scaling, extent, padded, x_values, y_values};
use super::legend::{self, PlacedLegend};
use super::map::{BAR_ROOM, bar_range};
use super::ticks::{Tick, Ticks, linear_ticks, log_ticks};

/// The width of every page, in points.
pub(super) const WIDTH: f64 = 800.0;
/// The room between the edge of the page and anything on it.
pub(super) const MARGIN: f64 = 18.0;
/// The em of axis labels and panel headings.
pub(super) const LABEL: f64 = 11.5;
/// The em of tick labels.
pub(super) const TICK: f64 = 10.5;
/// The em and line height of the title.
pub(super) const TITLE: (f64, f64) = (15.5, 21.0);
/// The em and line height of the subtitle.
pub(super) const SUBTITLE: (f64, f64) = (10.5, 15.0);
/// The em and line height of the footer.
pub(super) const FOOTER: (f64, f64) = (8.5, 12.0);
/// The line height of axis labels.
pub(super) const LABEL_LINE: f64 = 15.0;
/// The length of a tick.
pub(super) const TICK_LENGTH: f64 = 4.0;
/// The room between a tick and its label.
pub(super) const TICK_GAP: f64 = 3.0;

/// The room below the footer; the gap under the last row is part of the foot already.
pub(super) const FOOT: f64 = 8.0;

/// The room below a row whose panels share their x axis with those beneath.
const SHARED_GAP: f64 = 12.0;
/// The room below a row with its own x axis.
const ROW_GAP: f64 = 14.0;
/// The room between columns.
const COLUMN_GAP: f64 = 22.0;

/// A figure with a place for everything.
pub(super) struct Page<'a> {
    pub figure: &'a Figure,
    pub height: f64,
    pub title: Vec<String>,
    pub subtitle: Vec<String>,
    pub footer: Vec<String>,
    pub panels: Vec<PlacedPanel<'a>>,
}

/// A panel with a place for everything.
pub(super) struct PlacedPanel<'a> {
    pub panel: &'a Panel,
    /// The letter by which a caption calls the panel, when there are several.
    pub letter: Option<char>,
    pub frame: Rect,
    /// The top of the header above the frame.
    pub header: f64,
    /// The left edge of everything that belongs to the panel.
    pub left: f64,
    /// The right edge of everything that belongs to the panel.
    pub right: f64,
    pub x: Scaling,
    pub y: Scaling,
    pub x_ticks: Ticks,
    pub y_ticks: Ticks,
    pub right_ticks: Ticks,
    /// Whether the x axis is labelled, or leaves that to the panel below.
    pub x_labelled: bool,
    pub y_label: Vec<String>,
    pub right_label: Vec<String>,
    pub legend: Option<PlacedLegend<'a>>,
    /// Whether there is nothing to show.
    pub empty: bool,
}

/// Lays a figure out.
pub(super) fn page(figure: &Figure) -> Page<'_> {
    let columns = figure.columns.clamp(1, figure.panels.len().max(1));
    let mut panels: Vec<PlacedPanel> = figure.panels.iter().map(measure).collect();
    share_x(figure, &mut panels);
    for (index, placed) in panels.iter_mut().enumerate() {
        placed.letter =
            (figure.panels.len() > 1 && index < 26).then(|| (b'a' + index as u8) as char);
        placed.x_labelled = !figure.share_x || index + columns >= figure.panels.len();
    }
    place_columns(&mut panels, columns);
    panels.iter_mut().for_each(place_legend);

    let inner = WIDTH - 2.0 * MARGIN;
    let title = wrap(&figure.title, inner, TITLE.0, true);
    let subtitle = wrap(&figure.subtitle, inner, SUBTITLE.0, false);
    let footer = wrap(&figure.footer, inner, FOOTER.0, false);
    let head = title.len() as f64 * TITLE.1 + subtitle.len() as f64 * SUBTITLE.1;
    let bottom = place_rows(&mut panels, columns, MARGIN + head + 8.0);
    let height = bottom + footer.len() as f64 * FOOTER.1 + FOOT;
    Page {
        figure,
        height,
        title,
        subtitle,
        footer,
        panels,
    }
}

/// Decides ranges and vertical ticks, for which no place on the page is needed.
fn measure(panel: &Panel) -> PlacedPanel<'_> {
    let x_range = extent(panel.x.scale, x_values(panel));
    let y_range = extent(panel.y.scale, y_values(panel));
    // Lines run from side to side; markers need room to be seen whole.
    let marked = |trace: &Trace| matches!(trace.style, Style::Points { .. } | Style::Stem);
    let side = if panel.traces.iter().any(marked) {
        0.04
    } else {
        0.0
    };
    let room = if panel.marks.is_empty() {
        0.0
    } else {
        super::strokes::MARK_ROOM
    };
    let headroom = room / (panel.height - room).max(1.0);
    let x_shown = shown(&panel.x, x_range, side, side);
    let y_shown = shown(&panel.y, y_range, 0.05, 0.05 + headroom);

    let levels = ((panel.height / 38.0) as usize).clamp(2, 6);
    let (right_label, right_ticks) = match (&panel.map, &panel.right) {
        (Some(map), _) => (map.label.as_str(), ticks(map.scale, bar_range(map), levels)),
        (None, Some(right)) => {
            let range = (y_shown.0 * right.factor, y_shown.1 * right.factor);
            (right.label.as_str(), linear_ticks(range, levels))
        }
        (None, None) => ("", Ticks::default()),
    };
    let frame = Rect {
        left: 0.0,
        top: 0.0,
        right: 0.0,
        bottom: panel.height,
    };
    PlacedPanel {
        panel,
        letter: None,
        frame,
        header: 0.0,
        left: 0.0,
        right: 0.0,
        x: Scaling::new(panel.x.scale, x_shown, (0.0, 1.0)),
        y: Scaling::new(panel.y.scale, y_shown, (frame.bottom, frame.top)),
        x_ticks: Ticks::default(),
        y_ticks: axis_ticks(&panel.y, y_shown, levels),
        right_ticks,
        x_labelled: true,
        y_label: wrap(&panel.y.label, panel.height, LABEL, false),
        right_label: wrap(right_label, panel.height, LABEL, false),
        legend: None,
        empty: x_range.is_none() || y_range.is_none(),
    }
}

/// Ticks of an axis of numbers, or one at each of its names.
fn axis_ticks(axis: &Axis, range: (f64, f64), target: usize) -> Ticks {
    if axis.names.is_empty() {
        return ticks(axis.scale, range, target);
    }
    let tick = |(index, name): (usize, &String)| Tick {
        value: index as f64,
        label: name.clone(),
    };
    Ticks {
        ticks: axis.names.iter().enumerate().map(tick).collect(),
        exponent: 0,
    }
}

fn ticks(scale: Scale, range: (f64, f64), target: usize) -> Ticks {
    match scale {
        Scale::Linear => linear_ticks(range, target),
        Scale::Log => log_ticks(range, target),
    }
}

/// The range an axis shows: the one asked for if it can be shown, else the data's, with room.
fn shown(axis: &Axis, data: Option<(f64, f64)>, below: f64, above: f64) -> (f64, f64) {
    let usable = |&(low, high): &(f64, f64)| {
        low.is_finite()
            && high.is_finite()
            && low < high
            && (axis.scale == Scale::Linear || low > 0.0)
    };
    if let Some(range) = axis.range.filter(usable) {
        return range;
    }
    let Some((low, high)) = data else {
        return if axis.scale == Scale::Log {
            (0.1, 10.0)
        } else {
            (0.0, 1.0)
        };
    };
    if axis.with_zero && axis.scale == Scale::Linear {
        // An axis that ends at zero needs no room beyond it.
        let (below, above) = (
            if low < 0.0 { below } else { 0.0 },
            if high > 0.0 { above } else { 0.0 },
        );
        return padded(axis.scale, (low.min(0.0), high.max(0.0)), below, above);
    }
    padded(axis.scale, (low, high), below, above)
}

/// Gives all panels the union of their x ranges, empty panels aside.
fn share_x(figure: &Figure, panels: &mut [PlacedPanel]) {
    if !figure.share_x {
        return;
    }
    let union = panels
        .iter()
        .filter(|p| !p.empty)
        .map(|p| p.x.range())
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    if let Some(range) = union {
        for placed in panels {
            placed.x = Scaling::new(placed.panel.x.scale, range, (0.0, 1.0));
        }
    }
}

/// Sets the sides of all frames, aligned within each column, and the horizontal ticks.
fn place_columns(panels: &mut [PlacedPanel], columns: usize) {
    let gaps = COLUMN_GAP * (columns - 1) as f64;
    let width = (WIDTH - 2.0 * MARGIN - gaps) / columns as f64;
    for column in 0..columns {
        let left = MARGIN + column as f64 * (width + COLUMN_GAP);
        let members = || (column..panels.len()).step_by(columns);
        let widest = |room: fn(&PlacedPanel) -> f64| {
            members()
                .map(|index| room(&panels[index]))
                .fold(0.0, f64::max)
        };
        let (before, after) = (widest(left_room), widest(right_room));
        for index in members().collect::<Vec<_>>() {
            let placed = &mut panels[index];
            (placed.left, placed.right) = (left, left + width);
            placed.frame.left = left + before;
            placed.frame.right = left + width - after;
            let places = (placed.frame.left, placed.frame.right);
            let target = ((placed.frame.width() / 70.0) as usize).max(2);
            let (scale, range) = (placed.panel.x.scale, placed.x.range());
            placed.x = Scaling::new(scale, range, places);
            placed.x_ticks = axis_ticks(&placed.panel.x, range, target);
        }
    }
}

/// The room left of a frame: the axis label, tick labels and ticks.
fn left_room(placed: &PlacedPanel) -> f64 {
    let label = placed.y_label.len() as f64 * LABEL_LINE + 4.0;
    // Above the frame stand the letter of the panel and the common factor of its ticks.
    let above = if placed.y_ticks.exponent == 0 {
        30.0
    } else {
        58.0
    };
    (label + widest_label(&placed.y_ticks) + TICK_GAP + TICK_LENGTH).max(above)
}

/// The room right of a frame: a second axis, or half of the last tick label below.
fn right_room(placed: &PlacedPanel) -> f64 {
    let bar = match (&placed.panel.map, &placed.panel.right) {
        (Some(_), _) => BAR_ROOM,
        (None, Some(_)) => 0.0,
        (None, None) => return 14.0,
    };
    let label = placed.right_label.len() as f64 * LABEL_LINE + 4.0;
    bar + label + widest_label(&placed.right_ticks) + TICK_GAP + TICK_LENGTH
}

fn widest_label(ticks: &Ticks) -> f64 {
    ticks
        .ticks
        .iter()
        .map(|tick| text_width(&tick.label, TICK, false))
        .fold(0.0, f64::max)
}

fn place_legend(placed: &mut PlacedPanel) {
    let heading = text_width(&placed.panel.title, LABEL, false);
    placed.legend = legend::place(placed.panel, &placed.frame, (&placed.x, &placed.y), heading);
}

/// Stacks the rows below `top` and returns where the last one ends.
fn place_rows(panels: &mut [PlacedPanel], columns: usize, mut top: f64) -> f64 {
    for row in panels.chunks_mut(columns) {
        let header = row.iter().map(header_height).fold(0.0, f64::max);
        let mut bottom = top;
        for placed in row {
            let height = frame_height(placed);
            placed.header = top;
            (placed.frame.top, placed.frame.bottom) = (top + header, top + header + height);
            let places = (placed.frame.bottom, placed.frame.top);
            placed.y = Scaling::new(placed.panel.y.scale, placed.y.range(), places);
            bottom = bottom.max(placed.frame.bottom + foot_height(placed));
        }
        top = bottom;
    }
    top
}

/// As asked for, or that at which both axes have one scale.
fn frame_height(placed: &PlacedPanel) -> f64 {
    let length = |(low, high): (f64, f64)| high - low;
    if placed.panel.true_scale {
        placed.frame.width() * length(placed.y.range()) / length(placed.x.range())
    } else {
        placed.panel.height
    }
}

/// The room above a frame for its heading, its legend and the common factor of its ticks.
fn header_height(placed: &PlacedPanel) -> f64 {
    let legend = placed
        .legend
        .as_ref()
        .and_then(|legend| legend.header_lines)
        .unwrap_or(0);
    let heading = usize::from(!placed.panel.title.is_empty() || placed.letter.is_some());
    let factor = placed.y_ticks.exponent != 0 || placed.right_ticks.exponent != 0;
    let lines = legend.max(heading).max(usize::from(factor));
    if lines == 0 {
        6.0
    } else {
        lines as f64 * legend::LINE + 5.0
    }
}

/// The room below a frame for its ticks and labels and the gap to the next row.
fn foot_height(placed: &PlacedPanel) -> f64 {
    if !placed.x_labelled {
        return TICK_LENGTH + SHARED_GAP;
    }
    TICK_LENGTH + TICK_GAP + 13.0 + LABEL_LINE + 3.0 + ROW_GAP
}

/// Breaks a text between words into lines of at most the given width.
pub(super) fn wrap(text: &str, width: f64, size: f64, bold: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), size, bold) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
