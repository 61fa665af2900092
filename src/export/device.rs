//! A device file, checked, with the model that it names.

use super::ExportError;
use crate::device::{DeviceFile, DeviceParameter};
use bjerrum_physics::memristor::device::{DeviceModel, Parameter, model, models};
use std::path::{Path, PathBuf};

/// A device that can be exported: every parameter is there and within bounds.
#[derive(Clone)]
pub struct Device {
    /// What it is called in the export.
    pub name: String,
    /// The model.
    pub model: &'static dyn DeviceModel,
    /// The device file.
    pub file: DeviceFile,
    /// Where that stands.
    pub path: PathBuf,
}

impl Device {
    /// Reads the device file `path`; the device is called `name`, or after the file.
    ///
    /// # Errors
    /// [`ExportError`]: which file and key, what was found, what was expected.
    pub fn load(path: &Path, name: Option<&str>) -> Result<Self, ExportError> {
        let file = DeviceFile::read(path)?;
        let name = match name {
            Some(name) if is_identifier(name) => name.to_owned(),
            Some(name) => {
                return Err(ExportError::Name {
                    found: name.to_owned(),
                });
            }
            None => identifier(path),
        };
        let Some(model) = model(&file.model) else {
            let names = models().map(|model| model.name());
            return Err(ExportError::UnknownModel {
                path: path.to_owned(),
                known: names.join(", "),
                mend: nearest(&file.model, &names),
                found: file.model,
            });
        };
        let device = Self {
            name,
            model,
            file,
            path: path.to_owned(),
        };
        device.check()?;
        Ok(device)
    }

    /// The parameters in the model's order, with what the file says of them.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static Parameter, &DeviceParameter)> {
        let all = self.model.parameters().iter();
        all.map(|p| (p, &self.file.parameters[p.name]))
    }

    /// The values in the model's order.
    #[must_use]
    pub fn values(&self) -> Vec<f64> {
        self.parameters().map(|(_, found)| found.value).collect()
    }

    /// The memories (numbers of order one) after a long time at V = 0.
    #[must_use]
    pub fn at_rest(&self) -> Vec<f64> {
        let values = self.values();
        self.model.rest(&values, 0.0)
    }

    /// The largest |V| that was fitted to, V.
    #[must_use]
    pub fn largest_voltage(&self) -> f64 {
        let [low, high] = self.file.range.voltage_v;
        low.abs().max(high.abs())
    }

    fn check(&self) -> Result<(), ExportError> {
        let (path, model) = (|| self.path.clone(), self.model);
        for parameter in model.parameters() {
            let Some(found) = self.file.parameters.get(parameter.name) else {
                return Err(ExportError::Missing {
                    path: path(),
                    model: model.name(),
                    name: parameter.name,
                    meaning: parameter.meaning,
                    unit: in_words(parameter.unit),
                    mend: format!(
                        "`bjerrum fit --model {}` writes it, in a section of its own: \
                         [parameters.{}].",
                        model.name(),
                        parameter.name
                    ),
                });
            };
            let (low, high) = parameter.bounds;
            let inside = low < found.value && found.value < high;
            if !inside || found.unit != parameter.unit {
                return Err(ExportError::WrongValue {
                    path: path(),
                    name: parameter.name,
                    found: format!("{} {}", found.value, in_words(&found.unit)),
                    unit: in_words(parameter.unit),
                    low,
                    high,
                });
            }
        }
        let names: Vec<&str> = model.parameters().iter().map(|p| p.name).collect();
        let unknown = self.file.parameters.keys();
        match unknown
            .into_iter()
            .find(|key| !names.contains(&key.as_str()))
        {
            None => Ok(()),
            Some(name) => Err(ExportError::UnknownParameter {
                path: path(),
                model: model.name(),
                name: name.clone(),
                known: names.join(", "),
                mend: nearest(name, &names),
            }),
        }
    }
}

fn in_words(unit: &str) -> &str {
    match unit {
        "1" => "pure numbers",
        unit => unit,
    }
}

fn nearest(found: &str, known: &[&str]) -> Option<String> {
    let near = known
        .iter()
        .map(|name| (strsim::jaro_winkler(found, name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    (near.0 > 0.7).then(|| format!("Did you mean \"{}\"?", near.1))
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The name of a file as simulators take it.
fn identifier(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = stem.chars().map(plain).collect();
    if is_identifier(&name) {
        name
    } else {
        format!("device_{name}")
    }
}
