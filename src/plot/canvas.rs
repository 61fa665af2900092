//! The two surfaces a figure is drawn on, pixels and SVG, behind one small set of strokes.
//!
//! Both stand on the integer coordinates of a plotters backend, so each draws on a finer grid
//! than it delivers: the bitmap is averaged down, which gives smooth edges, and the SVG is scaled
//! by its view box.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, ShapeStyle, TextStyle,
};

use super::PlotError;
use super::geometry::Point;
use super::palette::{Color, PAPER};

/// Pixels to the point in a finished bitmap.
const PIXELS: u32 = 2;
/// Drawn pixels to a finished one, along each axis.
const OVERSAMPLING: u32 = 3;
/// Steps to the point in an SVG.
const SVG_STEPS: u32 = 20;

static REGULAR: LazyLock<FontRef<'static>> =
    LazyLock::new(|| load(include_bytes!("../../assets/fonts/DejaVuSans.ttf")));
static BOLD: LazyLock<FontRef<'static>> =
    LazyLock::new(|| load(include_bytes!("../../assets/fonts/DejaVuSans-Bold.ttf")));

fn load(bytes: &'static [u8]) -> FontRef<'static> {
    FontRef::try_from_slice(bytes).expect("the embedded font is whole")
}

/// Where the given place lies along a text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Align {
    Start,
    Middle,
    End,
}

/// A line of text.
#[derive(Clone, Debug)]
pub(super) struct Text<'a> {
    pub text: &'a str,
    /// A place on the baseline.
    pub at: Point,
    pub align: Align,
    /// The em in points.
    pub size: f64,
    pub bold: bool,
    /// Read from bottom to top.
    pub upward: bool,
    pub color: Color,
}

/// The length in points of a line of text.
pub(super) fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    let font = if bold { &*BOLD } else { &*REGULAR };
    let font = font.as_scaled(em_scale(font, size));
    let advance: f32 = text.chars().map(|c| font.h_advance(font.glyph_id(c))).sum();
    f64::from(advance)
}

/// The scale at which one em of the font is `size` long.
fn em_scale(font: &FontRef, size: f64) -> PxScale {
    let em = font.units_per_em().unwrap_or(2048.0);
    PxScale::from(size as f32 * font.height_unscaled() / em)
}

/// What a figure is drawn with. Fills are opaque and even-odd.
pub(super) trait Surface {
    /// A stroked line with round joins.
    fn polyline(&mut self, points: &[Point], width: f64, color: Color) -> Result<(), PlotError>;
    /// A filled polygon.
    fn polygon(&mut self, points: &[Point], color: Color) -> Result<(), PlotError>;
    /// A filled circle.
    fn disc(&mut self, center: Point, radius: f64, color: Color) -> Result<(), PlotError>;
    /// A line of text.
    fn text(&mut self, text: &Text) -> Result<(), PlotError>;
}

fn draw_error(error: impl std::fmt::Display) -> PlotError {
    PlotError::Draw {
        reason: error.to_string(),
    }
}

fn shape(color: Color, stroke_width: u32) -> ShapeStyle {
    ShapeStyle {
        color: RGBAColor(color.0, color.1, color.2, 1.0),
        filled: true,
        stroke_width,
    }
}

/// Draws a page of the given size as a PNG file.
pub(super) fn png(
    (width, height): (u32, u32),
    draw: impl FnOnce(&mut dyn Surface) -> Result<(), PlotError>,
) -> Result<Vec<u8>, PlotError> {
    let fine = (
        width * PIXELS * OVERSAMPLING,
        height * PIXELS * OVERSAMPLING,
    );
    let mut buffer = vec![PAPER.0; fine.0 as usize * fine.1 as usize * 3];
    draw(&mut Bitmap {
        backend: BitMapBackend::with_buffer(&mut buffer, fine),
    })?;
    let size = (width * PIXELS, height * PIXELS);
    encode(&average(&buffer, size), size)
}

/// The mean over every square of drawn pixels that makes a finished one.
fn average(fine: &[u8], (width, height): (u32, u32)) -> Vec<u8> {
    let (width, step) = (width as usize, OVERSAMPLING as usize);
    let mut pixels = Vec::with_capacity(width * height as usize * 3);
    for rows in fine.chunks_exact(width * step * 3 * step) {
        for column in 0..width {
            for channel in 0..3 {
                let sum: usize = (0..step * step)
                    .map(|k| (k / step * width + column) * step + k % step)
                    .map(|pixel| usize::from(rows[pixel * 3 + channel]))
                    .sum();
                pixels.push((sum / (step * step)) as u8);
            }
        }
    }
    pixels
}

fn encode(pixels: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, PlotError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(draw_error)?;
    writer.write_image_data(pixels).map_err(draw_error)?;
    writer.finish().map_err(draw_error)?;
    Ok(file)
}

/// The finely drawn bitmap.
struct Bitmap<'a> {
    backend: BitMapBackend<'a>,
}

impl Bitmap<'_> {
    const SCALE: f64 = (PIXELS * OVERSAMPLING) as f64;

    /// Fills the pixels of one row whose centres lie between `from` and `to`.
    fn fill_row(&mut self, row: i32, from: f64, to: f64, color: Color) -> Result<(), PlotError> {
        let (start, end) = ((from - 0.5).ceil() as i32, (to - 0.5).ceil() as i32);
        if start >= end {
            return Ok(());
        }
        let style = shape(color, 1);
        self.backend
            .draw_rect((start, row), (end, row + 1), &style, true)
            .map_err(draw_error)
    }
}

/// The rows of pixels whose centres lie between two heights.
fn rows(top: f64, bottom: f64) -> std::ops::Range<i32> {
    (top - 0.5).ceil() as i32..(bottom - 0.5).ceil() as i32
}

impl Surface for Bitmap<'_> {
    fn polyline(&mut self, points: &[Point], width: f64, color: Color) -> Result<(), PlotError> {
        for ends in points.windows(2) {
            let (a, b) = (ends[0], ends[1]);
            let length = (b.0 - a.0).hypot(b.1 - a.1);
            if length == 0.0 {
                continue;
            }
            let half = 0.5 * width / length;
            let (nx, ny) = (-(b.1 - a.1) * half, (b.0 - a.0) * half);
            let outline = [
                (a.0 + nx, a.1 + ny),
                (b.0 + nx, b.1 + ny),
                (b.0 - nx, b.1 - ny),
                (a.0 - nx, a.1 - ny),
            ];
            self.polygon(&outline, color)?;
        }
        let joins = points
            .get(1..points.len().saturating_sub(1))
            .unwrap_or_default();
        joins
            .iter()
            .try_for_each(|&join| self.disc(join, 0.5 * width, color))
    }

    fn polygon(&mut self, points: &[Point], color: Color) -> Result<(), PlotError> {
        let points: Vec<Point> = points
            .iter()
            .map(|p| (p.0 * Self::SCALE, p.1 * Self::SCALE))
            .collect();
        let top = points.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
        let bottom = points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
        let mut crossings = Vec::new();
        for row in rows(top, bottom) {
            let y = f64::from(row) + 0.5;
            crossings.clear();
            for (index, &a) in points.iter().enumerate() {
                let b = points[(index + 1) % points.len()];
                if (a.1 <= y) != (b.1 <= y) {
                    crossings.push(a.0 + (y - a.1) * (b.0 - a.0) / (b.1 - a.1));
                }
            }
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                self.fill_row(row, pair[0], pair[1], color)?;
            }
        }
        Ok(())
    }

    fn disc(&mut self, center: Point, radius: f64, color: Color) -> Result<(), PlotError> {
        let (x, y) = (center.0 * Self::SCALE, center.1 * Self::SCALE);
        let radius = radius * Self::SCALE;
        for row in rows(y - radius, y + radius) {
            let half = (radius.powi(2) - (f64::from(row) + 0.5 - y).powi(2))
                .max(0.0)
                .sqrt();
            self.fill_row(row, x - half, x + half, color)?;
        }
        Ok(())
    }

    fn text(&mut self, text: &Text) -> Result<(), PlotError> {
        let font = if text.bold { &*BOLD } else { &*REGULAR };
        let scale = em_scale(font, text.size * Self::SCALE);
        let before = match text.align {
            Align::Start => 0.0,
            Align::Middle => 0.5,
            Align::End => 1.0,
        };
        let mut pen = (-before * text_width(text.text, text.size, text.bold) * Self::SCALE) as f32;
        let origin = (
            (text.at.0 * Self::SCALE).round() as i32,
            (text.at.1 * Self::SCALE).round() as i32,
        );
        for c in text.text.chars() {
            let id = font.glyph_id(c);
            let glyph = id.with_scale_and_position(scale, point(pen, 0.0));
            pen += font.as_scaled(scale).h_advance(id);
            let Some(outline) = font.outline_glyph(glyph) else {
                continue;
            };
            let corner = outline.px_bounds().min;
            let mut failed = None;
            outline.draw(|column, row, coverage| {
                let (along, down) = (
                    corner.x as i32 + column as i32,
                    corner.y as i32 + row as i32,
                );
                let at = match text.upward {
                    false => (origin.0 + along, origin.1 + down),
                    true => (origin.0 + down, origin.1 - along),
                };
                let Color(r, g, b) = text.color;
                let ink = RGBAColor(r, g, b, f64::from(coverage.clamp(0.0, 1.0)));
                let drawn = self
                    .backend
                    .draw_pixel(at, plotters::style::Color::to_backend_color(&ink));
                failed = failed.take().or(drawn.err());
            });
            if let Some(error) = failed {
                return Err(draw_error(error));
            }
        }
        Ok(())
    }
}

/// Draws a page of the given size as an SVG document.
pub(super) fn svg(
    (width, height): (u32, u32),
    draw: impl FnOnce(&mut dyn Surface) -> Result<(), PlotError>,
) -> Result<String, PlotError> {
    let (fine_width, fine_height) = (width * SVG_STEPS, height * SVG_STEPS);
    let mut document = String::new();
    {
        let backend = SVGBackend::with_string(&mut document, (fine_width, fine_height));
        let mut vector = Vector { backend };
        draw(&mut vector)?;
        vector.backend.present().map_err(draw_error)?;
    }
    // The backend states the fine size; the page has the coarse one, and the view box scales.
    let fine = format!("width=\"{fine_width}\" height=\"{fine_height}\"");
    let page = format!("width=\"{width}\" height=\"{height}\" stroke-linejoin=\"round\"");
    Ok(document.replacen(&fine, &page, 1))
}

/// The SVG document in its fine coordinates.
struct Vector<'a> {
    backend: SVGBackend<'a>,
}

impl Vector<'_> {
    const SCALE: f64 = SVG_STEPS as f64;

    fn place(point: &Point) -> (i32, i32) {
        (
            (point.0 * Self::SCALE).round() as i32,
            (point.1 * Self::SCALE).round() as i32,
        )
    }

    fn length(length: f64) -> u32 {
        (length * Self::SCALE).round() as u32
    }
}

impl Surface for Vector<'_> {
    fn polyline(&mut self, points: &[Point], width: f64, color: Color) -> Result<(), PlotError> {
        let style = shape(color, Self::length(width));
        self.backend
            .draw_path(points.iter().map(Self::place), &style)
            .map_err(draw_error)
    }

    fn polygon(&mut self, points: &[Point], color: Color) -> Result<(), PlotError> {
        let style = shape(color, 0);
        self.backend
            .fill_polygon(points.iter().map(Self::place), &style)
            .map_err(draw_error)
    }

    fn disc(&mut self, center: Point, radius: f64, color: Color) -> Result<(), PlotError> {
        let (center, radius) = (Self::place(&center), Self::length(radius));
        self.backend
            .draw_circle(center, radius, &shape(color, 0), true)
            .map_err(draw_error)
    }

    fn text(&mut self, text: &Text) -> Result<(), PlotError> {
        // A text anchored at its top has its baseline 0.76 em below the place given, and the
        // backend divides font sizes by 1.24.
        let drop = 0.76 * text.size;
        let (at, transform) = match text.upward {
            false => ((text.at.0, text.at.1 - drop), FontTransform::None),
            true => ((text.at.0 - drop, text.at.1), FontTransform::Rotate270),
        };
        let h_pos = match text.align {
            Align::Start => HPos::Left,
            Align::Middle => HPos::Center,
            Align::End => HPos::Right,
        };
        let weight = if text.bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        let family = FontFamily::Name("DejaVu Sans, Verdana, sans-serif");
        let size = (text.size * Self::SCALE).round() * 1.24;
        let font = FontDesc::new(family, size, weight).transform(transform);
        let ink = shape(text.color, 0).color;
        let style = TextStyle::from(font)
            .pos(Pos::new(h_pos, VPos::Top))
            .color(&ink);
        self.backend
            .draw_text(text.text, &style, Self::place(&at))
            .map_err(draw_error)
    }
}
