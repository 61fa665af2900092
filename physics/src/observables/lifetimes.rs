//! How long a pair of ions of opposite sign stays together.

use super::{Link, Links};
use crate::brownian::Ions;
use crate::statistics::{Blocks, Estimate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lifetimes of links between ions of opposite sign, in looks.
///
/// A pair that was there when counting began has a life of unknown length: it is
/// left out of the survival curve. One that is there at the end has lived at
/// least so long: it is censored (Kaplan & Meier, J. Am. Stat. Assoc. 53, 457
/// (1958), <https://doi.org/10.1080/01621459.1958.10501452>). The mean needs
/// neither: in a steady state the mean number of pairs is the rate at which they
/// break times their mean lifetime (Little, Oper. Res. 9, 383 (1961),
/// <https://doi.org/10.1287/opre.9.3.383>), so
///
/// ```text
/// τ = Σ time spent in pairs / number of pairs broken
/// ```
///
/// over all pairs. What lives and dies between two looks is not seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lifetimes {
    /// The first look that counts, once there is one.
    from: Option<u64>,
    /// Lives that ended, by their length in looks.
    ended: BTreeMap<u64, u64>,
    blocks: Blocks,
}

/// Sums: pairs at risk times looks, and pairs that broke.
const AT_RISK: usize = 0;
const BROKEN: usize = 1;

/// A point of the survival curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Survival {
    /// Age in looks.
    pub age: u64,
    /// Pairs that were followed to this age.
    pub at_risk: u64,
    /// Fraction of pairs that live longer, with the error of Greenwood's formula,
    /// for pairs that break independently of each other.
    pub fraction: Estimate,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            from: None,
            ended: BTreeMap::new(),
            blocks: Blocks::new(2),
        }
    }
}

impl Lifetimes {
    /// Adds what the last look at `links` has changed.
    pub fn look(&mut self, ions: &Ions, links: &Links) {
        let now = links.looks() - 1;
        let Some(from) = self.from else {
            self.from = Some(now);
            return;
        };
        let opposite = |link: &&Link| is_opposite(ions, link);
        let broken = links.parted().iter().filter(opposite);
        let mut breaks = 0.0;
        for link in broken {
            breaks += 1.0;
            if is_seen_from_birth(link, from) {
                *self.ended.entry(now - link.since).or_default() += 1;
            }
        }
        let old = |link: &&Link| link.since < now && is_opposite(ions, link);
        let survivors = links.present().iter().filter(old).count() as f64;
        self.blocks.add(AT_RISK, survivors + breaks);
        self.blocks.add(BROKEN, breaks);
    }

    /// The sums over windows.
    pub(super) fn blocks(&mut self) -> &mut Blocks {
        &mut self.blocks
    }

    /// Mean lifetime τ in looks; NaN if no pair broke.
    #[must_use]
    pub fn mean(&self) -> Estimate {
        let mean = self.blocks.ratio(|s| s[AT_RISK], |s| s[BROKEN]);
        if mean.mean.is_finite() {
            return mean;
        }
        Estimate {
            mean: f64::NAN,
            error: f64::NAN,
        }
    }

    /// How many pairs broke, of all that were there.
    #[must_use]
    pub fn broken(&self) -> u64 {
        self.blocks.totals()[BROKEN] as u64
    }

    /// The Kaplan–Meier estimate of the survival curve, a point at every age at
    /// which a pair broke; `links` are those of the last look.
    #[must_use]
    pub fn survival(&self, ions: &Ions, links: &Links) -> Vec<Survival> {
        let censored = self.censored(ions, links);
        let mut at_risk: u64 = self.ended.values().sum::<u64>() + censored.values().sum::<u64>();
        let mut lost = censored.into_iter().peekable();
        let (mut fraction, mut greenwood) = (1.0, 0.0);
        let mut curve = Vec::new();
        for (&age, &ended) in &self.ended {
            // Seen last at this age or before it: not known to have lived longer.
            while let Some((_, count)) = lost.next_if(|&(seen, _)| seen < age) {
                at_risk -= count;
            }
            let (n, d) = (at_risk as f64, ended as f64);
            fraction *= 1.0 - d / n;
            greenwood += d / (n * (n - d));
            let error = if fraction > 0.0 {
                fraction * greenwood.sqrt()
            } else {
                f64::NAN
            };
            curve.push(Survival {
                age,
                at_risk,
                fraction: Estimate {
                    mean: fraction,
                    error,
                },
            });
            at_risk -= ended;
        }
        curve
    }

    /// Pairs that live still, by the age at which they were last seen.
    #[must_use]
    pub fn censored(&self, ions: &Ions, links: &Links) -> BTreeMap<u64, u64> {
        let mut ages = BTreeMap::new();
        let Some(from) = self.from else {
            return ages;
        };
        let now = links.looks() - 1;
        for link in links.present() {
            if is_seen_from_birth(link, from) && is_opposite(ions, link) {
                *ages.entry(now - link.since).or_default() += 1;
            }
        }
        ages
    }
}

/// Whether the look before saw the ions apart, and counted.
fn is_seen_from_birth(link: &Link, from: u64) -> bool {
    link.since > from
}

fn is_opposite(ions: &Ions, link: &Link) -> bool {
    let [a, b] = link.ions.map(|ion| ions.charges()[ion as usize]);
    a * b < 0.0
}

#[cfg(test)]
mod tests {
    use super::super::Criterion;
    use super::super::scripted::{ions, listed, plane};
    use super::*;
    use crate::noise::Stream;

    const SIDE: f64 = 4000.0;

    /// Pairs 200 Å apart, each with its ions together or apart at each look:
    /// the ions and their links after all looks.
    fn follow(script: &[Vec<bool>]) -> (Lifetimes, Ions, Links) {
        let mut lifetimes = Lifetimes::default();
        let mut links = Links::new(Criterion {
            join: 10.0,
            part: 20.0,
        });
        let slit = plane(SIDE);
        let mut last = None;
        for look in 0..script[0].len() {
            let place = |k: usize| [200.0 * (k % 20) as f64, 200.0 * (k / 20) as f64];
            let cations = (0..script.len()).map(place);
            let anions = (0..script.len()).map(|k| {
                let [x, y] = place(k);
                [x + if script[k][look] { 5.0 } else { 80.0 }, y]
            });
            let positions: Vec<[f64; 2]> = cations.chain(anions).collect();
            let ions = ions(slit, &positions);
            links.look(&listed(slit, 100.0, &positions), &positions);
            lifetimes.look(&ions, &links);
            lifetimes.blocks().close();
            last = Some(ions);
        }
        (lifetimes, last.unwrap(), links)
    }

    /// Four pairs over ten looks (# together). The first was there already and is
    /// left out of the curve; lives of 2 and 5 looks end, others of 3 and 5 are
    /// cut off. Kaplan–Meier by hand: 3/4 after 2, of the two left at 5 one breaks.
    /// All pairs were at risk 3 + (2 + 3) + 5 + 5 times, and 3 broke.
    #[test]
    fn a_scripted_sequence() {
        let script = ["###.......", ".##...####", "..#####...", "....######"];
        let script = script.map(|row| row.chars().map(|c| c == '#').collect());
        let (lifetimes, ions, links) = follow(&script);
        let curve = lifetimes.survival(&ions, &links);
        let points: Vec<(u64, u64, f64)> = curve
            .iter()
            .map(|point| (point.age, point.at_risk, point.fraction.mean))
            .collect();
        assert_eq!(points, [(2, 4, 0.75), (5, 2, 0.375)]);
        let greenwood: f64 = 0.375 * (1.0f64 / 12.0 + 0.5).sqrt();
        assert!((curve[1].fraction.error - greenwood).abs() < 1e-12);
        assert_eq!(lifetimes.mean().mean, 6.0);
        assert_eq!(lifetimes.broken(), 3);
        let censored = lifetimes.censored(&ions, &links);
        assert_eq!(censored.into_iter().collect::<Vec<_>>(), [(3, 1), (5, 1)]);
    }

    /// 300 pairs that break with probability p = 0.05 at each look and join again
    /// with 0.1, over 300 looks: τ = 1/p, and a fraction (1 - p)^age lives longer,
    /// within four standard errors, which are of the size they should be: some
    /// 3000 breaks give τ to 1.8 %.
    #[test]
    fn pairs_without_memory() {
        let mut stream = Stream::named(41, "telegraph", 0);
        let script: Vec<Vec<bool>> = (0..300)
            .map(|_| {
                let mut together = stream.uniform() < 2.0 / 3.0;
                let mut step = || {
                    let changes = if together { 0.05 } else { 0.1 };
                    together ^= stream.uniform() < changes;
                    together
                };
                (0..300).map(|_| step()).collect()
            })
            .collect();
        let (lifetimes, ions, links) = follow(&script);
        let mean = lifetimes.mean();
        assert!((mean.mean - 20.0).abs() < 4.0 * mean.error, "{mean:?}");
        assert!((mean.error / (20.0 * 0.018) - 1.0).abs() < 0.5, "{mean:?}");
        for point in lifetimes.survival(&ions, &links) {
            let Estimate { mean, error } = point.fraction;
            if point.age <= 100 {
                let expected = 0.95f64.powi(point.age as i32);
                assert!((mean - expected).abs() < 4.0 * error, "{point:?}");
            }
        }
    }

    #[test]
    fn pairs_that_never_break_have_no_mean() {
        let (lifetimes, ions, links) = follow(&[vec![true; 5]]);
        assert!(lifetimes.mean().mean.is_nan());
        assert!(lifetimes.survival(&ions, &links).is_empty());
    }
}
