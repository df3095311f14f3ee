//! All margin accounts in memory, laid out for one question: which of them can a price move have made unhealthy?
//!
//! Every leg carries a *trigger*: the price up to which its account is certainly healthy while the account's other legs stay
//! within theirs. Triggers of one side of one market stand next to one another, so a price tick is one pass over an array of
//! integers; only accounts with a crossed trigger are looked at with the engine. The triggers come from the engine too
//! ([`levels`]): no margin formula is written here.
//!
//! An account with two legs takes some 250 bytes. What few accounts have (orders, a flag, a protection level) stands in side
//! tables.

mod accounts;
mod evaluate;
mod levels;
mod ranking;
mod rows;

use std::collections::HashMap;

use plimsoll_client::{
    Address,
    engine::{market::Market as Core, price::Price},
    state::{Flag, MAX_ORDERS, MarginAccount, OrderSlot},
};

pub use ranking::{Ranking, Sick};

use accounts::{Accounts, LegRef};
use levels::{Levels, Regime};
use rows::Rows;

/// An account's number in the book.
pub type Id = u32;
/// A market's number in the book.
pub type MarketId = u16;

/// What few accounts have.
#[derive(Clone, Debug)]
pub struct Extra {
    /// Where it is queued.
    pub flag: Flag,
    /// Equity over maintenance at which it may be shrunk.
    pub protection: u64,
    /// Orders placed so far.
    pub order_sequence: u64,
    /// Its orders, by place.
    pub orders: [OrderSlot; MAX_ORDERS],
}

/// One market as the book values legs in it.
#[derive(Clone, Debug)]
struct Slot {
    address: Address,
    core: Box<Core>,
    /// Legs of the shorts and of the longs.
    sides: [Rows; 2],
    levels: Levels,
    regime: Regime,
}

/// The accounts, and the markets of their legs.
#[derive(Clone, Debug, Default)]
pub struct Book {
    accounts: Accounts,
    markets: Vec<Slot>,
    by_address: HashMap<Address, MarketId>,
    extras: HashMap<Id, Box<Extra>>,
}

impl Book {
    /// Adds a market, or replaces what is known of it. Says whether what its accounts' triggers were computed from has moved
    /// too far: then all of its accounts are to be looked at ([`Book::accounts_in`]).
    pub fn set_market(&mut self, address: Address, core: &Core, now: i64) -> (MarketId, bool) {
        let levels = Levels::of(core, now);
        let Some(id) = self.by_address.get(&address).copied() else {
            let id = MarketId::try_from(self.markets.len()).unwrap_or(MarketId::MAX);
            let (core, regime) = (Box::new(*core), Regime::of(core));
            self.markets.push(Slot { address, core, sides: Default::default(), levels, regime });
            self.by_address.insert(address, id);
            return (id, false);
        };
        let Some(slot) = self.markets.get_mut(usize::from(id)) else { return (id, false) };
        let moved = !slot.regime.covers(core, slot.sides.iter().any(|side| !side.is_empty()));
        if moved {
            slot.regime = Regime::of(core);
        }
        (*slot.core, slot.levels) = (*core, levels);
        (id, moved)
    }

    /// A market by its address.
    pub fn market_id(&self, address: &Address) -> Option<MarketId> {
        self.by_address.get(address).copied()
    }

    /// A market's address.
    pub fn market_address(&self, id: MarketId) -> Option<Address> {
        self.markets.get(usize::from(id)).map(|slot| slot.address)
    }

    /// A market as legs are valued in it.
    pub fn core(&self, id: MarketId) -> Option<&Core> {
        self.markets.get(usize::from(id)).map(|slot| &*slot.core)
    }

    /// How many accounts there are.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All accounts' numbers.
    pub fn ids(&self) -> impl Iterator<Item = Id> + '_ {
        self.accounts.ids()
    }

    /// An account's number.
    pub fn id(&self, address: &Address) -> Option<Id> {
        self.accounts.id(address)
    }

    /// An account's address.
    pub fn address(&self, id: Id) -> Option<Address> {
        self.accounts.address(id)
    }

    /// What an account has besides cash and legs; nothing where it has nothing.
    pub fn extra(&self, id: Id) -> Option<&Extra> {
        self.extras.get(&id).map(|extra| &**extra)
    }

    /// All accounts that have orders, a flag or a protection level.
    pub fn extras(&self) -> impl Iterator<Item = (Id, &Extra)> {
        self.extras.iter().map(|(id, extra)| (*id, &**extra))
    }

    /// Takes an account as it is in a slot. Nothing when something newer is known. Its triggers are not set yet: look at it.
    pub fn put(&mut self, address: &Address, state: &MarginAccount, slot: u64) -> Option<Id> {
        let escrow = state.escrow().unwrap_or_default();
        let (id, old) = self.accounts.put(address, state.cash.0, escrow.0, slot)?;
        for leg in old {
            self.take_row(leg);
        }
        let mut legs = Vec::new();
        for (place, leg) in state.legs.iter().enumerate().filter(|(_, leg)| !leg.is_free()) {
            let Some(market) = self.market_id(&leg.market) else { continue };
            let Some(rows) = self.rows_mut(market, leg.position.is_long()) else { continue };
            let place = u8::try_from(place).unwrap_or(u8::MAX);
            let row = rows.push(id, place, leg.position);
            legs.push(LegRef { row, market, long: leg.position.is_long() });
        }
        self.accounts.set_legs(id, &legs);
        self.note_extra(id, state);
        Some(id)
    }

    /// Forgets an account that no longer exists.
    pub fn remove(&mut self, address: &Address) {
        let Some(id) = self.id(address) else { return };
        for leg in self.accounts.legs(id).to_vec() {
            self.take_row(leg);
        }
        self.extras.remove(&id);
        self.accounts.remove(id);
    }

    /// Forgets every account that is not among these, unless it was heard of after a slot.
    pub fn retain(&mut self, slot: u64, exists: impl Fn(&Address) -> bool) {
        for address in self.accounts.older_than(slot) {
            if !exists(&address) {
                self.remove(&address);
            }
        }
    }

    fn note_extra(&mut self, id: Id, state: &MarginAccount) {
        let plain = state.protection == 0
            && state.flag.market == Address::default()
            && state.orders.iter().all(|slot| slot.order.is_empty());
        if plain {
            self.extras.remove(&id);
            return;
        }
        let extra = Extra {
            flag: state.flag,
            protection: state.protection,
            order_sequence: state.order_sequence,
            orders: state.orders,
        };
        self.extras.insert(id, Box::new(extra));
    }

    fn rows_mut(&mut self, market: MarketId, long: bool) -> Option<&mut Rows> {
        self.markets.get_mut(usize::from(market)).and_then(|slot| slot.sides.get_mut(usize::from(long)))
    }

    /// Takes a leg's row away, and tells the account whose row took its place.
    fn take_row(&mut self, leg: LegRef) {
        let Some(rows) = self.rows_mut(leg.market, leg.long) else { return };
        if let Some((moved, from)) = rows.take(leg.row) {
            self.accounts.move_leg(moved, LegRef { row: from, ..leg }, leg.row);
        }
    }

    /// All accounts with a leg in a market.
    pub fn accounts_in(&self, market: MarketId) -> Vec<Id> {
        let mut owners = Vec::new();
        if let Some(slot) = self.markets.get(usize::from(market)) {
            slot.sides.iter().for_each(|side| owners.extend_from_slice(side.owners()));
        }
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    /// The accounts whose trigger in a market is crossed at its prices: the only ones that a move there can have made
    /// unhealthy. `out` is filled; an account with both sides crossed cannot be, as it has one leg in a market.
    pub fn crossed(&self, market: MarketId, out: &mut Vec<Id>) {
        out.clear();
        let Some(slot) = self.markets.get(usize::from(market)) else { return };
        let [shorts, longs] = &slot.sides;
        longs.below(slot.levels.price(true), out);
        shorts.above(slot.levels.price(false), out);
    }

    /// Bytes on the heap: what a million accounts take.
    pub fn bytes(&self) -> usize {
        let rows: usize = self.markets.iter().flat_map(|slot| &slot.sides).map(Rows::bytes).sum();
        rows + self.accounts.bytes() + self.extras.len() * (size_of::<Extra>() + size_of::<(Id, usize)>())
    }

    /// The newest price that a market's book was given.
    pub fn price(&self, market: MarketId) -> Option<Price> {
        self.core(market).map(|core| core.price)
    }
}
