//! The markets of an account's legs, as the caller passed them.
//!
//! All of them must be there, in the order of the legs: leaving one out is an error, not a zero. A market that the
//! instruction names is not passed again.

use alloc::vec::Vec;

use anchor_lang::prelude::*;
use plimsoll_engine::{
    account::{Health, Initial, MAX_LEGS},
    close::{choose_leg, close_helps, is_payable},
    margin::{LegHealth, leg_health, leg_initial},
    trade::Rest,
    units::{Atoms, Ratio},
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    state::{Leg, MarginAccount, Market},
};

/// Calls `each` for every leg in use, with its place and its market.
pub fn visit(
    margin: &MarginAccount,
    named: Option<(&Address, &Market)>,
    others: &[AccountView],
    mut each: impl FnMut(usize, &Leg, &Market) -> Result<()>,
) -> Result<()> {
    let mut others = others.iter();
    for (place, leg) in margin.legs.iter().enumerate().filter(|(_, leg)| !leg.is_free()) {
        match named {
            Some((address, market)) if *address == leg.market => each(place, leg, market)?,
            _ => each(place, leg, &*next_market(leg, others.next())?)?,
        }
    }
    require!(others.next().is_none(), PlimsollError::UnexpectedAccount);
    Ok(())
}

fn next_market(leg: &Leg, view: Option<&AccountView>) -> Result<Account<Market>> {
    let view = view.filter(|view| *view.address() == leg.market).ok_or(PlimsollError::MissingLeg)?;
    Account::<Market>::load(*view)
}

/// Everything that flagging and liquidating look at.
pub struct Survey {
    /// The whole account.
    pub health: Health,
    /// Charge and health of each leg; a free leg is all zero.
    pub legs: [(Ratio, LegHealth); MAX_LEGS],
    /// Fees of the account's orders, where they were counted: without them it would be bankrupt.
    pub order_fees: Atoms,
    /// Newest publish time of the prices used.
    pub newest: i64,
    /// Oldest publish time of the prices used.
    pub oldest: i64,
}

impl Survey {
    /// Values every leg at its market's fresh price.
    pub fn take(margin: &MarginAccount, named: (&Address, &Market), others: &[AccountView], now: i64) -> Result<Self> {
        let mut survey = Self {
            health: Health::of_cash(margin.cash).checked()?,
            legs: Default::default(),
            order_fees: Atoms::ZERO,
            newest: i64::MIN,
            oldest: i64::MAX,
        };
        visit(margin, Some(named), others, |place, leg, market| {
            let core = &market.core;
            let value = leg_health(&leg.position, core, core.fresh_price(now).checked()?).checked()?;
            survey.health.add(&value).checked()?;
            survey.newest = survey.newest.max(core.price.publish_time);
            survey.oldest = survey.oldest.min(core.price.publish_time);
            if let Some(slot) = survey.legs.get_mut(place) {
                *slot = (core.risk.charge, value);
            }
            Ok(())
        })?;
        // Whoever moved cash into an order's fee is not bankrupt by it, neither in the queue nor when liquidated.
        if survey.health.is_bankrupt() {
            survey.order_fees = margin.escrow().checked()?;
            survey.health = survey.health.with_cash(survey.order_fees).checked()?;
        }
        Ok(survey)
    }

    /// The leg at a place.
    pub fn leg(&self, place: usize) -> LegHealth {
        self.legs.get(place).map_or_else(LegHealth::default, |(_, leg)| *leg)
    }

    /// Whether the account stays flagged in the queue of this leg: it has lots or a debt, and closing it helps or nothing
    /// does.
    pub fn binds(&self, leg: Option<usize>) -> bool {
        let Some((charge, value)) = leg.and_then(|place| self.legs.get(place)) else { return false };
        let best = choose_leg(&self.health, self.legs.iter().copied());
        let closable = close_helps(*charge, &self.health, value) && is_payable(&self.health, value);
        let open = !value.notional.is_zero() || value.pnl.is_negative();
        open && (closable || best.is_none() || best == leg)
    }

    /// The account with another cash and another leg at `place`.
    pub fn replaced(&self, cash: Atoms, place: usize, leg: &LegHealth) -> Result<Health> {
        let mut health = Health::of_cash(cash).checked()?;
        for (other, (_, value)) in self.legs.iter().enumerate() {
            health.add(if other == place { leg } else { value }).checked()?;
        }
        Ok(health)
    }
}

/// The legs other than the named market's, for both margins, without cash.
pub fn rest(margin: &MarginAccount, named: (&Address, &Market), others: &[AccountView], now: i64) -> Result<Rest> {
    let mut rest = Rest::default();
    visit(margin, Some(named), others, |_, leg, market| {
        if leg.market == *named.0 {
            return Ok(());
        }
        let core = &market.core;
        let health = leg_health(&leg.position, core, core.fresh_price(now).checked()?).checked()?;
        let initial = leg_initial(&leg.position, &core.risk, &core.book, &core.price).checked()?;
        rest.health.add(&health).checked()?;
        rest.initial.add(&initial).checked()
    })?;
    Ok(rest)
}

/// Initial margin of the whole account.
pub fn initial(
    margin: &MarginAccount,
    named: Option<(&Address, &Market)>,
    others: &[AccountView],
    now: i64,
) -> Result<Initial> {
    let mut initial = Initial::default().with_cash(margin.cash).checked()?;
    visit(margin, named, others, |_, leg, market| {
        let core = &market.core;
        core.fresh_price(now).checked()?;
        initial.add(&leg_initial(&leg.position, &core.risk, &core.book, &core.price).checked()?).checked()
    })?;
    Ok(initial)
}

/// The legs' markets other than the named one, writable, with the places of their legs.
pub fn load_writable(
    margin: &MarginAccount,
    named: Option<&Address>,
    others: &[AccountView],
) -> Result<Vec<(usize, Account<Market>)>> {
    let mut views = others.iter();
    let mut markets = Vec::with_capacity(MAX_LEGS);
    let legs = margin.legs.iter().enumerate();
    for (place, leg) in legs.filter(|(_, leg)| !leg.is_free() && Some(&leg.market) != named) {
        let view = views.next().filter(|view| *view.address() == leg.market).ok_or(PlimsollError::MissingLeg)?;
        markets.push((place, load_mut::<Market>(*view)?));
    }
    require!(views.next().is_none(), PlimsollError::UnexpectedAccount);
    Ok(markets)
}

/// Loads an account for writing after seeing that nobody else holds it.
pub fn load_mut<T: bytemuck::Pod + anchor_lang::accounts::SlabSchema>(view: AccountView) -> Result<Account<T>> {
    view.check_borrow_mut()?;
    // SAFETY: just checked that the data is not borrowed; the account stays marked until it is dropped.
    unsafe { Account::<T>::load_mut(view) }
}
