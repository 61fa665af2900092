//! f–I curves, phase planes and maps, a panel a circuit.

use super::super::analyses::REGIMES;
use super::super::table_name;
use super::pulses;
use crate::plot::figures::prefixed;
use crate::plot::palette::{self, Color};
use crate::plot::{Axis, Figure, Legend, Marker, Panel, Rule, Span, Style, Trace};
use crate::results::Table;
use crate::scenario::{CircuitScenario, Circuits};

/// The figures of whatever was asked for, each with its name.
pub(super) fn figures(circuits: &Circuits, tables: &[Table]) -> Vec<(&'static str, Figure)> {
    let kinds: [(&str, &str, &[Draw]); 5] = [
        ("fi-curve", "f–I curve", &[curve]),
        ("phase-plane", "phase plane", &[plane]),
        ("map", "what they do, over two parameters", &[map]),
        (
            "threshold",
            "threshold of a pulse, and what comes of it",
            &[pulses::strength, pulses::response],
        ),
        (
            "refractory",
            "threshold of a second pulse",
            &[pulses::refractory],
        ),
    ];
    let mut figures = Vec::new();
    for (name, what, draws) in kinds {
        let panel = |circuit: &CircuitScenario, draw: &Draw| {
            let find = Find {
                circuits,
                circuit,
                tables,
            };
            let mut panel = draw(&find)?;
            if circuits.compared {
                panel.title = circuit.title.clone();
            }
            panel.height = 230.0;
            Some(panel)
        };
        let all = circuits.circuits.iter();
        let all = all.flat_map(|circuit| draws.iter().filter_map(|draw| panel(circuit, draw)));
        let panels: Vec<Panel> = all.collect();
        if !panels.is_empty() {
            let figure = Figure {
                columns: panels.len().min(2),
                ..Figure::new(format!("{}: {what}", circuits.title), panels)
            };
            figures.push((name, figure));
        }
    }
    figures
}

/// Draws the panel of a circuit, if it was asked for.
type Draw = fn(&Find<'_>) -> Option<Panel>;

/// Where the tables of a circuit are found.
pub(super) struct Find<'f> {
    circuits: &'f Circuits,
    circuit: &'f CircuitScenario,
    tables: &'f [Table],
}

impl Find<'_> {
    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        let name = table_name(self.circuits, self.circuit, name);
        self.tables.iter().find(|table| table.name == name)
    }
}

pub(super) fn scaled(values: &[f64], factor: f64) -> Vec<f64> {
    values.iter().map(|value| value * factor).collect()
}

pub(super) fn pairs(x: &[f64], y: &[f64]) -> Vec<(f64, f64)> {
    x.iter().copied().zip(y.iter().copied()).collect()
}

/// Rate against the source.
fn curve(find: &Find<'_>) -> Option<Panel> {
    let table = find.table("fi-curve")?;
    let source = table.column("source");
    let (amperes, unit) = prefixed(&[&source], "A");
    let (rate, spiking) = (table.column("rate"), table.column("rate_from_spiking"));
    let (hertz, rate_unit) = prefixed(&[&rate, &spiking], "Hz");
    let mut panel = Panel::new(
        Axis::new(format!("Source ({unit})")),
        Axis::new(format!("Rate ({rate_unit})")).with_zero(),
    );
    let source = scaled(&source, amperes);
    let points = |values: &[f64]| pairs(&source, &scaled(values, hertz));
    let mut from_start = Trace::points("switched on at rest", palette::VOLTAGE, points(&rate));
    from_start.style = points_style(true, true);
    let mut from_spiking = Trace::points("spiking before", palette::FIT, points(&spiking));
    from_spiking.style = points_style(false, false);
    panel.traces = vec![from_start, from_spiking];
    let at = |name: &str| {
        table
            .scalar(name)
            .filter(|v| v.is_finite())
            .map(|v| v * amperes)
    };
    for (name, label, color) in [
        ("rheobase", "rheobase", palette::SPIKE),
        ("rest_lost", "rest is lost", palette::REFERENCE),
    ] {
        panel.rules.extend(at(name).map(|at| Rule {
            label: label.to_owned(),
            at,
            vertical: true,
            color,
        }));
    }
    if let (Some(low), Some(high)) = (at("least_sustaining"), at("rest_lost"))
        && low < high
    {
        panel.spans.push(Span {
            label: "both stable".to_owned(),
            range: (low, high),
            color: palette::SHADE,
        });
    }
    panel.legend = Legend::Above;
    Some(panel)
}

pub(super) fn points_style(filled: bool, joined: bool) -> Style {
    Style::Points {
        marker: Marker::Circle,
        filled,
        joined,
    }
}

/// Nullclines, limit cycle and equilibria.
fn plane(find: &Find<'_>) -> Option<Panel> {
    let (table, nullclines) = (find.table("phase-plane")?, find.table("nullclines")?);
    let slow = table.notes.iter().find(|(name, _)| name == "slow");
    let cycle = (table.column("cycle_voltage"), table.column("cycle_memory"));
    let (volts, unit) = prefixed(&[&cycle.0], "V");
    let mut panel = Panel::new(
        Axis::new(format!("Voltage ({unit})")),
        Axis::new(slow.map_or(String::new(), |(_, name)| name.clone())),
    );
    let voltage = scaled(&nullclines.column("voltage"), volts);
    let nullcline = |label: &str, name: &str, color: Color| {
        Trace::dashed(label, color, pairs(&voltage, &nullclines.column(name)))
    };
    let rests = scaled(&table.column("equilibrium_voltage"), volts);
    let rests = pairs(&rests, &table.column("equilibrium_memory"));
    let growth = table.column("growth");
    let equilibria = |label: &str, stable: bool| {
        let those = rests
            .iter()
            .zip(&growth)
            .filter(|(_, g)| (**g < 0.0) == stable);
        let mut trace = Trace::points(label, palette::VOLTAGE, those.map(|(p, _)| *p).collect());
        trace.style = points_style(stable, false);
        trace
    };
    let traces = vec![
        nullcline("dV/dt = 0", "voltage_nullcline", palette::SODIUM),
        nullcline("memory at rest", "memory_nullcline", palette::POTASSIUM),
        Trace::line(
            "course",
            palette::VOLTAGE,
            pairs(&scaled(&cycle.0, volts), &cycle.1),
        ),
        equilibria("stable", true),
        equilibria("unstable", false),
    ];
    panel.traces = traces
        .into_iter()
        .filter(|t| !t.points.is_empty())
        .collect();
    let low = cycle.1.iter().copied().fold(f64::INFINITY, f64::min);
    let high = cycle.1.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let margin = 0.25 * (high - low);
    panel.y.range = Some((low - margin, high + margin));
    panel.legend = Legend::Above;
    Some(panel)
}

/// A tile a point, coloured by what the neuron does.
fn map(find: &Find<'_>) -> Option<Panel> {
    let table = find.table("map")?;
    let axis = |name: &str| {
        let column = table.columns.iter().find(|column| column.name == name)?;
        let unit = column.unit.as_str();
        let (factor, prefixed_unit) = match unit {
            "1" => (1.0, String::new()),
            unit => prefixed(&[&column.values], unit),
        };
        let values = scaled(&column.values, factor);
        let label = match prefixed_unit.as_str() {
            "" => column.long_name.clone(),
            unit => format!("{} ({unit})", column.long_name),
        };
        let step = values.get(1)? - values[0];
        let half = 0.5 * step;
        let range = Some((values[0] - half, values[values.len() - 1] + half));
        let axis = Axis {
            range,
            ..Axis::new(label)
        };
        Some((values, step, axis))
    };
    let ((x, width, x_axis), (y, height, y_axis)) = (axis("x")?, axis("y")?);
    let mut panel = Panel::new(x_axis, y_axis);
    let regimes = table.column("regime");
    let places = y.iter().flat_map(|y| x.iter().map(|x| (*x, *y)));
    let places: Vec<(f64, f64)> = places.collect();
    let colors = [
        palette::SHADE,
        palette::FIT,
        palette::SPIKE,
        palette::FALLING,
    ];
    for (number, ((_, name), color)) in REGIMES.iter().zip(colors).enumerate() {
        let here = places
            .iter()
            .zip(&regimes)
            .filter(|(_, r)| **r == number as f64);
        let here: Vec<(f64, f64)> = here.map(|(place, _)| *place).collect();
        if !here.is_empty() {
            let style = Style::Tile { width, height };
            let trace = Trace::points(*name, color, here);
            panel.traces.push(Trace { style, ..trace });
        }
    }
    panel.legend = Legend::Above;
    Some(panel)
}
