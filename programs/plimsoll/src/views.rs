//! What the views return: the fields as they stand, little endian. This file is also compiled by the client.

use crate::wire::*;

part! {
    /// How an account stands, at the prices its markets hold and as far as funding was accrued. Amounts are atoms.
    #[derive(Default)]
    pub struct AccountHealth {
        /// `E`, for maintenance.
        pub equity: i64,
        /// Equity as initial margin counts it; without legs whose prices do not allow new risk.
        pub initial_equity: i64,
        /// Collateral.
        pub cash: u64,
        /// Fees held for waiting orders: part of `equity` only where it would be zero or less without them.
        pub escrow: u64,
        /// What `equity` is credited with for missing prices.
        pub credit: u64,
        /// `MM`.
        pub maintenance: u64,
        /// `IM`, likewise without such legs.
        pub initial_requirement: u64,
        /// What a withdrawal of now may take.
        pub withdrawable: u64,
        /// Priority key that a flag of now would store.
        pub key: u64,
        /// Market of the leg that it would be flagged for; zero when there is none.
        pub worst: Address,
        /// One when `E < MM`.
        pub liquidatable: u8,
        /// One when `E <= 0` and something is left to close.
        pub bankrupt: u8,
        /// One while it is flagged: it neither withdraws nor adds risk.
        pub flagged: u8,
        /// One when every leg has a price for new risk and withdrawals.
        pub initial_known: u8,
        /// Zero.
        pub padding: [u8; 4],
    }
}

part! {
    /// Where an account becomes liquidatable by one market alone. Prices are ticks.
    #[derive(Default)]
    pub struct LiquidationPrice {
        /// The nearest such price; zero when there is none.
        pub price: u64,
        /// The market's price.
        pub market_price: u64,
    }
}
