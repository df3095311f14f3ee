//! Pyth's accounts: pull updates and legacy price accounts.

use anchor_lang_v1::AccountSerialize;
use pyth_sdk_solana::state as legacy;
use pyth_solana_receiver_sdk::price_update::{PriceFeedMessage, PriceUpdateV2, VerificationLevel};

/// A price with everything an oracle says about it. Prices in 10^-8 quote, the usual Pyth exponent.
#[derive(Clone, Copy, Debug)]
pub struct Quote {
    /// The feed's id.
    pub feed: [u8; 32],
    /// The price.
    pub price: i64,
    /// Half width of its confidence interval.
    pub confidence: u64,
    /// Decimal exponent of price, confidence and average.
    pub exponent: i32,
    /// Seconds since 1970 when it was published.
    pub publish_time: i64,
    /// The same of the update before it.
    pub previous_publish_time: i64,
    /// Moving average of the price.
    pub ema: i64,
    /// Whether all signatures were checked. In a legacy account: whether it trades.
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
        self.pull_at(1)
    }

    /// The same as posted in a slot.
    pub fn pull_at(&self, posted_slot: u64) -> Vec<u8> {
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
            posted_slot,
        };
        let mut data = Vec::with_capacity(PriceUpdateV2::LEN);
        update.try_serialize(&mut data).expect("writing into memory does not fail");
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
