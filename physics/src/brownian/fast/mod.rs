//! The fast engine: ions that cannot meet are moved apart.
//!
//! The law is that of [`PlainEngine`](super::PlainEngine). Time is cut into
//! epochs of many steps. At the start of an epoch every pair closer than the
//! cut-off plus a skin is listed; ions joined by listed pairs form a group, and
//! as long as nobody moves by more than half the skin the groups know nothing
//! of each other:
//!
//! - an ion alone jumps once, by the sum of the steps of the epoch;
//! - a pair moves in relative coordinates, and its centre jumps once ([`pairs`]);
//! - small groups move in the lanes of vectors, one group a lane ([`clusters`]);
//! - the rest moves with a neighbour list ([`bulk`]).
//!
//! **What is exact and what is bounded.** Given that no ion oversteps, the law
//! is that of the Euler–Maruyama scheme, up to single-precision rounding of
//! relative coordinates. Ions in groups are watched, and end the epoch when one
//! nears half the skin. Ions alone (and centres of pairs) are not seen between
//! their jumps: the epoch is so short that two of them approach each other by a
//! whole skin with a probability below 10⁻⁹ ([`TAIL`]); what would be missed
//! then is the force near the cut-off for a few steps.
//!
//! Noise comes in streams that belong to places in the engine and not to
//! threads, and loops over lanes are plain arithmetic, so that the numbers do
//! not depend on the number of threads or the width of the vectors.

mod bulk;
mod clusters;
mod fitted;
mod grid;
mod groups;
mod law;
mod lists;
mod pairs;
mod source;
mod strand;
mod tile;

use super::beyond::Beyond;
use super::crew::with_helpers;
use super::{Engine, EngineState, ForeignState, Ions, NeighbourList, Scheme};
use crate::interaction::Unresolved;
use crate::noise::{LaneNoise, Stream};
use bulk::{Bulk, Execution};
use groups::Groups;
pub(super) use law::{Force, LaneTask, Law, PairLaw};
pub(super) use pairs::{BLOCK, Pair, PairBlock};
use rayon::prelude::*;
use source::Source;
use std::cmp::Reverse;
use strand::{Share, Strand, StrandAdvance};

/// Standard deviations of the free motion of one ion, along one direction, that
/// half the skin holds: two ions close in on each other by a whole skin when
/// their relative motion exceeds 4.6 √2 = 6.5 of its own.
const TAIL: f64 = 4.6;

/// The same for the motion of a watched ion between two looks.
const WATCHED_TAIL: f64 = 3.0;

/// Share of half the skin that is kept for the motion between two looks.
const WATCHED_SHARE: f64 = 0.25;

/// Bounds of the skin, Å. Between them it is a quarter of the mean spacing of
/// the ions: long epochs where ions are rare, few needless partners where they
/// are not. Steps in several evaluations make partners dear, and have the lower
/// one (rare ions are then moved 1.2 to 1.6 times as fast).
const SKIN: [f64; 2] = [100.0, 300.0];

/// The skin in spacings of ions at most: where hundreds are within the cut-off, partners
/// cost more than lists.
const DENSE_SKIN: f64 = 2.5;

/// Listed pairs an ion from which on all ions are taken for one group without
/// looking: discs at random percolate at 2.26 (Quintanilla & Ziff,
/// <https://doi.org/10.1103/PhysRevE.76.051115>: 4.51 neighbours each).
const CROWDED: f64 = 2.5;

/// Steps of the longest epoch.
const LONGEST_EPOCH: usize = 2048;

/// Streams of noise for pairs and clusters, and tasks to share among threads.
const STRANDS: usize = 16;

/// Ions from which on an epoch is worth sharing among threads.
const SHARED: usize = 1500;

/// Moves the ions of one slit, many at a time.
#[derive(Clone, Debug)]
pub struct FastEngine {
    ions: Ions,
    scheme: Scheme,
    law: Law,
    arch: pulp::Arch,
    skin: f64,
    neighbours: NeighbourList,
    beyond: Option<Beyond>,
    groups: Groups,
    /// D dt of every ion, Å².
    mobilities: Vec<f64>,
    fastest: Fastest,
    jumps: Stream,
    lone: Vec<u32>,
    strands: Vec<Strand>,
    bulk: Bulk,
    steps_done: u64,
    census: Census,
}

/// How far an ion goes in one step at most.
#[derive(Clone, Copy, Debug)]
struct Fastest {
    /// Drift in a unit field, Å² e/kT.
    drift: f64,
    /// Standard deviation along one direction, Å.
    spread: f64,
}

impl Fastest {
    fn new(ions: &Ions, mobilities: &[f64]) -> Self {
        let each = ions.charges().iter().zip(mobilities);
        let drift = each.fold(0.0f64, |most, (z, m)| most.max(z.abs() * m));
        let most = mobilities.iter().fold(0.0f64, |most, m| most.max(2.0 * m));
        Self {
            drift,
            spread: most.sqrt(),
        }
    }
}

/// What the ions of the present epoch are, for those who tune the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Epochs so far.
    pub epochs: u64,
    /// Ions alone.
    pub lone: usize,
    /// Ions in isolated pairs.
    pub paired: usize,
    /// Ions in small groups.
    pub clustered: usize,
    /// The rest.
    pub bulk: usize,
}

impl FastEngine {
    /// An engine that moves `ions` with noise named after `master` and `purpose`.
    ///
    /// # Errors
    /// [`Unresolved`] if the force has no closed form and cannot be had in single
    /// precision to 2e-6.
    pub fn new(ions: Ions, scheme: Scheme, master: u64, purpose: &str) -> Result<Self, Unresolved> {
        let slit = *ions.slit();
        let spacing = (slit.area() / ions.count().max(1) as f64).sqrt();
        let [narrowest, widest] = SKIN;
        let skin = match scheme.refinement {
            Some(_) => narrowest,
            None => (0.25 * spacing).clamp(narrowest, widest),
        };
        let skin = skin.min(DENSE_SKIN * spacing);
        let neighbours = NeighbourList::new(slit, scheme.interaction.cutoff(), skin);
        let mobilities: Vec<f64> = ions.diffusion().iter().map(|d| d * scheme.step).collect();
        let strand = |k| Strand::new(LaneNoise::named(master, &format!("{purpose}/strand"), k));
        let mut engine = Self {
            law: Law::new(&scheme)?,
            arch: pulp::Arch::new(),
            skin: neighbours.skin(),
            neighbours,
            beyond: None,
            groups: Groups::default(),
            fastest: Fastest::new(&ions, &mobilities),
            mobilities,
            jumps: Stream::named(master, purpose, 0),
            lone: Vec::new(),
            strands: (0..STRANDS as u64).map(strand).collect(),
            bulk: Bulk::new(&slit, master, purpose),
            ions,
            scheme,
            steps_done: 0,
            census: Census::default(),
        };
        engine.ions.wrap();
        engine.list_neighbours();
        Ok(engine)
    }

    /// With the forces from beyond the cut-off as well, if there are to be any: found at the start of each
    /// epoch and held until its end.
    #[must_use]
    pub fn with_beyond(mut self, beyond: Option<Beyond>) -> Self {
        self.beyond = beyond;
        self
    }

    /// The groups of the last epoch, counted.
    #[must_use]
    pub fn census(&self) -> Census {
        self.census
    }

    /// Moves all ions by as many of the `fields` as one list allows; returns
    /// how many.
    fn epoch(&mut self, fields: &[f64], moved: &mut [f64]) -> usize {
        self.ions.wrap();
        self.list_neighbours();
        self.find_beyond();
        self.assign_groups();
        let steps = self.move_groups(&fields[..self.longest_epoch(fields)]);
        self.settle(&fields[..steps]);
        self.add_displacements(moved);
        self.steps_done += steps as u64;
        self.census.epochs += 1;
        steps
    }

    fn list_neighbours(&mut self) {
        let helpers = self.helpers();
        let positions = self.ions.positions();
        self.neighbours.build(positions, helpers);
    }

    fn find_beyond(&mut self) {
        let helpers = self.helpers();
        if let Some(beyond) = &mut self.beyond {
            beyond.find(&self.ions, helpers);
        }
    }

    /// The most steps for which drift and [`TAIL`] deviations of free motion
    /// stay within half the skin.
    fn longest_epoch(&self, fields: &[f64]) -> usize {
        let hold = self.beyond.as_ref().map(Beyond::longest_hold);
        let longest = hold.map_or(LONGEST_EPOCH, |hold| LONGEST_EPOCH.min(hold as usize));
        let most = fields.len().min(longest);
        let steps = self.steps_within(0.5 * self.skin, TAIL, &fields[..most]);
        steps.clamp(1, most)
    }

    /// How many steps, drift and `tail` deviations of free motion taken
    /// together, keep the fastest ion within `way` (Å).
    fn steps_within(&self, way: f64, tail: f64, fields: &[f64]) -> usize {
        let field = fields.iter().fold(0.0f64, |most, e| most.max(e.abs()));
        let drift = self.fastest.drift * field;
        let spread = self.fastest.spread;
        // drift n + tail spread √n = way
        let root =
            way * 2.0 / (tail * spread + ((tail * spread).powi(2) + 4.0 * drift * way).sqrt());
        (root * root) as usize
    }

    /// Hands every group to what moves it.
    fn assign_groups(&mut self) {
        let helpers = self.helpers();
        let ions = self.ions.count();
        if self.neighbours.pair_count() as f64 > CROWDED * ions as f64 {
            self.groups.unite(ions);
        } else {
            self.groups.find(ions, &self.neighbours);
        }
        let source = Source {
            ions: &self.ions,
            mobilities: &self.mobilities,
            beyond: self.beyond.as_ref(),
            list: &self.neighbours,
            refining: self.law.refining,
        };
        let Sorted {
            lone,
            pairs,
            clusters,
            bulk,
        } = Sorted::new(&self.groups, source);
        self.census = Census {
            epochs: self.census.epochs,
            lone: lone.len(),
            paired: 2 * pairs.len(),
            clustered: clusters.iter().map(|group| group.len()).sum(),
            bulk: bulk.len(),
        };
        self.lone = lone;
        let shares = strand::share_out(&pairs, &clusters, STRANDS);
        let fill = |(strand, share): (&mut Strand, &Share)| strand.fill(share, source);
        if helpers > 0 {
            self.strands.par_iter_mut().zip(&shares).for_each(fill);
        } else {
            self.strands.iter_mut().zip(&shares).for_each(fill);
        }
        self.bulk.fill(&bulk, source, helpers);
    }

    /// Threads that may help.
    fn helpers(&self) -> usize {
        if self.ions.count() < SHARED {
            return 0;
        }
        rayon::current_num_threads() - 1
    }

    /// Moves the ions in groups until the fields are used up or one of them
    /// nears half the skin; returns the number of steps.
    fn move_groups(&mut self, fields: &[f64]) -> usize {
        let half = 0.5 * self.skin;
        let stretch = self
            .steps_within(WATCHED_SHARE * half, WATCHED_TAIL, fields)
            .max(1);
        let limit = ((1.0 - WATCHED_SHARE) * half).powi(2);
        let fields: Vec<f32> = fields.iter().map(|&e| e as f32).collect();
        let mut done = 0;
        for fields in fields.chunks(stretch) {
            done += fields.len();
            if f64::from(self.advance_strands(fields)) > limit {
                break;
            }
        }
        done
    }

    /// Moves pairs, clusters and bulk; the longest way of an ion since the start
    /// of the epoch, squared.
    fn advance_strands(&mut self, fields: &[f32]) -> f32 {
        let (law, arch) = (&self.law, self.arch);
        let advance = |strand: &mut Strand| law.dispatch(arch, StrandAdvance { strand, fields });
        let helpers = self.helpers();
        let busy = self.strands.iter().filter(|strand| !strand.is_empty());
        let mut farthest = if helpers > 0 && busy.count() > 1 {
            let ways = self.strands.par_iter_mut().map(advance);
            ways.reduce(|| 0.0, f32::max)
        } else {
            self.strands.iter_mut().map(advance).fold(0.0, f32::max)
        };
        if !self.bulk.is_empty() {
            let how = Execution { arch, helpers };
            farthest = farthest.max(self.bulk.advance(law, fields, how));
        }
        farthest
    }

    /// Brings the positions up to date after one step under each of `fields`.
    fn settle(&mut self, fields: &[f64]) {
        let field_sum: f64 = fields.iter().sum();
        let steps = fields.len();
        let positions = &mut self.ions.positions;
        for strand in &self.strands {
            for block in &strand.pairs {
                block.settle(steps, field_sum, positions, &mut self.jumps);
            }
            for block in &strand.clusters {
                block.settle(positions);
            }
        }
        self.bulk.settle(positions);
        for &ion in &self.lone {
            let ion = ion as usize;
            let mobility = self.mobilities[ion];
            let spread = (2.0 * mobility * steps as f64).sqrt();
            let drift = mobility * self.ions.charges()[ion] * field_sum;
            let far_force = self.beyond.as_ref().map(|beyond| beyond.forces()[ion]);
            let [far_x, far_y] = far_force.unwrap_or_default();
            let way = mobility * steps as f64;
            let position = &mut self.ions.positions[ion];
            position[0] += drift + way * far_x + spread * self.jumps.normal();
            position[1] += way * far_y + spread * self.jumps.normal();
        }
    }

    /// Adds to `moved` how far each species has come along x since the list
    /// was built.
    fn add_displacements(&self, moved: &mut [f64]) {
        let start = self.neighbours.reference();
        for (range, moved) in self.ions.species().iter().zip(moved) {
            let ions = range.ions.clone();
            let now = &self.ions.positions()[ions.clone()];
            let ways = now
                .iter()
                .zip(&start[ions])
                .map(|(now, then)| now[0] - then[0]);
            *moved += ways.sum::<f64>();
        }
    }
}

/// Groups by what moves them.
struct Sorted<'a> {
    lone: Vec<u32>,
    pairs: Vec<[u32; 2]>,
    clusters: Vec<&'a [u32]>,
    bulk: Vec<u32>,
}

impl<'a> Sorted<'a> {
    fn new(groups: &'a Groups, source: Source<'_>) -> Self {
        let (mut lone, mut pairs) = (Vec::new(), Vec::new());
        let (mut clusters, mut bulk) = (Vec::new(), Vec::new());
        let largest = source.longest_chain().min(clusters::LARGEST);
        for group in groups.iter() {
            let walled = source.near_wall(group);
            match group {
                [ion] if !walled => lone.push(*ion),
                // Two fixed charges stay where they are, and have no relative motion.
                [i, j] if source.fixed(*i) && source.fixed(*j) => {}
                [i, j] if !walled && largest >= 2 => pairs.push([*i, *j]),
                _ if group.len() <= largest => clusters.push(group),
                _ => bulk.extend_from_slice(group),
            }
        }
        if source.refining.refines() {
            // One tight pair makes its whole block take substeps.
            let distance2 = |pair: &[u32; 2]| source.distance2(*pair);
            pairs.sort_by(|a, b| distance2(a).total_cmp(&distance2(b)));
        }
        clusters.sort_by_key(|group| Reverse(group.len()));
        Self {
            lone,
            pairs,
            clusters,
            bulk,
        }
    }
}

impl Engine for FastEngine {
    fn ions(&self) -> &Ions {
        &self.ions
    }

    fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    fn neighbours(&self) -> &NeighbourList {
        &self.neighbours
    }

    fn steps_done(&self) -> u64 {
        self.steps_done
    }

    fn advance(&mut self, fields: &[f64], moved: &mut [f64]) {
        with_helpers(self.helpers(), || {
            let mut done = 0;
            while done < fields.len() {
                done += self.epoch(&fields[done..], moved);
            }
        });
    }

    fn state(&self) -> EngineState {
        let strands = self.strands.iter().map(|strand| strand.noise.clone());
        EngineState {
            streams: vec![self.jumps.clone()],
            lanes: strands.chain(self.bulk.noise()).collect(),
            ..EngineState::of(&self.ions, self.steps_done)
        }
    }

    fn restore(&mut self, mut state: EngineState) -> Result<(), ForeignState> {
        state.check(&self.ions, 1, STRANDS)?;
        self.jumps = state.streams.remove(0);
        self.bulk.set_noise(state.lanes.split_off(STRANDS));
        for (strand, noise) in self.strands.iter_mut().zip(state.lanes.drain(..)) {
            strand.noise = noise;
        }
        self.steps_done = state.steps_done;
        self.ions.place(&state);
        self.ions.wrap();
        self.list_neighbours();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
