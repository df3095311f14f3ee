//! Switchboard On-Demand's pull feeds.

use plimsoll_client::Address;

use crate::QUEUE;

/// When every feed here was created.
const CREATED: i64 = 1_700_000_000;
/// Largest variance of an answer's parts.
const VARIANCE: u64 = 1_000_000_000;
/// Units of 10^-18 in one of 10^-8.
const FINE: i128 = 10_000_000_000;

/// An answer of one of Switchboard's oracles. Values have 18 decimals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer {
    /// The value.
    pub value: i128,
    /// Slot in which it was signed.
    pub slot: u64,
    /// When its oracle signed it.
    pub signed_at: i64,
}

/// A Switchboard pull feed: what its owner chose, the answers, and the result.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Answers, the first ones used.
    pub answers: [Answer; 32],
    /// Queue of oracles that it belongs to.
    pub queue: Address,
    /// Hash of what its oracles fetch.
    pub jobs: [u8; 32],
    /// Whether its owner may write values.
    pub owner_may_write: bool,
    /// Answers that a result needs.
    pub minimum_samples: u8,
    /// Oldest answer that a result uses, in slots.
    pub maximum_staleness: u32,
    /// When an answer landed last.
    pub last_update: i64,
    /// The result.
    pub value: i128,
    /// Standard deviation of its answers.
    pub deviation: i128,
    /// Answers in it.
    pub samples: u8,
    /// Place of the answer that it is.
    pub chosen: u8,
    /// Slot of it; zero where there is none.
    pub slot: u64,
}

impl Feed {
    /// A quiet result of three answers, the second of which was chosen. Price in 10^-8.
    pub fn at(price: i64, signed_at: i64) -> Self {
        let value = i128::from(price) * FINE;
        let mut answers = [Answer::default(); 32];
        for (place, away) in [-1, 0, 1].into_iter().enumerate() {
            answers[place] =
                Answer { value: value + away * value / 10_000, slot: 90, signed_at: signed_at + away as i64 };
        }
        Self {
            answers,
            queue: QUEUE,
            jobs: [5; 32],
            owner_may_write: false,
            minimum_samples: 2,
            maximum_staleness: 250,
            last_update: signed_at + 2,
            value,
            deviation: value / 10_000,
            samples: 3,
            chosen: 1,
            slot: 90,
        }
    }

    /// The account's data, field after field.
    pub fn data(&self) -> Vec<u8> {
        let mut data = vec![196, 27, 108, 196, 10, 215, 219, 40];
        for answer in &self.answers {
            data.extend([8; 32]);
            data.extend(answer.slot.to_le_bytes());
            data.extend((answer.slot + 1).to_le_bytes());
            data.extend(answer.value.to_le_bytes());
        }
        data.extend([6; 32]); // who owns the feed
        data.extend(self.queue.to_bytes());
        data.extend(self.jobs);
        data.extend(CREATED.to_le_bytes()); // created
        data.extend(0u64.to_le_bytes()); // permissions
        data.extend(VARIANCE.to_le_bytes()); // largest variance
        data.extend(1u32.to_le_bytes()); // least responses
        data.extend([b'n'; 32]); // name
        data.extend([0, self.owner_may_write.into(), 0, self.minimum_samples]);
        data.extend(self.last_update.to_le_bytes());
        data.extend(0u64.to_le_bytes()); // slot of its lookup table
        data.extend([0; 32]);
        // The result: median, deviation, mean, range, least, largest.
        for value in [self.value, self.deviation, self.value, self.deviation.saturating_mul(2), self.value, self.value]
        {
            data.extend(value.to_le_bytes());
        }
        data.extend([self.samples, self.chosen, 0, 0, 0, 0, 0, 0]);
        data.extend([self.slot; 3].map(u64::to_le_bytes).concat());
        data.extend(self.maximum_staleness.to_le_bytes());
        data.extend([0; 12]);
        data.extend([0; 32 * 16]); // earlier results
        data.extend([0; 32]);
        data.extend(self.answers.map(|answer| answer.signed_at.to_le_bytes()).concat());
        data
    }

    /// What a market stores as the feed, where this account is at an address.
    pub fn digest(&self, address: &Address) -> [u8; 32] {
        let mut terms = address.to_bytes().to_vec();
        terms.extend(self.queue.to_bytes());
        terms.extend(self.jobs);
        terms.extend(CREATED.to_le_bytes());
        terms.extend(0u64.to_le_bytes());
        terms.extend(VARIANCE.to_le_bytes());
        terms.extend(1u32.to_le_bytes());
        terms.push(self.minimum_samples);
        terms.extend(self.maximum_staleness.to_le_bytes());
        plimsoll_client::wire::sha256(&terms)
    }
}
