//! The report as a page a person reads: Markdown, and HTML that stands alone.

use super::figure::figure;
use super::store::Measured;
use crate::page::{Cell, Page};
use crate::plot::PlotError;
use bjerrum_validation::{Report, Verdict, claims, claims_of};
use std::fmt::Write;

/// The first lines of either form: what was run, when, by what, and how it went.
fn summary(report: &Report, measured: &[Measured]) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(first) = measured.first() {
        let stamp = &first.stamp;
        let hours = measured.iter().map(|m| m.seconds).sum::<f64>() / 3600.0;
        let dates = measured.iter().map(|m| m.date.as_str());
        lines.push(format!(
            "bjerrum {} ({}), {:?} tier, statistics {} times those of the quick tier, seed {}; finished {}, after {hours:.1} hours of measuring.",
            stamp.version,
            stamp.revision,
            stamp.tier,
            stamp.effort,
            stamp.seed,
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
        [] => format!("All {} claims hold.", report.findings.len()),
        names => format!(
            "{} of {} claims do NOT hold: {}.",
            names.len(),
            report.findings.len(),
            names.join(", ")
        ),
    });
    let overall = report.chi_squared();
    lines.push(format!(
        "Overall χ² = {:.1} for {} checks that chance has a part in (some of them correlated).",
        overall.value, overall.checks
    ));
    lines
}

/// The report as Markdown.
#[must_use]
pub fn markdown(report: &Report, measured: &[Measured]) -> String {
    let mut text = "# Validation\n\n".to_owned();
    for line in summary(report, measured) {
        let _ = writeln!(text, "{line}\n");
    }
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
    page.paragraph(&format!(
        "A check passes if |z| ≤ {:.2}, or within its tolerance where no chance is involved.",
        report.limit
    ));
    for (finding, measured) in report.findings.iter().zip(measured) {
        let verdict = report.verdict(finding);
        page.verdict(&finding.name, class(verdict), verdict.word());
        page.paragraph_with(&finding.statement, &format!("{:.0} s", measured.seconds));
        let claim = claims()
            .into_iter()
            .find(|claim| claim.name == finding.name);
        let axes = claim.and_then(|claim| claim.axes);
        if let Some(figure) = axes.and_then(|axes| figure(finding, &axes)) {
            page.figure(&figure)?;
        }
        table(&mut page, report, finding);
    }
    Ok(page.into_html())
}

fn table(page: &mut Page, report: &Report, finding: &bjerrum_validation::Finding) {
    let mut rows = report.rows(finding).into_iter();
    let head = rows.next().unwrap_or_default();
    let rows = rows.zip(&finding.checks).map(|(row, check)| {
        let verdict = check.verdict(report.limit);
        let cell = |text: String| Cell {
            class: match text == verdict.word() {
                true => class(verdict),
                false => "",
            },
            ..Cell::from(text)
        };
        row.into_iter().map(cell).collect()
    });
    page.table(&head, &rows.collect::<Vec<_>>());
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
    }
}
