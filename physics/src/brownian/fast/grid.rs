//! Positions as 32-bit fractions of the box.
//!
//! Their differences wrap around exactly as the box does, which gives the
//! nearest image for nothing, and resolve 5·10⁻⁶ Å in a slit of 2 µm.

use crate::noise::LANES;
use crate::slit::{Slit, Walls};
use std::sync::atomic::{AtomicU64, Ordering};

/// A position in units of 2⁻³² of the box.
pub type Fixed = [i32; 2];

/// The fixed-point grid of a slit.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    /// Å per unit.
    pub unit: [f64; 2],
    /// Soft walls at ±y, in units, and their force.
    pub wall: i32,
    pub wall_force: f32,
}

impl Grid {
    pub fn new(slit: &Slit) -> Self {
        const UNITS: f64 = 4_294_967_296.0;
        match slit.walls {
            Walls::Periodic => Self {
                unit: [slit.length / UNITS, slit.width / UNITS],
                wall: i32::MAX,
                wall_force: 0.0,
            },
            // Twice the width: an ion beyond one wall is not near the other.
            Walls::Soft { force } => Self {
                unit: [slit.length / UNITS, 2.0 * slit.width / UNITS],
                wall: (UNITS / 4.0) as i32,
                wall_force: force as f32,
            },
        }
    }

    pub fn fixed(&self, position: [f64; 2]) -> Fixed {
        /// Adding it leaves no bits for fractions: the lowest 32 are the nearest
        /// integer, wrapped as the box is.
        const ROUND: f64 = 6_755_399_441_055_744.0;
        [0, 1].map(|axis| (position[axis] / self.unit[axis] + ROUND).to_bits() as i32)
    }

    /// The displacement between two positions less than half a box apart, Å.
    pub fn displacement(&self, from: Fixed, to: Fixed) -> [f64; 2] {
        [0, 1].map(|axis| f64::from(to[axis].wrapping_sub(from[axis])) * self.unit[axis])
    }
}

/// Positions that several threads read and write at once, never the same one
/// within a pass.
#[derive(Debug, Default)]
pub struct Slots(Vec<AtomicU64>);

impl Slots {
    pub fn resize(&mut self, slots: usize) {
        self.0.resize_with(slots, AtomicU64::default);
    }

    #[inline(always)]
    pub fn get(&self, slot: usize) -> Fixed {
        unpack(self.0[slot].load(Ordering::Relaxed))
    }

    /// Sets those of sixteen slots from `first` on.
    #[inline(always)]
    pub fn set_block(&self, first: usize, positions: &[Fixed; LANES]) {
        for (&position, slot) in positions.iter().zip(&self.0[first..first + LANES]) {
            slot.store(pack(position), Ordering::Relaxed);
        }
    }
}

impl Clone for Slots {
    fn clone(&self) -> Self {
        let copy = |slot: &AtomicU64| AtomicU64::new(slot.load(Ordering::Relaxed));
        Self(self.0.iter().map(copy).collect())
    }
}

/// Both coordinates in one word: x in the lower half, y in the upper.
#[inline(always)]
fn pack([x, y]: Fixed) -> u64 {
    u64::from(x as u32) | u64::from(y as u32) << 32
}

#[inline(always)]
fn unpack(packed: u64) -> Fixed {
    [packed as i32, (packed >> 32) as i32]
}

/// The nearest integer, for |x| below 2³¹; what `x.round() as i32` gives, halves
/// to even, in operations that every vector unit has.
#[inline(always)]
pub fn nearest(x: f32) -> i32 {
    /// Adding it leaves no bits for fractions; the integer stands in the lowest.
    const ROUND: f32 = 12_582_912.0;
    let integer = |x: f32| (x + ROUND).to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    // In two halves, for only integers up to 2²² fit beside the constant.
    let high = (x * (1.0 / 4096.0) + ROUND) - ROUND;
    let low = x - high * 4096.0;
    (integer(high) << 12).wrapping_add(integer(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_integer() {
        for x in [
            0.0, 0.4, 0.6, -0.6, 1.5, 2.5, 4097.3, -123_456.7, 8.3e6, 1.9e9, -2.1e9f32,
        ] {
            assert_eq!(nearest(x), x.round_ties_even() as i32, "{x}");
        }
    }
}
