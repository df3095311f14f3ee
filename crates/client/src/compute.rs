//! Compute limits of instructions, from the units that were measured on the real binary.

use std::{collections::BTreeMap, sync::OnceLock};

/// The committed snapshot of the program's costs.
const SNAPSHOT: &str = include_str!("../../../tests/snapshots/cu.json");
/// Legs that were measured.
const MEASURED: [usize; 4] = [1, 2, 4, 8];
/// What a limit has beyond what was measured, in per cent: other bumps, longer logs, a fuller queue.
const ROOM: u32 = 30;
/// What every limit has beyond that: a CPI into a token program, and the cost of deriving an address anew.
const BASE: u32 = 15_000;
/// The most that a transaction may ask for.
pub const MOST: u32 = 1_400_000;

/// The measured units by name.
pub fn measured() -> &'static BTreeMap<String, u32> {
    static UNITS: OnceLock<BTreeMap<String, u32>> = OnceLock::new();
    UNITS.get_or_init(|| serde_json::from_str(SNAPSHOT).unwrap_or_default())
}

/// The limit for an instruction by its name in the interface, for an account of so many legs.
///
/// An instruction that is measured under several names (`liquidate` and `liquidate_bankrupt`, `refresh_market` and
/// `refresh_market/two_sources`) is given what the dearest needs.
pub fn limit(name: &str, legs: usize) -> u32 {
    let legs = MEASURED.into_iter().find(|measured| *measured >= legs).unwrap_or(MEASURED[3]);
    let most = measured().iter().filter(|(key, _)| is_of(key, name, legs)).map(|(_, units)| *units).max();
    most.map_or(MOST, |units| units.saturating_add(units.saturating_mul(ROOM) / 100).saturating_add(BASE))
}

/// Whether a measurement is one of an instruction with as many legs, or with whatever else it varies by.
fn is_of(key: &str, name: &str, legs: usize) -> bool {
    let (measured, variant) = key.split_once('/').unwrap_or((key, ""));
    let same =
        measured == name || measured.strip_prefix(name).is_some_and(|rest| matches!(rest, "_bankrupt" | "_for_floor"));
    same && variant.parse::<usize>().map_or(true, |count| count == legs || !MEASURED.contains(&count))
}
