//! Charges on a mesh, and the forces of a smooth periodic interaction.
//!
//! ```text
//! F_i = -q_i ∇φ(r_i),   φ(r) = (1/LW) Σ_{k≠0} û(k) Σ_j q_j e^{ik·(r - r_j)}
//! ```
//!
//! Each charge is spread over [`ORDER`]² points by a cardinal B-spline W, the field
//! is found by two Fourier transforms and taken back to the ions by the same W. For
//! both, û(k) is multiplied by
//!
//! ```text
//! Ŵ(k)² / [ Σ_m Ŵ(k + 2πm/h)² ]²,     Ŵ(k) = Π sinc(k h/2)^ORDER
//! ```
//!
//! which makes the mean squared error of the force least where û has no part beyond
//! the mesh (Hockney & Eastwood 1988, eq. 8-22). The transforms are those of plain
//! arithmetic and not of any vector unit: the same bytes on every machine.

use crate::slit::Slit;
use rayon::prelude::*;
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};
use std::f64::consts::{PI, TAU};
use std::sync::Arc;

/// Points that a charge is spread over along each side.
const ORDER: usize = 6;

/// Images of the first zone that are summed on each side.
const ZONES: i32 = 2;

/// A mesh over one slit.
#[derive(Clone)]
pub struct Mesh {
    /// Points along and across.
    points: [usize; 2],
    /// Length and width of the slit, Å.
    sides: [f64; 2],
    /// û(k) with the factor above, over LW; point (a, b) at b points[0] + a.
    kernel: Vec<f64>,
    /// Row by row along x.
    rows: Vec<Complex<f64>>,
    /// The same, transposed.
    columns: Vec<Complex<f64>>,
    /// Forth and back, along x and along y.
    transforms: [[Arc<dyn Fft<f64>>; 2]; 2],
}

impl std::fmt::Debug for Mesh {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [along, across] = self.points;
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
    /// A mesh of `points` for the interaction with the transform `spectrum` (kT Å²).
    pub fn new(slit: &Slit, points: [usize; 2], spectrum: impl Fn(f64) -> f64 + Sync) -> Self {
        let sides = [slit.length, slit.width];
        let mut planner = FftPlannerScalar::new();
        let transforms = points.map(|n| [planner.plan_fft_forward(n), planner.plan_fft_inverse(n)]);
        let zero = vec![Complex::default(); points[0] * points[1]];
        Self {
            kernel: kernel(points, sides, spectrum),
            points,
            sides,
            columns: zero.clone(),
            rows: zero,
            transforms,
        }
    }

    /// Points along and across.
    pub fn points(&self) -> [usize; 2] {
        self.points
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
            for_each_point(self.points, self.sides, *position, |point, weight| {
                field += self.rows[point] * weight;
            });
            *force = [charge * field.re, charge * field.im];
        }
    }

    fn spread(&mut self, positions: &[[f64; 2]], charges: &[f64]) {
        self.rows.fill(Complex::default());
        let rows = &mut self.rows;
        for (position, charge) in positions.iter().zip(charges) {
            for_each_point(self.points, self.sides, *position, |point, weight| {
                rows[point].re += charge * weight;
            });
        }
    }

    /// From charges to fields, E_x in the real and E_y in the imaginary part.
    fn solve(&mut self) {
        let [nx, ny] = self.points;
        let [along, across] = &self.transforms;
        transform(&mut self.rows, nx, &along[0]);
        transpose(&self.rows, &mut self.columns, nx);
        transform(&mut self.columns, ny, &across[0]);
        for a in 0..nx {
            let kx = odd_wave_number(a, nx, self.sides[0]);
            for b in 0..ny {
                let ky = odd_wave_number(b, ny, self.sides[1]);
                // -ik_x + i(-ik_y): both fields are real, and share one transform.
                let slope = Complex::new(ky, -kx) * self.kernel[b * nx + a];
                self.columns[a * ny + b] *= slope;
            }
        }
        transform(&mut self.columns, ny, &across[1]);
        transpose(&self.columns, &mut self.rows, ny);
        transform(&mut self.rows, nx, &along[1]);
    }
}

/// Transforms every stretch of `length`.
fn transform(values: &mut [Complex<f64>], length: usize, by: &Arc<dyn Fft<f64>>) {
    values
        .par_chunks_mut(length)
        .for_each(|stretch| by.process(stretch));
}

/// Writes `from`, in rows of `length`, into `to` column by column.
fn transpose(from: &[Complex<f64>], to: &mut [Complex<f64>], length: usize) {
    let height = from.len() / length;
    for (b, row) in from.chunks_exact(length).enumerate() {
        for (a, value) in row.iter().enumerate() {
            to[a * height + b] = *value;
        }
    }
}

/// û with the factor of the module, at every point.
fn kernel(points: [usize; 2], sides: [f64; 2], spectrum: impl Fn(f64) -> f64 + Sync) -> Vec<f64> {
    let [nx, ny] = points;
    let [window_x, window_y] = points.map(|n| (0..n).map(|a| window(a, n)).collect::<Vec<_>>());
    let area = sides[0] * sides[1];
    // By symmetry a quarter of the plane is enough.
    let quarter: Vec<Vec<f64>> = (0..=ny / 2)
        .into_par_iter()
        .map(|b| {
            let row = (0..=nx / 2).map(|a| {
                let k = f64::hypot(wave_number(a, nx, sides[0]), wave_number(b, ny, sides[1]));
                match a + b {
                    0 => 0.0,
                    _ => spectrum(k) * window_x[a] * window_y[b] / area,
                }
            });
            row.collect()
        })
        .collect();
    let fold = |a: usize, n: usize| a.min(n - a);
    let mut kernel = Vec::with_capacity(nx * ny);
    for b in 0..ny {
        kernel.extend((0..nx).map(|a| quarter[fold(b, ny)][fold(a, nx)]));
    }
    kernel
}

/// Wave number of point `a` of `n`, 1/Å, in the first zone.
fn wave_number(a: usize, n: usize, side: f64) -> f64 {
    let turns = if a > n / 2 {
        a as f64 - n as f64
    } else {
        a as f64
    };
    TAU * turns / side
}

/// The same for a slope, which is odd: that of the wave at the edge of the zone has
/// no sign, and is zero.
fn odd_wave_number(a: usize, n: usize, side: f64) -> f64 {
    if 2 * a == n {
        return 0.0;
    }
    wave_number(a, n, side)
}

/// Ŵ²/(Σ Ŵ²)² along one side.
fn window(a: usize, n: usize) -> f64 {
    let spline = |m: i32| {
        let x = PI * (wave_number(a, n, n as f64) / TAU + f64::from(m));
        let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
        sinc.powi(2 * ORDER as i32)
    };
    let sum: f64 = (-ZONES..=ZONES).map(spline).sum();
    spline(0) / (sum * sum)
}

/// Calls `visit(point, weight)` for the points that the charge at `position` is
/// spread over.
#[inline]
fn for_each_point(
    points: [usize; 2],
    sides: [f64; 2],
    position: [f64; 2],
    mut visit: impl FnMut(usize, f64),
) {
    let [along, across] = [0, 1].map(|axis| {
        let at = position[axis] / sides[axis] * points[axis] as f64;
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
fn weights(between: f64) -> [f64; ORDER] {
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
