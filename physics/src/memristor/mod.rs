//! Memory made visible: hysteresis loops, the decay of conductance, and the
//! device models that have both.
//!
//! ```text
//! fold, hysteresis, decay, period → device → fit
//! ```
//!
//! [`fold_loops`] averages the noisy loops of a simulation; [`Hysteresis`]
//! measures a clean one, and [`fit_area_law`] takes the memory time from the
//! areas of several; [`fit_decay`] takes it from a relaxation. A
//! [`device::DeviceModel`] is an equation with a handful of parameters, which
//! [`fit`] finds in measured currents, with honest intervals or a refusal.

mod area_law;
mod decay;
pub mod device;
pub mod fit;
mod fold;
mod hysteresis;
mod period;

pub use area_law::{AreaLaw, AreaLawError, fit_area_law};
pub use decay::{Decay, DecayError, fit_decay};
pub use fold::{LoopPoint, LoopSeries, fold_loops};
pub use hysteresis::{Hysteresis, HysteresisError, Lobe, Rotation};
pub use period::{Course, MeanPeriod, course, mean_period, times_of_a_sine};
