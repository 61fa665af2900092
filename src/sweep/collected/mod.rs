//! A collected sweep, read back: the grid, its points, and every result on it.

mod mean;
mod show;

pub use mean::Mean;
pub(crate) use show::ShownTable;
pub use show::describe;

use crate::results::{self, ResultsError, get_text, get_texts, reason};
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File, Group};
use std::path::{Path, PathBuf};

/// Results of all points on the grid of the axes.
#[derive(Clone, Debug, PartialEq)]
pub struct CollectedFile {
    /// Where it is.
    pub path: PathBuf,
    /// One line on what was swept.
    pub title: String,
    /// Version of the program that collected it.
    pub version: String,
    /// The sweep file (TOML).
    pub sweep: String,
    /// The grid without its seeds, the last changes fastest.
    pub dimensions: Vec<GridDimension>,
    /// Seeds at each place of the grid.
    pub seeds: usize,
    /// The points; those of one place that differ by their seed follow each other.
    pub points: Vec<CollectedPoint>,
    /// The results.
    pub tables: Vec<GridTable>,
}

/// One direction of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct GridDimension {
    /// What it is called.
    pub name: String,
    /// Its axes, which change together.
    pub axes: Vec<GridAxis>,
}

impl GridDimension {
    /// How many places it has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.axes.first().map_or(1, |axis| axis.words.len())
    }
}

/// A key of the scenario and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct GridAxis {
    /// What it is called.
    pub name: String,
    /// Dotted key.
    pub key: String,
    /// Unit, in the words of scenario files; empty for a pure number.
    pub unit: String,
    /// The values as words, without the unit.
    pub words: Vec<String>,
    /// The values, if they are numbers.
    pub numbers: Option<Vec<f64>>,
}

impl GridAxis {
    /// Its name and the value at `index`, with the unit.
    #[must_use]
    pub fn setting(&self, index: usize) -> String {
        let setting = format!("{} = {} {}", self.name, self.words[index], self.unit);
        setting.trim_end().to_owned()
    }
}

/// A point of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct CollectedPoint {
    /// Name of its file, without `.h5`.
    pub digest: String,
    /// Whether its results are there.
    pub complete: bool,
    /// Where they come from: (what, value).
    pub provenance: Vec<(String, String)>,
}

/// A table of results on the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct GridTable {
    /// Name in `/results`.
    pub name: String,
    /// One line that says what it is.
    pub title: String,
    /// What is in it.
    pub quantities: Vec<Quantity>,
}

/// A result on the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// Name in its table.
    pub name: String,
    /// H5MD unit string.
    pub unit: String,
    /// What the numbers are.
    pub long_name: String,
    /// Rows at each point: `None` for a single number.
    pub rows: Option<usize>,
    /// The numbers, point after point; NaN where there is none.
    pub values: Vec<f64>,
    /// Their standard errors, if they are given.
    pub errors: Option<Vec<f64>>,
}

impl CollectedFile {
    /// Opens a collected sweep; `None` if the file is something else of HDF5.
    ///
    /// # Errors
    /// [`ResultsError`] if it cannot be opened, or a part of it is absent.
    pub fn open(path: &Path) -> Result<Option<Self>, ResultsError> {
        let file = results::open(path)?;
        if !file.link_exists("parameters") || !file.group("parameters").is_ok_and(is_of_a_sweep) {
            return Ok(None);
        }
        let read = Reader { path, file: &file };
        read.everything().map(Some)
    }

    /// How many points have results.
    #[must_use]
    pub fn complete(&self) -> usize {
        self.points.iter().filter(|point| point.complete).count()
    }

    /// Places of the grid, each with all its seeds.
    #[must_use]
    pub fn places(&self) -> usize {
        self.points.len() / self.seeds
    }

    /// The points of a place.
    #[must_use]
    pub fn seeds_at(&self, place: usize) -> &[CollectedPoint] {
        &self.points[place * self.seeds..(place + 1) * self.seeds]
    }

    /// Where a place is along each dimension.
    #[must_use]
    pub fn indices(&self, place: usize) -> Vec<usize> {
        let mut rest = place;
        let mut indices: Vec<usize> = self
            .dimensions
            .iter()
            .rev()
            .map(|dimension| {
                let index = rest % dimension.length();
                rest /= dimension.length();
                index
            })
            .collect();
        indices.reverse();
        indices
    }

    /// The settings of a place, in words.
    #[must_use]
    pub fn words(&self, place: usize) -> String {
        let indices = self.indices(place);
        let settings = self.dimensions.iter().zip(indices);
        let words: Vec<String> = settings
            .flat_map(|(dimension, index)| {
                let axes = dimension.axes.iter();
                axes.map(move |axis| axis.setting(index))
            })
            .collect();
        match words.is_empty() {
            true => "no axes".to_owned(),
            false => words.join(", "),
        }
    }

    /// The axis of that name (or key), with its dimension.
    #[must_use]
    pub fn axis(&self, name: &str) -> Option<(usize, &GridAxis)> {
        let named = |axis: &&GridAxis| axis.name == name || axis.key == name;
        let dimensions = self.dimensions.iter().enumerate();
        dimensions
            .filter_map(|(k, dimension)| Some((k, dimension.axes.iter().find(named)?)))
            .next()
    }
}

fn is_of_a_sweep(parameters: Group) -> bool {
    parameters.link_exists("sweep")
}

/// An open file and its name, for messages.
struct Reader<'f> {
    path: &'f Path,
    file: &'f File,
}

impl Reader<'_> {
    fn everything(&self) -> Result<CollectedFile, ResultsError> {
        let part = |what: &'static str| move |error| self.missing(what.to_owned(), &error);
        let parameters = self.group("parameters")?;
        let sweep = parameters.dataset("sweep");
        let sweep = sweep.and_then(|text| text.read_scalar::<VarLenUnicode>());
        let points = self.group("points")?;
        let (points, names) = read_points(&points).map_err(part("points"))?;
        let axes = self.group("axes")?;
        let dimensions = read_axes(&axes, &names).map_err(part("axes"))?;
        let places: usize = dimensions.iter().map(GridDimension::length).product();
        let results = self.group("results")?;
        let names = get_texts(&results, "tables").map_err(part("results"))?;
        let tables = names.into_iter().map(|name| {
            let what = format!("results/{name}");
            read_table(&self.group(&what)?, name).map_err(|error| self.missing(what, &error))
        });
        Ok(CollectedFile {
            path: self.path.to_owned(),
            title: get_text(&parameters, "title").map_err(part("parameters"))?,
            version: get_text(&parameters, "version").map_err(part("parameters"))?,
            sweep: sweep.map_err(part("parameters/sweep"))?.to_string(),
            seeds: points.len() / places.max(1),
            dimensions,
            points,
            tables: tables.collect::<Result<_, _>>()?,
        })
    }

    fn group(&self, what: &str) -> Result<Group, ResultsError> {
        let group = self.file.group(what);
        group.map_err(|error| self.missing(what.to_owned(), &error))
    }

    fn missing(&self, what: String, error: &hdf5::Error) -> ResultsError {
        ResultsError::Missing {
            path: self.path.to_owned(),
            what,
            reason: reason(error),
        }
    }
}

/// The points, and the names of the dimensions they lie on.
fn read_points(group: &Group) -> hdf5::Result<(Vec<CollectedPoint>, Vec<String>)> {
    let status = group.dataset("status")?;
    let names = get_texts(&status, "dimensions")?;
    let words = |name: &str| -> hdf5::Result<Vec<String>> {
        let texts = group.dataset(name)?.read_raw::<VarLenUnicode>()?;
        Ok(texts.iter().map(|text| text.to_string()).collect())
    };
    let mut points: Vec<CollectedPoint> = words("digest")?
        .into_iter()
        .zip(words("status")?)
        .map(|(digest, status)| CollectedPoint {
            digest,
            complete: status == "complete",
            provenance: Vec::new(),
        })
        .collect();
    for name in ["seed", "preset", "engine", "git_revision", "host", "start"] {
        for (point, value) in points.iter_mut().zip(words(name)?) {
            point.provenance.push((name.to_owned(), value));
        }
    }
    let seconds = group.dataset("wall_seconds")?.read_raw::<f64>()?;
    for (point, value) in points.iter_mut().zip(seconds) {
        let value = value.to_string();
        point.provenance.push(("wall_seconds".to_owned(), value));
    }
    Ok((points, names))
}

/// The axes of each of the dimensions `names`. That of the seeds has none and is left out.
fn read_axes(group: &Group, names: &[String]) -> hdf5::Result<Vec<GridDimension>> {
    let mut dimensions: Vec<GridDimension> = names
        .iter()
        .map(|name| GridDimension {
            name: name.clone(),
            axes: Vec::new(),
        })
        .collect();
    for name in get_texts(group, "axes")? {
        let dataset = group.dataset(&name)?;
        let along = get_text(&dataset, "dimension")?;
        let axis = read_axis(&dataset, name)?;
        let dimension = dimensions.iter_mut().find(|d| d.name == along);
        dimension
            .ok_or_else(|| format!("no result lies along the dimension {along}"))?
            .axes
            .push(axis);
    }
    dimensions.retain(|dimension| !dimension.axes.is_empty());
    Ok(dimensions)
}

fn read_axis(dataset: &Dataset, name: String) -> hdf5::Result<GridAxis> {
    let unit = get_text(dataset, "unit")?;
    let (words, numbers) = if dataset.dtype()?.is::<f64>() {
        let numbers = dataset.read_raw::<f64>()?;
        let words = numbers.iter().map(|&v| results::format::number(v));
        (words.collect(), Some(numbers))
    } else {
        let words = dataset.read_raw::<VarLenUnicode>()?;
        (words.iter().map(|word| word.to_string()).collect(), None)
    };
    Ok(GridAxis {
        name,
        key: get_text(dataset, "key")?,
        unit: if unit == "1" { String::new() } else { unit },
        words,
        numbers,
    })
}

/// The quantities of a table, each with its errors.
fn read_table(group: &Group, name: String) -> hdf5::Result<GridTable> {
    let columns = get_texts(group, "columns")?;
    let scalars = get_texts(group, "scalars")?;
    let numbers = |name: &str| group.dataset(name)?.read_raw::<f64>();
    let mut quantities = Vec::new();
    for (names, is_column) in [(&scalars, false), (&columns, true)] {
        let is_error = |name: &String| {
            let of = name.strip_suffix("_error");
            of.is_some_and(|of| names.iter().any(|name| name == of))
        };
        for name in names.iter().filter(|name| !is_error(name)) {
            let dataset = group.dataset(name)?;
            let error = format!("{name}_error");
            quantities.push(Quantity {
                unit: get_text(&dataset, "unit")?,
                long_name: get_text(&dataset, "long_name")?,
                rows: is_column.then(|| dataset.shape().last().copied().unwrap_or(1)),
                values: dataset.read_raw()?,
                errors: names
                    .contains(&error)
                    .then(|| numbers(&error))
                    .transpose()?,
                name: name.clone(),
            });
        }
    }
    Ok(GridTable {
        name,
        title: get_text(group, "title")?,
        quantities,
    })
}
