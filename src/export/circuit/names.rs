//! Names that SPICE takes: it knows no capitals, and few signs.

use std::collections::HashSet;

/// Names in use.
#[derive(Debug)]
pub(super) struct Names(HashSet<String>);

impl Default for Names {
    /// Ground has its names already.
    fn default() -> Self {
        Self(["0", "gnd"].map(str::to_owned).into())
    }
}

impl Names {
    /// Names of the nodes, the first of which is ground.
    pub(super) fn of_nodes(&mut self, nodes: &[String]) -> Vec<String> {
        let named = nodes.iter().skip(1).map(|node| self.unique(node));
        std::iter::once("0".to_owned()).chain(named).collect()
    }

    /// `name` with letters, digits and underscores alone, and a number behind it if
    /// that is taken.
    pub(super) fn unique(&mut self, name: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let mut plain: String = name.chars().map(plain).collect();
        if !plain.starts_with(|c: char| c.is_ascii_alphabetic()) {
            plain.insert_str(0, "n_");
        }
        let numbered = (2..).map(|k| format!("{plain}_{k}"));
        let mut all = std::iter::once(plain.clone()).chain(numbered);
        let free = |name: &String| self.0.insert(name.to_ascii_lowercase());
        all.find(free).unwrap_or(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_without_capitals_and_signs() {
        let mut names = Names::default();
        let nodes = ["ground", "Node", "node", "a-b", "a_b", "1", "gnd"].map(str::to_owned);
        let expected = ["0", "Node", "node_2", "a_b", "a_b_2", "n_1", "gnd_2"];
        assert_eq!(names.of_nodes(&nodes), expected);
    }
}
