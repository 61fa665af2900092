//! What a file gets when its run has ended: the results.

use super::head::latest_format;
use crate::results::text::{set, set_meaning, set_text, set_texts};
use crate::results::{ResultsError, Table};
use hdf5::Group;
use std::fs;
use std::path::{Path, PathBuf};

/// Changes a copy of the file and puts it in the place of the file, in one step. Whoever reads the
/// file meanwhile neither stands in the way (a reader holds a lock) nor is disturbed, and a kill or a
/// full disk leaves the file as it was.
pub(super) fn replace_by_copy(
    path: &Path,
    change: impl FnOnce(&Path) -> hdf5::Result<()>,
) -> Result<(), ResultsError> {
    let failed = |error: std::io::Error| ResultsError::write_reason(path, error.to_string());
    // Where the path is a link, the file it leads to is the one to replace.
    let place = fs::canonicalize(path).map_err(failed)?;
    let mut copy = place.clone().into_os_string();
    copy.push(".finishing");
    let copy = PathBuf::from(copy);
    let replaced = fs::copy(&place, &copy).map_err(failed).and_then(|_| {
        change(&copy).map_err(|error| ResultsError::write(path, &error))?;
        fs::rename(&copy, &place).map_err(failed)
    });
    if replaced.is_err() {
        // The error to report is the first one.
        let _ = fs::remove_file(&copy);
    }
    replaced
}

pub(super) fn add_results(
    path: &Path,
    tables: &[Table],
    wall_seconds: f64,
    status: &str,
) -> hdf5::Result<()> {
    let file = latest_format().open_rw(path)?;
    let results = file.create_group("results")?;
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    set_texts(&results, "tables", &names)?;
    for table in tables {
        write_table(&results, table)?;
    }
    let provenance = file.group("parameters/provenance")?;
    set(&provenance, "wall_seconds", &wall_seconds)?;
    set_text(&provenance, "status", status)?;
    drop((results, provenance));
    file.close()
}

fn write_table(results: &Group, table: &Table) -> hdf5::Result<()> {
    let group = results.create_group(&table.name)?;
    set_text(&group, "title", &table.title)?;
    for column in &table.columns {
        let dataset = group
            .new_dataset_builder()
            .with_data(&column.values)
            .create(column.name.as_str())?;
        set_meaning(&dataset, &column.unit, &column.long_name)?;
    }
    for scalar in &table.scalars {
        let dataset = group.new_dataset::<f64>().create(scalar.name.as_str())?;
        dataset.write_scalar(&scalar.value)?;
        set_meaning(&dataset, &scalar.unit, &scalar.long_name)?;
    }
    for (name, note) in &table.notes {
        set_text(&group, name, note)?;
    }
    // HDF5 lists members by name; these attributes keep the order in which they were given.
    set_texts(
        &group,
        "columns",
        &table
            .columns
            .iter()
            .map(|c| c.name.as_str())
            .collect::<Vec<_>>(),
    )?;
    set_texts(
        &group,
        "scalars",
        &table
            .scalars
            .iter()
            .map(|s| s.name.as_str())
            .collect::<Vec<_>>(),
    )?;
    set_texts(
        &group,
        "notes",
        &table
            .notes
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>(),
    )
}
