//! Scenario files: the built-in ones load and read back, the invalid ones are
//! refused with exactly the message written in them.

use std::fs;
use std::path::PathBuf;

use bjerrum::scenario::{
    Applied, Builtin, Plan, Preset, Problem, Protocol, Scenario, ScenarioError, WallPlaces, builtin,
};
use bjerrum_physics::circuit::Coupling;
use bjerrum_physics::drive::Drive;
use bjerrum_physics::slit::Walls;
use miette::Diagnostic;

fn load(name: &str, overrides: &[(&str, &str)]) -> Result<Scenario, ScenarioError> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let overrides: Vec<_> = overrides.iter().map(owned).collect();
    Scenario::load(name, &overrides, None)
}

fn message(name: &str, overrides: &[(&str, &str)]) -> String {
    load(name, overrides).unwrap_err().to_string()
}

/// The built-in scenarios of ions; circuits of devices have tests of their own.
fn of_ions() -> impl Iterator<Item = &'static Builtin> {
    let all = builtin().iter();
    all.filter(|one| matches!(Plan::load(one.name, &[], None), Ok(Plan::Ions(_))))
}

#[test]
fn builtin_scenarios_load_and_their_resolved_text_reads_back() {
    assert_eq!(of_ions().count(), 12);
    for one in of_ions() {
        let scenario = Scenario::load(one.name, &[], None).unwrap();
        assert_eq!(scenario.title, one.title);
        assert!(scenario.warnings.is_empty(), "{:?}", scenario.warnings);
        let again = Scenario::parse(one.name, "resolved", &scenario.resolved).unwrap();
        assert_eq!(again, scenario, "{}", one.name);
    }
}

/// Value of a derived quantity, if the scenario has it.
fn derived(scenario: &Scenario, symbol: &str) -> Option<f64> {
    let mut all = scenario.derived.iter();
    all.find(|one| one.symbol == symbol).map(|one| one.value)
}

/// What follows from a scenario, to 1e-4 of numbers worked out by hand from
/// e²/(4π ε0 kT) = 560.74 Å at 298 K.
#[test]
fn derived_quantities_are_those_of_the_walls() {
    let wall = ("interaction.wall_permittivity", "1.7715");
    let metal = [
        ("interaction.kind", "screening-walls"),
        ("interaction.thomas_fermi", "0 angstrom"),
    ];
    let medium = [
        ("interaction.kind", "coulomb"),
        ("interaction.permittivity", "80"),
    ];
    // λ_D: 200 + 200 divalent ions in 2 × 0.1 µm.
    for (name, overrides, expected) in [
        (
            "wall-screening",
            &[wall][..],
            &[
                ("l_B", 8.0106),
                ("ξ", 138.30),
                ("x_T", 60.427),
                ("Γ", 9.1549),
                ("T*", 0.109_23),
                ("λ_D", 29.483),
            ][..],
        ),
        (
            "wall-screening",
            &metal[..],
            &[("l_B", 8.0106), ("l", 2.2282), ("w", 4.5775)][..],
        ),
        ("memristor", &medium[..], &[("l_B", 7.0093)][..]),
        ("memristor", &[][..], &[("ξ", 138.3), ("Γ", 9.22)][..]),
    ] {
        let scenario = load(name, overrides).unwrap();
        for (symbol, value) in expected {
            let found = derived(&scenario, symbol).unwrap();
            assert!((found / value - 1.0).abs() < 1e-4, "{symbol}: {found}");
            assert!(scenario.resolved.contains(&format!("#   {symbol} = ")));
        }
        let again = Scenario::parse(name, "resolved", &scenario.resolved).unwrap();
        assert_eq!(again, scenario);
    }
    let metal = load("wall-screening", &metal).unwrap();
    assert_eq!(derived(&metal, "ξ"), None, "no logarithm between metals");
    let medium = load("memristor", &medium).unwrap();
    assert_eq!(derived(&medium, "Γ"), None, "nor in a medium");
}

#[test]
fn every_file_of_the_folder_is_built_in() {
    let mut files: Vec<String> = fs::read_dir("scenarios")
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    files.sort();
    let mut names: Vec<String> = builtin()
        .iter()
        .map(|s| format!("{}.toml", s.name))
        .collect();
    names.sort();
    assert_eq!(files, names);
}

/// Run B as published, against numbers converted by hand.
#[test]
fn published_neuron_in_internal_units() {
    let scenario = load("ionic-neuron-published", &[]).unwrap();
    assert_eq!(scenario.temperature, 298.0);
    assert_eq!(scenario.dynamics.preset, Preset::Published);
    assert_eq!(scenario.dynamics.step, 5.0);
    assert_eq!(scenario.dynamics.window_steps, 10_000);
    assert_eq!(scenario.run.windows, 24_400);
    let pair = bjerrum_physics::interaction::Interaction::PUBLISHED;
    assert_eq!(scenario.interaction, pair);

    let names: Vec<&str> = scenario.slits.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["Na", "K"], "the order of the file");
    let potassium = &scenario.slits[1];
    assert_eq!(potassium.slit.length, 20_000.0);
    assert_eq!(potassium.slit.width, 2_000_000.0);
    let Walls::Soft { force } = potassium.slit.walls else {
        panic!("the walls are soft");
    };
    assert!((force - 1.688_65).abs() < 1e-4, "{force}");
    assert_eq!(potassium.mixture[0].count, 4000);
    assert_eq!(potassium.mixture[0].species.diffusion, 0.10341);

    let Protocol::Circuit(circuit) = &scenario.protocol else {
        panic!("it is a circuit");
    };
    assert_eq!(circuit.coupling, Coupling::Published);
    assert_eq!(circuit.relaxation_windows, 101);
    assert_eq!(circuit.initial_voltage, 20.0);
    assert!((circuit.source / 6.241_509e-4 - 1.0).abs() < 1e-6);
    // 0.1 fF · 25.68 mV / e.
    assert!((circuit.capacitance / 16.028 - 1.0).abs() < 1e-4);
    let branches: Vec<_> = circuit
        .branches
        .iter()
        .map(|b| (b.slit, b.branch.multiplier, b.branch.battery))
        .collect();
    assert_eq!(branches, [(0, 5.0, 4000.0), (1, 1.0, -4000.0)]);
    let spikes = scenario.analysis.spikes.unwrap();
    assert_eq!((spikes.threshold, spikes.prominence), (0.055, 0.03));
    assert_eq!(spikes.minimum_interval, 5e6);
}

#[test]
fn published_memristor_in_internal_units() {
    let scenario = load("memristor-published", &[]).unwrap();
    let Protocol::Driven { drives } = &scenario.protocol else {
        panic!("it is driven");
    };
    assert_eq!(drives[0].kind, Applied::Field);
    let Drive::Sine {
        amplitude, phase, ..
    } = drives[0].drive
    else {
        panic!("it is a sine");
    };
    assert_eq!((amplitude, phase), (0.5, 0.0));
    let period = drives[0].drive.period().unwrap();
    assert!((period / 62.831_853e6 - 1.0).abs() < 1e-7, "{period}");
    let loops = scenario.analysis.loops.unwrap();
    assert_eq!(loops.fields.len(), 10);
    assert_eq!(loops.bin_half_width, 0.01);
}

/// A copy keeps densities, fields and voltages.
#[test]
fn scaling_keeps_the_densities() {
    let full = load("ionic-neuron", &[("scale", "1")]).unwrap();
    let tenth = load("ionic-neuron", &[("scale", "0.1")]).unwrap();
    for (a, b) in full.slits.iter().zip(&tenth.slits) {
        assert_eq!(b.mixture[0].count, a.mixture[0].count / 10);
        assert!((b.slit.width / a.slit.width - 0.1).abs() < 1e-12);
        assert_eq!(b.slit.length, a.slit.length);
    }
    let (Protocol::Circuit(a), Protocol::Circuit(b)) = (&full.protocol, &tenth.protocol) else {
        panic!("both are circuits");
    };
    assert!((b.capacitance / a.capacitance - 0.1).abs() < 1e-12);
    assert!((b.source / a.source - 0.1).abs() < 1e-12);
    assert_eq!(b.branches, a.branches);
    assert_eq!(b.initial_voltage, a.initial_voltage);
}

/// A slit of 100 × 100 nm, 7 Å high, between walls that are said to be `walls`, with `holds`.
fn small_slit(walls: &str, holds: &str) -> Result<Scenario, ScenarioError> {
    let text = format!(
        r#"
        title = "A salt"
        seed = 1
        [electrolyte]
        temperature = "298 K"
        [interaction]
        height = "7 angstrom"
        permittivity_along = 70
        permittivity_across = 2
        {walls}
        [dynamics]
        preset = "physical"
        [slits.slit]
        length = "100 nm"
        width = "100 nm"
        {holds}
        [drive]
        waveform = "constant"
        amplitude = "0.1 kT/(e*angstrom)"
        [run]
        duration = "1 us"
        "#
    );
    let scenario = Scenario::parse("salt", "salt.toml", &text)?;
    let again = Scenario::parse("salt", "resolved", &scenario.resolved)?;
    assert_eq!(again, scenario);
    Ok(scenario)
}

/// 0.1 mol/l in 7e6 Å³ are 421.55 formula units, of which 422 make 0.10011 mol/l; the
/// diffusion coefficients are those of the tables.
#[test]
fn a_salt_by_its_name_and_concentration() {
    let slab = "kind = \"dielectric-slab\"\nwall_material = \"hBN\"";
    let scenario = small_slit(slab, "salt = \"NaCl\"\nconcentration = \"0.1 M\"").unwrap();
    let mixture = &scenario.slits[0].mixture;
    let told: Vec<_> = mixture
        .iter()
        .map(|p| (p.species.name.as_str(), p.species.valence, p.count))
        .collect();
    assert_eq!(told, [("Na", 1, 422), ("Cl", -1, 422)]);
    assert!((mixture[0].species.diffusion - 0.1334).abs() < 1e-15);
    let concentration = derived(&scenario, "c").unwrap();
    assert!((concentration - 0.1 * 422.0 / 421.55).abs() < 1e-5);
    // hBN: ξ = h ε/(2 √(6.93 · 3.76)).
    assert!((derived(&scenario, "ξ").unwrap() - 47.997).abs() < 0.01);
    let slit = small_slit(slab, "salt = \"Na2SO4\"\nconcentration = \"20 mM\"").unwrap();
    let counts: Vec<usize> = slit.slits[0].mixture.iter().map(|p| p.count).collect();
    assert_eq!(counts, [168, 84]);
}

/// -10 mC/m² on either wall are 1248.3 charges in 100 × 100 nm. Divalent counter-ions
/// neutralise an even number of them.
#[test]
fn charged_walls_bring_their_counterions() {
    let log = "kind = \"confined-log\"\nwall_permittivity = 2";
    let holds = "salt = \"CaCl2\"\nconcentration = \"10 mM\"\nsurface_charge = \"-10 mC/m^2\"";
    let scenario = small_slit(log, holds).unwrap();
    let told: Vec<_> = scenario.slits[0]
        .mixture
        .iter()
        .map(|p| (p.species.valence, p.count, p.species.diffusion > 0.0))
        .collect();
    assert_eq!(
        told,
        [(2, 42 + 624, true), (-1, 84, true), (-1, 1248, false)]
    );
    let charge = derived(&scenario, "σ").unwrap();
    assert!((charge + 0.0624).abs() < 1e-12, "{charge}");
    assert_eq!(scenario.slits[0].mobile().count(), 2);
    // The lengths of a confined log follow from the slit: ξ = 7 · 70/4.
    assert!((derived(&scenario, "ξ").unwrap() - 122.5).abs() < 1e-9);
    // 35 rows of 36: whole rows, with an even number of charges for calcium.
    let lattice = format!("{holds}\nsurface_charge_places = \"lattice\"");
    let lattice = small_slit(log, &lattice).unwrap();
    assert_eq!(lattice.slits[0].mixture[2].count, 35 * 36);
    assert_eq!(lattice.slits[0].wall_places, WallPlaces::Lattice);
    assert_eq!(scenario.slits[0].wall_places, WallPlaces::Random);
}

/// Gold screens over its Thomas–Fermi length; a list of lengths makes a copy for each.
#[test]
fn walls_by_name_and_by_list() {
    let salt = "salt = \"KCl\"\nconcentration = \"0.1 M\"";
    let gold = small_slit("kind = \"screening-walls\"\nwall_material = \"gold\"", salt);
    assert!(derived(&gold.unwrap(), "l").unwrap() < 20.0);
    let several = small_slit(
        "kind = \"screening-walls\"\nwall_permittivity = 2\n\
         thomas_fermi = [\"0 angstrom\", \"1 angstrom\", \"10 angstrom\"]",
        salt,
    )
    .unwrap();
    let names: Vec<&str> = several
        .slits
        .iter()
        .map(|slit| slit.name.as_str())
        .collect();
    assert_eq!(names, ["slit-walls0", "slit-walls1", "slit-walls2"]);
    assert_eq!(several.copies(), 3);
    let lengths = several.derived.iter().filter(|one| one.symbol == "l");
    let lengths: Vec<f64> = lengths.map(|one| one.value).collect();
    assert!(lengths.len() == 3 && lengths.is_sorted(), "{lengths:?}");
}

/// Divalent cations with monovalent anions: whole neutral sets, and a warning
/// when their number had to be rounded by more than one in a hundred.
#[test]
fn scaling_keeps_the_charge_balance() {
    let changes = [
        ("electrolyte.species.anion.valence", "-1"),
        ("slits.slit.ions.anion", "1000"),
        ("slits.slit.length", "2 um"),
        ("slits.slit.width", "100 um"),
        ("scale", "0.0152"),
    ];
    let scenario = load("memristor", &changes).unwrap();
    let counts: Vec<usize> = scenario.slits[0].mixture.iter().map(|p| p.count).collect();
    assert_eq!(counts, [8, 16]);
    assert_eq!(
        scenario.warnings,
        ["slits.slit.ions: rounding to whole neutral sets of ions changes their density by +5.3 %"]
    );
}

#[test]
fn physical_preset_changes_evaluations_and_contact() {
    let scenario = load("memristor", &[("dynamics.preset", "physical")]).unwrap();
    let refinement = scenario.dynamics.refinement.unwrap();
    assert_eq!((scenario.dynamics.step, refinement.evaluations), (5.0, 10));
    assert_eq!(refinement.within, 15.0);
    assert_eq!(scenario.interaction.contact(), 4.0);
    for one in of_ions() {
        let scenario = load(one.name, &[("dynamics.preset", "physical")]).unwrap();
        assert!(scenario.warnings.is_empty(), "{:?}", scenario.warnings);
    }
    let coarse = [
        ("dynamics.preset", "physical"),
        ("dynamics.evaluations", "1"),
        ("dynamics.step", "10 ps"),
    ];
    let scenario = load("memristor", &coarse).unwrap();
    assert_eq!(scenario.warnings.len(), 1, "{:?}", scenario.warnings);
}

#[test]
fn constant_fields_make_copies() {
    let scenario = load("iv-curve", &[("run.replicas", "3")]).unwrap();
    let Protocol::Driven { drives } = &scenario.protocol else {
        panic!("it is driven");
    };
    assert_eq!(drives.len(), 8);
    assert_eq!(drives[7].drive, Drive::Constant { value: 0.5 });
    assert_eq!(scenario.copies(), 24);
    let voltage = load("iv-curve", &[("drive.amplitude", "20000 kT/e")]).unwrap();
    let Protocol::Driven { drives } = &voltage.protocol else {
        panic!("it is driven");
    };
    assert_eq!(drives[0].kind, Applied::Voltage);
    let field = drives[0].peak_field(voltage.slits[0].slit.length);
    assert!((field - 1.0).abs() < 1e-12, "{field}");
}

// --- Overrides ----------------------------------------------------------

#[test]
fn overrides_with_and_without_quotes_and_spaces() {
    for value in ["\"10 us\"", "10 us", "10us", "0.01ms"] {
        let scenario = load("iv-curve", &[("run.duration", value)]).unwrap();
        assert_eq!(scenario.run.windows, 200, "{value}");
        let again = Scenario::parse("iv-curve", "resolved", &scenario.resolved).unwrap();
        assert_eq!(again, scenario);
    }
    let changes = [("slits.slit.ions", "{ cation = 10, anion = 10 }")];
    let scenario = load("iv-curve", &changes).unwrap();
    assert_eq!(scenario.slits[0].mixture[1].count, 10);
}

#[test]
fn the_last_seed_wins() {
    let overrides = [("seed".to_owned(), "5".to_owned())];
    assert_eq!(
        Scenario::load("memristor", &overrides, None).unwrap().seed,
        5
    );
    let scenario = Scenario::load("memristor", &overrides, Some(u64::MAX)).unwrap();
    assert_eq!(scenario.seed, u64::MAX);
    assert!(scenario.resolved.contains(&format!("seed = {}", u64::MAX)));
}

#[test]
fn overrides_are_refused_like_files() {
    for (key, value, expected) in [
        (
            "run.duratoin",
            "10 us",
            "--set: run.duratoin: unknown key, the nearest is \"duration\"",
        ),
        (
            "run.duration",
            "10",
            "--set: run.duration: found a bare number 10, expected a time with its unit, such as \
             \"50 ns\"",
        ),
        (
            "slits.slit.lenght",
            "1 um",
            "--set: slits.slit.lenght: unknown key, the nearest is \"length\"",
        ),
        (
            "title.more",
            "1",
            "--set: title: found a table, expected one line, such as title = \"Ions at rest\"",
        ),
        (
            "a b",
            "1",
            "--set: not valid TOML: \"a b\" is not a dotted key such as run.duration",
        ),
        (
            "analysis.spikes.threshold",
            "0.1 kT/(e*angstrom)",
            "--set: analysis.spikes: this analysis needs a circuit, which this scenario does not \
             have",
        ),
    ] {
        assert_eq!(message("memristor", &[(key, value)]), expected);
    }
}

// --- What is not there --------------------------------------------------

#[test]
fn unknown_names_and_missing_files() {
    assert_eq!(
        message("ionic-nuron", &[]),
        "unknown scenario \"ionic-nuron\", the nearest is \"ionic-neuron\""
    );
    let error = load("xyz", &[]).unwrap_err();
    assert!(matches!(
        error.problem(),
        Problem::UnknownScenario { nearest: None, .. }
    ));
    assert_eq!(
        message("no/such/file.toml", &[]),
        "cannot read no/such/file.toml: there is no such file"
    );
    assert_eq!(
        message("tests/invalid", &[]),
        "cannot read tests/invalid: it is a folder"
    );
    let help = load("memristor.toml", &[]).unwrap_err();
    let help = help.help().unwrap().to_string();
    assert_eq!(
        help,
        "\"memristor\" without a folder and ending is a built-in scenario"
    );
}

/// Each file of `tests/invalid` and its folder of circuits begins with `# error: ` and the message that
/// its reading must give, to the letter.
#[test]
fn invalid_scenarios_are_refused_with_their_message() {
    let folders = ["tests/invalid", "tests/invalid/circuits"];
    let mut files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    assert!(files.len() >= 120, "the corpus has {} files", files.len());
    let mut differences = String::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let expected = text.lines().next().unwrap_or_default();
        let expected = expected.strip_prefix("# error: ").unwrap_or("no message");
        let name = path.to_str().unwrap().replace('\\', "/");
        let found = match Plan::load(&name, &[], None) {
            Ok(_) => "(no error)".to_owned(),
            Err(error) => {
                assert!(
                    error
                        .help()
                        .is_some_and(|help| !help.to_string().is_empty())
                );
                error.to_string()
            }
        };
        if found != expected {
            differences += &format!("{name}\n  expected {expected}\n  found    {found}\n");
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
}

/// miette shows the line, and points at the value.
#[test]
fn diagnostics_point_at_the_place() {
    let text = builtin()[2].text.replace("\"50 ns\"", "50");
    let error = Scenario::parse("m", "m.toml", &text).unwrap_err();
    let (line, column) = error.position().unwrap();
    assert_eq!(text.lines().nth(line - 1).unwrap(), "window = 50");
    assert_eq!(column, 10);
    assert_eq!(error.key(), "dynamics.window");
    let report = format!("{:?}", miette::Report::new(error));
    assert!(report.contains("window = 50"), "{report}");
    assert!(
        report.contains("put the number and its unit between quotes"),
        "{report}"
    );
}

// --- Sampled drives -----------------------------------------------------

const SAMPLED: &str = "time (us), field (kT/(e*angstrom))\n# rise\n0, 0\n\n5, 0.25\n10, 0.5\n";

/// The published memristor under the samples of a file beside the scenario.
fn sampled(csv: &str) -> Result<Scenario, ScenarioError> {
    let folder = tempfile::tempdir().unwrap();
    let text = builtin()[2].text;
    let (head, tail) = text.split_once("[drive]").unwrap();
    let (_, run) = tail.split_once("[run]").unwrap();
    let (run, _) = run.split_once("[analysis.loop]").unwrap();
    let drive = "[drive]\nwaveform = \"sampled\"\nfile = \"drive.csv\"\n";
    let path = folder.path().join("ramp.toml");
    fs::write(&path, format!("{head}{drive}[run]{run}")).unwrap();
    fs::write(folder.path().join("drive.csv"), csv).unwrap();
    Scenario::load(path.to_str().unwrap(), &[], None)
}

#[test]
fn samples_are_read_and_kept_in_the_resolved_text() {
    let scenario = sampled(SAMPLED).unwrap();
    let Protocol::Driven { drives } = &scenario.protocol else {
        panic!("it is driven");
    };
    let time = vec![0.0, 5e6, 1e7];
    let value = vec![0.0, 0.25, 0.5];
    assert_eq!(drives[0].drive, Drive::Sampled { time, value });
    // The file is gone by now.
    let again = Scenario::parse("ramp", "resolved", &scenario.resolved).unwrap();
    assert_eq!(again, scenario);
}

#[test]
fn samples_are_refused_with_their_line() {
    for (csv, expected) in [
        (
            "",
            ":1: found the line \"\", expected two columns separated by a comma",
        ),
        (
            "t (us), field (kT/(e*angstrom))\n0, 0\n",
            ":1: found the column header \"t (us)\", expected \"time (ps)\"",
        ),
        (
            "time (us), field (V)\n0, 0\n",
            ":2: found \"0 V\", a voltage; expected a field",
        ),
        (
            "time (us), voltage (V)\n0, 0\n0, 1\n",
            ":3: times must increase from line to line",
        ),
        (
            "time (us), voltage (V)\n0, 1 V\n",
            ":2: found \"1 V\", expected a plain number, its unit being in the header",
        ),
        ("time (us), voltage (V)\n", ":1: there are no samples"),
    ] {
        let message = sampled(csv).unwrap_err().to_string();
        assert!(
            message.ends_with(&format!("drive.csv{expected}")),
            "{message}"
        );
    }
}
