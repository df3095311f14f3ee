//! What the keeper knows of one exchange: its accounts as last heard of, and its markets as the next refresh would leave
//! them.

mod clock;
mod market;

use std::collections::HashMap;

use plimsoll_client::{
    Address, ID,
    accounts::Account,
    house::House,
    state::{Exchange, InsuranceFund, MarginAccount},
};

pub use clock::Clock;
pub use market::{MarketView, Posted};

use crate::{
    book::{Book, Id, MarketId},
    update::AccountUpdate,
};

/// What an update changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing of ours, or nothing new.
    None,
    /// A margin account.
    Margin(Id),
    /// A margin account that had this number no longer exists.
    Gone(Id),
    /// A market's account.
    Market(MarketId),
    /// A queue.
    Queue(MarketId),
    /// A price was posted for a market.
    Price(MarketId),
    /// The cluster's clock.
    Clock,
    /// The keeper's wallet has so many lamports.
    Wallet(u64),
}

/// Everything.
#[derive(Debug)]
pub struct View {
    /// The exchange.
    pub exchange: Address,
    /// The keeper's wallet.
    pub wallet: Address,
    /// Its state, once heard of.
    pub state: Option<Box<Exchange>>,
    /// Its accounts, once heard of.
    pub house: Option<House>,
    /// Its insurance fund.
    pub fund: Option<Box<InsuranceFund>>,
    /// Its markets, by their numbers in the book.
    pub markets: Vec<MarketView>,
    /// Its margin accounts.
    pub book: Book,
    /// The cluster's slot and time.
    pub clock: Clock,
    /// The most margin accounts that are held.
    pub max_accounts: usize,
    full: bool,
    queues: HashMap<Address, MarketId>,
    /// Accounts that were heard of before their markets.
    early: HashMap<Address, AccountUpdate>,
}

impl View {
    /// Of an exchange of which nothing is known.
    pub fn new(exchange: Address, wallet: Address) -> Self {
        Self {
            exchange,
            wallet,
            state: None,
            house: None,
            fund: None,
            markets: Vec::new(),
            book: Book::default(),
            clock: Clock::default(),
            max_accounts: usize::MAX,
            full: false,
            queues: HashMap::new(),
            early: HashMap::new(),
        }
    }

    /// A market by its number.
    pub fn market(&self, id: MarketId) -> Option<&MarketView> {
        self.markets.get(usize::from(id))
    }

    /// A market by its address.
    pub fn market_at(&self, address: &Address) -> Option<&MarketView> {
        self.book.market_id(address).and_then(|id| self.market(id))
    }

    /// Takes an update.
    pub fn take(&mut self, update: &AccountUpdate) -> Change {
        if update.address == clock::SYSVAR {
            return if self.clock.take(&update.data) { Change::Clock } else { Change::None };
        }
        if update.address == self.wallet {
            return Change::Wallet(update.lamports);
        }
        if update.owner == ID {
            return self.take_own(update);
        }
        if update.lamports == 0 {
            let known = self.book.id(&update.address);
            self.book.remove(&update.address);
            return known.map_or(Change::None, Change::Gone);
        }
        let posted = self.markets.iter_mut().enumerate().find_map(|(id, market)| market.post(update).then_some(id));
        posted.and_then(|id| MarketId::try_from(id).ok()).map_or(Change::None, Change::Price)
    }

    fn take_own(&mut self, update: &AccountUpdate) -> Change {
        let Ok(account) = Account::decode(&update.data) else { return Change::None };
        match account {
            Account::Margin(state) if state.exchange == self.exchange => self.take_margin(update, &state),
            Account::Market(state) if state.exchange == self.exchange => {
                let id = self.book.market_id(&update.address);
                if let Some(known) = id.and_then(|id| self.markets.get_mut(usize::from(id))) {
                    return if known.take(*state, update.slot) { known.change() } else { Change::None };
                }
                let (id, _) = self.book.set_market(update.address, &state.core, self.clock.now());
                self.queues.insert(state.queue, id);
                self.markets.push(MarketView::new(id, update.address, *state, update.slot));
                let early: Vec<_> = self.early.drain().map(|(_, update)| update).collect();
                early.iter().for_each(|update| _ = self.take(update));
                Change::Market(id)
            }
            Account::Queue(queue) => {
                let Some(id) = self.book.market_id(&queue.market) else {
                    self.early.insert(update.address, update.clone());
                    return Change::None;
                };
                let market =
                    self.markets.get_mut(usize::from(id)).filter(|market| market.state.queue == update.address);
                let taken = market.is_some_and(|market| market.take_queue(*queue, update.slot));
                if taken { Change::Queue(id) } else { Change::None }
            }
            Account::Exchange(state) if update.address == self.exchange => {
                self.house = Some(House::of(self.exchange, &state));
                self.state = Some(state);
                Change::None
            }
            Account::Fund(fund) if fund.exchange == self.exchange => {
                self.fund = Some(fund);
                Change::None
            }
            _ => Change::None,
        }
    }

    fn take_margin(&mut self, update: &AccountUpdate, state: &MarginAccount) -> Change {
        let unknown = state.legs.iter().any(|leg| !leg.is_free() && self.book.market_id(&leg.market).is_none());
        if unknown {
            self.early.insert(update.address, update.clone());
            return Change::None;
        }
        if self.book.len() >= self.max_accounts && self.book.id(&update.address).is_none() {
            if !std::mem::replace(&mut self.full, true) {
                tracing::error!(most = self.max_accounts, "more accounts than max_accounts: the others are not kept");
            }
            return Change::None;
        }
        self.book.put(&update.address, state, update.slot).map_or(Change::None, Change::Margin)
    }

    /// Looks at a market anew: as a refresh with what was posted would leave it. Says whether all of its accounts are to be
    /// looked at, and not only those with a crossed trigger.
    pub fn predict(&mut self, id: MarketId) -> bool {
        let (slot, now) = (self.clock.slot() + 1, self.clock.now());
        let Some(market) = self.markets.get_mut(usize::from(id)) else { return false };
        market.predict(slot, now);
        let (_, moved) = self.book.set_market(market.address, &market.core, now);
        moved
    }
}
