//! `[analysis.clusters]`: pairs and clusters, measured while the run goes on.

use bjerrum_physics::observables::{ClusterRule, Criterion};

use crate::scenario::error::ScenarioError;
use crate::scenario::quantity::Kind;
use crate::scenario::section::Section;
use crate::scenario::timing::{Dynamics, Observe, count, show};

/// Most bins of g(r), in memory some 128 kB each slit.
const MOST_BINS: usize = 2000;

/// How the ions of a slit are looked at.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Looks {
    /// From one look to the next, ps.
    spacing: f64,
    /// Looks in a window.
    in_window: u64,
    /// Farthest distance at which neighbours are looked for, Å.
    reach: f64,
}

impl Looks {
    pub(in crate::scenario) fn new(dynamics: &Dynamics, observe: &Observe, reach: f64) -> Self {
        let in_window = observe.samples_per_window;
        Self {
            spacing: dynamics.window() / in_window as f64,
            in_window,
            reach,
        }
    }
}

/// The section, `from` (ps) being when counting begins.
pub(super) fn clusters(
    section: &mut Section<'_>,
    looks: Looks,
    from: f64,
) -> Result<ClusterRule, ScenarioError> {
    let default = Some("60 angstrom");
    let join = within_reach(section, "cutoff", default, looks)?;
    let as_cutoff = section.written("cutoff", default);
    let part = within_reach(section, "release", Some(&as_cutoff), looks)?;
    if part < join {
        return Err(section.unphysical(
            "release",
            format!(
                "{:?} is below the cutoff of {as_cutoff:?}: two ions would part before they joined",
                section.written("release", None)
            ),
            "give the cutoff or a longer distance",
        ));
    }
    let reach = format!("{} angstrom", looks.reach);
    Ok(ClusterRule {
        criterion: Criterion { join, part },
        range: within_reach(section, "range", Some(&reach), looks)?,
        bins: bins(section)?,
        every: every(section, looks)?,
        from,
    })
}

/// A distance at which neighbours are known.
fn within_reach(
    section: &mut Section<'_>,
    key: &str,
    default: Option<&str>,
    looks: Looks,
) -> Result<f64, ScenarioError> {
    let why = "ions are apart by some distance";
    let distance = section.positive(key, Kind::Length, default, why)?;
    if distance <= looks.reach {
        return Ok(distance);
    }
    Err(section.unphysical(
        key,
        format!(
            "{:?} is beyond the cut-off of the interaction, {} Å: neighbours are looked for only \
             within it",
            section.written(key, default),
            looks.reach
        ),
        "lower it, or raise interaction.cutoff",
    ))
}

fn bins(section: &mut Section<'_>) -> Result<usize, ScenarioError> {
    let expected = "a number of bins of g(r), such as bins = 100";
    let bins = section.integer("bins", Some("100"), expected)?;
    if (1..=MOST_BINS).contains(&bins) {
        return Ok(bins);
    }
    Err(section.unphysical(
        "bins",
        format!("g(r) takes 1 to {MOST_BINS} bins, not {bins}"),
        format!("write {expected}"),
    ))
}

/// `interval`: every how many looks of a window.
fn every(section: &mut Section<'_>, looks: Looks) -> Result<u64, ScenarioError> {
    let key = "interval";
    let window = looks.spacing * looks.in_window as f64;
    let default = show(window);
    let why = "ions are looked at from time to time";
    let interval = section.positive(key, Kind::Time, Some(&default), why)?;
    let every = count(section, key, interval, looks.spacing, "samples")?;
    if looks.in_window.is_multiple_of(every) {
        return Ok(every);
    }
    let shorter = (1..=every.min(looks.in_window)).rev();
    let nearest = shorter
        .into_iter()
        .find(|n| looks.in_window.is_multiple_of(*n));
    Err(section.unphysical(
        key,
        format!(
            "a window of {} is not a whole number of intervals of {}",
            show(window),
            show(interval)
        ),
        format!(
            "\"{}\" would do",
            show(nearest.unwrap_or(1) as f64 * looks.spacing)
        ),
    ))
}
