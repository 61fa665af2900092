//! Points: one scenario each, with a seed and a name of its own.

use super::estimate::Estimate;
use super::{Sweep, SweepError};
use crate::scenario::{Scenario, ScenarioError};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Points from which on a mistake is more likely than not.
const MANY_POINTS: usize = 1000;

/// Core-hours from which on one wants to be asked.
const MANY_HOURS: f64 = 100.0;

/// Points that are looked at before all of too many are.
const LOOK_AT: usize = 50;

/// One point of a sweep.
#[derive(Clone, Debug)]
pub struct Point {
    /// Number in the sweep, from 0; the last dimension changes fastest.
    pub index: usize,
    /// The axes' keys and the values here, as TOML.
    pub settings: Vec<(String, String)>,
    /// Which of the seeds, from 0.
    pub replica: u64,
    /// What runs.
    pub scenario: Scenario,
    /// The name of its file: a digest of the scenario, its seed and the version of
    /// the program.
    pub digest: String,
}

impl Point {
    /// Its settings in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self.replica {
            0 => words(&self.settings),
            replica => format!("{}, replica {replica}", words(&self.settings)),
        }
    }
}

fn words(settings: &[(String, String)]) -> String {
    let settings = settings.iter().map(|(key, value)| {
        let value = value.trim_matches('"');
        format!("{key} = {value}")
    });
    match settings.collect::<Vec<_>>().join(", ") {
        words if words.is_empty() => "no axes".to_owned(),
        words => words,
    }
}

/// What a point will take, without its scenario.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Number in the sweep.
    pub index: usize,
    /// Name of its file.
    pub digest: String,
    /// What it will take.
    pub estimate: Estimate,
}

/// All points, in order.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The points.
    pub points: Vec<Planned>,
    /// What their scenarios warn of, each once.
    pub warnings: Vec<String>,
}

impl Plan {
    /// Time of all points on one core, s.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.points.iter().map(|point| point.estimate.seconds).sum()
    }
}

impl Sweep {
    /// How many points there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shape().iter().product()
    }

    /// Points along each dimension; the last one is the replicas, if there are
    /// several.
    #[must_use]
    pub fn shape(&self) -> Vec<usize> {
        let lengths = self.dimensions.iter().map(super::axes::Dimension::length);
        let replicas = (self.replicas > 1).then_some(self.replicas as usize);
        lengths.chain(replicas).collect()
    }

    /// What the dimensions are called.
    #[must_use]
    pub fn dimension_names(&self) -> Vec<String> {
        let names = self.dimensions.iter().map(|d| d.name().to_owned());
        let replica = (self.replicas > 1).then(|| "replica".to_owned());
        names.chain(replica).collect()
    }

    /// What point `index` changes, and which replica it is.
    fn settings(&self, index: usize) -> (Vec<(String, String)>, u64) {
        let replica = index as u64 % self.replicas;
        let mut rest = index / self.replicas as usize;
        let mut settings = Vec::new();
        for dimension in self.dimensions.iter().rev() {
            let at = rest % dimension.length();
            rest /= dimension.length();
            for axis in dimension.axes.iter().rev() {
                settings.push((axis.key.clone(), axis.values[at].clone()));
            }
        }
        settings.reverse();
        (settings, replica)
    }

    /// Reads the scenario of point `index`.
    ///
    /// # Errors
    /// [`SweepError::Point`] if it cannot be run.
    pub fn point(&self, index: usize) -> Result<Point, SweepError> {
        let (settings, replica) = self.settings(index);
        let scenario = self.scenario_at(&settings, replica);
        let scenario = scenario.map_err(|mistake| SweepError::Point {
            number: index + 1,
            points: self.count(),
            settings: words(&settings),
            mistake,
        })?;
        Ok(Point {
            index,
            digest: digest(&scenario),
            settings,
            replica,
            scenario,
        })
    }

    fn scenario_at(
        &self,
        settings: &[(String, String)],
        replica: u64,
    ) -> Result<Scenario, ScenarioError> {
        let seed = derived_seed(self.seed, settings, replica).to_string();
        let set = self.set.iter().map(|(k, v)| ("[set]", &**k, &**v));
        let axes = settings.iter().map(|(k, v)| ("axis", &**k, &**v));
        let changes: Vec<_> = set.chain(axes).chain([("seed", "seed", &*seed)]).collect();
        Scenario::load_with(&self.scenario, &changes)
    }

    /// Reads every point and estimates what it takes.
    ///
    /// # Errors
    /// [`SweepError::Large`] unless it is `welcome` or not large;
    /// [`SweepError::Point`] for the first point that cannot be run;
    /// [`SweepError::Twice`] for two that are one.
    pub fn plan(&self, welcome: bool) -> Result<Plan, SweepError> {
        let count = self.count();
        if !welcome {
            self.refuse_large(count)?;
        }
        let read = |index| {
            let Point {
                scenario, digest, ..
            } = self.point(index)?;
            let planned = Planned {
                index,
                digest,
                estimate: Estimate::of(&scenario),
            };
            Ok((planned, scenario.warnings))
        };
        let all: Vec<_> = (0..count)
            .into_par_iter()
            .map(read)
            .collect::<Result<_, SweepError>>()?;
        let mut plan = Plan {
            points: Vec::with_capacity(count),
            warnings: Vec::new(),
        };
        for (point, warnings) in all {
            plan.points.push(point);
            for warning in warnings {
                if !plan.warnings.contains(&warning) {
                    plan.warnings.push(warning);
                }
            }
        }
        self.refuse_twins(&plan)?;
        Ok(plan)
    }

    /// Looks at some points, spread over all of them.
    fn refuse_large(&self, count: usize) -> Result<(), SweepError> {
        let looked_at = count.min(LOOK_AT);
        let mut seconds = 0.0;
        for k in 0..looked_at {
            let point = self.point(k * count / looked_at)?;
            seconds += Estimate::of(&point.scenario).seconds;
        }
        let hours = seconds / looked_at.max(1) as f64 * count as f64 / 3600.0;
        if count <= MANY_POINTS && hours <= MANY_HOURS {
            return Ok(());
        }
        Err(SweepError::Large {
            points: count,
            hours: if hours < 10.0 {
                format!("{hours:.1}")
            } else {
                format!("{hours:.0}")
            },
        })
    }

    fn refuse_twins(&self, plan: &Plan) -> Result<(), SweepError> {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for point in &plan.points {
            if let Some(first) = seen.insert(&point.digest, point.index) {
                return Err(SweepError::Twice {
                    first: first + 1,
                    second: point.index + 1,
                    settings: words(&self.settings(first).0),
                });
            }
        }
        Ok(())
    }
}

/// The seed of a point: it depends on what the point is, not on which others there
/// are, so that an axis can be extended later.
fn derived_seed(master: u64, settings: &[(String, String)], replica: u64) -> u64 {
    let mut settings: Vec<String> = settings
        .iter()
        .map(|(k, v)| format!("{k} = {v}\n"))
        .collect();
    settings.sort();
    let text = format!("bjerrum sweep\n{master}\n{replica}\n{}", settings.concat());
    let digest = Sha256::digest(text);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    // TOML's whole numbers are signed.
    u64::from_le_bytes(first) >> 1
}

fn digest(scenario: &Scenario) -> String {
    let text = format!("{}\n{}", env!("CARGO_PKG_VERSION"), scenario.resolved);
    let digest = Sha256::digest(text);
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
