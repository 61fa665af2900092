//! The report as a page a person reads: Markdown, and HTML that stands alone.

use super::figure::figure;
use super::store::Measured;
use crate::plot::PlotError;
use bjerrum_validation::{Report, Verdict, claims};
use std::fmt::Write;

/// How the page looks, by day and by night.
const STYLE: &str = "
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --line: #ccc; --pass: #0a7a4a; --fail: #b00020; }
@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --paper: #16181c; --line: #444; --pass: #4fc18c; --fail: #ff6b7d; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); }
.pass { color: var(--pass); } .fail { color: var(--fail); font-weight: bold; }
figure { margin: 1rem 0; background: #fff; border-radius: 6px; } figure svg { width: 100%; height: auto; }
.wide { overflow-x: auto; }
";

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
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Validation of bjerrum</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>Validation</h1>\n"
    );
    for line in summary(report, measured) {
        let _ = writeln!(page, "<p>{}</p>", escape(&line));
    }
    let _ = writeln!(
        page,
        "<p>A check passes if |z| ≤ {:.2}, or within its tolerance where no chance is involved.</p>",
        report.limit
    );
    for (finding, measured) in report.findings.iter().zip(measured) {
        let verdict = report.verdict(finding);
        let _ = write!(
            page,
            "<h2>{} <span class=\"{}\">{}</span></h2>\n<p>{} <small>({:.0} s)</small></p>\n",
            escape(&finding.name),
            class(verdict),
            verdict.word(),
            escape(&finding.statement),
            measured.seconds,
        );
        let claim = claims()
            .into_iter()
            .find(|claim| claim.name == finding.name);
        let axes = claim.and_then(|claim| claim.axes);
        if let Some(figure) = axes.and_then(|axes| figure(finding, &axes)) {
            let _ = writeln!(page, "<figure>{}</figure>", figure.to_svg()?);
        }
        page.push_str(&table(report, finding));
    }
    page.push_str("</body>\n</html>\n");
    Ok(page)
}

fn table(report: &Report, finding: &bjerrum_validation::Finding) -> String {
    let mut rows = report.rows(finding).into_iter();
    let mut text = "<div class=\"wide\"><table>\n<tr>".to_owned();
    for cell in rows.next().unwrap_or_default() {
        let _ = write!(text, "<th>{}</th>", escape(&cell));
    }
    text.push_str("</tr>\n");
    for (row, check) in rows.zip(&finding.checks) {
        let verdict = check.verdict(report.limit);
        text.push_str("<tr>");
        for cell in row {
            let class = if cell == verdict.word() {
                class(verdict)
            } else {
                ""
            };
            let _ = write!(text, "<td class=\"{class}\">{}</td>", escape(&cell));
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</table></div>\n");
    text
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
