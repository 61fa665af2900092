//! Findings on disk, one file a claim, beside the page: what was measured need not be again.

use crate::plot::PlotError;
use bjerrum_validation::{Columns, Finding, Plan, Tier, Underway};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What a finding depends on. A finding under another stamp is measured again, unless a
/// store is [`Store::open`]ed for any revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    /// Version of bjerrum.
    pub version: String,
    /// Git revision it was built from.
    pub revision: String,
    /// Tier.
    pub tier: Tier,
    /// Statistics relative to the quick tier.
    pub effort: f64,
    /// Master seed.
    pub seed: u64,
}

impl Stamp {
    /// That of this program and `plan`.
    #[must_use]
    pub fn of(tier: Tier, plan: &Plan) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            revision: env!("BJERRUM_GIT_REVISION").to_owned(),
            tier,
            effort: plan.effort,
            seed: plan.seed,
        }
    }
}

/// A finding, with when and how long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// What it depends on.
    pub stamp: Stamp,
    /// When it was finished, ISO 8601, UTC.
    pub date: String,
    /// How long it took, s; of a claim in parts, all of them together.
    pub seconds: f64,
    /// What was found.
    pub finding: Finding,
}

/// A part of a claim that is measured in parts, kept until the claim is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What it depends on.
    pub stamp: Stamp,
    /// How long it took, s.
    pub seconds: f64,
    /// What it measured.
    pub columns: Columns,
}

/// Where a part was left before it was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// What it depends on.
    pub stamp: Stamp,
    /// How long it had taken, s.
    pub seconds: f64,
    /// Where it stands.
    pub underway: Underway,
}

/// A folder with the pages of a validation, and its findings in a folder of that.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    revisions: Revisions,
}

/// Whose findings are taken from a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revisions {
    /// Those of the same program.
    Same,
    /// Those of earlier and later ones, too.
    Any,
}

/// The folder or a file of it failed.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum StoreError {
    /// It cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    #[diagnostic(
        code(bjerrum::validate::write),
        help("Give another folder with --report, or make room.")
    )]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },

    /// A figure of the page cannot be drawn.
    #[error(transparent)]
    #[diagnostic(code(bjerrum::validate::figure))]
    Figure(#[from] PlotError),
}

impl Store {
    /// The folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`StoreError::Write`].
    pub fn open(folder: &Path, revisions: Revisions) -> Result<Self, StoreError> {
        let findings = folder.join(FINDINGS);
        let written = fs::create_dir_all(&findings);
        written.map_err(|source| failed(&findings, source))?;
        Ok(Self {
            folder: folder.to_owned(),
            revisions,
        })
    }

    /// Whether what was found under `stamp` is what is `wanted`.
    fn answers(&self, stamp: &Stamp, wanted: &Stamp) -> bool {
        match self.revisions {
            Revisions::Same => stamp == wanted,
            Revisions::Any => {
                let plan = |stamp: &Stamp| (stamp.tier, stamp.effort, stamp.seed);
                plan(stamp) == plan(wanted)
            }
        }
    }

    /// The finding of `claim` under `stamp`, if there is a file of it that can be read.
    #[must_use]
    pub fn load(&self, claim: &str, stamp: &Stamp) -> Option<Measured> {
        let measured: Measured = self.read(&file_name(claim))?;
        self.answers(&measured.stamp, stamp).then_some(measured)
    }

    /// Part `number` of `claim` under `stamp`, if there is a file of it that can be read.
    #[must_use]
    pub fn load_part(&self, claim: &str, number: u64, stamp: &Stamp) -> Option<Part> {
        let part: Part = self.read(&part_name(claim, number))?;
        self.answers(&part.stamp, stamp).then_some(part)
    }

    /// Writes part `number` of `claim`, in place of where it was left.
    ///
    /// # Errors
    /// [`StoreError::Write`].
    pub fn save_part(&self, claim: &str, number: u64, part: &Part) -> Result<(), StoreError> {
        let text = serde_json::to_string(part).expect("plain data");
        self.write_finding(&part_name(claim, number), text.as_bytes())?;
        let left = self.folder.join(FINDINGS).join(left_name(claim, number));
        match fs::remove_file(&left) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&left, error)),
            _ => Ok(()),
        }
    }

    /// Where part `number` of `claim` under `stamp` was left, if there is a file of it that
    /// can be read.
    #[must_use]
    pub fn load_left(&self, claim: &str, number: u64, stamp: &Stamp) -> Option<Left> {
        let path = self.folder.join(FINDINGS).join(left_name(claim, number));
        let left: Left = postcard::from_bytes(&fs::read(path).ok()?).ok()?;
        self.answers(&left.stamp, stamp).then_some(left)
    }

    /// Writes where part `number` of `claim` stands: binary, since it is to be gone on with to
    /// the bit.
    ///
    /// # Errors
    /// [`StoreError::Write`].
    pub fn save_left(&self, claim: &str, number: u64, left: &Left) -> Result<(), StoreError> {
        let bytes = postcard::to_stdvec(left).expect("plain data");
        self.write_finding(&left_name(claim, number), &bytes)
    }

    /// Writes a finding.
    ///
    /// # Errors
    /// [`StoreError::Write`].
    pub fn save(&self, measured: &Measured) -> Result<(), StoreError> {
        let mut text = serde_json::to_string_pretty(measured).expect("plain data");
        text.push('\n');
        self.write_finding(&file_name(&measured.finding.name), text.as_bytes())
    }

    /// Writes a page; returns where it is.
    ///
    /// # Errors
    /// [`StoreError::Write`].
    pub fn write_page(&self, name: &str, text: &str) -> Result<PathBuf, StoreError> {
        let path = self.folder.join(name);
        write(&path, text.as_bytes()).map_err(|source| failed(&path, source))?;
        Ok(path)
    }

    fn write_finding(&self, name: &str, content: &[u8]) -> Result<(), StoreError> {
        let path = self.folder.join(FINDINGS).join(name);
        write(&path, content).map_err(|source| failed(&path, source))
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let text = fs::read_to_string(self.folder.join(FINDINGS).join(name)).ok()?;
        serde_json::from_str(&text).ok()
    }
}

/// Where the findings are, beside the pages.
const FINDINGS: &str = "findings";

fn file_name(claim: &str) -> String {
    format!("{claim}.json")
}

/// Writes a file: beside its place, and then into it.
fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    fs::write(&beside, content).and_then(|()| fs::rename(&beside, path))
}

fn left_name(claim: &str, number: u64) -> String {
    format!("{claim}.part{number}.left")
}

fn part_name(claim: &str, number: u64) -> String {
    format!("{claim}.part{number}.json")
}

fn failed(path: &Path, source: io::Error) -> StoreError {
    StoreError::Write {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bjerrum_validation::{Check, Law, Place};

    fn measured(seed: u64) -> Measured {
        let plan = Plan {
            seed,
            ..Plan::of(Tier::Quick)
        };
        let check = Check {
            quantity: "x".into(),
            expected: 1.0,
            expected_error: 0.0,
            got: 1.1,
            error: 0.1,
            law: Law::Student { degrees: 7.0 },
            source: "theory".into(),
            at: Some(Place {
                curve: "rising".into(),
                x: 0.3,
            }),
        };
        Measured {
            stamp: Stamp::of(Tier::Quick, &plan),
            date: "2021-08-06T00:00:00Z".into(),
            seconds: 1.5,
            finding: Finding {
                name: "x".into(),
                statement: "x is 1".into(),
                checks: vec![check],
            },
        }
    }

    /// A finding comes back as it was, and only under its own stamp.
    #[test]
    fn findings_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path(), Revisions::Same).expect("a store");
        let kept = measured(1);
        store.save(&kept).expect("room");
        assert_eq!(store.load("x", &kept.stamp), Some(kept));
        assert_eq!(store.load("x", &measured(2).stamp), None);
        assert_eq!(store.load("y", &measured(1).stamp), None);
    }

    /// What is not a number fails a claim, and goes on to fail it.
    #[test]
    fn findings_that_are_no_numbers_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path(), Revisions::Same).expect("a store");
        let mut failed = measured(1);
        let check = &mut failed.finding.checks[0];
        (check.got, check.error) = (f64::NAN, f64::NAN);
        store.save(&failed).expect("room");
        let kept = store.load("x", &failed.stamp).expect("a finding");
        let check = &kept.finding.checks[0];
        assert!(check.got.is_nan() && check.error.is_nan());
        assert_eq!(check.expected, 1.0);
    }

    /// Another revision's are taken where that is asked for, but not those of another seed.
    #[test]
    fn findings_of_other_revisions_are_taken_when_asked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path(), Revisions::Same).expect("a store");
        let mut kept = measured(1);
        kept.stamp.revision = "older".into();
        store.save(&kept).expect("room");
        assert_eq!(store.load("x", &measured(1).stamp), None);
        let store = Store::open(folder.path(), Revisions::Any).expect("a store");
        assert_eq!(store.load("x", &measured(1).stamp), Some(kept));
        assert_eq!(store.load("x", &measured(2).stamp), None);
    }

    /// So does a part, each by its number.
    #[test]
    fn parts_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path(), Revisions::Same).expect("a store");
        let stamp = measured(1).stamp;
        let part = Part {
            stamp: stamp.clone(),
            seconds: 2.5,
            columns: vec![vec![0.1, 1.0 / 3.0], vec![]],
        };
        store.save_part("x", 3, &part).expect("room");
        assert_eq!(store.load_part("x", 3, &stamp), Some(part));
        assert_eq!(store.load_part("x", 2, &stamp), None);
        assert_eq!(store.load_part("x", 3, &measured(2).stamp), None);
    }

    /// Where a part was left comes back to the bit, until the part is there.
    #[test]
    fn parts_are_gone_on_with() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path(), Revisions::Same).expect("a store");
        let stamp = measured(1).stamp;
        let left = Left {
            stamp: stamp.clone(),
            seconds: 60.0,
            underway: Underway {
                engines: vec![],
                seen: vec![vec![0.1, 1.0 / 3.0, f64::MIN_POSITIVE]],
            },
        };
        store.save_left("x", 3, &left).expect("room");
        assert_eq!(store.load_left("x", 2, &stamp), None);
        assert_eq!(store.load_left("x", 3, &measured(2).stamp), None);
        assert_eq!(store.load_left("x", 3, &stamp), Some(left));
        let part = Part {
            stamp: stamp.clone(),
            seconds: 120.0,
            columns: vec![],
        };
        store.save_part("x", 3, &part).expect("room");
        assert_eq!(store.load_left("x", 3, &stamp), None);
    }

    #[test]
    fn half_a_file_is_no_finding() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path(), Revisions::Same).expect("a store");
        let half = "{\"stamp\": {";
        store
            .write_finding("x.json", half.as_bytes())
            .expect("room");
        assert_eq!(store.load("x", &measured(1).stamp), None);
    }
}
