//! What is under test: the engine as it is, or with a fault planted in it.
//!
//! A claim states what it expects from the nominal parameters, and runs
//! whatever the subject hands out. A check that no planted fault makes fail is
//! no check; every claim has a test that plants one.

use bjerrum_physics::brownian::Scheme;
use bjerrum_physics::electrolyte::{Population, Species};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::noise::Stream;

/// Diffusion coefficient of every published ion, Å²/ps: kT τ/m with
/// m = 23 g/mol and τ = 9.6 fs at 298 K.
pub const DIFFUSION: f64 = 0.103_41;

/// A mistake planted on purpose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Diffusion (and with it the mobility) times this.
    Diffusion(f64),
    /// Noise of this variance in place of 1, mobility untouched: the wrong
    /// temperature.
    NoiseVariance(f64),
    /// Pair force times this; -1 turns it round.
    PairForce(f64),
    /// Contact distance times this.
    Contact(f64),
    /// Applied field times this.
    Field(f64),
    /// Normal deviates cut at this many σ.
    ClippedNoise(f64),
    /// One normal deviate in `every` is replaced by `size`.
    Outlier {
        /// Draws from one outlier to the next.
        every: u64,
        /// What it is.
        size: f64,
    },
    /// Each normal deviate holds this share of the one before it.
    SerialCorrelation(f64),
    /// Neighbouring streams share this part of the variance of their noise.
    SharedNoise(f64),
    /// Bins of a loop centred this much too high, kT/(e·Å).
    ShiftedBins(f64),
}

/// The engine under test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Subject {
    /// As it is.
    Sound,
    /// With a fault.
    Faulty(Fault),
}

impl Subject {
    /// Pairs of ions of valence +z and -z, `pairs` of each, as the engine gets them.
    #[must_use]
    pub fn salt(&self, valence: i32, pairs: usize) -> Vec<Population> {
        let scale = match self {
            Self::Faulty(Fault::Diffusion(s) | Fault::NoiseVariance(s)) => *s,
            _ => 1.0,
        };
        let mut mixture = nominal_salt(valence, pairs);
        for population in &mut mixture {
            population.species.diffusion *= scale;
        }
        mixture
    }

    /// The scheme, as the engine gets it.
    #[must_use]
    pub fn scheme(&self, mut interaction: ConfinedLog, step: f64) -> Scheme {
        match self {
            Self::Faulty(Fault::PairForce(s)) => interaction.x_t /= s,
            // D and every force over it: the noise alone has changed.
            Self::Faulty(Fault::NoiseVariance(s)) => interaction.x_t *= s,
            Self::Faulty(Fault::Contact(s)) => interaction.contact *= s,
            _ => {}
        }
        Scheme {
            interaction,
            step,
            refinement: None,
        }
    }

    /// The field, as the engine gets it, kT/(e·Å).
    #[must_use]
    pub fn field(&self, field: f64) -> f64 {
        match self {
            Self::Faulty(Fault::Field(s)) => field * s,
            Self::Faulty(Fault::NoiseVariance(s)) => field / s,
            _ => field,
        }
    }

    /// The centre at which a loop is binned, kT/(e·Å).
    #[must_use]
    pub fn bin(&self, centre: f64) -> f64 {
        match self {
            Self::Faulty(Fault::ShiftedBins(shift)) => centre + shift,
            _ => centre,
        }
    }

    /// Normal deviates of two streams, on their way to the engine; `drawn` of
    /// each have passed before.
    pub fn pass_noise(&self, drawn: u64, pair: [&mut [f64]; 2], common: &mut Stream) {
        let Self::Faulty(fault) = self else { return };
        let [one, other] = pair;
        if let Fault::SharedNoise(part) = *fault {
            for (x, y) in one.iter_mut().zip(other) {
                let shared = part.sqrt() * common.normal();
                *x = (1.0 - part).sqrt() * *x + shared;
                *y = (1.0 - part).sqrt() * *y + shared;
            }
            return;
        }
        for noise in [one, other] {
            match *fault {
                Fault::NoiseVariance(s) => noise.iter_mut().for_each(|x| *x *= s.sqrt()),
                Fault::ClippedNoise(at) => noise.iter_mut().for_each(|x| *x = x.clamp(-at, at)),
                Fault::Outlier { every, size } => replace_some(noise, drawn, every, size),
                Fault::SerialCorrelation(share) => mix_with_the_last(noise, share),
                _ => {}
            }
        }
    }
}

/// Every `every`-th deviate becomes `size`.
fn replace_some(noise: &mut [f64], drawn: u64, every: u64, size: f64) {
    for (k, x) in (drawn..).zip(noise) {
        if k % every == every - 1 {
            *x = size;
        }
    }
}

/// x_k ← a x_{k-1} + √(1 - a²) x_k: variance 1, correlation a.
fn mix_with_the_last(noise: &mut [f64], share: f64) {
    let rest = (1.0 - share * share).sqrt();
    let mut last = noise[0];
    for x in &mut noise[1..] {
        *x = share * last + rest * *x;
        last = *x;
    }
}

/// Pairs of ions of valence +z and -z, `pairs` of each, with the published
/// diffusion: what a claim computes its expectation from.
#[must_use]
pub fn nominal_salt(valence: i32, pairs: usize) -> Vec<Population> {
    [("cation", valence), ("anion", -valence)]
        .map(|(name, valence)| Population {
            species: Species {
                name: name.into(),
                valence,
                diffusion: DIFFUSION,
            },
            count: pairs,
        })
        .to_vec()
}
