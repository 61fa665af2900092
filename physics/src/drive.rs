//! What is applied to a slit, over time.

use std::f64::consts::TAU;

/// A signal over time; the unit of its values is the caller's (a field in
/// kT/(e·Å), a current in e/ps, ...), times are in ps.
#[derive(Clone, Debug, PartialEq)]
pub enum Drive {
    /// Always `value`.
    Constant {
        /// The value.
        value: f64,
    },
    /// `offset + amplitude · cos(2π·frequency·t + phase)`; phase 0 is the
    /// published cosine, phase −π/2 a sine.
    Sine {
        /// Amplitude.
        amplitude: f64,
        /// Frequency, 1/ps.
        frequency: f64,
        /// Phase, rad.
        phase: f64,
        /// Mean value.
        offset: f64,
    },
    /// A triangle from +amplitude at t = 0 to −amplitude at half a period.
    Triangle {
        /// Amplitude.
        amplitude: f64,
        /// Frequency, 1/ps.
        frequency: f64,
    },
    /// +amplitude for the first half of each period, −amplitude for the rest.
    Square {
        /// Amplitude.
        amplitude: f64,
        /// Frequency, 1/ps.
        frequency: f64,
    },
    /// `count` pulses of `amplitude`, each `width` long, one a `period`, the
    /// first at `start`; `base` otherwise.
    Pulses {
        /// Value between pulses.
        base: f64,
        /// Value during a pulse.
        amplitude: f64,
        /// Start of the first pulse, ps.
        start: f64,
        /// Length of a pulse, ps.
        width: f64,
        /// From the start of a pulse to the start of the next, ps.
        period: f64,
        /// Number of pulses.
        count: u64,
    },
    /// Linear between samples, constant before the first and after the last.
    Sampled {
        /// Times, ps, strictly increasing.
        time: Vec<f64>,
        /// Values, as many as times.
        value: Vec<f64>,
    },
}

impl Drive {
    /// The value at time `t` (ps).
    #[must_use]
    pub fn at(&self, t: f64) -> f64 {
        match self {
            Self::Constant { value } => *value,
            Self::Sine {
                amplitude,
                frequency,
                phase,
                offset,
            } => offset + amplitude * (TAU * (frequency * t).fract() + phase).cos(),
            Self::Triangle {
                amplitude,
                frequency,
            } => {
                let cycle = (frequency * t).rem_euclid(1.0);
                amplitude * (1.0 - 4.0 * cycle.min(1.0 - cycle))
            }
            Self::Square {
                amplitude,
                frequency,
            } => {
                let first_half = (frequency * t).rem_euclid(1.0) < 0.5;
                if first_half { *amplitude } else { -amplitude }
            }
            Self::Pulses {
                base,
                amplitude,
                start,
                width,
                period,
                count,
            } => {
                let since = t - start;
                let pulse = (since / period).floor();
                let on = since >= 0.0 && pulse < *count as f64 && since - pulse * period < *width;
                if on { *amplitude } else { *base }
            }
            Self::Sampled { time, value } => interpolate(time, value, t),
        }
    }

    /// The largest magnitude the drive reaches.
    #[must_use]
    pub fn peak(&self) -> f64 {
        match self {
            Self::Constant { value } => value.abs(),
            Self::Sine {
                amplitude, offset, ..
            } => amplitude.abs() + offset.abs(),
            Self::Triangle { amplitude, .. } | Self::Square { amplitude, .. } => amplitude.abs(),
            Self::Pulses {
                base, amplitude, ..
            } => base.abs().max(amplitude.abs()),
            Self::Sampled { value, .. } => value.iter().fold(0.0, |m, v| v.abs().max(m)),
        }
    }

    /// The same course with every value `factor` times as large.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let mut scaled = self.clone();
        match &mut scaled {
            Self::Constant { value } => *value *= factor,
            Self::Sine {
                amplitude, offset, ..
            } => {
                *amplitude *= factor;
                *offset *= factor;
            }
            Self::Triangle { amplitude, .. } | Self::Square { amplitude, .. } => {
                *amplitude *= factor;
            }
            Self::Pulses {
                base, amplitude, ..
            } => {
                *base *= factor;
                *amplitude *= factor;
            }
            Self::Sampled { value, .. } => value.iter_mut().for_each(|v| *v *= factor),
        }
        scaled
    }

    /// Times in (0, `end`), in ps, at which the drive jumps or bends.
    #[must_use]
    pub fn corners(&self, end: f64) -> Vec<f64> {
        let within = |times: &mut dyn Iterator<Item = f64>| -> Vec<f64> {
            times
                .skip_while(|t| *t <= 0.0)
                .take_while(|t| *t < end)
                .collect()
        };
        match self {
            Self::Constant { .. } | Self::Sine { .. } => Vec::new(),
            Self::Triangle { frequency, .. } | Self::Square { frequency, .. } => {
                within(&mut (1_u64..).map(|half| 0.5 * half as f64 / frequency))
            }
            Self::Pulses {
                start,
                width,
                period,
                count,
                ..
            } => within(&mut (0..*count).flat_map(|pulse| {
                let begin = start + pulse as f64 * period;
                [begin, begin + width]
            })),
            Self::Sampled { time, .. } => within(&mut time.iter().copied()),
        }
    }

    /// Period of a periodic drive, ps.
    #[must_use]
    pub fn period(&self) -> Option<f64> {
        match self {
            Self::Sine { frequency, .. }
            | Self::Triangle { frequency, .. }
            | Self::Square { frequency, .. } => Some(1.0 / frequency),
            _ => None,
        }
    }
}

fn interpolate(time: &[f64], value: &[f64], t: f64) -> f64 {
    let after = time.partition_point(|&sample| sample <= t);
    if after == 0 {
        return value[0];
    }
    if after == time.len() {
        return value[time.len() - 1];
    }
    let (t0, t1) = (time[after - 1], time[after]);
    let (v0, v1) = (value[after - 1], value[after]);
    v0 + (v1 - v0) * (t - t0) / (t1 - t0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waveforms_at_quarter_periods() {
        let quarters = [0.0, 0.25, 0.5, 0.75, 1.0, 100_000.25];
        let sine = Drive::Sine {
            amplitude: 2.0,
            frequency: 1.0,
            phase: 0.0,
            offset: 1.0,
        };
        let triangle = Drive::Triangle {
            amplitude: 2.0,
            frequency: 1.0,
        };
        let square = Drive::Square {
            amplitude: 2.0,
            frequency: 1.0,
        };
        let expect_sine = [3.0, 1.0, -1.0, 1.0, 3.0, 1.0];
        let expect_triangle = [2.0, 0.0, -2.0, 0.0, 2.0, 0.0];
        let expect_square = [2.0, 2.0, -2.0, -2.0, 2.0, 2.0];
        for (k, &t) in quarters.iter().enumerate() {
            assert!((sine.at(t) - expect_sine[k]).abs() < 1e-9, "sine at {t}");
            assert!(
                (triangle.at(t) - expect_triangle[k]).abs() < 1e-9,
                "triangle at {t}"
            );
            assert_eq!(square.at(t), expect_square[k], "square at {t}");
        }
        assert_eq!(sine.peak(), 3.0);
        assert!((sine.scaled(-2.0).at(0.25) + 2.0).abs() < 1e-12);
        assert_eq!(triangle.scaled(0.5).at(0.0), 1.0);
        assert_eq!(square.period(), Some(1.0));
    }

    #[test]
    fn pulses_start_stop_and_end() {
        let pulses = Drive::Pulses {
            base: 0.1,
            amplitude: 1.0,
            start: 10.0,
            width: 2.0,
            period: 5.0,
            count: 2,
        };
        for (t, expected) in [
            (9.9, 0.1),
            (10.0, 1.0),
            (11.9, 1.0),
            (12.0, 0.1),
            (15.5, 1.0),
            (20.5, 0.1),
        ] {
            assert_eq!(pulses.at(t), expected, "at {t}");
        }
    }

    #[test]
    fn corners_are_where_a_drive_jumps_or_bends() {
        let pulses = Drive::Pulses {
            base: 0.0,
            amplitude: 1.0,
            start: 0.0,
            width: 2.0,
            period: 5.0,
            count: 3,
        };
        assert_eq!(pulses.corners(11.0), [2.0, 5.0, 7.0, 10.0]);
        let square = Drive::Square {
            amplitude: 1.0,
            frequency: 0.25,
        };
        assert_eq!(square.corners(8.0), [2.0, 4.0, 6.0]);
        assert_eq!(Drive::Constant { value: 1.0 }.corners(8.0), [0.0; 0]);
        let sampled = Drive::Sampled {
            time: vec![-1.0, 3.0, 9.0],
            value: vec![0.0; 3],
        };
        assert_eq!(sampled.corners(8.0), [3.0]);
    }

    #[test]
    fn samples_are_interpolated_and_held() {
        let sampled = Drive::Sampled {
            time: vec![1.0, 3.0],
            value: vec![0.0, 4.0],
        };
        assert_eq!(sampled.at(0.0), 0.0);
        assert_eq!(sampled.at(2.0), 2.0);
        assert_eq!(sampled.at(9.0), 4.0);
    }
}
