//! What an order would do if it were placed now and executed at the market's present price.
//!
//! It is placed and executed by the engine on copies, so that the answer is the program's own: only the price of the
//! update that executes a real order is not known yet.

use plimsoll_client::{
    Address,
    engine::{
        EngineError,
        account::{Health, Initial},
        execution::{Taker, execute},
        funding::accrue,
        liquidation_price::liquidation_price,
        margin::{leg_health, leg_initial},
        market::Market,
        order::{self, Order},
        placing::prepare,
        position::Position,
        price::Price,
        trade::{Filled, Rest},
        units::{Atoms, Lots, Ticks},
    },
    state::MarginAccount,
};

use crate::{
    AccountState, Moment, Refusal, Result, Venue,
    account::state_of,
    leg::entry,
    ratios::{distance, price_of, share_of},
};

/// Cash with which the pool's terms are asked for when the account cannot trade.
const AMPLE: Atoms = Atoms(1 << 56);

answer! {
    /// Where an order would be refused.
    pub enum RefusedAt {
        /// When it is placed: nothing happens.
        Placing,
        /// When it is executed: it fails, and its fee is kept.
        Execution,
    }

    /// How the pool fills an order.
    pub struct FillFigures {
        /// Signed size in lots.
        pub lots: i64,
        /// Price per lot with everything but the fee, in ticks, rounded against the trader.
        pub price: u64,
        /// Size at the oracle's price.
        pub notional: u64,
        /// What the lots cost: positive for a buy.
        pub cost: i64,
        /// The part of it that is the change of the skew's premium: negative when the order balances the market.
        pub premium: i64,
        /// The part of it that is the spread.
        pub spread: u64,
        /// Premium and spread over notional.
        pub impact_ppm: Option<i32>,
        /// Profit paid to the account, or loss paid by it, where the fill closes a position.
        pub settled: i64,
    }

    /// The account after the fill.
    pub struct After {
        /// How it stands.
        pub state: AccountState,
        /// Collateral.
        pub cash: u64,
        /// Equity, for maintenance.
        pub equity: i64,
        /// Maintenance margin.
        pub maintenance: u64,
        /// Equity over maintenance in millionths; nothing without positions.
        pub health_ppm: Option<i32>,
        /// Initial margin; nothing where another leg has no price for new risk.
        pub initial: Option<u64>,
        /// What is free for new risk.
        pub free: Option<u64>,
        /// Signed size of the position in lots.
        pub lots: i64,
        /// What a lot of it cost on average, in ticks.
        pub entry: Option<u64>,
        /// The price of this market alone at which the account is liquidatable, in ticks.
        pub liquidation_price: Option<u64>,
        /// How far that is from the market's price.
        pub liquidation_distance_ppm: Option<i32>,
    }

    /// What an order would do.
    pub struct Preview {
        /// Why it would be refused.
        pub refusal: Option<Refusal>,
        /// Where.
        pub refused_at: Option<RefusedAt>,
        /// The pool's terms, also for an account that cannot take them.
        pub fill: Option<FillFigures>,
        /// Fee taken when it is placed, the part for its executor included.
        pub fee: u64,
        /// The part for its executor.
        pub execution_fee: u64,
        /// The account afterwards; nothing when it is refused.
        pub after: Option<After>,
    }
}

/// An order as somebody would place it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Signed size in lots.
    pub lots: i64,
    /// Worst fill price in ticks.
    pub limit: u64,
    /// Whether it may only reduce.
    pub reduce_only: bool,
}

impl From<Request> for order::Request {
    fn from(request: Request) -> Self {
        Self { lots: Lots(request.lots), limit: Ticks(request.limit), reduce_only: request.reduce_only, trigger: None }
    }
}

impl Venue {
    /// What an order would do. Without an account it is that of one that holds nothing.
    pub fn preview(
        &self,
        account: Option<&Address>,
        market: &Address,
        request: Request,
        at: Moment,
    ) -> Result<Preview> {
        self.preview_all(account, market, &[request.into()], at)
    }

    /// What the first of several orders would do that are placed together: the fees of all leave the account.
    pub(crate) fn preview_all(
        &self,
        account: Option<&Address>,
        market: &Address,
        requests: &[order::Request],
        at: Moment,
    ) -> Result<Preview> {
        let mut core = self.market(market)?.core;
        accrue(&mut core, at.time)?;
        let account = match account {
            Some(address) => *self.account(address)?,
            None => empty(),
        };
        let trial = Trial { rest: self.rest(&account, market, at)?, account, market: *market, core, at };
        let mut preview = trial.costs(requests)?;
        match trial.run(requests) {
            Ok(filled) => {
                preview.fill = Some(fill_figures(&filled, &trial.core)?);
                preview.after = Some(trial.after(&filled)?);
            }
            Err((refused_at, refusal)) => {
                preview.fill = trial.pool_terms(requests)?;
                (preview.refused_at, preview.refusal) = (Some(refused_at), Some(refusal));
            }
        }
        Ok(preview)
    }
}

fn empty() -> MarginAccount {
    plimsoll_client::wire::Zeroable::zeroed()
}

/// An account and a market to try orders on.
struct Trial {
    account: MarginAccount,
    market: Address,
    core: Market,
    rest: Rest,
    at: Moment,
}

impl Trial {
    fn position(&self) -> Option<Position> {
        self.account.leg_for(&self.market).map(|place| self.account.position(place))
    }

    /// Fees, whether the account has them or not.
    fn costs(&self, requests: &[order::Request]) -> Result<Preview> {
        let (mut fee, mut execution_fee) = (0_u64, 0_u64);
        for request in requests {
            let mut ample = AMPLE;
            if let Ok(order) = Order::place(&mut ample, &self.core, request, 0, self.at.time) {
                fee = fee.saturating_add(order.fee.0);
                execution_fee = execution_fee.saturating_add(order.execution_fee.0);
            }
        }
        Ok(Preview { refusal: None, refused_at: None, fill: None, fee, execution_fee, after: None })
    }

    /// Places all and executes the first. Says what it did.
    fn run(&self, requests: &[order::Request]) -> core::result::Result<Filled, (RefusedAt, Refusal)> {
        let placing = |error: EngineError| (RefusedAt::Placing, Refusal::from(error));
        let (first, cash) = self.place(requests).map_err(|refusal| (RefusedAt::Placing, refusal))?;
        let order = first.ok_or_else(|| placing(EngineError::ZeroAmount))?;
        self.execute(&order, cash, &self.rest).map_err(|error| (RefusedAt::Execution, error.into()))
    }

    fn place(&self, requests: &[order::Request]) -> Result<(Option<Order>, Atoms)> {
        let (mut cash, mut first) = (self.account.cash, None);
        let mut holder = self.account.holder(&self.market, &self.core, self.at.time)?;
        let free = self.account.orders.iter().filter(|slot| slot.order.is_empty()).count();
        if free < requests.len() {
            return Err(plimsoll_client::errors::PlimsollError::NoFreeOrder.into());
        }
        for request in requests {
            let placement = prepare(cash, &self.core, &holder, request, 1, self.at.time)?;
            let initial = if placement.needs_margin { Some(self.initial(cash)?) } else { None };
            let order = placement.accept(&mut cash, initial.as_ref())?;
            holder.waiting = true;
            first = first.or(Some(order));
        }
        Ok((first, cash))
    }

    /// Initial margin of the whole account with another cash.
    fn initial(&self, cash: Atoms) -> Result<Initial> {
        if let Some(error) = self.rest.lacking {
            return Err(error.into());
        }
        let mut initial = self.rest.initial.with_cash(cash)?;
        if let Some(place) = self.account.leg_in(&self.market) {
            self.core.fresh_price(self.at.time)?;
            let position = self.account.position(place);
            initial.add(&leg_initial(&position, &self.core.risk, &self.core.book, &self.core.price)?)?;
        }
        Ok(initial)
    }

    /// Executes at the market's price as if it were the order's update.
    fn execute(&self, order: &Order, cash: Atoms, rest: &Rest) -> core::result::Result<Filled, EngineError> {
        let due = order.execution_time(&self.core.risk)?;
        let update = Price { publish_time: due, previous_publish_time: due.saturating_sub(1), ..self.core.price };
        let position = self.position();
        let flagged = self.account.is_flagged(self.at.time);
        let taker = Taker { cash, rest, position: position.as_ref(), flagged };
        execute(&taker, &self.core, order, &update, self.at.time)?
    }

    /// What the pool would ask of an account with ample cash and the same position.
    fn pool_terms(&self, requests: &[order::Request]) -> Result<Option<FillFigures>> {
        let Some(request) = requests.first() else { return Ok(None) };
        let mut ample = AMPLE;
        let limit = if request.lots.is_negative() { Ticks(1) } else { self.core.risk.max_price };
        let request = order::Request { limit, ..*request };
        let Ok(order) = Order::place(&mut ample, &self.core, &request, 1, self.at.time) else { return Ok(None) };
        let rest = Rest::default();
        match self.execute(&order, ample, &rest) {
            Ok(filled) => fill_figures(&filled, &self.core).map(Some),
            Err(_) => Ok(None),
        }
    }

    fn after(&self, filled: &Filled) -> Result<After> {
        let market = Market { book: filled.book, ..self.core };
        let mut health: Health = self.rest.health.with_cash(filled.cash)?;
        let mut initial = self.rest.initial.with_cash(filled.cash)?;
        if !filled.position.is_empty() {
            health.add(&leg_health(&filled.position, &market, market.price.oracle)?)?;
            initial.add(&leg_initial(&filled.position, &market.risk, &market.book, &market.price)?)?;
        }
        let initial = self.rest.lacking.is_none().then_some(initial);
        let falls = match filled.position.lots.is_zero() {
            true => None,
            false => liquidation_price(filled.cash, &self.rest.health, &filled.position, &market)?,
        };
        Ok(After {
            state: state_of(&health, initial.as_ref(), !filled.position.is_empty()),
            cash: filled.cash.0,
            equity: health.equity.0,
            maintenance: health.maintenance.0,
            health_ppm: share_of(health.equity, health.maintenance),
            initial: initial.map(|initial| initial.requirement.0),
            free: initial.map(|initial| initial.equity.gain().saturating_minus(initial.requirement).0),
            lots: filled.position.lots.0,
            entry: entry(&filled.position),
            liquidation_price: falls.map(|price| price.0),
            liquidation_distance_ppm: falls.and_then(|price| distance(market.price.oracle, price)),
        })
    }
}

fn fill_figures(filled: &Filled, market: &Market) -> Result<FillFigures> {
    let notional = filled.lots.size().at(market.price.oracle)?;
    let beyond = filled.premium.plus(filled.spread.signed()?)?;
    Ok(FillFigures {
        lots: filled.lots.0,
        price: price_of(filled.cost.0, filled.lots.0).unwrap_or_default(),
        notional: notional.0,
        cost: filled.cost.0,
        premium: filled.premium.0,
        spread: filled.spread.0,
        impact_ppm: share_of(beyond, notional),
        settled: filled.settled.0,
    })
}
