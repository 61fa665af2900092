//! The figures of results that have lines of theory beside them.

use super::{PictureError, Source, binned, note};
use crate::plot::figures::{
    Binned, Conduction, IvCurve, Measured, Memory, Pairing, PairingCurve, Published,
};
use crate::plot::{Figure, Scale};
use crate::results::Table;
use crate::scenario::SlitSpec;
use bjerrum_physics::interaction::Interaction;
use bjerrum_validation::published;

impl Source {
    /// Conduction of each slit against the field, with what theory predicts of it.
    pub(super) fn iv_curve(&self, table: &Table) -> Result<Figure, PictureError> {
        let published = |pick: fn(&published::ConstantField) -> f64| Published {
            source: published::CONSTANT_FIELDS_LABEL.to_owned(),
            points: published::CONSTANT_FIELDS
                .iter()
                .filter(|_| self.scenario.is_of_published_ions())
                .map(|row| (row.field, pick(row)))
                .collect(),
        };
        let exponents = self.table("wien_exponents");
        let slits = self.scenario.slits.iter();
        let curve = |slit: &SlitSpec| Conduction {
            label: self.label(slit),
            ratio: rows(table, slit, "ratio"),
            free_fraction: rows(table, slit, "free_fraction"),
            exponent: exponents.map_or(Vec::new(), |all| rows(all, slit, "exponent")),
            theory_ratio: self.line("steady", &slit.name, "field", "ratio"),
            theory_exponent: self.line("steady", &slit.name, "field", "exponent"),
            pure_logarithm: exponents.and_then(|_| Some(1.0 + 0.5 * slit.coupling()?)),
        };
        let curves: Vec<Conduction> = slits.map(curve).collect();
        Ok(IvCurve {
            caption: self.caption()?,
            curves,
            published_ratio: published(|row| row.ratio),
            published_free_fraction: published(|row| row.free_fraction),
            theory: "pair kinetics".to_owned(),
            scale: Scale::Log,
        }
        .figure())
    }

    /// Free ions against T*, a curve for each slit of the file.
    pub(super) fn pairing(&self, table: &Table) -> Result<Figure, PictureError> {
        let all = measured(table);
        let names: Vec<&str> = note(table, "rows").split(", ").collect();
        let densities = table.column("density");
        let curve = |slit: &SlitSpec| {
            let own = || (0..all.len()).filter(|&k| names[k] == slit.written);
            let density = own().next().map_or(f64::NAN, |k| densities[k]);
            let line = |theory: &str| {
                let name = format!("{}-{theory}", slit.written);
                self.line("pairing", &name, "reduced_temperature", "free_fraction")
            };
            PairingCurve {
                label: format!("{density:.1e} nm⁻²"),
                free: own().map(|k| all[k]).collect(),
                ideal: line("ideal"),
                screened: line("screened"),
            }
        };
        Ok(Pairing {
            caption: self.caption()?,
            curves: self.scenario.written_slits().map(curve).collect(),
        }
        .figure())
    }

    /// Areas of loops against the frequency.
    pub(super) fn memory(&self, table: &Table) -> Result<Figure, PictureError> {
        let (area, error) = (table.column("area"), table.column("area_error"));
        let points = table.column("frequency").into_iter().zip(area).zip(error);
        Ok(Memory {
            caption: self.caption()?,
            areas: points
                .map(|((x, value), error)| Measured { x, value, error })
                .collect(),
            law: self.line("memory", "area-law", "frequency", "area"),
            memory_time: table.scalar("memory_time"),
            decay_time: self
                .table("relaxation")
                .and_then(|decay| decay.scalar("memory_time")),
        }
        .figure())
    }

    /// The line of theory of `name` beside the table `of`; empty if there is none.
    fn line(&self, of: &str, name: &str, x: &str, y: &str) -> Vec<(f64, f64)> {
        let line = self.table(&format!("theory/{of}/{name}"));
        line.map_or(Vec::new(), |line| {
            line.column(x).into_iter().zip(line.column(y)).collect()
        })
    }

    /// What tells a slit from the others of its figure.
    fn label(&self, slit: &SlitSpec) -> String {
        if self.scenario.slits.len() == 1 {
            return "this run".to_owned();
        }
        let walls = match (slit.coupling(), slit.interaction) {
            _ if slit.name == slit.written => return slit.name.clone(),
            (Some(coupling), _) => format!("Γ = {coupling:.2}"),
            (None, Interaction::Screening(walls)) => {
                format!("screened over {:.1} Å", walls.slowest_mode().0)
            }
            _ => slit.name.clone(),
        };
        let alone = self
            .scenario
            .slits
            .iter()
            .all(|other| other.written == slit.written);
        match alone {
            true => walls,
            false => format!("{}, {walls}", slit.written),
        }
    }
}

/// The rows of `slit` in a table whose rows are named.
fn rows(table: &Table, slit: &SlitSpec, name: &str) -> Vec<Binned> {
    let all = binned(table, name, &format!("{name}_error"));
    let names = note(table, "rows").split(", ");
    let own = all
        .into_iter()
        .zip(names)
        .filter(|(_, row)| *row == slit.name);
    own.map(|(bin, _)| bin).collect()
}

fn measured(table: &Table) -> Vec<Measured> {
    let of = |name: &str| table.column(name);
    let values = of("free_fraction")
        .into_iter()
        .zip(of("free_fraction_error"));
    let all = of("reduced_temperature").into_iter().zip(values);
    all.map(|(x, (value, error))| Measured { x, value, error })
        .collect()
}
