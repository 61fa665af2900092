//! Observed orders of the schemes, in a smooth well.

use crate::claim::{Check, Claim, Law, Measurement, Plan, Tier};
use bjerrum_physics::brownian::substeps::Substeps;
use bjerrum_physics::noise::Stream;
use bjerrum_physics::statistics::{self, Estimate};
use rayon::prelude::*;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "orders",
    statement: "in a smooth well the error of an average falls with the step, by order 1 with one force evaluation a step (Euler-Maruyama) and by order 2 with several (Leimkuhler-Matthews)",
    tier: Tier::Quick,
    axes: None,
    remark: "",
    measurement: Measurement::AtOnce(run),
};

/// Exponent g of the well U/kT = g ln(1 + r²), r in Å: the confined log of a divalent pair
/// with its cusp rounded off.
const DEPTH: f64 = 4.61;
/// Independent runs.
const COPIES: u64 = 64;

/// A step H in K force evaluations.
#[derive(Clone, Copy)]
struct Setting {
    /// H, ps.
    step: f64,
    /// K.
    evaluations: u32,
    /// Length of a run in the quick tier, ps.
    time: f64,
}

impl Setting {
    /// Length h of a substep, ps.
    fn substep(self) -> f64 {
        self.step / (f64::from(self.evaluations) - 0.5)
    }
}

/// Where the average is 1.8 and 0.9 % off.
const EULER: [Setting; 2] = [at(0.2, 1, 1e5), at(0.1, 1, 1e5)];
/// Where it is 0.8 and 0.1 % off.
const REFINED: [Setting; 2] = [at(0.8, 2, 2e5), at(0.8, 4, 2e5)];

const fn at(step: f64, evaluations: u32, time: f64) -> Setting {
    Setting {
        step,
        evaluations,
        time,
    }
}

fn run(plan: &Plan) -> Vec<Check> {
    // What the next order of the error adds to an order observed at these steps: its share
    // in the error is about the step over the time of relaxation in the well, 1 ps.
    vec![
        check(plan, "Euler–Maruyama, 0.2 to 0.1 ps", EULER, (1.0, 0.1)),
        check(
            plan,
            "Leimkuhler–Matthews, 2 to 4 evaluations in 0.8 ps",
            REFINED,
            (2.0, 0.3),
        ),
    ]
}

fn check(plan: &Plan, scheme: &str, settings: [Setting; 2], (order, next): (f64, f64)) -> Check {
    let [coarse, fine] = settings.map(|setting| bias(plan, setting));
    let span = (settings[0].substep() / settings[1].substep()).ln();
    let relative = |bias: Estimate| bias.error / bias.mean;
    Check {
        quantity: format!("observed order, {scheme}"),
        expected: order,
        expected_error: next,
        got: (coarse.mean / fine.mean).ln() / span,
        error: relative(coarse).hypot(relative(fine)) / span,
        law: Law::Normal,
        source: "Leimkuhler & Matthews 2013; Kloeden & Platen 1992".into(),
        at: None,
    }
}

/// What is wrong with ⟨1/(1 + r²)⟩, that has the density ∝ v^(g - 2) on (0, 1) and so the
/// mean (g - 1)/g.
fn bias(plan: &Plan, setting: Setting) -> Estimate {
    let copies = (0..COPIES).into_par_iter();
    let copies: Vec<f64> = copies.map(|copy| average(plan, setting, copy)).collect();
    let Estimate { mean, error } = statistics::independent(&copies);
    Estimate {
        mean: mean - (DEPTH - 1.0) / DEPTH,
        error,
    }
}

/// ⟨1/(1 + r²)⟩ over one run.
fn average(plan: &Plan, setting: Setting, copy: u64) -> f64 {
    let Setting {
        step,
        evaluations,
        time,
    } = setting;
    let purpose = format!("validation/orders/{step}/{evaluations}");
    let mut noise = Stream::named(plan.seed, &purpose, copy);
    let diffusion = plan.subject.salt(1, 1)[0].species.diffusion;
    let strength = plan.subject.force_scale();
    let force = |at: &[[f64; 2]], force: &mut [[f64; 2]]| {
        let slope = -2.0 * DEPTH * strength / (1.0 + square(at[0]));
        force[0] = at[0].map(|x| slope * x);
    };
    let mut substeps = Substeps::new(step);
    let mut ion = [[0.5, 0.0]];
    let steps = (plan.effort * time / step) as u64;
    let relaxation = steps / 50;
    let mut sum = 0.0;
    for n in 0..relaxation + steps {
        substeps.advance(evaluations, &[diffusion], &mut ion, force, &mut noise);
        if n >= relaxation {
            sum += 1.0 / (1.0 + square(ion[0]));
        }
    }
    sum / steps as f64
}

fn square(r: [f64; 2]) -> f64 {
    r[0] * r[0] + r[1] * r[1]
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    /// A force or a temperature some per cent off leaves an error that no step removes. Euler's
    /// order tells both, to 0.06 in a fifth of the quick tier's time.
    #[test]
    fn wrong_forces_and_wrong_noise_are_found() {
        assert_eq!(failures(run(&sound(0.2))), []);
        for fault in [Fault::PairForce(0.95), Fault::NoiseVariance(1.05)] {
            let order = check(&faulty(0.2, fault), "Euler–Maruyama", EULER, (1.0, 0.1));
            assert_eq!(failures(vec![order]).len(), 1, "{fault:?}");
        }
    }
}
