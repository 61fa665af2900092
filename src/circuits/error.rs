//! What can go wrong while a circuit is integrated.

use crate::results::ResultsError;
use bjerrum_physics::circuit::{IntegrationError, NetlistError};
use bjerrum_physics::excitability::ExcitabilityError;

/// Why a circuit was not run to its end.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum CircuitError {
    /// The result file failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Results(#[from] ResultsError),

    /// Circuits leave no checkpoints.
    #[error("a circuit is run from its start: there is nothing to resume")]
    #[diagnostic(
        code(bjerrum::circuits::resume),
        help("It takes seconds; use --force to replace what is there.")
    )]
    NothingToResume,

    /// It is no circuit.
    #[error("{circuit}: {fault}")]
    #[diagnostic(code(bjerrum::circuits::netlist))]
    Netlist {
        /// The circuit.
        circuit: String,
        /// Why.
        fault: NetlistError,
    },

    /// The solver gave up.
    #[error("{circuit}: {fault}")]
    #[diagnostic(
        code(bjerrum::circuits::integration),
        help(
            "A node that only devices hold has no voltage once they stop conducting: give it a \
             capacitor. Otherwise try another run.tolerance."
        )
    )]
    Integration {
        /// The circuit.
        circuit: String,
        /// Where, and why.
        fault: IntegrationError,
    },

    /// An analysis has no answer.
    #[error("{circuit}: analysis.{analysis}: {fault}")]
    #[diagnostic(
        code(bjerrum::circuits::analysis),
        help(
            "fi-curve, phase-plane, map and sensitivity start from a spiking state of the circuit \
             as it stands: give it a source under which it fires for good, and a run long enough \
             for three spikes after analysis.spikes.discard. threshold and refractory start from \
             rest: give it a source under which it does not fire."
        )
    )]
    Analysis {
        /// The circuit.
        circuit: String,
        /// The analysis.
        analysis: &'static str,
        /// Why.
        fault: ExcitabilityError,
    },
}
