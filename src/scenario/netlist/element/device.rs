//! `kind = "device"`: a model by its file or by its parameters.

use std::path::Path;

use super::{FittedRange, PartSpec, Result, known_model, voltage};
use crate::device::DeviceFile;
use crate::scenario::document::quoted;
use crate::scenario::error::Problem;
use crate::scenario::section::{Resolved, Section};
use bjerrum_physics::circuit::Start;
use bjerrum_physics::memristor::device::{DeviceModel, Parameter, model, models};

/// A device from its file or its parameters; with the table that the resolved
/// scenario keeps.
pub(super) fn device(section: &mut Section<'_>, directory: &Path) -> Result<(PartSpec, String)> {
    let (model, values, fitted) = match (section.has("file"), section.has("parameters")) {
        (true, true) => {
            return Err(section.unphysical(
                "parameters",
                "there are two sources of parameters, file and parameters",
                "remove one of the two",
            ));
        }
        (true, false) => from_file(section, directory)?,
        _ => from_parameters(section)?,
    };
    let why = "it is how many such devices are in parallel";
    let multiplier = section.positive_number("multiplier", "1", why)?;
    let reversal = voltage(section, "reversal", Some("0 V"))?;
    let start = start(section)?;
    let ions = ions(section, model, &values)?;
    let table = parameter_table(section.path(), model, &values);
    let part = PartSpec::Device {
        model: model.name(),
        values,
        multiplier,
        reversal,
        start,
        fitted,
        ions,
    };
    Ok((part, table))
}

/// `ions`: those of a finite number bind and part at random.
fn ions(section: &mut Section<'_>, model: &dyn DeviceModel, values: &[f64]) -> Result<Option<u64>> {
    if !section.has("ions") {
        return Ok(None);
    }
    let ions = section.integer("ions", None, "a whole number, such as ions = 8000")?;
    if model.dissociation(values, 0.0).is_none() {
        // All ions are free or paired in models that know what it is that all are free.
        let pairs = models().into_iter().filter(|m| m.all_free().is_some());
        let known: Vec<&str> = pairs.map(|m| m.name()).collect();
        return Err(section.unphysical(
            "ions",
            format!(
                "{} counts no ions, and has no noise of their number",
                model.name()
            ),
            format!("remove it, or use {}", known.join(" or ")),
        ));
    }
    if ions < FEWEST_IONS {
        return Err(section.unphysical(
            "ions",
            format!("{ions} ions are too few for an equation of their fraction"),
            format!("give {FEWEST_IONS} or more, of both signs together"),
        ));
    }
    Ok(Some(ions))
}

/// Of fewer ions a handful are free, and the noise of their number is no longer small.
const FEWEST_IONS: u64 = 100;

/// `held_at` or `initial_memory`; without either at rest.
fn start(section: &mut Section<'_>) -> Result<Start> {
    match (section.has("held_at"), section.has("initial_memory")) {
        (true, true) => Err(section.unphysical(
            "initial_memory",
            "the memory at the start is given twice, by held_at and by initial_memory",
            "remove one of the two",
        )),
        (true, false) => Ok(Start::HeldAt(voltage(section, "held_at", None)?)),
        (false, true) => {
            let expected = "a number, such as initial_memory = 0.2";
            Ok(Start::Memory(section.number(
                "initial_memory",
                None,
                expected,
            )?))
        }
        (false, false) => Ok(Start::AtRest),
    }
}

type Found = (&'static dyn DeviceModel, Vec<f64>, Option<FittedRange>);

/// `file`: what `bjerrum fit` has written.
fn from_file(section: &mut Section<'_>, directory: &Path) -> Result<Found> {
    let expected = "the name of a device file, such as file = \"device.toml\"";
    let name = section.unrecorded_text("file", expected)?;
    let mend = "the path is relative to the scenario file; `bjerrum fit` writes device files";
    let path = directory.join(name);
    let wrong = |section: &Section<'_>, reason: String| {
        let (path, mend) = (path.display().to_string(), mend.to_owned());
        section.error("file", Problem::Unreadable { path, reason, mend })
    };
    if !path.exists() {
        return Err(wrong(section, "there is no such file".to_owned()));
    }
    let file = DeviceFile::read(&path).map_err(|error| {
        let prefix = format!("{}: ", path.display());
        let said = error.to_string();
        wrong(
            section,
            said.strip_prefix(&prefix).unwrap_or(&said).to_owned(),
        )
    })?;
    let Some(found) = model(&file.model) else {
        return Err(wrong(
            section,
            format!("it has no model that is known, but {:?}", file.model),
        ));
    };
    section.unused(
        &["model", "fitted_from", "fitted_to"],
        "file",
        "the file tells it",
    )?;
    let mut values = Vec::new();
    for parameter in found.parameters() {
        match file.parameters.get(parameter.name) {
            Some(one) if one.unit == parameter.unit => values.push(one.value),
            Some(one) => {
                let reason = format!(
                    "{} is in {:?}, expected {:?}",
                    parameter.name, one.unit, parameter.unit
                );
                return Err(wrong(section, reason));
            }
            None => return Err(wrong(section, format!("{} is missing", parameter.name))),
        }
    }
    let [from, to] = file.range.voltage_v;
    section.record("model", &quoted(found.name()));
    section.record("fitted_from", &quoted(&format!("{from} V")));
    section.record("fitted_to", &quoted(&format!("{to} V")));
    Ok((found, values, Some(FittedRange { from, to })))
}

/// `model` and `[elements.NAME.parameters]`.
fn from_parameters(section: &mut Section<'_>) -> Result<Found> {
    let names = models().map(|m| (m.name(), m.name()));
    let name = section.choice("model", &names, None)?;
    let found = known_model(name);
    let mut table = section.section("parameters")?;
    let mut values = Vec::new();
    for Parameter {
        name,
        unit,
        meaning,
        bounds: (low, high),
        ..
    } in found.parameters()
    {
        let value = table.in_unit(name, unit, meaning)?;
        if !(*low < value && value < *high) {
            return Err(table.unphysical(
                name,
                format!("{value} is not between {low} and {high} ({meaning})"),
                "give a value within its bounds",
            ));
        }
        values.push(value);
    }
    table.finish(&mut Resolved::default())?;
    let fitted = match (section.has("fitted_from"), section.has("fitted_to")) {
        (false, false) => None,
        _ => Some(FittedRange {
            from: voltage(section, "fitted_from", None)?,
            to: voltage(section, "fitted_to", None)?,
        }),
    };
    Ok((found, values, fitted))
}

/// The parameters as a table of the resolved scenario.
fn parameter_table(path: &str, model: &dyn DeviceModel, values: &[f64]) -> String {
    let mut text = format!("[{path}.parameters]\n");
    for (parameter, value) in model.parameters().iter().zip(values) {
        let written = match parameter.unit {
            "1" => format!("{value:?}"),
            unit => quoted(&format!("{value:e} {unit}")),
        };
        text.push_str(&format!("{} = {written}\n", parameter.name));
    }
    text
}
