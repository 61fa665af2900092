//! A capacitor, a current source, and simulated slits with batteries: the ionic neuron.
//!
//! Kirchhoff's law at the one node (Robin, Kavokine & Bocquet, Science 373,
//! 687 (2021), <https://doi.org/10.1126/science.abf7923>, Fig. 4):
//!
//! ```text
//! C dV/dt = I_app - Σ_X m_X G_X (V - E_X)
//! ```
//!
//! m_X is a multiplier (m slits in parallel), E_X the battery in series. The
//! ions of slit X feel the field V/L; what they do in a window gives G_X, and V
//! advances by the window with it.

use crate::observables::WindowAverage;

/// How the conductance of a slit is taken from its ions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coupling {
    /// As published: G = ⟨I⟩/V over the window, and V by an explicit Euler
    /// step. Blows up where V crosses zero, and carries the thermal current
    /// noise of the window, amplified by E_X/V.
    Published,
    /// G of the mobile charge, counted
    /// ([`crate::observables::Clusters::mobile_conductance`]); V by the exact
    /// solution for constant conductances, stable for any window.
    MobileCharge,
}

impl Coupling {
    /// The name in scenario files and results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::MobileCharge => "mobile-charge",
        }
    }
}

/// One slit in the circuit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Branch {
    /// How many such slits stand in parallel.
    pub multiplier: f64,
    /// Reversal voltage E_X, kT/e.
    pub battery: f64,
}

/// What the circuit did in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct CircuitWindow {
    /// Voltage the slits felt during the window, kT/e.
    pub voltage: f64,
    /// Conductance of one slit of each branch, e²/(kT·ps).
    pub conductances: Vec<f64>,
    /// Current of each branch out of the node, multiplier included, e/ps.
    pub currents: Vec<f64>,
    /// What the slits turn into heat, Σ_X I_X (V - E_X), kT/ps.
    pub power: f64,
}

impl CircuitWindow {
    /// The same window with the slits taken off the node: they conduct, and no
    /// current flows.
    #[must_use]
    pub fn disconnected(mut self) -> Self {
        self.currents.fill(0.0);
        self.power = 0.0;
        self
    }
}

/// The circuit: one node against ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Circuit {
    /// Capacitance C, e²/kT.
    pub capacitance: f64,
    /// Applied current I_app, e/ps.
    pub source: f64,
    /// The slits.
    pub branches: Vec<Branch>,
    /// How the slits' ions enter.
    pub coupling: Coupling,
    /// Voltage V of the capacitor, kT/e.
    pub voltage: f64,
}

impl Circuit {
    /// The window as the ions drove it, `slits[k]` being what slit k did under
    /// the present voltage. Nothing is advanced.
    #[must_use]
    pub fn observe(&self, slits: &[WindowAverage]) -> CircuitWindow {
        let conductances: Vec<f64> = slits.iter().map(|slit| self.conductance(slit)).collect();
        let drops = self.branches.iter().map(|b| self.voltage - b.battery);
        let currents: Vec<f64> = self
            .branches
            .iter()
            .zip(&conductances)
            .zip(drops.clone())
            .map(|((branch, g), drop)| branch.multiplier * g * drop)
            .collect();
        CircuitWindow {
            voltage: self.voltage,
            power: currents.iter().zip(drops).map(|(i, drop)| i * drop).sum(),
            conductances,
            currents,
        }
    }

    /// Advances the voltage by `duration` (ps) with the conductances of `window`.
    pub fn advance(&mut self, window: &CircuitWindow, duration: f64) {
        match self.coupling {
            Coupling::Published => {
                let net = self.source - window.currents.iter().sum::<f64>();
                self.voltage += duration * net / self.capacitance;
            }
            Coupling::MobileCharge => {
                self.voltage = self.relax(&window.conductances, duration);
            }
        }
    }

    fn conductance(&self, slit: &WindowAverage) -> f64 {
        match self.coupling {
            Coupling::Published => slit.current / self.voltage,
            Coupling::MobileCharge => slit.mobile_conductance,
        }
    }

    /// V after `duration` at constant conductances: with total conductance
    /// G = Σ mG and drive I = I_app + Σ mG E,
    /// V(t) = V + (I - G V) t/C · (1 - e^{-x})/x, x = G t/C.
    fn relax(&self, conductances: &[f64], duration: f64) -> f64 {
        let (mut total, mut drive) = (0.0, self.source);
        for (branch, g) in self.branches.iter().zip(conductances) {
            total += branch.multiplier * g;
            drive += branch.multiplier * g * branch.battery;
        }
        let x = total * duration / self.capacitance;
        // (1 - e^{-x})/x has a removable 0/0 at x = 0, where it is 1.
        let shape = if x == 0.0 { 1.0 } else { -(-x).exp_m1() / x };
        self.voltage + (drive - total * self.voltage) * duration / self.capacitance * shape
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(current: f64, mobile_conductance: f64) -> WindowAverage {
        WindowAverage {
            field: 0.0,
            current,
            current_by_species: vec![current],
            free_fraction: 0.0,
            mobile_conductance,
        }
    }

    fn neuron(coupling: Coupling) -> Circuit {
        Circuit {
            capacitance: 10.0,
            source: 2.0,
            branches: vec![
                Branch {
                    multiplier: 5.0,
                    battery: 4000.0,
                },
                Branch {
                    multiplier: 1.0,
                    battery: -4000.0,
                },
            ],
            coupling,
            voltage: 100.0,
        }
    }

    /// C ΔV/Δt = I_app - 5·I_Na - I_K with I_X = (I_slit/V)(V - E_X), by hand.
    #[test]
    fn published_coupling_is_the_published_formula() {
        let mut circuit = neuron(Coupling::Published);
        let done = circuit.observe(&[window(0.01, 0.0), window(0.03, 0.0)]);
        let sodium = 5.0 * (0.01 / 100.0) * (100.0 - 4000.0);
        let potassium = (0.03 / 100.0) * (100.0 + 4000.0);
        assert!((done.currents[0] - sodium).abs() < 1e-12);
        assert!((done.currents[1] - potassium).abs() < 1e-12);
        circuit.advance(&done, 50.0);
        let expected = 100.0 + 50.0 * (2.0 - sodium - potassium) / 10.0;
        assert!((circuit.voltage - expected).abs() < 1e-9);
    }

    /// The closed form against 10⁵ small Euler steps, and its steady state.
    #[test]
    fn mobile_charge_coupling_solves_the_linear_circuit() {
        let slits = [window(0.0, 2e-4), window(0.0, 5e-3)];
        let mut circuit = neuron(Coupling::MobileCharge);
        let done = circuit.observe(&slits);
        circuit.advance(&done, 3000.0);

        let mut v = 100.0;
        for _ in 0..100_000 {
            v += 0.03 * (2.0 - 5.0 * 2e-4 * (v - 4000.0) - 5e-3 * (v + 4000.0)) / 10.0;
        }
        assert!(
            (circuit.voltage - v).abs() < 1e-3 * v.abs(),
            "{} {v}",
            circuit.voltage
        );

        circuit.advance(&done, 1e9);
        let steady = (2.0 + 5.0 * 2e-4 * 4000.0 - 5e-3 * 4000.0) / (1e-3 + 5e-3);
        assert!((circuit.voltage - steady).abs() < 1e-9 * steady.abs());
    }

    #[test]
    fn without_conductance_the_source_charges_the_capacitor() {
        let mut circuit = neuron(Coupling::MobileCharge);
        let done = circuit.observe(&[window(0.0, 0.0), window(0.0, 0.0)]);
        circuit.advance(&done, 50.0);
        assert!((circuit.voltage - 110.0).abs() < 1e-12);
    }
}
