//! Orders: two steps, so that nobody picks a price and no order is an option.

use bytemuck::{Pod, Zeroable};

use crate::{
    EngineError, Result,
    market::Market,
    price::Price,
    risk::Risk,
    trade::lots_oppose,
    units::{Atoms, Lots, Pnl, Ticks},
};

/// An order that was placed and paid for, waiting for its one update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Order {
    /// Signed size to trade; zero is an empty slot.
    pub lots: Lots,
    /// Worst fill price.
    pub limit: Ticks,
    /// `t`: when it was placed, or when its trigger fired.
    pub placed_at: i64,
    /// Fee held outside cash and equity until the order ends.
    pub fee: Atoms,
    /// Part of `fee` for whoever executes it.
    pub execution_fee: Atoms,
    /// Price at which it fires; zero when it has no trigger, or has fired.
    pub trigger: Ticks,
    /// Counts the account's orders, so that an order can be named after it ended.
    pub sequence: u64,
    /// One when it may only reduce the position.
    pub reduce_only: u8,
    /// One when the trigger fires above its price, zero below.
    pub trigger_above: u8,
    /// Zero.
    pub padding: [u8; 6],
}

/// What a trader asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Signed size.
    pub lots: Lots,
    /// Worst fill price.
    pub limit: Ticks,
    /// Whether the order may only reduce.
    pub reduce_only: bool,
    /// The price that makes it an order: a stop or a take-profit.
    pub trigger: Option<Trigger>,
}

/// A price that an update has to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The price.
    pub price: Ticks,
    /// Whether it is reached from below: at this price or above it.
    pub above: bool,
}

/// A trigger that fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fired {
    /// The trigger.
    pub trigger: Trigger,
    /// The price that reached it.
    pub price: Ticks,
    /// `t` from now on.
    pub placed_at: i64,
}

/// Where an order stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its price is not known yet, or its trigger has not fired: it may be cancelled and the fee comes back.
    Waiting,
    /// Its price is or may be known: it executes, or fails.
    Binding,
    /// Nobody executed it in time: it closes and the fee is kept.
    Expired,
}

impl Order {
    /// Places an order at `now`: takes the fee out of `cash`.
    pub fn place(cash: &mut Atoms, market: &Market, request: &Request, sequence: u64, now: i64) -> Result<Self> {
        if request.lots.is_zero() || request.limit.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        if request.trigger.is_some_and(|trigger| trigger.price.is_zero()) {
            return Err(EngineError::ZeroAmount);
        }
        market.require_reductions()?;
        // A limit so far off that it overflows would fail at execution, when the fee is lost.
        request.lots.at(request.limit)?;
        let notional = request.lots.size().at(market.usable_price(now)?)?;
        let execution_fee = market.risk.execution_fee;
        let fee = market.risk.fee.mul_ceil(notional)?.plus(execution_fee)?;
        *cash = cash.minus(fee).map_err(|_| EngineError::InsufficientCash)?;
        Ok(Self {
            lots: request.lots,
            limit: request.limit,
            // The newest price anyone used here must not be one the order can execute at.
            placed_at: now.max(market.published()),
            fee,
            execution_fee,
            sequence,
            trigger: request.trigger.map_or(Ticks::ZERO, |trigger| trigger.price),
            trigger_above: u8::from(request.trigger.is_some_and(|trigger| trigger.above)),
            reduce_only: u8::from(request.reduce_only),
            ..Self::default()
        })
    }

    /// The trigger that has not fired yet.
    pub fn trigger(&self) -> Option<Trigger> {
        if self.trigger.is_zero() {
            return None;
        }
        Some(Trigger { price: self.trigger, above: self.trigger_above == 1 })
    }

    /// Fires the trigger with an update that was published after the order: from here on it is an order placed now.
    ///
    /// The update may be older than the market's price, so that a price which came and went fires it too.
    pub fn fire(&mut self, market: &Market, update: &Price, now: i64) -> Result<Fired> {
        let trigger = self.trigger().ok_or(EngineError::WrongTrigger)?;
        market.require_reductions()?;
        if update.publish_time <= self.placed_at {
            return Err(EngineError::PriceNotNewer);
        }
        if update.publish_time > now.saturating_add(i64::from(market.risk.clock_lag)) {
            return Err(EngineError::PriceFromFuture);
        }
        update.fresh(&market.risk, now)?;
        if !trigger.is_met(update.oracle) {
            return Err(EngineError::TriggerNotMet);
        }
        let placed_at = now.max(update.publish_time).max(market.published());
        *self = Self { placed_at, trigger: Ticks::ZERO, trigger_above: 0, ..*self };
        Ok(Fired { trigger, price: update.oracle, placed_at })
    }

    /// Whether the slot holds no order.
    pub fn is_empty(&self) -> bool {
        self.lots.is_zero()
    }

    /// `d`, `w` and the clock's lag of this order: those in force when it was placed. A change of parameters moves no order's
    /// update, or whoever executes the change would choose between two.
    fn times(&self, risk: &Risk) -> (i64, i64, i64) {
        let (delay, window, lag) = if self.placed_at <= risk.past.changed_at {
            (risk.past.order_delay, risk.past.order_window, risk.past.clock_lag)
        } else {
            (risk.order_delay, risk.order_window, risk.clock_lag)
        };
        (delay.into(), window.into(), lag.into())
    }

    /// `t + d`: the order executes at the first update published from here on.
    pub fn execution_time(&self, risk: &Risk) -> Result<i64> {
        self.placed_at.checked_add(self.times(risk).0).ok_or(EngineError::Overflow)
    }

    /// Where the order stands. The last window is for landing an update that was published in the first.
    pub fn stage(&self, risk: &Risk, now: i64) -> Result<Stage> {
        if self.trigger().is_some() {
            return Ok(Stage::Waiting);
        }
        let from = self.execution_time(risk)?;
        let (_, window, lag) = self.times(risk);
        let windows = window.saturating_mul(2);
        let until = from.checked_add(windows).ok_or(EngineError::Overflow)?;
        Ok(match now {
            // The update may be known before the cluster's clock, which lags, gets there.
            _ if now.saturating_add(lag) < from => Stage::Waiting,
            _ if now <= until => Stage::Binding,
            _ => Stage::Expired,
        })
    }

    /// Whether `update` is the one update at which this order executes.
    pub fn require_update(&self, risk: &Risk, update: &Price) -> Result<()> {
        if self.trigger().is_some() {
            return Err(EngineError::WrongTrigger);
        }
        let from = self.execution_time(risk)?;
        let until = from.checked_add(self.times(risk).1).ok_or(EngineError::Overflow)?;
        let unique = update.previous_publish_time < from && from <= update.publish_time;
        if unique && update.publish_time <= until { Ok(()) } else { Err(EngineError::WrongUpdate) }
    }

    /// Whether a fill of `lots` for `cost` respects the limit. One inequality serves both sides.
    pub fn require_limit(&self, lots: Lots, cost: Pnl) -> Result<()> {
        if cost <= lots.at(self.limit)? { Ok(()) } else { Err(EngineError::LimitNotMet) }
    }

    /// The size to trade against a position of `held` lots: a reduce-only order is cut down to the position.
    pub fn size_against(&self, held: Lots) -> Result<Lots> {
        if self.reduce_only == 0 {
            return Ok(self.lots);
        }
        if !lots_oppose(held, self.lots) {
            return Err(EngineError::ReduceOnly);
        }
        self.lots.size().min(held.size()).signed(self.lots.is_positive())
    }

    /// Whether the fields agree.
    pub fn invariant(&self) -> bool {
        self.reduce_only <= 1
            && self.trigger_above <= u8::from(!self.trigger.is_zero())
            && self.execution_fee <= self.fee
            && (!self.is_empty() || self.fee.is_zero())
    }
}

impl Trigger {
    /// Whether a price reaches it.
    pub fn is_met(&self, price: Ticks) -> bool {
        if self.above { price >= self.price } else { price <= self.price }
    }
}

/// Splits an ended order's fee between its executor, if any, and the treasury.
pub fn split_fee(order: &Order, executor: bool) -> Result<(Atoms, Atoms)> {
    let tip = if executor { order.execution_fee } else { Atoms::ZERO };
    Ok((tip, order.fee.minus(tip)?))
}
