//! Colours, one meaning each, the same in every figure.
//!
//! The hues are those of Okabe and Ito, which stay apart for readers with any of the common forms
//! of colour blindness; dark and light greys carry what is not data.

/// An opaque colour: red, green and blue from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub u8, pub u8, pub u8);

/// The membrane voltage, and any measured quantity that stands alone.
pub const VOLTAGE: Color = Color(0x26, 0x26, 0x26);
/// The slit with the positive battery ("Na").
pub const SODIUM: Color = Color(0x00, 0x72, 0xB2);
/// The slit with the negative battery ("K").
pub const POTASSIUM: Color = Color(0xD5, 0x5E, 0x00);
/// The branch on which the magnitude of the field grows.
pub const RISING: Color = Color(0x00, 0x9E, 0x73);
/// The branch on which the magnitude of the field falls.
pub const FALLING: Color = Color(0xB8, 0x5C, 0x8F);
/// Published values, drawn as open markers.
pub const PUBLISHED: Color = Color(0x00, 0x00, 0x00);
/// A fitted curve.
pub const FIT: Color = Color(0x2A, 0xA3, 0xDD);
/// The applied field.
pub const DRIVE: Color = Color(0x6B, 0x6B, 0x6B);
/// Spikes.
pub const SPIKE: Color = Color(0xE6, 0x9F, 0x00);
/// Thresholds and other reference lines.
pub const REFERENCE: Color = Color(0x80, 0x80, 0x80);
/// A stretch of time set apart, such as the relaxation before a circuit is connected.
pub const SHADE: Color = Color(0xEC, 0xEE, 0xF1);

/// Colours for series that have no meaning of their own, in order of use.
pub const CYCLE: [Color; 7] = [
    Color(0x00, 0x72, 0xB2),
    Color(0xD5, 0x5E, 0x00),
    Color(0x00, 0x9E, 0x73),
    Color(0xCC, 0x79, 0xA7),
    Color(0xE6, 0x9F, 0x00),
    Color(0x56, 0xB4, 0xE9),
    Color(0x26, 0x26, 0x26),
];

/// The colours of a map from its lowest to its highest value, at equal distances: the
/// viridis of Smith and van der Walt (matplotlib, CC0), of even lightness for any eye.
pub(super) const MAP: [Color; 9] = [
    Color(0x44, 0x01, 0x54),
    Color(0x47, 0x2D, 0x7B),
    Color(0x3B, 0x52, 0x8B),
    Color(0x2C, 0x72, 0x8E),
    Color(0x21, 0x91, 0x8C),
    Color(0x28, 0xAE, 0x80),
    Color(0x5E, 0xC9, 0x62),
    Color(0xAD, 0xDC, 0x30),
    Color(0xFD, 0xE7, 0x25),
];

/// Axes, ticks and text.
pub(super) const INK: Color = Color(0x26, 0x26, 0x26);
/// Subtitles and footers.
pub(super) const QUIET_INK: Color = Color(0x6B, 0x6B, 0x6B);
/// Grid lines.
pub(super) const GRID: Color = Color(0xE6, 0xE6, 0xE6);
/// The ground of the figure.
pub(super) const PAPER: Color = Color(0xFF, 0xFF, 0xFF);
