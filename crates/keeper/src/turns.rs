//! Whose turn it is, where several keepers see the same work.
//!
//! Keepers find one another on chain: each entry of a queue names who flagged it. All of them draw the same lot for every
//! piece of work, by the digest of its name and each one's address, so that one goes first and the others step in when it does
//! not. Nobody has to agree to anything, and who does not take part gains what it would gain anyway.

use std::collections::HashMap;

use plimsoll_client::{Address, wire::sha256};

/// Slots after which a keeper that was not heard of does not count any more.
const FORGOTTEN: u64 = 900;

/// The keepers that were heard of.
#[derive(Clone, Debug)]
pub struct Turns {
    own: Address,
    peers: Vec<Address>,
    heard: HashMap<Address, u64>,
}

impl Turns {
    /// Of a keeper that is paid at an address, with others that it is told of.
    pub fn new(own: Address, peers: Vec<Address>) -> Self {
        Self { own, peers, heard: HashMap::new() }
    }

    /// A keeper was at work in a slot.
    pub fn hear(&mut self, keeper: Address, slot: u64) {
        if keeper != self.own {
            let last = self.heard.entry(keeper).or_default();
            *last = slot.max(*last);
        }
    }

    /// Forgets who was not heard of for long.
    pub fn forget(&mut self, slot: u64) {
        self.heard.retain(|_, last| last.saturating_add(FORGOTTEN) > slot);
    }

    /// How many others there are.
    pub fn others(&self) -> usize {
        self.all().count()
    }

    fn all(&self) -> impl Iterator<Item = &Address> {
        let heard = self.heard.keys().filter(|keeper| !self.peers.contains(keeper));
        self.peers.iter().filter(|peer| **peer != self.own).chain(heard)
    }

    /// How many others come before this keeper for a piece of work: with none it goes at once.
    pub fn before(&self, work: &Address, number: u64) -> usize {
        let lot = |keeper: &Address| draw(keeper, work, number);
        let own = lot(&self.own);
        self.all().filter(|keeper| lot(keeper) > own).count()
    }
}

fn draw(keeper: &Address, work: &Address, number: u64) -> [u8; 32] {
    sha256(&[&keeper.to_bytes()[..], &work.to_bytes(), &number.to_le_bytes()].concat())
}
