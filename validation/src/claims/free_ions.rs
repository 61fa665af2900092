//! Ions without interaction: mobility and diffusion.

use super::{NO_INTERACTION, PUBLISHED_STEP, periodic_square};
use crate::claim::{Check, Claim, Law, Measurement, Plan, Tier};
use crate::subject::{DIFFUSION, nominal_salt};
use bjerrum_physics::brownian::{Engine, Ions, PlainEngine};
use bjerrum_physics::noise::Stream;
use bjerrum_physics::theory;
use rayon::prelude::*;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "free-ions",
    statement: "without interaction the current is Nernst–Einstein's and the mean square displacement 4Dt",
    tier: Tier::Quick,
    axes: None,
    remark: "",
    measurement: Measurement::AtOnce(run),
};

/// Side of the box, Å: small enough that ions cross its edges many times.
const SIDE: f64 = 2000.0;
/// Pairs of ions in a copy.
const PAIRS: usize = 250;
/// Steps of a copy.
const STEPS: u64 = 20_000;
/// Copies in the quick tier.
const COPIES: u64 = 8;
/// Field along x, kT/(e·Å).
const FIELD: f64 = 0.5;
/// Times over which displacements are squared, steps.
const LAGS: [u64; 2] = [10, 1000];

fn run(plan: &Plan) -> Vec<Check> {
    let copies: Vec<Displacements> = (0..plan.scaled(COPIES, 2))
        .into_par_iter()
        .map(|copy| follow(plan, copy))
        .collect();
    let mut checks = vec![mobility(&copies)];
    for (k, lag) in LAGS.iter().enumerate() {
        checks.push(diffusion(&copies, k, *lag));
    }
    checks
}

/// What one copy measures.
struct Displacements {
    /// Current averaged over the run, e/ps.
    current: f64,
    /// Σ |Δr|² over ions and times, without the drift, for each lag (Å²), and
    /// how many.
    squares: [(f64, u64); LAGS.len()],
}

fn follow(plan: &Plan, copy: u64) -> Displacements {
    let slit = periodic_square(SIDE);
    let ions = Ions::at_random(
        slit,
        &plan.subject.salt(2, PAIRS),
        Stream::named(plan.seed, "validation/free-ions/start", copy),
    );
    let scheme = plan.subject.scheme(NO_INTERACTION, PUBLISHED_STEP);
    let noise = Stream::named(plan.seed, "validation/free-ions/noise", copy);
    let mut engine = PlainEngine::new(ions, scheme, noise).expect("a closed form");
    let field = plan.subject.field(FIELD);
    let mut squares = [(0.0, 0); LAGS.len()];
    let mut earlier = LAGS.map(|_| unwrapped(&engine));
    let mut moved = [0.0, 0.0];
    for step in 1..=STEPS {
        engine.step(field, &mut moved);
        for (k, lag) in LAGS.into_iter().enumerate() {
            if step % lag == 0 {
                let now = unwrapped(&engine);
                let sum = square_sum(&engine, &earlier[k], &now, lag);
                squares[k] = (squares[k].0 + sum, squares[k].1 + now.len() as u64);
                earlier[k] = now;
            }
        }
    }
    let charge = 2.0 * (moved[0] - moved[1]);
    Displacements {
        current: charge / (SIDE * STEPS as f64 * PUBLISHED_STEP),
        squares,
    }
}

/// Σ |Δr - z D E t x̂|² over the ions, with the drift the field should give.
fn square_sum(engine: &PlainEngine, then: &[[f64; 2]], now: &[[f64; 2]], lag: u64) -> f64 {
    let time = lag as f64 * PUBLISHED_STEP;
    then.iter()
        .zip(now)
        .zip(engine.ions().charges())
        .map(|((then, now), charge)| {
            let drift = charge * DIFFUSION * FIELD * time;
            (now[0] - then[0] - drift).powi(2) + (now[1] - then[1]).powi(2)
        })
        .sum()
}

/// I/I_free, with the thermal noise of the whole run as its error.
fn mobility(copies: &[Displacements]) -> Check {
    let salt = nominal_salt(2, PAIRS);
    let free = theory::nernst_einstein_conductance(&salt, SIDE) * FIELD * SIDE;
    let time = STEPS as f64 * PUBLISHED_STEP * copies.len() as f64;
    let mean = copies.iter().map(|c| c.current).sum::<f64>() / copies.len() as f64;
    Check {
        quantity: format!("I/I_free at E = {FIELD} kT/(e·Å)"),
        expected: 1.0,
        expected_error: 0.0,
        got: mean / free,
        error: theory::window_current_variance(&salt, SIDE, time).sqrt() / free,
        law: Law::Normal,
        source: "Nernst–Einstein".into(),
        at: None,
    }
}

/// MSD/4Dt. |Δr|² is exponentially distributed, so its standard deviation is
/// its mean.
fn diffusion(copies: &[Displacements], k: usize, lag: u64) -> Check {
    let (sum, count) = copies.iter().fold((0.0, 0), |(sum, count), copy| {
        (sum + copy.squares[k].0, count + copy.squares[k].1)
    });
    let expected = theory::mean_square_displacement(DIFFUSION, lag as f64 * PUBLISHED_STEP);
    Check {
        quantity: format!("MSD/4Dt over {lag} steps"),
        expected: 1.0,
        expected_error: 0.0,
        got: sum / count as f64 / expected,
        error: 1.0 / (count as f64).sqrt(),
        law: Law::Normal,
        source: "Einstein 1905".into(),
        at: None,
    }
}

/// Positions with the crossings of the box undone, Å.
fn unwrapped(engine: &PlainEngine) -> Vec<[f64; 2]> {
    let ions = engine.ions();
    ions.positions()
        .iter()
        .zip(ions.images())
        .map(|(position, image)| [0, 1].map(|axis| position[axis] + f64::from(image[axis]) * SIDE))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    #[test]
    fn diffusion_mobility_and_field_off_by_percents_are_found() {
        assert_eq!(failures(run(&sound(0.5))), []);
        // The mobility and both displacements.
        let failed = failures(run(&faulty(0.5, Fault::Diffusion(1.03))));
        assert_eq!(failed.len(), 3, "{failed:?}");
        // Too much noise leaves the mobility right.
        let failed = failures(run(&faulty(0.5, Fault::NoiseVariance(1.03))));
        assert!(
            failed.len() >= 2 && !failed[0].quantity.starts_with('I'),
            "{failed:?}"
        );
        assert!(!failures(run(&faulty(0.5, Fault::Field(-1.0)))).is_empty());
    }
}
