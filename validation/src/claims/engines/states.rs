//! Slits full of ions: what they carry and how they stand.

use super::{Kind, PHYSICAL, PUBLISHED, Preset, compare};
use crate::claim::{Check, Plan};
use crate::subject::nominal_salt;
use bjerrum_physics::brownian::{Engine, Ions};
use bjerrum_physics::noise::Stream;
use bjerrum_physics::observables::Clusters;
use bjerrum_physics::slit::{Slit, Walls};
use bjerrum_physics::theory;
use rayon::prelude::*;
use std::f64::consts::{PI, TAU};

/// Windows discarded: in the first the closest pairs fly apart.
const DISCARDED: u64 = 20;
/// Windows measured.
const WINDOWS: usize = 100;
/// Distance within which two ions are together, Å, as published.
const FREE_CUTOFF: f64 = 60.0;
/// Half of the pairs of a copy start bound, at this distance, Å, and half of
/// those two by two: from random places clusters would take microseconds to form.
const BOUND: f64 = 10.0;
/// Distance of two bound pairs that start together, Å.
const TOGETHER: f64 = 30.0;
/// Bins of the distance of unlike and of like ions, Å.
const UNLIKE: [[f64; 2]; 4] = [[0.0, 10.0], [10.0, 20.0], [20.0, 60.0], [60.0, 200.0]];
const LIKE: [[f64; 2]; 3] = [[0.0, 40.0], [40.0, 100.0], [100.0, 200.0]];

/// Distance within which unlike ions are in contact, Å.
const CONTACT: f64 = 8.0;

/// A slit under a field.
#[derive(Clone, Copy, Debug)]
struct State {
    place: &'static str,
    slit: Slit,
    /// Pairs of ions.
    pairs: usize,
    preset: Preset,
    /// kT/(e·Å).
    field: f64,
    /// Steps of a window: about as many as the fast engine moves an ion alone
    /// in one jump.
    window: u64,
    /// Independent copies in the quick tier, of either engine.
    copies: u64,
    /// Whether the structure is compared as well as the current.
    closely: bool,
}

/// The published density of the memristor, 1e-3 nm⁻² of each sign: large groups.
const DENSE: State = State {
    place: "dense",
    slit: Slit {
        length: 1600.0,
        width: 1000.0,
        walls: Walls::Periodic,
    },
    pairs: 16,
    preset: PUBLISHED,
    field: 0.0,
    window: 100,
    copies: 96,
    closely: false,
};

/// The same in a piece so large that several tasks of the fast engine move it.
const LARGE: State = State {
    place: "large",
    slit: Slit {
        length: 8000.0,
        width: 4000.0,
        walls: Walls::Periodic,
    },
    pairs: 320,
    copies: 12,
    ..DENSE
};

/// That of the published sodium slit, a tenth, with its walls: pairs and small groups.
const SPARSE: State = State {
    place: "sparse",
    slit: Slit {
        length: 20_000.0,
        width: 800.0,
        walls: Walls::Soft { force: 1.7 },
    },
    window: 300,
    ..DENSE
};

/// That of the published potassium slit, a hundredth: ions alone, and pairs.
const DILUTE: State = State {
    place: "dilute",
    slit: Slit {
        length: 20_000.0,
        width: 8000.0,
        walls: Walls::Periodic,
    },
    window: 1000,
    ..DENSE
};

/// The states compared.
fn states() -> Vec<State> {
    let mut states = Vec::new();
    let mut add = |state: State, field, closely| {
        states.push(State {
            field,
            closely,
            ..state
        });
    };
    for field in [0.05, 0.1, 0.2, 0.3, 0.5] {
        add(DENSE, field, field == 0.1);
    }
    add(LARGE, 0.3, false);
    add(SPARSE, 0.05, true);
    add(SPARSE, 0.2, false);
    add(DILUTE, 0.1, false);
    for (state, field, closely) in [
        (DENSE, 0.1, true),
        (DENSE, 0.3, false),
        (SPARSE, 0.2, false),
    ] {
        // Shorter by far, though of more steps.
        let physical = State {
            preset: PHYSICAL,
            window: 400,
            ..state
        };
        add(physical, field, closely);
    }
    states
}

pub fn run(plan: &Plan) -> Vec<Check> {
    let states = states();
    let checks = states.iter().map(|state| checks(plan, state));
    checks.flatten().collect()
}

/// Both engines in one state.
fn checks(plan: &Plan, state: &State) -> Vec<Check> {
    let copies: Vec<[Vec<f64>; 2]> = (0..plan.scaled(state.copies, 8))
        .into_par_iter()
        .map(|copy| Kind::BOTH.map(|kind| follow(plan, state, kind, copy)))
        .collect();
    let names = quantities();
    let compared = if state.closely { names.len() } else { 2 };
    let (name, field) = (state.preset.name, state.field);
    let checks = names[..compared].iter().enumerate().map(|(k, quantity)| {
        let of_kind =
            |kind: usize| -> Vec<f64> { copies.iter().map(|copy| copy[kind][k]).collect() };
        let [plain, fast] = [0, 1].map(of_kind);
        let quantity = format!("{name}, {}, E = {field}: {quantity}", state.place);
        compare(quantity, &plain, &fast)
    });
    checks.collect()
}

/// What [`follow`] measures, in its order.
fn quantities() -> Vec<String> {
    let mut names = ["I/I_free", "free ions", "ions in pairs", "ions in triples"]
        .map(String::from)
        .to_vec();
    names.push("ions in larger clusters".into());
    let shells = |bins: &[[f64; 2]], ions: &str| -> Vec<String> {
        let name = |[from, to]: &[f64; 2]| format!("g of {ions} ions, {from}–{to} Å");
        bins.iter().map(name).collect()
    };
    names.extend(shells(&UNLIKE, "unlike"));
    names.extend(shells(&LIKE, "like"));
    names.push(format!(
        "mean distance of unlike ions within {CONTACT} Å, Å"
    ));
    names.push("variance of the window current, free ions: 1".into());
    names.push("its correlation with that of the next window".into());
    names
}

/// One copy from its start: one value a quantity.
fn follow(plan: &Plan, state: &State, kind: Kind, copy: u64) -> Vec<f64> {
    let subject = kind.subject(plan);
    let of = format!("{}/{}/{}", state.preset.name, state.place, state.field);
    let start = Stream::named(plan.seed, &kind.purpose(&format!("{of}/start"), copy), 0);
    let salt = subject.salt(2, state.pairs);
    let ions = Ions::at(state.slit, &salt, half_bound(state, start));
    let scheme = subject.scheme(state.preset.interaction, state.preset.step);
    let mut engine = kind.engine(ions, scheme, plan.seed, &format!("{of}/noise"), copy);

    let fields = vec![subject.field(state.field); state.window as usize];
    let mut structure = Structure::default();
    let mut currents = Vec::with_capacity(WINDOWS);
    for window in 0..DISCARDED as usize + WINDOWS {
        let mut moved = [0.0, 0.0];
        engine.advance(&fields, &mut moved);
        if window >= DISCARDED as usize {
            let time = state.window as f64 * state.preset.step;
            currents.push(2.0 * (moved[0] - moved[1]) / (state.slit.length * time));
            structure.add(&*engine);
        }
    }
    let mut values = structure.means(state);
    let [mean, variance, correlation] = of_currents(state, &currents);
    values.insert(0, mean);
    values.extend([variance, correlation]);
    values
}

/// Cations and anions: of eight pairs four at random, two bound ones, and two
/// bound ones side by side.
fn half_bound(state: &State, mut start: Stream) -> Vec<[f64; 2]> {
    let Slit { length, width, .. } = state.slit;
    let (mut cations, mut anions): (Vec<[f64; 2]>, Vec<_>) = (Vec::new(), Vec::new());
    for pair in 0..state.pairs {
        let mut anywhere = || [length * start.uniform(), width * (start.uniform() - 0.5)];
        let (mut cation, mut anion) = (anywhere(), anywhere());
        if pair % 8 == 2 {
            cation = near(cations[pair - 2], TOGETHER, &mut start);
        }
        if pair % 2 == 0 {
            anion = near(cation, BOUND, &mut start);
        }
        cations.push(cation);
        anions.push(anion);
    }
    [cations, anions].concat()
}

/// A point at `distance` from `place`, in any direction.
fn near(place: [f64; 2], distance: f64, start: &mut Stream) -> [f64; 2] {
    let (sin, cos) = (TAU * start.uniform()).sin_cos();
    [place[0] + distance * cos, place[1] + distance * sin]
}

/// Mean of I/I_free; variance of the window current over that of free ions, and
/// correlation of successive windows, both about the mean of the copy.
fn of_currents(state: &State, currents: &[f64]) -> [f64; 3] {
    let salt = nominal_salt(2, state.pairs);
    let length = state.slit.length;
    let free = theory::nernst_einstein_conductance(&salt, length) * state.field * length;
    let time = state.window as f64 * state.preset.step;
    let thermal = theory::window_current_variance(&salt, length, time);
    let mean = currents.iter().sum::<f64>() / currents.len() as f64;
    let product = |lag: usize| {
        let pairs = currents[lag..].iter().zip(currents);
        let sum: f64 = pairs.map(|(a, b)| (a - mean) * (b - mean)).sum();
        sum / (currents.len() - lag) as f64
    };
    [mean / free, product(0) / thermal, product(1) / product(0)]
}

/// Sums over the samples of one copy.
#[derive(Default)]
struct Structure {
    samples: f64,
    /// Ions alone, in pairs, in triples, in larger clusters.
    sizes: [f64; 4],
    unlike: [f64; UNLIKE.len()],
    like: [f64; LIKE.len()],
    /// Pairs in contact and the sum of their distances, Å.
    contacts: [f64; 2],
    clusters: Clusters,
}

impl Structure {
    fn add(&mut self, engine: &dyn Engine) {
        self.samples += 1.0;
        self.clusters.find(engine, FREE_CUTOFF);
        let mut size = vec![0; engine.ions().count()];
        for &cluster in self.clusters.membership() {
            size[cluster as usize] += 1;
        }
        for size in size.into_iter().filter(|&size| size > 0) {
            self.sizes[3.min(size - 1)] += size as f64;
        }
        let positions = engine.ions().positions();
        let list = engine.neighbours();
        list.for_each_pair(positions, |i, j, d| self.add_pair(engine, [i, j], d));
    }

    fn add_pair(&mut self, engine: &dyn Engine, pair: [usize; 2], d: [f64; 2]) {
        let [a, b] = pair.map(|ion| engine.ions().charges()[ion]);
        let r = d[0].hypot(d[1]);
        let (bins, counts): (&[[f64; 2]], &mut [f64]) = if a * b < 0.0 {
            (&UNLIKE, &mut self.unlike)
        } else {
            (&LIKE, &mut self.like)
        };
        if a * b < 0.0 && r < CONTACT {
            self.contacts[0] += 1.0;
            self.contacts[1] += r;
        }
        for ([from, to], count) in bins.iter().zip(counts) {
            *count += f64::from(u8::from((*from..*to).contains(&r)));
        }
    }

    /// Shares of the ions by size of cluster, then pairs in each bin over those
    /// of ions at random (in a wide slit).
    fn means(&self, state: &State) -> Vec<f64> {
        let pairs = state.pairs as f64;
        let ions = 2.0 * pairs * self.samples;
        let mut means: Vec<f64> = self.sizes.iter().map(|size| size / ions).collect();
        let mut shells = |bins: &[[f64; 2]], counts: &[f64], partners: f64| {
            for ([from, to], count) in bins.iter().zip(counts) {
                let part = PI * (to * to - from * from) / state.slit.area();
                means.push(count / (self.samples * partners * part));
            }
        };
        shells(&UNLIKE, &self.unlike, pairs * pairs);
        shells(&LIKE, &self.like, pairs * (pairs - 1.0));
        means.push(self.contacts[1] / self.contacts[0]);
        means
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::{failures, faulty, sound};
    use super::*;
    use crate::subject::Fault;
    use bjerrum_physics::brownian::{Census, FastEngine, Scheme};

    /// How the fast engine moves the ions of a state, after a while.
    fn census(state: State, field: f64) -> Census {
        let start = half_bound(&state, Stream::named(1, "census", 0));
        let ions = Ions::at(state.slit, &nominal_salt(2, state.pairs), start);
        let scheme = Scheme {
            interaction: state.preset.interaction.into(),
            step: state.preset.step,
            refinement: None,
        };
        let mut engine = FastEngine::new(ions, scheme, 1, "census").expect("a closed form");
        engine.advance(&vec![field; 2000], &mut [0.0; 2]);
        engine.census()
    }

    /// Every way of moving ions is compared.
    #[test]
    fn the_states_hold_every_kind_of_group() {
        let dense = census(DENSE, 0.3);
        assert!(dense.bulk > 10, "{dense:?}");
        let large = census(LARGE, 0.3);
        assert!(large.bulk > 512, "{large:?}");
        let sparse = census(SPARSE, 0.05);
        assert!(sparse.paired > 3 && sparse.clustered > 5, "{sparse:?}");
        let dilute = census(DILUTE, 0.1);
        assert!(dilute.lone > 5 && dilute.paired > 3, "{dilute:?}");
    }

    /// At the highest field the current tells the mobility to a few 1e-4.
    #[test]
    fn a_mobility_one_per_cent_off_is_found() {
        let state = State {
            field: 0.5,
            ..DENSE
        };
        assert_eq!(failures(checks(&sound(0.5), &state)), []);
        let slower = faulty(0.5, Fault::Diffusion(0.99));
        assert_ne!(failures(checks(&slower, &state)), []);
    }

    /// The distance in a pair tells the contact distance to a per cent.
    #[test]
    fn contact_and_coupling_five_per_cent_off_are_found() {
        let state = State {
            field: 0.1,
            closely: true,
            preset: PHYSICAL,
            window: 400,
            ..DENSE
        };
        assert_eq!(failures(checks(&sound(1.0), &state)), []);
        for fault in [Fault::Contact(1.05), Fault::PairForce(0.95)] {
            let found = failures(checks(&faulty(1.0, fault), &state));
            assert_ne!(found, [], "{fault:?}");
        }
    }
}
