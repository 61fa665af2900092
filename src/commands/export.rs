//! `bjerrum export`.

use super::Failure;
use bjerrum::export::{self, Device, ExportError, Format};
use bjerrum::scenario::{CircuitScenario, Plan, builtin};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// A device file, as `bjerrum fit` writes it, or a circuit: a scenario file or built-in name
    #[arg(value_name = "DEVICE.toml|CIRCUIT")]
    file: PathBuf,
    /// What to write
    #[arg(long, value_enum)]
    format: FormatName,
    /// The file to write [default: beside the file, as .sub, .va or .json; a circuit as .cir]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Name of the subcircuit or module [default: that of the device file]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    Spice,
    VerilogA,
    Json,
}

/// Writes the device, or the circuit, and says how it is used.
pub(super) fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    if is_scenario(&arguments.file) {
        return circuit(arguments);
    }
    let device =
        Device::load(&arguments.file, arguments.name.as_deref()).map_err(Failure::input)?;
    let format = match arguments.format {
        FormatName::Spice => Format::Spice,
        FormatName::VerilogA => Format::VerilogA,
        FormatName::Json => Format::Json,
    };
    let out = written(arguments, format.extension(), &format.written(&device))?;
    println!(
        "{} is {}: {}",
        device.name, device.file.model, device.file.equation
    );
    match format {
        Format::Spice => println!(
            "in a netlist   .include {}\n               Xslit plus minus {}",
            out.display(),
            device.name
        ),
        Format::VerilogA => println!("module         {}(p, n)", device.name),
        Format::Json => {}
    }
    println!("wrote          {}", out.display());
    Ok(())
}

/// Whether it is a scenario: a built-in name, or a file with the tables of one.
fn is_scenario(file: &Path) -> bool {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let table: toml::Table = text.parse().unwrap_or_default();
    let tables = ["elements", "neurons", "slits"];
    tables.iter().any(|key| table.contains_key(*key))
        || builtin().iter().any(|one| Path::new(one.name) == file)
}

fn circuit(arguments: &ExportArguments) -> Result<(), Failure> {
    let circuit = single_circuit(&arguments.file).map_err(Failure::input)?;
    let asked = match (arguments.format, &arguments.name) {
        (FormatName::Spice, None) => None,
        (FormatName::Spice, Some(_)) => Some("--name"),
        (FormatName::VerilogA, _) => Some("--format verilog-a"),
        (FormatName::Json, _) => Some("--format json"),
    };
    if let Some(asked) = asked {
        return Err(Failure::input(ExportError::ForDevices {
            circuit: circuit.name,
            asked: asked.to_owned(),
        }));
    }
    let netlist = export::netlist(&circuit).map_err(Failure::input)?;
    let out = written(arguments, "cir", &netlist)?;
    println!("{}: {} elements", circuit.name, circuit.elements.len());
    println!(
        "ngspice -b {} writes time and voltages to {}.txt",
        out.display(),
        circuit.name
    );
    println!("wrote          {}", out.display());
    Ok(())
}

/// The circuit that is called, or that stands in the file.
fn single_circuit(file: &Path) -> Result<CircuitScenario, ExportError> {
    let none = |is| ExportError::NoCircuit {
        scenario: file.display().to_string(),
        is,
    };
    match Plan::load(&file.to_string_lossy(), &[], None).map_err(Box::new)? {
        Plan::Ions(_) => Err(none("is of ions in slits")),
        Plan::Circuits(several) if several.compared => Err(none("compares several circuits")),
        Plan::Circuits(mut one) => Ok(one.circuits.remove(0)),
    }
}

/// Writes `text` beside the file it came from, or to where it was asked for.
fn written(arguments: &ExportArguments, extension: &str, text: &str) -> Result<PathBuf, Failure> {
    let beside = || arguments.file.with_extension(extension);
    let out = arguments.out.clone().unwrap_or_else(beside);
    export::write(text, &out, arguments.force).map_err(|error| match error {
        ExportError::Write { .. } => Failure::run(error),
        _ => Failure::input(error),
    })?;
    Ok(out)
}
