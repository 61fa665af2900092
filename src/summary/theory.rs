//! Results beside what theory predicts of them.

use super::{aligned_columns, with_error};
use crate::results::Table;
use crate::scenario::Scenario;

/// Currents, measured and predicted.
pub(super) fn conduction(table: &Table, scenario: &Scenario) -> String {
    let of = |name: &str| table.column(name);
    let (field, ratio, error, theory) = (of("field"), of("ratio"), of("ratio_error"), of("theory"));
    let head = ["I/I_free", "Γ", "E", "this run", "pair kinetics"];
    let row = |(k, name): (usize, &str)| {
        let [name, coupling] = slit(scenario, name);
        vec![
            name,
            coupling,
            format!("{:.3}", field[k]),
            with_error(ratio[k], error[k], ""),
            format!("{:.4}", theory[k]),
        ]
    };
    table_of(&head, named(table).enumerate().map(row))
}

/// Exponents of the current, measured and predicted.
pub(super) fn exponents(table: &Table, scenario: &Scenario) -> String {
    let of = |name: &str| table.column(name);
    let (field, exponent, error) = (of("field"), of("exponent"), of("exponent_error"));
    let (theory, pure) = (of("theory"), of("pure_logarithm"));
    let head = [
        "d ln I/d ln E",
        "Γ",
        "E",
        "this run",
        "pair kinetics",
        "1 + Γ/2",
    ];
    let row = |(k, name): (usize, &str)| {
        let [name, coupling] = slit(scenario, name);
        vec![
            name,
            coupling,
            format!("{:.3}", field[k]),
            with_error(exponent[k], error[k], ""),
            format!("{:.2}", theory[k]),
            format!("{:.2}", pure[k]),
        ]
    };
    table_of(&head, named(table).enumerate().map(row))
}

/// The name of a slit in the file, and its coupling where it has one.
fn slit(scenario: &Scenario, name: &str) -> [String; 2] {
    let found = scenario.slits.iter().find(|slit| slit.name == name);
    let coupling = found.and_then(|slit| slit.coupling());
    [
        found.map_or(name, |slit| &slit.written).to_owned(),
        coupling.map_or(String::new(), |coupling| format!("{coupling:.2}")),
    ]
}

/// Free ions against T*, measured and predicted.
pub(super) fn pairing(table: &Table) -> String {
    let of = |name: &str| table.column(name);
    let (temperature, density) = (of("reduced_temperature"), of("density"));
    let (free, error) = (of("free_fraction"), of("free_fraction_error"));
    let (ideal, screened) = (of("ideal"), of("screened"));
    let head = [
        "ions alone",
        "n, 1/nm²",
        "T*",
        "this run",
        "association",
        "with screening",
    ];
    let row = |(k, name): (usize, &str)| {
        vec![
            name.to_owned(),
            format!("{:.1e}", density[k]),
            format!("{:.3}", temperature[k]),
            with_error(free[k], error[k], ""),
            format!("{:.4}", ideal[k]),
            format!("{:.4}", screened[k]),
        ]
    };
    table_of(&head, named(table).enumerate().map(row))
}

/// The names of the rows.
pub(super) fn named(table: &Table) -> impl Iterator<Item = &str> {
    let found = table.notes.iter().find(|(key, _)| key == "rows");
    found.map_or("", |(_, names)| names.as_str()).split(", ")
}

fn table_of(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let head = head.iter().map(|&cell| cell.to_owned()).collect();
    aligned_columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}
