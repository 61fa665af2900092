//! What a file holds from the first moment: its format, the scenario, and by whom it was run.

use crate::results::Provenance;
use crate::results::text::{set, set_meaning, set_text, text};
use hdf5::File;
use hdf5::file::FileSpaceStrategy;
use hdf5::types::VarLenUnicode;

/// Bytes in a page of memory, or a part of one where pages are larger.
const MEMORY_PAGE: u64 = 4096;

/// Readers of a file being written need the newest format of its metadata.
///
/// HDF5 writes each piece of metadata in one call, but a kill may cut that call short where one
/// page of memory ends and the next begins, and the piece is then lost with all that hangs on it.
/// Space is therefore handed out in pages, across whose borders no piece smaller than a page lies:
/// without this, 1 in 40 of the runs killed while they flushed without pause could not be read.
pub(super) fn latest_format() -> hdf5::FileBuilder {
    let pages = FileSpaceStrategy::FreeSpaceManager {
        paged: true,
        persist: false,
        threshold: 1,
    };
    let mut builder = File::with_options();
    builder.with_fapl(|access| access.libver_latest());
    builder.with_fcpl(|create| {
        create
            .obj_track_times(false)
            .file_space_strategy(pages)
            .file_space_page_size(MEMORY_PAGE)
    });
    builder
}

pub(super) fn write_h5md(file: &File, provenance: &Provenance) -> hdf5::Result<()> {
    let h5md = file.create_group("h5md")?;
    h5md.new_attr_builder()
        .with_data(&[1_i32, 1])
        .create("version")?;
    let author = if provenance.author.is_empty() {
        "unknown"
    } else {
        &provenance.author
    };
    let author_group = h5md.create_group("author")?;
    set_text(&author_group, "name", author)?;
    let creator = h5md.create_group("creator")?;
    set_text(&creator, "name", "bjerrum")?;
    set_text(&creator, "version", &provenance.version)
}

pub(super) fn write_parameters(
    file: &File,
    scenario_toml: &str,
    from: &Provenance,
) -> hdf5::Result<()> {
    let parameters = file.create_group("parameters")?;
    let scenario = parameters
        .new_dataset::<VarLenUnicode>()
        .create("scenario")?;
    scenario.write_scalar(&text(scenario_toml)?)?;
    set_meaning(&scenario, "1", "scenario as run, defaults filled in (TOML)")?;

    let provenance = parameters.create_group("provenance")?;
    let texts = [
        ("version", &from.version),
        ("git_revision", &from.git_revision),
        ("engine", &from.engine),
        ("preset", &from.preset),
        ("host", &from.host),
        ("start", &from.start),
    ];
    let extra = from
        .extra
        .iter()
        .map(|(name, value)| (name.as_str(), value));
    for (name, value) in texts.into_iter().chain(extra) {
        set_text(&provenance, name, value)?;
    }
    set(&provenance, "seed", &from.seed)?;
    set(&provenance, "threads", &from.threads)?;
    set_text(&provenance, "status", "running")
}
