//! What is shown: the last look that succeeded, and what became of the one after it.

use std::time::Instant;

use plimsoll_client::Address;
use plimsoll_desk::{AccountFigures, InsuranceFigures, MarketFigures, QueueFigures};

use crate::{failure::Failure, session::Session, units::Units};

/// One look.
#[derive(Clone)]
pub struct Seen {
    /// Slot of it.
    pub slot: u64,
    /// Time of the cluster's clock.
    pub time: i64,
    /// Markets with their units and queues.
    pub markets: Vec<SeenMarket>,
    /// The account, where there is one.
    pub account: Option<AccountFigures>,
    /// The insurance fund.
    pub insurance: Option<InsuranceFigures>,
}

/// A market.
#[derive(Clone)]
pub struct SeenMarket {
    /// Its name and units.
    pub units: Units,
    /// Its figures.
    pub figures: MarketFigures,
    /// Its queue.
    pub queue: QueueFigures,
}

/// What is shown.
pub struct View {
    /// Where it is from.
    pub url: String,
    /// The last look.
    pub seen: Seen,
    /// When it was.
    pub at: Instant,
    /// Why there is no newer one.
    pub failure: Option<String>,
    /// The market that is chosen.
    pub chosen: usize,
}

impl Seen {
    /// Looks.
    pub async fn look(session: &Session, account: Option<Address>) -> Result<Self, Failure> {
        let snapshot = session.look_with_queues(account.as_slice()).await?;
        let (venue, at) = (&snapshot.venue, snapshot.at);
        let markets = snapshot.markets.iter().zip(&snapshot.units).map(|((address, _), units)| {
            let (figures, queue) = (venue.market_figures(address, at)?, venue.queue_figures(address, at)?);
            Ok(SeenMarket { units: units.clone(), figures, queue })
        });
        let markets = markets.collect::<Result<_, Failure>>()?;
        let found = snapshot.accounts.first().map(|(address, _)| venue.account_figures(address, at)).transpose()?;
        let insurance = snapshot.fund.is_some().then(|| venue.insurance_figures(at)).transpose()?;
        Ok(Self { slot: at.slot, time: at.time, markets, account: found, insurance })
    }

    /// Place of a market with this name.
    pub fn place_of(&self, name: &str) -> Result<usize, Failure> {
        let found = self.markets.iter().position(|market| market.units.name.eq_ignore_ascii_case(name));
        found.ok_or_else(|| Failure::not_found(format!("there is no market {name}")))
    }

    /// Units of a market by its address.
    pub fn units(&self, address: &str) -> Option<&Units> {
        self.markets.iter().find(|market| market.figures.address == address).map(|market| &market.units)
    }
}

impl View {
    /// The first look.
    pub fn new(url: String, seen: Seen, chosen: usize) -> Self {
        Self { url, seen, at: Instant::now(), failure: None, chosen }
    }

    /// Takes another look, or why there is none: what was seen before stays, and is shown as old.
    pub fn take(&mut self, looked: Result<Seen, String>) {
        match looked {
            Ok(seen) => (self.seen, self.at, self.failure) = (seen, Instant::now(), None),
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// Chooses the market so many places further.
    pub fn choose(&mut self, by: isize) {
        let count = self.seen.markets.len().max(1);
        self.chosen = self.chosen.wrapping_add_signed(by.rem_euclid(count as isize)) % count;
    }

    /// The market that is chosen.
    pub fn market(&self) -> Option<&SeenMarket> {
        self.seen.markets.get(self.chosen)
    }
}
