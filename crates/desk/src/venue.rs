//! The accounts of one exchange, as they arrive.

use std::collections::BTreeMap;

use plimsoll_client::{
    Address,
    state::{Exchange, InsuranceFund, LiquidationQueue, MarginAccount, Market},
    wire::AccountLayout,
};

use crate::{Refusal, Result};

/// When something is asked: what the cluster's clock says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970.
    pub time: i64,
    /// The slot.
    pub slot: u64,
}

answer! {
    /// What an account's data was.
    pub enum Kind {
        /// The exchange.
        Exchange,
        /// Its insurance fund.
        InsuranceFund,
        /// A market.
        Market,
        /// A market's liquidation queue.
        Queue,
        /// A margin account.
        MarginAccount,
    }
}

/// The accounts of one exchange that were seen last.
#[derive(Clone, Default)]
pub struct Venue {
    pub(crate) exchange: Option<Exchange>,
    pub(crate) fund: Option<InsuranceFund>,
    pub(crate) markets: BTreeMap<Address, Market>,
    pub(crate) queues: BTreeMap<Address, Box<LiquidationQueue>>,
    pub(crate) accounts: BTreeMap<Address, MarginAccount>,
}

impl Venue {
    /// Takes an account's data, whatever kind it is of. Nothing for what is none of these.
    pub fn put(&mut self, address: Address, data: &[u8]) -> Option<Kind> {
        if let Some(market) = Market::decode(data) {
            self.markets.insert(address, market);
            Some(Kind::Market)
        } else if let Some(account) = MarginAccount::decode(data) {
            self.accounts.insert(address, account);
            Some(Kind::MarginAccount)
        } else if let Some(queue) = LiquidationQueue::decode(data) {
            self.queues.insert(address, Box::new(queue));
            Some(Kind::Queue)
        } else if let Some(exchange) = Exchange::decode(data) {
            self.exchange = Some(exchange);
            Some(Kind::Exchange)
        } else if let Some(fund) = InsuranceFund::decode(data) {
            self.fund = Some(fund);
            Some(Kind::InsuranceFund)
        } else {
            None
        }
    }

    /// Forgets an account that no longer exists.
    pub fn remove(&mut self, address: &Address) {
        self.markets.remove(address);
        self.queues.remove(address);
        self.accounts.remove(address);
    }

    /// Addresses of the markets in the order of their indices.
    pub fn market_addresses(&self) -> Vec<Address> {
        let mut all: Vec<_> = self.markets.iter().collect();
        all.sort_by_key(|(_, market)| market.index);
        all.into_iter().map(|(address, _)| *address).collect()
    }

    pub(crate) fn market(&self, address: &Address) -> Result<&Market> {
        self.markets.get(address).ok_or_else(|| Refusal::unknown("The market"))
    }

    pub(crate) fn account(&self, address: &Address) -> Result<&MarginAccount> {
        self.accounts.get(address).ok_or_else(|| Refusal::unknown("The account"))
    }

    pub(crate) fn queue_of(&self, market: &Market) -> Result<&LiquidationQueue> {
        self.queues.get(&market.queue).map(|queue| &**queue).ok_or_else(|| Refusal::unknown("The market's queue"))
    }
}
