//! The one internal unit system, and the border to SI.
//!
//! Inside the library every number is a plain `f64` in reduced units; this
//! file is the only place that says what they mean:
//!
//! | quantity    | internal unit   | remark                                  |
//! |-------------|-----------------|-----------------------------------------|
//! | length      | Å               |                                         |
//! | time        | ps              | the published step is 5                 |
//! | energy      | kT              | at the temperature of the run           |
//! | charge      | e               |                                         |
//! | voltage     | kT/e            | 25.68 mV at 298 K                       |
//! | field       | kT/(e·Å)        | the unit of every published figure      |
//! | force       | kT/Å            |                                         |
//! | diffusion   | Å²/ps           | 1e-9 m²/s is 0.1                        |
//! | current     | e/ps            | 0.1602 µA                               |
//! | conductance | e²/(kT·ps)      |                                         |
//! | capacitance | e²/kT           |                                         |
//! | surface charge | e/Å²         | 16.02 C/m²                              |
//!
//! Constants are those of CODATA 2018,
//! <https://doi.org/10.1103/RevModPhys.93.025010>: exact in the 2019 SI, but for
//! the permittivity of vacuum.

/// Elementary charge e, in C.
pub const ELEMENTARY_CHARGE: f64 = 1.602_176_634e-19;
/// Boltzmann constant, in J/K.
pub const BOLTZMANN: f64 = 1.380_649e-23;
/// Avogadro constant, in 1/mol.
pub const AVOGADRO: f64 = 6.022_140_76e23;
/// Vacuum permittivity ε0, in F/m: measured, to 1.5e-10.
pub const VACUUM_PERMITTIVITY: f64 = 8.854_187_812_8e-12;
/// Thermochemical kilocalorie, in J.
pub const KILOCALORIE: f64 = 4184.0;
/// Ångström, in m.
pub const ANGSTROM: f64 = 1e-10;
/// Picosecond, in s.
pub const PICOSECOND: f64 = 1e-12;

/// The SI value of each internal unit, at one temperature.
///
/// A quantity in SI is its internal value times the field of the same name.
///
/// ```
/// use bjerrum_physics::units::Units;
/// let units = Units::at(298.0);
/// // 1 kT/(e·Å) is 0.2568 V/nm at 298 K.
/// assert!((units.field - 0.2568e9).abs() < 0.0001e9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Units {
    /// Temperature, in K.
    pub temperature: f64,
    /// Length (Å), in m.
    pub length: f64,
    /// Time (ps), in s.
    pub time: f64,
    /// Energy (kT), in J.
    pub energy: f64,
    /// Voltage (kT/e), in V.
    pub voltage: f64,
    /// Field (kT/(e·Å)), in V/m.
    pub field: f64,
    /// Force (kT/Å), in N.
    pub force: f64,
    /// Diffusion coefficient (Å²/ps), in m²/s.
    pub diffusion: f64,
    /// Current (e/ps), in A.
    pub current: f64,
    /// Conductance (e²/(kT·ps)), in S.
    pub conductance: f64,
    /// Capacitance (e²/kT), in F.
    pub capacitance: f64,
    /// Surface charge (e/Å²), in C/m².
    pub surface_charge: f64,
}

impl Units {
    /// The internal units at `temperature` (K, positive).
    #[must_use]
    pub fn at(temperature: f64) -> Self {
        let energy = BOLTZMANN * temperature;
        let voltage = energy / ELEMENTARY_CHARGE;
        let current = ELEMENTARY_CHARGE / PICOSECOND;
        Self {
            temperature,
            length: ANGSTROM,
            time: PICOSECOND,
            energy,
            voltage,
            field: voltage / ANGSTROM,
            force: energy / ANGSTROM,
            diffusion: ANGSTROM * ANGSTROM / PICOSECOND,
            current,
            conductance: current / voltage,
            capacitance: ELEMENTARY_CHARGE / voltage,
            surface_charge: ELEMENTARY_CHARGE / (ANGSTROM * ANGSTROM),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values: PHYSICS of the published inputs (LAMMPS `real` units,
    /// kT = 0.592 kcal/mol, D = kT τ/m with m = 23 g/mol and τ = 9.6 fs).
    #[test]
    fn published_numbers_in_internal_units() {
        let units = Units::at(298.0);
        let kt_kcal = units.energy * AVOGADRO / KILOCALORIE;
        assert!((kt_kcal - 0.592).abs() < 5e-4, "{kt_kcal}");

        let mass = 23e-3 / AVOGADRO;
        let diffusion = units.energy * 9.6e-15 / mass / units.diffusion;
        assert!((diffusion - 0.10341).abs() < 2e-5, "{diffusion}");

        assert!((units.voltage - 25.68e-3).abs() < 1e-5);
        // E_Na = 0.2 kT/(e·Å) times 2 µm is 102.7 V.
        assert!((0.2 * 20_000.0 * units.voltage - 102.7).abs() < 0.05);
    }

    #[test]
    fn units_are_coherent() {
        let units = Units::at(310.0);
        let ampere_volt = units.current * units.voltage;
        assert!((ampere_volt / (units.energy / units.time) - 1.0).abs() < 1e-12);
        let charge = units.capacitance * units.voltage;
        assert!((charge / ELEMENTARY_CHARGE - 1.0).abs() < 1e-12);
        let ohm = units.conductance * units.voltage / units.current;
        assert!((ohm - 1.0).abs() < 1e-12);
        assert!((units.force * units.length / units.energy - 1.0).abs() < 1e-12);
        let area = units.length * units.length;
        assert!((units.surface_charge * area / ELEMENTARY_CHARGE - 1.0).abs() < 1e-12);
    }
}
