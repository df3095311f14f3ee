use anchor_lang::prelude::*;
use plimsoll_engine::{
    execution::{Taker, execute, pay_fee, stage},
    order::{Order, Stage},
    price::Price,
    trade::Filled,
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::{OrderExecuted, OrderExpired, OrderFailed},
    funding::accrue,
    legs, oracle,
    state::{MarginAccount, Market, OrderSlot},
};

/// Executes an order at the one update it waits for. Anyone may, for the execution fee. The markets of the account's
/// other legs follow.
///
/// An order that fails its limit, margin or coverage is closed and its fee kept: else it would be an option.
#[derive(Accounts)]
pub struct ExecuteOrder {
    #[account(mut)]
    pub margin: Account<MarginAccount>,
    #[account(mut)]
    pub market: Account<Market>,
    /// CHECK: owner, feed and content are checked by the adapter.
    pub oracle: UncheckedAccount,
    /// Margin account of whoever executes; without one the execution fee stays in the treasury.
    #[account(mut)]
    pub executor: Option<Account<MarginAccount>>,
}

impl ExecuteOrder {
    pub fn validate(&self) -> Result<()> {
        let ours = self.executor.as_ref().is_none_or(|executor| executor.exchange == self.margin.exchange);
        require!(ours, PlimsollError::WrongExchange);
        Ok(())
    }

    pub fn handle(&mut self, place: u8, others: &[AccountView]) -> Result<()> {
        self.validate()?;
        let now = Clock::get()?.unix_timestamp;
        let (account, market) = (*self.margin.address(), *self.market.address());
        let order = self.margin.order_at(place, &market)?;
        let (sequence, fee) = (order.sequence, order.fee.0);
        if stage(&self.market.core, &order, now).checked()? == Stage::Expired {
            emit!(OrderExpired { account, market, sequence, fee });
            return self.close_order(place, &order);
        }
        let seen = oracle::read(&self.market.oracle, self.oracle.account())?;
        let update = Price::convert(&self.market.core.risk, &seen).checked()?;
        accrue(&mut self.market, now)?;
        match self.try_fill(&order, &update, others, now)? {
            Ok((leg, filled)) => {
                self.apply(leg, &market, &filled);
                emit!(OrderExecuted {
                    account,
                    market,
                    sequence,
                    lots: filled.lots.0,
                    cost: filled.cost.0,
                    premium: filled.premium.0,
                    spread: filled.spread.0,
                    settled: filled.settled.0,
                    price: update.oracle.0,
                    fee,
                });
            }
            Err(reason) => {
                let error = ProgramError::from(reason);
                emit!(OrderFailed { account, market, sequence, error: code_of(&error), fee });
            }
        }
        self.close_order(place, &order)
    }

    /// The outer error is the caller's and reverts; the inner one is the order's and closes it.
    fn try_fill(
        &self,
        order: &Order,
        update: &Price,
        others: &[AccountView],
        now: i64,
    ) -> Result<core::result::Result<(usize, Filled), PlimsollError>> {
        let (address, market) = (self.market.address(), &*self.market);
        let rest = legs::rest(&self.margin, (address, market), others, now)?;
        let leg = self.margin.leg_for(address);
        let position = leg.map(|place| self.margin.position(place));
        let (cash, flagged) = (self.margin.cash, self.margin.is_flagged(now));
        let taker = Taker { cash, rest: &rest, position: position.as_ref(), flagged };
        let filled = execute(&taker, &market.core, order, update, now).checked()?;
        Ok(filled.map(|filled| (leg.unwrap_or_default(), filled)).map_err(PlimsollError::from))
    }

    fn apply(&mut self, leg: usize, market: &Address, filled: &Filled) {
        self.margin.cash = filled.cash;
        self.margin.set_position(leg, market, filled.position);
        self.market.core.book = filled.book;
    }

    /// Frees the slot and pays the fee out: the execution fee to the executor, the rest to the treasury.
    fn close_order(&mut self, place: u8, order: &Order) -> Result<()> {
        let executor = self.executor.as_mut().map(|executor| &mut executor.cash);
        pay_fee(order, executor, &mut self.market.core.book).checked()?;
        self.margin.set_order(place, OrderSlot::default());
        Ok(())
    }
}

/// The number clients know an error by.
fn code_of(error: &ProgramError) -> u32 {
    match error {
        ProgramError::Custom(code) => *code,
        _ => 0,
    }
}
