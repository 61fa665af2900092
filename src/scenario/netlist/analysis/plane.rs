//! `[analysis.phase-plane]`.

use super::super::ElementSpec;
use super::{PlaneSpec, Result};
use crate::scenario::section::Section;
use bjerrum_physics::circuit::Part;
use bjerrum_physics::excitability::PlaneRequest;

/// Names of all memories, `K.n`, in the order in which they are integrated.
fn memories(elements: &[ElementSpec]) -> Vec<String> {
    let mut names = Vec::new();
    for spec in elements {
        if let Part::OnePort { device, .. } = spec.element().part {
            let own = device.memories().iter();
            names.extend(own.map(|memory| format!("{}.{memory}", spec.name)));
        }
    }
    names
}

/// `[analysis.phase-plane]`.
pub(super) fn plane(section: &mut Section<'_>, elements: &[ElementSpec]) -> Result<PlaneSpec> {
    let memories = memories(elements);
    let [first, ..] = &memories[..] else {
        return Err(section.unphysical(
            "",
            "nothing in the circuit has a memory: there is a line, and no plane",
            "remove the table",
        ));
    };
    let number = |section: &Section<'_>, key: &str, name: &str| {
        let found = memories.iter().position(|memory| memory == name);
        found.ok_or_else(|| section.unknown_word(key, name, &memories))
    };
    let expected = format!("a memory, such as slow = {first:?}");
    let slow = if memories.len() == 1 && !section.has("slow") {
        section.record("slow", &format!("{first:?}"));
        0
    } else {
        let name = section.text("slow", &expected)?;
        number(section, "slow", &name)?
    };
    let mut fast = Vec::new();
    if section.has("fast") {
        for name in section.texts("fast", "a list of memories")? {
            let memory = number(section, "fast", &name)?;
            if memory == slow {
                return Err(section.unphysical(
                    "fast",
                    format!("{name} is the slow one already"),
                    "name the memories that follow the voltage at once",
                ));
            }
            fast.push(memory);
        }
    }
    Ok(PlaneSpec {
        request: PlaneRequest { slow, fast },
        memories,
    })
}
