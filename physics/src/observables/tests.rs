//! Clusters of known configurations, and of ions whose law is known.

use super::scripted::{ions, listed, plane};
use super::*;
use crate::brownian::{Engine, FastEngine, Ions, PlainEngine, Refinement, Scheme};
use crate::interaction::{ConfinedLog, Interaction};
use crate::noise::Stream;
use crate::quadrature::graded;
use crate::slit::Walls;
use crate::statistics::Estimate;

/// A triple at a right angle (cation, anion, cation), a pair across the boundary
/// and three ions alone.
const CATIONS: [[f64; 2]; 4] = [[100.0, 0.0], [110.0, 4.0], [998.0, 200.0], [400.0, 300.0]];
const ANIONS: [[f64; 2]; 4] = [[110.0, 0.0], [4.0, 208.0], [600.0, -300.0], [800.0, -100.0]];

fn configuration() -> (Ions, Vec<Cluster>) {
    let slit = plane(1000.0);
    let positions = [CATIONS, ANIONS].concat();
    let mut links = Links::new(Criterion {
        join: 10.5,
        part: 10.5,
    });
    links.look(&listed(slit, 50.0, &positions), &positions);
    let clusters = find_clusters(&slit, positions.len(), links.present());
    (ions(slit, &positions), clusters)
}

/// The triple: places (0,0), (10,0), (10,4) about their mean give G_xx = 200/9,
/// G_yy = 32/9, G_xy = 40/9, thus λ = (116 ± √(84² + 40²))/9.
#[test]
fn sizes_shapes_and_charges_of_a_known_configuration() {
    let (ions, clusters) = configuration();
    let mut sizes = Sizes::new(ions.count());
    for _ in 0..2 {
        sizes.look(&ions, &clusters);
        sizes.blocks().close();
    }
    let close = |found: Estimate, expected: f64| {
        assert!(
            (found.mean - expected).abs() < 1e-12,
            "{found:?} {expected}"
        );
        assert!(found.error.abs() < 1e-12, "nothing scatters: {found:?}");
    };
    close(sizes.ion_fraction(1, 1), 3.0 / 8.0);
    close(sizes.ion_fraction(3, usize::MAX), 3.0 / 8.0);
    close(sizes.mean_size(), 8.0 / 5.0);
    close(sizes.mean_size_of_an_ion(), (3.0 + 4.0 + 9.0) / 8.0);
    close(sizes.largest(), 3.0);
    close(sizes.percolating(), 0.0);
    let root = (84.0f64.powi(2) + 40.0f64.powi(2)).sqrt();
    close(sizes.elongation(), 2.5);
    close(sizes.axis_ratio(), ((116.0 + root) / (116.0 - root)).sqrt());
    close(
        sizes.orientation(),
        (200.0 - 32.0) / 9.0 / (2.0 * root / 9.0),
    );

    let [one, two, three] = sizes.bins().try_into().unwrap();
    assert_eq!([one.from, two.from, three.from], [1, 2, 3]);
    close(one.cluster_fraction, 3.0 / 5.0);
    close(one.squared_charge, 4.0);
    assert!(one.elongation.mean.is_nan(), "lone ions have no shape");
    close(two.ion_fraction, 2.0 / 8.0);
    close(two.squared_charge, 0.0);
    close(three.squared_charge, 4.0);
    close(three.radius, (232.0f64 / 9.0).sqrt());
    let charges = sizes.charges();
    let of = |charge: f64| charges.iter().find(|(q, _)| *q == charge).unwrap().1;
    close(of(0.0), 0.5);
    close(of(2.0), 0.5);
    close(of(-2.0), 0.0);
}

/// The pair: from the anion at (4, 208) to the cation at (998, 200) through the
/// boundary it is (-6, -8), the dipole -12 e·Å along the field.
#[test]
fn bound_pairs_of_a_known_configuration() {
    let (ions, clusters) = configuration();
    let mut pairs = BoundPairs::new(&ions);
    pairs.look(&ions, &clusters);
    pairs.blocks().close();
    let found = [
        (pairs.fraction(), 0.25),
        (pairs.separation(), 10.0),
        (pairs.dipole(), -12.0),
        (pairs.alignment(), -0.6),
        (pairs.polarisation(), -12.0 / 1e6),
    ];
    for (found, expected) in found {
        assert!(
            (found.mean - expected).abs() < 1e-12,
            "{found:?} {expected}"
        );
        assert!(found.error.is_nan(), "one look has no error");
    }
}

/// Bins of sizes follow each other without gaps up to all ions in one cluster.
#[test]
fn every_size_has_its_bin() {
    let slit = plane(20_000.0);
    let positions: Vec<[f64; 2]> = (0..600).map(|k| [33.0 * f64::from(k), 0.0]).collect();
    for count in [2, 16, 17, 20, 21, 333, 600] {
        let rod = &positions[..count - count % 2];
        let ions = ions(slit, rod);
        let cluster = Cluster {
            ions: (0..rod.len() as u32).collect(),
            places: rod.to_vec(),
            percolates: [false, false],
        };
        let mut sizes = Sizes::new(600);
        sizes.look(&ions, &[cluster]);
        sizes.blocks().close();
        let [bin] = sizes.bins().try_into().expect("one size");
        assert!(bin.from <= rod.len() && rod.len() <= bin.to, "{bin:?}");
        assert!(bin.to < bin.from + 1 + bin.from / 4, "{bin:?}");
    }
}

/// Bound pairs in a weak field, far from each other: their ions are distributed
/// as r exp(-U(r)/kT + zEx/kT), so with w(r) = r exp(-U/kT)
///
/// ```text
/// ⟨cos φ⟩ = ∫ w I₁(zEr) dr / ∫ w I₀(zEr) dr,   ⟨r⟩ likewise with r I₀
/// ```
///
/// to 60 Å, where pairs part. The step of the physical scheme is good to 1 %.
#[test]
fn pairs_in_a_field_obey_boltzmann() {
    const FIELD: f64 = 0.05;
    let interaction = Interaction::ConfinedLog(ConfinedLog {
        contact: 4.0,
        ..ConfinedLog::PUBLISHED
    });
    let place = |k: usize| {
        [
            750.0 + 1500.0 * (k % 8) as f64,
            1500.0 * (k / 8) as f64 - 5250.0,
        ]
    };
    let cations = (0..64).map(place);
    let anions = (0..64).map(|k| [place(k)[0] + 6.0, place(k)[1]]);
    let ions = ions(plane(12_000.0), &cations.chain(anions).collect::<Vec<_>>());
    let scheme = Scheme {
        interaction,
        step: 5.0,
        refinement: Some(Refinement {
            evaluations: 10,
            within: 15.0,
        }),
    };
    let mut engine = FastEngine::new(ions, scheme, 51, "boltzmann").expect("a force");
    let mut watch = ClusterWatch::new(rule(40.0, 60.0), &engine);
    let sampling = Sampling {
        steps: 2000,
        samples: 200,
        free_cutoff: 60.0,
    };
    for _ in 0..40 {
        run_watched_window(&mut engine, &sampling, |_| FIELD, |e| watch.look(e));
        watch.close_window(engine.time());
    }
    assert!(watch.pairs().fraction().mean > 0.99, "pairs stay pairs");

    let expected = |of: &dyn Fn(f64, f64) -> f64| {
        let weight = |r: f64| r * (-interaction.energy(-4.0, r)).exp();
        let integral = |f: &dyn Fn(f64) -> f64| graded(0.0, 60.0, 0.5, 2.0, |r| weight(r) * f(r));
        integral(&|r| of(r, 2.0 * FIELD * r)) / integral(&|r| bessel(0, 2.0 * FIELD * r))
    };
    for (found, expected) in [
        (watch.pairs().alignment(), expected(&|_, x| bessel(1, x))),
        (
            watch.pairs().separation(),
            expected(&|r, x| r * bessel(0, x)),
        ),
        (
            watch.pairs().dipole(),
            expected(&|r, x| 2.0 * r * bessel(1, x)),
        ),
    ] {
        let off = (found.mean - expected).abs();
        assert!(found.error < 0.03 * expected, "{found:?}");
        assert!(
            off < 4.0 * found.error + 0.01 * expected,
            "{found:?}, {expected}"
        );
    }
}

/// I_0 and I_1 by their series: Σ (x/2)^(2k+n) / (k! (k+n)!).
fn bessel(order: i32, x: f64) -> f64 {
    let mut term = (0.5 * x).powi(order);
    (1..60).fold(term, |sum, k| {
        term *= 0.25 * x * x / f64::from(k * (k + order));
        sum + term
    })
}

fn rule(join: f64, part: f64) -> ClusterRule {
    ClusterRule {
        criterion: Criterion { join, part },
        range: 100.0,
        bins: 10,
        every: 1,
        from: 0.0,
    }
}

/// Ions of Run A's density under a field, by either engine: lone ions are counted
/// as the window counts its free ions, the watch changes nothing, and a time
/// dropped at the start leaves what came after.
#[test]
fn the_watch_agrees_with_the_window_and_leaves_the_ions_alone() {
    let sampling = Sampling {
        steps: 400,
        samples: 4,
        free_cutoff: 60.0,
    };
    let engine = |fast: bool| -> Box<dyn Engine> {
        let mut stream = Stream::named(61, "place", 0);
        let slit = plane(3200.0);
        let positions: Vec<[f64; 2]> = (0..200)
            .map(|_| [3200.0 * stream.uniform(), 3200.0 * (stream.uniform() - 0.5)])
            .collect();
        let scheme = Scheme {
            interaction: Interaction::PUBLISHED,
            step: 5.0,
            refinement: None,
        };
        let ions = ions(slit, &positions);
        match fast {
            true => Box::new(FastEngine::new(ions, scheme, 61, "watch").expect("a force")),
            false => {
                let noise = Stream::named(61, "noise", 0);
                Box::new(PlainEngine::new(ions, scheme, noise).expect("a force"))
            }
        }
    };
    for fast in [true, false] {
        let (mut seen, mut alone) = (engine(fast), engine(fast));
        assert_eq!(seen.slit().walls, Walls::Periodic);
        let mut watch = ClusterWatch::new(rule(60.0, 60.0), seen.as_ref());
        let late = ClusterRule {
            from: 10.0 * 2000.0,
            ..rule(60.0, 60.0)
        };
        let mut late = ClusterWatch::new(late, seen.as_ref());
        let mut from_then = 0.0;
        for window in 0..20 {
            let average = run_watched_window(
                seen.as_mut(),
                &sampling,
                |_| 0.2,
                |e| {
                    watch.look(e);
                    late.look(e);
                },
            );
            let clusters = watch.close_window(seen.time());
            assert_eq!(late.close_window(seen.time()), clusters);
            assert!((clusters.single_fraction - average.free_fraction).abs() < 1e-12);
            let parts = clusters.single_fraction + clusters.cluster_fraction;
            let pairs = 1.0 - parts;
            assert!(clusters.pair_fraction <= pairs + 1e-12, "like ions too");
            assert_eq!(average, run_window(alone.as_mut(), &sampling, |_| 0.2));
            if window >= 10 {
                from_then += clusters.single_fraction / 10.0;
            }
        }
        assert_eq!(seen.ions(), alone.ions());
        let found = late.sizes().ion_fraction(1, 1).mean;
        assert!((found - from_then).abs() < 1e-12, "{found} {from_then}");
        assert!(late.lifetimes().broken() < watch.lifetimes().broken());
    }
}
