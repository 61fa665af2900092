//! Parameters of elements, by name: what analyses vary.

use super::{CircuitScenario, ElementSpec, PartSpec};
use bjerrum_physics::drive::Drive;
use bjerrum_physics::memristor::device::model;
use bjerrum_physics::units::PICOSECOND;

/// A parameter of an element.
#[derive(Clone, Debug, PartialEq)]
pub struct Tunable {
    /// Element and parameter, `stimulus.amplitude`.
    pub name: String,
    /// Its unit; `1` for a pure number.
    pub unit: &'static str,
    /// Between what it must lie, both ends excluded.
    pub bounds: (f64, f64),
    /// The element, by number.
    element: usize,
    /// The parameter, by its name in the element.
    parameter: &'static str,
}

const POSITIVE: (f64, f64) = (0.0, f64::INFINITY);
const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

impl CircuitScenario {
    /// Every parameter that can be varied.
    #[must_use]
    pub fn tunables(&self) -> Vec<Tunable> {
        of(&self.elements)
    }

    /// The circuit with other values of some parameters.
    #[must_use]
    pub fn with(&self, values: &[(&Tunable, f64)]) -> Self {
        let mut changed = self.clone();
        for (tunable, value) in values {
            let part = &mut changed.elements[tunable.element].part;
            if let Some(place) = place(part, tunable.parameter) {
                *place = *value;
            }
        }
        changed
    }

    /// The circuit with a pulse of `amplitude` (A) and `width` (s), from the start on,
    /// on top of a constant source.
    #[must_use]
    pub fn with_pulse(&self, source: &Tunable, amplitude: f64, width: f64) -> Self {
        let base = self.value(source);
        let width = width / PICOSECOND;
        let mut changed = self.clone();
        changed.elements[source.element].part = PartSpec::CurrentSource(Drive::Pulses {
            base,
            amplitude: base + amplitude,
            start: 0.0,
            width,
            period: width,
            count: 1,
        });
        changed
    }

    /// The value of a parameter here.
    #[must_use]
    pub fn value(&self, tunable: &Tunable) -> f64 {
        let mut part = self.elements[tunable.element].part.clone();
        place(&mut part, tunable.parameter).map_or(f64::NAN, |value| *value)
    }
}

impl Tunable {
    /// Whether it is not zero among `elements`, and stays what it is when multiplied.
    pub(super) fn has_logarithm(&self, elements: &[ElementSpec]) -> bool {
        let mut part = elements[self.element].part.clone();
        place(&mut part, self.parameter).is_some_and(|value| *value != 0.0)
    }
}

/// Every parameter of `elements` that can be varied.
pub(super) fn of(elements: &[ElementSpec]) -> Vec<Tunable> {
    let mut all = Vec::new();
    for (element, spec) in elements.iter().enumerate() {
        let own = parameters(&spec.part).into_iter();
        all.extend(own.map(|(parameter, unit, bounds)| Tunable {
            name: format!("{}.{parameter}", spec.name),
            unit,
            bounds,
            element,
            parameter,
        }));
    }
    all
}

/// Name, unit and bounds of the parameters of a part.
fn parameters(part: &PartSpec) -> Vec<(&'static str, &'static str, (f64, f64))> {
    let source = |drive: &Drive, unit| match drive {
        Drive::Constant { .. } => vec![("amplitude", unit, ANY)],
        _ => Vec::new(),
    };
    let channel = || vec![("conductance", "S", POSITIVE), ("reversal", "V", ANY)];
    match part {
        PartSpec::Capacitor(..) => vec![("capacitance", "F", POSITIVE)],
        PartSpec::Resistor(_) | PartSpec::Sodium(_) | PartSpec::Potassium(_) => channel(),
        PartSpec::VoltageSource(drive) => source(drive, "V"),
        PartSpec::CurrentSource(drive) => source(drive, "A"),
        PartSpec::Device { model: name, .. } => {
            let own = model(name).map_or(&[][..], |model| model.parameters());
            let own = own.iter().map(|p| (p.name, p.unit, p.bounds));
            let circuit = [("multiplier", "1", POSITIVE), ("reversal", "V", ANY)];
            own.chain(circuit).collect()
        }
        PartSpec::FitzHughNagumo(_) => vec![
            ("a", "1", ANY),
            ("b", "1", POSITIVE),
            ("recovery_time", "s", POSITIVE),
            ("conductance", "S", POSITIVE),
        ],
        PartSpec::Izhikevich(_) => vec![
            ("a", "1", ANY),
            ("b", "1", ANY),
            ("c", "1", (f64::NEG_INFINITY, 30.0)),
            ("d", "1", ANY),
        ],
        PartSpec::Firing(one) => vec![
            ("threshold", "V", (one.reset, f64::INFINITY)),
            ("reset", "V", (f64::NEG_INFINITY, one.threshold)),
        ],
    }
}

/// Where the value of `parameter` stands.
fn place<'p>(part: &'p mut PartSpec, parameter: &str) -> Option<&'p mut f64> {
    match (part, parameter) {
        (PartSpec::Capacitor(capacitance, _), "capacitance") => Some(capacitance),
        (PartSpec::Resistor(one), "conductance") => Some(&mut one.conductance),
        (PartSpec::Resistor(one), "reversal") => Some(&mut one.reversal),
        (
            PartSpec::VoltageSource(Drive::Constant { value })
            | PartSpec::CurrentSource(Drive::Constant { value }),
            "amplitude",
        ) => Some(value),
        (PartSpec::Device { multiplier, .. }, "multiplier") => Some(multiplier),
        (PartSpec::Device { reversal, .. }, "reversal") => Some(reversal),
        (
            PartSpec::Device {
                model: name,
                values,
                ..
            },
            parameter,
        ) => {
            let all = model(name)?.parameters();
            values.get_mut(all.iter().position(|p| p.name == parameter)?)
        }
        (PartSpec::Sodium(one), "conductance") => Some(&mut one.conductance),
        (PartSpec::Sodium(one), "reversal") => Some(&mut one.reversal),
        (PartSpec::Potassium(one), "conductance") => Some(&mut one.conductance),
        (PartSpec::Potassium(one), "reversal") => Some(&mut one.reversal),
        (PartSpec::FitzHughNagumo(one), "a") => Some(&mut one.a),
        (PartSpec::FitzHughNagumo(one), "b") => Some(&mut one.b),
        (PartSpec::FitzHughNagumo(one), "recovery_time") => Some(&mut one.recovery_time),
        (PartSpec::FitzHughNagumo(one), "conductance") => Some(&mut one.conductance),
        (PartSpec::Izhikevich(one), "a") => Some(&mut one.a),
        (PartSpec::Izhikevich(one), "b") => Some(&mut one.b),
        (PartSpec::Izhikevich(one), "c") => Some(&mut one.c),
        (PartSpec::Izhikevich(one), "d") => Some(&mut one.d),
        (PartSpec::Firing(one), "threshold") => Some(&mut one.threshold),
        (PartSpec::Firing(one), "reset") => Some(&mut one.reset),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::Plan;

    /// Every parameter that is named is changed by its name, and it alone.
    #[test]
    fn every_parameter_has_its_place() {
        for name in [
            "reduced-neuron",
            "hodgkin-huxley",
            "fitzhugh-nagumo",
            "izhikevich",
            "integrate-and-fire",
        ] {
            let Ok(Plan::Circuits(circuits)) = Plan::load(name, &[], None) else {
                panic!("{name} is a circuit")
            };
            let circuit = &circuits.circuits[0];
            let all = circuit.tunables();
            assert!(all.len() >= 5, "{name}");
            for one in &all {
                let value = circuit.value(one);
                assert!(one.bounds.0 < value && value < one.bounds.1, "{}", one.name);
                let changed = circuit.with(&[(one, 1.25 * value + 1e-3)]);
                for other in &all {
                    let moved = changed.value(other) != circuit.value(other);
                    assert_eq!(moved, one == other, "{} {}", one.name, other.name);
                }
            }
        }
    }
}
