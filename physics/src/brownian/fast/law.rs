//! The law of one step in single precision, as the vector loops need it.

use super::tile::Pass;
use crate::brownian::Scheme;

/// [`Scheme`] with its constants taken out of the loop.
#[derive(Clone, Copy, Debug)]
pub struct PairLaw {
    contact: f32,
    xi: f32,
    strength: f32,
    cutoff2: f32,
    /// Force evaluations in a step of a tight group.
    evaluations: u32,
    /// A group is tight when ions that attract are closer than this, squared.
    tight2: f32,
}

/// One of the force evaluations of a step, see
/// [`substeps`](crate::brownian::substeps).
#[derive(Clone, Copy, Debug)]
pub struct Substep {
    /// What share of the step the drift is taken over.
    pub drift: f32,
    /// Factor of √(2 D dt) for each of the two kicks that the substep adds up.
    pub kick: f32,
}

impl PairLaw {
    pub fn new(scheme: &Scheme) -> Self {
        let interaction = &scheme.interaction;
        let (evaluations, within) = scheme.refinement.map_or((1, 0.0), |refinement| {
            (refinement.evaluations, refinement.within)
        });
        Self {
            evaluations,
            tight2: (within * within) as f32,
            contact: interaction.contact as f32,
            xi: interaction.xi as f32,
            strength: (interaction.unit_coupling() * (interaction.xi - interaction.contact)) as f32,
            cutoff2: (interaction.cutoff * interaction.cutoff) as f32,
        }
    }

    /// Force over distance for unit charges at squared distance `r2`, kT/Å²;
    /// zero at r = 0 and from the cut-off on.
    #[inline(always)]
    pub fn over_r(&self, r2: f32) -> f32 {
        let r = r2.sqrt();
        let force = self.strength / (r * (r + self.contact) * (r + self.xi));
        // Both sides are computed and one is chosen: no branch in a lane.
        if r2 > 0.0 && r2 < self.cutoff2 {
            force
        } else {
            0.0
        }
    }

    /// Whether steps of tight groups differ from others at all.
    #[inline(always)]
    pub fn refines(&self) -> bool {
        self.evaluations > 1
    }

    /// Squared distance within which a pair is looked at in every substep.
    #[inline(always)]
    pub fn near2(&self) -> f32 {
        4.0 * self.tight2
    }

    /// Whether ions with charge product `zz` at squared distance `r2` are tight.
    #[inline(always)]
    pub fn is_tight(&self, zz: f32, r2: f32) -> bool {
        zz < 0.0 && r2 < self.tight2
    }

    /// The substeps of a tight group: h = H/(K - 1/2), and half of it at first.
    /// Of the kicks of √(D h/2) ξ each is used in two substeps.
    #[inline(always)]
    pub fn substeps(&self) -> impl Iterator<Item = Substep> {
        let h = 1.0 / (self.evaluations as f32 - 0.5);
        let kick = 0.5 * h.sqrt();
        (0..self.evaluations).map(move |k| Substep {
            drift: if k == 0 { 0.5 * h } else { h },
            kick,
        })
    }

    /// What a large group does in one step.
    pub fn passes(&self) -> impl Iterator<Item = Pass> {
        let substeps = self.substeps().enumerate().map(|(k, substep)| match k {
            0 => Pass::First(substep),
            _ => Pass::Next(substep),
        });
        let whole = (!self.refines()).then_some(Pass::Euler);
        let substeps = self.refines().then_some(substeps);
        whole.into_iter().chain(substeps.into_iter().flatten())
    }
}
