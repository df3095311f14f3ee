//! The legs of one side of one market, field after field: a scan reads triggers alone.

use plimsoll_client::engine::position::Position;

use super::Id;

/// Legs with their triggers.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    triggers: Vec<u64>,
    owners: Vec<Id>,
    places: Vec<u8>,
    positions: Vec<Position>,
}

impl Rows {
    /// Whether there is no leg.
    pub fn is_empty(&self) -> bool {
        self.owners.is_empty()
    }

    /// Adds a leg that is crossed at every price until its trigger is set.
    pub fn push(&mut self, owner: Id, place: u8, position: Position) -> u32 {
        let row = u32::try_from(self.owners.len()).unwrap_or(u32::MAX);
        self.triggers.push(if position.is_long() { u64::MAX } else { 0 });
        self.owners.push(owner);
        self.places.push(place);
        self.positions.push(position);
        row
    }

    /// Takes a leg away; the last one moves into its place. Says whose that was, and from which row.
    pub fn take(&mut self, row: u32) -> Option<(Id, u32)> {
        let at = row as usize;
        if at >= self.owners.len() {
            return None;
        }
        self.triggers.swap_remove(at);
        self.owners.swap_remove(at);
        self.places.swap_remove(at);
        self.positions.swap_remove(at);
        let moved = self.owners.get(at).copied()?;
        Some((moved, u32::try_from(self.owners.len()).unwrap_or(u32::MAX)))
    }

    /// A leg: its place in the account and its position.
    pub fn get(&self, row: u32) -> Option<(usize, &Position)> {
        Some((usize::from(*self.places.get(row as usize)?), self.positions.get(row as usize)?))
    }

    /// Sets a leg's trigger.
    pub fn set_trigger(&mut self, row: u32, trigger: u64) {
        if let Some(place) = self.triggers.get_mut(row as usize) {
            *place = trigger;
        }
    }

    /// All owners, one for each leg.
    pub fn owners(&self) -> &[Id] {
        &self.owners
    }

    /// Owners of the legs that a price below their trigger may have made unhealthy.
    pub fn below(&self, price: u64, out: &mut Vec<Id>) {
        collect(&self.triggers, &self.owners, out, |trigger| price < trigger);
    }

    /// Owners of the legs that a price above their trigger may have made unhealthy.
    pub fn above(&self, price: u64, out: &mut Vec<Id>) {
        collect(&self.triggers, &self.owners, out, |trigger| price > trigger);
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.triggers.capacity() * size_of::<u64>()
            + self.owners.capacity() * size_of::<Id>()
            + self.places.capacity()
            + self.positions.capacity() * size_of::<Position>()
    }
}

/// How many triggers are compared at once: most blocks have none that is crossed, and cost one branch.
const BLOCK: usize = 64;

fn collect(triggers: &[u64], owners: &[Id], out: &mut Vec<Id>, crossed: impl Fn(u64) -> bool) {
    for (block, of) in triggers.chunks(BLOCK).zip(owners.chunks(BLOCK)) {
        let count: usize = block.iter().map(|trigger| usize::from(crossed(*trigger))).sum();
        if count > 0 {
            out.extend(block.iter().zip(of).filter(|(trigger, _)| crossed(**trigger)).map(|(_, owner)| *owner));
        }
    }
}
