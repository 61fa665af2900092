//! How circuits answer to what is varied: scenario tables, results, figures.

use assert_cmd::Command;
use bjerrum::results::{RunFile, Table};
use std::path::Path;
use tempfile::TempDir;

/// A short FitzHugh–Nagumo neuron with everything asked of it, and one beside it that
/// is told by its changes.
const SCENARIO: &str = r#"
title = "Two neurons"

[neurons.fitzhugh-nagumo]
scenario = "fitzhugh-nagumo"
run.duration = "300 ms"
analysis.spikes.discard = "100 ms"

[neurons.fitzhugh-nagumo.analysis.fi-curve]
source = "stimulus"
from = "0.2 mA"
to = "0.6 mA"
points = 5
resolution = "1 uA"

[neurons.fitzhugh-nagumo.analysis.phase-plane]

[neurons.fitzhugh-nagumo.analysis.map]
x = { parameter = "stimulus.amplitude", from = "0.2 mA", to = "1.6 mA", points = 3 }
y = { parameter = "channel.recovery_time", from = "12.5 ms", to = "25 ms", points = 2 }

[neurons.fitzhugh-nagumo.analysis.sensitivity]
parameters = ["channel.recovery_time", "membrane.capacitance"]

[neurons.quiet]
scenario = "fitzhugh-nagumo"
elements.stimulus.amplitude = "0.1 mA"

[neurons.quiet.analysis.threshold]
source = "stimulus"
from = "1 ms"
to = "100 ms"
points = 7
largest = "4 mA"
wait = "150 ms"

[neurons.quiet.analysis.refractory]
source = "stimulus"
width = "5 ms"
from = "5 ms"
to = "80 ms"
points = 16
largest = "2 mA"
wait = "100 ms"
"#;

fn run(folder: &TempDir, out: &str, threads: &str) -> String {
    std::fs::write(folder.path().join("two.toml"), SCENARIO).unwrap();
    let mut command = Command::cargo_bin("bjerrum").unwrap();
    let command = command.current_dir(folder);
    let done = command
        .args(["run", "two.toml", "--out", out, "--threads", threads])
        .assert()
        .success();
    String::from_utf8_lossy(&done.get_output().stdout).into_owned()
}

fn tables(path: &Path) -> Vec<Table> {
    RunFile::open(path).unwrap().tables().unwrap()
}

/// Tables with units and meanings, figures beside them, a line for each answer, and
/// the same numbers on one thread and on two.
#[test]
fn a_run_leaves_curves_planes_and_maps() {
    let folder = tempfile::tempdir().unwrap();
    let said = run(&folder, "one.h5", "1");
    run(&folder, "two.h5", "2");
    let one = tables(&folder.path().join("one.h5"));
    // As text: what is not a number is equal to nothing.
    let two = tables(&folder.path().join("two.h5"));
    assert_eq!(format!("{one:?}"), format!("{two:?}"));

    let table = |name: &str| one.iter().find(|table| table.name == name).unwrap();
    let curve = table("fi-curve-fitzhugh-nagumo");
    assert_eq!(curve.column("source").len(), 5);
    // Rest is lost where the trace vanishes: see the tests of the physics.
    let v = -(1.0_f64 - 0.8 / 12.5).sqrt();
    let hopf = 1e-3 * ((v + 0.7) / 0.8 - v + v.powi(3) / 3.0);
    let lost = curve.scalar("rest_lost").unwrap();
    assert!((lost / hopf - 1.0).abs() < 1e-5, "{lost} {hopf}");
    let rheobase = curve.scalar("rheobase").unwrap();
    assert!((rheobase / hopf - 1.0).abs() < 0.05, "{rheobase} {hopf}");
    assert_eq!(&curve.column("rate")[..2], [0.0, 0.0]);
    assert!(curve.column("rate")[2..].iter().all(|rate| *rate > 20.0));
    for column in &curve.columns {
        assert!(!column.unit.is_empty() && !column.long_name.is_empty());
    }

    let map = table("map-fitzhugh-nagumo");
    let regimes = map.column("regime");
    // Silent at 0.2 mA, spiking at 0.9, and at rest on the other branch at 1.6: of
    // the cubic's symmetry, rest is stable again above 2·0.875 - 0.331 mA = 1.42 mA.
    assert_eq!(regimes, [0.0, 1.0, 0.0, 0.0, 1.0, 0.0], "{map:?}");
    assert_eq!(map.scalar("spiking"), Some(2.0));
    let plane = table("phase-plane-fitzhugh-nagumo");
    assert_eq!(plane.column("equilibrium_voltage").len(), 1);
    assert_eq!(
        table("nullclines-fitzhugh-nagumo").column("voltage").len(),
        400
    );
    // With all times multiplied by k, C/g and the time of recovery, the rate is
    // divided by k: both sensitivities sum to -1.
    let sensitivity = table("sensitivity-fitzhugh-nagumo");
    let (values, errors) = (
        sensitivity.column("sensitivity"),
        sensitivity.column("error"),
    );
    let (sum, error) = (values[0] + values[1], errors[0].hypot(errors[1]));
    assert!((sum + 1.0).abs() < 4.0 * error, "{values:?} {errors:?}");
    assert!(
        values.iter().all(|v| *v < -0.1) && error < 0.01,
        "{values:?} {errors:?}"
    );

    // The one beside it rests. Of short pulses the charge counts, to a tenth or so; longer
    // ones need less current; and at the threshold the voltage leaps.
    let threshold = table("threshold-quiet");
    let (width, least) = (threshold.column("width"), threshold.column("threshold"));
    assert!(
        least.windows(2).all(|pair| pair[1] < 1.01 * pair[0]),
        "{least:?}"
    );
    let charge = least[0] * width[0];
    assert!(
        (least[1] * width[1] / charge - 1.0).abs() < 0.3,
        "{least:?}"
    );
    assert_eq!(threshold.scalar("rheobase"), Some(least[6]));
    let chronaxie = threshold.scalar("chronaxie").unwrap();
    assert!(chronaxie > width[0] && chronaxie < width[6], "{chronaxie}");
    let highest = table("all-or-none-quiet").column("highest");
    let leaps = highest.windows(2).filter(|pair| pair[1] - pair[0] > 0.5);
    assert_eq!(leaps.count(), 1, "{highest:?}");
    let refractory = table("refractory-quiet");
    let get = |name: &str| refractory.scalar(name).unwrap();
    assert!(get("absolute") < get("relative"), "{refractory:?}");
    assert!(refractory.column("ratio")[0].is_nan(), "it fires already");
    assert!(one.iter().all(|table| !table.name.starts_with("map-quiet")));
    assert_eq!(table("spikes-quiet").scalar("count"), Some(0.0));
    for words in [
        "rheobase",
        "rest is lost at",
        "d ln rate / d ln p",
        "map",
        "chronaxie",
        "absolutely until",
    ] {
        assert!(said.contains(words), "{words:?} in {said}");
    }
    for figure in [
        "one.png",
        "one-fi-curve.png",
        "one-phase-plane.png",
        "one-map.png",
        "one-threshold.png",
        "one-refractory.png",
    ] {
        assert!(said.contains(figure), "{figure} in {said}");
        assert!(folder.path().join(figure).exists(), "{figure}");
    }
}

/// What has no spiking state to start from fails with the analysis and what to do.
#[test]
fn a_silent_neuron_has_no_curve() {
    let folder = tempfile::tempdir().unwrap();
    let silent = SCENARIO.replace(
        "run.duration",
        "elements.stimulus.amplitude = \"0 A\"\nrun.duration",
    );
    std::fs::write(folder.path().join("silent.toml"), silent).unwrap();
    let mut command = Command::cargo_bin("bjerrum").unwrap();
    let command = command.current_dir(&folder).args(["run", "silent.toml"]);
    let done = command.assert().failure().code(1);
    let said = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(
        said.contains("fitzhugh-nagumo: analysis.fi-curve: it does not fire"),
        "{said}"
    );
}
