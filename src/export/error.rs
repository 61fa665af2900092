//! What can go wrong in exporting a device or a circuit.

use crate::device::DeviceError;
use crate::scenario::ScenarioError;
use std::path::PathBuf;

/// Why there is no export.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ExportError {
    /// The device file cannot be read, or is something else.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Device(#[from] DeviceError),

    /// A model that this program does not know.
    #[error("{}: model: unknown model \"{found}\", expected one of {known}", path.display())]
    #[diagnostic(code(bjerrum::export::unknown_model))]
    UnknownModel {
        /// The device file.
        path: PathBuf,
        /// What it says.
        found: String,
        /// What it could say.
        known: String,
        /// The nearest of these.
        #[help]
        mend: Option<String>,
    },

    /// A parameter that the model needs and the file does not have.
    #[error("{}: parameters.{name} is missing: {model} needs {meaning}, in {unit}", path.display())]
    #[diagnostic(code(bjerrum::export::missing_parameter))]
    Missing {
        /// The device file.
        path: PathBuf,
        /// The model.
        model: &'static str,
        /// Name of the parameter.
        name: &'static str,
        /// What it means.
        meaning: &'static str,
        /// Its unit.
        unit: &'static str,
        /// What to write.
        #[help]
        mend: String,
    },

    /// A parameter that the model does not have.
    #[error("{}: parameters.{name}: {model} has no such parameter, expected {known}", path.display())]
    #[diagnostic(code(bjerrum::export::unknown_parameter))]
    UnknownParameter {
        /// The device file.
        path: PathBuf,
        /// The model.
        model: &'static str,
        /// Name of the parameter.
        name: String,
        /// The parameters of the model.
        known: String,
        /// What to do about it.
        #[help]
        mend: Option<String>,
    },

    /// A value out of bounds, or in another unit than the model's.
    #[error(
        "{}: parameters.{name}: found {found}, expected a value in {unit} between {low} and {high}",
        path.display()
    )]
    #[diagnostic(
        code(bjerrum::export::wrong_value),
        help(
            "Values in a device file are in the units that `bjerrum fit` writes, without prefixes."
        )
    )]
    WrongValue {
        /// The device file.
        path: PathBuf,
        /// Name of the parameter.
        name: &'static str,
        /// Value and unit as they stand there.
        found: String,
        /// Unit it should have.
        unit: &'static str,
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },

    /// A name that simulators would not take.
    #[error("--name {found}: expected a letter, then letters, digits and underscores")]
    #[diagnostic(code(bjerrum::export::name))]
    Name {
        /// The name given.
        found: String,
    },

    /// The scenario of a circuit cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scenario(#[from] Box<ScenarioError>),

    /// A scenario that is no single circuit.
    #[error("{scenario} {is}, expected a device file or a circuit of device models")]
    #[diagnostic(
        code(bjerrum::export::no_circuit),
        help("Circuits have [elements.NAME] tables: export one of them, such as reduced-neuron.")
    )]
    NoCircuit {
        /// The scenario.
        scenario: String,
        /// What it is.
        is: &'static str,
    },

    /// A circuit in a format for devices, or with a name for one.
    #[error("{circuit} is a circuit: {asked} is for single devices")]
    #[diagnostic(
        code(bjerrum::export::for_devices),
        help("Write --format spice alone.")
    )]
    ForDevices {
        /// The circuit.
        circuit: String,
        /// The flag that does not fit.
        asked: String,
    },

    /// An element that fires.
    #[error(
        "elements.{element}: it fires, and puts a voltage back in no time; SPICE has no element \
         that does"
    )]
    #[diagnostic(
        code(bjerrum::export::resets),
        help("Neurons whose spikes are a part of their equations can be exported.")
    )]
    Resets {
        /// The element.
        element: String,
    },

    /// A waveform of too many corners.
    #[error(
        "elements.{element}: {periods:.0} periods of its waveform in the run are too many for a \
         netlist, which lists their corners"
    )]
    #[diagnostic(
        code(bjerrum::export::corners),
        help("Shorten run.duration, or use waveform = \"sine\".")
    )]
    Corners {
        /// The element.
        element: String,
        /// Periods in the run.
        periods: f64,
    },

    /// A circuit without a state to start from.
    #[error("{circuit}: {fault}")]
    #[diagnostic(
        code(bjerrum::export::start),
        help("`bjerrum run` must be able to start the circuit, too.")
    )]
    Start {
        /// The circuit.
        circuit: String,
        /// Why.
        fault: String,
    },

    /// The export could not be written.
    #[error("cannot write {}: {reason}", path.display())]
    #[diagnostic(code(bjerrum::export::write))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
}
