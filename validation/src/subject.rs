//! What is under test: the engine as it is, or with a fault planted in it.
//!
//! A claim states what it expects from the nominal parameters, and runs
//! whatever the subject hands out. A check that no planted fault makes fail is
//! no check; every claim has a test that plants one.

use bjerrum_physics::brownian::Scheme;
use bjerrum_physics::electrolyte::{Population, Species};
use bjerrum_physics::interaction::ConfinedLog;
use bjerrum_physics::noise::{LANES, Stream};

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
    /// Each lane of vector noise holds this share of the lane before it.
    SharedLanes(f64),
    /// The second output of a Box–Muller transform holds this share of the first.
    SharedOutputs(f64),
    /// One Box–Muller transform in `every` has outputs of equal size.
    SharedRadius {
        /// Transforms from one to the next.
        every: usize,
    },
    /// Bins of a loop centred this much too high, kT/(e·Å).
    ShiftedBins(f64),
}

/// Deviates of one generator of lanes: the first and second outputs of its
/// Box–Muller transforms, row after row.
#[derive(Clone, Debug)]
pub struct LaneBlock {
    /// First outputs.
    pub x: Vec<[f32; LANES]>,
    /// Second outputs.
    pub y: Vec<[f32; LANES]>,
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
            interaction: interaction.into(),
            step,
            refinement: None,
        }
    }

    /// What multiplies a force that stands for that of a pair.
    #[must_use]
    pub fn force_scale(&self) -> f64 {
        match self {
            Self::Faulty(Fault::PairForce(s)) => *s,
            Self::Faulty(Fault::NoiseVariance(s)) => 1.0 / s,
            _ => 1.0,
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

    /// Normal deviates of two generators of lanes, on their way to the engine;
    /// `drawn` of each have passed before.
    pub fn pass_lanes(&self, drawn: u64, pair: [&mut LaneBlock; 2]) {
        let Self::Faulty(fault) = self else { return };
        let [one, other] = pair;
        if let Fault::SharedNoise(part) = *fault {
            mix(other.x.as_flattened_mut(), one.x.as_flattened(), part);
            mix(other.y.as_flattened_mut(), one.y.as_flattened(), part);
        }
        for block in [one, other] {
            spoil_lanes(*fault, drawn, block);
        }
    }
}

/// A fault in one generator of lanes.
fn spoil_lanes(fault: Fault, drawn: u64, block: &mut LaneBlock) {
    match fault {
        Fault::SharedOutputs(share) => {
            mix(block.y.as_flattened_mut(), block.x.as_flattened(), share);
        }
        Fault::SharedRadius { every } => {
            let outputs = block.x.as_flattened().iter();
            for (x, y) in outputs.zip(block.y.as_flattened_mut()).step_by(every) {
                *y = x.abs().copysign(*y);
            }
        }
        _ => {
            let size = block.x.as_flattened().len() as u64;
            spoil_rows(fault, drawn, &mut block.x);
            spoil_rows(fault, drawn + size, &mut block.y);
        }
    }
}

/// A fault in all outputs alike.
fn spoil_rows(fault: Fault, drawn: u64, rows: &mut [[f32; LANES]]) {
    let all = rows.as_flattened_mut();
    match fault {
        Fault::NoiseVariance(s) => all.iter_mut().for_each(|x| *x *= s.sqrt() as f32),
        Fault::ClippedNoise(at) => {
            let at = at as f32;
            all.iter_mut().for_each(|x| *x = x.clamp(-at, at));
        }
        Fault::Outlier { every, size } => replace_some(all, drawn, every, size as f32),
        Fault::SerialCorrelation(share) => {
            for k in 1..rows.len() {
                let last = rows[k - 1];
                mix(&mut rows[k], &last, share);
            }
        }
        Fault::SharedLanes(share) => {
            for row in rows {
                let mut before = *row;
                before.rotate_right(1);
                mix(row, &before, share);
            }
        }
        _ => {}
    }
}

/// Every `every`-th deviate becomes `size`.
fn replace_some<T: Copy>(noise: &mut [T], drawn: u64, every: u64, size: T) {
    for (k, x) in (drawn..).zip(noise) {
        if k % every == every - 1 {
            *x = size;
        }
    }
}

/// x ← a y + √(1 - a²) x, one by one: variance 1, correlation a.
fn mix(noise: &mut [f32], with: &[f32], share: f64) {
    let rest = (1.0 - share * share).sqrt() as f32;
    for (x, y) in noise.iter_mut().zip(with) {
        *x = share as f32 * y + rest * *x;
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
