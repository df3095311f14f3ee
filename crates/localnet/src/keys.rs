//! Everybody's keys on a local network. They follow from a seed: the same seed has the same people.

use sha2::{Digest, Sha256};
use solana_keypair::Keypair;

/// Keys by their role. They are published: whatever they hold is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    seed: u64,
}

impl Keys {
    /// The keys of a seed.
    pub fn of(seed: u64) -> Self {
        Self { seed }
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The exchange's admin, who also may upgrade the program.
    pub fn admin(&self) -> Keypair {
        self.key("admin", 0)
    }

    /// The exchange's guardian.
    pub fn guardian(&self) -> Keypair {
        self.key("guardian", 0)
    }

    /// Authority of the quote token's mint; pays for traders.
    pub fn faucet(&self) -> Keypair {
        self.key("faucet", 0)
    }

    /// The quote token's mint.
    pub fn mint(&self) -> Keypair {
        self.key("mint", 0)
    }

    /// A wallet with SOL for a keeper.
    pub fn keeper(&self) -> Keypair {
        self.key("keeper", 0)
    }

    /// Who stakes in the insurance fund.
    pub fn staker(&self) -> Keypair {
        self.key("staker", 0)
    }

    /// Who provides liquidity to the market with this index.
    pub fn provider(&self, market: usize) -> Keypair {
        self.key("provider", market as u64)
    }

    /// The account of the queue of the market with this index.
    pub fn queue(&self, market: usize) -> Keypair {
        self.key("queue", market as u64)
    }

    /// A trader by number.
    pub fn trader(&self, number: usize) -> Keypair {
        self.key("trader", number as u64)
    }

    fn key(&self, role: &str, number: u64) -> Keypair {
        let mut hash = Sha256::new_with_prefix(b"plimsoll local network");
        hash.update(self.seed.to_le_bytes());
        hash.update(number.to_le_bytes());
        hash.update(role);
        Keypair::new_from_array(hash.finalize().into())
    }
}
