//! Charges on a mesh, and the forces of a smooth interaction between them.
//!
//! Each charge is spread over [`ORDER`]² points by a cardinal B-spline W; the field is
//! the convolution of these charges with a kernel, by two Fourier transforms, and is
//! taken back to the ions by the same W:
//!
//! ```text
//! F_i = q_i Σ_m W(r_i - m) Σ_n g(m - n) Σ_j q_j W(r_j - n)
//! ```
//!
//! The kernel g, the field of a unit charge with W made up for, is that of a lattice of
//! charges ([`lattice`](super::lattice)) or of a row of them ([`row`](super::row)). The
//! transforms are those of plain arithmetic and not of any vector unit: the same bytes
//! on every machine.

use rayon::prelude::*;
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};
use std::sync::Arc;

/// Points that a charge is spread over along each side.
pub const ORDER: usize = 6;

/// What a mesh covers, and repeats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Periods {
    /// Points along and across.
    pub points: [usize; 2],
    /// Lengths along and across, Å.
    pub sides: [f64; 2],
    /// How far from the middle a charge may be across, Å; one that is farther counts
    /// as being there.
    pub reach: f64,
}

impl Periods {
    /// How many rows from the middle a charge is spread over at most.
    fn rows(&self) -> usize {
        let rows = self.reach / self.sides[1] * self.points[1] as f64;
        (rows as usize).saturating_add(ORDER)
    }
}

/// A mesh over one slit.
#[derive(Clone)]
pub struct Mesh {
    periods: Periods,
    /// The transform of g over the number of points, E_x in the real and E_y in the
    /// imaginary part of g; column by column.
    kernel: Vec<Complex<f64>>,
    /// Row by row along x.
    rows: Vec<Complex<f64>>,
    /// The same, transposed.
    columns: Vec<Complex<f64>>,
    /// Forth and back, along x and along y.
    transforms: [[Arc<dyn Fft<f64>>; 2]; 2],
}

impl std::fmt::Debug for Mesh {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [along, across] = self.periods.points;
        write!(out, "Mesh({along} by {across})")
    }
}

/// The next number of points from `least` on that transforms quickly.
pub fn points(least: f64) -> usize {
    let smooth = |mut n: usize| {
        for factor in [2, 3, 5] {
            while n.is_multiple_of(factor) {
                n /= factor;
            }
        }
        n == 1
    };
    let least = (least.ceil() as usize).max(2 * ORDER);
    (least..)
        .find(|&n| n % 2 == 0 && smooth(n))
        .unwrap_or(least)
}

impl Mesh {
    /// A mesh for the field that has this kernel in Fourier space.
    pub fn new(periods: Periods, kernel: Vec<Complex<f64>>) -> Self {
        let points = periods.points;
        let mut planner = FftPlannerScalar::new();
        let transforms = points.map(|n| [planner.plan_fft_forward(n), planner.plan_fft_inverse(n)]);
        let zero = vec![Complex::default(); points[0] * points[1]];
        Self {
            periods,
            kernel,
            columns: zero.clone(),
            rows: zero,
            transforms,
        }
    }

    /// Points along and across.
    pub fn points(&self) -> [usize; 2] {
        self.periods.points
    }

    /// The force on every charge, kT/Å.
    pub fn find_forces(
        &mut self,
        positions: &[[f64; 2]],
        charges: &[f64],
        forces: &mut [[f64; 2]],
    ) {
        self.spread(positions, charges);
        self.solve();
        for ((position, charge), force) in positions.iter().zip(charges).zip(forces) {
            let mut field = Complex::new(0.0, 0.0);
            for_each_point(&self.periods, *position, |point, weight| {
                field += self.rows[point] * weight;
            });
            *force = [charge * field.re, charge * field.im];
        }
    }

    fn spread(&mut self, positions: &[[f64; 2]], charges: &[f64]) {
        self.rows.fill(Complex::default());
        let rows = &mut self.rows;
        for (position, charge) in positions.iter().zip(charges) {
            for_each_point(&self.periods, *position, |point, weight| {
                rows[point].re += charge * weight;
            });
        }
    }

    /// From charges to fields, E_x in the real and E_y in the imaginary part: both are
    /// real, and share one transform.
    fn solve(&mut self) {
        let [nx, ny] = self.periods.points;
        let [along, across] = &self.transforms;
        // Far from all charges a row is zero before, and nobody asks for it afterwards.
        let rows = self.periods.rows();
        let near = |row: usize| row.min(ny - row) <= rows;
        transform(&mut self.rows, nx, &along[0], near);
        transpose(&self.rows, &mut self.columns, nx);
        transform(&mut self.columns, ny, &across[0], |_| true);
        for (charge, kernel) in self.columns.iter_mut().zip(&self.kernel) {
            *charge *= kernel;
        }
        transform(&mut self.columns, ny, &across[1], |_| true);
        transpose(&self.columns, &mut self.rows, ny);
        transform(&mut self.rows, nx, &along[1], near);
    }
}

/// Transforms the stretches of `length` whose numbers are `wanted`.
pub fn transform(
    values: &mut [Complex<f64>],
    length: usize,
    by: &Arc<dyn Fft<f64>>,
    wanted: impl Fn(usize) -> bool + Sync,
) {
    let scratch = || vec![Complex::default(); by.get_inplace_scratch_len()];
    let stretches = values.par_chunks_mut(length).enumerate();
    stretches
        .filter(|(number, _)| wanted(*number))
        .for_each_init(scratch, |scratch, (_, stretch)| {
            by.process_with_scratch(stretch, scratch);
        });
}

/// Writes `from`, in rows of `length`, into `to` column by column.
pub fn transpose(from: &[Complex<f64>], to: &mut [Complex<f64>], length: usize) {
    let height = from.len() / length;
    for (b, row) in from.chunks_exact(length).enumerate() {
        for (a, value) in row.iter().enumerate() {
            to[a * height + b] = *value;
        }
    }
}

/// Calls `visit(point, weight)` for the points that the charge at `position` is
/// spread over.
#[inline]
fn for_each_point(periods: &Periods, position: [f64; 2], mut visit: impl FnMut(usize, f64)) {
    let (points, reach) = (periods.points, periods.reach);
    let position = [position[0], position[1].clamp(-reach, reach)];
    let [along, across] = [0, 1].map(|axis| {
        let at = position[axis] / periods.sides[axis] * points[axis] as f64;
        let below = at.floor();
        let first = (below as i64 - (ORDER as i64 / 2 - 1)).rem_euclid(points[axis] as i64);
        (first as usize, weights(at - below))
    });
    for (j, wy) in across.1.iter().enumerate() {
        let row = (across.0 + j) % points[1] * points[0];
        for (i, wx) in along.1.iter().enumerate() {
            let column = along.0 + i;
            let column = if column < points[0] {
                column
            } else {
                column - points[0]
            };
            visit(row + column, wx * wy);
        }
    }
}

/// The B-spline of order [`ORDER`] at the points around a charge that stands
/// `between` 0 and 1 after one of them, by the recursion in the order.
pub fn weights(between: f64) -> [f64; ORDER] {
    let mut weights = [0.0; ORDER];
    weights[0] = 1.0 - between;
    weights[1] = between;
    for order in 3..=ORDER {
        let n = order as f64;
        let mut next = [0.0; ORDER];
        for (i, next) in next.iter_mut().enumerate().take(order) {
            // Of order n, the spline at point i is made of two of order n - 1.
            let right = weights[i];
            let left = if i > 0 { weights[i - 1] } else { 0.0 };
            let i = i as f64;
            *next = ((i + 1.0 - between) * right + (n - i - 1.0 + between) * left) / (n - 1.0);
        }
        weights = next;
    }
    weights
}
