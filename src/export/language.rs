//! What SPICE and Verilog-A have in common: names, comments, long lines.

use super::Device;
use crate::device::DeviceParameter;
use crate::scenario::rounded;
use bjerrum_physics::memristor::device::{DeviceModel, Function, Language, Parameter};

/// The width at which lines are broken.
const WIDTH: usize = 96;

/// Expressions as both write them; the functions are defined beside.
pub(super) struct Circuit {
    pub(super) model: &'static dyn DeviceModel,
    /// How the voltage that drives the memory is written.
    pub(super) voltage: &'static str,
}

impl Language for Circuit {
    fn parameter(&self, number: usize) -> String {
        self.model.parameters()[number].name.to_owned()
    }

    fn memory(&self, number: usize) -> String {
        format!("V({})", node(number))
    }

    fn voltage(&self) -> String {
        self.voltage.to_owned()
    }

    fn call(&self, function: Function, arguments: &[String]) -> String {
        let name = match function {
            Function::Magnitude => "magnitude",
            Function::Power => "pow",
            Function::Share => "share",
            Function::Positive => "positive",
        };
        format!("{name}({})", arguments.join(", "))
    }
}

/// The node of memory number `memory`.
pub(super) fn node(memory: usize) -> String {
    format!("x{}", memory + 1)
}

/// The equations of a device, written.
pub(super) struct Written {
    /// Conductance, S.
    pub(super) conductance: String,
    /// dx/dt of every memory, 1/s.
    pub(super) rates: Vec<String>,
}

impl Written {
    pub(super) fn of(model: &dyn DeviceModel, language: &dyn Language) -> Self {
        let memories = model.memories();
        let parameters = model.parameters().len();
        let rate = |memory| {
            model
                .rate_expression(parameters, memories, memory)
                .written(language)
        };
        Self {
            conductance: model
                .conductance_expression(parameters, memories)
                .written(language),
            rates: (0..memories).map(rate).collect(),
        }
    }

    /// Whether any of them calls `function`.
    pub(super) fn calls(&self, function: &str) -> bool {
        let call = format!("{function}(");
        let mut all = self.rates.iter().chain([&self.conductance]);
        all.any(|text| text.contains(&call))
    }
}

/// What stands at the head of every export, a line each, without comment marks.
pub(super) fn head(device: &Device) -> Vec<String> {
    let (file, model) = (&device.file, device.model);
    let mut lines = vec![
        format!("{}: {}", device.name, model.name()),
        String::new(),
        model.equation().to_owned(),
        format!("({})", model.source()),
        String::new(),
    ];
    lines.extend(
        device
            .parameters()
            .flat_map(|(p, found)| parameter(p, found)),
    );
    let [low, high] = file.range.voltage_v.map(|v| digits(v, 4));
    let [shortest, longest] = file.range.time_s.map(|t| digits(t, 4));
    lines.extend([
        String::new(),
        format!(
            "Fitted from {low} V to {high} V, and from {shortest} s to {longest} s: valid there."
        ),
        format!(
            "Residual {:.2} % of the rms current.",
            100.0 * file.quality.residual_relative
        ),
    ]);
    lines.extend(file.verdict.iter().map(|said| format!("Verdict: {said}.")));
    lines.extend([
        String::new(),
        format!(
            "Exported by bjerrum {} from {}, which bjerrum {} ({}) fitted to {}.",
            env!("CARGO_PKG_VERSION"),
            device.path.display(),
            file.version,
            file.git_revision,
            sources(device)
        ),
    ]);
    lines
        .iter()
        .flat_map(|line| broken(line, &[" "], ""))
        .collect()
}

/// A number to so many significant digits, with an exponent where it is far from one.
fn digits(value: f64, digits: usize) -> String {
    let text = format!("{:?}", rounded(value, digits));
    text.trim_end_matches(".0").to_owned()
}

/// Two lines a parameter: what it is, and how well it is known.
fn parameter(parameter: &Parameter, found: &DeviceParameter) -> [String; 2] {
    let unit = match parameter.unit {
        "1" => String::new(),
        unit => format!(" {unit}"),
    };
    let known = match found.interval {
        Some([low, high]) => format!(
            "standard error {}, 95 % interval {} to {} ({})",
            digits(found.standard_error, 2),
            digits(low, 4),
            digits(high, 4),
            found.method
        ),
        None => "given, not fitted".to_owned(),
    };
    [
        format!(
            "{} = {}{unit}: {}",
            parameter.name,
            digits(found.value, 6),
            parameter.meaning
        ),
        format!("    {known}"),
    ]
}

fn sources(device: &Device) -> String {
    let mut files: Vec<&str> = device.file.data.iter().map(|d| d.file.as_str()).collect();
    files.dedup();
    if files.is_empty() {
        "no data that are named".to_owned()
    } else {
        files.join(", ")
    }
}

/// `text` in lines of bearable length, broken before one of the joints, each
/// but the first behind `indent`.
pub(super) fn broken(text: &str, joints: &[&str], indent: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while rest.len() > WIDTH {
        let of = |joint: &&str| {
            rest.match_indices(*joint)
                .map(|(at, _)| at)
                .collect::<Vec<_>>()
        };
        let inside = rest.len() - rest.trim_start().len();
        let places = || joints.iter().flat_map(of).filter(|at| *at > inside);
        let last = places().filter(|at| *at <= WIDTH).max();
        let Some(at) = last.or_else(|| places().min()) else {
            break;
        };
        lines.push(rest[..at].to_owned());
        rest = &rest[at + 1..];
    }
    lines.push(rest.to_owned());
    for line in lines.iter_mut().skip(1) {
        line.insert_str(0, indent);
    }
    lines
}

/// An equation in several lines, broken before its terms.
pub(super) fn equation(text: &str, indent: &str) -> String {
    broken(text, &[" + ", " - "], indent).join("\n")
}
