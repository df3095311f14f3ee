//! Which slot it is, also while nobody tells: jobs must end when all nodes are gone.

use std::time::{Duration, Instant};

/// So long without a slot is nothing unusual.
const QUIET: Duration = Duration::from_secs(2);
/// After that one passes about so often.
const SLOT: Duration = Duration::from_millis(400);
/// What is so far beyond what the nodes say was never so.
const INVENTED: u64 = 150;

/// What was heard last.
#[derive(Debug)]
pub(super) struct Now {
    slot: u64,
    heard: Instant,
}

impl Default for Now {
    fn default() -> Self {
        Self { slot: 0, heard: Instant::now() }
    }
}

impl Now {
    /// A slot was heard of.
    pub(super) fn heard(&mut self, slot: u64) -> u64 {
        if slot > self.slot {
            *self = Self { slot, heard: Instant::now() };
        }
        self.slot()
    }

    /// The nodes, taken together, are at a slot; zero if that is not known.
    pub(super) fn believed(&mut self, slot: u64) -> u64 {
        if slot > 0 && self.slot > slot.saturating_add(INVENTED) {
            self.slot = slot;
        }
        self.heard(slot)
    }

    fn slot(&self) -> u64 {
        let unheard = self.heard.elapsed().saturating_sub(QUIET).as_millis() / SLOT.as_millis();
        self.slot.saturating_add(u64::try_from(unheard).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_pass_while_nobody_tells() {
        let mut now = Now::default();
        assert_eq!(now.heard(100), 100);
        assert_eq!(now.heard(90), 100);
        now.heard -= QUIET + SLOT * 5;
        assert!(now.slot() >= 105);
        assert_eq!(now.heard(120), 120);
    }

    #[test]
    fn an_invented_slot_is_got_over() {
        let mut now = Now::default();
        now.heard(1_000_000);
        assert_eq!(now.believed(0), 1_000_000);
        assert_eq!(now.believed(500), 500);
        assert_eq!(now.heard(510), 510);
        assert_eq!(now.believed(505), 510);
    }
}
