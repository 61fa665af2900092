//! The thermal noise of the current.

use super::{NO_INTERACTION, PUBLISHED_STEP, periodic_square, window_current};
use crate::claim::{Check, Claim, Law, Measurement, Plan, Tier};
use crate::subject::nominal_salt;
use bjerrum_physics::brownian::{FastEngine, Ions};
use bjerrum_physics::noise::Stream;
use bjerrum_physics::theory;
use rayon::prelude::*;

/// The claim.
pub const CLAIM: Claim = Claim {
    name: "thermal-current",
    statement: "without interaction the current of a window scatters by the Johnson–Nyquist variance 2kTG/t, whatever the field",
    tier: Tier::Quick,
    axes: None,
    remark: "",
    measurement: Measurement::AtOnce(run),
};

/// Side of the box, Å.
const SIDE: f64 = 2000.0;
/// Pairs of ions: few, since the law holds for any number.
const PAIRS: usize = 10;
/// Steps in a window.
const WINDOW: u64 = 20;
/// Windows of a copy.
const WINDOWS: usize = 10_000;
/// Copies in the quick tier.
const COPIES: u64 = 20;

fn run(plan: &Plan) -> Vec<Check> {
    [0.0, 0.3].map(|field| variance(plan, field)).to_vec()
}

/// Var(I) over its theory. A variance of n normal values has the relative
/// error √(2/n). It is taken about their own mean, so that a wrong mobility
/// cannot hide a wrong noise.
fn variance(plan: &Plan, field: f64) -> Check {
    let salt = nominal_salt(2, PAIRS);
    let free = theory::nernst_einstein_conductance(&salt, SIDE) * field * SIDE;
    let copies = plan.scaled(COPIES, 2);
    let sums = (0..copies)
        .into_par_iter()
        .map(|copy| {
            currents(plan, field, copy).fold([0.0, 0.0], |[sum, squares], current| {
                let off = current - free;
                [sum + off, squares + off * off]
            })
        })
        .collect::<Vec<_>>();
    let [sum, squares] = sums.iter().fold([0.0, 0.0], |total, copy| {
        [total[0] + copy[0], total[1] + copy[1]]
    });
    let count = copies as f64 * WINDOWS as f64;
    let window = WINDOW as f64 * PUBLISHED_STEP;
    let expected = theory::window_current_variance(&salt, SIDE, window);
    Check {
        quantity: format!("Var(I)·t/2kTG at E = {field} kT/(e·Å)"),
        expected: 1.0,
        expected_error: 0.0,
        got: (squares / count - (sum / count).powi(2)) / expected,
        error: (2.0 / count).sqrt(),
        law: Law::Normal,
        source: "Nyquist 1928".into(),
        at: None,
    }
}

/// Currents of the windows of one copy, e/ps.
fn currents(plan: &Plan, field: f64, copy: u64) -> impl Iterator<Item = f64> {
    // Each field has streams of its own.
    let purpose = |part: &str| format!("validation/thermal-current/{field}/{part}");
    let ions = Ions::at_random(
        periodic_square(SIDE),
        &plan.subject.salt(2, PAIRS),
        Stream::named(plan.seed, &purpose("start"), copy),
    );
    let scheme = plan.subject.scheme(NO_INTERACTION, PUBLISHED_STEP);
    let mut engine = FastEngine::new(
        ions,
        scheme,
        plan.seed,
        &format!("{}/{copy}", &purpose("noise")),
    )
    .expect("a closed form");
    let field = plan.subject.field(field);
    (0..WINDOWS).map(move |_| window_current(&mut engine, WINDOW, |_| field))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;

    #[test]
    fn noise_of_the_wrong_variance_is_found() {
        assert_eq!(failures(run(&sound(1.0))), []);
        for fault in [Fault::NoiseVariance(1.03), Fault::Diffusion(0.97)] {
            assert_eq!(failures(run(&faulty(1.0, fault))).len(), 2, "{fault:?}");
        }
    }
}
