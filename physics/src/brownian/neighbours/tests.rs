use super::*;
use crate::noise::Stream;
use std::collections::BTreeSet;

fn scatter(slit: &Slit, count: usize) -> Vec<[f64; 2]> {
    let mut stream = Stream::named(7, "scatter", 0);
    (0..count)
        .map(|_| {
            [
                slit.length * stream.uniform(),
                slit.width * (stream.uniform() - 0.5),
            ]
        })
        .collect()
}

fn listed(list: &NeighbourList, count: usize) -> BTreeSet<(usize, usize)> {
    let mut pairs = BTreeSet::new();
    let mut insert = |i: usize, j: usize| {
        assert!(
            pairs.insert((i.min(j), i.max(j))),
            "({i}, {j}) listed twice"
        );
    };
    for i in 0..count {
        for &j in list.partners(i) {
            insert(i, j as usize);
        }
    }
    for pair in list.across() {
        insert(pair.i as usize, pair.j as usize);
    }
    pairs
}

fn brute_force(slit: &Slit, reach: f64, positions: &[[f64; 2]]) -> BTreeSet<(usize, usize)> {
    let mut pairs = BTreeSet::new();
    for i in 0..positions.len() {
        for j in i + 1..positions.len() {
            let mut d = [
                positions[i][0] - positions[j][0],
                positions[i][1] - positions[j][1],
            ];
            d[0] -= slit.length * (d[0] / slit.length).round();
            if slit.walls == Walls::Periodic {
                d[1] -= slit.width * (d[1] / slit.width).round();
            }
            if d[0].hypot(d[1]) < reach {
                pairs.insert((i, j));
            }
        }
    }
    pairs
}

/// The list equals the brute-force one in wide, narrow, tiny and walled slits.
#[test]
fn lists_exactly_the_pairs_within_reach() {
    let soft = Walls::Soft { force: 1.0 };
    for (length, width, walls) in [
        (5000.0, 4000.0, Walls::Periodic),
        (5000.0, 450.0, Walls::Periodic),
        (450.0, 450.0, Walls::Periodic),
        (900.0, 800.0, Walls::Periodic),
        (3000.0, 5000.0, soft),
        (3000.0, 120.0, soft),
    ] {
        let slit = Slit {
            length,
            width,
            walls,
        };
        let positions = scatter(&slit, 300);
        let mut list = NeighbourList::new(slit, 200.0, 50.0);
        list.build(&positions, 0);
        let reach = list.cutoff + list.skin;
        assert_eq!(
            listed(&list, 300),
            brute_force(&slit, reach, &positions),
            "{length} by {width}"
        );
    }
}

#[test]
fn goes_stale_at_half_the_skin() {
    let slit = Slit {
        length: 2000.0,
        width: 2000.0,
        walls: Walls::Periodic,
    };
    let mut positions = scatter(&slit, 50);
    let mut list = NeighbourList::new(slit, 200.0, 40.0);
    list.build(&positions, 0);
    positions[17][1] += 19.9;
    assert!(!list.is_stale(&positions));
    positions[17][0] += 2.1;
    assert!(list.is_stale(&positions));
}
