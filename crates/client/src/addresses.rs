//! Program-derived addresses.

use crate::{ID, seeds, wire::Address};

fn derive(parts: &[&[u8]]) -> Address {
    Address::find_program_address(parts, &ID).0
}

/// An exchange, by its id.
pub fn exchange(id: u32) -> Address {
    derive(&[seeds::EXCHANGE, &id.to_le_bytes()])
}

/// The vault of an exchange.
pub fn vault(exchange: &Address) -> Address {
    derive(&[seeds::VAULT, exchange.as_ref()])
}

/// The insurance fund of an exchange.
pub fn insurance(exchange: &Address) -> Address {
    derive(&[seeds::INSURANCE, exchange.as_ref()])
}

/// The vault of an exchange's insurance fund.
pub fn insurance_vault(exchange: &Address) -> Address {
    derive(&[seeds::INSURANCE_VAULT, exchange.as_ref()])
}

/// A market of an exchange, by its index.
pub fn market(exchange: &Address, index: u16) -> Address {
    derive(&[seeds::MARKET, exchange.as_ref(), &index.to_le_bytes()])
}

/// A margin account of an owner, by its index.
pub fn margin(exchange: &Address, owner: &Address, index: u16) -> Address {
    derive(&[seeds::MARGIN, exchange.as_ref(), owner.as_ref(), &index.to_le_bytes()])
}

/// What a margin account lets a venue buy, or sell, in a market.
pub fn grant(margin: &Address, venue: &Address, market: &Address, buys: bool) -> Address {
    derive(&[seeds::VENUE, margin.as_ref(), venue.as_ref(), market.as_ref(), &[u8::from(buys)]])
}

/// A proposal of an exchange, by its sequence.
pub fn proposal(exchange: &Address, sequence: u64) -> Address {
    derive(&[seeds::PROPOSAL, exchange.as_ref(), &sequence.to_le_bytes()])
}

/// An owner's shares in a pool: a market or an insurance fund.
pub fn shares(pool: &Address, owner: &Address) -> Address {
    derive(&[seeds::SHARES, pool.as_ref(), owner.as_ref()])
}
