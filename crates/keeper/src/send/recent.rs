//! Signatures of lately: two equal jobs signed with one blockhash would be one transaction, and the second would be
//! taken for done because the first is.

use std::collections::{HashSet, VecDeque};

use solana_signature::Signature;

/// More than are signed while a blockhash is used.
const KEPT: usize = 16_384;

/// The last signatures.
#[derive(Default)]
pub(super) struct Recent {
    order: VecDeque<Signature>,
    set: HashSet<Signature>,
}

impl Recent {
    /// Remembers one. False if it is among them already.
    pub(super) fn is_new(&mut self, signature: Signature) -> bool {
        if !self.set.insert(signature) {
            return false;
        }
        self.order.push_back(signature);
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.set.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten() {
        let signature = |number: usize| {
            let mut bytes = [0; 64];
            bytes[..8].copy_from_slice(&number.to_le_bytes());
            Signature::from(bytes)
        };
        let mut recent = Recent::default();
        for number in 0..=KEPT {
            assert!(recent.is_new(signature(number)));
        }
        assert!(!recent.is_new(signature(1)));
        assert!(recent.is_new(signature(0)));
        assert_eq!(recent.set.len(), KEPT);
    }
}
