//! Circuits of device models: scenario files, runs, and what comes out.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use bjerrum::circuits;
use bjerrum::picture;
use bjerrum::plot::Format;
use bjerrum::results::{RunFile, Table};
use bjerrum::run::{Destination, Ending};
use bjerrum::scenario::{Circuits, PartSpec, Plan, Scenario, ScenarioError};

const NEURONS: [&str; 6] = [
    "reduced-neuron",
    "hodgkin-huxley",
    "fitzhugh-nagumo",
    "izhikevich",
    "integrate-and-fire",
    "compare-neurons",
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
    let folder = tempfile::tempdir().unwrap();
    let circuits = load("hodgkin-huxley", &[]).unwrap();
    let spikes = table(&run(&circuits, folder.path()), "spikes");
    let energy = spikes.scalar("mean_energy").unwrap();
    assert!(energy > 5e-8 && energy < 5e-7, "{energy}");
}

/// A device by its file is the device by its parameters, and the resolved
/// scenario needs the file no more.
#[test]
fn devices_come_from_files() {
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
