//! The published numbers, as data with their provenance.
//!
//! Robin, Kavokine & Bocquet, Science 373, 687 (2021),
//! <https://doi.org/10.1126/science.abf7923>; recomputed from the authors'
//! output files (repository PEmRobin/2D-nanofluidic-memristors).

/// How a figure names the source.
pub const LABEL: &str = "Robin et al. 2021";

/// One bin of the hysteresis loop of Run A (2 × 2 µm, 4000 + 4000 ions,
/// E = 0.5 cos ωt, ω = 1e-10 rad/fs), over 11.5 periods, bins of ±0.01.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoopRow {
    /// |E|, kT/(e·Å).
    pub field: f64,
    /// I/I_free while |E| grows.
    pub rising: f64,
    /// I/I_free while |E| shrinks.
    pub falling: f64,
}

/// Largest standard error of an entry of [`HYSTERESIS`].
pub const HYSTERESIS_ERROR: f64 = 0.0006;

/// The hysteresis loop of Run A.
pub const HYSTERESIS: [LoopRow; 10] = [
    row(0.03, 0.0161, 0.0228),
    row(0.07, 0.0281, 0.0514),
    row(0.11, 0.1167, 0.1315),
    row(0.15, 0.2622, 0.2698),
    row(0.19, 0.4367, 0.4396),
    row(0.23, 0.6024, 0.6036),
    row(0.27, 0.7330, 0.7325),
    row(0.31, 0.8230, 0.8218),
    row(0.39, 0.9162, 0.9132),
    row(0.47, 0.9521, 0.9457),
];

const fn row(field: f64, rising: f64, falling: f64) -> LoopRow {
    LoopRow {
        field,
        rising,
        falling,
    }
}

/// How a figure names the source of [`CONSTANT_FIELDS`]: the published inputs,
/// run in LAMMPS (the paper gives loops only).
pub const CONSTANT_FIELDS_LABEL: &str = "published inputs, LAMMPS";

/// Run A at a constant field, by the published inputs in LAMMPS.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConstantField {
    /// Field, kT/(e·Å).
    pub field: f64,
    /// I/I_free after 2–3 µs.
    pub ratio: f64,
    /// Its standard error.
    pub ratio_error: f64,
    /// Fraction of ions alone within 60 Å.
    pub free_fraction: f64,
}

/// Constant fields.
pub const CONSTANT_FIELDS: [ConstantField; 3] = [
    ConstantField {
        field: 0.10,
        ratio: 0.097,
        ratio_error: 0.001,
        free_fraction: 0.086,
    },
    ConstantField {
        field: 0.20,
        ratio: 0.4820,
        ratio_error: 0.0008,
        free_fraction: 0.422,
    },
    ConstantField {
        field: 0.50,
        ratio: 0.959,
        ratio_error: 0.001,
        free_fraction: 0.816,
    },
];

/// Run A with monovalent ions, which hardly pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ohmic {
    /// Field, kT/(e·Å).
    pub field: f64,
    /// I/I_free.
    pub ratio: f64,
    /// Its uncertainty. None is stated; two units of the last digit are taken.
    pub ratio_error: f64,
}

/// Run A with z = 1.
pub const OHMIC: Ohmic = Ohmic {
    field: 0.2,
    ratio: 0.978,
    ratio_error: 0.002,
};

/// The spikes of Run B.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spikes {
    /// Number of spikes.
    pub count: u32,
    /// Time in which they were counted, ms.
    pub duration: f64,
    /// Mean interval, µs.
    pub interval: f64,
    /// Standard deviation of the intervals over their mean.
    pub spread: f64,
    /// Peak, V.
    pub peak: f64,
    /// Peak over the length of the slit (2 µm), kT/(e·Å).
    pub peak_field: f64,
}

/// The spikes of the published neuron.
pub const SPIKES: Spikes = Spikes {
    count: 13,
    duration: 1.22,
    interval: 87.7,
    spread: 0.18,
    peak: 40.6,
    peak_field: 0.079,
};
