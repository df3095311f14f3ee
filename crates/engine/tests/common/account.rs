//! An account with several legs, its markets and the queue of one of them.

use bytemuck::Zeroable;
use plimsoll_engine::{
    Result,
    account::Health,
    flag::{self, flag},
    funding::Funding,
    liquidate::{Holdings, Refusal, Report, liquidate},
    mark::Leg,
    market::Market,
    position::Position,
    queue::{Entry, Id, Queue},
    survey::{Case, Survey},
    units::{Atoms, Ticks},
};

use super::{NOW, hold, sol_market, tokens};

/// The account.
pub const ACCOUNT: Id = [1; 32];
/// Who flags it.
pub const FLAGGER: Id = [2; 32];

/// Everything that one liquidation can change.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    pub cash: Atoms,
    pub escrow: Atoms,
    pub positions: Vec<Position>,
    pub markets: Vec<Market>,
    pub queue: Box<Queue>,
    pub place: Option<usize>,
    pub slot: u64,
    pub now: i64,
}

impl Account {
    /// Legs of `(lots, entry price)`, each in a SOL market of its own at $150.
    pub fn new(cash: u64, legs: &[(i64, u64)]) -> Self {
        // Funding is accrued until long after the test, so that amounts are round
        let funding = Funding { accrued: NOW + 86_400 };
        let mut markets: Vec<Market> = legs.iter().map(|_| Market { funding, ..sol_market() }).collect();
        let positions = markets.iter_mut().zip(legs).map(|(market, (lots, entry))| hold(market, *lots, *entry));
        Self {
            positions: positions.collect(),
            cash: Atoms(cash),
            escrow: Atoms::ZERO,
            markets,
            queue: Box::new(Queue::zeroed()),
            place: None,
            slot: 100,
            now: NOW,
        }
    }

    /// Time goes on, and every market has a new price: the same as before.
    pub fn renew(&mut self) {
        (self.slot, self.now) = (self.slot + 1, self.now + 1);
        for market in &mut self.markets {
            market.price.publish_time = self.now;
        }
    }

    /// Another price of one market.
    pub fn set_price(&mut self, leg: usize, price: u64) {
        (self.markets[leg].price.oracle, self.markets[leg].price.ema) = (Ticks(price), Ticks(price));
    }

    /// The whole account.
    pub fn survey(&self) -> Result<Survey> {
        self.survey_since(None)
    }

    /// The same, with prices that are no newer than `seen` counted as stale.
    pub fn survey_since(&self, seen: Option<i64>) -> Result<Survey> {
        let survey = Survey::of_cash(self.cash, self.now)?;
        let mut survey = seen.map_or(survey, |seen| survey.newer_than(seen));
        for (place, (position, market)) in self.positions.iter().zip(&self.markets).enumerate() {
            if !position.is_empty() {
                survey.add(place, position, market)?;
            }
        }
        survey.count_fees(self.escrow)?;
        Ok(survey)
    }

    /// Its health without any fee.
    pub fn health(&self) -> Health {
        let pairs: Vec<_> = self.positions.iter().zip(&self.markets).collect();
        super::health(self.cash.0, &pairs)
    }

    /// Its entry.
    pub fn entry(&self) -> Option<Entry> {
        self.place.and_then(|place| self.queue.entry_of(&ACCOUNT, place).ok())
    }

    /// Flags it in the queue of one leg's market.
    pub fn flag(&mut self, leg: usize) -> Result<flag::Report> {
        self.flag_as(leg, false)
    }

    /// The same, while it is flagged in another market's queue or not.
    pub fn flag_as(&mut self, leg: usize, elsewhere: bool) -> Result<flag::Report> {
        let survey = self.survey()?;
        let held = Some(leg).filter(|leg| self.positions.get(*leg).is_some_and(|position| !position.is_empty()));
        let case = Case { account: &ACCOUNT, leg: held, place: self.place, slot: self.slot };
        let risk = self.markets[leg.min(self.markets.len() - 1)].risk;
        let report = flag(&mut self.queue, &survey, &risk, &case, &FLAGGER, elsewhere)?;
        self.place = match report {
            flag::Report::Removed => None,
            flag::Report::Queued(queued) => Some(queued.place),
        };
        Ok(report)
    }

    /// The places in the order in which they are handed in.
    pub fn places(&self, leg: usize) -> Vec<usize> {
        let others = (0..self.positions.len()).filter(|other| *other != leg && !self.positions[*other].is_empty());
        core::iter::once(leg).chain(others).collect()
    }

    /// Liquidates it in the queue of one leg's market.
    pub fn liquidate(&mut self, leg: usize) -> core::result::Result<Report, Refusal> {
        let places = self.places(leg);
        self.liquidate_with(leg, &places)
    }

    /// The same with these legs.
    pub fn liquidate_with(&mut self, leg: usize, places: &[usize]) -> core::result::Result<Report, Refusal> {
        let survey = self.survey_since(self.entry().map(|entry| entry.first_publish_time))?;
        let case = Case { account: &ACCOUNT, leg: Some(leg), place: self.place, slot: self.slot };
        let (mut positions, mut markets) = (self.positions.clone(), self.markets.clone());
        let mut pairs: Vec<_> = positions.iter_mut().zip(&mut markets).map(Some).collect();
        let mut legs = Vec::new();
        for place in places {
            if let Some((position, market)) = pairs[*place].take() {
                legs.push(Leg { position, market });
            }
        }
        let mut holdings = Holdings { cash: &mut self.cash, legs: &mut legs, places };
        let done = liquidate(&mut holdings, &survey, &mut self.queue, &case);
        (self.positions, self.markets) = (positions, markets);
        let report = done?;
        if !report.order_fees.is_zero() {
            self.escrow = Atoms::ZERO;
        }
        if report.until.is_none() {
            self.place = None;
        }
        Ok(report)
    }

    /// Liquidates, and sees that a refusal changes nothing.
    pub fn refused(&mut self, leg: usize) -> Refusal {
        let before = self.clone();
        let refusal = self.liquidate(leg).expect_err("refused");
        assert!(*self == before, "a refusal changes nothing");
        refusal
    }

    /// Flagged, with new prices after it.
    pub fn flagged(mut self, leg: usize) -> Self {
        self.flag(leg).expect("flag");
        self.renew();
        self
    }

    /// All tokens that the account and its markets have.
    pub fn tokens(&self) -> i128 {
        let books: i128 = self.markets.iter().map(|market| tokens(&market.book)).sum();
        i128::from(self.cash.0) + i128::from(self.escrow.0) + books
    }

    /// Every market's totals changed as the account's position did.
    pub fn totals_agree(&self, before: &Self) -> bool {
        let others = |account: &Self| -> Vec<_> {
            let pairs = account.positions.iter().zip(&account.markets);
            let detached = pairs.map(|(position, market)| {
                let mut book = market.book;
                book.detach(position).expect("counted");
                (book.long, book.short)
            });
            detached.collect()
        };
        others(self) == others(before)
    }
}
