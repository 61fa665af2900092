//! The field of a lattice of charges: the kernel of a slit that is periodic both ways.
//!
//! ```text
//! F_i = -q_i ∇φ(r_i),   φ(r) = (1/LW) Σ_{k≠0} û(k) Σ_j q_j e^{ik·(r - r_j)}
//! ```
//!
//! For the splines that charges are spread by and fields are found with, û(k) is
//! multiplied by
//!
//! ```text
//! Ŵ(k)² / [ Σ_m Ŵ(k + 2πm/h)² ]²,     Ŵ(k) = Π sinc(k h/2)^ORDER
//! ```
//!
//! which makes the mean squared error of the force least where û has no part beyond
//! the mesh (Hockney & Eastwood 1988, eq. 8-22).

use super::mesh::{Mesh, ORDER, Periods};
use crate::slit::Slit;
use rayon::prelude::*;
use rustfft::num_complex::Complex;
use std::f64::consts::{PI, TAU};

/// Images of the first zone that are summed on each side.
const ZONES: i32 = 2;

/// A mesh of `points` for the interaction with the transform `spectrum` (kT Å²).
pub fn mesh(slit: &Slit, points: [usize; 2], spectrum: impl Fn(f64) -> f64 + Sync) -> Mesh {
    let periods = Periods {
        points,
        sides: [slit.length, slit.width],
        reach: f64::INFINITY,
    };
    let slope = |a: usize, b: usize| {
        let kx = odd_wave_number(a, points[0], slit.length);
        let ky = odd_wave_number(b, points[1], slit.width);
        // -ik_x + i(-ik_y).
        Complex::new(ky, -kx)
    };
    let [nx, ny] = points;
    let quarter = kernel(points, periods.sides, spectrum);
    let fold = |a: usize, n: usize| a.min(n - a);
    let at = |a: usize, b: usize| slope(a, b) * quarter[fold(b, ny)][fold(a, nx)];
    let kernel = (0..nx * ny).map(|k| at(k / ny, k % ny)).collect();
    Mesh::new(periods, kernel)
}

/// û with the factor of the module, over LW, for waves that are not negative: by
/// symmetry this quarter of the plane is enough. Row by row.
fn kernel(
    points: [usize; 2],
    sides: [f64; 2],
    spectrum: impl Fn(f64) -> f64 + Sync,
) -> Vec<Vec<f64>> {
    let [nx, ny] = points;
    let [window_x, window_y] = points.map(|n| (0..n).map(|a| window(a, n)).collect::<Vec<_>>());
    let area = sides[0] * sides[1];
    let rows = (0..=ny / 2).into_par_iter().map(|b| {
        let row = (0..=nx / 2).map(|a| {
            let k = f64::hypot(wave_number(a, nx, sides[0]), wave_number(b, ny, sides[1]));
            match a + b {
                0 => 0.0,
                _ => spectrum(k) * window_x[a] * window_y[b] / area,
            }
        });
        row.collect()
    });
    rows.collect()
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
