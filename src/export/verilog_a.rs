//! A Verilog-A module.

use super::Device;
use super::language::{Circuit, Written, equation, head, node};
use std::fmt::Write;

/// The module `NAME(p, n)` of a device.
#[must_use]
pub fn verilog_a(device: &Device) -> String {
    let mut text = String::new();
    for line in head(device).iter().chain(&notes(device)) {
        let _ = writeln!(text, "{}", format!("// {line}").trim_end());
    }
    let language = Circuit {
        model: device.model,
        voltage: "V(p, n)",
    };
    let written = Written::of(device.model, &language);
    let nodes: String = (0..device.model.memories())
        .map(|k| format!(", {}", node(k)))
        .collect();
    let _ = write!(
        text,
        "\n`include \"disciplines.vams\"\n\nmodule {}(p, n);\n  inout p, n;\n  electrical p, n{nodes};\n\n",
        device.name
    );
    text += &parameters(device, &written);
    text += &functions(&written);
    text += &analog(&written);
    text + "endmodule\n"
}

fn notes(device: &Device) -> Vec<String> {
    if device.model.memories() == 0 {
        return Vec::new();
    }
    [
        "",
        "A memory is the voltage of an internal node with 1 F on it and starts where the operating",
        "point holds it. Beside the equation stand |V| rounded off within v_smooth, 1e-12/s of leak,",
        "and a conductance that is clipped at zero.",
    ]
    .map(str::to_owned)
    .into()
}

fn parameters(device: &Device, written: &Written) -> String {
    let mut text = String::new();
    for (parameter, found) in device.parameters() {
        let (low, high) = parameter.bounds;
        let _ = writeln!(
            text,
            "  parameter real {} = {:?} from ({}:{}); // {}: {}",
            parameter.name,
            found.value,
            bound(low),
            bound(high),
            parameter.unit,
            parameter.meaning
        );
    }
    if written.calls("magnitude") {
        let _ = writeln!(
            text,
            "  parameter real v_smooth = {:?} from (0:inf); // V: where |V| is rounded off",
            1e-4 * device.largest_voltage()
        );
    }
    text
}

fn bound(value: f64) -> String {
    if value.is_finite() {
        format!("{value:?}")
    } else if value > 0.0 {
        "inf".to_owned()
    } else {
        "-inf".to_owned()
    }
}

/// The functions that the equations call.
fn functions(written: &Written) -> String {
    let mut text = String::new();
    let mut define = |name: &str, arguments: &str, value: &str| {
        if written.calls(name) {
            let _ = write!(
                text,
                "\n  analog function real {name};\n    input {arguments};\n    real {arguments};\n    \
                 begin\n      {name} = {value};\n    end\n  endfunction\n"
            );
        }
    };
    define("magnitude", "v, smooth", "sqrt(v*v + smooth*smooth)");
    define("positive", "x", "0.5*(x + sqrt(x*x + 1.0e-10))");
    define(
        "share",
        "q, s",
        "exp(-0.5*(sqrt(q*q + 1.0e-8) + q)*(1.0 - s))\n        \
         *(1.0 - exp(-sqrt(q*q + 1.0e-8)*s))/(1.0 - exp(-sqrt(q*q + 1.0e-8)))",
    );
    text
}

fn analog(written: &Written) -> String {
    // The rounding is an argument here: an analog function sees no parameters.
    let complete = |text: &str| text.replace("magnitude(V(p, n))", "magnitude(V(p, n), v_smooth)");
    let mut text = String::from("\n  real device_conductance;\n");
    for k in 0..written.rates.len() {
        let _ = writeln!(text, "  real rate_{};", node(k));
    }
    text += "\n  analog begin\n";
    for (k, rate) in written.rates.iter().enumerate() {
        let x = node(k);
        let line = format!("    rate_{x} = {};", complete(rate));
        let _ = write!(
            text,
            "{}\n    I({x}) <+ ddt(V({x})) - rate_{x} + 1.0e-12*V({x});\n",
            equation(&line, "      ")
        );
    }
    let line = format!(
        "    device_conductance = {};",
        complete(&written.conductance)
    );
    text += &equation(&line, "      ");
    text + "\n    I(p, n) <+ device_conductance*V(p, n);\n  end\n"
}
