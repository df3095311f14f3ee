//! Oracle accounts as Pyth's own code writes them.

use anchor_lang_v1::AccountSerialize;
use plimsoll_client::Address;
use pyth_sdk_solana::state as legacy;
use pyth_solana_receiver_sdk::price_update::{PriceFeedMessage, PriceUpdateV2, VerificationLevel};

/// The Pyth receiver program.
pub const RECEIVER: Address = Address::from_str_const("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ");
/// The receiver of the second valid set of Pyth programs.
pub const RECEIVER_PRO: Address = Address::from_str_const("rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp");
/// The legacy oracle program.
pub const LEGACY: Address = Address::from_str_const("FsJ3A3u2vn5cTVofAjvy6y5kwABJAqYWpe4975bi2epH");

/// Switchboard On-Demand.
pub const SWITCHBOARD: Address = Address::from_str_const("SBondMDrcV3K4kxZR1HNVT7osZxAHVHgYXL5Ze1oMUv");
/// Its queue of oracles.
pub const QUEUE: Address = Address::from_str_const("A43DyUGA7s8eXPxqEjJY6EBu1KKbNgfxF8h17VAHn13w");

/// A price with everything an oracle says about it. Prices in 10^-8 quote, the usual Pyth exponent.
#[derive(Clone, Copy, Debug)]
pub struct Quote {
    pub feed: [u8; 32],
    pub price: i64,
    pub confidence: u64,
    pub exponent: i32,
    pub publish_time: i64,
    pub previous_publish_time: i64,
    pub ema: i64,
    pub full: bool,
}

impl Quote {
    /// A quiet price: its average is the same, its confidence 0.02 %, the update before it one second older.
    pub fn at(feed: [u8; 32], price: i64, publish_time: i64) -> Self {
        Self {
            feed,
            price,
            confidence: price.unsigned_abs() / 5_000,
            exponent: -8,
            publish_time,
            previous_publish_time: publish_time - 1,
            ema: price,
            full: true,
        }
    }

    /// A `PriceUpdateV2` account's data.
    pub fn pull(&self) -> Vec<u8> {
        let level = if self.full { VerificationLevel::Full } else { VerificationLevel::Partial { num_signatures: 5 } };
        let update = PriceUpdateV2 {
            write_authority: [9; 32].into(),
            verification_level: level,
            price_message: PriceFeedMessage {
                feed_id: self.feed,
                price: self.price,
                conf: self.confidence,
                exponent: self.exponent,
                publish_time: self.publish_time,
                prev_publish_time: self.previous_publish_time,
                ema_price: self.ema,
                ema_conf: self.confidence,
            },
            posted_slot: 1,
        };
        let mut data = Vec::with_capacity(PriceUpdateV2::LEN);
        update.try_serialize(&mut data).expect("serialises");
        data.resize(PriceUpdateV2::LEN, 0);
        data
    }

    /// A legacy price account's data; `full` says whether it trades.
    pub fn legacy(&self) -> Vec<u8> {
        let mut account: Box<legacy::SolanaPriceAccount> = bytemuck::allocation::zeroed_box();
        account.magic = legacy::MAGIC;
        account.ver = legacy::VERSION_2;
        account.atype = legacy::AccountType::Price as u32;
        account.size = size_of::<legacy::SolanaPriceAccount>() as u32;
        account.ptype = legacy::PriceType::Price;
        account.expo = self.exponent;
        account.ema_price.val = self.ema;
        account.timestamp = self.publish_time;
        account.prev_timestamp = self.previous_publish_time;
        account.prev_price = self.price;
        account.agg.price = self.price;
        account.agg.conf = self.confidence;
        account.agg.status = if self.full { legacy::PriceStatus::Trading } else { legacy::PriceStatus::Halted };
        bytemuck::bytes_of(&*account).to_vec()
    }
}

/// An answer of one of Switchboard's oracles. Values have 18 decimals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer {
    pub value: i128,
    pub slot: u64,
    pub signed_at: i64,
}

/// A Switchboard pull feed: what its owner chose, the answers, and the result.
#[derive(Clone, Debug)]
pub struct Feed {
    pub answers: [Answer; 32],
    pub queue: Address,
    pub jobs: [u8; 32],
    pub owner_may_write: bool,
    pub minimum_samples: u8,
    pub maximum_staleness: u32,
    pub last_update: i64,
    pub value: i128,
    pub deviation: i128,
    pub samples: u8,
    pub chosen: u8,
    pub slot: u64,
}

impl Feed {
    /// A quiet result of three answers, the second of which was chosen. Price in 10^-8.
    pub fn at(price: i64, signed_at: i64) -> Self {
        let value = i128::from(price) * 10_000_000_000;
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
        data.extend(1_700_000_000i64.to_le_bytes()); // created
        data.extend(0u64.to_le_bytes()); // permissions
        data.extend(1_000_000_000u64.to_le_bytes()); // largest variance
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
        terms.extend(1_700_000_000i64.to_le_bytes());
        terms.extend(0u64.to_le_bytes());
        terms.extend(1_000_000_000u64.to_le_bytes());
        terms.extend(1u32.to_le_bytes());
        terms.push(self.minimum_samples);
        terms.extend(self.maximum_staleness.to_le_bytes());
        plimsoll_client::wire::sha256(&terms)
    }
}
