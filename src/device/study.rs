//! From recordings to a device file.

use super::file::{DeviceFile, DeviceParameter, Quality, Range, Source, Tried, refuse_to_replace};
use super::{DeviceError, loops};
use crate::measured::{Recorded, recordings};
use crate::plot::si_prefix;
use crate::scenario::quantity::Quantity;
use bjerrum_physics::memristor::device::{DeviceModel, Start, models};
use bjerrum_physics::memristor::fit::{
    Candidate, Comparison, Fit, Fitted, Judgement, Recording, Resampling, block_length, bootstrap,
    compare, fit,
};
use std::path::Path;

/// A value that is known: name of the parameter, and the text of its value.
pub type Given = (String, String);

/// What was found.
#[derive(Clone, Debug)]
pub struct Study {
    /// The fit.
    pub fit: Fit,
    /// All that goes into the file.
    pub file: DeviceFile,
}

/// Fits `model`, or else the one that the data support best, and writes `out`.
/// Intervals are those of the fit, or by `resampling`.
///
/// # Errors
/// [`DeviceError`]: the model cannot be fitted, or the file not be written.
pub fn study(
    recorded: &[Recorded],
    model: Option<&'static dyn DeviceModel>,
    given: &[Given],
    resampling: Option<Resampling>,
    out: &Path,
    overwrite: bool,
) -> Result<Study, DeviceError> {
    refuse_to_replace(out, overwrite)?;
    let data = recordings(recorded);
    let (mut fit, tried, mut verdict) = match model {
        Some(model) => {
            let fit = fit(model, &data, &values(model, given)?)?;
            let said = vec![format!("{} was asked for", model.name())];
            (fit, Vec::new(), said)
        }
        None => chosen(compare(&suitable(&data), &data))?,
    };
    verdict.extend(shortcomings(&fit));
    if let Some(resampling) = resampling {
        fit = bootstrap(&fit, &data, resampling)?;
        verdict.push(resampled(&fit, &data, resampling));
    }
    let loops = loops::rows(recorded);
    let file = DeviceFile {
        model: fit.model.name().to_owned(),
        equation: fit.model.equation().to_owned(),
        source: fit.model.source().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        git_revision: env!("BJERRUM_GIT_REVISION").to_owned(),
        parameters: fit.parameters.iter().map(parameter).collect(),
        range: range(recorded),
        quality: quality(&fit, recorded),
        verdict,
        data: recorded.iter().map(source).collect(),
        area_law: loops::area_law(&loops).ok(),
        loops,
        tried,
    };
    file.write(out, overwrite)?;
    Ok(Study { fit, file })
}

/// The models to choose from: where all ions were free at the start, those that know
/// ions; elsewhere those whose state at the start says nothing of the time before, which
/// segregation remembers for ever.
fn suitable(data: &[Recording]) -> Vec<&'static dyn DeviceModel> {
    let began_free = data.iter().any(|r| r.start == Start::AllFree);
    let knows = |m: &dyn DeviceModel| m.memories() == 0 || m.all_free().is_some();
    let suits = |m: &&dyn DeviceModel| {
        if began_free {
            knows(*m)
        } else {
            !m.is_coupled()
        }
    };
    models().into_iter().filter(|m| suits(m)).collect()
}

/// The values that are known, by the number of the parameter.
fn values(
    model: &'static dyn DeviceModel,
    given: &[Given],
) -> Result<Vec<(usize, f64)>, DeviceError> {
    let parameters = model.parameters();
    let one = |(name, text): &Given| {
        let number = parameters.iter().position(|p| p.name == name);
        let number = number.ok_or_else(|| DeviceError::UnknownParameter {
            name: name.clone(),
            model: model.name(),
            known: parameters
                .iter()
                .map(|p| p.name)
                .collect::<Vec<_>>()
                .join(", "),
        })?;
        let parameter = &parameters[number];
        let (low, high) = parameter.bounds;
        let value = Quantity::parse(text, None)
            .ok()
            .and_then(|q| q.in_unit(parameter.unit));
        match value {
            Some(value) if low < value && value < high => Ok((number, value)),
            _ => Err(DeviceError::WrongValue {
                name: parameter.name,
                text: text.clone(),
                unit: match parameter.unit {
                    "1" => "pure numbers",
                    unit => unit,
                },
                low,
                high,
            }),
        }
    };
    given.iter().map(one).collect()
}

type Chosen = (Fit, Vec<Tried>, Vec<String>);

fn chosen(comparison: Comparison) -> Result<Chosen, DeviceError> {
    let tried: Vec<Tried> = comparison.candidates.iter().map(tried).collect();
    let Some(best) = comparison.best() else {
        let reasons = tried.into_iter().filter_map(|t| t.refused).collect();
        return Err(DeviceError::NoModel { reasons });
    };
    let mut verdict = vec![format!(
        "{} was chosen of {} models: {}",
        best.fit.model.name(),
        comparison.candidates.len(),
        why(best, comparison.left_out)
    )];
    verdict.extend(second_time(&comparison, best));
    Ok((best.fit.clone(), tried, verdict))
}

/// What speaks for the choice.
fn why(best: &Judgement, left_out: &str) -> String {
    let prediction = match best.prediction {
        Some(missed) => format!("it predicts {left_out}, left out, to {}", amperes(missed)),
        None => format!("fits without {left_out} failed"),
    };
    if best.aicc == 0.0 {
        format!("least AICc; {prediction}")
    } else {
        format!(
            "AICc {:.1} above the least, and enough by BIC or by prediction with fewer parameters; \
             {prediction}",
            best.aicc
        )
    }
}

/// Whether a second memory time is called for.
fn second_time(comparison: &Comparison, best: &Judgement) -> Option<String> {
    let of = |name: &str| comparison.candidates.iter().find(|c| c.name == name);
    let (one, two) = (of("volatile-mixed")?, of("two-times")?);
    if best.fit.model.memories() == 0 {
        return Some("the data show no memory".to_owned());
    }
    Some(match (&one.outcome, &two.outcome) {
        (_, Err(refused)) => {
            format!("the data do not support a second memory time ({refused})")
        }
        (Err(_), Ok(_)) => return None,
        (Ok(one), Ok(two)) => {
            let missed = |j: &Judgement| j.prediction.map_or("failed".to_owned(), amperes);
            let measures = format!(
                "AICc changes by {:+.1}, BIC by {:+.1}, the error on data left out from {} to {}",
                two.aicc - one.aicc,
                two.bic - one.bic,
                missed(one),
                missed(two)
            );
            let better = two.aicc < one.aicc
                && two.bic < one.bic
                && two.prediction.unwrap_or(f64::INFINITY)
                    < one.prediction.unwrap_or(f64::INFINITY);
            match better {
                true => format!("the data support a second memory time: {measures}"),
                false => format!("the data do not support a second memory time: {measures}"),
            }
        }
    })
}

/// How the intervals came about.
fn resampled(fit: &Fit, data: &[Recording], resampling: Resampling) -> String {
    let lengths = || {
        data.iter()
            .map(|r| block_length(r.time.len(), fit.correlation))
    };
    let (shortest, longest) = (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0));
    let blocks = match shortest == longest {
        true => longest.to_string(),
        false => format!("{shortest} to {longest}"),
    };
    format!(
        "errors and intervals from {} fits to residuals resampled in blocks of {blocks} points, \
         seed {}",
        resampling.replicas, resampling.seed
    )
}

/// What a user should know before trusting the fit.
fn shortcomings(fit: &Fit) -> Vec<String> {
    let mut said = Vec::new();
    if fit.noise_known && fit.misfit > 1.2 {
        said.push(format!(
            "the model misses the data by {:.1} times their noise; errors are widened by that",
            fit.misfit
        ));
    }
    if fit.correlation > 1.0 {
        said.push(format!(
            "residuals hang together ({:.0} neighbours say the same): the model is not all there \
             is; errors are widened for it",
            fit.correlation
        ));
    }
    if fit.agreeing.0 == 1 && fit.agreeing.1 > 1 {
        said.push(format!(
            "only one of {} searches found this minimum: there may be a better one",
            fit.agreeing.1
        ));
    }
    said
}

fn tried(candidate: &Candidate) -> Tried {
    let judged = candidate.outcome.as_ref().ok();
    let model = models().into_iter().find(|m| m.name() == candidate.name);
    Tried {
        model: candidate.name.to_owned(),
        parameters: model.map_or(0, |m| m.parameters().len()),
        aicc: judged.map(|j| j.aicc),
        bic: judged.map(|j| j.bic),
        residual_a: judged.map(|j| j.fit.residual),
        left_out_a: judged.and_then(|j| j.prediction),
        refused: candidate.outcome.as_ref().err().map(ToString::to_string),
    }
}

fn parameter(fitted: &Fitted) -> (String, DeviceParameter) {
    let method = fitted.interval.map_or("given", |i| i.method.name());
    let entry = DeviceParameter {
        value: fitted.value,
        unit: fitted.parameter.unit.to_owned(),
        standard_error: fitted.error,
        interval: fitted.interval.map(|i| [i.low, i.high]),
        method: method.to_owned(),
        meaning: fitted.parameter.meaning.to_owned(),
    };
    (fitted.parameter.name.to_owned(), entry)
}

fn range(recorded: &[Recorded]) -> Range {
    let voltages = || {
        recorded
            .iter()
            .flat_map(|r| r.recording.voltage.iter().copied())
    };
    let steps = recorded.iter().flat_map(|r| r.recording.time.windows(2));
    Range {
        voltage_v: [
            voltages().fold(f64::INFINITY, f64::min),
            voltages().fold(f64::NEG_INFINITY, f64::max),
        ],
        time_s: [
            steps.map(|t| t[1] - t[0]).fold(f64::INFINITY, f64::min),
            recorded
                .iter()
                .map(|r| r.recording.span())
                .fold(0.0, f64::max),
        ],
    }
}

fn quality(fit: &Fit, recorded: &[Recorded]) -> Quality {
    let currents = || recorded.iter().flat_map(|r| &r.recording.current);
    let squares: f64 = currents().map(|i| i * i).sum();
    let rms = (squares / currents().count() as f64).sqrt();
    Quality {
        points: fit.points,
        residual_a: fit.residual,
        residual_relative: fit.residual / rms,
        residual_over_noise: fit.noise_known.then_some(fit.misfit),
        correlation: fit.correlation,
        searches: [fit.agreeing.0, fit.agreeing.1],
    }
}

fn source(recorded: &Recorded) -> Source {
    Source {
        file: recorded.file.display().to_string(),
        recording: recorded.recording.name.clone(),
        rows: recorded.rows,
        points: recorded.recording.time.len(),
        periods: recorded.periods,
        frequency_hz: recorded.frequency,
        noise_a: recorded.recording.noise,
    }
}

/// A current in a handy unit.
fn amperes(current: f64) -> String {
    let (factor, prefix) = si_prefix(current);
    format!("{:.3} {prefix}A", current * factor)
}
