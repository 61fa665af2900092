//! The outcome of a validation, as data and as a table.

use crate::claim::{Check, Claim, Columns, Keeper, Measurement, Plan, Tier, Verdict, score_limit};
use crate::claims::claims;
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
    /// The claim that it is of, if there still is one.
    #[must_use]
    pub fn claim(&self) -> Option<Claim> {
        claims().into_iter().find(|claim| claim.name == self.name)
    }

    /// What the claim has to say to whoever reads its numbers.
    #[must_use]
    pub fn remark(&self) -> Option<&'static str> {
        let remark = self.claim()?.remark;
        (!remark.is_empty()).then_some(remark)
    }

    /// Measures `claim`. Where that is done in parts, each comes from `part`, which
    /// gets its number and what measures it beside a keeper, on several threads.
    ///
    /// # Errors
    /// The first of `part`.
    pub fn of<E: Send>(
        claim: &Claim,
        plan: &Plan,
        part: impl Fn(u64, &dyn Fn(&dyn Keeper) -> Columns) -> Result<Columns, E> + Sync,
    ) -> Result<Self, E> {
        let checks = match claim.measurement {
            Measurement::AtOnce(run) => run(plan),
            Measurement::InParts(parts) => {
                let measured = (0..parts.count)
                    .into_par_iter()
                    .map(|k| part(k, &|keeper| (parts.measure)(plan, k, keeper)));
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
    /// Number of checks that chance has a part in.
    pub checks: usize,
    /// Largest |z|.
    pub largest: f64,
}

impl ChiSquared {
    fn of<'a>(checks: impl Iterator<Item = &'a Check>) -> Self {
        let scores: Vec<f64> = checks.filter_map(Check::z).collect();
        Self {
            value: scores.iter().map(|z| z * z).sum(),
            checks: scores.len(),
            // In this order what is not a number comes last, and so is told.
            largest: (scores.iter().map(|z| z.abs()))
                .max_by(f64::total_cmp)
                .unwrap_or(0.0),
        }
    }
}

/// A check that lies off the published record by two errors or more, or fails.
#[derive(Clone, Copy, Debug)]
pub struct Departure<'a> {
    /// The claim it belongs to.
    pub finding: &'a Finding,
    /// The check.
    pub check: &'a Check,
}

/// |z| from which on a check against the published record is told before the others.
const NOTABLE: f64 = 2.0;

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
            text.push_str(&markdown_table(self.rows(finding)));
            if let Some(remark) = finding.remark() {
                let _ = write!(text, "\n{remark}\n");
            }
        }
        text
    }

    /// Σ z² of all checks that chance has a part in: about their number, when they
    /// are independent and all is well.
    #[must_use]
    pub fn chi_squared(&self) -> ChiSquared {
        ChiSquared::of(self.findings.iter().flat_map(|finding| &finding.checks))
    }

    /// What lies off the published record, the farthest first within each claim; and
    /// what fails.
    #[must_use]
    pub fn departures(&self) -> Vec<Departure<'_>> {
        let off = |check: &&Check| {
            let notable = check.z().is_some_and(|z| z.abs() >= NOTABLE);
            check.verdict(self.limit) == Verdict::Fail || (check.is_published() && notable)
        };
        let distance = |check: &Check| check.z().map_or(f64::INFINITY, f64::abs);
        let mut departures = Vec::new();
        for finding in &self.findings {
            let mut checks: Vec<&Check> = finding.checks.iter().filter(off).collect();
            checks.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
            let each = checks.into_iter();
            departures.extend(each.map(|check| Departure { finding, check }));
        }
        departures
    }

    /// One row for each claim: its verdict, how many checks it makes, and how far they are
    /// off.
    #[must_use]
    pub fn overview(&self) -> Vec<[String; 5]> {
        let head = [
            "claim",
            "verdict",
            "checks",
            "χ² / scores",
            "largest abs(z)",
        ];
        let mut rows = vec![head.map(String::from)];
        rows.extend(self.findings.iter().map(|finding| {
            let off = ChiSquared::of(finding.checks.iter());
            let (chi, largest) = match off.checks {
                0 => (String::new(), String::new()),
                scores => (
                    format!("{:.1} / {scores}", off.value),
                    format!("{:.2}", off.largest),
                ),
            };
            [
                finding.name.clone(),
                self.verdict(finding).word().into(),
                finding.checks.len().to_string(),
                chi,
                largest,
            ]
        }));
        rows
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
}

/// A table in Markdown, also legible as plain text; the first of `rows` is its head.
#[must_use]
pub fn markdown_table<const COLUMNS: usize>(mut rows: Vec<[String; COLUMNS]>) -> String {
    for cell in rows.iter_mut().flatten() {
        *cell = cell.replace('|', "\\|");
    }
    let width = |column: usize| rows.iter().map(|r| r[column].chars().count()).max();
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| width(column).unwrap_or(0));
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

    /// Off the published record by two errors is told, off theory by as much is not; what
    /// fails is told in any case.
    #[test]
    fn departures_are_told() {
        let told = |got: f64, source: &str| {
            let check = Check {
                source: source.into(),
                ..check(got)
            };
            report(vec![check]).departures().len()
        };
        assert_eq!(told(1.025, crate::published::LABEL), 1);
        assert_eq!(told(1.015, crate::published::LABEL), 0);
        assert_eq!(told(1.025, "theory"), 0);
        assert_eq!(told(1.05, "theory"), 1);
        assert_eq!(told(f64::NAN, "theory"), 1);
    }

    /// What is to be known of a claim stands below its table.
    #[test]
    fn remarks_are_told() {
        let mut report = report(vec![check(1.01)]);
        report.findings[0].name = "ohmic".into();
        let remark = report.findings[0].remark().expect("a remark");
        assert!(report.to_markdown().ends_with(&format!("|\n\n{remark}\n")));
    }

    #[test]
    fn overview_tells_how_far_checks_are_off() {
        let rows = report(vec![check(1.01), check(0.98)]).overview();
        assert_eq!(rows[1], ["x", "pass", "2", "5.0 / 2", "2.00"]);
        let rows = report(vec![check(1.01), check(f64::NAN)]).overview();
        assert_eq!(rows[1][4], "NaN");
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
