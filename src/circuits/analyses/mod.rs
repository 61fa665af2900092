//! How a circuit answers to what is varied: f–I curve, phase plane, map,
//! sensitivities, as tables.

mod pulses;

use super::progress::Progress;
use super::table_name;
use crate::results::{Column, Table};
use crate::run::analysis::{column, scalar};
use crate::scenario::{AxisSpec, CircuitScenario, Circuits, CurveSpec, PlaneSpec, SensitivitySpec};
use bjerrum_physics::circuit::{NetlistError, Settings, System};
use bjerrum_physics::excitability::{
    Curve, CurveRequest, ExcitabilityError, Firing, Map, MapRequest, Plane, Point, Protocol,
    Regime, Sensitivity, Transition, curve, map, plane, sensitivity,
};
use bjerrum_physics::neuron::SpikeRule;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64};

/// What becomes of the noise of a circuit that has some.
pub(super) const NO_NOISE: &str = "without the noise of its ions";

/// The tables of an analysis, each with its name.
type Answer = Result<Vec<(&'static str, Table)>, ExcitabilityError>;

/// An answer to what was asked, if it was.
type Question = fn(&Subject<'_>) -> Option<Answer>;

/// Everything that can be asked, by the name of its table in a scenario.
const QUESTIONS: [(&str, Question); 6] = [
    ("fi-curve", |subject| {
        let spec = subject.circuit.analyses.curve.as_ref()?;
        Some(subject.curve(spec).map(|table| vec![("fi-curve", table)]))
    }),
    ("phase-plane", |subject| {
        let spec = subject.circuit.analyses.plane.as_ref()?;
        Some(subject.plane(spec).map(|found| {
            let plane = ("phase-plane", plane_table(spec, &found));
            vec![plane, ("nullclines", nullcline_table(&found))]
        }))
    }),
    ("map", |subject| {
        let spec = subject.circuit.analyses.map.as_ref()?;
        Some(
            subject
                .map(&spec.x, &spec.y)
                .map(|table| vec![("map", table)]),
        )
    }),
    ("sensitivity", |subject| {
        let spec = subject.circuit.analyses.sensitivity.as_ref()?;
        let found = subject.sensitivity(spec);
        Some(found.map(|table| vec![("sensitivity", table)]))
    }),
    ("threshold", |subject| {
        let spec = subject.circuit.analyses.threshold.as_ref()?;
        let found = subject.threshold(spec);
        Some(found.map(|[strength, all]| vec![("threshold", strength), ("all-or-none", all)]))
    }),
    ("refractory", |subject| {
        let spec = subject.circuit.analyses.refractory.as_ref()?;
        let found = subject.refractory(spec);
        Some(found.map(|table| vec![("refractory", table)]))
    }),
];

/// Everything that is asked of `circuit`.
///
/// # Errors
/// [`ExcitabilityError`], with the analysis that failed.
pub(super) fn of(
    circuits: &Circuits,
    circuit: &CircuitScenario,
    stop: &AtomicBool,
    progress: &mut Progress,
) -> Result<Vec<Table>, (&'static str, ExcitabilityError)> {
    let mut tables = Vec::new();
    for (name, question) in QUESTIONS {
        let ask = |trials: &AtomicU64| question(&Subject::new(circuit, stop, trials)?);
        let Some(answer) = progress.during(&circuit.name, name, ask) else {
            continue;
        };
        for (name, mut table) in answer.map_err(|fault| (name, fault))? {
            table.name = table_name(circuits, circuit, name);
            if circuit.settings.seed.is_some() {
                table.notes.push(("noise".to_owned(), NO_NOISE.to_owned()));
            }
            tables.push(table);
        }
    }
    Ok(tables)
}

/// A circuit, and how it is tried.
struct Subject<'s> {
    circuit: &'s CircuitScenario,
    protocol: Protocol<'s>,
}

impl<'s> Subject<'s> {
    /// Nothing, if spikes are not looked for.
    fn new(
        circuit: &'s CircuitScenario,
        stop: &'s AtomicBool,
        trials: &'s AtomicU64,
    ) -> Option<Self> {
        let rule = circuit.spikes.as_ref()?;
        let protocol = Protocol {
            // Equilibria, thresholds and cycles are those of the circuit without noise,
            // connected from the start.
            settings: Settings {
                seed: None,
                held: 0.0,
                ..circuit.settings
            },
            node: rule.node,
            spikes: SpikeRule {
                threshold: rule.threshold,
                prominence: rule.prominence,
                minimum_interval: rule.minimum_interval,
            },
            discard: rule.discard,
            stop,
            trials,
        };
        Some(Self { circuit, protocol })
    }
}

impl Subject<'_> {
    /// The circuit with other values of some parameters.
    fn at(&self, values: &[(&crate::scenario::Tunable, f64)]) -> System {
        // What is connected does not change with the values, and was checked.
        let system: Result<System, NetlistError> = System::new(self.circuit.with(values).netlist());
        system.unwrap_or_else(|fault| unreachable!("{fault}"))
    }

    fn curve(&self, spec: &CurveSpec) -> Result<Table, ExcitabilityError> {
        let source = &spec.source.tunable;
        let found = curve(&CurveRequest {
            circuit: &|value| self.at(&[(source, value)]),
            sources: &spec.source.values,
            resolution: spec.resolution,
            firing: &self.at(&[]),
            protocol: self.protocol,
        })?;
        let mut table = curve_table(&found);
        table.notes.push(("source".to_owned(), source.name.clone()));
        Ok(table)
    }

    fn plane(&self, spec: &PlaneSpec) -> Result<Plane, ExcitabilityError> {
        plane(&self.at(&[]), &spec.request, &self.protocol)
    }

    fn map(&self, x: &AxisSpec, y: &AxisSpec) -> Result<Table, ExcitabilityError> {
        let found = map(&MapRequest {
            circuit: &|first, second| self.at(&[(&x.tunable, first), (&y.tunable, second)]),
            first: &x.values,
            second: &y.values,
            firing: &self.at(&[]),
            protocol: self.protocol,
        })?;
        Ok(map_table(x, y, &found))
    }

    fn sensitivity(&self, spec: &SensitivitySpec) -> Result<Table, ExcitabilityError> {
        let of = |one: &crate::scenario::Tunable| {
            let value = self.circuit.value(one);
            sensitivity(
                &|factor| self.at(&[(one, factor * value)]),
                spec.step,
                &self.protocol,
            )
        };
        let found: Vec<Sensitivity> = spec.tunables.par_iter().map(of).collect::<Result<_, _>>()?;
        let names: Vec<&str> = spec.tunables.iter().map(|t| t.name.as_str()).collect();
        let all = |pick: fn(&Sensitivity) -> f64| found.iter().map(pick).collect();
        Ok(Table {
            title: "Sensitivity of the rate to each parameter, one row each".to_owned(),
            columns: vec![
                column("sensitivity", "1", "d ln f / d ln p", all(|s| s.value)),
                column("error", "1", "error of the sensitivity", all(|s| s.error)),
            ],
            notes: vec![("parameters".to_owned(), names.join(", "))],
            ..Table::default()
        })
    }
}

fn curve_table(found: &Curve) -> Table {
    let all = |pick: &dyn Fn(&Point) -> f64| found.points.iter().map(pick).collect();
    let firing = |of: fn(&Point) -> Firing, pick: fn(&Firing) -> f64| -> Vec<f64> {
        found.points.iter().map(|p| pick(&of(p))).collect()
    };
    let mut table = Table {
        title: "f-I curve: rate against the source, from the start and from spiking".to_owned(),
        columns: vec![
            column("source", "A", "the source", all(&|p| p.source)),
            column(
                "rate",
                "s-1",
                "rate, switched on at the start",
                firing(|p| p.from_start, |f| f.rate),
            ),
            column(
                "rate_error",
                "s-1",
                "standard error of the rate",
                firing(|p| p.from_start, |f| f.error),
            ),
            column(
                "rate_from_spiking",
                "s-1",
                "rate of a neuron that was spiking",
                firing(|p| p.from_spiking, |f| f.rate),
            ),
            column(
                "energy",
                "J",
                "energy a spike, from spiking",
                firing(|p| p.from_spiking, |f| f.energy),
            ),
            column(
                "rest",
                "V",
                "voltage of the lowest equilibrium",
                all(&|p| p.rest),
            ),
            column(
                "growth",
                "s-1",
                "its largest eigenvalue, real part",
                all(&|p| p.growth),
            ),
        ],
        ..Table::default()
    };
    for (name, what, rate, of) in [
        (
            "rheobase",
            "least source that makes it fire for good from the start",
            "rate just above",
            found.rheobase,
        ),
        (
            "least_sustaining",
            "least source at which a spiking neuron goes on",
            "rate just above",
            found.least_sustaining,
        ),
        (
            "rest_lost",
            "source at which rest loses its stability",
            "frequency of rest there",
            found.rest_lost,
        ),
    ] {
        let value = |pick: fn(&Transition) -> f64| of.as_ref().map_or(f64::NAN, pick);
        table.scalars.extend([
            scalar(name, "A", what, value(|t| t.source)),
            scalar(
                &format!("{name}_error"),
                "A",
                "half the interval in which it lies",
                value(|t| t.error),
            ),
            scalar(&format!("{name}_rate"), "s-1", rate, value(|t| t.rate)),
        ]);
    }
    table
}

fn plane_table(spec: &PlaneSpec, found: &Plane) -> Table {
    let slow = spec.request.slow;
    let pairs = |name: &str, what: &str, pairs: &[(f64, f64)]| -> [Column; 2] {
        [
            column(
                &format!("{name}_voltage"),
                "V",
                &format!("{what}: voltage"),
                pairs.iter().map(|p| p.0).collect(),
            ),
            column(
                &format!("{name}_memory"),
                "1",
                &format!("{what}: slow memory"),
                pairs.iter().map(|p| p.1).collect(),
            ),
        ]
    };
    let rests: Vec<(f64, f64)> = found
        .equilibria
        .iter()
        .map(|e| (e.voltage, e.memories[slow]))
        .collect();
    let mut columns: Vec<Column> = pairs("equilibrium", "equilibria", &rests).into();
    columns.push(column(
        "growth",
        "s-1",
        "largest eigenvalue of an equilibrium, real part",
        found.equilibria.iter().map(|e| e.growth).collect(),
    ));
    columns.push(column(
        "frequency",
        "s-1",
        "frequency of that eigenvalue",
        found.equilibria.iter().map(|e| e.frequency).collect(),
    ));
    columns.extend(pairs("cycle", "limit cycle", &found.cycle));
    let mut scalars = vec![scalar(
        "period",
        "s",
        "period of the limit cycle",
        found.period,
    )];
    for bound in &found.bound {
        let name = &spec.memories[bound.memory];
        let of = |what: &str, value| {
            scalar(
                &format!("{name}_{what}"),
                "1",
                &format!("{what} of {name} against the slow memory, over the cycle"),
                value,
            )
        };
        scalars.extend([
            of("intercept", bound.intercept),
            of("slope", bound.slope),
            of("residual", bound.residual),
        ]);
    }
    let fast: Vec<&str> = spec
        .request
        .fast
        .iter()
        .map(|k| spec.memories[*k].as_str())
        .collect();
    let mut notes = vec![("slow".to_owned(), spec.memories[slow].clone())];
    if !fast.is_empty() {
        notes.push(("follow_the_voltage".to_owned(), fast.join(", ")));
    }
    Table {
        title: "Phase plane: limit cycle and equilibria".to_owned(),
        columns,
        scalars,
        notes,
        ..Table::default()
    }
}

fn nullcline_table(found: &Plane) -> Table {
    let of = |pairs: &[(f64, f64)], pick: fn(&(f64, f64)) -> f64| pairs.iter().map(pick).collect();
    let voltage = &found.voltage_nullcline;
    Table {
        title: "Nullclines: slow memory at which voltage, or memory, does not change".to_owned(),
        columns: vec![
            column("voltage", "V", "voltage", of(voltage, |p| p.0)),
            column(
                "voltage_nullcline",
                "1",
                "slow memory at which dV/dt = 0",
                of(voltage, |p| p.1),
            ),
            column(
                "memory_nullcline",
                "1",
                "slow memory at rest",
                of(&found.slow_nullcline, |p| p.1),
            ),
        ],
        ..Table::default()
    }
}

/// Numbers by which regimes are told in a file, and what they mean.
pub(super) const REGIMES: [(Regime, &str); 4] = [
    (Regime::Silent, "silent"),
    (Regime::Spiking, "spiking"),
    (Regime::Bistable, "bistable"),
    (Regime::Swinging, "swinging below the threshold"),
];

fn map_table(x: &AxisSpec, y: &AxisSpec, found: &Map) -> Table {
    let number = |regime: &Regime| {
        let at = REGIMES.iter().position(|(known, _)| known == regime);
        at.map_or(f64::NAN, |at| at as f64)
    };
    let numbers: Vec<f64> = found.regimes.iter().map(number).collect();
    let count = |regime: usize| numbers.iter().filter(|n| **n == regime as f64).count() as f64;
    let meaning: Vec<String> = REGIMES
        .iter()
        .enumerate()
        .map(|(number, (_, name))| format!("{number} {name}"))
        .collect();
    let scalars = REGIMES.iter().enumerate().map(|(number, (_, name))| {
        let key = name.split(' ').next().unwrap_or_default();
        scalar(
            key,
            "1",
            &format!("points where it is {name}"),
            count(number),
        )
    });
    Table {
        title: "What it does over two parameters: for each y, all x".to_owned(),
        scalars: scalars.collect(),
        columns: vec![
            column("x", x.tunable.unit, &x.tunable.name, x.values.clone()),
            column("y", y.tunable.unit, &y.tunable.name, y.values.clone()),
            column("regime", "1", &meaning.join(", "), numbers),
            column(
                "rate",
                "s-1",
                "rate when it was spiking",
                found.rates.clone(),
            ),
        ],
        notes: vec![
            ("regimes".to_owned(), meaning.join(", ")),
            ("x_is".to_owned(), x.tunable.name.clone()),
            ("y_is".to_owned(), y.tunable.name.clone()),
        ],
        ..Table::default()
    }
}
