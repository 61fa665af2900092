//! The report as a page a person reads: Markdown, and HTML that stands alone.

use super::figure::figure;
use super::store::Measured;
use crate::page::{Cell, Page};
use crate::plot::PlotError;
use bjerrum_validation::{Check, Finding, Report, Verdict, claims, claims_of, markdown_table};
use std::fmt::Write;

/// The first lines of either form: what was run, and how it went.
fn summary(report: &Report, measured: &[Measured]) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(first) = measured.first() {
        let hours = in_hours(measured.iter().map(|m| m.seconds).sum());
        let dates = measured.iter().map(|m| m.date.as_str());
        lines.push(format!(
            "bjerrum {}, {:?} tier, statistics {} times those of the quick tier, seed {}; finished {}, after {hours} hours of measuring.",
            first.stamp.version,
            first.stamp.tier,
            first.stamp.effort,
            first.stamp.seed,
            dates.max().unwrap_or_default(),
        ));
    }
    let failed: Vec<&str> = report
        .findings
        .iter()
        .filter(|finding| report.verdict(finding) == Verdict::Fail)
        .map(|finding| finding.name.as_str())
        .collect();
    let missing = claims_of(report.tier).into_iter().map(|claim| claim.name);
    let has = |name: &str| report.findings.iter().any(|finding| finding.name == name);
    let missing: Vec<&str> = missing.filter(|name| !has(name)).collect();
    if !missing.is_empty() {
        lines.push(format!("Of this tier, not here: {}.", missing.join(", ")));
    }
    lines.push(match failed.as_slice() {
        [] if report.findings.len() == 1 => "The claim holds.".into(),
        [] => format!("All {} claims hold.", report.findings.len()),
        names => format!(
            "{} of {} claims do NOT hold: {}.",
            names.len(),
            report.findings.len(),
            names.join(", ")
        ),
    });
    let overall = report.chi_squared();
    if overall.checks > 0 {
        lines.push(format!(
            "Overall χ² = {:.1} for {} checks that chance has a part in (some of them correlated).",
            overall.value, overall.checks
        ));
    }
    lines
}

/// What lies off the published record, or fails: the quantities of each claim, and what
/// explains them.
fn departures(report: &Report) -> Vec<(String, &'static str)> {
    let departures = report.departures();
    let claims = claims().into_iter();
    let told = claims.filter_map(|claim| {
        let of_claim = departures.iter().filter(|d| d.finding.name == claim.name);
        let checks: Vec<String> = of_claim.map(|d| departure(d.check)).collect();
        let quantities = format!("{}: {}.", claim.name, checks.join("; "));
        (!checks.is_empty()).then_some((quantities, claim.remark))
    });
    told.collect()
}

fn departure(check: &Check) -> String {
    let percent = 100.0 * (check.got / check.expected - 1.0);
    let z = check.z().map(|z| format!(", z = {z:+.1}"));
    format!(
        "{} {:.4}, expected {:.4} ({percent:+.1} %{})",
        check.quantity,
        check.got,
        check.expected,
        z.unwrap_or_default()
    )
}

const DEPARTURES: &str = "Where it departs from theory or the published record";

/// What is said where there is none.
fn no_departure(report: &Report) -> &'static str {
    let mut checks = report.findings.iter().flat_map(|finding| &finding.checks);
    match checks.any(Check::is_published) {
        true => "Nowhere by two errors or more.",
        false => "Nothing here is compared with it.",
    }
}

fn in_hours(seconds: f64) -> String {
    format!("{:.2}", seconds / 3600.0)
}

/// The claims in a table: how they fare, and when, by which program and how long they were
/// measured.
fn overview(report: &Report, measured: &[Measured]) -> Vec<[String; 8]> {
    let of_program = ["measured", "revision", "hours"].map(String::from);
    let measured = measured.iter().map(|m| {
        let day = m.date.split('T').next().unwrap_or_default();
        let revision = m.stamp.revision.clone();
        [day.to_owned(), revision, in_hours(m.seconds)]
    });
    let rows = report.overview().into_iter();
    rows.zip(std::iter::once(of_program).chain(measured))
        .map(|([a, b, c, d, e], [f, g, h])| [a, b, c, d, e, f, g, h])
        .collect()
}

/// The report as Markdown.
#[must_use]
pub fn markdown(report: &Report, measured: &[Measured]) -> String {
    let mut text = "# Validation\n\n".to_owned();
    for line in summary(report, measured) {
        let _ = writeln!(text, "{line}\n");
    }
    let _ = writeln!(text, "## {DEPARTURES}\n");
    let departures = departures(report);
    if departures.is_empty() {
        let _ = writeln!(text, "{}\n", no_departure(report));
    }
    for (quantities, remark) in departures {
        let _ = writeln!(text, "- {quantities} {remark}\n");
    }
    let table = markdown_table(overview(report, measured));
    let _ = writeln!(text, "## All claims\n\n{table}");
    text.push_str(&report.to_markdown());
    text
}

/// The report as HTML with its figures in it.
///
/// # Errors
/// [`PlotError`]: a figure cannot be drawn.
pub fn html(report: &Report, measured: &[Measured]) -> Result<String, PlotError> {
    let mut page = Page::new("Validation of bjerrum", "Validation");
    for line in summary(report, measured) {
        page.paragraph(&line);
    }
    page.heading(DEPARTURES);
    let departures = departures(report);
    if departures.is_empty() {
        page.paragraph(no_departure(report));
    }
    for (quantities, remark) in departures {
        page.paragraph(&format!("{quantities} {remark}"));
    }
    page.heading("All claims");
    overview_table(&mut page, report, measured);
    page.paragraph(&format!(
        "A check passes if |z| ≤ {:.2}, or within its tolerance where no chance is involved.",
        report.limit
    ));
    for finding in &report.findings {
        let verdict = report.verdict(finding);
        page.verdict(&finding.name, class(verdict), verdict.word());
        page.paragraph(&finding.statement);
        let axes = finding.claim().and_then(|claim| claim.axes);
        if let Some(figure) = axes.and_then(|axes| figure(finding, &axes)) {
            page.figure(&figure)?;
        }
        table(&mut page, report, finding);
        if let Some(remark) = finding.remark() {
            page.paragraph(remark);
        }
    }
    Ok(page.into_html())
}

fn overview_table(page: &mut Page, report: &Report, measured: &[Measured]) {
    let mut rows = overview(report, measured).into_iter();
    let head = rows.next().unwrap_or_default();
    let rows = rows.zip(&report.findings);
    let rows = rows.map(|(row, finding)| cells(row, report.verdict(finding)));
    page.table(&head, &rows.collect::<Vec<_>>());
}

fn table(page: &mut Page, report: &Report, finding: &Finding) {
    let mut rows = report.rows(finding).into_iter();
    let head = rows.next().unwrap_or_default();
    let rows = rows.zip(&finding.checks);
    let rows = rows.map(|(row, check)| cells(row, check.verdict(report.limit)));
    page.table(&head, &rows.collect::<Vec<_>>());
}

/// The cells of a row, with the word for the verdict in its colour.
fn cells(row: impl IntoIterator<Item = String>, verdict: Verdict) -> Vec<Cell> {
    let cell = |text: String| Cell {
        class: match text == verdict.word() {
            true => class(verdict),
            false => "",
        },
        ..Cell::from(text)
    };
    row.into_iter().map(cell).collect()
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
    }
}
