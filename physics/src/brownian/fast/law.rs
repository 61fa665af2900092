//! The law of one step in single precision, as the vector loops need it.

use super::fitted::{Algebraic, Fit, Form, Screened};
use super::tile::{Lanes, Pass};
use crate::brownian::Scheme;
use crate::interaction::{ConfinedLog, Interaction, Unresolved};
use crate::noise::LANES;

/// [`Scheme`] with its constants taken out of the loop, for any kind of wall.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    pub refining: Refining,
    /// Squared distance from which on there is no force, Å².
    cutoff2: f32,
    force: Walls,
}

/// The force for each kind of wall.
#[derive(Clone, Copy, Debug)]
enum Walls {
    ConfinedLog(LogForce),
    Algebraic(Algebraic),
    Screened(Screened),
}

impl Law {
    /// # Errors
    /// [`Unresolved`] if the force cannot be had in single precision.
    pub fn new(scheme: &Scheme) -> Result<Self, Unresolved> {
        let (force, reach) = match &scheme.interaction {
            Interaction::ConfinedLog(log) => (Walls::ConfinedLog(LogForce::new(log)), log.cutoff),
            other => {
                let Fit { form, reach } = Fit::new(other)?;
                match form {
                    Form::Algebraic(force) => (Walls::Algebraic(force), reach),
                    Form::Screened(force) => (Walls::Screened(force), reach),
                }
            }
        };
        Ok(Self {
            refining: Refining::new(scheme),
            cutoff2: (reach * reach) as f32,
            force,
        })
    }

    /// Does `task` with whatever vector unit there is. The kind of wall is looked
    /// at here, once, and not in the lanes.
    pub fn dispatch<T: LaneTask>(&self, arch: pulp::Arch, task: T) -> T::Output {
        match self.force {
            Walls::ConfinedLog(force) => arch.dispatch(self.bind(task, force)),
            Walls::Algebraic(force) => arch.dispatch(self.bind(task, force)),
            Walls::Screened(force) => arch.dispatch(self.bind(task, force)),
        }
    }

    fn bind<T, F>(&self, task: T, force: F) -> Bound<T, F> {
        let law = PairLaw {
            refining: self.refining,
            cutoff2: self.cutoff2,
            force,
        };
        Bound { task, law }
    }
}

/// Work in the lanes of vectors that is the same for all walls.
///
/// Everything below [`LaneTask::run`] has to be inlined into it, or it would be
/// compiled without the vector unit.
pub trait LaneTask {
    type Output;

    fn run<F: Force>(self, law: PairLaw<F>) -> Self::Output;
}

/// A task and the law it is done by.
struct Bound<T, F> {
    task: T,
    law: PairLaw<F>,
}

impl<T: LaneTask, F: Force> pulp::NullaryFnOnce for Bound<T, F> {
    type Output = T::Output;

    #[inline(always)]
    fn call(self) -> T::Output {
        self.task.run(self.law)
    }
}

/// The law for one kind of wall.
#[derive(Clone, Copy, Debug)]
pub struct PairLaw<F> {
    pub refining: Refining,
    cutoff2: f32,
    force: F,
}

/// What sets one kind of wall apart from another.
pub trait Force: Copy {
    /// Force over distance for unit charges at the distances `r`, kT/Å²; anything at
    /// r = 0 and beyond the reach of the force.
    ///
    /// All lanes at once: compilers give up on a long expression in a loop over lanes,
    /// and not on a few short loops.
    fn over_r(&self, r: &Lanes) -> Lanes;
}

impl<F: Force> PairLaw<F> {
    /// Force over distance for unit charges at the squared distances `r2`, kT/Å²;
    /// zero at r = 0 and from the cut-off on.
    #[inline(always)]
    pub fn over_r(&self, r2: &Lanes) -> Lanes {
        let mut r = [0.0; LANES];
        for l in 0..LANES {
            r[l] = r2[l].sqrt();
        }
        let mut force = self.force.over_r(&r);
        for l in 0..LANES {
            // Both sides are computed and one is chosen: no branch in a lane.
            let reached = r2[l] > 0.0 && r2[l] < self.cutoff2;
            force[l] = if reached { force[l] } else { 0.0 };
        }
        force
    }
}

/// The published closed form.
#[derive(Clone, Copy, Debug)]
pub struct LogForce {
    contact: f32,
    xi: f32,
    strength: f32,
}

impl LogForce {
    fn new(log: &ConfinedLog) -> Self {
        Self {
            contact: log.contact as f32,
            xi: log.xi as f32,
            strength: (log.unit_coupling() * (log.xi - log.contact)) as f32,
        }
    }
}

impl Force for LogForce {
    #[inline(always)]
    fn over_r(&self, r: &Lanes) -> Lanes {
        let mut over_r = [0.0; LANES];
        for l in 0..LANES {
            over_r[l] = self.strength / (r[l] * (r[l] + self.contact) * (r[l] + self.xi));
        }
        over_r
    }
}

/// Which steps are taken in several force evaluations.
#[derive(Clone, Copy, Debug)]
pub struct Refining {
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

impl Refining {
    fn new(scheme: &Scheme) -> Self {
        let (evaluations, within) = scheme.refinement.map_or((1, 0.0), |refinement| {
            (refinement.evaluations, refinement.within)
        });
        Self {
            evaluations,
            tight2: (within * within) as f32,
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
    pub fn substeps(&self) -> impl Iterator<Item = Substep> + use<> {
        let h = 1.0 / (self.evaluations as f32 - 0.5);
        let kick = 0.5 * h.sqrt();
        (0..self.evaluations).map(move |k| Substep {
            drift: if k == 0 { 0.5 * h } else { h },
            kick,
        })
    }

    /// What a large group does in one step.
    pub fn passes(&self) -> impl Iterator<Item = Pass> + use<> {
        let substeps = self.substeps().enumerate().map(|(k, substep)| match k {
            0 => Pass::First(substep),
            _ => Pass::Next(substep),
        });
        let whole = (!self.refines()).then_some(Pass::Euler);
        let substeps = self.refines().then_some(substeps);
        whole.into_iter().chain(substeps.into_iter().flatten())
    }
}
