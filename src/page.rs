//! A page of HTML that stands alone: no script, no server, nothing loaded; by day and by night.

use crate::plot::{Figure, PlotError};
use std::fmt::Write;

/// How pages look. Figures are drawn on white; by night their lightness is turned round,
/// and their hues kept, unless their colours are values.
const STYLE: &str = "
:root { color-scheme: light dark; --ink: #222; --quiet: #666; --paper: #fff; --line: #ccc; --link: #0b5cad; --pass: #0a7a4a; --fail: #b00020; }
@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --quiet: #999; --paper: #1a1a1a; --line: #444; --link: #7db7f5; --pass: #4fc18c; --fail: #ff6b7d; }
figure:not(.map) svg { filter: invert(.9) hue-rotate(180deg); } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
a { color: var(--link); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem 1.2rem .2rem 0; border-bottom: 1px solid var(--line); }
th small, .quiet { color: var(--quiet); font-weight: normal; } th:has(small) { min-width: 6.5rem; }
.pass { color: var(--pass); } .fail { color: var(--fail); font-weight: bold; }
figure { margin: 1rem 0; } figure svg { width: 100%; height: auto; border-radius: 6px; }
.wide, pre { overflow-x: auto; } pre { font-size: 13px; line-height: 1.4; }
summary { cursor: pointer; font-weight: bold; }
h3 { margin: 1.6rem 0 .3rem; font-size: 1rem; } h3:target { background: color-mix(in srgb, var(--link) 20%, transparent); }
";

/// A page that grows downwards.
#[derive(Debug)]
pub(crate) struct Page {
    title: String,
    body: String,
}

/// A cell of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    /// What is in it.
    pub text: String,
    /// Its class; empty for none.
    pub class: &'static str,
    /// Where it leads; empty for nowhere.
    pub link: String,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

impl Page {
    /// A page under a heading.
    pub fn new(title: &str, heading: &str) -> Self {
        Self {
            title: escape(title),
            body: format!("<h1>{}</h1>\n", escape(heading)),
        }
    }

    /// A heading of a part.
    pub fn heading(&mut self, text: &str) {
        let _ = writeln!(self.body, "<h2>{}</h2>", escape(text));
    }

    /// A heading of a part, with a word of its own class.
    pub fn verdict(&mut self, text: &str, class: &str, word: &str) {
        let text = escape(text);
        let _ = writeln!(
            self.body,
            "<h2>{text} <span class=\"{class}\">{word}</span></h2>"
        );
    }

    /// A heading that links lead to.
    pub fn target(&mut self, id: &str, text: &str) {
        let _ = writeln!(self.body, "<h3 id=\"{}\">{}</h3>", escape(id), escape(text));
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: &str) {
        let _ = writeln!(self.body, "<p>{}</p>", escape(text));
    }

    /// A paragraph of links and what stands between them.
    pub fn links(&mut self, parts: &[Cell]) {
        let parts: Vec<String> = parts.iter().map(content).collect();
        let _ = writeln!(self.body, "<p class=\"quiet\">{}</p>", parts.join(" "));
    }

    /// Text as it stands.
    pub fn verbatim(&mut self, text: &str) {
        let _ = writeln!(self.body, "<pre>{}</pre>", escape(text));
    }

    /// What `write` writes, folded away under some words.
    pub fn folded(&mut self, words: &str, write: impl FnOnce(&mut Self)) {
        let _ = write!(self.body, "<details><summary>{}</summary>", escape(words));
        write(self);
        self.body.push_str("</details>\n");
    }

    /// A figure, as SVG.
    ///
    /// # Errors
    /// [`PlotError`] if it cannot be drawn.
    pub fn figure(&mut self, figure: &Figure) -> Result<(), PlotError> {
        let svg = figure.to_svg()?;
        let class = match figure.panels.iter().any(|panel| panel.map.is_some()) {
            true => " class=\"map\"",
            false => "",
        };
        let _ = writeln!(self.body, "<figure{class}>{svg}</figure>");
        Ok(())
    }

    /// A table; a heading may have its unit behind a line break.
    pub fn table(&mut self, head: &[String], rows: &[Vec<Cell>]) {
        self.body.push_str("<div class=\"wide\"><table>\n");
        if !head.is_empty() {
            self.body.push_str("<tr>");
            for cell in head {
                let (name, unit) = cell.split_once('\n').unwrap_or((cell, ""));
                let (name, unit) = (escape(name), escape(unit));
                let _ = match unit.is_empty() {
                    true => write!(self.body, "<th>{name}</th>"),
                    false => write!(self.body, "<th>{name}<br><small>{unit}</small></th>"),
                };
            }
            self.body.push_str("</tr>\n");
        }
        for row in rows {
            self.body.push_str("<tr>");
            for cell in row {
                let class = match cell.class {
                    "" => String::new(),
                    class => format!(" class=\"{class}\""),
                };
                let _ = write!(self.body, "<td{class}>{}</td>", content(cell));
            }
            self.body.push_str("</tr>\n");
        }
        self.body.push_str("</table></div>\n");
    }

    /// The document.
    pub fn into_html(self) -> String {
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
            self.title, self.body
        )
    }
}

fn content(cell: &Cell) -> String {
    // A value and its error stay on one line.
    let text = escape(&cell.text).replace(" ± ", "\u{a0}±\u{a0}");
    match cell.link.is_empty() {
        true => text,
        false => format!("<a href=\"{}\">{text}</a>", escape(&cell.link)),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
