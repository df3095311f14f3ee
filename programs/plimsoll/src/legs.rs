//! The markets of an account's legs, as the caller passed them.
//!
//! All of them must be there, in the order of the legs: leaving one out is an error, not a zero. A market that the
//! instruction names is not passed again.

use alloc::vec::Vec;

use anchor_lang::prelude::*;
use plimsoll_engine::{
    account::{Initial, MAX_LEGS},
    survey::{Survey, initial_value},
    trade::Rest,
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    funding::accrue,
    state::{Leg, MarginAccount, Market, same},
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
            Some((address, market)) if same(address, &leg.market) => each(place, leg, market)?,
            _ => each(place, leg, &*next_market(leg, others.next())?)?,
        }
    }
    require!(others.next().is_none(), PlimsollError::UnexpectedAccount);
    Ok(())
}

fn next_market(leg: &Leg, view: Option<&AccountView>) -> Result<Account<Market>> {
    let view = view.filter(|view| same(view.address(), &leg.market)).ok_or(PlimsollError::MissingLeg)?;
    Account::<Market>::load(*view)
}

/// Values every leg, where `newer_than` is given at newer prices or as stale, and counts the fees of the account's orders
/// where they keep it from bankruptcy.
#[inline(never)] // its result would not fit the caller's stack frame beside a copy
pub fn survey(
    margin: &MarginAccount,
    named: (&Address, &Market),
    others: &[AccountView],
    now: i64,
    newer_than: Option<i64>,
) -> Result<Survey> {
    let mut survey = Survey::of_cash(margin.cash, now).checked()?;
    survey.newer_than = newer_than;
    visit(margin, Some(named), others, |place, leg, market| survey.add(place, &leg.position, &market.core).checked())?;
    survey.count_fees(margin.escrow().checked()?).checked()?;
    Ok(survey)
}

/// The legs other than the named market's, for both margins, without cash.
#[inline(never)] // several callers: once is small enough
pub fn rest(margin: &MarginAccount, named: (&Address, &Market), others: &[AccountView], now: i64) -> Result<Rest> {
    let mut rest = Rest::default();
    visit(margin, Some(named), others, |_, leg, market| {
        if same(&leg.market, named.0) { Ok(()) } else { rest.add(&leg.position, &market.core, now).checked() }
    })?;
    Ok(rest)
}

/// The markets of an account's legs other than the named one, and what was passed after them.
pub fn split<'a>(
    margin: &MarginAccount,
    named: &Address,
    others: &'a [AccountView],
) -> Result<(&'a [AccountView], &'a [AccountView])> {
    let count = margin.legs.iter().filter(|leg| !leg.is_free() && !same(&leg.market, named)).count();
    others.split_at_checked(count).ok_or_else(|| PlimsollError::MissingLeg.into())
}

/// Initial margin of the whole account.
#[inline(never)]
pub fn initial(
    margin: &MarginAccount,
    named: Option<(&Address, &Market)>,
    others: &[AccountView],
    now: i64,
) -> Result<Initial> {
    let mut initial = Initial::default().with_cash(margin.cash).checked()?;
    visit(margin, named, others, |_, leg, market| {
        initial.add(&initial_value(&leg.position, &market.core, now).checked()?).checked()
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
    for (place, leg) in legs.filter(|(_, leg)| !leg.is_free() && named.is_none_or(|named| !same(named, &leg.market))) {
        let view = views.next().filter(|view| same(view.address(), &leg.market)).ok_or(PlimsollError::MissingLeg)?;
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

/// Accrues funding in the markets that were passed writable, before the account is valued: they may be closed.
pub fn accrue_writable(others: &[AccountView], now: i64) -> Result<()> {
    for view in others.iter().filter(|view| view.is_writable()) {
        accrue(&mut load_mut::<Market>(*view)?, now)?;
    }
    Ok(())
}
