//! Blockhashes that were fetched beforehand, and how far the chain is.

use std::collections::VecDeque;

use solana_hash::Hash;

/// Hashes that are kept: a few minutes' worth at one every second.
const KEPT: usize = 192;
/// Blocks that a transaction lives longer than its job: the height is known late, and blocks may come fast.
const MARGIN: u64 = 20;

/// What is known of the chain.
#[derive(Debug, Default)]
pub(super) struct Hashes {
    /// Oldest first, each with the last block that takes it.
    ring: VecDeque<(Hash, u64)>,
    height: u64,
    slot: u64,
}

impl Hashes {
    /// A hash, and the height at a slot.
    pub(super) fn learn(&mut self, hash: Hash, last_block: u64, height: u64, slot: u64) {
        if height > self.height {
            self.height = height;
            self.slot = slot;
        }
        let newest = self.ring.back().map_or(0, |(_, last)| *last);
        if last_block > newest {
            self.ring.push_back((hash, last_block));
        }
        while self.ring.len() > KEPT || self.ring.front().is_some_and(|(_, last)| *last <= self.height) {
            self.ring.pop_front();
        }
    }

    /// A node does not know one of them: only the newest is used from now on.
    pub(super) fn distrust(&mut self) {
        let newest = self.ring.pop_back();
        self.ring.clear();
        self.ring.extend(newest);
    }

    /// For a transaction that is worth something for so many slots more: the oldest hash that lives as long, else the
    /// newest. `None` while none is known.
    pub(super) fn choose(&self, slots: u64) -> Option<(Hash, u64)> {
        let needed = self.height.saturating_add(slots).saturating_add(MARGIN);
        let fitting = self.ring.iter().find(|(_, last)| *last >= needed);
        fitting.or(self.ring.back()).copied()
    }

    /// Whether a transaction can no longer land: a block above its last one is settled. Holds for whoever knows the chain
    /// up to the slot returned.
    pub(super) fn over(&self, last_block: u64) -> Option<u64> {
        (self.height > last_block).then_some(self.slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u8) -> Hash {
        Hash::new_from_array([number; 32])
    }

    fn hashes() -> Hashes {
        let mut hashes = Hashes::default();
        for number in 0..10_u8 {
            let height = 1_000 + u64::from(number) * 10;
            hashes.learn(hash(number), height + 150, height, height + 7);
        }
        hashes
    }

    #[test]
    fn the_oldest_that_lives_long_enough() {
        let hashes = hashes();
        // The height is 1,090; a job of 50 slots needs a life up to 1,160.
        assert_eq!(hashes.choose(50), Some((hash(1), 1_160)));
        assert_eq!(hashes.choose(0), Some((hash(0), 1_150)));
        assert_eq!(hashes.choose(1_000), Some((hash(9), 1_240)));
        assert_eq!(Hashes::default().choose(1), None);
    }

    #[test]
    fn hashes_end_with_their_last_block() {
        let mut hashes = hashes();
        assert_eq!(hashes.over(1_090), None);
        assert_eq!(hashes.over(1_089), Some(1_097));
        hashes.learn(hash(20), 1_320, 1_170, 1_177);
        assert_eq!(hashes.choose(0).map(|(_, last)| last), Some(1_190));
        hashes.distrust();
        assert_eq!(hashes.choose(0), Some((hash(20), 1_320)));
    }

    #[test]
    fn an_older_answer_changes_nothing() {
        let mut hashes = hashes();
        hashes.learn(hash(30), 1_155, 1_005, 1_012);
        assert_eq!(hashes.over(1_089), Some(1_097));
        assert_eq!(hashes.choose(1_000), Some((hash(9), 1_240)));
    }
}
