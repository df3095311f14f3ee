//! Settlement of a market that owes more than it has: every position is closed at one price, and every winner is paid the
//! same fraction of its profit, whatever the order (I-9).
//!
//! 1. [`look`] twice at a negative net asset value starts it; from the first look on, while it lasts, profits are not paid.
//! 2. [`settle`] closes one position: losers pay, winners' profits are registered as claims.
//! 3. [`fix`] sets the fraction when nobody is left or at a deadline; a second time for what came late.
//! 4. [`pay`] pays one claim, at any time afterwards.
//!
//! Anyone may do each of them. What remains in the treasury is the liquidity providers'.

use bytemuck::{Pod, Zeroable};

use crate::{
    EngineError, Result,
    book::Book,
    deleverage::Deleveraging,
    funding::require_accrued,
    market::{Market, status},
    math,
    position::Position,
    side::Touched,
    units::{Atoms, Lots, Size, Ticks},
};

/// How far a position's settlement has come: a byte in account data.
pub mod stage {
    /// Not settled.
    pub const OPEN: u8 = 0;
    /// Closed; its claim shares in round one.
    pub const REGISTERED: u8 = 1;
    /// Paid in round one; what remains of its claim shares in round two.
    pub const PAID: u8 = 2;
    /// Closed after round one was fixed; its claim shares in round two.
    pub const LATE: u8 = 3;
}

/// A market's settlement, from the first look on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Settlement {
    /// Publish time of the first look's price.
    pub looked: i64,
    /// When it started, or its last round was fixed.
    pub since: i64,
    /// The price at which every position is closed.
    pub price: Ticks,
    /// Positions not settled yet, on both sides.
    pub open: u64,
    /// Round one.
    pub first: Round,
    /// Round two.
    pub second: Round,
    /// Rounds that are fixed.
    pub fixed: u8,
    /// Zero.
    pub padding: [u8; 7],
}

impl Settlement {
    /// Whether what is stored is possible in its market.
    pub(crate) fn invariant(&self, market: &Market) -> bool {
        let round = |round: &Round| round.unpaid <= round.pot && round.pot <= round.claims;
        let attached = u64::from(market.book.long.attached).saturating_add(market.book.short.attached.into());
        let stage = match market.status {
            status::SETTLING => self.fixed == 0,
            status::SETTLED => self.fixed == 1 || self.fixed == 2,
            _ => self.since == 0 && self.price.is_zero() && self.open == 0 && self.fixed == 0,
        };
        let begun = market.status >= status::SETTLING;
        stage
            && (!begun || (market.book.is_withheld() && self.price == market.price.oracle))
            && self.open <= attached
            && round(&self.first)
            && round(&self.second)
            && self.reserved(&market.book).is_some_and(|reserved| reserved <= market.book.treasury)
    }

    /// Counts a position as settled.
    fn close_one(&mut self) {
        self.open = self.open.saturating_sub(1);
    }

    /// When nobody is left, what rounding left in the pots is nobody's either.
    fn release(&mut self, book: &Book) {
        if is_empty(book) {
            (self.first.unpaid, self.second.unpaid) = (Atoms::ZERO, Atoms::ZERO);
        }
    }

    /// What of the treasury belongs to no claim of a trader, once both rounds are fixed: insurance's claim comes first, then
    /// the liquidity providers.
    pub fn remainder(&self, book: &Book) -> Result<Atoms> {
        if self.fixed < 2 {
            return Err(EngineError::SettlementTooEarly);
        }
        book.treasury.minus(self.reserved(book).ok_or(EngineError::Overflow)?)
    }

    /// What of the treasury belongs to claims at a fixed fraction: nothing when no position is left, for what is unpaid then
    /// was the share of a bankrupt account, whose claim no payment ends.
    pub fn reserved(&self, book: &Book) -> Option<Atoms> {
        if is_empty(book) { Some(Atoms::ZERO) } else { self.first.unpaid.plus(self.second.unpaid).ok() }
    }
}

/// Whether no position is left.
fn is_empty(book: &Book) -> bool {
    book.long.attached == 0 && book.short.attached == 0
}

/// Claims that are paid at one fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Round {
    /// Sum of the claims registered.
    pub claims: Atoms,
    /// What they are paid together, once fixed.
    pub pot: Atoms,
    /// What of it is not paid yet.
    pub unpaid: Atoms,
}

impl Round {
    /// What a claim is paid: `floor(claim x pot / claims)`.
    fn share(&self, claim: Atoms) -> Result<Atoms> {
        if claim.is_zero() {
            return Ok(Atoms::ZERO);
        }
        math::mul_div_floor(claim.0, self.pot.0, self.claims.0).map(Atoms)
    }
}

/// What a look did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It was the first: profits stay claims from here on.
    First,
    /// Net asset value was not negative: the first look is forgotten and profits are paid again.
    Cancelled,
    /// It was the second: the price is fixed and every position is to be settled.
    Started {
        /// The price.
        price: Ticks,
        /// Positions to be settled.
        open: u64,
    },
}

/// Seconds after `settle_wait` for which a first look waits for the second.
pub const LOOK_LIFE: u32 = 86_400;

/// Forgets a first look whose second never came: profits are paid again. Says whether there was one. Comes with the accrual
/// of funding, before anything that profits matter to.
pub(crate) fn forget_old_look(market: &mut Market, now: i64) -> bool {
    let life = i64::from(market.risk.settle_wait).saturating_add(LOOK_LIFE.into());
    let waiting = market.book.is_withheld() && market.status < status::SETTLING;
    let over = waiting && now.saturating_sub(market.settlement.looked) > life;
    if over {
        (market.book.withheld, market.settlement) = (0, Settlement::default());
    }
    over
}

/// Looks at net asset value, and starts the settlement when it was negative at two prices far enough apart.
pub fn look(market: &mut Market, now: i64) -> Result<Look> {
    if market.status >= status::SETTLING {
        return Err(EngineError::MarketNotOpen);
    }
    let price = market.fresh_price(now)?;
    require_accrued(market, now)?;
    if !market.book.deficit.is_zero() {
        return Err(EngineError::DeficitPending);
    }
    let published = market.price.publish_time;
    let waiting = market.book.is_withheld();
    if !market.nav()?.is_negative() {
        if !waiting {
            return Err(EngineError::SettlementNotNeeded);
        }
        (market.book.withheld, market.settlement) = (0, Settlement::default());
        return Ok(Look::Cancelled);
    }
    if !waiting {
        (market.book.withheld, market.settlement.looked) = (1, published);
        return Ok(Look::First);
    }
    let wait = i64::from(market.risk.settle_wait);
    if published.saturating_sub(market.settlement.looked) < wait {
        return Err(EngineError::SettlementTooEarly);
    }
    let open = start(market, price, now);
    Ok(Look::Started { price, open })
}

/// Starts a settlement at a price. Says how many positions are to be settled.
pub(crate) fn start(market: &mut Market, price: Ticks, now: i64) -> u64 {
    let open = u64::from(market.book.long.attached).saturating_add(market.book.short.attached.into());
    market.settlement =
        Settlement { looked: market.settlement.looked, since: now, price, open, ..Settlement::default() };
    market.deleveraging = Deleveraging::default();
    (market.price.oracle, market.book.withheld, market.status) = (price, 1, status::SETTLING);
    open
}

/// What settling a position moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// What it caught up with first.
    pub touched: Touched,
    /// Lots traded by the account.
    pub lots: Lots,
    /// Loss paid out of its cash.
    pub paid: Atoms,
    /// Profit that became a claim.
    pub claim: Atoms,
    /// Whether the claim came after round one was fixed.
    pub late: bool,
    /// Whether all of the position is settled.
    pub done: bool,
}

/// Closes a position at the settlement price: a profit becomes a claim, a loss is paid from cash. Where the cash is short
/// only the lots are closed whose loss it can pay.
pub fn settle(cash: &mut Atoms, position: &mut Position, market: &mut Market) -> Result<Settled> {
    if market.status < status::SETTLING || position.stage != stage::OPEN || position.is_empty() {
        return Err(EngineError::NothingToSettle);
    }
    let price = market.settlement.price;
    let (mut book, mut next, mut settlement) = (market.book, *position, market.settlement);
    let touched = book.touch(&mut next, price)?;
    let pnl = next.pnl(price)?;
    let (size, paid) = payable(&next, pnl.loss(), *cash)?;
    let left = cash.minus(paid)?;
    book.settle(&mut next, paid.signed()?.negated()?)?;
    let lots = size.signed(!next.is_long())?;
    if !size.is_zero() {
        book.novate(&mut next, lots, lots.at(price)?)?;
    }
    let done = next.lots.is_zero() && !next.cost.is_positive();
    let late = settlement.fixed > 0;
    let claim = if done { next.cost.loss() } else { Atoms::ZERO };
    if done {
        settlement.close_one();
        next.stage = if late { stage::LATE } else { stage::REGISTERED };
        let round = if late { &mut settlement.second } else { &mut settlement.first };
        if settlement.fixed < 2 {
            round.claims = round.claims.plus(claim)?;
        } else {
            // Nothing is left to share: the claim came after everything was fixed.
            book.detach(&next)?;
            next = Position::default();
        }
        if next.is_empty() {
            next = Position::default();
        }
        settlement.release(&book);
    }
    (*cash, *position) = (left, next);
    (market.book, market.settlement) = (book, settlement);
    Ok(Settled { touched, lots, paid, claim, late, done })
}

/// The lots of a losing position that the cash can pay for, and what they cost; all of a winning one.
fn payable(position: &Position, loss: Atoms, cash: Atoms) -> Result<(Size, Atoms)> {
    let held = position.lots.size();
    if loss <= cash {
        return Ok((held, loss));
    }
    if held.is_zero() {
        return if cash.is_zero() { Err(EngineError::NothingToClose) } else { Ok((held, cash)) };
    }
    let size = Size(math::mul_div_floor(cash.0, held.0, loss.0)?);
    if size.is_zero() {
        return Err(EngineError::NothingToClose);
    }
    Ok((size, Atoms(math::mul_div_ceil(loss.0, size.0, held.0)?)))
}

/// Counts a position as settled that another action closed.
pub(crate) fn forget(settlement: &mut Settlement, position: &Position) {
    if position.stage == stage::OPEN {
        settlement.close_one();
    }
}

/// What fixing a round fixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// One or two.
    pub round: u8,
    /// Its claims.
    pub claims: Atoms,
    /// What they are paid together.
    pub pot: Atoms,
    /// Positions that were not settled by then.
    pub open: u64,
}

/// Fixes the next round's fraction: when every position is settled, or at the deadline.
pub fn fix(market: &mut Market, now: i64) -> Result<Fixed> {
    let mut next = market.settlement;
    if market.status < status::SETTLING || next.fixed > 1 {
        return Err(EngineError::NothingToSettle);
    }
    let deadline = next.since.saturating_add(market.risk.settle_deadline.into());
    if next.open > 0 && now < deadline {
        return Err(EngineError::SettlementTooEarly);
    }
    let round = if next.fixed == 0 {
        next.first = fixed(next.first.claims, market.book.treasury);
        next.first
    } else {
        let unmet = next.first.claims.minus(next.first.pot)?;
        next.second = fixed(unmet.plus(next.second.claims)?, market.book.treasury.minus(next.first.unpaid)?);
        next.second
    };
    next.fixed = next.fixed.saturating_add(1);
    next.since = now;
    (market.settlement, market.status) = (next, status::SETTLED);
    Ok(Fixed { round: next.fixed, claims: round.claims, pot: round.pot, open: next.open })
}

/// A round that pays its claims what there is.
fn fixed(claims: Atoms, there: Atoms) -> Round {
    let pot = there.min(claims);
    Round { claims, pot, unpaid: pot }
}

/// What paying a claim moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paid {
    /// Paid in round one.
    pub first: Atoms,
    /// Paid in round two.
    pub second: Atoms,
    /// What of the claim is never paid: it is the liquidity providers'.
    pub lost: Atoms,
}

/// Pays what a claim is owed by now. After round two nothing of it is left.
pub fn pay(cash: &mut Atoms, position: &mut Position, market: &mut Market) -> Result<Paid> {
    let (mut book, mut next, mut settlement) = (market.book, *position, market.settlement);
    let mut report = Paid::default();
    if settlement.fixed == 0 || !next.lots.is_zero() || next.stage == stage::OPEN {
        return Err(EngineError::NothingOwed);
    }
    if next.stage == stage::REGISTERED {
        report.first = settlement.first.share(next.cost.loss())?;
        pay_out(&mut book, &mut next, &mut settlement.first, report.first)?;
        next.stage = stage::PAID;
    } else if settlement.fixed < 2 {
        return Err(EngineError::NothingOwed);
    }
    if settlement.fixed > 1 {
        report.second = settlement.second.share(next.cost.loss())?;
        pay_out(&mut book, &mut next, &mut settlement.second, report.second)?;
        report.lost = next.cost.loss();
        book.detach(&next)?;
        next = Position::default();
    }
    if next.is_empty() {
        next = Position::default();
    }
    settlement.release(&book);
    let left = cash.plus(report.first)?.plus(report.second)?;
    (*cash, *position) = (left, next);
    (market.book, market.settlement) = (book, settlement);
    Ok(report)
}

/// Pays a claim out of the treasury and its round's pot.
fn pay_out(book: &mut Book, position: &mut Position, round: &mut Round, amount: Atoms) -> Result<()> {
    // Rests that rounding left exceed those the pot was fixed for by less than an atom each; round one's pot has as many.
    round.unpaid = round.unpaid.saturating_minus(amount);
    book.settle(position, amount.signed()?)
}
