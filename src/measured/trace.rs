//! From the numbers of a file to a recording that can be fitted.

use super::{MeasuredError, Preparation};
use bjerrum_physics::memristor::device::Start;
use bjerrum_physics::memristor::fit::Recording;
use bjerrum_physics::memristor::{Course, course, mean_period, times_of_a_sine};
use std::path::PathBuf;

/// Numbers from a file, in SI units.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The file.
    pub file: PathBuf,
    /// What to call it.
    pub name: String,
    /// Frequency of the drive, Hz, if it is stated.
    pub frequency: Option<f64>,
    /// The line of each row; none in a result file.
    pub lines: Vec<u64>,
    /// Times, s, if there are any.
    pub time: Option<Vec<f64>>,
    /// Voltages, V.
    pub voltage: Vec<f64>,
    /// Currents, A.
    pub current: Vec<f64>,
}

/// A recording, and what became of it on the way.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The file it is from.
    pub file: PathBuf,
    /// What is fitted to.
    pub recording: Recording,
    /// Frequency of its drive, Hz, if that is periodic.
    pub frequency: Option<f64>,
    /// Rows in the file.
    pub rows: usize,
    /// Periods that were averaged; 1 if it is taken as it is.
    pub periods: usize,
}

/// Frequencies that differ by less than this are one.
const SAME: f64 = 0.05;

impl Trace {
    /// The recording: its times checked or found, its period told, and three
    /// periods or more averaged into one with its noise.
    pub(super) fn recorded(self, preparation: Preparation) -> Result<Recorded, MeasuredError> {
        self.check(preparation)?;
        let (time, period) = match &self.time {
            Some(time) => (time.clone(), self.period(time)?),
            None => self.timeless()?,
        };
        let rows = time.len();
        let start = match (preparation, period) {
            (Preparation::Random, _) => Start::AllFree,
            (Preparation::AsDriven, Some(period)) => Start::Periodic(period),
            _ => Start::Steady(0.0),
        };
        let mean = match start {
            Start::Periodic(period) => mean_period(&time, &self.voltage, &self.current, period),
            Start::Steady(_) | Start::AllFree => None,
        };
        let frequency = period.map(|period| 1.0 / period);
        let (mut recording, periods) = match mean {
            Some(mean) => {
                let noise = Some(mean.noise);
                let recording =
                    Recording::new(self.name, mean.time, mean.voltage, mean.current, start);
                (Recording { noise, ..recording }, mean.periods)
            }
            None => {
                let recording = Recording::new(self.name, time, self.voltage, self.current, start);
                (recording, 1)
            }
        };
        // A step of the clock later than the drive's own has no meaning.
        let first = recording.time[0];
        for time in &mut recording.time {
            *time -= first;
        }
        Ok(Recorded {
            file: self.file,
            recording,
            frequency,
            rows,
            periods,
        })
    }

    fn check(&self, preparation: Preparation) -> Result<(), MeasuredError> {
        if self.voltage.len() < 8 {
            return Err(MeasuredError::TooShort {
                recording: self.name.clone(),
                points: self.voltage.len(),
            });
        }
        let time = self.time.as_deref().unwrap_or_default();
        if let Some(k) = time.windows(2).position(|pair| pair[1] <= pair[0]) {
            let place = match self.lines.get(k + 1) {
                Some(line) => format!("{}:{line}", self.file.display()),
                None => self.name.clone(),
            };
            return Err(MeasuredError::TimeNotIncreasing {
                place,
                before: time[k],
                after: time[k + 1],
            });
        }
        let first = self.voltage[0];
        let farthest = self
            .voltage
            .iter()
            .map(|v| (v - first).abs())
            .fold(0.0, f64::max);
        // From a state of its own a device relaxes under any voltage.
        if farthest <= 1e-9 * first.abs() && preparation != Preparation::Random {
            return Err(MeasuredError::ConstantVoltage {
                recording: self.name.clone(),
                voltage: first,
            });
        }
        Ok(())
    }

    /// The period (s) of a drive with times, if it has one.
    fn period(&self, time: &[f64]) -> Result<Option<f64>, MeasuredError> {
        let recording = || self.name.clone();
        match (course(time, &self.voltage), self.frequency) {
            (Course::Mixed(longer, shorter), _) => Err(MeasuredError::MixedFrequencies {
                recording: recording(),
                first: 1.0 / longer,
                second: 1.0 / shorter,
            }),
            (Course::Periodic(period), Some(stated)) if (period * stated - 1.0).abs() > SAME => {
                Err(MeasuredError::OtherFrequency {
                    recording: recording(),
                    found: 1.0 / period,
                    stated,
                })
            }
            (_, Some(stated)) => Ok(Some(1.0 / stated)),
            (Course::Periodic(period), None) => Ok(Some(period)),
            (Course::Single, None) => Ok(None),
        }
    }

    /// Times and period of a loop of a stated frequency.
    fn timeless(&self) -> Result<(Vec<f64>, Option<f64>), MeasuredError> {
        let recording = || self.name.clone();
        let frequency = self.frequency.ok_or_else(|| MeasuredError::NoTime {
            recording: recording(),
        })?;
        let time = times_of_a_sine(&self.voltage, frequency);
        let time = time.ok_or_else(|| MeasuredError::NoSine {
            recording: recording(),
        })?;
        Ok((time, Some(1.0 / frequency)))
    }
}
