//! Waveforms of sources.

use crate::export::ExportError;
use crate::export::language::broken;
use crate::scenario::{CircuitScenario, ElementSpec, rounded};
use bjerrum_physics::drive::Drive;
use bjerrum_physics::units::PICOSECOND;

/// Time in which a drive jumps, in samples.
const RISE: f64 = 1e-3;
/// Corners that a netlist can bear.
const CORNERS: f64 = 1e5;

/// What stands behind the nodes of a source. Sines are sines; whatever else
/// changes is straight between its corners.
pub(super) fn source(
    element: &ElementSpec,
    drive: &Drive,
    circuit: &CircuitScenario,
) -> Result<String, ExportError> {
    let settings = &circuit.settings;
    match drive {
        Drive::Constant { value } => Ok(format!("DC {:?}", rounded(*value, 12))),
        Drive::Sine {
            amplitude,
            frequency,
            phase,
            offset,
        } => {
            // Ours is a cosine, theirs a sine.
            let degrees = phase.to_degrees() + 90.0;
            let frequency = frequency / PICOSECOND;
            Ok(format!(
                "SIN({offset:?} {amplitude:?} {frequency:?} 0 0 {degrees:?})"
            ))
        }
        _ => {
            let periods = drive
                .period()
                .map_or(0.0, |period| settings.duration / (period * PICOSECOND));
            if periods > 0.5 * CORNERS {
                return Err(ExportError::Corners {
                    element: element.name.clone(),
                    periods,
                });
            }
            Ok(piecewise(drive, settings.duration, RISE * settings.sample))
        }
    }
}

/// Straight between corners; a jump takes the time `rise` (s).
fn piecewise(drive: &Drive, end: f64, rise: f64) -> String {
    let at = |time: f64| drive.at(time / PICOSECOND);
    let aside = 1e-3 * rise;
    let mut points = vec![(0.0, at(0.0))];
    for corner in drive.corners(end / PICOSECOND) {
        let time = corner * PICOSECOND;
        let (before, after) = (at(time - aside), at(time + aside));
        points.push((time, before));
        if (after - before).abs() > 1e-5 * drive.peak() {
            points.push((time + rise, after));
        }
    }
    points.push((end, at(end - aside)));
    let points: Vec<String> = points.iter().map(|(t, v)| format!("{t:e} {v:e}")).collect();
    let line = format!("PWL({})", points.join(" "));
    broken(&line, &[" "], "+ ").join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jumps_take_their_time_and_corners_none() {
        let square = Drive::Square {
            amplitude: 2.0,
            frequency: 1e-12,
        };
        assert_eq!(
            piecewise(&square, 1.0, 0.01),
            "PWL(0e0 2e0 5e-1 2e0 5.1e-1 -2e0 1e0 -2e0)"
        );
        let triangle = Drive::Triangle {
            amplitude: 1.0,
            frequency: 1e-12,
        };
        let text = piecewise(&triangle, 1.0, 1e-6);
        let numbers = text.trim_start_matches("PWL(").trim_end_matches(')');
        let numbers: Vec<f64> = numbers.split(' ').map(|n| n.parse().unwrap()).collect();
        assert_eq!(numbers.len(), 6, "{text}");
        for (found, expected) in numbers.iter().zip([0.0, 1.0, 0.5, -1.0, 1.0, 1.0]) {
            assert!((found - expected).abs() < 1e-8, "{text}");
        }
    }
}
