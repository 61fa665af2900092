//! The figures of pairs and clusters: curves, and where the ions stood in the end.

use super::{PictureError, Source, binned};
use crate::plot::Figure;
use crate::plot::figures::{
    ClusterCurves, Clusters, Measured, ShownIon, ShownLink, SlitView, Snapshot,
};
use crate::results::{Frame, Table};
use bjerrum_physics::brownian::NeighbourList;
use bjerrum_physics::observables::{Criterion, Link, Links, find_clusters};
use bjerrum_physics::slit::{Slit, Walls};

/// The most slits whose ions are shown.
const VIEWS: usize = 4;
/// The piece of a slit that is shown, by its shape and by how many ions it holds on
/// average: more would hide their links.
const VIEW: [f64; 2] = [4.0, 0.9];
const IN_VIEW: f64 = 72.0;

impl Source {
    /// Sizes, g(r), shapes and lifetimes.
    pub(super) fn clusters(&self, averages: &Table) -> Result<Figure, PictureError> {
        let labels = self.cluster_labels();
        let one_slit = self.scenario.slits.len() == 1;
        let fields = averages.column("field");
        // Of several copies of a slit under one drive the first is shown.
        let replicas = self.scenario.run.replicas as usize;
        let curves = labels.iter().step_by(replicas).zip(&fields);
        let curves = curves.filter_map(|(label, field)| {
            let table = self.table(&format!("clusters/{label}"))?;
            let name = match one_slit {
                true => format!("E = {field:.2}"),
                false => (*label).to_owned(),
            };
            Some(curves_of(table, name))
        });
        let against_field = |name: &str| match one_slit {
            true => binned(averages, name, &format!("{name}_error")),
            false => Vec::new(),
        };
        Ok(Clusters {
            caption: self.caption()?,
            curves: curves.collect(),
            elongation: against_field("elongation"),
            orientation: against_field("orientation"),
            alignment: against_field("pair_alignment"),
        }
        .figure())
    }

    /// The ions at the end, where a trajectory was recorded.
    pub(super) fn snapshot(&self, averages: &Table) -> Result<Option<Figure>, PictureError> {
        let Some(rule) = &self.scenario.analysis.clusters else {
            return Ok(None);
        };
        let recorded = self.file.trajectory_list()?;
        let labels = self.cluster_labels();
        let replicas = self.scenario.run.replicas as usize;
        let rows: Vec<(&str, f64)> = labels
            .into_iter()
            .step_by(replicas)
            .zip(averages.column("field"))
            .filter(|(label, _)| recorded.iter().any(|t| t.group == *label && t.frames > 0))
            .collect();
        let mut views = Vec::new();
        for (label, field) in spread(&rows, VIEWS) {
            if let Some(frame) = self.file.last_frame(label)? {
                let title = format!("{label}, E = {field:.2}, {:.2} µs", 1e-6 * frame.time);
                views.push(view(&frame, rule.criterion.join, title));
            }
        }
        if views.is_empty() {
            return Ok(None);
        }
        let mut caption = self.caption()?;
        caption.title = format!("Ions by the size of their cluster: {}", caption.title);
        caption.subtitle = format!(
            "Dots are cations, rings anions; lines join ions closer than {} Å. {}",
            rule.criterion.join, caption.subtitle
        );
        Ok(Some(Snapshot { caption, views }.figure()))
    }

    /// The copies whose clusters are in the file, in their order.
    fn cluster_labels(&self) -> Vec<&str> {
        let names = self.tables.iter().map(|table| table.name.as_str());
        names
            .filter_map(|name| name.strip_prefix("clusters/"))
            .collect()
    }
}

/// At most `most` of `rows`, evenly spread from the first to the last.
fn spread<T: Copy>(rows: &[T], most: usize) -> Vec<T> {
    if rows.len() <= most {
        return rows.to_vec();
    }
    (0..most)
        .map(|k| rows[k * (rows.len() - 1) / (most - 1)])
        .collect()
}

fn curves_of(table: &Table, name: String) -> ClusterCurves {
    let curve = |x: &[f64], name: &str| -> Vec<Measured> {
        let (value, error) = (table.column(name), table.column(&format!("{name}_error")));
        let each = x.iter().zip(value).zip(error);
        each.map(|((&x, value), error)| Measured { x, value, error })
            .collect()
    };
    let middle = |(from, to): (f64, f64)| (from * to).sqrt();
    let ends = table
        .column("size")
        .into_iter()
        .zip(table.column("size_to"));
    let sizes: Vec<f64> = ends.clone().map(middle).collect();
    let mut by_size = curve(&sizes, "ion_fraction");
    // Bins of several sizes are told for one of them.
    for (bin, (from, to)) in by_size.iter_mut().zip(ends) {
        let width = to - from + 1.0;
        (bin.value, bin.error) = (bin.value / width, bin.error / width);
    }
    let r = table.column("r");
    ClusterCurves {
        name,
        sizes: by_size,
        unlike: curve(&r, "g_unlike"),
        like: curve(&r, "g_like"),
        survival: curve(&table.column("lifetime"), "survival"),
        elongation: curve(&sizes, "elongation"),
    }
}

/// The piece of the slit about its largest cluster; clusters are found anew, by the
/// distance at which ions join.
fn view(frame: &Frame, join: f64, title: String) -> SlitView {
    let slit = slit_of(frame);
    let mut positions = frame.positions.clone();
    wrap(&slit, [0.0, 0.0], &mut positions);
    let mut list = NeighbourList::new(slit, join, 0.0);
    list.build(&positions, 0);
    let mut links = Links::new(Criterion { join, part: join });
    links.look(&list, &positions);

    let mut size = vec![1; positions.len()];
    let clusters = find_clusters(&slit, positions.len(), links.present());
    for cluster in &clusters {
        for &ion in &cluster.ions {
            size[ion as usize] = cluster.ions.len();
        }
    }
    let largest = clusters.iter().max_by_key(|cluster| cluster.ions.len());
    let centre = largest.map_or([0.0, 0.0], |cluster| positions[cluster.ions[0] as usize]);
    // With the origin at its centre no boundary cuts the piece.
    wrap(
        &slit,
        [centre[0] - 0.5 * slit.length, centre[1]],
        &mut positions,
    );
    let middle = 0.5 * slit.length;
    let area = IN_VIEW * slit.area() / positions.len() as f64;
    let unit = (area / (VIEW[0] * VIEW[1])).sqrt();
    let half = [0, 1].map(|axis| 0.5 * frame.edges[axis].min(unit * VIEW[axis]));
    let from_middle = |[x, y]: [f64; 2]| [x - middle, y];
    let link_ends = |link: &Link| {
        let [i, j] = link.ions.map(|ion| ion as usize);
        let [dx, dy] = link.separation;
        // From both ends: across a boundary both sides are seen.
        let shown = |from: [f64; 2], sign: f64| ShownLink {
            ends: [from, [from[0] + sign * dx, from[1] + sign * dy]].map(from_middle),
            size: size[i],
        };
        [shown(positions[i], 1.0), shown(positions[j], -1.0)]
    };
    let ions = positions.iter().zip(&size).zip(&frame.charges);
    SlitView {
        title,
        range: half.map(|half| (-half, half)),
        ions: ions
            .map(|((&at, &size), &charge)| ShownIon {
                at: from_middle(at),
                positive: charge > 0.0,
                size,
            })
            .collect(),
        links: links.present().iter().flat_map(link_ends).collect(),
    }
}

fn slit_of(frame: &Frame) -> Slit {
    let [length, width] = frame.edges;
    let walls = match frame.periodic[1] {
        true => Walls::Periodic,
        false => Walls::Soft { force: 0.0 },
    };
    Slit {
        length,
        width,
        walls,
    }
}

/// Moves the origin to `origin` and every ion into the box about it, x in [0, L) and
/// y in [-W/2, W/2); between walls nothing repeats.
fn wrap(slit: &Slit, origin: [f64; 2], positions: &mut [[f64; 2]]) {
    let wrapped = |x: f64, period: f64| {
        let x = x.rem_euclid(period);
        // Rounding can give the period itself.
        if x < period { x } else { 0.0 }
    };
    for [x, y] in positions {
        *x = wrapped(*x - origin[0], slit.length);
        *y -= origin[1];
        if slit.walls == Walls::Periodic {
            *y = wrapped(*y + 0.5 * slit.width, slit.width) - 0.5 * slit.width;
        }
    }
}
