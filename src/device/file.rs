//! The device file: TOML, written by `bjerrum fit`.

use super::DeviceError;
use crate::results::ResultsError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// A device model with everything a reader needs to trust it, or not.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DeviceFile {
    /// Name of the model.
    pub model: String,
    /// Its equation.
    pub equation: String,
    /// Where the equation is published.
    pub source: String,
    /// Version of bjerrum that fitted it.
    pub version: String,
    /// Its revision.
    pub git_revision: String,
    /// The parameters, by name.
    pub parameters: BTreeMap<String, DeviceParameter>,
    /// Voltages and times that were fitted to.
    pub range: Range,
    /// How well it fits.
    pub quality: Quality,
    /// What was said of the choice.
    pub verdict: Vec<String>,
    /// What was fitted to.
    pub data: Vec<Source>,
    /// The loops among the data, measured.
    #[serde(default)]
    pub loops: Vec<LoopRow>,
    /// What the areas of the loops say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_law: Option<AreaLawRow>,
    /// All models that were tried.
    #[serde(default)]
    pub tried: Vec<Tried>,
}

/// A parameter as fitted.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DeviceParameter {
    /// Its value.
    pub value: f64,
    /// Its unit; `1` for a pure number.
    pub unit: String,
    /// Its standard error; 0 if it was given and not fitted.
    pub standard_error: f64,
    /// Its 95 % interval; absent if it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
    /// Where the interval comes from: `quadratic`, `profile`, `bootstrap`, or `given`.
    pub method: String,
    /// What it means.
    pub meaning: String,
}

/// Where the model was held against data.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Range {
    /// Lowest and highest voltage, V.
    pub voltage_v: [f64; 2],
    /// Shortest time between two points, and longest recording or period, s.
    pub time_s: [f64; 2],
}

/// How well a model fits.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Quality {
    /// Points fitted to.
    pub points: usize,
    /// Root mean square of the residuals, A.
    pub residual_a: f64,
    /// The same over the root mean square of the current.
    pub residual_relative: f64,
    /// Residuals over the measured noise, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual_over_noise: Option<f64>,
    /// Neighbouring residuals that say the same; errors are widened for it.
    pub correlation: f64,
    /// Searches that ended at this minimum, and searches started.
    pub searches: [usize; 2],
}

/// A recording that was fitted to.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Source {
    /// The file.
    pub file: String,
    /// The recording in it.
    pub recording: String,
    /// Rows in the file.
    pub rows: usize,
    /// Points fitted to.
    pub points: usize,
    /// Periods averaged into one.
    pub periods: usize,
    /// Frequency of the drive, Hz, if it is periodic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency_hz: Option<f64>,
    /// Noise of a point, A, if it could be measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise_a: Option<f64>,
}

/// A loop, measured.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct LoopRow {
    /// The recording.
    pub recording: String,
    /// Frequency, Hz.
    pub frequency_hz: f64,
    /// ∫ |I_down - I_up| dV, V A.
    pub enclosed_va: f64,
    /// Area of the lobe at V > 0, V A; positive if counter-clockwise.
    pub positive_lobe_va: f64,
    /// Area of the lobe at V < 0, V A.
    pub negative_lobe_va: f64,
    /// How the lobe at V > 0 is run through.
    pub positive_turn: String,
    /// How the lobe at V < 0 is run through.
    pub negative_turn: String,
    /// Whether the lobes turn opposite ways.
    pub crosses_itself: bool,
    /// Where the branches meet, or come closest: V.
    pub pinch_v: f64,
    /// And A.
    pub pinch_a: f64,
    /// How far apart they are there, over the range of the current.
    pub gap: f64,
    /// Larger over smaller conductance at half the amplitude.
    pub on_off: f64,
    /// |I| at the positive end over that at the negative.
    pub rectification: f64,
}

/// K ωt/(1 + ω²t²) + A_0, fitted to the areas enclosed, and the memory time that
/// follows: t where most loops cross themselves (bipolar), t/2 where most do not
/// (unipolar).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct AreaLawRow {
    /// Memory time, s.
    pub memory_time_s: f64,
    /// Its standard error, s.
    pub memory_time_error_s: f64,
    /// Loops that cross themselves, of all.
    pub crossing: [usize; 2],
    /// t, s.
    pub time_s: f64,
    /// Its standard error, s.
    pub time_error_s: f64,
    /// K, V A.
    pub strength_va: f64,
    /// A_0, V A.
    pub offset_va: f64,
}

/// A model that was tried.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Tried {
    /// Its name.
    pub model: String,
    /// Parameters fitted.
    pub parameters: usize,
    /// AICc above the least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aicc: Option<f64>,
    /// BIC above the least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bic: Option<f64>,
    /// Root mean square of the residuals, A.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual_a: Option<f64>,
    /// The same for data left out, A.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out_a: Option<f64>,
    /// Why it was refused, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl DeviceFile {
    /// Writes the file; one that exists only if it may be replaced.
    ///
    /// # Errors
    /// [`DeviceError`] if it exists or cannot be written.
    pub fn write(&self, path: &Path, overwrite: bool) -> Result<(), DeviceError> {
        refuse_to_replace(path, overwrite)?;
        let failed = |reason: String| DeviceError::Write {
            path: path.to_owned(),
            reason,
        };
        let text = toml::to_string_pretty(self).map_err(|error| failed(error.to_string()))?;
        let text = format!(
            "# A device model, fitted by bjerrum {}.\n{text}",
            self.version
        );
        std::fs::write(path, text).map_err(|error| failed(error.to_string()))
    }

    /// Reads a file that [`DeviceFile::write`] wrote.
    ///
    /// # Errors
    /// [`DeviceError::Read`] if it cannot be read or is something else.
    pub fn read(path: &Path) -> Result<Self, DeviceError> {
        let failed = |reason: String| DeviceError::Read {
            path: path.to_owned(),
            reason,
        };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        toml::from_str(&text).map_err(|error| {
            let before = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = 1 + text[..before].matches('\n').count();
            let said = error.message().replace("expected f64", "expected a number");
            failed(format!("line {line}: {said}"))
        })
    }
}

/// Refuses a file that exists, unless it may be replaced.
pub(crate) fn refuse_to_replace(path: &Path, overwrite: bool) -> Result<(), DeviceError> {
    if path.exists() && !overwrite {
        let path = path.to_owned();
        return Err(ResultsError::Exists { path }.into());
    }
    Ok(())
}
