//! The bindings. Addresses are Base58, integers of 64 bits are `bigint`, and a question without an answer throws an
//! `Error` with the program's sentence.
#![allow(non_snake_case)]

use plimsoll_client::Address;
use plimsoll_desk::{
    AccountFigures, AtRisk, InsuranceFigures, Kind, MarketFigures, Moment, Preview, QueueFigures, Refusal, Request,
};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

type Answer<T> = Result<T, JsError>;

fn refused(refusal: Refusal) -> JsError {
    JsError::new(&refusal.sentence)
}

fn given<T: Tsify + serde::Serialize>(answer: plimsoll_desk::Result<T>) -> Answer<Ts<T>> {
    Ok(answer.map_err(refused)?.into_ts()?)
}

fn address(text: &str) -> Answer<Address> {
    text.parse().map_err(|_| JsError::new(&format!("{text} is not an address.")))
}

fn optional(text: Option<String>) -> Answer<Option<Address>> {
    text.map(|text| address(&text)).transpose()
}

/// The sentence of an error code of the program; `undefined` where it has none such.
#[wasm_bindgen]
pub fn errorSentence(code: u32) -> Option<String> {
    Refusal::of_code(code).map(|refusal| refusal.sentence)
}

/// The accounts of one exchange as they arrived, and all answers about them.
#[wasm_bindgen]
#[derive(Default)]
pub struct Venue {
    desk: plimsoll_desk::Venue,
    now: Clock,
}

/// What the cluster's clock said last.
#[derive(Clone, Copy, Default)]
struct Clock {
    time: i64,
    slot: u64,
}

#[wasm_bindgen]
impl Venue {
    /// An empty one.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the cluster's time in seconds since 1970 and its slot: every answer is as of then.
    pub fn setClock(&mut self, time: i64, slot: u64) {
        self.now = Clock { time, slot };
    }

    /// Takes an account's data. Says what it is; `undefined` for what is no account of the program.
    pub fn put(&mut self, account: &str, data: &[u8]) -> Answer<Option<Ts<Kind>>> {
        Ok(self.desk.put(address(account)?, data).map(|kind| kind.into_ts()).transpose()?)
    }

    /// Forgets an account.
    pub fn remove(&mut self, account: &str) -> Answer<()> {
        self.desk.remove(&address(account)?);
        Ok(())
    }

    /// Markets by their indices.
    pub fn markets(&self) -> Vec<String> {
        self.desk.market_addresses().iter().map(Address::to_string).collect()
    }

    /// A market as it stands.
    pub fn market(&self, market: &str) -> Answer<Ts<MarketFigures>> {
        given(self.desk.market_figures(&address(market)?, self.at()))
    }

    /// An account as it stands.
    pub fn account(&self, account: &str) -> Answer<Ts<AccountFigures>> {
        given(self.desk.account_figures(&address(account)?, self.at()))
    }

    /// An account if the prices of one market, or without one of all, moved by so many millionths.
    pub fn whatIf(&self, account: &str, market: Option<String>, movePpm: i32) -> Answer<Ts<AccountFigures>> {
        let market = optional(market)?;
        given(self.desk.what_if(&address(account)?, market.as_ref(), movePpm, self.at()))
    }

    /// Why an amount cannot be withdrawn now; `undefined` where it can.
    pub fn withdrawal(&self, account: &str, amount: u64) -> Answer<Option<Ts<Refusal>>> {
        Ok(self
            .desk
            .withdrawal(&address(account)?, amount, self.at())
            .err()
            .map(|refusal| refusal.into_ts())
            .transpose()?)
    }

    /// What an order would do. Without an account it is that of one that holds nothing.
    pub fn preview(
        &self,
        account: Option<String>,
        market: &str,
        lots: i64,
        limit: u64,
        reduceOnly: bool,
    ) -> Answer<Ts<Preview>> {
        let (account, request) = (optional(account)?, Request { lots, limit, reduce_only: reduceOnly });
        given(self.desk.preview(account.as_ref(), &address(market)?, request, self.at()))
    }

    /// The size that loses no more than `risk` at `stop`, all costs included, and what opening it would do.
    pub fn atRisk(
        &self,
        account: Option<String>,
        market: &str,
        risk: u64,
        stop: u64,
        limit: u64,
        stopLimit: u64,
    ) -> Answer<Ts<AtRisk>> {
        let account = optional(account)?;
        let terms = ((risk, stop), (limit, stopLimit));
        given(self.desk.at_risk(account.as_ref(), &address(market)?, terms.0, terms.1, self.at()))
    }

    /// The largest order on a side that would be placed and executed now, in lots.
    pub fn largest(&self, account: &str, market: &str, long: bool) -> Answer<u64> {
        self.desk.largest(&address(account)?, &address(market)?, long, self.at()).map_err(refused)
    }

    /// A part of the largest order, in lots.
    pub fn partOfLargest(&self, account: &str, market: &str, long: bool, partPpm: u32) -> Answer<u64> {
        let (account, market) = (address(account)?, address(market)?);
        self.desk.part_of_largest(&account, &market, long, partPpm, self.at()).map_err(refused)
    }

    /// The lots that an amount of the quote token is worth, down.
    pub fn lotsOf(&self, market: &str, amount: u64) -> Answer<u64> {
        self.desk.lots_of(&address(market)?, amount).map_err(refused)
    }

    /// The worst price for an order that may slip by so much from the market's price, in ticks.
    pub fn limitFor(&self, market: &str, long: bool, slippagePpm: u32) -> Answer<u64> {
        self.desk.limit_for(&address(market)?, long, slippagePpm).map_err(refused)
    }

    /// The same around another price.
    pub fn limitAround(&self, market: &str, price: u64, long: bool, slippagePpm: u32) -> Answer<u64> {
        self.desk.limit_around(&address(market)?, price, long, slippagePpm).map_err(refused)
    }

    /// A market's liquidation queue in order.
    pub fn queue(&self, market: &str) -> Answer<Ts<QueueFigures>> {
        given(self.desk.queue_figures(&address(market)?, self.at()))
    }

    /// The insurance fund and what it holds for every market.
    pub fn insurance(&self) -> Answer<Ts<InsuranceFigures>> {
        given(self.desk.insurance_figures(self.at()))
    }

    fn at(&self) -> Moment {
        Moment { time: self.now.time, slot: self.now.slot }
    }
}
