//! What is bid per compute unit: what others bid lately, more when transactions come late, never more than a part of what
//! they earn.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use plimsoll_client::Address;

use crate::{config::Fees, job::Job};

/// Lamports of a signature.
pub(super) const SIGNATURE: u64 = 5_000;
const LAMPORTS: u128 = 1_000_000_000;
const MICRO: u128 = 1_000_000;
/// Accounts whose fees are remembered.
const KEPT: usize = 1_024;
/// An account whose fees are asked for is one that was written so often lately: most are written once.
const OFTEN: u32 = 2;
/// How lately that is.
const LATELY: Duration = Duration::from_secs(120);
/// How long an answer is good.
const FRESH: Duration = Duration::from_secs(10);
/// Slots within which a transaction should land.
const SOON: u64 = 4;
/// What is bid of what others bid, in thousandths.
const LEVELS: std::ops::RangeInclusive<u64> = 1_000..=20_000;

/// An account's fees.
struct Known {
    price: u64,
    uses: u32,
    used: Instant,
    asked: Option<Instant>,
}

/// What is known of fees.
pub(super) struct Prices {
    fees: Fees,
    accounts: HashMap<Address, Known>,
    anywhere: u64,
    anywhere_asked: Option<Instant>,
    level: u64,
}

impl Prices {
    /// Nothing is known yet.
    pub(super) fn new(fees: &Fees) -> Self {
        let level = *LEVELS.start();
        Self { fees: fees.clone(), accounts: HashMap::new(), anywhere: 0, anywhere_asked: None, level }
    }

    /// The bid for a job. Nobody is asked and nothing waited for.
    pub(super) fn bid(&mut self, job: &Job, now: Instant) -> u64 {
        let mut lately = self.anywhere;
        for address in job.draft.written() {
            let unknown = Known { price: 0, uses: 0, used: now, asked: None };
            let known = self.accounts.entry(address).or_insert(unknown);
            known.uses = if now.duration_since(known.used) > LATELY { 1 } else { known.uses.saturating_add(1) };
            known.used = now;
            lately = lately.max(known.price);
        }
        self.forget();
        let raised = u128::from(lately.max(self.fees.min_price)).saturating_mul(self.level.into()) / 1_000;
        let bid = u64::try_from(raised).unwrap_or(u64::MAX);
        bid.min(self.most(job)).max(self.fees.min_price)
    }

    /// The most that may be bid for a job: its reward's part, less what its signature costs.
    fn most(&self, job: &Job) -> u64 {
        if job.reward == 0 {
            return self.fees.unpaid_max_price;
        }
        let share = u128::from(job.reward).saturating_mul(self.fees.reward_share_percent.into()) / 100;
        let lamports = share.saturating_mul(LAMPORTS) / u128::from(self.fees.atoms_per_sol.max(1));
        let bidden = lamports.saturating_sub(SIGNATURE.into()).saturating_mul(MICRO);
        let price = bidden / u128::from(job.draft.limit.max(1));
        u64::try_from(price).unwrap_or(u64::MAX).min(self.fees.max_price)
    }

    /// One landed after so many slots.
    pub(super) fn landed(&mut self, slots: u64) {
        if slots <= SOON {
            self.level = (self.level.saturating_mul(95) / 100).max(*LEVELS.start());
        } else {
            self.late();
        }
    }

    /// One came late, or never.
    pub(super) fn late(&mut self) {
        self.level = (self.level.saturating_mul(5) / 4).min(*LEVELS.end());
    }

    /// What should be asked for next: the fees of an account, or of anything at all.
    pub(super) fn due(&mut self, now: Instant) -> Option<Option<Address>> {
        let old = |asked: Option<Instant>| asked.is_none_or(|asked| now.duration_since(asked) >= FRESH);
        if old(self.anywhere_asked) {
            self.anywhere_asked = Some(now);
            return Some(None);
        }
        let lately = |known: &Known| known.uses >= OFTEN && now.duration_since(known.used) <= LATELY;
        let wanted = self.accounts.iter_mut().filter(|(_, known)| lately(known) && old(known.asked));
        let (address, known) = wanted.max_by_key(|(_, known)| known.uses)?;
        known.asked = Some(now);
        Some(Some(*address))
    }

    /// What was bid lately.
    pub(super) fn learn(&mut self, account: Option<Address>, price: u64) {
        match account {
            None => self.anywhere = price,
            Some(address) => {
                if let Some(known) = self.accounts.get_mut(&address) {
                    known.price = price;
                }
            }
        }
    }

    /// Keeps the accounts within their bound: the half that was used longest ago goes at once, not one each time.
    fn forget(&mut self) {
        if self.accounts.len() <= KEPT {
            return;
        }
        let mut used: Vec<Instant> = self.accounts.values().map(|known| known.used).collect();
        used.sort_unstable();
        let middle = used.get(used.len() / 2).copied();
        self.accounts.retain(|_, known| middle.is_none_or(|middle| known.used > middle));
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_client::transaction::Draft;
    use solana_instruction::{AccountMeta, Instruction};

    use super::*;
    use crate::job::Kind;

    fn fees() -> Fees {
        Fees {
            min_price: 100,
            max_price: 50_000,
            unpaid_max_price: 1_000,
            reward_share_percent: 50,
            atoms_per_sol: 100_000_000,
            ..Fees::default()
        }
    }

    fn job(reward: u64, written: u8) -> Job {
        let metas = vec![AccountMeta::new(Address::new_from_array([written; 32]), false)];
        let instruction = Instruction { program_id: plimsoll_client::ID, accounts: metas, data: Vec::new() };
        let draft = Draft::default().with(instruction, 200_000);
        Job { kind: Kind::Flag, subjects: Vec::new(), draft, reward, last_slot: 1, decided: Instant::now() }
    }

    #[test]
    fn bids_follow_the_account_that_costs_most() {
        let (mut prices, now) = (Prices::new(&fees()), Instant::now());
        assert_eq!(prices.bid(&job(1_000_000, 1), now), 100);
        prices.learn(None, 300);
        assert_eq!(prices.bid(&job(1_000_000, 1), now), 300);
        prices.learn(Some(Address::new_from_array([1; 32])), 700);
        assert_eq!(prices.bid(&job(1_000_000, 1), now), 700);
        assert_eq!(prices.bid(&job(1_000_000, 2), now), 300);
    }

    #[test]
    fn bids_stay_within_a_part_of_the_reward() {
        let (mut prices, now) = (Prices::new(&fees()), Instant::now());
        prices.learn(None, 40_000);
        // 2,000 atoms are 20,000 lamports; half of it less a signature is 5,000, over 200,000 units.
        assert_eq!(prices.bid(&job(2_000, 1), now), 25_000);
        assert_eq!(prices.bid(&job(0, 1), now), 1_000);
        assert_eq!(prices.bid(&job(1, 1), now), 100);
        prices.learn(None, 1_000_000);
        assert_eq!(prices.bid(&job(u64::MAX, 1), now), 50_000);
    }

    #[test]
    fn late_ones_raise_and_prompt_ones_lower() {
        let (mut prices, now) = (Prices::new(&fees()), Instant::now());
        prices.learn(None, 1_000);
        prices.late();
        assert_eq!(prices.bid(&job(1_000_000, 1), now), 1_250);
        prices.landed(9);
        assert_eq!(prices.bid(&job(1_000_000, 1), now), 1_562);
        for _ in 0..100 {
            prices.landed(1);
        }
        assert_eq!(prices.bid(&job(1_000_000, 1), now), 1_000);
        for _ in 0..100 {
            prices.late();
        }
        assert_eq!(prices.bid(&job(1_000_000, 1), now), 20_000);
    }

    #[test]
    fn only_what_is_written_often_is_asked_for() {
        let (mut prices, now) = (Prices::new(&fees()), Instant::now());
        assert_eq!(prices.due(now), Some(None));
        prices.bid(&job(1, 1), now);
        assert_eq!(prices.due(now), None);
        prices.bid(&job(1, 1), now);
        assert_eq!(prices.due(now), Some(Some(Address::new_from_array([1; 32]))));
        assert_eq!(prices.due(now), None);
        assert_eq!(prices.due(now + FRESH), Some(None));
        assert_eq!(prices.due(now + FRESH), Some(Some(Address::new_from_array([1; 32]))));
    }

    #[test]
    fn memory_is_bounded() {
        let (mut prices, mut now) = (Prices::new(&fees()), Instant::now());
        for number in 0..5_000_u32 {
            let mut address = [0; 32];
            address[..4].copy_from_slice(&number.to_le_bytes());
            let mut job = job(1, 0);
            job.draft.instructions[0].accounts[0].pubkey = Address::new_from_array(address);
            now += Duration::from_millis(1);
            prices.bid(&job, now);
        }
        assert!(prices.accounts.len() <= KEPT);
    }
}
