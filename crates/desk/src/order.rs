//! The orders of an account.

use plimsoll_client::{
    engine::{execution::stage, order::Stage},
    state,
};

use crate::{Moment, Result};

answer! {
    /// Where an order stands.
    pub enum OrderStage {
        /// It waits for a price that its trigger names.
        Armed,
        /// Its price is not known yet: it may be cancelled and the fee comes back.
        Requested,
        /// Its price is or may be known: it is executed, or fails.
        Binding,
        /// Nobody executed it in time: it ends and the fee is kept.
        Expired,
    }

    /// An order that has not ended.
    pub struct OrderFigures {
        /// Its market.
        pub market: String,
        /// Place in the account.
        pub place: u8,
        /// Counts the account's orders.
        pub sequence: u64,
        /// Signed size in lots.
        pub lots: i64,
        /// Worst fill price in ticks.
        pub limit: u64,
        /// Whether it may only reduce.
        pub reduce_only: bool,
        /// The price that its trigger waits for.
        pub trigger: Option<u64>,
        /// Whether that price is reached from below.
        pub trigger_above: bool,
        /// Fee held for it.
        pub fee: u64,
        /// When it was placed or its trigger fired.
        pub placed_at: i64,
        /// It executes at the first update published from then on.
        pub executes_from: i64,
        /// Where it stands.
        pub stage: OrderStage,
    }
}

/// An order in its market.
pub fn figures(place: usize, slot: &state::OrderSlot, market: &state::Market, at: Moment) -> Result<OrderFigures> {
    let (order, core) = (&slot.order, &market.core);
    let trigger = order.trigger();
    let stage = match stage(core, order, at.time)? {
        Stage::Waiting if trigger.is_some() => OrderStage::Armed,
        Stage::Waiting => OrderStage::Requested,
        Stage::Binding => OrderStage::Binding,
        Stage::Expired => OrderStage::Expired,
    };
    Ok(OrderFigures {
        market: slot.market.to_string(),
        place: u8::try_from(place).unwrap_or(u8::MAX),
        sequence: order.sequence,
        lots: order.lots.0,
        limit: order.limit.0,
        reduce_only: order.reduce_only == 1,
        trigger: trigger.map(|trigger| trigger.price.0),
        trigger_above: trigger.is_some_and(|trigger| trigger.above),
        fee: order.fee.0,
        placed_at: order.placed_at,
        executes_from: order.execution_time(&core.risk)?,
        stage,
    })
}
