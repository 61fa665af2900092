//! A SPICE subcircuit, for ngspice.

use super::Device;
use super::language::{Circuit, Written, equation, head, node};
use bjerrum_physics::memristor::device::DeviceModel;
use std::fmt::Write;

/// Where a quantity that is never negative is rounded off, in units of itself.
const ROUND: &str = "1e-10";

/// The subcircuit `NAME p n` of a device, and `NAME_driven p n dp dn`, whose
/// memory sees the voltage from dp to dn instead of its own.
#[must_use]
pub fn spice(device: &Device) -> String {
    let mut text = comment(head(device).iter().chain(&usage(device)));
    let subcircuit = Subcircuit {
        name: &device.name,
        model: device.model,
        values: &device.values(),
        at_rest: &device.at_rest(),
        largest_voltage: device.largest_voltage(),
    };
    text += "\n";
    text + &subcircuit.written()
}

/// Lines as comments.
pub(super) fn comment<'l>(lines: impl Iterator<Item = &'l String>) -> String {
    let line = |line: &String| format!("* {line}").trim_end().to_owned() + "\n";
    lines.map(line).collect()
}

fn usage(device: &Device) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        format!(
            "Use:   Xname PLUS MINUS {} [parameter=value ...]",
            device.name
        ),
        format!(
            "       Xname PLUS MINUS DRIVE+ DRIVE- {}_driven [parameter=value ...]",
            device.name
        ),
        "The second carries G times the voltage from PLUS to MINUS, while its memory sees the"
            .to_owned(),
        "voltage from DRIVE+ to DRIVE-: a slit whose battery its ions do not feel. So many as"
            .to_owned(),
        "`multiplier` says stand in parallel.".to_owned(),
    ];
    if device.model.memories() > 0 {
        lines.extend(NOTE_ON_MEMORIES.map(str::to_owned));
    }
    lines
}

/// What memories are in a subcircuit.
pub(super) const NOTE_ON_MEMORIES: [&str; 5] = [
    "",
    "A memory is the voltage of a node with 1 F on it. Without `uic` it starts where the",
    "operating point holds it, with `uic` at xk_start (at rest unless given). Beside the",
    "equation stand |V| rounded off within v_smooth, 1e-12/s of leak, and a conductance",
    "that is clipped at zero.",
];

/// A device model with its values, as a subcircuit.
pub(super) struct Subcircuit<'d> {
    pub(super) name: &'d str,
    pub(super) model: &'static dyn DeviceModel,
    /// Values of the parameters, in the model's order.
    pub(super) values: &'d [f64],
    /// The memories where nothing else is said.
    pub(super) at_rest: &'d [f64],
    /// The largest |V| in use, V: |V| is rounded off within 1e-4 of it.
    pub(super) largest_voltage: f64,
}

impl Subcircuit<'_> {
    /// Both forms: `NAME p n` and `NAME_driven p n dp dn`.
    pub(super) fn written(&self) -> String {
        let name = self.name;
        let parameters = self.parameters();
        let names = parameters.iter().map(|(name, _)| name);
        let given: String = names.map(|n| format!("\n+ {n}={{{n}}}")).collect();
        let stated = parameters.iter().map(|(n, v)| format!("\n+ {n}={v:?}"));
        let stated: String = stated.collect();
        format!(
            ".subckt {name} p n{stated}\nXdevice p n p n {name}_driven{given}\n.ends {name}\n\n\
             .subckt {name}_driven p n dp dn{stated}\n{body}.ends {name}_driven\n",
            body = self.body(),
        )
    }

    /// Parameters, starts of memories, and the number of devices, each with its value.
    fn parameters(&self) -> Vec<(String, f64)> {
        let own = self.model.parameters().iter().zip(self.values);
        let own = own.map(|(parameter, value)| (parameter.name.to_owned(), *value));
        let starts = self.at_rest.iter().enumerate();
        let starts = starts.map(|(k, start)| (format!("{}_start", node(k)), *start));
        let number = ("multiplier".to_owned(), 1.0);
        own.chain(starts).chain([number]).collect()
    }

    fn body(&self) -> String {
        let language = Circuit {
            model: self.model,
            voltage: "V(dp,dn)",
        };
        let written = Written::of(self.model, &language);
        let mut text = self.functions(&written);
        for (k, rate) in written.rates.iter().enumerate() {
            text += &memory(&node(k), rate);
        }
        let line = format!(
            "Bcurrent p n I = multiplier*({})*V(p,n)",
            written.conductance
        );
        text + &equation(&line, "+ ") + "\n"
    }

    /// The functions that the equations call.
    fn functions(&self, written: &Written) -> String {
        let mut text = String::new();
        if written.calls("magnitude") {
            let _ = writeln!(text, ".param v_smooth={:?}", 1e-4 * self.largest_voltage);
            text += ".func magnitude(v) {sqrt(v*v + v_smooth*v_smooth)}\n";
        }
        if written.calls("positive") {
            let _ = writeln!(text, ".func positive(x) {{0.5*(x + sqrt(x*x + {ROUND}))}}");
        }
        if written.calls("share") {
            text += ".func rounded(q) {sqrt(q*q + 1e-8)}\n\
                     .func share(q,s) {exp(-0.5*(rounded(q) + q)*(1 - s))\n\
                     + *(1 - exp(-rounded(q)*s))/(1 - exp(-rounded(q)))}\n";
        }
        text
    }
}

/// A memory: the voltage of node `x` with one farad on it, into which a current of
/// `rate` amperes flows.
pub(super) fn memory(x: &str, rate: &str) -> String {
    let line = format!("B{x} 0 {x} I = {rate}");
    format!(
        "{}\nC{x} {x} 0 1 IC={{{x}_start}}\nR{x} {x} 0 1e12\n",
        equation(&line, "+ ")
    )
}
