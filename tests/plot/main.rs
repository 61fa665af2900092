//! Figures: what is drawn, and that it can be.

mod axes;
mod builders;
mod data;
mod drawing;
