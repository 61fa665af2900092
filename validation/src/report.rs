//! The outcome of a validation, as data and as a table.

use crate::claim::{Check, Claim, Columns, Measurement, Plan, Tier, Verdict, score_limit};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// Probability that a sound engine fails any check of a report.
pub const FALSE_ALARM: f64 = 1e-3;

/// What one claim measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Name of the claim.
    pub name: String,
    /// Its statement.
    pub statement: String,
    /// What was expected and got.
    pub checks: Vec<Check>,
}

impl Finding {
    /// Measures `claim`. Where that is done in parts, each comes from `part`, which
    /// gets its number and what measures it, on several threads.
    ///
    /// # Errors
    /// The first of `part`.
    pub fn of<E: Send>(
        claim: &Claim,
        plan: &Plan,
        part: impl Fn(u64, &dyn Fn() -> Columns) -> Result<Columns, E> + Sync,
    ) -> Result<Self, E> {
        let checks = match claim.measurement {
            Measurement::AtOnce(run) => run(plan),
            Measurement::InParts(parts) => {
                let measured = (0..parts.count)
                    .into_par_iter()
                    .map(|k| part(k, &|| (parts.measure)(plan, k)));
                (parts.judge)(plan, &measured.collect::<Result<Vec<_>, E>>()?)
            }
        };
        Ok(Self {
            name: claim.name.into(),
            statement: claim.statement.into(),
            checks,
        })
    }
}

/// All findings, and the limit they are judged by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Tier that was run.
    pub tier: Tier,
    /// Master seed.
    pub seed: u64,
    /// Largest |z| that passes, corrected for the number of checks.
    pub limit: f64,
    /// One a claim.
    pub findings: Vec<Finding>,
}

/// How far checks are off in all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquared {
    /// Σ z².
    pub value: f64,
    /// Number of checks.
    pub checks: usize,
}

impl Report {
    /// Judges `findings` together: the more checks, the wider the limit.
    #[must_use]
    pub fn new(tier: Tier, seed: u64, findings: Vec<Finding>) -> Self {
        let by_chance = findings
            .iter()
            .flat_map(|finding| &finding.checks)
            .filter(|check| check.z().is_some())
            .count();
        Self {
            tier,
            seed,
            limit: score_limit(by_chance, FALSE_ALARM),
            findings,
        }
    }

    /// Whether a finding passes: all its checks do, and there is one.
    #[must_use]
    pub fn verdict(&self, finding: &Finding) -> Verdict {
        let pass = |check: &Check| check.verdict(self.limit) == Verdict::Pass;
        if !finding.checks.is_empty() && finding.checks.iter().all(pass) {
            Verdict::Pass
        } else {
            Verdict::Fail
        }
    }

    /// Whether every finding passes.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| self.verdict(finding) == Verdict::Pass)
    }

    /// The report as Markdown, also legible as plain text.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!(
            "{:?} tier, seed {}. A check passes if |z| ≤ {:.2} (a sound engine fails a report with probability {FALSE_ALARM}), or within its tolerance where no chance is involved.\n",
            self.tier, self.seed, self.limit
        );
        for finding in &self.findings {
            let verdict = self.verdict(finding);
            let (name, statement) = (&finding.name, &finding.statement);
            let _ = write!(text, "\n## {name}: {}\n\n{statement}\n\n", verdict.word());
            text.push_str(&self.table(finding));
        }
        text
    }

    /// Σ z² of all checks that chance has a part in: about their number, when they
    /// are independent and all is well.
    #[must_use]
    pub fn chi_squared(&self) -> ChiSquared {
        let checks = self.findings.iter().flat_map(|finding| &finding.checks);
        let scores: Vec<f64> = checks.filter_map(Check::z).collect();
        ChiSquared {
            value: scores.iter().map(|z| z * z).sum(),
            checks: scores.len(),
        }
    }

    /// The table of a finding: its head, and a row for each check.
    #[must_use]
    pub fn rows(&self, finding: &Finding) -> Vec<[String; 6]> {
        let head = ["quantity", "expected", "got", "z", "verdict", "source"];
        let mut rows = vec![head.map(String::from)];
        rows.extend(finding.checks.iter().map(|check| {
            [
                check.quantity.clone(),
                with_error(check.expected, check.expected_error),
                with_error(check.got, check.error),
                deviation(check),
                check.verdict(self.limit).word().into(),
                check.source.clone(),
            ]
        }));
        rows
    }

    fn table(&self, finding: &Finding) -> String {
        let mut rows = self.rows(finding);
        for row in &mut rows {
            row[0] = row[0].replace('|', "\\|");
        }
        let width = |column: usize| rows.iter().map(|r| r[column].chars().count()).max();
        let widths: [usize; 6] = std::array::from_fn(|column| width(column).unwrap_or(0));
        let rule = widths.map(|width| "-".repeat(width));
        rows.insert(1, rule);
        let mut text = String::new();
        for row in rows {
            for (cell, width) in row.iter().zip(widths) {
                let _ = write!(text, "| {cell:width$} ");
            }
            text.push_str("|\n");
        }
        text
    }
}

/// The score, or the tolerance where there is none.
fn deviation(check: &Check) -> String {
    match (check.law, check.z()) {
        (_, Some(z)) => format!("{z:+.2}"),
        (crate::claim::Law::Within { tolerance }, None) => format!("within {tolerance:.0e}"),
        (crate::claim::Law::Above { errors }, None) => {
            let found = (check.got - check.expected) / check.error.hypot(check.expected_error);
            format!("{found:+.1}, at least {errors}")
        }
        (_, None) => String::new(),
    }
}

/// A value to the second digit of its error.
fn with_error(value: f64, error: f64) -> String {
    if value.abs() >= 1e6 || (value != 0.0 && value.abs() < 1e-3) || (error > 0.0 && error < 1e-6) {
        return if error > 0.0 {
            format!("{value:.2e} ± {error:.1e}")
        } else {
            format!("{value:.6e}")
        };
    }
    if error > 0.0 {
        let digits = (1.0 - error.log10().floor()).clamp(0.0, 9.0) as usize;
        format!("{value:.digits$} ± {error:.digits$}")
    } else {
        format!("{value:.6}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Law;

    fn check(got: f64) -> Check {
        Check {
            quantity: "|x|".into(),
            expected: 1.0,
            expected_error: 0.0,
            got,
            error: 0.01,
            law: Law::Normal,
            source: "theory".into(),
            at: None,
        }
    }

    fn report(checks: Vec<Check>) -> Report {
        let finding = Finding {
            name: "x".into(),
            statement: "x is 1".into(),
            checks,
        };
        Report::new(Tier::Quick, 1, vec![finding])
    }

    #[test]
    fn one_bad_check_fails_the_report() {
        assert!(report(vec![check(1.02), check(0.99)]).passes());
        assert!(!report(vec![check(1.02), check(1.05)]).passes());
        assert!(!report(vec![]).passes());
    }

    #[test]
    fn table_shows_what_was_expected_and_got() {
        let text = report(vec![check(1.05)]).to_markdown();
        assert!(text.contains("## x: FAIL"), "{text}");
        assert!(
            text.contains("| \\|x\\|    | 1.000000 | 1.050 ± 0.010 | +5.00 | FAIL    | theory |"),
            "{text}"
        );
    }
}
