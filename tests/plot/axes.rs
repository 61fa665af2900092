//! Extremes survive thinning, and ticks read well.

use bjerrum::plot::{linear_ticks, log_ticks, si_prefix, thin};

#[test]
fn thinning_keeps_extremes_ends_and_order() {
    let mut points: Vec<(f64, f64)> = (0..100_000).map(|k| (f64::from(k) * 0.01, 0.0)).collect();
    points[54_321].1 = 40.0;
    points[54_325].1 = -7.0;
    let thinned = thin(&points, 1.0);
    assert_eq!(thinned.len(), 1);
    assert!(thinned[0].len() <= 4 * 1000);
    assert!(thinned[0].contains(&points[54_321]) && thinned[0].contains(&points[54_325]));
    assert_eq!(thinned[0].first(), points.first());
    assert_eq!(thinned[0].last(), points.last());
    assert!(thinned[0].is_sorted_by(|a, b| a.0 < b.0));
}

#[test]
fn thinning_breaks_at_gaps() {
    let nan = f64::NAN;
    let points = [
        (0.0, 1.0),
        (nan, 1.0),
        (nan, 1.0),
        (2.0, 1.0),
        (3.0, f64::INFINITY),
        (4.0, 1.0),
    ];
    let pieces = thin(&points, 0.1);
    assert_eq!(pieces, [[(0.0, 1.0)], [(2.0, 1.0)], [(4.0, 1.0)]]);
}

fn labels(range: (f64, f64), target: usize) -> Vec<String> {
    linear_ticks(range, target)
        .ticks
        .into_iter()
        .map(|tick| tick.label)
        .collect()
}

#[test]
fn linear_labels_are_round_and_free_of_noise() {
    assert_eq!(
        labels((0.0, 1.0), 5),
        ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    );
    assert_eq!(
        labels((-0.25, 0.25), 5),
        ["−0.2", "−0.1", "0.0", "0.1", "0.2"]
    );
    assert_eq!(
        labels((0.0, 300.0), 6),
        ["0", "50", "100", "150", "200", "250", "300"]
    );
    assert_eq!(linear_ticks((0.0, 0.5), 5).ticks[3].value, 0.3);
    let tiny = linear_ticks((0.0, 3e-9), 3);
    assert_eq!(tiny.exponent, -9);
    assert_eq!(
        tiny.ticks
            .iter()
            .map(|t| t.label.as_str())
            .collect::<Vec<_>>(),
        ["0", "1", "2", "3"]
    );
    assert_eq!(labels((-0.93, 1.22), 3), ["−0.5", "0.0", "0.5", "1.0"]);
    assert!(linear_ticks((1.0, 1.0), 5).ticks.is_empty());
    assert!(linear_ticks((f64::NAN, 1.0), 5).ticks.is_empty());
}

#[test]
fn log_labels_are_powers_of_ten() {
    let major = |range, target| -> Vec<String> {
        let ticks = log_ticks(range, target).ticks;
        ticks
            .into_iter()
            .map(|tick| tick.label)
            .filter(|label| !label.is_empty())
            .collect()
    };
    assert_eq!(major((0.01, 10.0), 6), ["0.01", "0.1", "1", "10"]);
    assert_eq!(major((1e-9, 1e-6), 6), ["10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶"]);
    assert_eq!(major((0.03, 0.6), 6), ["0.05", "0.1", "0.2", "0.5"]);
    assert!(log_ticks((0.0, 1.0), 5).ticks.is_empty());
}

#[test]
fn si_prefixes_bring_values_between_one_and_a_thousand() {
    assert_eq!(si_prefix(2.5e-12), (1e12, "p"));
    assert_eq!(si_prefix(1e-9), (1e9, "n"));
    assert_eq!(si_prefix(40.0), (1.0, ""));
    assert_eq!(si_prefix(0.0), (1.0, ""));
    assert_eq!(si_prefix(4.2e4).1, "k");
}
