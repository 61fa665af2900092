//! The pair force in double precision.

use crate::interaction::{ConfinedLog, Interaction, Tabulated, Unresolved};

/// Relative error of a tabulated force: far below what noise could ever show.
const TABLE_ERROR: f64 = 1e-8;

/// The pair force: in closed form where there is one, else from a table.
#[derive(Clone, Debug)]
pub enum PairForce {
    ConfinedLog {
        log: ConfinedLog,
        /// ξ/x_T.
        coupling: f64,
    },
    Tabulated(Tabulated),
}

impl PairForce {
    /// # Errors
    /// [`Unresolved`] if there is no closed form and no table good to 1e-8.
    pub fn new(interaction: &Interaction) -> Result<Self, Unresolved> {
        match *interaction {
            Interaction::ConfinedLog(log) => Ok(Self::ConfinedLog {
                log,
                coupling: log.unit_coupling(),
            }),
            _ => Tabulated::new(interaction, TABLE_ERROR).map(Self::Tabulated),
        }
    }

    /// Where it ends, Å.
    pub fn cutoff(&self) -> f64 {
        match self {
            Self::ConfinedLog { log, .. } => log.cutoff,
            Self::Tabulated(table) => table.cutoff(),
        }
    }

    /// Force over distance within the cut-off, kT/Å².
    #[inline]
    pub fn over_r(&self, zz: f64, r2: f64) -> f64 {
        match self {
            Self::ConfinedLog { log, coupling } => log.force_over_r(zz * coupling, r2),
            Self::Tabulated(table) => table.force_over_r(zz, r2),
        }
    }
}
