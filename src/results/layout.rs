//! What a run announces before it starts, and the tables it leaves when it ends: plain data.

use std::collections::HashSet;

use super::ResultsError;

/// A quantity recorded over time: one row at each recorded step.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesSpec {
    /// Group in the file, such as `observables/Na` or `observables/circuit`.
    pub group: String,
    /// Name in its group, such as `current`.
    pub name: String,
    /// H5MD unit string (`"A"`, `"kg m s-2"`); empty or `"1"` for a pure number.
    pub unit: String,
    /// What the numbers are, for a reader who has only the file.
    pub long_name: String,
    /// Names of the columns; empty for a single number a row.
    pub columns: Vec<String>,
}

impl SeriesSpec {
    /// Path of the series inside the file.
    pub fn path(&self) -> String {
        format!("{}/{}", self.group, self.name)
    }
}

/// The ions of a slit, whose positions are recorded over time.
#[derive(Clone, Debug, PartialEq)]
pub struct TrajectorySpec {
    /// Name of the slit: the frames go to `/particles/<group>`.
    pub group: String,
    /// Edges of the box (Å).
    pub box_edges: [f64; 3],
    /// Along which axes the box repeats.
    pub periodic: [bool; 3],
    /// Names of the species; an entry of `species` is an index into it.
    pub species_names: Vec<String>,
    /// Species of each ion.
    pub species: Vec<i32>,
    /// Charge of each ion (e).
    pub charge: Vec<f64>,
}

/// All that a run will record over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The series; [`super::RunWriter::append`] takes an index into it.
    pub series: Vec<SeriesSpec>,
    /// The trajectories; [`super::RunWriter::append_frame`] takes an index into it.
    pub trajectories: Vec<TrajectorySpec>,
}

impl Layout {
    /// Refuses names that HDF5 cannot hold apart, and ions that do not add up.
    pub(super) fn check(&self) -> Result<(), ResultsError> {
        let mut seen = HashSet::new();
        for path in self
            .series
            .iter()
            .map(SeriesSpec::path)
            .chain(self.particle_paths())
        {
            check_path(&path)?;
            if !seen.insert(path.clone()) {
                return Err(layout(format!("`{path}` is there twice")));
            }
        }
        self.trajectories.iter().try_for_each(TrajectorySpec::check)
    }

    fn particle_paths(&self) -> impl Iterator<Item = String> {
        self.trajectories
            .iter()
            .map(|spec| format!("particles/{}", spec.group))
    }
}

impl TrajectorySpec {
    fn check(&self) -> Result<(), ResultsError> {
        let (ions, charges) = (self.species.len(), self.charge.len());
        if ions == 0 || ions != charges {
            return Err(layout(format!(
                "the trajectory of `{}` has {ions} species entries and {charges} charges; \
                 it needs one of each an ion, and an ion",
                self.group
            )));
        }
        let unnamed =
            |&id: &i32| usize::try_from(id).map_or(true, |id| id >= self.species_names.len());
        match self.species.iter().copied().find(|id| unnamed(id)) {
            Some(id) => Err(layout(format!(
                "species {id} of the trajectory of `{}` has no name ({} are named)",
                self.group,
                self.species_names.len()
            ))),
            None => Ok(()),
        }
    }
}

/// Where a file comes from: enough to make it again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provenance {
    /// Who ran it (H5MD asks for an author); empty if unknown.
    pub author: String,
    /// Version of bjerrum.
    pub version: String,
    /// Git revision it was built from.
    pub git_revision: String,
    /// Master seed.
    pub seed: u64,
    /// Engine that moved the ions.
    pub engine: String,
    /// Preset of the engine.
    pub preset: String,
    /// Threads used.
    pub threads: u64,
    /// Name of the machine.
    pub host: String,
    /// When the run started, ISO 8601, UTC.
    pub start: String,
    /// Anything else worth keeping: (name, value).
    pub extra: Vec<(String, String)>,
}

/// A result worked out from the run, written when it ends to `/results/<name>`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Name in `/results`, such as `loop` or `clusters/slit`.
    pub name: String,
    /// One line that says what it is.
    pub title: String,
    /// The columns, in order; they may differ in length.
    pub columns: Vec<Column>,
    /// Single numbers.
    pub scalars: Vec<Scalar>,
    /// Words: (name, text), kept as attributes.
    pub notes: Vec<(String, String)>,
}

impl Table {
    /// The numbers of a column; empty if there is no such column.
    #[must_use]
    pub fn column(&self, name: &str) -> Vec<f64> {
        let found = self.columns.iter().find(|column| column.name == name);
        found
            .map(|column| column.values.clone())
            .unwrap_or_default()
    }

    /// A single number, if it is there.
    #[must_use]
    pub fn scalar(&self, name: &str) -> Option<f64> {
        let found = self.scalars.iter().find(|scalar| scalar.name == name);
        found.map(|scalar| scalar.value)
    }
}

/// A column of a [`Table`].
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Name in the table.
    pub name: String,
    /// H5MD unit string; empty or `"1"` for a pure number.
    pub unit: String,
    /// What the numbers are.
    pub long_name: String,
    /// The numbers.
    pub values: Vec<f64>,
}

/// A single number of a [`Table`].
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// Name in the table.
    pub name: String,
    /// H5MD unit string; empty or `"1"` for a pure number.
    pub unit: String,
    /// What the number is.
    pub long_name: String,
    /// The number.
    pub value: f64,
}

/// Attributes of a table's group that are not notes.
pub(super) const TABLE_ATTRIBUTES: [&str; 4] = ["title", "columns", "scalars", "notes"];

/// Refuses tables that HDF5 cannot hold apart.
pub(super) fn check_tables(tables: &[Table]) -> Result<(), ResultsError> {
    let mut seen = HashSet::new();
    for table in tables {
        let members = table
            .columns
            .iter()
            .map(|c| &c.name)
            .chain(table.scalars.iter().map(|s| &s.name));
        for name in members {
            check_component(name)?;
        }
        // A table may stand inside another: `clusters/slit`.
        check_path(&table.name)?;
        let members = table
            .columns
            .iter()
            .map(|c| &c.name)
            .chain(table.scalars.iter().map(|s| &s.name));
        for path in members
            .map(|m| format!("results/{}/{m}", table.name))
            .chain([format!("results/{}", table.name)])
        {
            if !seen.insert(path.clone()) {
                return Err(layout(format!("`{path}` is there twice")));
            }
        }
        if let Some((note, _)) = table
            .notes
            .iter()
            .find(|(name, _)| TABLE_ATTRIBUTES.contains(&name.as_str()))
        {
            return Err(layout(format!(
                "a note of `results/{}` may not be called `{note}`",
                table.name
            )));
        }
    }
    Ok(())
}

fn check_path(path: &str) -> Result<(), ResultsError> {
    path.split('/').try_for_each(check_component)
}

/// HDF5 takes `/` as a separator and `.` as "here".
fn check_component(name: &str) -> Result<(), ResultsError> {
    if name.is_empty() || name == "." || name.contains(['/', '\0']) {
        return Err(layout(format!(
            "`{name}` cannot name a part of an HDF5 file"
        )));
    }
    Ok(())
}

fn layout(what: String) -> ResultsError {
    ResultsError::Layout { what }
}
