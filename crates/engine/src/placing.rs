//! Placing an order: whether the account may, and whether it can spare the fee.

use crate::{
    EngineError, Result,
    account::Initial,
    market::Market,
    order::{Order, Request},
    trade::{adds_risk, lots_oppose},
    units::{Atoms, Lots},
};

/// An account as an order in one market sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// What it holds there.
    pub held: Lots,
    /// Whether another of its orders waits there.
    pub waiting: bool,
    /// Whether it is flagged for liquidation.
    pub flagged: bool,
}

/// An order that may be placed once its fee is known to be spare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The order.
    pub order: Order,
    /// Whether initial margin must remain after the fee.
    ///
    /// Not where the order is no larger than the opposite position and the only one in its market: its fee is then small
    /// against the requirement it frees, and an account below its margin may place it.
    pub needs_margin: bool,
}

/// Checks everything but margin. Nothing is written.
pub fn prepare(
    mut cash: Atoms,
    market: &Market,
    holder: &Holder,
    request: &Request,
    sequence: u64,
    now: i64,
) -> Result<Placement> {
    if request.lots.size() > market.risk.side_cap {
        return Err(EngineError::PositionCapExceeded);
    }
    if !request.reduce_only && adds_risk(holder.held, request.lots)? {
        if holder.flagged {
            return Err(EngineError::AccountFlagged);
        }
        market.require_new_risk(now)?;
        market.fresh_price(now)?;
        if market.is_resuming(now) {
            return Err(EngineError::MarketResuming);
        }
    }
    let reduces = lots_oppose(holder.held, request.lots) && request.lots.size() <= holder.held.size();
    let order = Order::place(&mut cash, market, request, sequence, now)?;
    Ok(Placement { order, needs_margin: !reduces || holder.waiting })
}

impl Placement {
    /// Takes the fee out of `cash`. Where margin is needed `initial` is that of the account before.
    pub fn accept(&self, cash: &mut Atoms, initial: Option<&Initial>) -> Result<Order> {
        if self.needs_margin {
            let before = initial.ok_or(EngineError::MissingLeg)?;
            let after = Initial { equity: before.equity.minus(self.order.fee.signed()?)?, ..*before };
            if !after.is_met() {
                return Err(EngineError::BelowInitialMargin);
            }
        }
        *cash = cash.minus(self.order.fee).map_err(|_| EngineError::InsufficientCash)?;
        Ok(self.order)
    }
}
