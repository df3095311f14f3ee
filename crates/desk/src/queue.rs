//! A market's liquidation queue, in order.

use core::cmp::Reverse;

use plimsoll_client::{
    Address,
    engine::queue::{CAPACITY, Now, Queue},
};

use crate::{Moment, Result, Venue, ratios::share};

answer! {
    /// A flagged account.
    pub struct QueueRow {
        /// The account.
        pub account: String,
        /// Its priority key in atoms: what waiting for it is expected to cost.
        pub key: u64,
        /// The key over the largest that counts.
        pub key_ppm: Option<i32>,
        /// Who is paid for flagging it.
        pub flagger: String,
        /// Slot of the first flag.
        pub first_slot: u64,
        /// Time of the first flag.
        pub first_time: i64,
        /// When it was last refreshed.
        pub refreshed_at: i64,
        /// Whether it waits for no capacity.
        pub urgent: bool,
        /// Whether it counts now: flagged in an earlier slot, at older prices, refreshed in time.
        pub counts: bool,
        /// Whether it may be liquidated now: its key is within tolerance of the largest.
        pub allowed: bool,
    }

    /// A market's queue.
    pub struct QueueFigures {
        /// The market.
        pub market: String,
        /// All entries: those that count first, each part by falling key.
        pub rows: Vec<QueueRow>,
        /// Entries it can hold.
        pub capacity: u32,
        /// The account that goes first.
        pub next: Option<String>,
        /// Whether there is capacity for the smallest step.
        pub has_capacity: bool,
        /// How close to the largest key an account's must be.
        pub tolerance_ppm: u32,
    }
}

impl Venue {
    /// The queue of a market.
    pub fn queue_figures(&self, address: &Address, at: Moment) -> Result<QueueFigures> {
        let market = self.market(address)?;
        let (core, queue) = (&market.core, &self.queue_of(market)?.queue);
        let throttle = core.throttle.refilled(&core.risk, at.time)?;
        let has_capacity = throttle.allows_step(&core.risk, core.price.oracle)?;
        let now = Now { slot: at.slot, time: at.time, published: core.published(), has_capacity };
        let mut rows: Vec<QueueRow> = (0..CAPACITY)
            .filter_map(|place| {
                let entry = queue.get(place)?;
                let counts = queue.counts(place, core.risk.entry_ttl, &now);
                Some(QueueRow {
                    account: Address::new_from_array(entry.account).to_string(),
                    key: entry.key.0,
                    key_ppm: None,
                    flagger: Address::new_from_array(entry.flagger).to_string(),
                    first_slot: entry.first_slot,
                    first_time: entry.first_time,
                    refreshed_at: entry.refreshed,
                    urgent: entry.urgent,
                    counts,
                    allowed: counts && queue.require_first(&core.risk, place, entry.key, &now).is_ok(),
                })
            })
            .collect();
        rows.sort_by_key(|row| (Reverse(row.counts), Reverse(row.key), row.first_slot));
        let largest = rows.first().filter(|row| row.counts).map(|row| (row.key, row.account.clone()));
        if let Some((key, _)) = &largest {
            let signed = |key: u64| i64::try_from(key).unwrap_or(i64::MAX);
            rows.iter_mut().for_each(|row| row.key_ppm = share(signed(row.key), *key));
        }
        Ok(QueueFigures {
            market: address.to_string(),
            rows,
            capacity: capacity(queue),
            next: largest.map(|(_, account)| account),
            has_capacity,
            tolerance_ppm: crate::ratios::ppm(core.risk.tolerance),
        })
    }
}

fn capacity(queue: &Queue) -> u32 {
    u32::try_from(queue.keys.len()).unwrap_or(u32::MAX)
}
