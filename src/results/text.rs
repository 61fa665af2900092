//! Texts and small numbers as HDF5 attributes, in the form that h5py hands over as `str` and `int`.

use hdf5::types::VarLenUnicode;
use hdf5::{Location, Result};

/// An HDF5 text. HDF5 ends its texts with a NUL, so none can be inside.
pub(crate) fn text(value: &str) -> Result<VarLenUnicode> {
    value
        .parse()
        .map_err(|_| format!("the text {value:?} holds a NUL character").into())
}

/// Writes a text attribute, or replaces it.
pub(crate) fn set_text(at: &Location, name: &str, value: &str) -> Result<()> {
    set(at, name, &text(value)?)
}

/// Writes a list of texts; an empty list is left out, for h5py reads a list of no texts as nothing.
pub(crate) fn set_texts(at: &Location, name: &str, values: &[&str]) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    let values = values
        .iter()
        .map(|value| text(value))
        .collect::<Result<Vec<_>>>()?;
    at.new_attr_builder().with_data(&values).create(name)?;
    Ok(())
}

/// Writes a single value as an attribute, or replaces it.
pub(super) fn set<T: hdf5::H5Type>(at: &Location, name: &str, value: &T) -> Result<()> {
    if at.attr_names()?.iter().any(|present| present == name) {
        at.delete_attr(name)?;
    }
    at.new_attr::<T>().create(name)?.write_scalar(value)
}

/// The unit and the description that every dataset carries.
pub(crate) fn set_meaning(at: &Location, unit: &str, long_name: &str) -> Result<()> {
    set_text(at, "unit", if unit.is_empty() { "1" } else { unit })?;
    set_text(at, "long_name", long_name)
}

/// Reads a text attribute.
pub(crate) fn get_text(at: &Location, name: &str) -> Result<String> {
    Ok(at.attr(name)?.read_scalar::<VarLenUnicode>()?.to_string())
}

/// Reads a list of texts; absent is empty.
pub(crate) fn get_texts(at: &Location, name: &str) -> Result<Vec<String>> {
    if !at.attr_names()?.iter().any(|present| present == name) {
        return Ok(Vec::new());
    }
    let values = at.attr(name)?.read_raw::<VarLenUnicode>()?;
    Ok(values.iter().map(|value| value.to_string()).collect())
}

/// Reads an attribute that is a text, a whole number or a real one, as a text.
pub(super) fn get_any(at: &Location, name: &str) -> Result<String> {
    let attribute = at.attr(name)?;
    let kind = attribute.dtype()?;
    if kind.is::<u64>() {
        Ok(attribute.read_scalar::<u64>()?.to_string())
    } else if kind.is::<f64>() {
        Ok(attribute.read_scalar::<f64>()?.to_string())
    } else {
        get_text(at, name)
    }
}
