//! How long a pair lives under a field, against the solution of the backward
//! equation on a grid.
//!
//! The physical preset: contact at 4 Å, and where two ions that attract are closer
//! than 15 Å ten force evaluations a step.

use super::PUBLISHED_STEP;
use crate::claim::{Axes, Check, Claim, Law, Measurement, Place, Plan, Tier};
use crate::subject::DIFFUSION;
use bjerrum_physics::brownian::escape::{Allowance, BoundPair};
use bjerrum_physics::brownian::{Refinement, Scheme};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::theory::{Cells, EscapingPair};
use std::f64::consts::FRAC_PI_2;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "escape",
    statement: "at five fields a divalent pair lives as long under the physical preset as by the backward equation, within the 1 % that the preset promises",
    tier: Tier::Quick,
    axes: Some(Axes {
        x: "E (kT e⁻¹ Å⁻¹)",
        y: "mean escape time (ns)",
        logarithmic: true,
    }),
    remark: "",
    measurement: Measurement::AtOnce(run),
};

/// Fields, kT/(e·Å).
const FIELDS: [f64; 5] = [0.4, 0.3, 0.225, 0.18, 0.15];
/// What the preset promises: the error that its steps leave, relative.
const PROMISED: f64 = 0.01;
/// Relative standard error of a mean time in the quick tier.
const ERROR: f64 = 0.005;
/// Force evaluations that a field may take in the quick tier.
const EVALUATIONS: f64 = 6e9;
/// Separation at the start, across the field, Å.
const START: f64 = 4.0;
/// Of the grid; its error is 2e-4.
const CELLS: Cells = Cells {
    radial: 400,
    angular: 64,
};
/// As an engine has it.
const CONTACT: ConfinedLog = ConfinedLog {
    contact: 4.0,
    ..ConfinedLog::PUBLISHED
};
/// Of the physical preset.
const REFINEMENT: Refinement = Refinement {
    evaluations: 10,
    within: 15.0,
};

fn run(plan: &Plan) -> Vec<Check> {
    FIELDS.map(|field| check(plan, field)).to_vec()
}

fn check(plan: &Plan, field: f64) -> Check {
    let salt = plan.subject.salt(2, 1);
    let pair = BoundPair {
        charges: [2.0, -2.0],
        diffusion: [0, 1].map(|k: usize| salt[k].species.diffusion),
        field: plan.subject.field(field),
        separation: START,
    };
    let scheme = Scheme {
        refinement: Some(REFINEMENT),
        ..plan.subject.scheme(CONTACT, PUBLISHED_STEP)
    };
    let allowance = Allowance {
        error: ERROR / plan.effort.sqrt(),
        evaluations: EVALUATIONS * plan.effort,
    };
    let purpose = format!("validation/escape/{field}");
    let got = pair.escape_time(&scheme, allowance, plan.seed, &purpose);
    // A pair that does not escape has no mean time, and the check fails.
    let (mean, error) = got.map_or((f64::NAN, f64::NAN), |got| (got.time.mean, got.time.error));
    let expected = grid(field);
    Check {
        quantity: format!("mean escape time at E = {field} kT/(e·Å), ns"),
        expected: 1e-3 * expected,
        expected_error: 1e-3 * PROMISED * expected,
        got: 1e-3 * mean,
        error: 1e-3 * error,
        law: Law::Normal,
        source: "backward equation on a grid".into(),
        at: Some(Place {
            curve: "pair of divalent ions".into(),
            x: field,
        }),
    }
}

/// Mean escape time, ps.
fn grid(field: f64) -> f64 {
    let pair = EscapingPair {
        interaction: CONTACT.into(),
        charges: [2.0, -2.0],
        diffusion: [DIFFUSION; 2],
        field,
        apart: CONTACT.cutoff,
    };
    let solved = pair.solve(CELLS).expect("a pair that escapes");
    solved.mean_time(START, FRAC_PI_2)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    /// One field is enough to tell a pair force 3 % stronger.
    #[test]
    fn a_stronger_pair_force_is_found() {
        let one = |plan: &Plan| failures(vec![check(plan, 0.3)]);
        assert_eq!(one(&sound(1.0)), []);
        assert_ne!(one(&faulty(1.0, Fault::PairForce(1.03))), []);
        assert_ne!(one(&faulty(1.0, Fault::Contact(0.8))), []);
    }
}
