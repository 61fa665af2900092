//! Circuits of device models: scenario files, runs, and what comes out.

mod alone;

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use alone::alone;
use bjerrum::circuits;
use bjerrum::picture;
use bjerrum::plot::Format;
use bjerrum::results::{RunFile, Table};
use bjerrum::run::{Destination, Ending};
use bjerrum::scenario::{Circuits, PartSpec, Plan, Scenario, ScenarioError};

const NEURONS: [&str; 9] = [
    "reduced-neuron",
    "pairs-neuron",
    "hodgkin-huxley",
    "fitzhugh-nagumo",
    "izhikevich",
    "izhikevich-patterns",
    "integrate-and-fire",
    "compare-neurons",
    "neuron-excitability",
];

fn load(name: &str, overrides: &[(&str, &str)]) -> Result<Circuits, ScenarioError> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let overrides: Vec<_> = overrides.iter().map(owned).collect();
    match Plan::load(name, &overrides, None)? {
        Plan::Circuits(circuits) => Ok(*circuits),
        Plan::Ions(_) => panic!("{name} has ions"),
    }
}

fn run(circuits: &Circuits, folder: &Path) -> RunFile {
    let destination = Destination {
        file: folder.join("run.h5"),
        overwrite: true,
    };
    let ending = circuits::run(circuits, &destination, &AtomicBool::new(false));
    assert_eq!(ending.unwrap(), Ending::Complete);
    RunFile::open(&destination.file).unwrap()
}

fn table(file: &RunFile, name: &str) -> Table {
    let tables = file.tables().unwrap();
    tables.into_iter().find(|table| table.name == name).unwrap()
}

#[test]
fn built_in_circuits_load_and_their_resolved_text_reads_back() {
    for name in NEURONS {
        let circuits = load(name, &[]).unwrap();
        let again = Plan::parse(name, "resolved", &circuits.resolved).unwrap();
        assert_eq!(again, Plan::Circuits(Box::new(circuits)), "{name}");
    }
}

/// What takes ions says so of a circuit.
#[test]
fn a_circuit_is_no_scenario_of_ions() {
    let error = Scenario::load("hodgkin-huxley", &[], None).unwrap_err();
    let said = error.to_string();
    assert!(
        said == "hodgkin-huxley is a circuit of device models, without ions",
        "{said}"
    );
}

/// Contract of the result file: voltages, currents, conductances and memories
/// over time, spikes, the scenario as run; and a figure drawn from it alone.
#[test]
fn a_run_leaves_observables_spikes_and_a_figure() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let changes = [("run.duration", "40 ms")];
    let circuits = load("hodgkin-huxley", &changes).unwrap();
    let file = run(&circuits, folder.path());
    let voltage = file.series("observables/circuit", "voltage").unwrap();
    assert_eq!(voltage.time.len(), 4001);
    assert!((voltage.time[4000] / 40e9 - 1.0).abs() < 1e-12, "in ps");
    let memory = file.series("observables/circuit", "memory").unwrap();
    assert_eq!(memory.width(), 3, "m, h and n");
    let current = file
        .series("observables/circuit", "branch_current")
        .unwrap();
    assert_eq!(current.width(), 3, "Na, K and leak");
    let spikes = table(&file, "spikes");
    // Those of NEURON, as in the tests of the physics, to the chord of a sample.
    for (found, expected) in spikes
        .column("crossing")
        .iter()
        .zip([1.9018e-3, 16.8263e-3, 31.4777e-3])
    {
        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    }
    assert_eq!(spikes.scalar("count"), Some(3.0));
    let stored = Plan::parse("run", "stored", &file.scenario_toml().unwrap()).unwrap();
    let Plan::Circuits(stored) = stored else {
        panic!("it is a circuit")
    };
    assert_eq!(stored.circuits[0].elements, circuits.circuits[0].elements);
    let said = circuits::summarise(&file, &circuits).unwrap();
    assert!(said.contains("hodgkin-huxley"), "{said}");
    let drawn = picture::draw(file.path(), Format::Png).unwrap();
    assert_eq!(drawn, [folder.path().join("run.png")]);
}

/// Charge that flows in over a period of a spiking membrane flows out again:
/// the energy of a spike of the squid axon, ∫ Σ I (V - E) dt, is what sources
/// and batteries give, and of the order of C (115 mV)² and the sodium current's
/// overlap with potassium's: some hundred nJ a cm².
#[test]
fn a_spike_of_the_squid_axon_costs_some_hundred_nanojoules() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let circuits = load("hodgkin-huxley", &[]).unwrap();
    let spikes = table(&run(&circuits, folder.path()), "spikes");
    let energy = spikes.scalar("mean_energy").unwrap();
    assert!(energy > 5e-8 && energy < 5e-7, "{energy}");
}

/// A slit of the reduced neuron: τ_a, V_d, α, V_a, τ_L, τ_s, and its state, n and x_j.
struct Slit {
    values: [f64; 6],
    n: f64,
    x: [f64; 8],
}

impl Slit {
    /// dn/dt = |V/V_d|^α (1 - n)/τ_a - k_a (n² - s²), dx_j/dt = λ_j (n - x_j), all at once.
    fn step(&mut self, v: f64, step: f64) {
        let [tau, dissociation, exponent, sweeping, langevin, segregation] = self.values;
        let part = (v / dissociation).abs().powf(exponent) / tau;
        let bind = 1.0 / tau + (1.0 / langevin - 1.0 / tau) * v.abs() / (v.abs() + sweeping);
        let mut excess = 0.0;
        let n = self.n;
        for (j, x) in self.x.iter_mut().enumerate() {
            let rate = 10.0 / 6f64.powi(j as i32) / tau;
            let slower = if j == 7 { 2.0 / 6f64.powf(0.25) } else { 0.0 };
            let weight = (rate * segregation / std::f64::consts::PI).sqrt();
            excess += weight * (6f64.ln() + slower) * (*x - n);
            *x += step * rate * (n - *x);
        }
        self.n += step * (part * (1.0 - n) - bind * (n * n - excess));
    }
}

/// The ionic neuron by the simplest scheme there is: C dV/dt = I - 5 G n_Na (V - E) - G
/// n_K (V + E), by Euler's rule in steps of 1 ns, with the numbers of the scenario.
/// Peaks of V above 45 V, where there are spikes and no ripple: (s, V).
fn peaks_by_euler(source: f64, capacitance: f64, duration: f64) -> Vec<(f64, f64)> {
    let slit = |values| Slit {
        values,
        n: 1.0,
        x: [1.0; 8],
    };
    let mut sodium = slit([1.347e-6, 50.91, 5.964, 35.79, 83.46e-9, 240.5e-12]);
    let mut potassium = slit([10.08e-6, 36.76, 5.862, 38.97, 834.6e-9, 24.05e-9]);
    let (step, free, battery) = (1e-9, 51.615e-12, 4000.0 * 0.025_679_6);
    let mut v = 20.0 * 0.025_679_6;
    let mut trace = Vec::new();
    for _ in 0..(duration / step) as usize {
        let current =
            source - 5.0 * free * sodium.n * (v - battery) - free * potassium.n * (v + battery);
        sodium.step(v, step);
        potassium.step(v, step);
        v += step * current / capacitance;
        trace.push(v);
    }
    let peak =
        |k: &usize| trace[*k] > 45.0 && trace[k - 1] < trace[*k] && trace[*k] >= trace[k + 1];
    let peaks = (1..trace.len() - 1).filter(peak);
    peaks.map(|k| ((k + 1) as f64 * step, trace[k])).collect()
}

/// The reduced neuron against Euler's rule, whose error is of the order of the step over
/// the shortest time, 0.5 % of what changes within it; samples are 50 ns apart. Little
/// capacitance and much source make it spike at once, far from where spikes come into
/// being. With twice the published source it comes to rest.
#[test]
fn the_reduced_neuron_solves_its_equations() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let changed = [
        ("elements.source.amplitude", "0.4 nA"),
        ("elements.capacitor.capacitance", "0.03 fF"),
        ("run.duration", "192 us"),
        ("run.held", "0 s"),
        ("run.noise", "off"),
    ];
    let circuits = load("reduced-neuron", &changed).unwrap();
    let spikes = table(&run(&circuits, folder.path()), "spikes");
    // Until then it swings about 40 V, with peaks that are no spikes by the rule.
    let later = |peak: &(f64, f64)| peak.0 > 50e-6;
    let mut expected = peaks_by_euler(0.4e-9, 0.03e-15, 192e-6);
    expected.retain(later);
    let found: Vec<(f64, f64)> = spikes
        .column("time")
        .into_iter()
        .zip(spikes.column("peak"))
        .filter(later)
        .collect();
    assert!(found.len() > 10);
    assert_eq!(found.len(), expected.len(), "{found:?} {expected:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found.0 / expected.0 - 1.0).abs() < 2e-3,
            "{found:?} {expected:?}"
        );
        assert!(
            (found.1 / expected.1 - 1.0).abs() < 2e-3,
            "{found:?} {expected:?}"
        );
    }
    let silent = [
        ("elements.source.amplitude", "0.2 nA"),
        ("run.noise", "off"),
    ];
    let silent = load("reduced-neuron", &silent).unwrap();
    let file = run(&silent, folder.path());
    assert_eq!(table(&file, "spikes").scalar("count"), Some(0.0));
    let power = file
        .series("observables/circuit", "branch_current")
        .unwrap();
    let last = power.rows().last().unwrap().iter().sum::<f64>();
    assert!(
        (last / 0.2e-9 - 1.0).abs() < 1e-3,
        "at rest the slits carry the source: {last}"
    );
}

/// A device used far beyond what it was fitted to is told of, once, with the
/// range; within the range nothing is said; a file is not replaced unasked.
#[test]
fn the_program_warns_of_voltages_that_were_not_fitted() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let bjerrum = |source: &str| {
        let mut command = assert_cmd::Command::cargo_bin("bjerrum").unwrap();
        let source = format!("elements.source.amplitude={source}");
        command.current_dir(&folder);
        command.args([
            "run",
            "reduced-neuron",
            "--set",
            "run.duration=200 us",
            "--set",
            &source,
        ]);
        command.output().unwrap()
    };
    let quiet = bjerrum("0.1 nA");
    assert!(quiet.status.success());
    assert_eq!(String::from_utf8_lossy(&quiet.stderr), "");
    assert!(String::from_utf8_lossy(&quiet.stdout).contains("wrote    reduced-neuron.h5"));
    let refused = bjerrum("2 nA");
    assert_eq!(refused.status.code(), Some(2), "the file exists");
    fs::remove_file(folder.path().join("reduced-neuron.h5")).unwrap();
    let said = bjerrum("2 nA");
    assert!(said.status.success());
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.matches("elements.Na").count(), 1, "{said}");
    assert!(
        said.contains("the device was fitted between -41.100 and 41.100 V"),
        "{said}"
    );
}

/// A device by its file is the device by its parameters, and the resolved
/// scenario needs the file no more.
#[test]
fn devices_come_from_files() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let scenario = "title = \"A driven slit\"\n\n[elements.V]\nkind = \"voltage-source\"\n\
        between = [\"a\", \"ground\"]\nwaveform = \"sine\"\namplitude = \"1 V\"\n\
        frequency = \"0.1 Hz\"\n\n[elements.M]\nkind = \"device\"\nbetween = [\"a\", \"ground\"]\n\
        file = \"slit.toml\"\n\n[run]\nduration = \"10 s\"\n";
    let path = folder.path().join("driven.toml");
    fs::write(&path, scenario).unwrap();
    fs::write(folder.path().join("slit.toml"), DEVICE).unwrap();
    let circuits = load(path.to_str().unwrap(), &[]).unwrap();
    fs::remove_file(folder.path().join("slit.toml")).unwrap();
    let PartSpec::Device {
        model,
        values,
        fitted,
        ..
    } = &circuits.circuits[0].elements[1].part
    else {
        panic!("it is a device")
    };
    assert_eq!(
        (*model, &values[..]),
        ("volatile-bipolar", &[2e-7, -0.3, 5.0][..])
    );
    assert_eq!(fitted.map(|f| (f.from, f.to)), Some((-0.5, 0.5)));
    let again = Plan::parse("driven", "resolved", &circuits.resolved).unwrap();
    assert_eq!(again, Plan::Circuits(Box::new(circuits.clone())));
    let file = run(&circuits, folder.path());
    let current = file
        .series("observables/circuit", "branch_current")
        .unwrap();
    assert!(current.column(0).iter().all(|i| i.is_finite()));
}

const DEVICE: &str = r#"
model = "volatile-bipolar"
equation = ""
source = ""
version = "0.1.0"
git_revision = ""
verdict = []
data = []

[parameters.rest_conductance]
value = 2e-7
unit = "S"
standard_error = 1e-9
method = "quadratic"
meaning = ""

[parameters.linear]
value = -0.3
unit = "1/V"
standard_error = 1e-2
method = "quadratic"
meaning = ""

[parameters.memory_time]
value = 5.0
unit = "s"
standard_error = 0.1
method = "quadratic"
meaning = ""

[range]
voltage_v = [-0.5, 0.5]
time_s = [0.1, 100.0]

[quality]
points = 100
residual_a = 1e-10
residual_relative = 1e-2
correlation = 1.0
searches = [3, 8]
"#;

/// The intervals (ms) between the spikes of a pattern, and the time of the first.
fn pattern(file: &RunFile, name: &str) -> (f64, Vec<f64>) {
    let times = table(file, &format!("spikes-{name}")).column("time");
    let intervals = times.windows(2).map(|pair| 1e3 * (pair[1] - pair[0]));
    (1e3 * times[0], intervals.collect())
}

/// What defines each of the published patterns, after the words of Izhikevich 2003. Numbers
/// in brackets are of an Euler solution in steps of 10 µs, of the same equations and inputs.
#[test]
fn eight_patterns_are_what_they_are_called() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let file = run(&load("izhikevich-patterns", &[]).unwrap(), folder.path());
    let steady = |intervals: &[f64]| {
        let (last, before) = (
            intervals[intervals.len() - 1],
            intervals[intervals.len() - 2],
        );
        assert!((last / before - 1.0).abs() < 0.02, "{intervals:?}");
        last
    };
    // It adapts [17.2, then 44.8].
    let (_, regular) = pattern(&file, "regular-spiking");
    assert!(regular[0] < 0.5 * steady(&regular), "{regular:?}");
    assert!((steady(&regular) - 44.8).abs() < 0.5, "{regular:?}");
    // A burst of three [2.1, 3.4] and then single spikes [31.2].
    let (_, bursting) = pattern(&file, "intrinsically-bursting");
    assert!(bursting[..2].iter().all(|i| *i < 5.0), "{bursting:?}");
    assert!(bursting[2..].iter().all(|i| *i > 25.0), "{bursting:?}");
    assert!((steady(&bursting) - 31.2).abs() < 0.5, "{bursting:?}");
    // Bursts all along, 20 ms or more apart, each of several spikes.
    let (_, chattering) = pattern(&file, "chattering");
    let gaps = chattering.iter().filter(|i| **i > 20.0).count();
    let within = chattering.iter().filter(|i| **i < 8.0).count();
    assert!(
        gaps >= 3 && gaps + within == chattering.len(),
        "{chattering:?}"
    );
    assert!(within >= 3 * (gaps + 1), "{chattering:?}");
    // Fast [7.4, 135 Hz], with little adaptation beside that of regular spiking.
    let (_, fast) = pattern(&file, "fast-spiking");
    assert!((steady(&fast) - 7.4).abs() < 0.1, "{fast:?}");
    assert!(fast[0] > 0.5 * steady(&fast), "{fast:?}");
    // Depolarised: steady; released from below -80 mV: a burst, and then rest.
    let (_, steadily) = pattern(&file, "thalamo-cortical");
    assert!((steady(&steadily) - 12.5).abs() < 0.2, "{steadily:?}");
    let (first, rebound) = pattern(&file, "thalamo-cortical-rebound");
    assert!(first > 100.0, "after it was released: {first}");
    assert!(rebound.len() >= 3 && rebound[0] < 10.0, "{rebound:?}");
    assert!(
        first + rebound.iter().sum::<f64>() < 200.0,
        "it rests: {rebound:?}"
    );
    // Silent until the pulse at 100 ms, and firing from then on [42.1].
    let (first, resonator) = pattern(&file, "resonator");
    assert!(
        first > 100.0 && resonator.len() >= 3,
        "{first} {resonator:?}"
    );
    assert!((steady(&resonator) - 42.1).abs() < 0.3, "{resonator:?}");
    // Fast at first [2.9], and slower and slower [13.4].
    let (_, low) = pattern(&file, "low-threshold-spiking");
    assert!(low[0] < 0.3 * steady(&low), "{low:?}");
    assert!((steady(&low) - 13.4).abs() < 0.2, "{low:?}");
}

/// A seed is the noise: the same gives the same bytes, another another run, and what is
/// derived is told with its number of kicks.
#[test]
fn the_noise_of_ions_is_that_of_the_seed() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let noisy = |seed: &str| {
        let changes = [
            ("elements.Na.ions", "800"),
            ("elements.K.ions", "800"),
            ("seed", seed),
            ("run.duration", "20 us"),
        ];
        let file = run(&load("reduced-neuron", &changes).unwrap(), folder.path());
        assert!(table(&file, "integration").scalar("kicks") > Some(400.0));
        let voltage = file.series("observables/circuit", "voltage").unwrap();
        voltage.column(0)
    };
    let first = noisy("1");
    assert_eq!(first, noisy("1"));
    assert_ne!(first, noisy("2"));
}
