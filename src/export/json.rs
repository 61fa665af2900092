//! JSON, described in `docs/device-json.md`.

use super::Device;
use crate::device::{Quality, Range, Source};
use bjerrum_physics::memristor::device::{Function, Language};
use serde::Serialize;
use std::collections::BTreeMap;

/// Name and version of the layout.
const SCHEMA: &str = "bjerrum-device/1";

/// What the document holds.
#[derive(Serialize)]
struct Document<'d> {
    schema: &'static str,
    name: &'d str,
    model: &'d str,
    equation: &'d str,
    source: &'d str,
    expressions: Expressions,
    memories: Vec<Memory>,
    parameters: Vec<Entry<'d>>,
    range: &'d Range,
    quality: &'d Quality,
    verdict: &'d [String],
    provenance: Provenance<'d>,
}

/// The equation, to be evaluated as it stands by Python and its kind.
#[derive(Serialize)]
struct Expressions {
    current_a: String,
    conductance_s: String,
    rates_per_s: BTreeMap<String, String>,
    functions: BTreeMap<&'static str, &'static str>,
}

#[derive(Serialize)]
struct Memory {
    name: String,
    at_rest: f64,
}

#[derive(Serialize)]
struct Entry<'d> {
    name: &'static str,
    value: f64,
    unit: &'static str,
    standard_error: f64,
    interval: Option<[f64; 2]>,
    method: &'d str,
    bounds: [Option<f64>; 2],
    meaning: &'static str,
}

#[derive(Serialize)]
struct Provenance<'d> {
    exported_by: String,
    fitted_by: String,
    data: &'d [Source],
}

/// The document of a device.
///
/// # Panics
/// Never: every part of it is text, a number or a list of these.
#[must_use]
pub fn json(device: &Device) -> String {
    let file = &device.file;
    let document = Document {
        schema: SCHEMA,
        name: &device.name,
        model: &file.model,
        equation: &file.equation,
        source: &file.source,
        expressions: expressions(device),
        memories: memories(device),
        parameters: entries(device),
        range: &file.range,
        quality: &file.quality,
        verdict: &file.verdict,
        provenance: Provenance {
            exported_by: format!("bjerrum {}", env!("CARGO_PKG_VERSION")),
            fitted_by: format!("bjerrum {} ({})", file.version, file.git_revision),
            data: &file.data,
        },
    };
    serde_json::to_string_pretty(&document).expect("text, numbers and lists") + "\n"
}

fn expressions(device: &Device) -> Expressions {
    let language = Python { device };
    let (model, memories) = (device.model, device.model.memories());
    let count = model.parameters().len();
    let rate = |k| {
        (
            name(k),
            model.rate_expression(count, memories, k).written(&language),
        )
    };
    let conductance = model.conductance_expression(count, memories);
    let rates: BTreeMap<String, String> = (0..memories).map(rate).collect();
    let mut functions = BTreeMap::new();
    if rates.values().any(|text| text.contains("share(")) {
        functions.insert("share(q, s)", "(exp(q*s) - 1)/(exp(q) - 1), and s at q = 0");
    }
    Expressions {
        current_a: "conductance_s*V".to_owned(),
        conductance_s: conductance.written(&language),
        rates_per_s: rates,
        functions,
    }
}

fn memories(device: &Device) -> Vec<Memory> {
    let at_rest = device.at_rest().into_iter().enumerate();
    let memory = |(k, at_rest)| Memory {
        name: name(k),
        at_rest,
    };
    at_rest.map(memory).collect()
}

fn entries(device: &Device) -> Vec<Entry<'_>> {
    let finite = |value: f64| value.is_finite().then_some(value);
    let all = device.parameters().map(|(parameter, found)| Entry {
        name: parameter.name,
        value: found.value,
        unit: parameter.unit,
        standard_error: found.standard_error,
        interval: found.interval,
        method: &found.method,
        bounds: [finite(parameter.bounds.0), finite(parameter.bounds.1)],
        meaning: parameter.meaning,
    });
    all.collect()
}

fn name(memory: usize) -> String {
    format!("x{}", memory + 1)
}

/// The equation as Python writes it, without roundings.
struct Python<'d> {
    device: &'d Device,
}

impl Language for Python<'_> {
    fn parameter(&self, number: usize) -> String {
        self.device.model.parameters()[number].name.to_owned()
    }

    fn memory(&self, number: usize) -> String {
        name(number)
    }

    fn voltage(&self) -> String {
        "V".to_owned()
    }

    fn call(&self, function: Function, arguments: &[String]) -> String {
        let arguments = arguments.join(", ");
        match function {
            Function::Magnitude => format!("abs({arguments})"),
            Function::Power => format!("pow({arguments})"),
            Function::Share => format!("share({arguments})"),
            Function::Positive => format!("max({arguments}, 0.0)"),
        }
    }
}
