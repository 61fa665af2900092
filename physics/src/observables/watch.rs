//! Pairs and clusters measured while a run goes on.

use super::{BoundPairs, Criterion, Lifetimes, Links, PairCorrelation, Sizes, find_clusters};
use crate::brownian::Engine;
use serde::{Deserialize, Serialize};

/// What is measured, and when.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterRule {
    /// When ions are together.
    pub criterion: Criterion,
    /// Farthest distance of g(r), Å.
    pub range: f64,
    /// Bins of g(r).
    pub bins: usize,
    /// Every how many looks of a window one is taken: 1 takes all.
    pub every: u64,
    /// From when on it counts, ps; windows that end before are left out.
    pub from: f64,
}

/// Averages over the looks of one window. Shapes are those of clusters of three or
/// more ions; what was not met is NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClusterWindow {
    /// Fraction of ions that are linked to none.
    pub single_fraction: f64,
    /// Fraction of ions that are in bound pairs.
    pub pair_fraction: f64,
    /// Fraction of ions that are in clusters of three or more.
    pub cluster_fraction: f64,
    /// Ions a cluster, lone ions among them.
    pub mean_size: f64,
    /// Ions of the largest cluster.
    pub largest: f64,
    /// √(⟨G_xx⟩/⟨G_yy⟩); see [`SizeBin`](super::SizeBin).
    pub elongation: f64,
    /// ⟨cos 2θ⟩.
    pub orientation: f64,
    /// Mean distance of the ions of a bound pair, Å.
    pub pair_separation: f64,
    /// Mean dipole of a bound pair along the field, e·Å.
    pub pair_dipole: f64,
}

/// Watches the pairs and clusters of one slit.
///
/// Its memory does not grow with the run but for the links that are present and
/// the different lengths of life that were met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterWatch {
    rule: ClusterRule,
    /// Looks of the open window that were offered.
    offered: u64,
    links: Links,
    sizes: Sizes,
    pairs: BoundPairs,
    correlation: PairCorrelation,
    lifetimes: Lifetimes,
    latest: ClusterWindow,
}

impl ClusterWatch {
    /// Nothing seen yet of the slit of `engine`.
    #[must_use]
    pub fn new(rule: ClusterRule, engine: &dyn Engine) -> Self {
        let ions = engine.ions();
        Self {
            rule,
            offered: 0,
            links: Links::new(rule.criterion),
            sizes: Sizes::new(ions.count()),
            pairs: BoundPairs::new(ions),
            correlation: PairCorrelation::new(ions, rule.range, rule.bins),
            lifetimes: Lifetimes::default(),
            latest: ClusterWindow::default(),
        }
    }

    /// Looks at the ions, if it is time to.
    pub fn look(&mut self, engine: &dyn Engine) {
        self.offered += 1;
        if !self.offered.is_multiple_of(self.rule.every) {
            return;
        }
        let (ions, neighbours) = (engine.ions(), engine.neighbours());
        self.links.look(neighbours, ions.positions());
        let clusters = find_clusters(ions.slit(), ions.count(), self.links.present());
        self.sizes.look(ions, &clusters);
        self.pairs.look(ions, &clusters);
        self.correlation.look(ions, neighbours);
        if engine.time() > self.rule.from {
            self.lifetimes.look(ions, &self.links);
        }
    }

    /// Ends a window at `time` (ps) and returns its averages.
    pub fn close_window(&mut self, time: f64) -> ClusterWindow {
        self.offered = 0;
        self.latest = ClusterWindow::default();
        self.sizes.describe(&mut self.latest);
        self.pairs.describe(&mut self.latest);
        let counts = time > self.rule.from;
        for blocks in [
            self.sizes.blocks(),
            self.pairs.blocks(),
            self.correlation.blocks(),
            self.lifetimes.blocks(),
        ] {
            if counts {
                blocks.close();
            } else {
                blocks.forget();
            }
        }
        self.latest
    }

    /// The averages of the last window.
    #[must_use]
    pub fn latest(&self) -> &ClusterWindow {
        &self.latest
    }

    /// What is measured, and when.
    #[must_use]
    pub fn rule(&self) -> &ClusterRule {
        &self.rule
    }

    /// Who is linked with whom, at the last look.
    #[must_use]
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// Clusters by size: number, charge, shape.
    #[must_use]
    pub fn sizes(&self) -> &Sizes {
        &self.sizes
    }

    /// Bound pairs.
    #[must_use]
    pub fn pairs(&self) -> &BoundPairs {
        &self.pairs
    }

    /// g(r).
    #[must_use]
    pub fn correlation(&self) -> &PairCorrelation {
        &self.correlation
    }

    /// Lifetimes of pairs.
    #[must_use]
    pub fn lifetimes(&self) -> &Lifetimes {
        &self.lifetimes
    }
}
