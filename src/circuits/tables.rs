//! What a circuit's run gives: the tables in `/results`.

use super::table_name;
use crate::results::Table;
use crate::run::analysis::{column, scalar, spike_table};
use crate::scenario::{CircuitScenario, CircuitSpikes, Circuits};
use bjerrum_physics::circuit::{Course, Row};
use bjerrum_physics::neuron::{Spike, SpikeRule, Trace, find_spikes};
use bjerrum_physics::units::Units;

/// A circuit over time.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    pub(super) course: Course,
}

/// The tables of one circuit.
pub(super) fn of(circuits: &Circuits, circuit: &CircuitScenario, rows: &Rows) -> Vec<Table> {
    let mut tables = vec![Table {
        name: table_name(circuits, circuit, "integration"),
        title: "What the solution cost".to_owned(),
        scalars: vec![
            scalar("end", "s", "time reached", rows.course.end),
            scalar(
                "steps",
                "1",
                "steps of the solver",
                rows.course.effort.steps as f64,
            ),
            scalar(
                "starts",
                "1",
                "times it was started anew",
                rows.course.effort.starts as f64,
            ),
            scalar(
                "kicks",
                "1",
                "times the noise of a stretch was added",
                rows.course.effort.kicks as f64,
            ),
            scalar(
                "resets",
                "1",
                "times an element fired",
                rows.course.resets.len() as f64,
            ),
        ],
        ..Table::default()
    }];
    if let Some(rule) = &circuit.spikes {
        let mut table = spikes(rule, rows);
        table.name = table_name(circuits, circuit, "spikes");
        table
            .notes
            .push(("node".to_owned(), circuit.nodes[rule.node].clone()));
        tables.push(table);
    }
    tables
}

fn spikes(rule: &CircuitSpikes, rows: &Rows) -> Table {
    let found = found(rule, rows);
    let mut table = spike_table(&found, &si());
    let crossings = crossings(rule, &rows.rows);
    let span = rows.course.end - rule.discard;
    table.scalars.push(scalar(
        "rate",
        "s-1",
        "spikes over time",
        found.len() as f64 / span,
    ));
    table.scalars.push(scalar(
        "threshold",
        "V",
        "least height of a spike",
        rule.threshold,
    ));
    table.columns.push(column(
        "crossing",
        "s",
        "upward crossing of the threshold",
        crossings,
    ));
    table
}

/// Spikes in SI units are those of the detector, which knows no unit.
fn si() -> Units {
    Units {
        time: 1.0,
        voltage: 1.0,
        energy: 1.0,
        ..Units::at(298.0)
    }
}

fn found(rule: &CircuitSpikes, rows: &Rows) -> Vec<Spike> {
    let kept = rows.rows.partition_point(|row| row.time < rule.discard);
    let of = |pick: &dyn Fn(&Row) -> f64| rows.rows[kept..].iter().map(pick).collect::<Vec<f64>>();
    let trace = Trace {
        time: &of(&|row| row.time),
        voltage: &of(&|row| row.voltages[rule.node]),
        power: &of(&|row| row.power),
    };
    let rule = SpikeRule {
        threshold: rule.threshold,
        prominence: rule.prominence,
        minimum_interval: rule.minimum_interval,
    };
    find_spikes(&trace, &rule)
}

/// Upward crossings of the threshold, linear between samples.
fn crossings(rule: &CircuitSpikes, rows: &[Row]) -> Vec<f64> {
    let kept = rows.partition_point(|row| row.time < rule.discard);
    let crossed = rows[kept..].windows(2).filter_map(|pair| {
        let over = |row: &Row| row.voltages[rule.node] - rule.threshold;
        let (before, after) = (over(&pair[0]), over(&pair[1]));
        let way = before / (before - after);
        let upward = before < 0.0 && after >= 0.0;
        upward.then_some(pair[0].time + way * (pair[1].time - pair[0].time))
    });
    crossed.collect()
}

/// Energy of an action potential of a cortical neuron of a rodent, J: 3.84e8 molecules of
/// ATP (Attwell & Laughlin, J. Cereb. Blood Flow Metab. 21, 1133 (2001),
/// <https://doi.org/10.1097/00004647-200110000-00001>) at 50 kJ/mol.
pub(super) const CORTICAL_ACTION_POTENTIAL: f64 = 3.84e8 * 50e3 / 6.022_140_76e23;

/// Rate, peak, width and energy of each neuron, one row each.
pub(super) fn comparison(circuits: &Circuits, all: &[Rows]) -> Table {
    let tables: Vec<Table> = circuits
        .circuits
        .iter()
        .zip(all)
        .map(|(circuit, rows)| match &circuit.spikes {
            Some(rule) => spikes(rule, rows),
            None => Table::default(),
        })
        .collect();
    let of = |name: &str| {
        tables
            .iter()
            .map(|t| t.scalar(name).unwrap_or(f64::NAN))
            .collect()
    };
    let names: Vec<&str> = circuits.circuits.iter().map(|c| c.name.as_str()).collect();
    Table {
        name: "comparison".to_owned(),
        title: "Neurons side by side, one row each".to_owned(),
        columns: vec![
            column("count", "1", "number of spikes", of("count")),
            column("rate", "s-1", "spikes over time", of("rate")),
            column("interval", "s", "mean interval", of("interval")),
            column("peak", "V", "mean peak", of("mean_peak")),
            column(
                "width",
                "s",
                "mean full width at half prominence",
                of("mean_width"),
            ),
            column("energy", "J", "mean energy a spike", of("mean_energy")),
        ],
        scalars: vec![scalar(
            "cortical_action_potential",
            "J",
            "energy of an action potential of a cortical neuron, 3.84e8 ATP",
            CORTICAL_ACTION_POTENTIAL,
        )],
        notes: vec![("neurons".to_owned(), names.join(", "))],
    }
}
