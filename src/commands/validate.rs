//! `bjerrum validate`.

use super::Failure;
use super::convergence::positive;
use bjerrum::validation::{
    Left, Measured, Part, Revisions, Stamp, Store, StoreError, html, markdown,
};
use bjerrum_validation::{
    Claim, Columns, Finding, Keeper, Measurement, Plan, Report, Tier, Underway, Verdict, claims,
    claims_of,
};
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

#[derive(Debug, Args)]
pub(super) struct ValidateArguments {
    /// Check only this claim; may be repeated
    #[arg(long = "claim", value_name = "NAME", value_parser = claim_name)]
    only: Vec<String>,
    /// All claims, with ten times the statistics: a long night. What is finished stays in the
    /// report's folder, and of long claims what is begun; the same command goes on from there
    #[arg(long)]
    full: bool,
    /// Statistics relative to the quick tier [default: 1, or 10 with --full]
    #[arg(long, value_name = "FACTOR", value_parser = positive)]
    effort: Option<f64>,
    /// Write REPORT.md and report.html, with figures, into this folder, on whatever has been
    /// found there so far [default with --full: bjerrum-validation]
    #[arg(long, value_name = "FOLDER")]
    report: Option<PathBuf>,
    /// Take what other revisions of bjerrum have found and left in the report's folder, and
    /// measure the rest; the report tells the revision of each claim
    #[arg(long, requires = "report")]
    any_revision: bool,
}

fn claim_name(name: &str) -> Result<String, String> {
    let known: Vec<&str> = claims().iter().map(|claim| claim.name).collect();
    if known.contains(&name) {
        Ok(name.to_owned())
    } else {
        Err(format!("expected one of {}", known.join(", ")))
    }
}

/// Measures every claim and prints the report; fails if a claim does.
pub(super) fn validate(arguments: &ValidateArguments) -> Result<ExitCode, Failure> {
    let tier = if arguments.full {
        Tier::Full
    } else {
        Tier::Quick
    };
    let mut plan = Plan::of(tier);
    plan.effort = arguments.effort.unwrap_or(plan.effort);
    let folder = arguments.report.as_deref();
    let folder = folder.or(arguments.full.then_some(Path::new("bjerrum-validation")));
    let revisions = match arguments.any_revision {
        true => Revisions::Any,
        false => Revisions::Same,
    };
    let store = folder.map(|folder| Store::open(folder, revisions));
    let store = store.transpose().map_err(Failure::run)?;

    let source = Source {
        plan: &plan,
        stamp: &Stamp::of(tier, &plan),
        store: store.as_ref(),
    };
    let mut measured = Vec::new();
    for claim in wanted(arguments, tier) {
        measured.push(source.find(&claim).map_err(Failure::run)?);
    }
    let report = source.report(&measured);
    print!("{}", report.to_markdown());
    if let Some(store) = &store {
        source.write_pages(store, &measured).map_err(Failure::run)?;
    }
    let failed = |finding: &&Finding| report.verdict(finding) == Verdict::Fail;
    let failed = report.findings.iter().filter(failed).count();
    println!(
        "\n{} passed, {failed} failed",
        report.findings.len() - failed
    );
    Ok(if report.passes() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The claims asked for by name, or else all of the tier.
fn wanted(arguments: &ValidateArguments, tier: Tier) -> Vec<Claim> {
    if arguments.only.is_empty() {
        return claims_of(tier);
    }
    let mut claims = claims();
    claims.retain(|claim| arguments.only.iter().any(|name| name == claim.name));
    claims
}

/// Where findings come from.
struct Source<'a> {
    plan: &'a Plan,
    stamp: &'a Stamp,
    store: Option<&'a Store>,
}

impl Source<'_> {
    fn report(&self, measured: &[Measured]) -> Report {
        let findings = measured.iter().map(|m| m.finding.clone()).collect();
        Report::new(self.stamp.tier, self.stamp.seed, findings)
    }

    /// Writes the report on what was `measured` and on all that the store keeps beside it.
    fn write_pages(&self, store: &Store, measured: &[Measured]) -> Result<(), StoreError> {
        let now = |claim: &Claim| measured.iter().find(|m| m.finding.name == claim.name);
        let all: Vec<Measured> = claims()
            .iter()
            .filter_map(|claim| now(claim).cloned().or_else(|| self.kept(claim)))
            .collect();
        let report = self.report(&all);
        for page in [
            store.write_page("REPORT.md", &markdown(&report, &all)),
            store.write_page("report.html", &html(&report, &all)?),
        ] {
            eprintln!("wrote {}", page?.display());
        }
        Ok(())
    }

    /// What the store has of `claim`.
    fn kept(&self, claim: &Claim) -> Option<Measured> {
        self.store?.load(claim.name, self.stamp)
    }

    /// The finding of `claim`: from the store, or measured and put there.
    fn find(&self, claim: &Claim) -> Result<Measured, StoreError> {
        if let Some(kept) = self.kept(claim) {
            eprintln!("{:18} found, of {}", claim.name, kept.date);
            return Ok(kept);
        }
        let started = Instant::now();
        let of_parts = Mutex::new(Parts::default());
        let finding = Finding::of(claim, self.plan, |number, measure| {
            let part = self.part(claim.name, number, measure)?;
            let mut parts = of_parts.lock().expect("nothing panics with it");
            parts.seconds += part.seconds;
            parts.revisions.insert(part.stamp.revision);
            Ok::<_, StoreError>(part.columns)
        })?;
        let parts = of_parts.into_inner().expect("nothing panicked");
        let (seconds, revision) = match claim.measurement {
            Measurement::AtOnce(_) => {
                let seconds = started.elapsed().as_secs_f64();
                (seconds, self.stamp.revision.clone())
            }
            Measurement::InParts(_) => (parts.seconds, parts.revisions()),
        };
        eprintln!("{:18} {seconds:6.1} s", claim.name);
        let measured = Measured {
            stamp: Stamp {
                revision,
                ..self.stamp.clone()
            },
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            seconds,
            finding,
        };
        if let Some(store) = self.store {
            store.save(&measured)?;
        }
        Ok(measured)
    }

    /// A part of `claim`: from the store, or measured and put there.
    fn part(
        &self,
        claim: &str,
        number: u64,
        measure: &dyn Fn(&dyn Keeper) -> Columns,
    ) -> Result<Part, StoreError> {
        let kept = self
            .store
            .and_then(|s| s.load_part(claim, number, self.stamp));
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let keeper = PartKeeper::new(self, claim, number);
        let columns = measure(&keeper);
        let part = Part {
            stamp: self.stamp.clone(),
            seconds: keeper.seconds(),
            columns,
        };
        eprintln!("{claim:18} {:6.1} s, part {number}", part.seconds);
        if let Some(store) = self.store {
            store.save_part(claim, number, &part)?;
        }
        Ok(part)
    }
}

/// Time from one keeping of a part to the next.
const KEPT_EVERY: Duration = Duration::from_secs(60);

/// Keeps a part in the store, if there is one, now and then.
struct PartKeeper<'a> {
    source: &'a Source<'a>,
    claim: &'a str,
    number: u64,
    left: Option<Left>,
    started: Instant,
    kept: Mutex<Instant>,
}

impl<'a> PartKeeper<'a> {
    fn new(source: &'a Source<'a>, claim: &'a str, number: u64) -> Self {
        let store = source.store;
        let left = store.and_then(|s| s.load_left(claim, number, source.stamp));
        if left.is_some() {
            eprintln!("{claim:18} part {number} goes on from where it was left");
        }
        let now = Instant::now();
        Self {
            source,
            claim,
            number,
            left,
            started: now,
            kept: Mutex::new(now),
        }
    }

    /// How long the part has taken, with what it took before.
    fn seconds(&self) -> f64 {
        let before = self.left.as_ref().map_or(0.0, |left| left.seconds);
        before + self.started.elapsed().as_secs_f64()
    }
}

impl Keeper for PartKeeper<'_> {
    fn left(&self) -> Option<Underway> {
        self.left.as_ref().map(|left| left.underway.clone())
    }

    /// A part that cannot be kept now is measured all the same, and may be kept later.
    fn offer(&self, underway: &dyn Fn() -> Underway) {
        let Some(store) = self.source.store else {
            return;
        };
        let mut kept = self.kept.lock().expect("nothing panics with it");
        if kept.elapsed() < KEPT_EVERY {
            return;
        }
        let left = Left {
            stamp: self.source.stamp.clone(),
            seconds: self.seconds(),
            underway: underway(),
        };
        if let Err(error) = store.save_left(self.claim, self.number, &left) {
            eprintln!("{error}");
        }
        *kept = Instant::now();
    }
}

/// What the parts of a claim have in common.
#[derive(Default)]
struct Parts {
    /// How long all of them took.
    seconds: f64,
    /// The programs that measured them.
    revisions: BTreeSet<String>,
}

impl Parts {
    fn revisions(self) -> String {
        Vec::from_iter(self.revisions).join(", ")
    }
}
