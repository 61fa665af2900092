//! The field of a row of charges: the kernel of a slit that repeats itself along its
//! length and ends in walls across.
//!
//! On the points of the mesh, with F the smooth part of the force and x + nL the
//! distance along to the nth image,
//!
//! ```text
//! g(x, y) = Σ_n F(r_n) r_n/r_n  =  Σ_n w(x + nL) F r_n/r_n  +  (1/L) ∫ [1 - w(x)] F r/r dx
//! ```
//!
//! w falls smoothly from 1 to 0 over some lengths of the slit, farther out the images
//! are as good as a line: what the sum over n and the integral differ by are the waves
//! of 1 - w of length L and shorter (Poisson's sum). Of the integral only the part
//! across is left, and beyond [`FARTHEST`] that of a force ∝ 1/r², which walls that do
//! not screen end in.
//!
//! Nothing repeats itself across: the mesh is twice as wide as the slit, so that no
//! charge meets the image of another (Hockney & Eastwood 1988, ch. 6-5), and as much
//! wider as the splines reach. They are made up for by taking the points for nodes of
//! an interpolating spline (Essmann et al., J. Chem. Phys. 103, 8577 (1995),
//! <https://doi.org/10.1063/1.470117>, eq. 4.4): the weights of that fall by 0.43 from
//! one point to the next, and do not carry the far ends of g into the slit.

use super::mesh::{self, Mesh, ORDER, Periods};
use super::smooth_step;
use crate::brownian::pair_force::PairForce;
use crate::quadrature::graded;
use crate::slit::{Slit, Walls};
use rayon::prelude::*;
use rustfft::FftPlannerScalar;
use rustfft::num_complex::Complex;
use std::f64::consts::TAU;

/// Lengths of the slit to the end of w, which begins to fall half way.
const WINDOW: f64 = 12.0;

/// How far the force is integrated along, in sides of the mesh.
const FARTHEST: f64 = 20.0;

/// Points from the ends of g that are free for its wrong values: 20 · 0.43²⁰ = 1e-6.
const MARGIN: usize = 20;

/// How far into a soft wall the mesh follows an ion, in kT over its force.
const PUSH: f64 = 50.0;

/// A mesh of the given spacing for the force F(r) S(r/R) of `law`, or `None` if it
/// had more than `most` points.
pub fn mesh(slit: &Slit, law: &PairForce, radius: f64, spacing: f64, most: usize) -> Option<Mesh> {
    let reach = farthest_ion(slit);
    let along = mesh::points(slit.length / spacing);
    let rows = (2.0 * reach / spacing).ceil() as usize + ORDER;
    let across = mesh::points((2 * (rows + MARGIN)) as f64);
    if along.checked_mul(across)? > most {
        return None;
    }
    let periods = Periods {
        points: [along, across],
        sides: [slit.length, across as f64 * spacing],
        reach,
    };
    Some(Mesh::new(periods, kernel(&periods, law, radius)))
}

/// How far the force of `law` is asked for, Å, on meshes of at most this spacing.
pub fn farthest(slit: &Slit, spacing: f64) -> f64 {
    let width = 2.0 * (2.0 * farthest_ion(slit) + (MARGIN + 2 * ORDER) as f64 * spacing);
    // Room for a number of points that transforms quickly.
    (FARTHEST + 1.0) * slit.length.max(1.5 * width)
}

/// How far from the middle of the slit an ion is, Å.
fn farthest_ion(slit: &Slit) -> f64 {
    match slit.walls {
        Walls::Periodic => 0.5 * slit.width,
        Walls::Soft { force } => 0.5 * slit.width + PUSH / force,
    }
}

/// The transform of g over the number of points, column by column.
fn kernel(periods: &Periods, law: &PairForce, radius: f64) -> Vec<Complex<f64>> {
    let [nx, ny] = periods.points;
    let mut rows = field(periods, law, radius);
    let mut columns = vec![Complex::default(); nx * ny];
    let mut planner = FftPlannerScalar::new();
    mesh::transform(&mut rows, nx, &planner.plan_fft_forward(nx), |_| true);
    mesh::transpose(&rows, &mut columns, nx);
    mesh::transform(&mut columns, ny, &planner.plan_fft_forward(ny), |_| true);
    let [along, across] = periods.points.map(interpolation);
    for (a, column) in columns.chunks_exact_mut(ny).enumerate() {
        for (value, across) in column.iter_mut().zip(&across) {
            *value *= along[a] * across / (nx * ny) as f64;
        }
    }
    columns
}

/// 1/Ŵ(k)² for the spline at whole points, for both its uses.
fn interpolation(points: usize) -> Vec<f64> {
    let nodes = mesh::weights(0.0);
    let of_wave = |a: usize| {
        let k = TAU * a as f64 / points as f64;
        // The spline is even about its middle node.
        let middle = (ORDER / 2 - 1) as f64;
        let terms = nodes.iter().enumerate();
        let sum: f64 = terms
            .map(|(j, w)| w * (k * (j as f64 - middle)).cos())
            .sum();
        1.0 / (sum * sum)
    };
    (0..points).map(of_wave).collect()
}

/// g at every point, row by row.
fn field(periods: &Periods, law: &PairForce, radius: f64) -> Vec<Complex<f64>> {
    let [nx, ny] = periods.points;
    let [length, width] = periods.sides;
    let images = Images {
        law,
        radius,
        length,
        farthest: FARTHEST * length.max(width),
    };
    let rows = (0..=ny / 2).into_par_iter().map(|b| {
        let y = width * b as f64 / ny as f64;
        let line = images.line(y);
        let along = (0..=nx / 2).map(|a| {
            let [x, y] = images.sum(length * a as f64 / nx as f64, y);
            [x, y + line]
        });
        along.collect::<Vec<_>>()
    });
    let quarter: Vec<Vec<[f64; 2]>> = rows.collect();
    // E_x is odd along and E_y across.
    let fold = |a: usize, n: usize| match a <= n / 2 {
        true => (a, 1.0),
        false => (n - a, -1.0),
    };
    let mut field = Vec::with_capacity(nx * ny);
    for b in 0..ny {
        let (row, sign_y) = fold(b, ny);
        field.extend((0..nx).map(|a| {
            let (column, sign_x) = fold(a, nx);
            let [x, y] = quarter[row][column];
            Complex::new(sign_x * x, sign_y * y)
        }));
    }
    field
}

/// A unit charge and its images along the slit.
struct Images<'a> {
    law: &'a PairForce,
    radius: f64,
    length: f64,
    farthest: f64,
}

impl Images<'_> {
    /// F S(r/R) / r.
    fn over_r(&self, x: f64, y: f64) -> f64 {
        let r2 = x * x + y * y;
        if r2 == 0.0 {
            return 0.0;
        }
        self.law.over_r(1.0, r2) * smooth_step(r2.sqrt() / self.radius)
    }

    /// w.
    fn window(&self, x: f64) -> f64 {
        1.0 - smooth_step((2.0 * x.abs() / (WINDOW * self.length) - 1.0).max(0.0))
    }

    /// Σ_n w F r_n/r_n.
    fn sum(&self, x: f64, y: f64) -> [f64; 2] {
        let most = WINDOW as i32 + 1;
        let mut sum = [0.0; 2];
        for n in -most..=most {
            let x = x + f64::from(n) * self.length;
            let field = self.window(x) * self.over_r(x, y);
            sum[0] += field * x;
            sum[1] += field * y;
        }
        sum
    }

    /// (1/L) ∫ [1 - w] F y/r dx.
    fn line(&self, y: f64) -> f64 {
        if y == 0.0 {
            return 0.0;
        }
        let start = 0.5 * WINDOW * self.length;
        let near = graded(start, self.farthest, 0.25 * start, f64::INFINITY, |x| {
            (1.0 - self.window(x)) * self.over_r(x, y) * y
        });
        // F = A/r² from here on: A ∫ y/r³ dx.
        let far = self.farthest;
        let r = far.hypot(y);
        let strength = self.law.over_r(1.0, r * r) * r.powi(3);
        let rest = strength * y / (r * (r + far));
        2.0 * (near + rest) / self.length
    }
}
