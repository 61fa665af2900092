//! A study as the table `/results/convergence`.

use super::limit::{deviation, judge, limit};
use super::{Limit, Observable, Rung, Study};
use crate::results::{Column, Scalar, Table};
use bjerrum_physics::statistics::Estimate;

/// H5MD has no symbol for kT; the long name says what it is.
const FIELD_UNIT: &str = "kT e-1 Angstrom-1";

/// What the fit assumes, for the reader of the file.
const MODEL: &str = "value = limit + slope * substep^order; order 1 for Euler-Maruyama, 2 for steps in \
                     several evaluations, which are fitted where Euler's do not tell; least squares over \
                     the finest settings that lie on a line, the scenario's own left out";

/// Everything found, one row a setting.
pub(super) fn table(study: &Study) -> Table {
    let limit = limit(study);
    let judgement = judge(study, limit.as_ref());
    Table {
        name: "convergence".to_owned(),
        title: "The observable against the step".to_owned(),
        columns: columns(study, limit.as_ref()),
        scalars: scalars(study, limit.as_ref()),
        notes: [
            ("observable", study.plan.observable.name().to_owned()),
            ("subject", study.subject.clone()),
            ("verdict", judgement.verdict.name().to_owned()),
            ("reason", judgement.reason),
            ("model", MODEL.to_owned()),
            ("left_out", study.left_out.join("; ")),
        ]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (name.to_owned(), text))
        .collect(),
    }
}

/// Unit of the observable.
fn unit(observable: Observable) -> &'static str {
    match observable {
        Observable::EscapeTime => "ps",
        Observable::Current => "1",
    }
}

fn columns(study: &Study, limit: Option<&Limit>) -> Vec<Column> {
    let of = |pick: &dyn Fn(&Rung) -> f64| study.rungs.iter().map(pick).collect::<Vec<f64>>();
    let column = |name: &str, unit: &str, long_name: &str, values: Vec<f64>| Column {
        name: name.to_owned(),
        unit: unit.to_owned(),
        long_name: long_name.to_owned(),
        values,
    };
    let off = |rung: &Rung| limit.map_or(NOTHING, |l| deviation(rung.value, l.line.intercept));
    let fitted = |rung: &Rung| {
        let setting = rung.setting;
        let inside = |l: &Limit| l.steps.is_of(setting) && setting.substep() <= l.longest;
        setting != study.used.setting && limit.is_some_and(inside)
    };
    let flag = |yes: bool| if yes { 1.0 } else { 0.0 };
    let unit = unit(study.plan.observable);
    vec![
        column("step", "ps", "step", of(&|r| r.setting.step)),
        column(
            "evaluations",
            "1",
            "force evaluations in a step of a tight pair; 1: Euler-Maruyama",
            of(&|r| f64::from(r.setting.evaluations())),
        ),
        column(
            "substep",
            "ps",
            "time between two force evaluations of a tight pair",
            of(&|r| r.setting.substep()),
        ),
        column(
            "cost",
            "1",
            "force evaluations of a tight pair in 5 ps",
            of(&|r| 5.0 / r.setting.step * f64::from(r.setting.evaluations())),
        ),
        column("value", unit, "the observable", of(&|r| r.value.mean)),
        column(
            "value_error",
            unit,
            "standard error of the observable",
            of(&|r| r.value.error),
        ),
        column(
            "samples",
            "1",
            "escapes, or windows, it was taken over",
            of(&|r| r.samples as f64),
        ),
        column(
            "deviation",
            "1",
            "observable over the limit, less one",
            of(&|r| off(r).mean),
        ),
        column(
            "deviation_error",
            "1",
            "standard error of the deviation, that of the limit included",
            of(&|r| off(r).error),
        ),
        column(
            "fitted",
            "1",
            "1 where the limit was fitted to",
            of(&|r| flag(fitted(r))),
        ),
        column(
            "used",
            "1",
            "1 for the setting of the scenario",
            of(&|r| flag(r.setting == study.used.setting)),
        ),
    ]
}

const NOTHING: Estimate = Estimate {
    mean: f64::NAN,
    error: f64::NAN,
};

fn scalars(study: &Study, limit: Option<&Limit>) -> Vec<Scalar> {
    let unit = unit(study.plan.observable);
    let order = limit.map_or(1, |limit| limit.steps.order());
    let slope_unit = match (study.plan.observable, order) {
        (Observable::EscapeTime, 1) => "1",
        (Observable::EscapeTime, _) => "ps-1",
        (Observable::Current, 1) => "ps-1",
        (Observable::Current, _) => "ps-2",
    };
    let mut scalars = vec![
        (
            "field",
            FIELD_UNIT,
            "field, kT/(e Angstrom)",
            study.plan.field,
        ),
        (
            "tolerance",
            "1",
            "largest relative deviation that passes",
            study.plan.tolerance,
        ),
        ("effort", "1", "effort", study.plan.effort),
    ];
    if let Some(Limit {
        line,
        steps,
        longest,
        shortest,
    }) = limit
    {
        scalars.extend([
            ("limit", unit, steps.limit_name(), line.intercept.mean),
            (
                "order",
                "1",
                "power of the time between evaluations that the line is in",
                f64::from(order),
            ),
            (
                "limit_error",
                unit,
                "its standard error",
                line.intercept.error,
            ),
            ("slope", slope_unit, "slope of the line", line.slope.mean),
            (
                "slope_error",
                slope_unit,
                "its standard error",
                line.slope.error,
            ),
            ("chi_square", "1", "chi square of the line", line.chi_square),
            (
                "freedom",
                "1",
                "degrees of freedom of the line",
                line.freedom as f64,
            ),
            (
                "longest_fitted",
                "ps",
                "longest time between evaluations fitted",
                *longest,
            ),
            (
                "shortest_fitted",
                "ps",
                "shortest time between evaluations fitted",
                *shortest,
            ),
        ]);
    }
    let scalar = |(name, unit, long_name, value): (&str, &str, &str, f64)| Scalar {
        name: name.to_owned(),
        unit: unit.to_owned(),
        long_name: long_name.to_owned(),
        value,
    };
    scalars.into_iter().map(scalar).collect()
}
