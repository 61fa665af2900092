//! Noise of a finite number of ions.

use super::DeviceModel;
use crate::noise::Stream;

/// The noise that a device of N ions has because they are counted: Langevin equations
/// of the memories of a model that knows pairs (N is the number of ions of both signs,
/// bound or free).
///
/// *Pairs.* An event binds two ions, or sets two free, and changes n by ∓2/N. Pairs
/// part at the rate (N/2) k_d (1 - n) and form at (N/2) k_a n², k_a (n² - s²) where
/// charges are segregated, so that
///
/// ```text
/// dn = (gain - loss) dt + √((2/N)(gain + loss)) dW,   gain = k_d (1 - n)
/// ```
///
/// the diffusion limit of the master equation of pairs (Gillespie, J. Chem. Phys. 113,
/// 297 (2000), <https://doi.org/10.1063/1.481811>), good where many ions are free and
/// many are bound.
///
/// *Segregated charge.* s² = Σ_j w_j (x_j - n) is a mean over the slit of the square of
/// the local excess of charge, and a slit of N ions holds few independent strips. The
/// excess across a slit of width W is a sum of cosines of wave numbers mπ/W. The square of an amplitude,
/// told in units of what ions at random have, relaxes at 2Dk² to n; memory x_j is the
/// mean of those that relax at rates about λ_j. Since τ_s = W²/(8π D N²) they are N w_j in number, whatever the width.
/// Each amplitude is an Ornstein–Uhlenbeck process, fed by the diffusion of the free
/// ions, and the mean of N w_j squares of such obeys
///
/// ```text
/// dx_j = λ_j (n - x_j) dt + 2 √(λ_j n x_j/(N w_j)) dW_j
/// ```
///
/// stationary at x_j = n with the variance 2n²/(N w_j). At the start the amplitudes are
/// random already: see [`Fluctuations::start`].
///
/// Left out is the thermal noise of the current, 4 kT G, which no memory holds. In the
/// published neuron (2 pS in Na, 20 V) it moves the voltage of the capacitor by 0.1 V in
/// the memory time of the circuit, 10 µs, where these two move it by some volts.
#[derive(Clone, Copy)]
pub struct Fluctuations<'d> {
    /// The model, which knows pairs.
    pub model: &'d dyn DeviceModel,
    /// Values of its parameters.
    pub values: &'d [f64],
    /// Number of ions N of both signs.
    pub ions: f64,
}

/// Normal deviates are drawn again beyond this many standard deviations, so that a
/// memory keeps within its bounds if they are farther off: 2e-9 of all draws.
const FAR: f64 = 6.0;

impl Fluctuations<'_> {
    /// Draws the memories `x` of a slit whose charges stand at random, out of their
    /// expected values: x_j is the mean of N w_j squares of normal deviates.
    pub fn start(&self, x: &mut [f64], stream: &mut Stream) {
        for (memory, x) in x.iter_mut().enumerate().skip(1) {
            *x *= stream.mean_square(self.modes(memory));
        }
    }

    /// The fastest relaxation of any memory at `x`, 1/s.
    #[must_use]
    pub fn fastest(&self, voltage: f64, x: &[f64]) -> f64 {
        let rate = |memory| {
            let kinetics = self.model.kinetics(self.values, x, memory, voltage);
            kinetics.slope(x[memory]).abs()
        };
        (0..x.len()).map(rate).fold(0.0, f64::max)
    }

    /// Adds the noise of a time `step` (s) to the memories `x`: the Itô integral by
    /// Euler's rule, with the mean and the variance it has, within the bounds.
    pub fn kick(&self, voltage: f64, x: &mut [f64], step: f64, stream: &mut Stream) {
        let n = x[0];
        let kinetics = |x: &[f64], memory| self.model.kinetics(self.values, x, memory, voltage);
        let parting = self.model.dissociation(self.values, voltage).unwrap_or(0.0);
        let gain = parting * (1.0 - n);
        // Where s² is above n², for a moment, no pairs form.
        let loss = (gain - kinetics(x, 0).rate(n)).max(0.0);
        let pairs = 2.0 / self.ions * (gain + loss) * step;
        for memory in 1..x.len() {
            let rate = kinetics(x, memory).slope(x[memory]).abs();
            let variance = 4.0 * rate * n * x[memory] / self.modes(memory) * step;
            x[memory] = kicked(x[memory], variance, (0.0, f64::INFINITY), stream);
        }
        x[0] = kicked(n, pairs, (0.0, 1.0), stream);
    }

    /// Number of cosines of the excess of charge in a memory, N w_j.
    fn modes(&self, memory: usize) -> f64 {
        self.ions * self.model.excess_weight(self.values, memory)
    }
}

/// `x` and something random of mean 0 and this `variance`, between `low` and `high`.
///
/// It is normal where the bounds are far. Near one of them it has two values, that
/// bound and one on the other side, seldom taken: whose mean and variance are right is
/// all that a weak solution of the first order asks for (Kloeden & Platen, *Numerical
/// Solution of Stochastic Differential Equations* (1992), section 14.1,
/// <https://doi.org/10.1007/978-3-662-12616-5>).
fn kicked(x: f64, variance: f64, (low, high): (f64, f64), stream: &mut Stream) -> f64 {
    let room = (x - low).min(high - x);
    if variance <= 0.0 || room <= 0.0 {
        return x;
    }
    let deviation = variance.sqrt();
    if FAR * deviation <= room {
        let mut normal = stream.normal();
        while normal.abs() > FAR {
            normal = stream.normal();
        }
        return x + deviation * normal;
    }
    // Not beyond the other bound; then the variance is less, and the ions too few.
    let far = (variance / room).min(high - low - room);
    let towards = if x - low <= high - x { -1.0 } else { 1.0 };
    match stream.uniform() * (room + far) < far {
        true => x + towards * room,
        false => x - towards * far,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Association, Equation, SegregatedPairs, WienPairs};
    use super::*;
    use crate::statistics::independent;
    use std::f64::consts::PI;

    /// Mean and variance of a kick are those asked for, to 5 standard errors of 4e5
    /// draws, far from the bounds, near either and near both ways; and the bounds hold.
    #[test]
    fn kicks_are_unbiased_at_the_bounds() {
        let mut stream = Stream::named(1, "kicks", 0);
        for (x, variance) in [(0.5, 1e-3), (0.02, 1e-3), (0.99, 4e-4), (1e-3, 4e-6)] {
            let draw = |_| kicked(x, variance, (0.0, 1.0), &mut stream);
            let drawn: Vec<f64> = (0..400_000).map(draw).collect();
            assert!(drawn.iter().all(|y| (0.0..=1.0).contains(y)));
            let mean = independent(&drawn);
            assert!((mean.mean - x).abs() < 5.0 * mean.error, "{x}: {mean:?}");
            let squares: Vec<f64> = drawn.iter().map(|y| (y - x).powi(2)).collect();
            let square = independent(&squares);
            let off = (square.mean - variance).abs();
            assert!(off < 5.0 * square.error, "{x}: {square:?} {variance}");
        }
        assert_eq!(kicked(0.0, 1e-3, (0.0, 1.0), &mut stream), 0.0);
    }

    /// The cosines of a slit of width W (1 here) and N ions, each relaxing at 2Dk² from a
    /// random square, against the memories that stand for them: mean and variance of
    /// s² after all ions have bound at once, from 0.3 to 3000 τ_a, exactly. Both are
    /// sums, of cosines and of relaxations, good to 4 %.
    #[test]
    fn memories_hold_as_many_modes_as_the_slit() {
        const TAU_S: f64 = 1e-3;
        let ions = 3e4;
        let values = [1.0, 1.0, 30.0, 5.8, 30.0, 0.1, TAU_S];
        // D from τ_s = W²/(8π D N²).
        let diffusion = 1.0 / (8.0 * PI * TAU_S * ions * ions);
        let weight = |j| SegregatedPairs.excess_weight(&values, j);
        let rate = |j| -SegregatedPairs.kinetics(&values, &[0.0; 9], j, 0.0).linear;
        for t in [0.3, 3.0, 30.0, 300.0, 3000.0] {
            let decay = |m: i32| (-2.0 * diffusion * (PI * f64::from(m)).powi(2) * t).exp();
            let cosines = |power: i32| -> f64 { (1..40_000).map(|m| decay(m).powi(power)).sum() };
            // Each square has the mean 1 and the variance 2, over N.
            let (mean, variance) = (cosines(1) / ions, 2.0 * cosines(2) / (ions * ions));
            let memories = |power: i32| (1..9).map(move |j| (j, (-rate(j) * t).exp().powi(power)));
            let ours: f64 = memories(1).map(|(j, decay)| weight(j) * decay).sum();
            let each =
                |(j, decay): (usize, f64)| weight(j).powi(2) * 2.0 / (ions * weight(j)) * decay;
            let scattered: f64 = memories(2).map(each).sum();
            assert!((ours / mean - 1.0).abs() < 0.04, "{t}: {ours} {mean}");
            assert!(
                (scattered / variance - 1.0).abs() < 0.04,
                "{t}: {scattered} {variance}"
            );
        }
    }

    /// Excess at the start: mean 1 and variance 2/(N w_j), to 5 standard errors.
    #[test]
    fn charges_at_random_scatter_at_the_start() {
        let values = [1.0, 1.0, 30.0, 5.8, 30.0, 0.1, 1e-3];
        let device = Fluctuations {
            model: &SegregatedPairs,
            values: &values,
            ions: 500.0,
        };
        let mut stream = Stream::named(2, "start", 0);
        let mut drawn = vec![Vec::new(); 9];
        for _ in 0..20_000 {
            let mut x = [1.0; 9];
            device.start(&mut x, &mut stream);
            drawn.iter_mut().zip(x).for_each(|(drawn, x)| drawn.push(x));
        }
        assert!(drawn[0].iter().all(|n| *n == 1.0), "all ions are free");
        for (memory, drawn) in drawn.iter().enumerate().skip(1) {
            let mean = independent(drawn);
            assert!(
                (mean.mean - 1.0).abs() < 5.0 * mean.error,
                "{memory}: {mean:?}"
            );
            let squares: Vec<f64> = drawn.iter().map(|x| (x - 1.0).powi(2)).collect();
            let (square, expected) = (independent(&squares), 2.0 / device.modes(memory));
            let off = (square.mean - expected).abs();
            assert!(off < 5.0 * square.error, "{memory}: {square:?} {expected}");
        }
    }

    /// Models that know no pairs have no such noise, and those that do part them as
    /// their equation says: k_d is what dn/dt is at n = 0.
    #[test]
    fn models_of_pairs_say_how_fast_they_part() {
        for model in super::super::models() {
            let knows = model.dissociation(&[1.0; 7], 0.0).is_some();
            assert_eq!(knows, model.all_free().is_some(), "{}", model.name());
        }
        let values = [1.0, 2.0, 30.0, 5.8, 30.0, 0.1, 1e-3];
        let expected = (20.0_f64 / 30.0).powf(5.8) / 2.0;
        for association in [Association::Constant, Association::Swept] {
            let found = WienPairs(association).dissociation(&values, 20.0);
            assert!((found.unwrap() / expected - 1.0).abs() < 1e-12);
            let rate = WienPairs(association).kinetics(&values, &[0.0], 0, 20.0);
            assert!((rate.rate(0.0) / expected - 1.0).abs() < 1e-12);
        }
        let mixed = [0.0; 9];
        let rate = SegregatedPairs.kinetics(&values, &mixed, 0, 20.0).rate(0.0);
        let found = SegregatedPairs.dissociation(&values, 20.0).unwrap();
        assert!((rate / found - 1.0).abs() < 1e-12);
    }
}
