//! Pairs and clusters, one column a field.

use super::{aligned_columns, with_error};
use crate::results::Table;

/// What is told: words, column, factor and unit.
const LINES: [(&str, &str, f64, &str); 9] = [
    ("ions alone", "single_fraction", 1.0, ""),
    ("in bound pairs", "pair_fraction", 1.0, ""),
    ("in clusters of 3 or more", "cluster_fraction", 1.0, ""),
    ("largest cluster", "largest_cluster", 1.0, ""),
    ("elongation along the field", "elongation", 1.0, ""),
    ("axis ratio, any direction", "axis_ratio", 1.0, ""),
    ("orientation <cos 2 theta>", "orientation", 1.0, ""),
    ("distance in a pair, Å", "pair_separation", 1.0, ""),
    ("life of a pair, ns", "pair_lifetime", 1e9, ""),
];
/// Intervals that a life must last to be measured by looks so far apart.
const RESOLVED: f64 = 3.0;
/// Slits side by side in one table.
const ABREAST: usize = 4;

/// The averages, a few slits (or fields) side by side.
pub(super) fn clusters(table: &Table) -> String {
    let note = |name: &str| {
        let found = table.notes.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, text)| text.as_str())
    };
    let rows: Vec<&str> = note("rows").split(", ").collect();
    let fields = table.column("field");
    let interval = table.scalar("interval").unwrap_or(0.0);
    let mut text = format!("pairs and clusters: {}\n", note("together"));
    let all: Vec<usize> = (0..fields.len()).collect();
    for abreast in all.chunks(ABREAST) {
        let heads = abreast
            .iter()
            .map(|&k| format!("{}, E = {:.3}", rows[k], fields[k]));
        let mut lines = vec![
            std::iter::once(String::new())
                .chain(heads)
                .collect::<Vec<_>>(),
        ];
        for (words, name, factor, unit) in LINES {
            let (value, error) = (table.column(name), table.column(&format!("{name}_error")));
            let cell = |&k: &usize| match (name, value[k], error[k]) {
                ("pair_lifetime", life, _) if life < RESOLVED * interval => {
                    format!("below {:.2}", RESOLVED * interval * factor)
                }
                // Met in too few windows.
                (_, value, error) if error.is_nan() && !value.is_nan() => {
                    format!("{:.3} (rarely met)", value * factor)
                }
                (_, value, error) => with_error(value * factor, error * factor, unit),
            };
            let cells = abreast.iter().map(cell);
            lines.push(std::iter::once(words.to_owned()).chain(cells).collect());
        }
        text += "\n";
        text += &aligned_columns(&lines);
    }
    text
}
