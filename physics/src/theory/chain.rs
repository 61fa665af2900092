//! Mean times in a chain of states that leak.

/// A continuous-time Markov chain whose states only reach states near them in
/// order, and from some of which one leaves for good.
///
/// With q_nm the rate from n to m and κ_n the rate of leaving from n, the mean
/// time T_n to leave and the mean time p_m spent in m obey
///
/// ```text
/// (κ_n + Σ_m q_nm) T_n - Σ_m q_nm T_m = 1
/// (κ_m + Σ_n q_mn) p_m - Σ_n q_nm p_n = f_m      f where one starts
/// ```
///
/// A deep well makes these all but singular, and ordinary elimination loses as
/// many digits as T is longer than a jump. States are therefore taken out of the
/// chain one by one as Grassmann, Taksar & Heyman do (Oper. Res. 33, 1107 (1985),
/// <https://doi.org/10.1287/opre.33.5.1107>): what came to n goes on to where n
/// goes,
///
/// ```text
/// q_im ← q_im + q_in q_nm/d_n,   κ_i ← κ_i + q_in κ_n/d_n,   d_n = κ_n + Σ_m>n q_nm
/// ```
///
/// and the diagonal is summed from what leaves n, never subtracted. Everything is
/// positive, and the times are right to some 1e-13 however long they are. (A
/// library for sparse matrices would subtract.)
pub struct Chain {
    reach: usize,
    /// q_nm for m = n + 1, n + 2, …, n + reach, of all n.
    up: Vec<f64>,
    /// q_mn for the same pairs.
    down: Vec<f64>,
    leaving: Vec<f64>,
    /// d_n, once n has been taken out.
    total: Vec<f64>,
}

impl Chain {
    /// `states` states without rates; none reaches farther than `reach`.
    pub fn new(states: usize, reach: usize) -> Self {
        Self {
            reach,
            up: vec![0.0; states * reach],
            down: vec![0.0; states * reach],
            leaving: vec![0.0; states],
            total: vec![0.0; states],
        }
    }

    /// Sets the rates from `n` to `m` > n and back.
    pub fn join(&mut self, n: usize, m: usize, up: f64, down: f64) {
        let place = n * self.reach + (m - n - 1);
        self.up[place] = up;
        self.down[place] = down;
    }

    /// Sets the rate of leaving from `n`.
    pub fn leak(&mut self, n: usize, rate: f64) {
        self.leaving[n] = rate;
    }

    /// States after `n` within reach.
    fn after(&self, n: usize) -> usize {
        self.reach.min(self.leaving.len() - 1 - n)
    }

    /// Takes the states out, in order.
    pub fn eliminate(mut self) -> Eliminated {
        let reach = self.reach;
        for n in 0..self.leaving.len() {
            let after = self.after(n);
            let (ups, later_ups) = self.up[n * reach..].split_at_mut(reach);
            let (downs, later_downs) = self.down[n * reach..].split_at_mut(reach);
            let total = self.leaving[n] + ups[..after].iter().sum::<f64>();
            self.total[n] = total;
            for a in 0..after {
                let share = downs[a] / total;
                self.leaving[n + 1 + a] += share * self.leaving[n];
                // From i = n + 1 + a by n to all m = n + 1 + b beyond i …
                let row = &mut later_ups[a * reach..];
                for (rate, up) in row.iter_mut().zip(&ups[a + 1..after]) {
                    *rate += share * up;
                }
                // … and from all of those to i.
                let share = ups[a] / total;
                let column = &mut later_downs[a * reach..];
                for (rate, down) in column.iter_mut().zip(&downs[a + 1..after]) {
                    *rate += share * down;
                }
            }
        }
        Eliminated(self)
    }
}

/// A [`Chain`] with all states taken out: what its equations are solved with.
pub struct Eliminated(Chain);

impl Eliminated {
    /// Mean time to leave from each state.
    pub fn times_to_leave(&self) -> Vec<f64> {
        let Chain {
            up, down, total, ..
        } = &self.0;
        self.sweep(vec![1.0; total.len()], down, up)
    }

    /// Mean time spent in each state until leaving, for one who starts in state m
    /// with probability `start[m]`.
    pub fn times_spent(&self, start: &[f64]) -> Vec<f64> {
        let Chain { up, down, .. } = &self.0;
        self.sweep(start.to_vec(), up, down)
    }

    /// Carries `values` forward by one kind of rates as the states are taken out,
    /// and back by the other as they are put in again.
    fn sweep(&self, mut values: Vec<f64>, forward: &[f64], back: &[f64]) -> Vec<f64> {
        let Chain { reach, total, .. } = &self.0;
        for n in 0..total.len() {
            let share = values[n] / total[n];
            for a in 0..self.0.after(n) {
                values[n + 1 + a] += share * forward[n * reach + a];
            }
        }
        for n in (0..total.len()).rev() {
            let returned: f64 = (0..self.0.after(n))
                .map(|a| back[n * reach + a] * values[n + 1 + a])
                .sum();
            values[n] = (values[n] + returned) / total[n];
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ladder of ten rungs, down with rate 1 and up with 1e-4, out from the
    /// top: birth and death, with the times T_n - T_n+1 = Σ_k≤n u^-1 (d/u)^k by
    /// hand. The longest is 1e40 jumps, far beyond 1/ε.
    #[test]
    fn a_ladder_that_is_hard_to_climb() {
        let (up, down, rungs) = (1e-4_f64, 1.0_f64, 10);
        let step = |n: i32| (0..=n).map(|k| (down / up).powi(k) / up).sum::<f64>();
        let mut expected = vec![0.0; rungs + 1];
        for n in (0..rungs).rev() {
            expected[n] = expected[n + 1] + step(n as i32);
        }
        // Numbered from the top, as a well is taken from its rim.
        let mut chain = Chain::new(rungs, 2);
        for n in 1..rungs {
            chain.join(n - 1, n, down, up);
        }
        chain.leak(0, up);
        let solved = chain.eliminate();
        let times = solved.times_to_leave();
        for (n, expected) in expected[..rungs].iter().rev().enumerate() {
            assert!((times[n] / expected - 1.0).abs() < 1e-13, "rung {n}");
        }
        for n in 0..rungs {
            let mut start = vec![0.0; rungs];
            start[n] = 1.0;
            let spent: f64 = solved.times_spent(&start).iter().sum();
            assert!((spent / times[n] - 1.0).abs() < 1e-13, "rung {n}");
        }
    }

    /// A ring of five with every rate different, by its residual.
    #[test]
    fn the_equations_are_met() {
        let rate = |n: usize, m: usize| 1.0 + ((7 * n + 3 * m) % 5) as f64;
        let mut chain = Chain::new(5, 4);
        for n in 0..5 {
            for m in n + 1..5 {
                chain.join(n, m, rate(n, m), rate(m, n));
            }
        }
        let leaving = [0.0, 0.5, 0.0, 0.1, 0.0];
        chain.leak(1, leaving[1]);
        chain.leak(3, leaving[3]);
        let solved = chain.eliminate();
        let times = solved.times_to_leave();
        let start = [0.1, 0.2, 0.3, 0.0, 0.4];
        let spent = solved.times_spent(&start);
        for n in 0..5 {
            let others = || (0..5).filter(move |&m| m != n);
            let total = leaving[n] + others().map(|m| rate(n, m)).sum::<f64>();
            let out: f64 = others().map(|m| rate(n, m) * times[m]).sum();
            assert!((total * times[n] - out - 1.0).abs() < 1e-12);
            let back: f64 = others().map(|m| rate(m, n) * spent[m]).sum();
            assert!((total * spent[n] - back - start[n]).abs() < 1e-12);
        }
    }
}
