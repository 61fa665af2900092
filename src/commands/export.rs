//! `bjerrum export`.

use super::Failure;
use bjerrum::export::{Device, ExportError, Format};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// A device file, as `bjerrum fit` writes it
    #[arg(value_name = "DEVICE.toml")]
    file: PathBuf,
    /// What to write
    #[arg(long, value_enum)]
    format: FormatName,
    /// The file to write [default: beside the device file, as .sub, .va or .json]
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

/// Reads the device, writes it, and says how it is used.
pub(super) fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    let device =
        Device::load(&arguments.file, arguments.name.as_deref()).map_err(Failure::input)?;
    let format = match arguments.format {
        FormatName::Spice => Format::Spice,
        FormatName::VerilogA => Format::VerilogA,
        FormatName::Json => Format::Json,
    };
    let beside = || arguments.file.with_extension(format.extension());
    let out = arguments.out.clone().unwrap_or_else(beside);
    format
        .write(&device, &out, arguments.force)
        .map_err(|error| match error {
            ExportError::Write { .. } => Failure::run(error),
            _ => Failure::input(error),
        })?;
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
