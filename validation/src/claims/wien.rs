//! The second Wien effect: a field breaks pairs, and the current grows as a power of it.

use super::{PUBLISHED_STEP, window_current};
use crate::claim::{Axes, Check, Claim, Law, Measurement, Place, Plan, Tier};
use crate::subject::{DIFFUSION, nominal_salt};
use bjerrum_physics::brownian::{FastEngine, Ions, Refinement, Scheme};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::noise::Stream;
use bjerrum_physics::slit::{Slit, Walls};
use bjerrum_physics::statistics::{self, Estimate};
use bjerrum_physics::theory::{self, Cells, PairingSalt, wien_exponents};
use rayon::prelude::*;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "wien",
    statement: "the current of a slit grows with the field as the kinetics of pairs say, with nothing fitted: in a pure logarithm and in the published interaction, whose exponent stays below the 1 + Γ/2 of a logarithm",
    tier: Tier::Full,
    axes: Some(Axes {
        x: "E (kT e⁻¹ Å⁻¹)",
        y: "I/I_free",
        logarithmic: true,
    }),
    remark: "",
    measurement: Measurement::AtOnce(run),
};

/// An interaction, and fields (kT/(e·Å)) under which few of the ions are free.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    interaction: ConfinedLog,
    fields: [f64; 3],
}

/// The published interaction, Γ = 9.22, at a contact that steps resolve; and one of Γ = 6
/// whose logarithm goes on for ever.
const CASES: [Case; 2] = [
    Case {
        name: "ξ = 138.3 Å, Γ = 9.22",
        interaction: ConfinedLog {
            contact: 4.0,
            ..ConfinedLog::PUBLISHED
        },
        fields: [0.06, 0.08, 0.11],
    },
    Case {
        name: "ξ → ∞, Γ = 6",
        interaction: ConfinedLog {
            xi: 1e7,
            x_t: 4e7 / 6.0,
            contact: 4.0,
            cutoff: 200.0,
        },
        fields: [0.05, 0.07, 0.10],
    },
];
/// Pairs of ions in a copy.
const PAIRS: usize = 150;
/// Length of the slit, Å. Its width, 750 Å, is so small that an excess of charge in a strip
/// along the field, which finds no partner, has faded across after 0.07 µs.
const LENGTH: f64 = 20_000.0;
/// Either ion, 1/Å², as published.
const DENSITY: f64 = 1e-5;
/// Copies at each field.
const COPIES: u64 = 8;
/// Steps to relax from random positions at the lowest field: 1 µs, five times what pairs
/// take to balance there, 1/(2 n α k_a).
const RELAXATION: f64 = 200_000.0;
/// Steps measured at an effort of 1: 0.2 µs.
const STEPS: u64 = 40_000;
/// What pair kinetics leaves out, relative to the current: pairs that are being torn apart
/// conduct, meet again, and stand in threes.
const LEFT_OUT: f64 = 0.05;
/// How many errors below 1 + Γ/2 the exponent of the published interaction must be.
const CLEARLY: f64 = 5.0;
/// Grid of the backward equation: a mean time is right to half a per cent.
const CELLS: Cells = Cells {
    radial: 200,
    angular: 32,
};
/// Of the physical preset.
const REFINEMENT: Refinement = Refinement {
    evaluations: 10,
    within: 15.0,
};

fn run(plan: &Plan) -> Vec<Check> {
    let [published, logarithm] = CASES;
    let Measured {
        mut checks,
        exponent,
    } = measure(plan, &published);
    checks.push(below_the_power(&published, exponent));
    checks.extend(measure(plan, &logarithm).checks);
    checks
}

/// The checks of one case: I/I_free at each field, and the exponent from the lowest to the
/// highest, beside pair kinetics.
fn measure(plan: &Plan, case: &Case) -> Measured {
    let expected = case.fields.map(|field| case.kinetics(field));
    let got = case.fields.map(|field| case.current(plan, field));
    let [lowest, .., highest] = case.fields;
    let span = (highest / lowest).ln();
    let relative = |of: Estimate| of.error / of.mean;
    let exponent = Estimate {
        mean: 1.0 + (got[2].mean / got[0].mean).ln() / span,
        error: relative(got[0]).hypot(relative(got[2])) / span,
    };
    let mut checks: Vec<Check> = (0..case.fields.len())
        .map(|k| Check {
            at: Some(Place {
                curve: case.name.into(),
                x: case.fields[k],
            }),
            ..check(
                format!("I/I_free at E = {}, {}", case.fields[k], case.name),
                (expected[k], LEFT_OUT * expected[k]),
                got[k],
                1,
            )
        })
        .collect();
    checks.push(check(
        format!("d ln I/d ln E from {lowest} to {highest}, {}", case.name),
        (
            1.0 + (expected[2] / expected[0]).ln() / span,
            LEFT_OUT * 2f64.sqrt() / span,
        ),
        exponent,
        2,
    ));
    Measured { checks, exponent }
}

/// What one case gives.
struct Measured {
    checks: Vec<Check>,
    exponent: Estimate,
}

/// `currents` is how many of them `got` is made of.
fn check(quantity: String, expected: (f64, f64), got: Estimate, currents: u64) -> Check {
    Check {
        quantity,
        expected: expected.0,
        expected_error: expected.1,
        got: got.mean,
        error: got.error,
        law: Law::Student {
            degrees: (currents * (COPIES - 1)) as f64,
        },
        source: "kinetics of pairs".into(),
        at: None,
    }
}

/// The exponent of the published interaction is not that of a pure logarithm.
fn below_the_power(case: &Case, exponent: Estimate) -> Check {
    let power = wien_exponents(case.coupling()).current;
    Check {
        quantity: format!("1 + Γ/2 less d ln I/d ln E, {}, above 0", case.name),
        expected: 0.0,
        expected_error: 0.0,
        got: power - exponent.mean,
        error: exponent.error,
        law: Law::Above { errors: CLEARLY },
        source: "a confinement length".into(),
        at: None,
    }
}

impl Case {
    /// Γ of the divalent ions.
    fn coupling(&self) -> f64 {
        4.0 * self.interaction.unit_coupling()
    }

    /// I/I_free by pair kinetics; NaN where they do not apply.
    fn kinetics(&self, field: f64) -> f64 {
        let salt = PairingSalt {
            interaction: self.interaction.into(),
            valence: 2.0,
            diffusion: [DIFFUSION; 2],
            density: DENSITY,
        };
        let fraction = salt.conducting_fraction(field, CELLS);
        fraction.unwrap_or(f64::NAN)
    }

    /// I/I_free of all copies.
    fn current(&self, plan: &Plan, field: f64) -> Estimate {
        let copies = (0..COPIES).into_par_iter();
        let ratios: Vec<f64> = copies.map(|copy| self.ratio(plan, field, copy)).collect();
        statistics::independent(&ratios)
    }

    /// I/I_free of one copy.
    fn ratio(&self, plan: &Plan, field: f64, copy: u64) -> f64 {
        let slit = Slit {
            length: LENGTH,
            width: PAIRS as f64 / DENSITY / LENGTH,
            walls: Walls::Periodic,
        };
        let name = |purpose| format!("validation/wien/{purpose}/{}/{field}", self.name);
        let start = Stream::named(plan.seed, &name("start"), copy);
        let ions = Ions::at_random(slit, &plan.subject.salt(2, PAIRS), start);
        let scheme = Scheme {
            refinement: Some(REFINEMENT),
            ..plan.subject.scheme(self.interaction, PUBLISHED_STEP)
        };
        let noise = format!("{}/{copy}", name("noise"));
        let mut engine = FastEngine::new(ions, scheme, plan.seed, &noise).expect("a closed form");
        let free = theory::nernst_einstein_conductance(&nominal_salt(2, PAIRS), LENGTH);
        let applied = plan.subject.field(field);
        // The free share α grows faster than the square of the field.
        let relaxation = RELAXATION * (self.fields[0] / field).powi(2);
        window_current(&mut engine, relaxation as u64, |_| applied);
        let steps = plan.scaled(STEPS, 1000);
        window_current(&mut engine, steps, |_| applied) / (free * field * LENGTH)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    /// A pair force a fifth stronger, in the shorter half of the quick tier's time.
    #[test]
    fn a_stronger_pair_force_is_found() {
        let case = &CASES[1];
        let one = |plan: &Plan| {
            let expected = case.kinetics(case.fields[2]);
            let got = case.current(plan, case.fields[2]);
            failures(vec![check(
                "I/I_free".into(),
                (expected, LEFT_OUT * expected),
                got,
                1,
            )])
        };
        assert_eq!(one(&sound(0.5)), []);
        assert_ne!(one(&faulty(0.5, Fault::PairForce(1.2))), []);
    }
}
