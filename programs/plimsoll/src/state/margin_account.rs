use plimsoll_engine::{
    account::MAX_LEGS, limiter::Quota, market::Market, order::Order, placing::Holder, position::Position, queue::Entry,
    units::Atoms,
};

use super::LiquidationQueue;
use crate::{errors::PlimsollError, wire::*};

/// Orders that an account can have waiting.
pub const MAX_ORDERS: usize = 8;

part! {
    /// A position and its market.
    #[derive(Default)]
    pub struct Leg {
        /// The market; zero in a free leg.
        pub market: Address,
        /// The position.
        pub position: Position,
    }
}

part! {
    /// An order and its market.
    #[derive(Default)]
    pub struct OrderSlot {
        /// The market; zero in a free slot.
        pub market: Address,
        /// The order.
        pub order: Order,
    }
}

part! {
    /// Where the account is queued for liquidation.
    #[derive(Default)]
    pub struct Flag {
        /// The market whose queue holds it; zero when not flagged.
        pub market: Address,
        /// Place in that queue.
        pub place: u64,
        /// Until then it cannot withdraw or add risk, unless it is found healthy before.
        pub until: i64,
    }
}

account! {
    /// A trader's collateral and positions, margined together.
    pub struct MarginAccount {
        /// The exchange it belongs to.
        pub exchange: Address,
        /// May do everything with it.
        pub owner: Address,
        /// May trade but not withdraw; zero when none.
        pub delegate: Address,
        /// Collateral. Never negative.
        pub cash: Atoms,
        /// Positions.
        pub legs: [Leg; MAX_LEGS],
        /// Orders, whose fees are outside `cash`.
        pub orders: [OrderSlot; MAX_ORDERS],
        /// Liquidation queue entry.
        pub flag: Flag,
        /// Orders placed so far.
        pub order_sequence: u64,
        /// Equity over maintenance at which keepers may shrink the account; zero when not asked for.
        pub protection: u64,
        /// Which of the owner's accounts this is.
        pub index: u16,
        /// Bump of this address.
        pub bump: u8,
        /// Zero.
        pub padding: [u8; 5],
        /// What the withdrawal limiter lets it take out in any case.
        pub quota: Quota,
        /// Zero, for what comes.
        pub reserved: [u64; 4],
    }
}

impl Leg {
    /// Whether the leg can be given to another market.
    pub fn is_free(&self) -> bool {
        same(&self.market, &Address::default())
    }
}

/// Whether two addresses are the same, word by word: the general comparison of bytes costs twice as much, and every leg
/// needs several.
pub fn same(a: &Address, b: &Address) -> bool {
    let words = |address| bytemuck::try_cast_ref::<[u8; 32], [u64; 4]>(address);
    match (words(a.as_array()), words(b.as_array())) {
        (Ok([a0, a1, a2, a3]), Ok([b0, b1, b2, b3])) => a0 == b0 && a1 == b1 && a2 == b2 && a3 == b3,
        _ => a == b,
    }
}

impl MarginAccount {
    /// Sum of the fees held for waiting orders.
    pub fn escrow(&self) -> plimsoll_engine::Result<Atoms> {
        self.orders.iter().try_fold(Atoms::ZERO, |sum, slot| sum.plus(slot.order.fee))
    }

    /// Place of the leg in a market.
    pub fn leg_in(&self, market: &Address) -> Option<usize> {
        self.legs.iter().position(|leg| same(&leg.market, market))
    }

    /// Place of the leg in a market, or of the first free one.
    pub fn leg_for(&self, market: &Address) -> Option<usize> {
        self.leg_in(market).or_else(|| self.leg_in(&Address::default()))
    }

    /// Stores a position: an empty one frees its leg.
    pub fn set_position(&mut self, place: usize, market: &Address, position: Position) {
        if let Some(leg) = self.legs.get_mut(place) {
            *leg = if position.is_empty() { Leg::default() } else { Leg { market: *market, position } };
        }
    }

    /// The order at a place, which must be for this market.
    pub fn order_at(&self, place: u8, market: &Address) -> core::result::Result<Order, PlimsollError> {
        let slot = self.orders.get(usize::from(place)).filter(|slot| !slot.order.is_empty() && slot.market == *market);
        slot.map(|slot| slot.order).ok_or(PlimsollError::NoSuchOrder)
    }

    /// Stores an order, or an empty slot.
    pub fn set_order(&mut self, place: u8, order: OrderSlot) {
        if let Some(slot) = self.orders.get_mut(usize::from(place)) {
            *slot = order;
        }
    }

    /// Whether an order in `market` that was placed before another, and waits for no trigger, has not ended.
    pub fn is_behind(&self, market: &Address, sequence: u64) -> bool {
        self.due_orders().any(|slot| slot.market == *market && slot.order.sequence < sequence)
    }

    /// Whether any order that waits for no trigger has not ended.
    pub fn has_due_order(&self) -> bool {
        self.due_orders().next().is_some()
    }

    fn due_orders(&self) -> impl Iterator<Item = &OrderSlot> {
        self.orders.iter().filter(|slot| !slot.order.is_empty() && slot.order.trigger().is_none())
    }

    /// The position of a leg.
    pub fn position(&self, place: usize) -> Position {
        self.legs.get(place).map_or_else(Position::default, |leg| leg.position)
    }

    /// The account as a new order in a market sees it: with what deleveraging left of its position.
    pub fn holder(&self, address: &Address, market: &Market, now: i64) -> plimsoll_engine::Result<Holder> {
        let position = self.leg_in(address).map_or_else(Position::default, |place| self.position(place));
        Ok(Holder {
            held: market.book.touched(&position, market.price.oracle)?.lots,
            waiting: self.orders.iter().any(|slot| slot.market == *address),
            flagged: self.is_flagged(now),
        })
    }

    /// Whether the account is flagged at `now`: it may then neither withdraw nor add risk.
    pub fn is_flagged(&self, now: i64) -> bool {
        self.flag.until >= now
    }

    /// Place of the account's entry in the queue it is flagged in.
    pub fn place(&self) -> usize {
        usize::try_from(self.flag.place).unwrap_or(usize::MAX)
    }

    /// The place that the account remembers in the queue of `market`, if it was flagged there.
    pub fn place_in(&self, market: &Address) -> Option<usize> {
        (self.flag.market == *market).then(|| self.place())
    }

    /// The account's entry in the queue of `market`, if it is still there.
    pub fn entry_in(&self, market: &Address, own: &Address, queue: &LiquidationQueue) -> Option<Entry> {
        self.place_in(market).and_then(|place| queue.queue.entry_of(own.as_array(), place).ok())
    }

    /// Whether the stored state is possible: every leg sound, no market twice, free places empty.
    pub fn invariant(&self) -> bool {
        let legs = self.legs.iter().enumerate().all(|(place, leg)| {
            let empty = leg.position == Position::default();
            let unique = self.leg_in(&leg.market) == Some(place);
            if leg.is_free() { empty } else { unique && leg.position.invariant() && !leg.position.is_empty() }
        });
        let orders = self
            .orders
            .iter()
            .all(|slot| slot.order.invariant() && slot.order.is_empty() == (slot.market == Address::default()));
        legs && orders && self.escrow().is_ok() && self.quota.invariant()
    }
}
