//! The checks of a claim, drawn.

use crate::plot::{Axis, Figure, Legend, Marker, Panel, Scale, Trace, palette};
use bjerrum_validation::{Axes, Check, Finding};

/// What was expected and what was got, curve by curve, where the checks of `finding`
/// have places along `axes`.
#[must_use]
pub fn figure(finding: &Finding, axes: &Axes) -> Option<Figure> {
    let mut curves: Vec<&str> = Vec::new();
    for place in finding.checks.iter().filter_map(|check| check.at.as_ref()) {
        if !curves.contains(&place.curve.as_str()) {
            curves.push(&place.curve);
        }
    }
    if curves.is_empty() {
        return None;
    }
    let scale = if axes.logarithmic {
        Scale::Log
    } else {
        Scale::Linear
    };
    let mut panel = Panel::new(
        Axis::new(axes.x).scaled(scale),
        Axis::new(axes.y).scaled(scale),
    );
    panel.height = 300.0;
    panel.legend = Legend::Above;
    let markers = [Marker::Circle, Marker::Square];
    for (k, curve) in curves.iter().enumerate() {
        let marker = markers[k % markers.len()];
        let color = palette::CYCLE[k % palette::CYCLE.len()];
        let points = |value: fn(&Check) -> f64| -> Vec<(f64, f64)> {
            let on = finding.checks.iter().filter_map(|check| {
                let place = check.at.as_ref().filter(|place| place.curve == *curve)?;
                Some((place.x, value(check)))
            });
            on.collect()
        };
        let errors = points(|check| check.error)
            .iter()
            .map(|(_, e)| *e)
            .collect();
        panel.traces.push(Trace::published(
            format!("expected, {curve}"),
            marker,
            points(|check| check.expected),
        ));
        panel.traces.push(
            Trace::points(format!("got, {curve}"), color, points(|check| check.got))
                .with_error(errors),
        );
    }
    Some(Figure::new("", vec![panel]))
}
