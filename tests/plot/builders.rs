//! What the builders make of their data.

use crate::data::{memristor, neuron, relaxation};
use bjerrum::plot::{Scale, Trace};

#[test]
fn a_neuron_numbers_its_spikes_and_shows_conductances_over_decades() {
    let figure = neuron().figure();
    let texts: Vec<&str> = figure.panels[0]
        .marks
        .iter()
        .map(|m| m.text.as_str())
        .collect();
    assert_eq!(texts, ["1", "2", "3"]);
    assert_eq!(figure.panels[1].y.label, "Conductance (pS)");
    // One glitch of I/V does not flatten a logarithmic axis.
    assert_eq!(figure.panels[1].y.scale, Scale::Log);
    assert_eq!(figure.panels[1].y.range, None);
}

#[test]
fn a_loop_is_split_by_direction_and_loses_no_step() {
    let memristor = memristor();
    let steps = |trace: &Trace| -> Vec<(f64, f64)> {
        let ends = trace
            .points
            .windows(2)
            .map(|p| (p[0].0.abs(), p[1].0.abs()));
        ends.filter(|(a, b)| a.is_finite() && b.is_finite())
            .collect()
    };
    let figure = memristor.figure();
    let (rising, falling) = (&figure.panels[0].traces[0], &figure.panels[0].traces[1]);
    assert!(steps(rising).iter().all(|(a, b)| b >= a));
    assert!(steps(falling).iter().all(|(a, b)| b < a));
    assert_eq!(
        steps(rising).len() + steps(falling).len(),
        memristor.current.len() - 1
    );
}

#[test]
fn a_decay_states_its_memory_time_to_the_digits_its_error_allows() {
    let figure = relaxation().figure();
    let label = &figure.panels[1].traces[1].label;
    assert!(label.ends_with("memory time 3.100 ± 0.040 µs"), "{label}");
}
