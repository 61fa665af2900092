//! f–I: how fast a neuron fires against what drives it.

use super::ExcitabilityError;
use super::Result;
use super::equilibria::equilibria;
use super::trial::{Firing, Protocol, State};
use crate::circuit::{Clamp, System};
use rayon::prelude::*;

/// What is asked of an f–I curve.
pub struct CurveRequest<'r> {
    /// The circuit under a constant source of this value (A).
    pub circuit: &'r (dyn Fn(f64) -> System + Sync),
    /// Values of the source, rising, A.
    pub sources: &'r [f64],
    /// How well the least source that makes it fire shall be known, A.
    pub resolution: f64,
    /// The circuit as it stands, which fires.
    pub firing: &'r System,
    /// How each is tried.
    pub protocol: Protocol<'r>,
}

/// A point of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The source, A.
    pub source: f64,
    /// What it does when the source is switched on at the start.
    pub from_start: Firing,
    /// What it does when it was spiking.
    pub from_spiking: Firing,
    /// Voltage of the lowest equilibrium, V; NaN if there is none.
    pub rest: f64,
    /// Its growth, 1/s: below zero where the neuron may rest.
    pub growth: f64,
}

/// Where a neuron changes what it does: between two sources that were tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// The middle of the two, A.
    pub source: f64,
    /// Half their distance, A.
    pub error: f64,
    /// Rate at the upper of the two, or frequency of the equilibrium, 1/s.
    pub rate: f64,
}

/// The f–I curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The points.
    pub points: Vec<Point>,
    /// Rheobase: the least source which, switched on at the start, makes it fire for
    /// good; none within the range.
    pub rheobase: Option<Transition>,
    /// The least source at which a spiking neuron goes on.
    pub least_sustaining: Option<Transition>,
    /// The least source at which rest loses its stability (a Hopf point where its
    /// rate is not zero).
    pub rest_lost: Option<Transition>,
}

/// The f–I curve, by a trial from the start and one from a spiking state at every
/// source, and by bisection where the answer changes first.
///
/// # Errors
/// [`ExcitabilityError`].
pub fn curve(request: &CurveRequest<'_>) -> Result<Curve> {
    let spiking = spiking_state(request.firing, &request.protocol)?;
    let point = |source: &f64| point(request, &spiking, *source);
    let points: Vec<Point> = request
        .sources
        .par_iter()
        .map(point)
        .collect::<Result<_>>()?;
    let (rheobase, (least_sustaining, rest_lost)) = rayon::join(
        || first_firing(request, &points, &|p| p.from_start, None),
        || {
            let spiking = Some(&spiking);
            let sustaining = first_firing(request, &points, &|p| p.from_spiking, spiking);
            (sustaining, rest_lost(request, &points))
        },
    );
    Ok(Curve {
        rheobase: rheobase?,
        least_sustaining: least_sustaining?,
        rest_lost,
        points,
    })
}

/// The start of the last spike of a circuit that fires.
pub(super) fn spiking_state(firing: &System, protocol: &Protocol<'_>) -> Result<State> {
    let trial = protocol.run(firing)?;
    let state = trial.last_rise(protocol).filter(|_| trial.firing.for_good);
    state.ok_or(ExcitabilityError::Silent)
}

fn point(request: &CurveRequest<'_>, spiking: &State, source: f64) -> Result<Point> {
    let lowest = lowest_equilibrium(request, source);
    let (rest, growth, _) = lowest.unwrap_or((f64::NAN, f64::NAN, 0.0));
    Ok(Point {
        source,
        from_start: tried(request, source, None)?,
        from_spiking: tried(request, source, Some(spiking))?,
        rest,
        growth,
    })
}

fn tried(request: &CurveRequest<'_>, source: f64, from: Option<&State>) -> Result<Firing> {
    let mut system = (request.circuit)(source);
    if let Some(state) = from {
        system = system.starting_at(&state.voltages, &state.memories);
    }
    Ok(request.protocol.run(&system)?.firing)
}

/// Voltage, growth and frequency of the lowest equilibrium.
fn lowest_equilibrium(request: &CurveRequest<'_>, source: f64) -> Option<(f64, f64, f64)> {
    let system = (request.circuit)(source);
    // With several free voltages equilibria are not looked for.
    let clamp = Clamp::new(&system, request.protocol.node)?;
    let first = equilibria(&clamp).into_iter().next();
    first.map(|e| (e.voltage, e.growth, e.frequency))
}

/// The first two sources between which it begins to fire, brought together.
fn first_firing(
    request: &CurveRequest<'_>,
    points: &[Point],
    of: &dyn Fn(&Point) -> Firing,
    from: Option<&State>,
) -> Result<Option<Transition>> {
    let begins = |pair: &&[Point]| !of(&pair[0]).for_good && of(&pair[1]).for_good;
    let Some(pair) = points.windows(2).find(begins) else {
        return Ok(None);
    };
    let (mut low, mut high) = (pair[0].source, pair[1].source);
    let mut rate = of(&pair[1]).rate;
    while high - low > request.resolution {
        let middle = 0.5 * (low + high);
        let firing = tried(request, middle, from)?;
        if firing.for_good {
            (high, rate) = (middle, firing.rate);
        } else {
            low = middle;
        }
    }
    Ok(Some(Transition {
        source: 0.5 * (low + high),
        error: 0.5 * (high - low),
        rate,
    }))
}

/// Where the lowest equilibrium becomes unstable, or ends: to 1e-9 of the range.
fn rest_lost(request: &CurveRequest<'_>, points: &[Point]) -> Option<Transition> {
    let rests = |growth: f64| growth < 0.0;
    let ends = |pair: &&[Point]| rests(pair[0].growth) && !rests(pair[1].growth);
    let pair = points.windows(2).find(ends)?;
    let (mut low, mut high) = (pair[0].source, pair[1].source);
    let range = points[points.len() - 1].source - points[0].source;
    let mut frequency = 0.0;
    while high - low > 1e-9 * range {
        let middle = 0.5 * (low + high);
        match lowest_equilibrium(request, middle) {
            Some((_, growth, _)) if rests(growth) => low = middle,
            other => {
                high = middle;
                frequency = other.map_or(0.0, |(_, _, frequency)| frequency);
            }
        }
    }
    Some(Transition {
        source: 0.5 * (low + high),
        error: 0.5 * (high - low),
        rate: frequency,
    })
}
