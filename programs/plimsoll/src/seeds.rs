//! Every seed of every program-derived address, in one place.

/// `[EXCHANGE, id as u32 LE]`
pub const EXCHANGE: &[u8] = b"exchange";
/// `[VAULT, exchange]`: the token account that holds all collateral.
pub const VAULT: &[u8] = b"vault";
/// `[INSURANCE, exchange]`
pub const INSURANCE: &[u8] = b"insurance";
/// `[INSURANCE_VAULT, exchange]`: the token account of the insurance fund.
pub const INSURANCE_VAULT: &[u8] = b"insurance_vault";
/// `[MARKET, exchange, index as u16 LE]`
pub const MARKET: &[u8] = b"market";
/// `[MARGIN, exchange, owner, index as u16 LE]`
pub const MARGIN: &[u8] = b"margin";
/// `[PROPOSAL, exchange, sequence as u64 LE]`
pub const PROPOSAL: &[u8] = b"proposal";
/// `[SHARES, pool, owner]`, where the pool is a market or an insurance fund.
pub const SHARES: &[u8] = b"shares";
/// `[VENUE, margin, venue, market, one for buying or zero for selling]`
pub const VENUE: &[u8] = b"venue";
