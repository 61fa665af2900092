//! `bjerrum validate`.

use bjerrum_validation::{Finding, Plan, Report, Tier, claims};
use clap::Args;
use std::process::ExitCode;
use std::time::Instant;

#[derive(Debug, Args)]
pub(super) struct ValidateArguments {
    /// Check only this claim; may be repeated
    #[arg(long = "claim", value_name = "NAME", value_parser = claim_name)]
    only: Vec<String>,
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
pub(super) fn validate(arguments: &ValidateArguments) -> ExitCode {
    let plan = Plan::of(Tier::Quick);
    let mut findings = Vec::new();
    let wanted = |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|n| n == name);
    for claim in claims().iter().filter(|claim| wanted(claim.name)) {
        let started = Instant::now();
        findings.push(Finding::of(claim, &plan));
        eprintln!(
            "{:18} {:6.1} s",
            claim.name,
            started.elapsed().as_secs_f64()
        );
    }
    let report = Report::new(Tier::Quick, plan.seed, findings);
    print!("{}", report.to_markdown());
    let failed = report
        .findings
        .iter()
        .filter(|finding| report.verdict(finding) == bjerrum_validation::Verdict::Fail)
        .count();
    println!(
        "\n{} passed, {failed} failed",
        report.findings.len() - failed
    );
    if report.passes() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
