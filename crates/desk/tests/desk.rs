//! Given an exchange that the engine made, when questions are asked, then the answers agree with the engine and with each
//! other.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../fixture/mod.rs"]
mod fixture;

use fixture::*;
use plimsoll_client::{
    engine::{
        limiter,
        margin::{initial_requirement, maintenance},
        units::{Atoms, Size, Ticks},
        valuation::value,
    },
    errors::PlimsollError,
    state::{MarginAccount, Market},
    wire::AccountLayout,
};
use plimsoll_desk::{
    AccountState, MarketStatus, OrderStage, PriceCondition, RefusedAt, Request, SizeBound, WithdrawBound,
};

fn core(byte: u8) -> plimsoll_client::engine::market::Market {
    let data = data().into_iter().find(|(address, _)| *address == key(byte)).unwrap().1;
    Market::decode(&data).unwrap().core
}

fn buy(lots: i64) -> Request {
    Request { lots, limit: u64::MAX >> 24, reduce_only: false }
}

#[test]
fn margin_is_the_sum_of_its_terms_and_of_its_legs() {
    let venue = venue();
    let alice = venue.account_figures(&key(ALICE), AT).unwrap();
    assert_eq!(alice.state, AccountState::Healthy);
    assert_eq!(alice.legs.len(), 2);
    for (leg, byte) in alice.legs.iter().zip([SOL, BTC]) {
        let core = core(byte);
        let terms = &leg.maintenance_terms;
        assert_eq!(leg.maintenance, terms.volatility + terms.impact + terms.floor - terms.cap);
        assert_eq!(leg.maintenance, maintenance(&core.risk, Atoms(leg.notional)).unwrap().0);
        let terms = leg.initial_terms.as_ref().unwrap();
        let sum = terms.maintenance + terms.buffer + terms.crowd + terms.open_interest + terms.cascade;
        let size = Size(leg.lots.unsigned_abs());
        let asked = initial_requirement(&core.risk, &core.book, size, leg.lots > 0, core.price.oracle).unwrap();
        assert_eq!((leg.initial.unwrap(), sum), (asked.0, asked.0));
        assert!(terms.buffer > 0 && terms.open_interest > 0, "{terms:?}");
    }
    assert_eq!(alice.maintenance, alice.legs.iter().map(|leg| leg.maintenance).sum::<u64>());
    assert_eq!(alice.initial.unwrap(), alice.legs.iter().map(|leg| leg.initial.unwrap()).sum::<u64>());
    let counted: i64 = alice.legs.iter().map(|leg| leg.counted).sum();
    assert_eq!(alice.equity, i64::try_from(alice.cash).unwrap() + counted);
}

#[test]
fn an_account_is_liquidatable_at_its_liquidation_price_and_not_a_tick_before() {
    let venue = venue();
    let alice = venue.account_figures(&key(ALICE), AT).unwrap();
    let data = data().into_iter().find(|(address, _)| *address == key(ALICE)).unwrap().1;
    let account = MarginAccount::decode(&data).unwrap();
    for (place, (leg, byte)) in alice.legs.iter().zip([SOL, BTC]).enumerate() {
        let falls = leg.liquidation_price.unwrap();
        let other = &alice.legs[1 - place];
        let liquidatable = |ticks: u64| {
            let mut core = core(byte);
            core.price.oracle = Ticks(ticks);
            let moved = value(&account.legs[place].position, &core, AT.time, None).unwrap().leg;
            let equity = alice.cash as i64 + other.counted + moved.counted.0;
            equity < (other.maintenance + moved.maintenance.0) as i64
        };
        let before = if leg.lots > 0 { falls + 1 } else { falls - 1 };
        assert!(liquidatable(falls) && !liquidatable(before), "{falls}");
        assert_eq!(leg.liquidation_distance_ppm.unwrap() < 0, leg.lots > 0);
    }
}

#[test]
fn who_is_under_maintenance_is_queued_first_and_cannot_withdraw() {
    let venue = venue();
    let bob = venue.account_figures(&key(BOB), AT).unwrap();
    assert_eq!((bob.state.clone(), bob.flagged), (AccountState::Liquidatable, true));
    assert_eq!(bob.withdrawable.bound, WithdrawBound::Flagged);
    assert_eq!(venue.withdrawal(&key(BOB), 1, AT).unwrap_err().code, PlimsollError::AccountFlagged.code());
    let queue = venue.queue_figures(&key(SOL), AT).unwrap();
    assert_eq!(queue.rows.len(), 2);
    assert_eq!(queue.next, Some(key(BOB).to_string()));
    assert!(queue.rows[0].allowed && queue.rows[0].counts && queue.rows[0].key_ppm == Some(1_000_000));
    assert!(queue.rows[1].counts && !queue.rows[1].allowed, "its key is far below the largest");
    assert!(venue.queue_figures(&key(BTC), AT).unwrap().rows.is_empty());
}

#[test]
fn what_leaves_is_bounded_by_margin_and_by_cash_and_by_the_limiter() {
    let mut venue = venue();
    let alice = venue.account_figures(&key(ALICE), AT).unwrap().withdrawable;
    assert_eq!(alice.bound, WithdrawBound::Margin);
    assert!(venue.withdrawal(&key(ALICE), alice.amount, AT).is_ok());
    let more = venue.withdrawal(&key(ALICE), alice.amount + 1, AT).unwrap_err();
    assert_eq!(more.code, PlimsollError::BelowInitialMargin.code());
    let carol = venue.account_figures(&key(CAROL), AT).unwrap().withdrawable;
    assert_eq!((carol.amount, carol.bound), (50_000 * USD, WithdrawBound::Cash));

    let exchange = data()[0].1.clone();
    let mut exchange = plimsoll_client::state::Exchange::decode(&exchange).unwrap();
    exchange.limiter.hour_outflow = exchange.limiter.hour_limit();
    venue.put(key(1), &exchange.encode());
    let carol = venue.account_figures(&key(CAROL), AT).unwrap().withdrawable;
    assert_eq!((carol.amount, carol.bound), (limiter::ALLOWANCE.0, WithdrawBound::Limiter));
    assert!(carol.more_at.unwrap() > AT.time);
    assert_eq!(
        venue.withdrawal(&key(CAROL), carol.amount + 1, AT).unwrap_err().code,
        PlimsollError::WithdrawalLimited.code()
    );
}

#[test]
fn a_preview_says_terms_and_account_or_where_it_is_refused() {
    let venue = venue();
    let (carol, sol) = (key(CAROL), key(SOL));
    let limit = core(SOL).risk.max_price.0;
    let preview = venue.preview(Some(&carol), &sol, Request { limit, ..buy(1_000_000) }, AT).unwrap();
    assert_eq!(preview.refusal, None);
    let (fill, after) = (preview.fill.unwrap(), preview.after.unwrap());
    assert_eq!(fill.cost, 1_000_000 * 145_100 + fill.premium + i64::try_from(fill.spread).unwrap());
    assert!(fill.premium > 0 && fill.price > 145_100, "{fill:?}");
    assert_eq!(after.cash, 50_000 * USD - preview.fee);
    assert_eq!(after.lots, 1_000_000);
    assert!(after.liquidation_price.unwrap() < 145_100);

    let tight = venue.preview(Some(&carol), &sol, Request { limit: 145_100, ..buy(1_000_000) }, AT).unwrap();
    assert_eq!(tight.refused_at, Some(RefusedAt::Execution));
    assert_eq!(tight.refusal.unwrap().code, PlimsollError::LimitNotMet.code());
    assert_eq!(tight.fill.unwrap(), fill, "the pool's terms are the same");
    let broke = venue.preview(None, &sol, Request { limit, ..buy(1_000_000) }, AT).unwrap();
    assert_eq!((broke.refused_at, broke.after), (Some(RefusedAt::Placing), None));
    assert_eq!(broke.fill.unwrap(), fill);
    let flagged = venue.preview(Some(&key(BOB)), &sol, Request { limit, ..buy(1_000) }, AT).unwrap();
    assert_eq!(flagged.refusal.unwrap().code, PlimsollError::AccountFlagged.code());
}

#[test]
fn the_largest_order_passes_and_a_lot_more_does_not() {
    let venue = venue();
    for (account, byte, long) in [(CAROL, SOL, true), (CAROL, BTC, false), (ALICE, SOL, false)] {
        let limit = if long { core(byte).risk.max_price.0 } else { 1 };
        let largest = venue.largest(&key(account), &key(byte), long, AT).unwrap();
        let passes = |lots: u64| {
            let lots = i64::try_from(lots).unwrap() * if long { 1 } else { -1 };
            let request = Request { lots, limit, reduce_only: false };
            venue.preview(Some(&key(account)), &key(byte), request, AT).unwrap().refusal.is_none()
        };
        assert!(largest > 0 && passes(largest) && !passes(largest + 1), "{account} {byte} {largest}");
        let half = venue.part_of_largest(&key(account), &key(byte), long, 500_000, AT).unwrap();
        assert_eq!(half, largest / 2);
    }
    assert_eq!(venue.largest(&key(BOB), &key(SOL), true, AT).unwrap(), 0, "it is flagged");
}

#[test]
fn a_size_by_risk_loses_no_more_than_that() {
    let venue = venue();
    let terms = ((100 * USD, 140_000), (146_000, 130_000));
    let sized = venue.at_risk(Some(&key(CAROL)), &key(SOL), terms.0, terms.1, AT).unwrap();
    let size = sized.size.unwrap();
    assert_eq!(size.bound, SizeBound::Risk);
    assert!(size.lots > 0 && size.loss <= 100 * USD && size.loss > 99 * USD, "{size:?}");
    let alone = venue.preview(Some(&key(CAROL)), &key(SOL), Request { limit: 146_000, ..buy(size.lots) }, AT).unwrap();
    let both = sized.preview.unwrap();
    assert!(both.refusal.is_none() && both.fee > alone.fee, "the stop's fee is in it");
    let held = venue.at_risk(Some(&key(ALICE)), &key(SOL), terms.0, terms.1, AT).unwrap();
    assert_eq!(held.refusal.unwrap().code, PlimsollError::PositionHeld.code());
}

#[test]
fn other_prices_give_another_account_and_leave_this_one() {
    let venue = venue();
    let now = venue.account_figures(&key(ALICE), AT).unwrap();
    assert_eq!(venue.what_if(&key(ALICE), None, 0, AT).unwrap().equity, now.equity);
    let falls = now.legs[0].liquidation_distance_ppm.unwrap();
    assert_eq!(venue.what_if(&key(ALICE), Some(&key(SOL)), falls - 200, AT).unwrap().state, AccountState::Liquidatable);
    assert_ne!(venue.what_if(&key(ALICE), Some(&key(SOL)), falls + 200, AT).unwrap().state, AccountState::Liquidatable);
    assert_eq!(venue.account_figures(&key(ALICE), AT).unwrap(), now);
}

#[test]
fn a_market_says_what_it_takes_and_how_old_its_price_is() {
    let venue = venue();
    let sol = venue.market_figures(&key(SOL), AT).unwrap();
    assert_eq!((sol.status.clone(), sol.price_condition.clone()), (MarketStatus::Active, PriceCondition::Normal));
    assert_eq!((sol.price, sol.age, sol.price_decimals, sol.size_decimals), (145_100, 5, 3, 3));
    assert!(sol.funding_ppb_per_hour > 0 && sol.skew == 1_200_000, "longs pay");
    assert_eq!(sol.queued, Some(2));
    let coverage = i128::from(sol.net_asset_value) * 1_000_000 / i128::from(sol.coverage_needed);
    assert_eq!(i128::from(sol.coverage_ppm.unwrap()), coverage);
    let later = plimsoll_desk::Moment { time: AT.time + 120, ..AT };
    let old = venue.market_figures(&key(SOL), later).unwrap();
    assert_eq!((old.price_condition, old.age), (PriceCondition::Stale, 125));
    assert!(venue.all_market_figures(AT).unwrap()[1].funding_ppb_per_hour < 0, "shorts pay");
}

#[test]
fn an_order_is_requested_then_binding_then_expired() {
    let venue = venue();
    let stage = |seconds: i64| {
        let at = plimsoll_desk::Moment { time: NOW + 38 + seconds, ..AT };
        venue.account_figures(&key(ALICE), at).unwrap().orders[0].stage.clone()
    };
    assert_eq!([stage(0), stage(3), stage(14)], [OrderStage::Requested, OrderStage::Binding, OrderStage::Expired]);
}

#[test]
fn insurance_is_the_vault_and_what_a_market_can_draw() {
    let venue = venue();
    let insurance = venue.insurance_figures(AT).unwrap();
    assert_eq!(insurance.total, insurance.own + insurance.shared);
    let sol = &insurance.markets[0];
    assert_eq!((sol.own, sol.shared_now, sol.shared_cap), (40_000 * USD, 100_000 * USD, 100_000 * USD));
}
