//! The figures of a result file, drawn from what is in it.

mod clusters;
mod error;
mod predicted;
pub mod sweep;

pub use error::PictureError;

use crate::circuits;
use crate::plot::figures::{
    Binned, Caption, Conductance, Convergence, Decay, Memristor, Neuron, Published, Relaxation,
    Series, SeriesLine, SeriesPanel, ShortStepLimit, SlitTrace, Spike, StepValue,
};
use crate::plot::{Figure, Format, Scale};
use crate::results::{self, ResultsError, RunFile, Table};
use crate::scenario::{Plan, Protocol, Scenario};
use crate::sweep::CollectedFile;
use bjerrum_physics::theory;
use bjerrum_physics::units::Units;
use bjerrum_validation::published;
use std::path::{Path, PathBuf};

/// Draws the figures of the result file at `path` beside it and returns where:
/// `run.h5` gives `run.png` for its first figure and `run-NAME.png` for others.
///
/// # Errors
/// [`PictureError`] if the file cannot be read or a figure not be written.
pub fn draw(path: &Path, format: Format) -> Result<Vec<PathBuf>, PictureError> {
    render(path, &figures(path)?, format)
}

/// Draws the figures of a collected sweep beside it, named as those of a run are.
///
/// # Errors
/// [`PictureError`] if there is nothing of what was asked for, or a figure cannot be
/// written.
pub fn draw_sweep(
    file: &CollectedFile,
    choice: &sweep::Choice,
    format: Format,
) -> Result<Vec<PathBuf>, PictureError> {
    render(&file.path, &sweep::figures(file, choice)?, format)
}

fn render<N: AsRef<str>>(
    path: &Path,
    figures: &[(N, Figure)],
    format: Format,
) -> Result<Vec<PathBuf>, PictureError> {
    let mut drawn = Vec::new();
    for (name, figure) in figures {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let extension = format.extension();
        let file = if drawn.is_empty() {
            path.with_file_name(format!("{stem}.{extension}"))
        } else {
            path.with_file_name(format!("{stem}-{}.{extension}", name.as_ref()))
        };
        figure.render(&file, format)?;
        drawn.push(file);
    }
    Ok(drawn)
}

/// The figures of the result file at `path`, each with its name.
pub(crate) fn figures(path: &Path) -> Result<Vec<(&'static str, Figure)>, PictureError> {
    let file = RunFile::open(path)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let from = format!("{}:/parameters/scenario", path.display());
    match Plan::parse(&stem, &from, &file.scenario_toml()?).map_err(Box::new)? {
        Plan::Circuits(circuits) => Ok(circuits::figures(&file, &circuits)?),
        Plan::Ions(scenario) => Source::new(file, *scenario)?.figures(),
    }
}

/// An open result file and the scenario it came from.
struct Source {
    file: RunFile,
    scenario: Scenario,
    tables: Vec<Table>,
}

impl Source {
    fn new(file: RunFile, scenario: Scenario) -> Result<Self, PictureError> {
        let tables = file.tables()?;
        Ok(Self {
            file,
            scenario,
            tables,
        })
    }

    /// Each figure with its name; the course of the run where nothing else was
    /// asked for.
    fn figures(&self) -> Result<Vec<(&'static str, Figure)>, PictureError> {
        let mut figures = Vec::new();
        if let Some(table) = self.table("spikes") {
            figures.push(("neuron", self.neuron(table)?));
        }
        if let Some(table) = self.table("loop") {
            figures.push(("loop", self.memristor(table)?));
        }
        if let Some(table) = self.table("steady") {
            figures.push(("iv", self.iv_curve(table)?));
        }
        if let Some(table) = self.table("relaxation") {
            figures.push(("relaxation", self.relaxation(table)?));
        }
        if let Some(table) = self.table("memory") {
            figures.push(("memory", self.memory(table)?));
        }
        if let Some(table) = self.table("convergence") {
            figures.push(("convergence", self.convergence(table)?));
        }
        if let Some(table) = self.table("pairing") {
            figures.push(("pairing", self.pairing(table)?));
        }
        if let Some(table) = self.table("cluster_averages") {
            figures.push(("clusters", self.clusters(table)?));
            let snapshot = self.snapshot(table)?;
            figures.extend(snapshot.map(|figure| ("ions", figure)));
        }
        if figures.is_empty() {
            figures.push(("series", self.course()?));
        }
        Ok(figures)
    }

    fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    fn caption(&self) -> Result<Caption, PictureError> {
        let provenance = self.file.provenance()?;
        let of = |name: &str| {
            let found = provenance.iter().find(|(key, _)| key == name);
            found
                .map_or("unknown", |(_, value)| value.as_str())
                .to_owned()
        };
        let ions: Vec<String> = self
            .scenario
            .written_slits()
            .map(|slit| {
                let count: usize = slit.mixture.iter().map(|p| p.count).sum();
                format!("{count} ions in {}", slit.written)
            })
            .collect();
        Ok(Caption {
            title: self.scenario.title.clone(),
            subtitle: format!("{}; {}", ions.join(", "), self.how()?),
            footer: format!(
                "bjerrum {} ({}), {}",
                of("version"),
                of("git_revision"),
                of("start")
            ),
        })
    }

    /// How the ions were moved.
    fn how(&self) -> Result<String, PictureError> {
        let provenance = self.file.provenance()?;
        let of = |name: &str| {
            let found = provenance.iter().find(|(key, _)| key == name);
            found.map_or("unknown", |(_, value)| value.as_str())
        };
        Ok(format!(
            "{} preset, step {} ps, seed {}",
            of("preset"),
            self.scenario.dynamics.step,
            of("seed")
        ))
    }

    fn neuron(&self, spikes: &Table) -> Result<Figure, PictureError> {
        let voltage = self.file.series("observables/circuit", "voltage")?;
        let conductance = self
            .file
            .series("observables/circuit", "branch_conductance")?;
        let current = self.file.series("observables/circuit", "branch_current")?;
        let Protocol::Circuit(circuit) = &self.scenario.protocol else {
            return self.course();
        };
        let slit = |index: usize| {
            let Some(branch) = circuit.branches.get(index) else {
                return SlitTrace::default();
            };
            let name = &self.scenario.slits[branch.slit].name;
            let multiplier = branch.branch.multiplier;
            SlitTrace {
                name: if multiplier == 1.0 {
                    name.clone()
                } else {
                    format!("{name} (× {multiplier})")
                },
                conductance: conductance
                    .column(index)
                    .iter()
                    .map(|g| g * multiplier)
                    .collect(),
                current: current.column(index),
            }
        };
        let window = self.scenario.dynamics.window() * 1e-12;
        let marks = spikes.column("time").into_iter().zip(spikes.column("peak"));
        Ok(Neuron {
            caption: self.caption()?,
            field_per_volt: spikes.scalar("field_per_volt"),
            threshold: spikes.scalar("threshold"),
            connected_at: Some(circuit.relaxation_windows as f64 * window),
            spikes: marks.map(|(time, peak)| Spike { time, peak }).collect(),
            sodium: slit(0),
            potassium: slit(1),
            conductance: Conductance::Siemens,
            voltage: voltage.column(0),
            time: seconds(&voltage),
        }
        .figure())
    }

    fn memristor(&self, table: &Table) -> Result<Figure, PictureError> {
        // The loop of the first copy, from where the analysis starts; the
        // branches are those of all copies.
        let group = self.first_slit()?;
        let field = self.file.series(&group, "field")?;
        let current = self.file.series(&group, "current")?;
        let discard = self
            .scenario
            .analysis
            .loops
            .as_ref()
            .map_or(0.0, |a| a.discard)
            * 1e-12;
        let first = seconds(&field).partition_point(|&t| t <= discard);
        let highest = table.column("field").into_iter().fold(0.0, f64::max);
        let published = |pick: fn(&published::LoopRow) -> f64| Published {
            source: published::LABEL.to_owned(),
            points: published::HYSTERESIS
                .iter()
                .filter(|row| self.scenario.is_of_published_ions() && row.field <= highest)
                .map(|row| (row.field, pick(row)))
                .collect(),
        };
        Ok(Memristor {
            caption: self.caption()?,
            field: field.column(0).split_off(first),
            current: current.column(0).split_off(first),
            magnitude: false,
            rising: binned(table, "rising", "rising_error"),
            falling: binned(table, "falling", "falling_error"),
            ratio_scale: Scale::Log,
            published_rising: published(|row| row.rising),
            published_falling: published(|row| row.falling),
        }
        .figure())
    }

    fn relaxation(&self, table: &Table) -> Result<Figure, PictureError> {
        let groups = self.pulsed_groups()?;
        let field = self.file.series(&groups[0], "field")?;
        let time = seconds(&field);
        let mut conductance = vec![0.0; time.len()];
        for group in &groups {
            let copy = self.file.series(group, "mobile_conductance")?.column(0);
            for (sum, g) in conductance.iter_mut().zip(copy) {
                *sum += g / groups.len() as f64 / self.free_conductance();
            }
        }
        let decay = table.scalar("memory_time").map(|memory_time| Decay {
            start: table.scalar("start").unwrap_or(0.0),
            end: time.last().copied().unwrap_or(0.0),
            rest: table.scalar("rest").unwrap_or(f64::NAN),
            jump: table.scalar("jump").unwrap_or(f64::NAN),
            memory_time,
            memory_time_error: table.scalar("memory_time_error").unwrap_or(f64::NAN),
        });
        Ok(Relaxation {
            caption: self.caption()?,
            field: field.column(0),
            conductance,
            decay,
            time,
        }
        .figure())
    }

    fn convergence(&self, table: &Table) -> Result<Figure, PictureError> {
        let note = |name: &str| note(table, name);
        let (quantity, unit, factor) = match note("observable") {
            "escape time" => ("Mean escape time", "s", 1e-12),
            _ => ("Current / free-ion current", "", 1.0),
        };
        let of = |name: &str| table.column(name);
        let (substep, value, error) = (of("substep"), of("value"), of("value_error"));
        let rungs = |chosen: &dyn Fn(usize) -> bool| -> Vec<StepValue> {
            let rung = |k: usize| StepValue {
                step: substep[k],
                value: value[k] * factor,
                error: error[k] * factor,
            };
            (0..value.len()).filter(|&k| chosen(k)).map(rung).collect()
        };
        let (evaluations, used) = (of("evaluations"), of("used"));
        let get = |name: &str| table.scalar(name).unwrap_or(f64::NAN);
        let caption = self.caption()?;
        Ok(Convergence {
            caption: Caption {
                title: format!("Convergence in the step: {}", self.scenario.title),
                subtitle: format!(
                    "{}; {}. {}: {}.",
                    capitalised(note("subject")),
                    self.how()?,
                    capitalised(note("verdict")),
                    note("reason")
                ),
                ..caption
            },
            quantity: quantity.to_owned(),
            unit: unit.to_owned(),
            euler: rungs(&|k| evaluations[k] == 1.0),
            refined: rungs(&|k| evaluations[k] != 1.0),
            used: rungs(&|k| used[k] == 1.0)
                .first()
                .map(|&rung| (rung, "this scenario".to_owned())),
            limit: table.scalar("limit").map(|limit| ShortStepLimit {
                value: limit * factor,
                error: get("limit_error") * factor,
                slope: get("slope") * factor,
                // Files from before refined settings had a limit of their own have none.
                order: table.scalar("order").unwrap_or(1.0),
                longest: get("longest_fitted"),
            }),
            tolerance: get("tolerance"),
        }
        .figure())
    }

    /// Conductance of the (first) slit if all its ions were free, S.
    fn free_conductance(&self) -> f64 {
        let slit = &self.scenario.slits[0];
        let units = Units::at(self.scenario.temperature);
        theory::nernst_einstein_conductance(&slit.mixture, slit.slit.length) * units.conductance
    }

    /// Field, current and free fraction of every slit over time.
    fn course(&self) -> Result<Figure, PictureError> {
        let mut panels = Vec::new();
        let mut time = Vec::new();
        for (quantity, name) in [
            ("Field", "field"),
            ("Current", "current"),
            ("Free fraction", "free_fraction"),
        ] {
            let mut panel = SeriesPanel {
                quantity: quantity.to_owned(),
                ..SeriesPanel::default()
            };
            for group in self.slit_groups()? {
                let series = self.file.series(&group, name)?;
                time = seconds(&series);
                panel.unit = if name == "current" {
                    "A".to_owned()
                } else {
                    String::new()
                };
                panel.lines.push(SeriesLine {
                    name: group.trim_start_matches("observables/").to_owned(),
                    values: series.column(0),
                    error: None,
                });
            }
            panels.push(panel);
        }
        Ok(Series {
            caption: self.caption()?,
            time,
            panels,
        }
        .figure())
    }

    fn first_slit(&self) -> Result<String, PictureError> {
        Ok(self.slit_groups()?.swap_remove(0))
    }

    /// Groups of the slits under a drive that ends.
    fn pulsed_groups(&self) -> Result<Vec<String>, ResultsError> {
        let drives = match &self.scenario.protocol {
            Protocol::Driven { drives } => drives.len(),
            Protocol::Circuit(_) => 1,
        };
        let replicas = self.scenario.run.replicas as usize;
        let numbered = self.slit_groups()?.into_iter().enumerate();
        let pulsed = numbered.filter(|(k, _)| self.scenario.is_pulsed(k / replicas % drives));
        Ok(pulsed.map(|(_, group)| group).collect())
    }

    /// Groups of the slits; a run file has at least one.
    fn slit_groups(&self) -> Result<Vec<String>, ResultsError> {
        let names = self.file.series_names()?;
        let fields = names.into_iter().filter(|(_, name)| name == "field");
        let groups: Vec<String> = fields.map(|(group, _)| group).collect();
        if groups.is_empty() {
            return Err(ResultsError::NotBjerrum {
                path: self.file.path().to_owned(),
                found: "it has no slit in /observables".to_owned(),
            });
        }
        Ok(groups)
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn seconds(series: &results::Series) -> Vec<f64> {
    series.time.iter().map(|t| t * 1e-12).collect()
}

/// A note of a table; empty if there is no such note.
fn note<'t>(table: &'t Table, name: &str) -> &'t str {
    let found = table.notes.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, text)| text.as_str())
}

fn binned(table: &Table, value: &str, error: &str) -> Vec<Binned> {
    let values = table.column(value).into_iter().zip(table.column(error));
    let rows = table.column("field").into_iter().zip(values);
    rows.map(|(field, (value, error))| Binned {
        field,
        value,
        error,
    })
    .collect()
}
