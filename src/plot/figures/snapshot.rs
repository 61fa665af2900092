//! Where the ions of a slit stood, coloured by the cluster they are in.

use super::super::figure::{Axis, Figure, Legend, Panel, Style, Trace};
use super::super::palette::{self, Color};
use super::Caption;

/// What the picture of ions is made from.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The words around the figure.
    pub caption: Caption,
    /// The pieces of slits, from the top.
    pub views: Vec<SlitView>,
}

/// A piece of a slit about its middle; lengths in Å.
#[derive(Clone, Debug, Default)]
pub struct SlitView {
    /// What it shows.
    pub title: String,
    /// Its extent along the field and across.
    pub range: [(f64, f64); 2],
    /// The ions in it.
    pub ions: Vec<ShownIon>,
    /// The links between them.
    pub links: Vec<ShownLink>,
}

/// An ion on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShownIon {
    /// Where it stands, Å.
    pub at: [f64; 2],
    /// Whether it is a cation.
    pub positive: bool,
    /// Ions of its cluster.
    pub size: usize,
}

/// A link on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShownLink {
    /// Its ends, Å.
    pub ends: [[f64; 2]; 2],
    /// Ions of its cluster.
    pub size: usize,
}

/// A class of clusters: fewest ions, name and colour.
const CLASSES: [(usize, &str, Color); 5] = [
    (1, "alone", Color(0x8A, 0x8A, 0x8A)),
    (2, "two", Color(0x00, 0x72, 0xB2)),
    (3, "3 to 5", Color(0x00, 0x9E, 0x73)),
    (6, "6 to 11", Color(0xE6, 0x9F, 0x00)),
    (12, "12 or more", Color(0xC0, 0x39, 0x2B)),
];
/// Radii of cations and anions on the page, in points; no measure of their size. A
/// cation fits into the ring of the anion it is bound to.
const RADII: [f64; 2] = [1.5, 3.0];

impl Snapshot {
    /// One panel a piece, all on their true scale.
    pub fn figure(&self) -> Figure {
        let views = self.views.iter().enumerate();
        self.caption
            .figure(views.map(|(k, view)| view.panel(k == 0)).collect())
    }
}

impl SlitView {
    fn panel(&self, with_legend: bool) -> Panel {
        let axis = |label: &str, axis: usize| Axis {
            range: Some((0.1 * self.range[axis].0, 0.1 * self.range[axis].1)),
            ..Axis::new(label)
        };
        let mut panel = Panel::new(axis("Along the field (nm)", 0), axis("Across (nm)", 1));
        panel.title = self.title.clone();
        panel.true_scale = true;
        for class in 0..CLASSES.len() {
            panel.traces.push(self.links(class));
        }
        for positive in [false, true] {
            let ions = (0..CLASSES.len()).map(|class| self.ions(class, positive));
            panel.traces.extend(ions);
        }
        let (length, bar) = self.scale_bar();
        panel.traces.push(bar);
        panel.title += &format!("; bar: {length} nm");
        panel.legend = if with_legend {
            Legend::Above
        } else {
            Legend::Hidden
        };
        panel
    }

    fn links(&self, class: usize) -> Trace {
        let own = self
            .links
            .iter()
            .filter(|link| class_of(link.size) == class);
        let ends = own.flat_map(|link| {
            let [from, to] = link.ends.map(nanometres);
            [from, to, (f64::NAN, f64::NAN)]
        });
        let style = Style::Line {
            width: 1.0,
            dashed: false,
        };
        Trace {
            style,
            ..Trace::line("", CLASSES[class].2, ends.collect())
        }
    }

    /// Cations as dots, anions as rings, which the legend shows.
    fn ions(&self, class: usize, positive: bool) -> Trace {
        let (_, name, color) = CLASSES[class];
        let own = self.ions.iter();
        let own = own.filter(|ion| class_of(ion.size) == class && ion.positive == positive);
        let points = own.map(|ion| nanometres(ion.at)).collect();
        let (label, radius) = match positive {
            true => ("", RADII[0]),
            false => (name, RADII[1]),
        };
        let style = Style::Dots {
            radius,
            filled: positive,
        };
        Trace {
            style,
            ..Trace::line(label, color, points)
        }
    }

    /// A bar of a round length, about a tenth of the view, in its lower right corner; its length
    /// in nm.
    fn scale_bar(&self) -> (f64, Trace) {
        let [(left, right), (low, high)] = self.range.map(|(a, b)| (0.1 * a, 0.1 * b));
        let tenth = 0.1 * (right - left);
        let power = 10f64.powf(tenth.log10().floor());
        let digit = [5.0, 2.0, 1.0].into_iter().find(|d| d * power <= tenth);
        let length = digit.unwrap_or(1.0) * power;
        let (end, y) = (right - 0.02 * (right - left), low + 0.06 * (high - low));
        let style = Style::Line {
            width: 3.0,
            dashed: false,
        };
        let bar = Trace::line("", palette::VOLTAGE, vec![(end - length, y), (end, y)]);
        (length, Trace { style, ..bar })
    }
}

fn class_of(size: usize) -> usize {
    CLASSES.partition_point(|(fewest, ..)| *fewest <= size) - 1
}

fn nanometres([x, y]: [f64; 2]) -> (f64, f64) {
    (0.1 * x, 0.1 * y)
}
