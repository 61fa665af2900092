//! Union–find: what is connected with what.

/// Things numbered from 0, joined two by two (Tarjan, J. ACM 22, 215 (1975),
/// <https://doi.org/10.1145/321879.321884>).
#[derive(Clone, Debug, Default)]
pub struct Forest {
    parent: Vec<u32>,
}

impl Forest {
    /// Takes `count` things apart.
    pub fn reset(&mut self, count: usize) {
        self.parent.clear();
        self.parent.extend(0..count as u32);
    }

    /// Joins `i` and `j`, and all that is joined to either. The lower root wins, so
    /// that a root is the first of its own, in whatever order things are joined.
    #[inline]
    pub fn join(&mut self, i: u32, j: u32) {
        let (a, b) = (self.root(i), self.root(j));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// The first of all that are joined to `k`. Halves the path on the way.
    #[inline]
    pub fn root(&mut self, mut k: u32) -> u32 {
        while self.parent[k as usize] != k {
            let grandparent = self.parent[self.parent[k as usize] as usize];
            self.parent[k as usize] = grandparent;
            k = grandparent;
        }
        k
    }

    /// Makes every parent a root, and returns them.
    pub fn roots(&mut self) -> &[u32] {
        for k in 0..self.parent.len() as u32 {
            self.parent[k as usize] = self.root(k);
        }
        &self.parent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_names_what_is_joined() {
        let mut forest = Forest::default();
        forest.reset(7);
        for (i, j) in [(5, 6), (2, 5), (4, 1), (6, 2)] {
            forest.join(i, j);
        }
        assert_eq!(forest.roots(), [0, 1, 2, 3, 1, 2, 2]);
        forest.reset(2);
        assert_eq!(forest.roots(), [0, 1]);
    }
}
