//! The pair force in single precision, as the vector loops need it.

use crate::interaction::ConfinedLog;

/// [`ConfinedLog`] with its constants taken out of the loop.
#[derive(Clone, Copy, Debug)]
pub struct PairLaw {
    contact: f32,
    xi: f32,
    strength: f32,
    cutoff2: f32,
}

impl PairLaw {
    pub fn new(interaction: &ConfinedLog) -> Self {
        Self {
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
}
