//! The force is minus the gradient of the energy, and the engine applies it.

use super::periodic_square;
use crate::claim::{Check, Claim, Law, Measurement, Plan, Tier};
use crate::subject::nominal_salt;
use bjerrum_physics::brownian::{Engine, Ions, PlainEngine, Scheme};
use bjerrum_physics::interaction::{ConfinedLog, Interaction};
use bjerrum_physics::noise::Stream;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "force",
    statement: "ions are pushed by minus the gradient of the pair energy, inside the cut-off and not beyond",
    tier: Tier::Quick,
    axes: None,
    remark: "",
    measurement: Measurement::AtOnce(run),
};

/// Relative to the force itself. Central differences at h = 1e-4 (r + c) are
/// off by h²F''/6F < 1e-8, rounding adds 1e-10.
const TOLERANCE: f64 = 1e-7;

/// Box of the pair, Å: two cut-offs and a half, so that pairs also meet across
/// its edges.
const SIDE: f64 = 500.0;
/// Time step, ps.
const STEP: f64 = 5.0;

fn run(plan: &Plan) -> Vec<Check> {
    let physical = ConfinedLog {
        contact: 4.0,
        ..ConfinedLog::PUBLISHED
    };
    let mut checks = Vec::new();
    for (interaction, name) in [(ConfinedLog::PUBLISHED, "c = 1 Å"), (physical, "c = 4 Å")] {
        for valence in [1, 2] {
            checks.push(largest_deviation(plan, interaction, valence, name));
        }
    }
    checks.push(beyond_the_cutoff(plan));
    checks
}

/// Largest relative deviation of the engine's force from the gradient over
/// distances from 0.1 Å to the cut-off, in all directions.
fn largest_deviation(plan: &Plan, interaction: ConfinedLog, valence: i32, name: &str) -> Check {
    let zz = -f64::from(valence * valence);
    let mut deviations = Vec::new();
    for k in 0..200 {
        let r = 0.1 * (1999.0_f64).powf(f64::from(k) / 199.0);
        // Steps of the golden angle visit every direction.
        let angle = 2.399_963 * f64::from(k);
        let h = 1e-4 * (r + interaction.contact);
        let slope = (interaction.energy(zz, r + h) - interaction.energy(zz, r - h)) / (2.0 * h);
        let expected = [-slope * angle.cos(), -slope * angle.sin()];
        let forces = engine_forces(plan, interaction, valence, r, angle);
        for (force, sign) in forces.iter().zip([1.0, -1.0]) {
            let off = (force[0] - sign * expected[0]).hypot(force[1] - sign * expected[1]);
            deviations.push(off / slope.abs());
        }
    }
    Check {
        quantity: format!("|F + ∇U|/|F|, largest, z = {valence}, {name}"),
        expected: 0.0,
        expected_error: 0.0,
        got: largest(deviations),
        error: 0.0,
        law: Law::Within {
            tolerance: TOLERANCE,
        },
        source: "central differences of U".into(),
        at: None,
    }
}

fn beyond_the_cutoff(plan: &Plan) -> Check {
    let interaction = ConfinedLog::PUBLISHED;
    let magnitudes = [200.001, 210.0, 240.0]
        .iter()
        .flat_map(|&r| engine_forces(plan, interaction, 2, r, 0.3))
        .map(|f| f[0].hypot(f[1]))
        .collect();
    Check {
        quantity: "|F| beyond the cut-off, kT/Å".into(),
        expected: 0.0,
        expected_error: 0.0,
        got: largest(magnitudes),
        error: 0.0,
        law: Law::Within { tolerance: 1e-10 },
        source: "published truncation at 200 Å".into(),
        at: None,
    }
}

/// The largest value; NaN, if there is one, counts as larger than any.
fn largest(values: Vec<f64>) -> f64 {
    values
        .into_iter()
        .max_by(f64::total_cmp)
        .unwrap_or(f64::NAN)
}

/// Pair forces in the engine, kT/Å, on a cation at distance `r` from an anion
/// in the direction `angle`, and on the anion.
///
/// Two engines take one step with the same noise, one with the interaction and
/// one without: the displacements differ by D F dt, without any chance.
fn engine_forces(
    plan: &Plan,
    interaction: ConfinedLog,
    valence: i32,
    r: f64,
    angle: f64,
) -> [[f64; 2]; 2] {
    // Near a corner, so that many of the pairs meet across an edge.
    let anion = [0.98 * SIDE, 0.47 * SIDE];
    let cation = [
        (anion[0] + r * angle.cos()).rem_euclid(SIDE),
        (anion[1] + r * angle.sin() + 0.5 * SIDE).rem_euclid(SIDE) - 0.5 * SIDE,
    ];
    let step = |scheme: Scheme| {
        let ions = Ions::at(
            periodic_square(SIDE),
            &nominal_salt(valence, 1),
            vec![cation, anion],
        );
        let noise = Stream::named(plan.seed, "validation/force", 0);
        let mut engine = PlainEngine::new(ions, scheme, noise).expect("a closed form");
        engine.step(0.0, &mut [0.0, 0.0]);
        [0, 1].map(|ion| unwrapped(&engine, ion))
    };
    let with = step(plan.subject.scheme(interaction, STEP));
    let without = step(Scheme {
        interaction: Interaction::ConfinedLog(ConfinedLog {
            x_t: f64::INFINITY,
            ..interaction
        }),
        step: STEP,
        refinement: None,
    });
    let per_force = crate::subject::DIFFUSION * STEP;
    [0, 1].map(|ion| [0, 1].map(|axis| (with[ion][axis] - without[ion][axis]) / per_force))
}

/// Position of an ion with its crossings of the box undone, Å.
fn unwrapped(engine: &PlainEngine, ion: usize) -> [f64; 2] {
    let (position, image) = (engine.ions().positions()[ion], engine.ions().images()[ion]);
    [0, 1].map(|axis| position[axis] + f64::from(image[axis]) * SIDE)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    #[test]
    fn a_force_wrong_by_a_millionth_is_found() {
        assert_eq!(failures(run(&sound(1.0))), []);
        for fault in [
            Fault::PairForce(1.0 + 1e-6),
            Fault::PairForce(-1.0),
            Fault::Contact(1.0 + 1e-5),
        ] {
            assert_eq!(failures(run(&faulty(1.0, fault))).len(), 4, "{fault:?}");
        }
    }
}
