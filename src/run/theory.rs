//! What theory says of the slits of a run: lines beside what was measured.
//!
//! A line is a table `theory/<of>/<of what>` whose columns bear the names of those in the
//! table `<of>`, with its equation and its source. Figures draw it on the figure of `<of>`.

use super::analysis::{FIELD_UNIT, column};
use crate::results::Table;
use crate::scenario::{Scenario, SlitSpec};
use bjerrum_physics::interaction::{ConfinedLog, Interaction};
use bjerrum_physics::theory::{Cells, PairingSalt, wien_exponents};

/// Points of a line.
const POINTS: usize = 40;
/// Grid of the backward equation: a mean time is right to half a per cent.
const CELLS: Cells = Cells {
    radial: 200,
    angular: 32,
};
/// Å at which nothing is left of an interaction without a cut-off: a ten-thousandth of its
/// coupling.
const FAR: f64 = 1e6;
/// Å² in a nm².
const PER_NM2: f64 = 100.0;

/// I/I_free of the pairs of each slit against the field, over the range of `fields`
/// (kT/(e·Å)). Where the field does not break pairs there is no line.
pub(super) fn wien(scenario: &Scenario, fields: &[f64]) -> Vec<Table> {
    let magnitudes = fields.iter().map(|e| e.abs()).filter(|e| *e > 0.0);
    let ends = [
        magnitudes.clone().fold(f64::INFINITY, f64::min),
        magnitudes.fold(0.0, f64::max),
    ];
    if ends[0] >= ends[1] {
        return Vec::new();
    }
    let all = spread(ends, true);
    let line = |slit: &SlitSpec| {
        let ratio = all
            .iter()
            .map(|field| conducting(scenario, slit, *field))
            .collect();
        wien_line(slit, &all, ratio)
    };
    scenario.slits.iter().map(line).collect()
}

/// I/I_free of the pairs of a slit in one field; NaN where theory does not apply.
pub(super) fn conducting(scenario: &Scenario, slit: &SlitSpec, field: f64) -> f64 {
    let salt = pairing_salt(scenario, slit);
    let found = salt.and_then(|salt| salt.conducting_fraction(field.abs(), CELLS).ok());
    found.unwrap_or(f64::NAN)
}

fn wien_line(slit: &SlitSpec, fields: &[f64], ratio: Vec<f64>) -> Table {
    let exponents = local_exponents(fields, &ratio);
    let mut table = theory(
        "steady",
        &slit.name,
        "Conduction of pairs that a field breaks",
        "n a^2 k_a = (1 - a) k(E), I = a I_free: k from the backward equation of one pair, k_a the \
         rate at which ions meet",
        "Robin, Kavokine & Bocquet, Science 373, 687 (2021), doi:10.1126/science.abf7923; Onsager, \
         J. Chem. Phys. 2, 599 (1934), doi:10.1063/1.1749541",
    );
    table.columns = vec![
        column("field", FIELD_UNIT, "field", fields.to_vec()),
        column("ratio", "1", "I/I_free", ratio),
        column("exponent", "1", "d ln I/d ln E", exponents),
    ];
    table
}

/// d ln(E y)/d ln E by central differences, one-sided at the ends.
fn local_exponents(fields: &[f64], ratio: &[f64]) -> Vec<f64> {
    let last = fields.len() - 1;
    let slope = |k: usize| {
        let (from, to) = (k.saturating_sub(1), (k + 1).min(last));
        1.0 + (ratio[to] / ratio[from]).ln() / (fields[to] / fields[from]).ln()
    };
    (0..=last).map(slope).collect()
}

/// The exponent of the current in a pure logarithm, 1 + Γ/2.
pub(super) fn pure_logarithm(slit: &SlitSpec) -> f64 {
    slit.coupling()
        .map_or(f64::NAN, |coupling| wien_exponents(coupling).current)
}

/// The fraction of ions without another within `distance` (Å), against T*: of slits that were
/// written once a line each, ideal and screened.
pub(super) fn association(scenario: &Scenario, distance: f64) -> Vec<Table> {
    let mut groups: Vec<Vec<&SlitSpec>> = Vec::new();
    for slit in &scenario.slits {
        match groups
            .iter_mut()
            .find(|group| group[0].written == slit.written)
        {
            Some(group) => group.push(slit),
            None => groups.push(vec![slit]),
        }
    }
    let lines = |group: &Vec<&SlitSpec>| {
        let temperatures = group.iter().filter_map(|slit| Some(1.0 / slit.coupling()?));
        let ends = [
            temperatures.clone().fold(f64::INFINITY, f64::min),
            temperatures.fold(0.0, f64::max),
        ];
        let salts = spread(ends, false)
            .into_iter()
            .filter_map(|t| Some((t, at_temperature(scenario, group[0], t)?)));
        let salts: Vec<(f64, PairingSalt)> = salts.collect();
        let slit = &group[0].written;
        let ideal = |(_, salt): &(f64, PairingSalt)| salt.free_fraction(distance);
        let screened = |(t, salt): &(f64, PairingSalt)| {
            let unit_coupling = 1.0 / (t * salt.valence * salt.valence);
            salt.screened_free_fraction(distance, unit_coupling)
        };
        let line = |name: &str, title: &str, equation: &str, source: &str, free: Vec<f64>| {
            let equation = match scenario.long_range {
                None => equation.to_owned(),
                Some(_) => format!("{equation}; r_cut is infinite, all ions are felt"),
            };
            let name = format!("{slit}-{name}");
            let mut table = theory("pairing", &name, title, &equation, source);
            table.notes.push(("row".to_owned(), slit.clone()));
            let temperatures = salts.iter().map(|(t, _)| *t).collect();
            table.columns = vec![
                column("reduced_temperature", "1", "T* = 1/coupling", temperatures),
                column("free_fraction", "1", "fraction of ions alone", free),
            ];
            table
        };
        [
            line(
                "ideal",
                "Free ions in an ideal mixture with pairs",
                "(1 - a)/a^2 = K n, K = int 2 pi r exp(U(r_cut) - U(r)) dr",
                "Bjerrum, Kgl. Danske Vidensk. Selsk. Mat.-fys. Medd. 7 (9), 1 (1926)",
                salts.iter().map(ideal).collect(),
            ),
            line(
                "screened",
                "Free ions that screen each other, with pairs (Debye, Hueckel and Bjerrum)",
                "(1 - a)/a^2 = K n, K = int 2 pi r exp(U(r_0) - U(r)) dr, r_0 = 1.123 lambda_D(a) \
                 up to r_cut",
                "Levin, Li & Fisher, Phys. Rev. Lett. 73, 2716 (1994), \
                 doi:10.1103/PhysRevLett.73.2716",
                salts.iter().map(screened).collect(),
            ),
        ]
    };
    groups.iter().flat_map(lines).collect()
}

/// The salt of `slit` at the reduced temperature T*; only a confined logarithm has a free
/// coupling.
fn at_temperature(scenario: &Scenario, slit: &SlitSpec, temperature: f64) -> Option<PairingSalt> {
    let salt = pairing_salt(scenario, slit)?;
    let Interaction::ConfinedLog(log) = salt.interaction else {
        return None;
    };
    let log = ConfinedLog {
        x_t: log.xi * temperature * salt.valence * salt.valence,
        ..log
    };
    Some(PairingSalt {
        interaction: log.into(),
        ..salt
    })
}

/// The slit as theories of pairs see it: its ions feel each other up to the cut-off, or, by
/// a mesh, at any distance.
fn pairing_salt(scenario: &Scenario, slit: &SlitSpec) -> Option<PairingSalt> {
    let [cation, anion] = slit.symmetric_salt()?;
    Some(PairingSalt {
        interaction: match scenario.long_range {
            None => slit.interaction,
            Some(_) => slit.interaction.with_cutoff(FAR),
        },
        valence: cation.species.charge().abs(),
        diffusion: [cation, anion].map(|p| p.species.diffusion),
        density: cation.count as f64 / slit.slit.area(),
    })
}

/// Fractions of ions without another within `distance` (Å): of an ideal mixture, and with
/// screening.
pub(super) fn free_fractions(scenario: &Scenario, slit: &SlitSpec, distance: f64) -> [f64; 2] {
    let (Some(salt), Some(unit_coupling)) = (pairing_salt(scenario, slit), slit.unit_coupling)
    else {
        return [f64::NAN; 2];
    };
    [
        salt.free_fraction(distance),
        salt.screened_free_fraction(distance, unit_coupling),
    ]
}

/// Density of either ion, 1/nm².
pub(super) fn density(slit: &SlitSpec) -> f64 {
    let cation = slit.symmetric_salt().map(|[cation, _]| cation.count as f64);
    cation.map_or(f64::NAN, |count| PER_NM2 * count / slit.slit.area())
}

/// Evenly from one end to the other, in the logarithm or not.
fn spread([from, to]: [f64; 2], logarithmic: bool) -> Vec<f64> {
    let share = |k: usize| k as f64 / (POINTS - 1) as f64;
    let at = |k| match logarithmic {
        true => from * (to / from).powf(share(k)),
        false => from + (to - from) * share(k),
    };
    (0..POINTS).map(at).collect()
}

/// An empty line of `of`.
fn theory(of: &str, name: &str, title: &str, equation: &str, source: &str) -> Table {
    let notes = [("of", of), ("equation", equation), ("source", source)];
    Table {
        name: format!("theory/{of}/{name}"),
        title: format!("{title}: {name}"),
        notes: notes
            .map(|(key, text)| (key.to_owned(), text.to_owned()))
            .to_vec(),
        ..Table::default()
    }
}
