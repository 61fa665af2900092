//! Spikes: found, measured, counted.

use crate::statistics::{self, Estimate};

/// What counts as a spike.
///
/// A spike is a local maximum of V that is higher than `threshold`, stands out
/// by `prominence` above the higher of the two valleys that part it from
/// higher ground, and is the highest within `minimum_interval`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeRule {
    /// Least height, kT/e.
    pub threshold: f64,
    /// Least prominence, kT/e: noise on a spike does not count as another.
    pub prominence: f64,
    /// Least time between two spikes, ps.
    pub minimum_interval: f64,
}

/// One spike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// Time of the peak, ps.
    pub time: f64,
    /// Height of the peak, kT/e.
    pub peak: f64,
    /// Full width at half prominence, ps.
    pub width: f64,
    /// Energy dissipated in the slits from the trough before to the trough
    /// after, kT.
    pub energy: f64,
}

/// A voltage trace, and what the slits dissipate along it.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    /// Times, ps, evenly spaced.
    pub time: &'a [f64],
    /// Voltage, kT/e.
    pub voltage: &'a [f64],
    /// Power Σ_X m_X G_X (V - E_X)², kT/ps.
    pub power: &'a [f64],
}

/// Finds the spikes of `trace` by `rule`, in order of time.
#[must_use]
pub fn find_spikes(trace: &Trace<'_>, rule: &SpikeRule) -> Vec<Spike> {
    let voltage = trace.voltage;
    let candidates: Vec<usize> = maxima(voltage)
        .into_iter()
        .filter(|&k| voltage[k] > rule.threshold)
        .filter(|&k| prominence(voltage, k) > rule.prominence)
        .collect();
    let peaks = keep_apart(trace, candidates, rule.minimum_interval);
    let troughs = troughs(voltage, &peaks);
    peaks
        .iter()
        .enumerate()
        .map(|(n, &k)| Spike {
            time: trace.time[k],
            peak: voltage[k],
            width: width(trace, k),
            energy: energy(trace, troughs[n], troughs[n + 1]),
        })
        .collect()
}

/// Statistics of a train of spikes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeTrain {
    /// Number of spikes.
    pub count: usize,
    /// Mean interval, ps.
    pub interval: Estimate,
    /// Standard deviation of the intervals over their mean.
    pub spread: f64,
    /// Mean height of the peaks, kT/e.
    pub peak: Estimate,
    /// Mean width, ps.
    pub width: Estimate,
    /// Mean energy a spike, kT.
    pub energy: Estimate,
}

/// Statistics of `spikes`; what too few spikes cannot tell is NaN.
#[must_use]
pub fn train(spikes: &[Spike]) -> SpikeTrain {
    let intervals: Vec<f64> = spikes
        .windows(2)
        .map(|pair| pair[1].time - pair[0].time)
        .collect();
    let interval = statistics::independent(&intervals);
    let of = |field: fn(&Spike) -> f64| {
        statistics::independent(&spikes.iter().map(field).collect::<Vec<_>>())
    };
    SpikeTrain {
        count: spikes.len(),
        interval,
        spread: interval.error * (intervals.len() as f64).sqrt() / interval.mean,
        peak: of(|s| s.peak),
        width: of(|s| s.width),
        energy: of(|s| s.energy),
    }
}

/// Local maxima; of a flat top, its middle.
fn maxima(v: &[f64]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut k = 1;
    while k + 1 < v.len() {
        if v[k] > v[k - 1] {
            let top = (k..v.len())
                .take_while(|&m| v[m] == v[k])
                .last()
                .unwrap_or(k);
            if top + 1 < v.len() && v[top + 1] < v[k] {
                found.push((k + top) / 2);
            }
            k = top;
        }
        k += 1;
    }
    found
}

/// Lowest values on both sides of peak `k`, down to higher ground or the end.
fn valleys(v: &[f64], k: usize) -> (f64, f64) {
    let lowest = |side: &mut dyn Iterator<Item = &f64>| {
        side.take_while(|&&x| x <= v[k])
            .fold(v[k], |low, &x| low.min(x))
    };
    (
        lowest(&mut v[..k].iter().rev()),
        lowest(&mut v[k + 1..].iter()),
    )
}

fn prominence(v: &[f64], k: usize) -> f64 {
    let (left, right) = valleys(v, k);
    v[k] - left.max(right)
}

/// Of peaks closer than `apart` the higher stays.
fn keep_apart(trace: &Trace<'_>, candidates: Vec<usize>, apart: f64) -> Vec<usize> {
    let mut by_height = candidates;
    by_height.sort_by(|&a, &b| trace.voltage[b].total_cmp(&trace.voltage[a]));
    let mut kept: Vec<usize> = Vec::new();
    for k in by_height {
        let free = |&other: &usize| (trace.time[k] - trace.time[other]).abs() >= apart;
        if kept.iter().all(free) {
            kept.push(k);
        }
    }
    kept.sort_unstable();
    kept
}

/// Index of the lowest voltage before, between and after `peaks`.
fn troughs(v: &[f64], peaks: &[usize]) -> Vec<usize> {
    let mut edges = vec![0];
    edges.extend_from_slice(peaks);
    edges.push(v.len());
    edges
        .windows(2)
        .map(|edge| {
            (edge[0]..edge[1])
                .min_by(|&a, &b| v[a].total_cmp(&v[b]))
                .unwrap_or(edge[0])
        })
        .collect()
}

/// Full width at half prominence, interpolated between samples, ps.
fn width(trace: &Trace<'_>, k: usize) -> f64 {
    let v = trace.voltage;
    let level = v[k] - 0.5 * prominence(v, k);
    let crossing = |low: usize, high: usize| {
        let share = (level - v[low]) / (v[high] - v[low]);
        trace.time[low] + share * (trace.time[high] - trace.time[low])
    };
    let left = (0..k)
        .rev()
        .find(|&m| v[m] < level)
        .map(|m| crossing(m, m + 1));
    let right = (k + 1..v.len())
        .find(|&m| v[m] < level)
        .map(|m| crossing(m, m - 1));
    right.unwrap_or(f64::NAN) - left.unwrap_or(f64::NAN)
}

/// ∫ power dt from sample `from` to sample `to`, kT.
fn energy(trace: &Trace<'_>, from: usize, to: usize) -> f64 {
    (from..to)
        .map(|k| trace.power[k] * (trace.time[k + 1] - trace.time[k]))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: SpikeRule = SpikeRule {
        threshold: 5.5,
        prominence: 3.0,
        minimum_interval: 5.0,
    };

    fn spikes_of(voltage: &[f64]) -> Vec<Spike> {
        let time: Vec<f64> = (0..voltage.len()).map(|k| k as f64).collect();
        let power = vec![2.0; voltage.len()];
        find_spikes(
            &Trace {
                time: &time,
                voltage,
                power: &power,
            },
            &RULE,
        )
    }

    /// Triangles of height 8 over a floor of 0: half prominence is 4, where a
    /// flank of slope 2 leaves a full width of 4; energy = power × spacing.
    #[test]
    fn triangles_are_measured_exactly() {
        let tooth = [0.0, 2.0, 4.0, 6.0, 8.0, 6.0, 4.0, 2.0];
        let voltage: Vec<f64> = tooth.iter().cycle().take(3 * 8 + 1).copied().collect();
        let spikes = spikes_of(&voltage);
        let times: Vec<f64> = spikes.iter().map(|s| s.time).collect();
        assert_eq!(times, [4.0, 12.0, 20.0]);
        for spike in &spikes {
            assert_eq!((spike.peak, spike.width, spike.energy), (8.0, 4.0, 16.0));
        }
        let train = train(&spikes);
        assert_eq!((train.interval.mean, train.spread), (8.0, 0.0));
    }

    #[test]
    fn low_shallow_and_close_peaks_do_not_count() {
        // 5 is below the threshold; 7 after a dip to 6 is not prominent.
        assert!(spikes_of(&[0.0, 5.0, 0.0, 1.0, 0.0]).is_empty());
        assert_eq!(spikes_of(&[0.0, 8.0, 6.0, 7.0, 0.0]).len(), 1);
        // Two full peaks 3 apart: the higher stays.
        let close = spikes_of(&[0.0, 7.0, 0.0, 0.0, 9.0, 0.0]);
        assert_eq!(close.len(), 1);
        assert_eq!(close[0].peak, 9.0);
    }

    #[test]
    fn flat_tops_and_open_ends() {
        assert_eq!(spikes_of(&[0.0, 6.0, 6.0, 6.0, 0.0])[0].time, 2.0);
        // A trace that ends on the way up has no peak there.
        assert!(spikes_of(&[0.0, 3.0, 9.0]).is_empty());
        assert!(spikes_of(&[]).is_empty());
        assert!(train(&[]).interval.mean.is_nan());
    }
}
