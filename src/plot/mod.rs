//! Figures: from plain numbers to a PNG or SVG file fit for print.
//!
//! [`Figure`] says what is drawn (panels, axes, traces) and knows no physics; the builders in
//! [`figures`] say which panels a neuron, a memristor or a relaxation deserves. Lengths inside a
//! figure are in *points*, 800 of which make the width of a page; a PNG has two pixels to the
//! point, each the mean of nine drawn ones.

mod canvas;
mod figure;
pub mod figures;
mod geometry;
mod layout;
mod legend;
mod map;
pub mod palette;
mod render;
mod strokes;
mod thin;
mod ticks;

use std::path::PathBuf;

pub use figure::{
    Axis, Cell, ColorMap, Figure, Format, Legend, Mark, Marker, Panel, RightAxis, Rule, Scale,
    Span, Style, Trace,
};
pub use thin::thin;
pub use ticks::{Tick, Ticks, linear_ticks, log_ticks, si_prefix};

/// Why a figure could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// The finished figure could not be written.
    #[error("cannot write the figure {}: {source}", path.display())]
    Write {
        /// The file that was to hold the figure.
        path: PathBuf,
        /// What the operating system answered.
        source: std::io::Error,
    },
    /// The figure asks for a page that would not fit in memory.
    #[error(
        "the figure \"{title}\" would be {width:.0} x {height:.0} points, and the limit is {limit:.0}: draw fewer or lower panels"
    )]
    Size {
        /// The title of the figure.
        title: String,
        /// Its width in points.
        width: f64,
        /// Its height in points.
        height: f64,
        /// The largest width or height in points.
        limit: f64,
    },
    /// A drawing or encoding step failed.
    #[error("cannot draw the figure: {reason}")]
    Draw {
        /// What the drawing library answered.
        reason: String,
    },
}
