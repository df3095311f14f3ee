//! An exchange as it was at one moment: all accounts of one answer of the node, and the clock with them.

use plimsoll_client::{
    Address, addresses,
    state::{Exchange, InsuranceFund, MAX_MARKETS, MarginAccount, Market},
    wire::AccountLayout,
};
use plimsoll_desk::{Moment, Venue};
use serde::Serialize;

use crate::{failure::Failure, session::Session, units::Units};

/// The cluster's clock.
const CLOCK: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");

/// An exchange at a moment.
pub struct Snapshot {
    /// The accounts as the engine is asked about them.
    pub venue: Venue,
    /// When it was.
    pub at: Moment,
    /// The exchange.
    pub exchange: Exchange,
    /// The insurance fund, where it has one.
    pub fund: Option<InsuranceFund>,
    /// The markets in the order of their indices.
    pub markets: Vec<(Address, Market)>,
    /// Their units, in the same order.
    pub units: Vec<Units>,
    /// The margin accounts that were asked for and exist.
    pub accounts: Vec<(Address, MarginAccount)>,
}

/// A market as every answer names it, with what its numbers are counted in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// A lot is this negative power of ten of the base asset.
    pub size_decimals: i32,
    /// A tick is this negative power of ten of the quote token.
    pub price_decimals: i32,
}

impl Session {
    /// The exchange, its fund and its markets, and these margin accounts where they exist.
    pub async fn look(&self, accounts: &[Address]) -> Result<Snapshot, Failure> {
        self.read(accounts, &[]).await
    }

    /// The same with the markets' queues.
    pub async fn look_with_queues(&self, accounts: &[Address]) -> Result<Snapshot, Failure> {
        // Which queues there are stands in the markets. They are read again with them, so that all are of one moment.
        let queues: Vec<_> = self.look(&[]).await?.markets.iter().map(|(_, market)| market.queue).collect();
        self.read(accounts, &queues).await
    }

    async fn read(&self, accounts: &[Address], queues: &[Address]) -> Result<Snapshot, Failure> {
        let fund = addresses::insurance(&self.exchange);
        let markets = (0..MAX_MARKETS).map(|index| addresses::market(&self.exchange, index));
        let mut wanted: Vec<Address> = [CLOCK, self.exchange, fund].into_iter().chain(markets).collect();
        wanted.extend(queues.iter().chain(accounts));
        let found = self.rpc.raw_many(&wanted).await?;
        let all = wanted.iter().zip(&found).filter_map(|(address, account)| Some((*address, account.as_ref()?)));

        let (mut venue, mut seen, mut margins) = (Venue::default(), Vec::new(), Vec::new());
        let (mut exchange, mut insurance, mut at) = (None, None, None);
        for (address, account) in all {
            if address == CLOCK {
                at = moment(&account.data);
            } else if account.owner == plimsoll_client::ID {
                venue.put(address, &account.data);
                exchange = exchange.or_else(|| Exchange::decode(&account.data));
                insurance = insurance.or_else(|| InsuranceFund::decode(&account.data));
                seen.extend(Market::decode(&account.data).map(|market| (address, market)));
                margins.extend(MarginAccount::decode(&account.data).map(|margin| (address, margin)));
            }
        }
        let at = at.ok_or_else(|| Failure::unreachable("the node has no clock"))?;
        let exchange = exchange.ok_or_else(|| self.no_exchange(Failure::not_found("")))?;
        seen.sort_by_key(|(_, market)| market.index);
        let units = seen.iter().map(|(address, market)| Units::of(self.names.of(address, market), market)).collect();
        Ok(Snapshot { venue, at, exchange, fund: insurance, markets: seen, units, accounts: margins })
    }

    /// A margin account and the exchange with it.
    pub async fn look_at_account(&self, address: &Address) -> Result<(Snapshot, MarginAccount), Failure> {
        let snapshot = self.look(&[*address]).await?;
        let account = snapshot.accounts.first().map(|(_, account)| *account);
        let advice = "open it with `plimsoll account open`";
        let account =
            account.ok_or_else(|| Failure::not_found(format!("there is no margin account {address}: {advice}")))?;
        Ok((snapshot, account))
    }
}

impl Snapshot {
    /// A market by its name, its number or its address.
    pub fn market(&self, session: &Session, wanted: &str) -> Result<(Address, Market, Units), Failure> {
        session.names.find(wanted, &self.markets)
    }

    /// Units of the market with this address, as text.
    pub fn units_of(&self, market: &str) -> Option<&Units> {
        let place = self.markets.iter().position(|(address, _)| address.to_string() == market)?;
        self.units.get(place)
    }

    /// All markets as answers name them.
    pub fn listed(&self) -> Vec<Listed> {
        let all = self.markets.iter().zip(&self.units);
        all.map(|((address, _), units)| Listed::of(address, units)).collect()
    }
}

impl Listed {
    /// A market.
    pub fn of(address: &Address, units: &Units) -> Self {
        Self {
            name: units.name.clone(),
            address: address.to_string(),
            size_decimals: units.size_decimals,
            price_decimals: units.price_decimals,
        }
    }
}

/// Slot and time of the clock's data.
fn moment(data: &[u8]) -> Option<Moment> {
    let word = |from: usize| data.get(from..)?.first_chunk::<8>().copied();
    Some(Moment { slot: u64::from_le_bytes(word(0)?), time: i64::from_le_bytes(word(32)?) })
}
