//! Which settings are measured.

use super::Observable;
use crate::scenario::Scenario;
use bjerrum_physics::brownian::{Refinement, Scheme};
use bjerrum_physics::interaction::Interaction;
use std::fmt;

/// By how much the scenario's step is divided for Euler's scheme.
const DIVISORS: [u32; 9] = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/// Divisors for the current of a whole slit, where every step costs more.
const FEW_DIVISORS: [u32; 4] = [1, 2, 5, 10];

/// A pair in contact must approach by no more than this share of the contact
/// length in the shortest step. There Euler's error in an escape time is about
/// a percent, and falls in proportion to the step.
const FINE: f64 = 0.025;

/// Steps below the scenario's own: enough for a line and a check of it.
const FINER_STEPS: usize = 3;

/// Force evaluations around those of a refined scenario, as shares of them.
const EVALUATION_SHARES: [f64; 5] = [0.5, 0.7, 1.0, 1.4, 2.0];

/// A step, and how many force evaluations it takes where a pair is tight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Step H, ps.
    pub step: f64,
    /// Where it takes more than one evaluation; nowhere is Euler–Maruyama.
    pub refinement: Option<Refinement>,
}

impl Setting {
    /// The setting that `scenario` uses.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        Self {
            step: scenario.dynamics.step,
            refinement: scenario.dynamics.refinement,
        }
    }

    fn euler(step: f64) -> Self {
        Self {
            step,
            refinement: None,
        }
    }

    /// Whether it is plain Euler–Maruyama.
    #[must_use]
    pub fn is_euler(&self) -> bool {
        self.refinement.is_none()
    }

    /// Force evaluations in a step of a tight pair.
    #[must_use]
    pub fn evaluations(&self) -> u32 {
        self.refinement.map_or(1, |r| r.evaluations)
    }

    /// Time between two force evaluations of a tight pair, ps: H, or
    /// H/(K - 1/2).
    #[must_use]
    pub fn substep(&self) -> f64 {
        match self.refinement {
            None => self.step,
            Some(refinement) => self.step / (f64::from(refinement.evaluations) - 0.5),
        }
    }

    /// The scheme that takes such steps.
    #[must_use]
    pub fn scheme(&self, interaction: Interaction) -> Scheme {
        Scheme {
            interaction,
            step: self.step,
            refinement: self.refinement,
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.refinement {
            None => write!(f, "Euler, {} ps", self.step),
            Some(r) => write!(f, "{} evaluations in {} ps", r.evaluations, self.step),
        }
    }
}

/// The settings for `scenario`: Euler's from long to short steps, then the
/// refined ones from few to many evaluations and one of half the step. Its own is among them.
#[must_use]
pub fn ladder(scenario: &Scenario, observable: Observable) -> Vec<Setting> {
    let own = Setting::of(scenario);
    let divisors = match observable {
        Observable::EscapeTime => &DIVISORS[..],
        Observable::Current => &FEW_DIVISORS[..],
    };
    let mut settings = Vec::new();
    for &divisor in divisors {
        // Decimal steps stay decimal: 5/50 is 0.1.
        settings.push(Setting::euler(own.step / f64::from(divisor)));
        let finest = settings[settings.len() - 1].step;
        if settings.len() > FINER_STEPS && approach(scenario, finest) < FINE {
            break;
        }
    }
    if let Some(refinement) = own.refinement {
        let k = f64::from(refinement.evaluations);
        let mut counts: Vec<u32> = EVALUATION_SHARES
            .iter()
            .map(|share| (share * k).round().max(2.0) as u32)
            .collect();
        counts.dedup();
        settings.extend(counts.into_iter().map(|evaluations| Setting {
            refinement: Some(Refinement {
                evaluations,
                ..refinement
            }),
            ..own
        }));
        // The step itself, at which pairs that are not tight move, in halves.
        settings.push(Setting {
            step: 0.5 * own.step,
            ..own
        });
    }
    settings
}

/// How far two ions in contact approach in `step` (ps), over the contact length.
fn approach(scenario: &Scenario, step: f64) -> f64 {
    let pair = &scenario.interaction;
    let of = |charge: f64, diffusion: f64| {
        // The force as r goes to zero, of an ion on its opposite.
        2.0 * diffusion * pair.contact_force(charge * charge) * step / pair.contact()
    };
    let ions = scenario.slits.iter().flat_map(|slit| &slit.mixture);
    ions.map(|p| of(p.species.charge(), p.species.diffusion))
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(sets: &[(&str, &str)]) -> Scenario {
        let sets: Vec<_> = sets
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        Scenario::load("memristor", &sets, None).expect("a scenario")
    }

    fn names(scenario: &Scenario, observable: Observable) -> Vec<String> {
        let settings = ladder(scenario, observable);
        settings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_refined_scenario_has_both_ladders() {
        let physical = scenario(&[("dynamics.preset", "physical")]);
        assert_eq!(
            names(&physical, Observable::EscapeTime),
            [
                "Euler, 5 ps",
                "Euler, 2.5 ps",
                "Euler, 1 ps",
                "Euler, 0.5 ps",
                "Euler, 0.25 ps",
                "Euler, 0.1 ps",
                "5 evaluations in 5 ps",
                "7 evaluations in 5 ps",
                "10 evaluations in 5 ps",
                "14 evaluations in 5 ps",
                "20 evaluations in 5 ps",
                "10 evaluations in 2.5 ps",
            ]
        );
        assert!(ladder(&physical, Observable::Current).contains(&Setting::of(&physical)));
    }

    /// The published contact of 1 Å asks for steps sixteen times as short.
    #[test]
    fn the_ladder_is_as_deep_as_the_contact_is_short() {
        let published = names(&scenario(&[]), Observable::EscapeTime);
        assert_eq!(published.last().map(String::as_str), Some("Euler, 0.01 ps"));
        let fine = scenario(&[
            ("dynamics.preset", "physical"),
            ("dynamics.evaluations", "1"),
            ("dynamics.step", "0.05 ps"),
        ]);
        assert_eq!(names(&fine, Observable::EscapeTime).len(), 4);
    }
}
