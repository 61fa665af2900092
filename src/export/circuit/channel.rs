//! Classical channels and membranes as subcircuits; their equations stand in
//! [`bjerrum_physics::circuit::membrane`].

use super::super::spice::memory;
use bjerrum_physics::circuit::membrane::{FitzHughNagumo, PotassiumChannel, SodiumChannel};

/// x/(e^x - 1), which is 1 at the removable singularity, without a branch: exact
/// to 1e-5 there, and to rounding elsewhere.
const BERNOULLI: &str = ".func rounded(x) {sqrt(x*x + 1e-10)}\n\
    .func bernoulli(x) {exp(-0.5*(rounded(x) + x))*rounded(x)/(1 - exp(-rounded(x)))}\n";

/// α (1 - x) - β x, 1/s, from functions of mV that give 1/ms.
fn gate(x: &str) -> String {
    let voltage = "1000*V(p,n)";
    let rate =
        format!("1000*(opening_{x}({voltage})*(1 - V({x})) - closing_{x}({voltage})*V({x}))");
    memory(x, &rate)
}

pub(super) fn sodium(name: &str, channel: &SodiumChannel, starts: &[f64]) -> String {
    format!(
        "* {name}: the sodium channel of Hodgkin and Huxley\n\
         .subckt {name} p n conductance={:?} reversal={:?} m_start={:?} h_start={:?}\n{BERNOULLI}\
         .func opening_m(u) {{bernoulli(-(u + 40)/10)}}\n\
         .func closing_m(u) {{4*exp(-(u + 65)/18)}}\n\
         .func opening_h(u) {{0.07*exp(-(u + 65)/20)}}\n\
         .func closing_h(u) {{1/(1 + exp(-(u + 35)/10))}}\n{}{}\
         Bcurrent p n I = conductance*V(m)*V(m)*V(m)*V(h)*(V(p,n) - reversal)\n.ends {name}\n\n",
        channel.conductance,
        channel.reversal,
        starts[0],
        starts[1],
        gate("m"),
        gate("h"),
    )
}

pub(super) fn potassium(name: &str, channel: &PotassiumChannel, starts: &[f64]) -> String {
    // The node is not called n: that is an end of the subcircuit.
    format!(
        "* {name}: the potassium channel of Hodgkin and Huxley\n\
         .subckt {name} p n conductance={:?} reversal={:?} gate_start={:?}\n{BERNOULLI}\
         .func opening_gate(u) {{0.1*bernoulli(-(u + 55)/10)}}\n\
         .func closing_gate(u) {{0.125*exp(-(u + 65)/80)}}\n{}\
         Bcurrent p n I = conductance*V(gate)*V(gate)*V(gate)*V(gate)*(V(p,n) - reversal)\n\
         .ends {name}\n\n",
        channel.conductance,
        channel.reversal,
        starts[0],
        gate("gate"),
    )
}

pub(super) fn fitzhugh_nagumo(name: &str, membrane: &FitzHughNagumo, starts: &[f64]) -> String {
    let rate = "(V(p,n) + shape_a*scale - shape_b*V(w))/recovery_time";
    format!(
        "* {name}: the membrane of FitzHugh and Nagumo\n\
         .subckt {name} p n shape_a={:?} shape_b={:?} recovery_time={:?} conductance={:?} \
         scale={:?} w_start={:?}\n{}\
         Bcurrent p n I = conductance*(V(p,n)*V(p,n)*V(p,n)/(3*scale*scale) - V(p,n) + V(w))\n\
         .ends {name}\n\n",
        membrane.a,
        membrane.b,
        membrane.recovery_time,
        membrane.conductance,
        membrane.unit,
        starts[0],
        memory("w", rate),
    )
}
