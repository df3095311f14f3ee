//! Scripts and the list of what was claimed.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use crate::transition::{Explored, Transition};

/// What one transition gave.
pub struct Written {
    name: &'static str,
    obligations: BTreeMap<String, (&'static str, usize)>,
    paths: usize,
    asked: usize,
    fitting: usize,
}

/// Writes a transition's scripts.
pub fn write(directory: &Path, transition: &Transition, explored: &Explored) -> Written {
    let folder = directory.join(transition.name);
    fs::create_dir_all(&folder).expect("a directory");
    let mut written = Written {
        name: transition.name,
        obligations: BTreeMap::new(),
        paths: explored.capped.scripts.len(),
        asked: explored.capped.asked,
        fitting: explored.capped.fitting,
    };
    let uncapped = explored.uncapped.iter().flat_map(|explored| &explored.scripts);
    let scripts = explored.capped.scripts.iter().map(|script| ("path", script));
    for (index, (kind, script)) in scripts.chain(uncapped.map(|script| ("uncapped", script))).enumerate() {
        fs::write(folder.join(format!("{kind}-{index:04}.smt2")), format!("{script}\n")).expect("a file");
    }
    for claim in &explored.capped.claims {
        written.obligations.entry(claim.id.clone()).or_insert((claim.invariant, 0)).1 += 1;
    }
    written
}

/// Writes `obligations.json`.
pub fn index(directory: &Path, mut all: Vec<Written>) {
    all.sort_by_key(|written| written.name);
    let mut text = String::from("[\n");
    for (index, written) in all.iter().enumerate() {
        let obligations: Vec<_> = written
            .obligations
            .iter()
            .map(|(id, (invariant, paths))| {
                format!("    {{\"id\": \"{id}\", \"invariant\": \"{invariant}\", \"paths\": {paths}}}")
            })
            .collect();
        let Written { name, paths, asked, fitting, .. } = written;
        let comma = if index + 1 < all.len() { "," } else { "" };
        writeln!(
            text,
            "  {{\"transition\": \"{name}\", \"paths\": {paths}, \"asked\": {asked}, \"fitting\": {fitting}, \
             \"obligations\": [\n{}\n  ]}}{comma}",
            obligations.join(",\n")
        )
        .expect("a string");
    }
    text.push_str("]\n");
    fs::write(directory.join("obligations.json"), text).expect("a file");
}
