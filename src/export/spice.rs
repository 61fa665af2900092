//! A SPICE subcircuit, for ngspice.

use super::Device;
use super::language::{Circuit, Written, equation, head, node};
use std::fmt::Write;

/// Where a quantity that is never negative is rounded off, in units of itself.
const ROUND: &str = "1e-10";

/// The subcircuit `NAME p n` of a device, and `NAME_driven p n dp dn`, whose
/// memory sees the voltage from dp to dn instead of its own.
#[must_use]
pub fn spice(device: &Device) -> String {
    let name = &device.name;
    let mut text = String::new();
    for line in head(device).iter().chain(&usage(device)) {
        let _ = writeln!(text, "{}", format!("* {line}").trim_end());
    }
    let given: String = device.parameters().fold(String::new(), |given, (p, _)| {
        given + &format!("\n+ {0}={{{0}}}", p.name)
    });
    let starts: String = (0..device.model.memories())
        .map(|k| format!("\n+ {0}_start={{{0}_start}}", node(k)))
        .collect();
    let _ = write!(
        text,
        "\n.subckt {name} p n{parameters}\nXdevice p n p n {name}_driven{given}{starts}\n\
         .ends {name}\n\n.subckt {name}_driven p n dp dn{parameters}\n{body}.ends {name}_driven\n",
        parameters = parameters(device),
        body = body(device),
    );
    text
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
        "voltage from DRIVE+ to DRIVE-: a slit whose battery its ions do not feel.".to_owned(),
    ];
    if device.model.memories() > 0 {
        lines.extend(
            [
                "",
                "A memory is the voltage of a node with 1 F on it. Without `uic` it starts where the",
                "operating point holds it, with `uic` at xk_start (at rest unless given). Beside the",
                "equation stand |V| rounded off within v_smooth, 1e-12/s of leak, and a conductance",
                "that is clipped at zero.",
            ]
            .map(str::to_owned),
        );
    }
    lines
}

/// Parameters with their values, a line each.
fn parameters(device: &Device) -> String {
    let mut text = String::new();
    for (parameter, found) in device.parameters() {
        let _ = write!(text, "\n+ {}={:?}", parameter.name, found.value);
    }
    for (k, start) in device.at_rest().iter().enumerate() {
        let _ = write!(text, "\n+ {}_start={start:?}", node(k));
    }
    text
}

fn body(device: &Device) -> String {
    let language = Circuit {
        device,
        voltage: "V(dp,dn)",
    };
    let written = Written::of(device, &language);
    let mut text = functions(device, &written);
    for (k, rate) in written.rates.iter().enumerate() {
        let x = node(k);
        let line = format!("B{x} 0 {x} I = {rate}");
        let _ = write!(
            text,
            "{}\nC{x} {x} 0 1 IC={{{x}_start}}\nR{x} {x} 0 1e12\n",
            equation(&line, "+ ")
        );
    }
    let line = format!("Bcurrent p n I = ({})*V(p,n)", written.conductance);
    text + &equation(&line, "+ ") + "\n"
}

/// The functions that the equations call.
fn functions(device: &Device, written: &Written) -> String {
    let mut text = String::new();
    if written.calls("magnitude") {
        let _ = writeln!(
            text,
            ".param v_smooth={:?}",
            1e-4 * device.largest_voltage()
        );
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
