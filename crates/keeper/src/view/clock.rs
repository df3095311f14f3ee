//! The cluster's slot and time, between two of which ours goes on.

use std::time::Instant;

use plimsoll_client::Address;

/// Where the cluster's time stands.
pub const SYSVAR: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");
/// Places in it.
const SLOT: usize = 0;
const TIME: usize = 32;

/// The cluster's slot and time.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    slot: u64,
    time: i64,
    seen: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self { slot: 0, time: 0, seen: Instant::now() }
    }
}

impl Clock {
    /// Takes the clock's account, if it is newer.
    pub fn take(&mut self, data: &[u8]) -> bool {
        let word = |place: usize| data.get(place..place + 8).and_then(|bytes| bytes.try_into().ok());
        let (Some(slot), Some(time)) = (word(SLOT).map(u64::from_le_bytes), word(TIME).map(i64::from_le_bytes)) else {
            return false;
        };
        if slot < self.slot && time <= self.time {
            return false;
        }
        let newer = time > self.time;
        self.slot = self.slot.max(slot);
        if newer {
            (self.time, self.seen) = (time, Instant::now());
        }
        newer
    }

    /// Takes a slot, if it is newer.
    pub fn take_slot(&mut self, slot: u64) -> bool {
        let newer = slot > self.slot;
        self.slot = self.slot.max(slot);
        newer
    }

    /// The newest slot.
    pub fn slot(&self) -> u64 {
        self.slot
    }

    /// The cluster's time now.
    pub fn now(&self) -> i64 {
        let passed = i64::try_from(self.seen.elapsed().as_secs()).unwrap_or(0);
        // The cluster's clock goes in whole seconds, and a transaction sent now lands in a moment.
        self.time.saturating_add(passed.min(DRIFT))
    }
}

/// Seconds for which our clock goes on without the cluster's: after that the cluster stands still.
const DRIFT: i64 = 5;
