//! How many clusters of each size there are, what they carry and how they look.

use super::{Cluster, ClusterWindow};
use crate::brownian::Ions;
use crate::statistics::{Blocks, Estimate};
use serde::{Deserialize, Serialize};

/// Sizes up to this have a bin each; beyond it bins grow by a quarter.
const EACH: usize = 16;
/// Least ions of a cluster whose shape is worth an average over sizes: a pair is
/// always a rod.
pub(super) const SHAPED: usize = 3;
/// Largest charge with a bin of its own, e; what is beyond is counted with it.
const CHARGE: i32 = 10;

/// Sums of a whole look that stand before those of the bins.
#[derive(Clone, Copy)]
enum Whole {
    Looks,
    /// Σ n² over clusters, lone ions among them.
    Squares,
    Largest,
    Percolating,
}
const WHOLE: usize = 4;

/// Sums of one bin.
#[derive(Clone, Copy)]
enum Part {
    Clusters,
    Ions,
    SquaredCharge,
    /// Clusters that have a shape.
    Shaped,
    Along,
    Across,
    Longer,
    Shorter,
    Orientation,
}
const PARTS: usize = 9;

/// Clusters of `from` to `to` ions, on average. Ratios of averages, not averages
/// of ratios: λ₁/λ₂ of single triples has no mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SizeBin {
    /// Fewest ions of a cluster in this bin.
    pub from: usize,
    /// Most ions.
    pub to: usize,
    /// Fraction of all ions that are in such clusters.
    pub ion_fraction: Estimate,
    /// Number of such clusters, over that of all clusters, lone ions among them.
    pub cluster_fraction: Estimate,
    /// Mean squared net charge ⟨Q²⟩, e².
    pub squared_charge: Estimate,
    /// Radius of gyration √⟨λ₁ + λ₂⟩, Å.
    pub radius: Estimate,
    /// Elongation along the field, √(⟨G_xx⟩/⟨G_yy⟩): 1 where no direction is
    /// preferred, whatever the shapes.
    pub elongation: Estimate,
    /// Axis ratio √(⟨λ₁⟩/⟨λ₂⟩), whichever way the axes point: above 1 also where
    /// no direction is preferred.
    pub axis_ratio: Estimate,
    /// ⟨cos 2θ⟩ of the longer axis against the field; 0 where no direction is
    /// preferred.
    pub orientation: Estimate,
}

/// Clusters by their size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sizes {
    /// Fewest ions of each bin, and one more for the end of the last.
    edges: Vec<usize>,
    ions: usize,
    blocks: Blocks,
}

impl Sizes {
    /// For slits of so many `ions`.
    #[must_use]
    pub fn new(ions: usize) -> Self {
        let mut edges = vec![1];
        while let Some(&edge) = edges.last().filter(|&&edge| edge <= ions) {
            edges.push(edge + if edge <= EACH { 1 } else { edge / 4 });
        }
        let bins = edges.len() - 1;
        Self {
            edges,
            ions,
            blocks: Blocks::new(WHOLE + PARTS * bins + charges()),
        }
    }

    /// Adds one look: all clusters of two or more ions.
    pub fn look(&mut self, ions: &Ions, clusters: &[Cluster]) {
        let whole = |which: Whole| which as usize;
        self.blocks.add(whole(Whole::Looks), 1.0);
        let mut lone_squares: f64 = ions.charges().iter().map(|z| z * z).sum();
        let (mut lone, mut largest) = (ions.count(), 1);
        let mut percolating = false;
        for cluster in clusters {
            let size = cluster.ions.len();
            lone -= size;
            largest = largest.max(size);
            let own = cluster.ions.iter().map(|&ion| ions.charges()[ion as usize]);
            lone_squares -= own.map(|z| z * z).sum::<f64>();
            percolating |= cluster.percolates != [false, false];
            self.add_cluster(cluster, cluster.charge(ions));
        }
        self.add(0, Part::Clusters, lone as f64);
        self.add(0, Part::Ions, lone as f64);
        self.add(0, Part::SquaredCharge, lone_squares);
        self.blocks.add(whole(Whole::Squares), lone as f64);
        self.blocks.add(whole(Whole::Largest), largest as f64);
        let percolating = f64::from(u8::from(percolating));
        self.blocks.add(whole(Whole::Percolating), percolating);
    }

    fn add_cluster(&mut self, cluster: &Cluster, charge: f64) {
        let size = cluster.ions.len();
        let bin = self.edges.partition_point(|&edge| edge <= size) - 1;
        self.add(bin, Part::Clusters, 1.0);
        self.add(bin, Part::Ions, size as f64);
        self.add(bin, Part::SquaredCharge, charge * charge);
        self.blocks
            .add(Whole::Squares as usize, (size * size) as f64);
        let charge_bin = (charge.round() as i32).clamp(-CHARGE, CHARGE) + CHARGE;
        self.blocks
            .add(self.first_charge() + charge_bin as usize, 1.0);
        if let Some(shape) = cluster.shape() {
            let [longer, shorter] = shape.principal();
            self.add(bin, Part::Shaped, 1.0);
            self.add(bin, Part::Along, shape.along);
            self.add(bin, Part::Across, shape.across);
            self.add(bin, Part::Longer, longer);
            self.add(bin, Part::Shorter, shorter);
            self.add(bin, Part::Orientation, shape.orientation());
        }
    }

    fn add(&mut self, bin: usize, part: Part, amount: f64) {
        self.blocks.add(entry(bin, part), amount);
    }

    /// The sums over windows.
    pub(super) fn blocks(&mut self) -> &mut Blocks {
        &mut self.blocks
    }

    /// Fills in what the open window has of this.
    pub(super) fn describe(&self, window: &mut ClusterWindow) {
        let sums = self.blocks.open();
        let all = (self.ions as f64) * sums[Whole::Looks as usize];
        let larger = self.over(SHAPED, Part::Ions);
        window.single_fraction = sums[entry(0, Part::Ions)] / all;
        window.cluster_fraction = larger(sums) / all;
        window.mean_size = all / self.over(1, Part::Clusters)(sums);
        window.largest = sums[Whole::Largest as usize] / sums[Whole::Looks as usize];
        let [along, across] = [Part::Along, Part::Across].map(|p| self.over(SHAPED, p)(sums));
        window.elongation = (along / across).sqrt();
        let shaped = self.over(SHAPED, Part::Shaped)(sums);
        window.orientation = self.over(SHAPED, Part::Orientation)(sums) / shaped;
    }

    /// Fraction of ions in clusters of `from` to `to` ions (sizes that have a bin
    /// each, or all from `from` on).
    #[must_use]
    pub fn ion_fraction(&self, from: usize, to: usize) -> Estimate {
        let bins = self.edges[..self.edges.len() - 1].iter();
        let chosen: Vec<usize> = bins
            .enumerate()
            .filter(|(_, edge)| (from..=to).contains(edge))
            .map(|(bin, _)| entry(bin, Part::Ions))
            .collect();
        let ions = move |s: &[f64]| chosen.iter().map(|&entry| s[entry]).sum();
        self.blocks.ratio(ions, self.all_ions())
    }

    /// Mean number of ions of a cluster, lone ions among them.
    #[must_use]
    pub fn mean_size(&self) -> Estimate {
        self.blocks
            .ratio(self.all_ions(), self.over(1, Part::Clusters))
    }

    /// Mean size of the cluster in which an ion is: Σn²/Σn.
    #[must_use]
    pub fn mean_size_of_an_ion(&self) -> Estimate {
        self.blocks
            .ratio(|s| s[Whole::Squares as usize], self.all_ions())
    }

    /// Mean size of the largest cluster.
    #[must_use]
    pub fn largest(&self) -> Estimate {
        self.a_look(Whole::Largest)
    }

    /// Fraction of the time in which a cluster percolates.
    #[must_use]
    pub fn percolating(&self) -> Estimate {
        self.a_look(Whole::Percolating)
    }

    /// [`SizeBin::elongation`] of all clusters of three or more ions.
    #[must_use]
    pub fn elongation(&self) -> Estimate {
        let over = |part| self.over(SHAPED, part);
        self.blocks
            .ratio(over(Part::Along), over(Part::Across))
            .sqrt()
    }

    /// [`SizeBin::axis_ratio`] of all clusters of three or more ions.
    #[must_use]
    pub fn axis_ratio(&self) -> Estimate {
        let over = |part| self.over(SHAPED, part);
        self.blocks
            .ratio(over(Part::Longer), over(Part::Shorter))
            .sqrt()
    }

    /// [`SizeBin::orientation`] of all clusters of three or more ions.
    #[must_use]
    pub fn orientation(&self) -> Estimate {
        let over = |part| self.over(SHAPED, part);
        self.blocks
            .ratio(over(Part::Orientation), over(Part::Shaped))
    }

    /// Every size that was met.
    #[must_use]
    pub fn bins(&self) -> Vec<SizeBin> {
        let totals = self.blocks.totals();
        let met = |bin: &usize| totals[entry(*bin, Part::Clusters)] > 0.0;
        let bins = (0..self.edges.len() - 1).filter(met);
        bins.map(|bin| self.bin(bin)).collect()
    }

    fn bin(&self, bin: usize) -> SizeBin {
        let of = |part: Part| move |s: &[f64]| s[entry(bin, part)];
        let ratio = |a: Part, b: Part| self.blocks.ratio(of(a), of(b));
        let extent = |s: &[f64]| s[entry(bin, Part::Along)] + s[entry(bin, Part::Across)];
        SizeBin {
            from: self.edges[bin],
            to: self.edges[bin + 1] - 1,
            ion_fraction: self.blocks.ratio(of(Part::Ions), self.all_ions()),
            cluster_fraction: self
                .blocks
                .ratio(of(Part::Clusters), self.over(1, Part::Clusters)),
            squared_charge: ratio(Part::SquaredCharge, Part::Clusters),
            radius: self.blocks.ratio(extent, of(Part::Shaped)).sqrt(),
            elongation: ratio(Part::Along, Part::Across).sqrt(),
            axis_ratio: ratio(Part::Longer, Part::Shorter).sqrt(),
            orientation: ratio(Part::Orientation, Part::Shaped),
        }
    }

    /// Net charges (e) of clusters of two or more ions, and the fraction of these
    /// clusters that have them; the first and the last entry hold all beyond.
    #[must_use]
    pub fn charges(&self) -> Vec<(f64, Estimate)> {
        let first = self.first_charge();
        let all = move |s: &[f64]| s[first..first + charges()].iter().sum();
        (0..charges())
            .map(|k| {
                let share = self.blocks.ratio(|s| s[first + k], all);
                (f64::from(k as i32 - CHARGE), share)
            })
            .collect()
    }

    fn first_charge(&self) -> usize {
        WHOLE + PARTS * (self.edges.len() - 1)
    }

    /// Ions times looks.
    fn all_ions(&self) -> impl Fn(&[f64]) -> f64 {
        let ions = self.ions as f64;
        move |s: &[f64]| ions * s[Whole::Looks as usize]
    }

    /// The sum of a part over clusters of `from` or more ions.
    fn over(&self, from: usize, part: Part) -> impl Fn(&[f64]) -> f64 {
        let first = self.edges.partition_point(|&edge| edge < from);
        let bins = first..self.edges.len() - 1;
        move |s: &[f64]| bins.clone().map(|bin| s[entry(bin, part)]).sum()
    }

    fn a_look(&self, which: Whole) -> Estimate {
        self.blocks
            .ratio(|s| s[which as usize], |s| s[Whole::Looks as usize])
    }
}

fn entry(bin: usize, part: Part) -> usize {
    WHOLE + PARTS * bin + part as usize
}

fn charges() -> usize {
    2 * CHARGE as usize + 1
}
