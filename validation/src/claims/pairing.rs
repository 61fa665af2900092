//! Pairing in a dilute two-dimensional gas of charges.

use super::{PUBLISHED_STEP, periodic_square};
use crate::claim::{Axes, Check, Claim, Law, Measurement, Place, Plan, Tier};
use bjerrum_physics::brownian::{Engine, FastEngine, Ions, Refinement, Scheme};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::noise::Stream;
use bjerrum_physics::statistics;
use bjerrum_physics::theory::association_constant;
use rayon::prelude::*;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "pairing",
    statement: "in a dilute gas of divalent ions the fraction that is paired follows the law of mass action from one side of T* = 1/4 to the other",
    tier: Tier::Full,
    axes: Some(Axes {
        x: "T* = 1/Γ",
        y: "cations with an anion within 60 Å",
        logarithmic: false,
    }),
    remark: "",
    measurement: Measurement::AtOnce(run),
};

/// Couplings Γ, with T* from 0.33 to 0.19, and how long (µs) ions placed at random take to
/// forget it: twelve times 1/(k + 2nα k_a), k and k_a the rates at which pairs part and
/// meet, 2πD_r/ln(1/(√(πn) r_cut)) for the latter; 0.3 µs at Γ = 3 and 4.4 µs at 5.2.
const COUPLINGS: [(f64, u64); 6] = [
    (3.0, 4),
    (3.5, 8),
    (4.0, 14),
    (4.4, 22),
    (4.8, 34),
    (5.2, 53),
];
/// Pairs of ions in a copy at an effort of 1: ten times as many fill whole blocks of the
/// engine's lanes with pairs. At least a block's half.
const PAIRS: u64 = 12;
const FEWEST: u64 = 32;
/// Density of either ion, 1/Å²: n π r_cut² is 1 %.
const DENSITY: f64 = 4e-7;
/// Cut-off of the interaction, Å. Half the published one: the ions of a gas four times
/// as dense meet four times as often, and are as dilute.
const CUTOFF: f64 = 100.0;
/// Ions of opposite sign closer than this are a pair, Å.
const TOGETHER: f64 = 60.0;
/// What triples and the steps of the preset may change, relative: three ions within the
/// cut-off have a weight of n π r_cut² beside two, and the preset promises 1 %.
const LEFT_OUT: f64 = 0.02;
/// Copies at each coupling.
const COPIES: u64 = 8;
/// Steps of a µs.
const MICROSECOND: u64 = 200_000;
/// Looks of a copy at an effort of 1: 2 µs.
const LOOKS: u64 = 200;
/// Steps from one to the next: 10 ns.
const EVERY: usize = 2_000;
/// Of the physical preset.
const REFINEMENT: Refinement = Refinement {
    evaluations: 10,
    within: 15.0,
};

fn run(plan: &Plan) -> Vec<Check> {
    COUPLINGS.map(|case| check(plan, case)).to_vec()
}

fn interaction(coupling: f64) -> ConfinedLog {
    ConfinedLog {
        contact: 4.0,
        cutoff: CUTOFF,
        x_t: 4.0 * ConfinedLog::PUBLISHED.xi / coupling,
        ..ConfinedLog::PUBLISHED
    }
}

fn check(plan: &Plan, (coupling, relaxation): (f64, u64)) -> Check {
    let pairs = plan.scaled(PAIRS, FEWEST) as usize;
    let copy = |copy| paired(plan, coupling, pairs, relaxation * MICROSECOND, copy);
    let copies: Vec<f64> = (0..COPIES).into_par_iter().map(copy).collect();
    let got = statistics::independent(&copies);
    let expected = expected(coupling, pairs);
    Check {
        quantity: format!("cations in pairs at T* = {:.3}", 1.0 / coupling),
        expected,
        expected_error: LEFT_OUT * expected,
        got: got.mean,
        error: got.error,
        law: Law::Student {
            degrees: copies.len() as f64 - 1.0,
        },
        source: "law of mass action of as many ions".into(),
        at: Some(Place {
            curve: "4e-7 Å⁻² of either ion".into(),
            x: 1.0 / coupling,
        }),
    }
}

/// Fraction of cations in pairs, from the partition function of N ions (`pairs`) of either
/// sign in the area A, of which m cations have an anion within the cut-off:
///
/// ```text
/// w_m = N!²/((N - m)!² m!) (K/A)^m,      K = ∫₀^r_cut 2π r e^[U(r_cut) - U(r)] dr
/// ```
///
/// times the share of K that lies within [`TOGETHER`]. For three ions within the cut-off
/// of each other seldom enough.
fn expected(coupling: f64, pairs: usize) -> f64 {
    let pair = interaction(coupling);
    // U is level beyond the cut-off, and the constant counts from U = 0 far away.
    let level = pair.energy(-4.0, pair.cutoff).exp();
    let constant = |within| level * association_constant(&pair.into(), -4.0, within);
    let weight = constant(pair.cutoff) * DENSITY / pairs as f64;
    let (mut term, mut sum, mut bound) = (1.0, 1.0, 0.0);
    for m in 1..=pairs {
        let left = (pairs - m + 1) as f64;
        term *= left * left / m as f64 * weight;
        sum += term;
        bound += m as f64 * term;
    }
    bound / sum / pairs as f64 * constant(TOGETHER) / constant(pair.cutoff)
}

/// Fraction of cations in pairs in one copy, after `relaxation` steps.
fn paired(plan: &Plan, coupling: f64, pairs: usize, relaxation: u64, copy: u64) -> f64 {
    let side = (pairs as f64 / DENSITY).sqrt();
    let name = |purpose| format!("validation/pairing/{purpose}/{coupling}");
    let ions = Ions::at_random(
        periodic_square(side),
        &plan.subject.salt(2, pairs),
        Stream::named(plan.seed, &name("start"), copy),
    );
    let scheme = Scheme {
        refinement: Some(REFINEMENT),
        ..plan.subject.scheme(interaction(coupling), PUBLISHED_STEP)
    };
    let noise = format!("{}/{copy}", name("noise"));
    let mut engine = FastEngine::new(ions, scheme, plan.seed, &noise).expect("a closed form");
    let still = [0.0; EVERY];
    for _ in 0..relaxation / EVERY as u64 {
        engine.advance(&still, &mut [0.0; 2]);
    }
    let looks = plan.scaled(LOOKS, 100);
    let mut found = 0;
    for _ in 0..looks {
        engine.advance(&still, &mut [0.0; 2]);
        found += pairs_of(&engine, side);
    }
    found as f64 / (looks as usize * pairs) as f64
}

/// Cations with an anion near them.
fn pairs_of(engine: &FastEngine, side: f64) -> usize {
    let positions = engine.ions().positions();
    let (cations, anions) = positions.split_at(positions.len() / 2);
    let nearest = |d: f64| d - side * (d / side).round();
    let together =
        |a: &[f64; 2], b: &[f64; 2]| nearest(a[0] - b[0]).hypot(nearest(a[1] - b[1])) < TOGETHER;
    let paired = |cation: &&[f64; 2]| anions.iter().any(|anion| together(cation, anion));
    cations.iter().filter(paired).count()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    /// Half as strong again, at the highest temperature, where the least time is enough.
    #[test]
    fn a_stronger_pair_force_is_found() {
        let one = |plan: &Plan| failures(vec![check(plan, COUPLINGS[0])]);
        assert_eq!(one(&sound(0.5)), []);
        assert_ne!(one(&faulty(0.5, Fault::PairForce(1.5))), []);
    }
}
