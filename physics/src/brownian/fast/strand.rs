//! Isolated pairs and small groups, shared out among streams of noise.

use super::clusters::ClusterBlock;
use super::law::{Force, LaneTask, PairLaw};
use super::pairs::{self, PairBlock};
use super::source::Source;
use crate::noise::{LANES, LaneNoise};

/// Blocks that one stream of noise moves: a task for one thread.
#[derive(Clone, Debug)]
pub struct Strand {
    pub noise: LaneNoise,
    pub pairs: Vec<PairBlock>,
    pub clusters: Vec<ClusterBlock>,
}

/// The groups that one strand shall have.
#[derive(Clone, Debug, Default)]
pub struct Share<'a> {
    pairs: Vec<&'a [[u32; 2]]>,
    clusters: Vec<&'a [&'a [u32]]>,
}

/// Shares `pairs` and `clusters` out among `strands`.
///
/// Clusters of equal size go into the same block; the largest blocks go to the
/// strand with the least to do, the rest fill up.
pub fn share_out<'a>(
    pairs: &'a [[u32; 2]],
    clusters: &'a [&'a [u32]],
    strands: usize,
) -> Vec<Share<'a>> {
    let mut shares = vec![Share::default(); strands];
    for (k, block) in pairs.chunks(pairs::BLOCK).enumerate() {
        shares[k % strands].pairs.push(block);
    }
    let mut work = vec![0; strands];
    for block in clusters.chunks(LANES) {
        let least = (0..strands).min_by_key(|&k| work[k]).unwrap_or(0);
        work[least] += ClusterBlock::work(block[0].len());
        shares[least].clusters.push(block);
    }
    shares
}

impl Strand {
    /// No groups yet.
    pub fn new(noise: LaneNoise) -> Self {
        Self {
            noise,
            pairs: Vec::new(),
            clusters: Vec::new(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.clusters.is_empty()
    }

    /// Takes the groups of `share` in place of those it has.
    pub fn fill(&mut self, share: &Share<'_>, source: Source<'_>) {
        self.pairs.clear();
        self.clusters.clear();
        for block in &share.pairs {
            let pairs = block.iter().map(|&ions| source.pair(ions)).collect();
            self.pairs.push(PairBlock::new(pairs));
        }
        for block in &share.clusters {
            let groups = block
                .iter()
                .map(|group| (source.members(group), source.walls_about(group)));
            self.clusters.push(ClusterBlock::new(groups));
        }
    }

    /// Moves its blocks; the longest way of an ion, squared (Å²).
    #[inline(always)]
    fn advance<F: Force>(&mut self, law: PairLaw<F>, fields: &[f32]) -> f32 {
        let mut farthest = 0.0f32;
        for block in &mut self.pairs {
            block.advance(law, fields, &mut self.noise);
            farthest = farthest.max(block.farthest());
        }
        for block in &mut self.clusters {
            block.advance(law, fields, &mut self.noise);
            farthest = farthest.max(block.farthest());
        }
        farthest
    }
}

/// The advance of one strand.
pub struct StrandAdvance<'a> {
    pub strand: &'a mut Strand,
    pub fields: &'a [f32],
}

impl LaneTask for StrandAdvance<'_> {
    type Output = f32;

    #[inline(always)]
    fn run<F: Force>(self, law: PairLaw<F>) -> f32 {
        self.strand.advance(law, self.fields)
    }
}
