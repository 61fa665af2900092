//! Clusters that point along the field.

use super::{PUBLISHED_STEP, published_density};
use crate::claim::{Axes, Check, Claim, Law, Measurement, Place, Plan, Tier};
use bjerrum_physics::brownian::{FastEngine, Ions};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::noise::Stream;
use bjerrum_physics::observables::{
    ClusterRule, ClusterWatch, Criterion, Sampling, run_watched_window,
};
use bjerrum_physics::statistics;
use rayon::prelude::*;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "clusters",
    statement: "clusters of three or more ions are isotropic without a field, and longer along it with one",
    tier: Tier::Quick,
    axes: Some(Axes {
        x: "E (kT e⁻¹ Å⁻¹)",
        y: "⟨cos 2θ⟩ of the longer axis",
        logarithmic: false,
    }),
    remark: "",
    measurement: Measurement::AtOnce(run),
};

/// Pairs of ions in a copy.
const PAIRS: usize = 200;
/// Copies at each field.
const COPIES: u64 = 6;
/// Fields at which clusters must point along it, kT/(e·Å).
const FIELDS: [f64; 2] = [0.2, 0.3];
/// How many standard errors beyond isotropy are asked for. With the clusters of 400 ions
/// and 1 µs, ⟨cos 2θ⟩ has an error of about 0.006 at values above 0.1.
const CLEARLY: f64 = 5.0;
/// Steps of a window: 50 ns.
const WINDOW: u64 = 10_000;
/// Windows in which ions placed at random find each other: 0.5 µs.
const RELAXATION: u64 = 10;
/// Windows measured in the quick tier: 1 µs a copy.
const WINDOWS: u64 = 20;

fn run(plan: &Plan) -> Vec<Check> {
    let mut checks = isotropic(plan);
    checks.extend(FIELDS.map(|field| elongated(plan, field)));
    checks
}

/// Without a field: ⟨cos 2θ⟩ = 0 and an elongation of 1, by symmetry.
fn isotropic(plan: &Plan) -> Vec<Check> {
    let (orientation, elongation) = shapes(plan, 0.0).into_iter().unzip();
    let check = |quantity: &str, expected, values: Vec<f64>, x| Check {
        quantity: format!("{quantity} at E = 0"),
        expected,
        source: "symmetry".into(),
        at: x,
        ..measured(&values)
    };
    vec![
        check("⟨cos 2θ⟩ of clusters", 0.0, orientation, Some(place(0.0))),
        check("elongation of clusters", 1.0, elongation, None),
    ]
}

/// With a field, ⟨cos 2θ⟩ is above that.
fn elongated(plan: &Plan, field: f64) -> Check {
    let orientation: Vec<f64> = shapes(plan, field)
        .into_iter()
        .map(|shape| shape.0)
        .collect();
    Check {
        quantity: format!("⟨cos 2θ⟩ of clusters at E = {field} kT/(e·Å), above 0"),
        law: Law::Above { errors: CLEARLY },
        source: "isotropy; Robin, Kavokine & Bocquet 2021 find them along the field".into(),
        at: Some(place(field)),
        ..measured(&orientation)
    }
}

fn place(field: f64) -> Place {
    Place {
        curve: "clusters of three or more".into(),
        x: field,
    }
}

/// The mean over copies, with the scatter between them.
fn measured(values: &[f64]) -> Check {
    let got = statistics::independent(values);
    Check {
        quantity: String::new(),
        expected: 0.0,
        expected_error: 0.0,
        got: got.mean,
        error: got.error,
        law: Law::Student {
            degrees: values.len() as f64 - 1.0,
        },
        source: String::new(),
        at: None,
    }
}

/// ⟨cos 2θ⟩ and elongation in each copy.
fn shapes(plan: &Plan, field: f64) -> Vec<(f64, f64)> {
    let copy = |copy| shape(plan, field, copy);
    (0..COPIES).into_par_iter().map(copy).collect()
}

fn shape(plan: &Plan, field: f64, copy: u64) -> (f64, f64) {
    let name = |purpose| format!("validation/clusters/{purpose}/{field}");
    let ions = Ions::at_random(
        published_density(PAIRS),
        &plan.subject.salt(2, PAIRS),
        Stream::named(plan.seed, &name("start"), copy),
    );
    let scheme = plan.subject.scheme(ConfinedLog::PUBLISHED, PUBLISHED_STEP);
    let noise = format!("{}/{copy}", name("noise"));
    let mut engine = FastEngine::new(ions, scheme, plan.seed, &noise).expect("a closed form");
    let sampling = Sampling {
        steps: WINDOW,
        samples: 20,
        free_cutoff: 60.0,
    };
    let rule = ClusterRule {
        criterion: Criterion {
            join: 60.0,
            part: 80.0,
        },
        range: 100.0,
        bins: 10,
        every: 1,
        from: (RELAXATION * WINDOW) as f64 * PUBLISHED_STEP,
    };
    let mut watch = ClusterWatch::new(rule, &engine);
    let field = plan.subject.field(field);
    for _ in 0..RELAXATION + plan.scaled(WINDOWS, 4) {
        run_watched_window(
            &mut engine,
            &sampling,
            |_| field,
            |engine| watch.look(engine),
        );
        let time = bjerrum_physics::brownian::Engine::time(&engine);
        watch.close_window(time);
    }
    let sizes = watch.sizes();
    (sizes.orientation().mean, sizes.elongation().mean)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    /// Without a field in place of one, clusters point anywhere.
    #[test]
    fn clusters_that_do_not_feel_the_field_are_found() {
        let one = |plan: &Plan| failures(vec![elongated(plan, 0.3)]);
        assert_eq!(one(&sound(0.5)), []);
        assert_eq!(one(&faulty(0.5, Fault::Field(0.0))).len(), 1);
    }
}
