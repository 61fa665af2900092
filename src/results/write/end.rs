//! What a file gets when its run has ended: the results.

use super::head::latest_format;
use crate::results::text::{set, set_meaning, set_text, set_texts};
use crate::results::{ResultsError, Table};
use hdf5::{File, Group};
use std::fs;
use std::path::{Path, PathBuf};

/// Puts a copy of the open `file` at `path`, with more in it, in its place, in one step. Whoever reads the
/// file meanwhile neither stands in the way (a reader holds a lock) nor is disturbed, and a kill or a
/// full disk leaves the file as it was.
///
/// Only what the file holds is copied, not the room that it lost at every flush.
pub(super) fn replace_by_copy(
    path: &Path,
    file: &File,
    add: impl FnOnce(&File) -> hdf5::Result<()>,
) -> Result<(), ResultsError> {
    let failed = |error: std::io::Error| ResultsError::write_reason(path, error.to_string());
    // Where the path is a link, the file it leads to is the one to replace.
    let place = fs::canonicalize(path).map_err(failed)?;
    let mut copy = place.clone().into_os_string();
    copy.push(".finishing");
    let copy = PathBuf::from(copy);
    let replaced = copy_members(file, &copy)
        .and_then(|file| {
            add(&file)?;
            file.close()
        })
        .map_err(|error| ResultsError::write(path, &error))
        .and_then(|()| fs::rename(&copy, &place).map_err(failed));
    if replaced.is_err() {
        // The error to report is the first one.
        let _ = fs::remove_file(&copy);
    }
    replaced
}

/// A new file with all that `from` holds.
fn copy_members(from: &File, to: &Path) -> hdf5::Result<File> {
    let file = latest_format().create(to)?;
    for name in from.member_names()? {
        from.group(&name)?.copy_to(&file, &name)?;
    }
    Ok(file)
}

pub(super) fn add_results(
    file: &File,
    tables: &[Table],
    wall_seconds: f64,
    status: &str,
) -> hdf5::Result<()> {
    let results = file.create_group("results")?;
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    set_texts(&results, "tables", &names)?;
    for table in tables {
        write_table(&results, table)?;
    }
    let provenance = file.group("parameters/provenance")?;
    set(&provenance, "wall_seconds", &wall_seconds)?;
    set_text(&provenance, "status", status)
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
