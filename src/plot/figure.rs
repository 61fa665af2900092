//! The figure as plain data: panels, axes, traces and what is written around them.

use std::path::Path;

use super::palette::{self, Color};
use super::{PlotError, render};

/// A page of panels under one title.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What the figure shows, in a few words.
    pub title: String,
    /// What was run to get it; wrapped when long.
    pub subtitle: String,
    /// The panels, row by row.
    pub panels: Vec<Panel>,
    /// Panels in a row.
    pub columns: usize,
    /// Whether all panels show the same stretch of x; stacked panels then label only the lowest.
    pub share_x: bool,
    /// Where the data came from, in small print; wrapped when long.
    pub footer: String,
}

impl Figure {
    /// A figure with its panels stacked, each with an x axis of its own.
    pub fn new(title: impl Into<String>, panels: Vec<Panel>) -> Self {
        Self {
            title: title.into(),
            subtitle: String::new(),
            panels,
            columns: 1,
            share_x: false,
            footer: String::new(),
        }
    }

    /// Draws the figure and writes it to `path`. A failed drawing leaves the file untouched.
    pub fn render(&self, path: &Path, format: Format) -> Result<(), PlotError> {
        let bytes = match format {
            Format::Png => self.to_png()?,
            Format::Svg => self.to_svg()?.into_bytes(),
        };
        std::fs::write(path, bytes).map_err(|source| PlotError::Write {
            path: path.to_owned(),
            source,
        })
    }

    /// The figure as the bytes of a PNG file, 1600 pixels wide.
    pub fn to_png(&self) -> Result<Vec<u8>, PlotError> {
        render::png(self)
    }

    /// The figure as an SVG document, its text left as text.
    pub fn to_svg(&self) -> Result<String, PlotError> {
        render::svg(self)
    }
}

/// The kinds of file a figure can be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Pixels: for slides, web pages and a quick look.
    Png,
    /// Curves and text: for print and for later editing.
    Svg,
}

impl Format {
    /// The file name extension, without its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }
}

/// One pair of axes and what is drawn on them.
#[derive(Clone, Debug)]
pub struct Panel {
    /// A heading above the panel; may be empty.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// A second scale for the same traces on the right.
    pub right: Option<RightAxis>,
    /// A map of colours under the traces; takes the place of a second scale.
    pub map: Option<ColorMap>,
    /// Curves and points, drawn in order.
    pub traces: Vec<Trace>,
    /// Straight lines across the panel, drawn under the traces.
    pub rules: Vec<Rule>,
    /// Shaded stretches of x, drawn under everything.
    pub spans: Vec<Span>,
    /// Single events pointed at from above.
    pub marks: Vec<Mark>,
    /// Where the legend goes.
    pub legend: Legend,
    /// Height of the frame in points.
    pub height: f64,
    /// Whether x and y are lengths on one scale, as on a map; the height then follows.
    pub true_scale: bool,
}

impl Panel {
    /// An empty panel, of a height fit for stacking.
    pub fn new(x: Axis, y: Axis) -> Self {
        Self {
            title: String::new(),
            x,
            y,
            right: None,
            map: None,
            traces: Vec::new(),
            rules: Vec::new(),
            spans: Vec::new(),
            marks: Vec::new(),
            legend: Legend::Auto,
            height: 150.0,
            true_scale: false,
        }
    }
}

/// What an axis measures and how.
#[derive(Clone, Debug)]
pub struct Axis {
    /// Quantity and unit, as in "Voltage (V)".
    pub label: String,
    /// The stretch shown; chosen from the data when absent.
    pub range: Option<(f64, f64)>,
    /// Whether a range chosen from the data reaches to zero.
    pub with_zero: bool,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// Names of 0, 1, 2, ... where the axis counts things that are no numbers; else empty.
    pub names: Vec<String>,
}

impl Axis {
    /// A linear axis whose range follows the data.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            range: None,
            with_zero: false,
            scale: Scale::Linear,
            names: Vec::new(),
        }
    }

    /// The same axis, reaching to zero.
    pub fn with_zero(self) -> Self {
        Self {
            with_zero: true,
            ..self
        }
    }

    /// The same axis, with the scale given.
    pub fn scaled(self, scale: Scale) -> Self {
        Self { scale, ..self }
    }
}

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences, equal lengths.
    #[default]
    Linear,
    /// Equal ratios, equal lengths; values that are not positive are left out.
    Log,
}

/// A second scale on the right of a panel, proportional to the left one (which must be linear).
#[derive(Clone, Debug)]
pub struct RightAxis {
    /// Quantity and unit.
    pub label: String,
    /// What one unit of the left axis is worth on the right.
    pub factor: f64,
}

/// Values as colours, with the bar that tells which is which on the right of the panel.
#[derive(Clone, Debug)]
pub struct ColorMap {
    /// Quantity and unit.
    pub label: String,
    /// The values at the two ends of the bar; chosen from the data when absent.
    pub range: Option<(f64, f64)>,
    /// How values are spread along the bar.
    pub scale: Scale,
    /// What is coloured.
    pub cells: Vec<Cell>,
}

/// A coloured part of a panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Its stretch of x, or one place for a dot.
    pub x: (f64, f64),
    /// Its stretch of y, or one place for a dot.
    pub y: (f64, f64),
    /// Its value; one that is not a number is crossed out.
    pub value: f64,
}

/// One set of data in a panel.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Its name in the legend; an empty one is not listed.
    pub label: String,
    /// How it is drawn.
    pub style: Style,
    /// Its colour.
    pub color: Color,
    /// The data; a value that is not a number breaks a line.
    pub points: Vec<(f64, f64)>,
    /// Half the length of the error bar of each point, or half the width of a band.
    pub y_error: Option<Vec<f64>>,
}

impl Trace {
    /// A solid line.
    pub fn line(label: impl Into<String>, color: Color, points: Vec<(f64, f64)>) -> Self {
        let style = Style::Line {
            width: 1.1,
            dashed: false,
        };
        Self {
            label: label.into(),
            style,
            color,
            points,
            y_error: None,
        }
    }

    /// A dashed line, wider than a solid one.
    pub fn dashed(label: impl Into<String>, color: Color, points: Vec<(f64, f64)>) -> Self {
        let style = Style::Line {
            width: 1.8,
            dashed: true,
        };
        Self {
            style,
            ..Self::line(label, color, points)
        }
    }

    /// Filled circles.
    pub fn points(label: impl Into<String>, color: Color, points: Vec<(f64, f64)>) -> Self {
        let style = Style::Points {
            marker: Marker::Circle,
            filled: true,
            joined: false,
        };
        Self {
            style,
            ..Self::line(label, color, points)
        }
    }

    /// Open markers in the colour of published values.
    pub fn published(label: impl Into<String>, marker: Marker, points: Vec<(f64, f64)>) -> Self {
        let style = Style::Points {
            marker,
            filled: false,
            joined: false,
        };
        Self {
            style,
            ..Self::line(label, palette::PUBLISHED, points)
        }
    }

    /// The same trace with error bars of the half-lengths given.
    pub fn with_error(self, y_error: Vec<f64>) -> Self {
        Self {
            y_error: Some(y_error),
            ..self
        }
    }
}

/// How a trace is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Style {
    /// A line through the points.
    Line {
        /// Its width in points.
        width: f64,
        /// Whether it is dashed.
        dashed: bool,
    },
    /// A marker at each point, with an error bar where there is one.
    Points {
        /// Its shape.
        marker: Marker,
        /// Filled, or open.
        filled: bool,
        /// Whether a thin line joins the markers.
        joined: bool,
    },
    /// A dot at each point.
    Dots {
        /// Its radius in points.
        radius: f64,
        /// Filled, or a ring.
        filled: bool,
    },
    /// A filled rectangle around each point, as wide and as high as this on the axes.
    Tile {
        /// Its width.
        width: f64,
        /// Its height.
        height: f64,
    },
    /// A pale band of half-width `y_error` around the points.
    Band,
    /// A vertical stem from zero (from the lower edge on a logarithmic axis) to each point.
    Stem,
}

/// The shapes of markers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// A circle.
    Circle,
    /// A square.
    Square,
    /// A triangle standing on its base.
    Triangle,
    /// A triangle standing on its point.
    TriangleDown,
    /// A square standing on its corner.
    Diamond,
}

/// A straight line across a panel.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name in the legend; an empty one is not listed.
    pub label: String,
    /// Where it crosses its axis.
    pub at: f64,
    /// Along y at a fixed x, or along x at a fixed y.
    pub vertical: bool,
    /// Its colour.
    pub color: Color,
}

/// A shaded stretch of the x axis.
#[derive(Clone, Debug)]
pub struct Span {
    /// Its name in the legend; an empty one is not listed.
    pub label: String,
    /// From where to where.
    pub range: (f64, f64),
    /// Its colour; best a pale one.
    pub color: Color,
}

/// An event pointed at from above by a small triangle.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The place pointed at.
    pub at: (f64, f64),
    /// A short text above the triangle, left out where it would run into its neighbour.
    pub text: String,
    /// The colour of the triangle.
    pub color: Color,
}

/// Where a legend goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legend {
    /// In a corner that holds no data, or above the panel when there is none.
    Auto,
    /// Above the panel.
    Above,
    /// Nowhere.
    Hidden,
}
