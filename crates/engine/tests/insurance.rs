//! The waterfall: the market's own part, the shared part within its cap, then the providers.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use common::{NOW, PRICE, USD, cases, hold, nav, sol_market};
use plimsoll_engine::{
    EngineError,
    insurance::{Draw, FLOOR_CAP, FLOOR_WINDOW, Floor, Insurance},
    market::{Market, status},
    units::{Atoms, Ratio, Ticks},
};
use proptest::prelude::*;

fn fund(shared: u64, own: u64) -> Insurance {
    Insurance { shared: Atoms(shared), own: Atoms(own), shares: 5, ..Insurance::default() }
}

fn owing(deficit: u64, own: u64) -> Market {
    let mut market = sol_market();
    (market.book.deficit, market.insurance_own) = (Atoms(deficit), Atoms(own));
    market
}

fn draw(own: u64, shared: u64, providers: u64) -> Draw {
    Draw { own: Atoms(own), shared: Atoms(shared), providers: Atoms(providers) }
}

#[test]
fn a_gift_goes_to_the_shared_part_and_changes_no_shares() {
    let mut insurance = fund(7, 3);
    insurance.receive(Atoms(5)).unwrap();
    assert_eq!(insurance, fund(12, 3));
    assert_eq!(insurance.receive(Atoms(u64::MAX)), Err(EngineError::Overflow));
    assert_eq!(insurance, fund(12, 3));
}

#[test]
fn the_markets_own_part_pays_first() {
    let (mut fund, mut market) = (fund(500, 300), owing(200, 250));
    assert_eq!(fund.draw(&mut market, NOW), Ok(draw(200, 0, 0)));
    assert_eq!((fund.shared, fund.own, fund.shares), (Atoms(500), Atoms(100), 5));
    assert_eq!((market.insurance_own, market.insurance_drawn), (Atoms(50), Atoms(0)));
    assert_eq!(market.book.deficit, Atoms(0));
    assert_eq!(market.book.treasury, Atoms(20_000_000_000_000 + 200));
}

#[test]
fn then_the_shared_part_then_the_providers() {
    let (mut fund, mut market) = (fund(500, 300), owing(1_000, 250));
    let drawn = fund.draw(&mut market, NOW).unwrap();
    assert_eq!(drawn, draw(250, 500, 250));
    assert_eq!(drawn.paid(), Ok(Atoms(750)));
    assert_eq!((fund.shared, fund.own), (Atoms(0), Atoms(50)), "what other markets own is not touched");
    assert_eq!(fund.total(), Ok(Atoms(50)));
    assert_eq!((market.book.deficit, market.insurance_drawn), (Atoms(0), Atoms(500)));
}

#[test]
fn the_shared_part_is_capped_per_window() {
    // Given a cap of $100,000 a day
    let mut fund = fund(1_000_000 * USD, 0);
    let mut market = owing(70_000 * USD, 0);
    assert_eq!(fund.draw(&mut market, NOW), Ok(draw(0, 70_000 * USD, 0)));
    market.book.deficit = Atoms(70_000 * USD);
    assert_eq!(fund.draw(&mut market, NOW + 86_399), Ok(draw(0, 30_000 * USD, 40_000 * USD)));
    assert_eq!((market.insurance_drawn, market.insurance_window_start), (Atoms(100_000 * USD), NOW));
    market.book.deficit = Atoms(5);
    assert_eq!(fund.draw(&mut market, NOW + 86_399), Ok(draw(0, 0, 5)));
    // A new window starts where it is first used
    market.book.deficit = Atoms(150_000 * USD);
    assert_eq!(fund.draw(&mut market, NOW + 86_400), Ok(draw(0, 100_000 * USD, 50_000 * USD)));
    assert_eq!(market.insurance_window_start, NOW + 86_400);
}

#[test]
fn a_cap_that_was_lowered_below_what_was_drawn_pays_nothing_more() {
    let (mut fund, mut market) = (fund(1_000, 0), owing(10, 0));
    (market.insurance_drawn, market.risk.insurance_cap) = (Atoms(50), Atoms(40));
    assert_eq!(fund.draw(&mut market, NOW), Ok(draw(0, 0, 10)));
}

#[test]
fn without_a_deficit_there_is_nothing_to_draw() {
    let (mut fund, mut market) = (fund(500, 300), owing(0, 250));
    let before = (fund, market);
    assert_eq!(fund.draw(&mut market, NOW + 90_000), Err(EngineError::ZeroAmount));
    assert_eq!((fund, market), before);
}

#[test]
fn an_error_leaves_fund_and_market() {
    // Given a treasury that cannot take the payment, or an own part larger than the fund's sum of them
    let (mut fund, mut market) = (fund(500, 300), owing(200, 250));
    market.book.treasury = Atoms(u64::MAX);
    let before = (fund, market);
    assert!(fund.draw(&mut market, NOW).is_err());
    assert_eq!((fund, market), before);
    let (mut fund, mut market) = (Insurance::default(), owing(200, 250));
    let before = (fund, market);
    assert!(fund.draw(&mut market, NOW).is_err());
    assert_eq!((fund, market), before);
}

#[test]
fn fees_are_swept_into_the_markets_own_part() {
    let (mut fund, mut market) = (fund(500, 300), owing(0, 250));
    market.book.fees = Atoms(77);
    assert_eq!(fund.sweep(&mut market), Ok(Atoms(77)));
    assert_eq!((fund.own, fund.shared), (Atoms(377), Atoms(500)));
    assert_eq!((market.insurance_own, market.book.fees), (Atoms(327), Atoms(0)));
    assert_eq!(fund.sweep(&mut market), Ok(Atoms(0)));
    // And what does not fit is refused whole
    (market.book.fees, fund.own) = (Atoms(1), Atoms(u64::MAX));
    let before = (fund, market);
    assert!(fund.sweep(&mut market).is_err());
    assert_eq!((fund, market), before);
}

mod consolidation {
    use plimsoll_engine::{
        exit::{Exit, catch_up},
        shares::{stake, worth},
    };

    use super::*;

    /// A fund of one holder that a draw leaves so much of its `shared`.
    fn drawn_to(left: u64, shared: u64, shares: u64) -> Insurance {
        let mut market = owing(shared - left, 0);
        market.risk.insurance_cap = Atoms(u64::MAX >> 1);
        let mut fund = Insurance { shared: Atoms(shared), shares, ..Insurance::default() };
        fund.draw(&mut market, NOW).unwrap();
        fund
    }

    #[test]
    fn shares_are_put_together_when_they_are_worth_a_thousandth_of_an_atom() {
        let fund = |left| {
            let fund = drawn_to(left, 1 << 50, 1 << 50);
            (fund.shares, fund.epoch)
        };
        assert_eq!(fund((1 << 40) + 1), (1 << 50, 0));
        assert_eq!(fund(1 << 40), (1 << 40, 1));
        assert_eq!(fund((1 << 30) + 1), (1 << 40, 1));
        assert_eq!(fund(1 << 30), (1 << 30, 2));
        assert_eq!(fund(1), (1, 5));
        assert_eq!(fund(0), (0, 6));
    }

    #[test]
    fn a_floor_that_takes_the_last_of_it_ends_the_shares_too() {
        let (mut fund, mut market) =
            (Insurance { shared: Atoms(1_000), shares: 1_000, ..Insurance::default() }, owing(0, 0));
        assert_eq!(fund.keepers_floor(&mut market, NOW).unwrap().shared, Atoms(1_000));
        assert_eq!((fund.shared, fund.shares, fund.epoch), (Atoms(0), 0, 1));
    }

    #[test]
    fn however_often_it_is_paid_out_the_fund_takes_the_next_stake() {
        let mut fund = Insurance::default();
        let (mut held, mut epoch) = (0, 0);
        for round in 0..100 {
            // Whole, or but for an atom.
            let mut market = owing(fund.shared.0 - (round % 2).min(fund.shared.0), 0);
            market.risk.insurance_cap = Atoms(u64::MAX >> 1);
            let _ = fund.draw(&mut market, NOW);
            catch_up(&mut Exit::default(), &mut held, &mut epoch, &fund);
            assert!(held <= fund.shares);
            let amount = Atoms(1_000_000_000 * USD);
            held += stake(&mut fund, amount).unwrap().shares;
            // What it brought is worth as much, but for what was left to the shares before.
            let worth = worth(held, fund.shared, fund.shares).unwrap();
            assert!(worth.0.abs_diff(amount.0) < 2 * USD, "{round}: {worth:?}");
        }
    }

    #[test]
    fn a_16_what_comes_into_an_empty_fund_is_nobodys() {
        // Given a fund that was paid out, and a gift to it
        let mut fund = drawn_to(0, 1_000 * USD, 1_000 * USD);
        fund.receive(Atoms(1_000 * USD)).unwrap();
        // When somebody stakes
        let shares = stake(&mut fund, Atoms(1_000 * USD)).unwrap().shares;
        // Then it may not leave with the gift, which stays to answer deficits
        let out = worth(shares, fund.shared, fund.shares).unwrap();
        assert!(out.0 <= 1_000 * USD && out.0 > 998 * USD, "{out:?}");
    }

    proptest! {
        #![proptest_config(cases(2_000))]

        #[test]
        fn nobodys_part_changes_by_more_than_an_atom(shared in 1u64..1 << 50, shares in 1u64..1 << 60, part in 0u64..1_000, mine in 0u64..1_000) {
            let left = (u128::from(shared) * u128::from(part) * u128::from(part) * u128::from(part) / 1_000_000_000) as u64;
            let fund = drawn_to(left.min(shared - 1), shared, shares);
            let held = (u128::from(shares) * u128::from(mine) / 1_000) as u64;
            let before = (u128::from(held) * u128::from(fund.shared.0) / u128::from(shares)) as u64;
            let (mut after, mut epoch) = (held, 0);
            catch_up(&mut Exit::default(), &mut after, &mut epoch, &fund);
            prop_assert!(fund.shares == 0 || fund.shares >> 10 < fund.shared.0);
            if fund.epoch > 0 && fund.shares > 0 {
                let now = (u128::from(after) * u128::from(fund.shared.0) / u128::from(fund.shares)) as u64;
                // A share is then an atom at most, and so is what rounding takes; what it gives is the others' less than that.
                prop_assert!(now <= before + 1 + fund.shared.0 / fund.shares && before <= now + 2, "{before} {now}");
            }
        }
    }
}

mod claims {
    use super::*;

    /// A market that owes `claim` to the fund, with a treasury of `treasury` and nothing else.
    fn claimed(claim: u64, treasury: u64) -> Market {
        let mut market = sol_market();
        (market.book.insurance_claim, market.book.treasury) = (Atoms(claim), Atoms(treasury));
        market
    }

    #[test]
    fn a_claim_goes_into_the_markets_own_part() {
        let (mut fund, mut market) = (fund(500, 300), claimed(1_000, 5_000));
        market.insurance_own = Atoms(250);
        let before = nav(&market);
        assert_eq!(fund.collect(&mut market, NOW), Ok(Atoms(1_000)));
        assert_eq!((fund.shared, fund.own, market.insurance_own), (Atoms(500), Atoms(1_300), Atoms(1_250)));
        assert_eq!((market.book.treasury, market.book.insurance_claim), (Atoms(4_000), Atoms(0)));
        assert_eq!(nav(&market), before, "net asset value counted the claim already");
        assert_eq!(fund.collect(&mut market, NOW), Err(EngineError::ZeroAmount));
    }

    #[test]
    fn it_is_paid_as_far_as_there_is_cash_and_the_rest_later() {
        // Given a treasury that is owed most of its value by shorts who lost
        let (mut fund, mut market) = (fund(0, 0), claimed(1_000_000, 400_000));
        hold(&mut market, -1_000, PRICE - 1_000);
        assert_eq!(nav(&market), 400_000 - 4);
        assert_eq!(fund.collect(&mut market, NOW), Ok(Atoms(400_000)));
        assert_eq!((market.book.treasury, market.book.insurance_claim), (Atoms(0), Atoms(600_000)));
        assert_eq!(fund.collect(&mut market, NOW), Err(EngineError::TreasuryShort));
        market.book.treasury = Atoms(900_000);
        assert_eq!(fund.collect(&mut market, NOW), Ok(Atoms(600_000)));
        assert_eq!((fund.own, market.insurance_own), (Atoms(1_000_000), Atoms(1_000_000)));
    }

    #[test]
    fn nothing_is_paid_to_the_fund_before_the_traders() {
        let refused = |market: Market, now: i64| {
            let (mut fund, mut after) = (fund(5, 5), market);
            let error = fund.collect(&mut after, now).unwrap_err();
            assert_eq!((after, fund), (market, super::fund(5, 5)));
            error
        };
        // Net asset value is what the claim leaves: negative by an atom
        assert_eq!(refused(claimed(1_001, 1_000), NOW), EngineError::NavNotPositive);
        assert!(fund(5, 5).collect(&mut claimed(1_000, 1_000), NOW).is_ok());
        assert_eq!(refused(claimed(1_000, 1_000), NOW + 31), EngineError::PriceTooOld);
        let settling = Market { status: status::SETTLING, ..claimed(1_000, 1_000) };
        assert_eq!(refused(settling, NOW), EngineError::MarketNotOpen);
        let mut halted = Market { status: status::HALTED, ..claimed(1_000, 1_000) };
        assert!(fund(5, 5).collect(&mut halted, NOW).is_ok());
        let mut owing = claimed(1_000, 1_000);
        owing.book.deficit = Atoms(1);
        assert_eq!(refused(owing, NOW), EngineError::DeficitPending);
    }
}

mod keepers {
    use super::*;

    /// `phi` is 0.6 % and the smallest position 100 lots at $150: nine cents. A third goes to the flagger.
    const FULL: u64 = 90_000;

    fn owning(own: u64) -> Market {
        let mut market = sol_market();
        market.insurance_own = Atoms(own);
        market
    }

    #[test]
    fn a_bankrupt_account_pays_its_keepers_from_insurance() {
        let (mut fund, mut market) = (fund(USD, 300_000), owning(50_000));
        let (flagger, liquidator) = (Atoms(FULL / 3), Atoms(FULL / 3 * 2));
        let paid = Floor { flagger, liquidator, own: Atoms(50_000), shared: Atoms(FULL - 50_000) };
        assert_eq!(fund.keepers_floor(&mut market, NOW), Ok(paid));
        assert_eq!(paid.paid(), Ok(Atoms(FULL)));
        assert_eq!((fund.shared, fund.own), (Atoms(USD - FULL + 50_000), Atoms(250_000)));
        assert_eq!((market.insurance_own, fund.floor_paid, fund.floor_window_start), (Atoms(0), Atoms(FULL), NOW));
    }

    #[test]
    fn a_floor_is_at_most_phi_on_the_smallest_position() {
        let mut market = owning(0);
        market.risk.minimum_position.0 = 1;
        // 0.6 % of 15 cents, down
        let paid = fund(USD, 0).keepers_floor(&mut market, NOW).unwrap();
        assert_eq!(paid, Floor { flagger: Atoms(300), liquidator: Atoms(600), own: Atoms(0), shared: Atoms(900) });
    }

    #[test]
    fn an_empty_fund_pays_nothing_and_stops_nobody() {
        let (mut fund, mut market) = (fund(0, 7), owning(0));
        assert_eq!(fund.keepers_floor(&mut market, NOW), Ok(Floor::default()));
        assert_eq!((fund.own, fund.floor_paid), (Atoms(7), Atoms(0)), "what other markets own is not touched");
    }

    #[test]
    fn a_window_is_capped_to_the_atom_and_then_renewed() {
        let (mut fund, mut market) = (fund(1 << 40, 0), owning(0));
        (fund.floor_window_start, fund.floor_paid) = (NOW, Atoms(FLOOR_CAP.0 - 10));
        let end = NOW + i64::from(FLOOR_WINDOW);
        assert_eq!(fund.keepers_floor(&mut market, end - 1).unwrap().paid(), Ok(Atoms(10)));
        assert_eq!(fund.keepers_floor(&mut market, end - 1).unwrap().paid(), Ok(Atoms(0)));
        assert_eq!(fund.keepers_floor(&mut market, end).unwrap().paid(), Ok(Atoms(FULL)));
        assert_eq!((fund.floor_window_start, fund.floor_paid), (end, Atoms(FULL)));
    }

    #[test]
    fn without_parts_for_keepers_the_liquidator_takes_it() {
        let mut market = owning(0);
        (market.risk.charge_flagger, market.risk.charge_liquidator) = (Ratio(0), Ratio(0));
        let paid = fund(USD, 0).keepers_floor(&mut market, NOW).unwrap();
        assert_eq!((paid.flagger, paid.liquidator), (Atoms(0), Atoms(FULL)));
    }

    #[test]
    fn a_floor_that_overflows_changes_nothing() {
        let (mut fund, mut market) = (fund(USD, 0), owning(0));
        market.price.oracle = Ticks(u64::MAX);
        let before = market;
        assert_eq!(fund.keepers_floor(&mut market, NOW), Err(EngineError::Overflow));
        assert_eq!((fund, market), (super::fund(USD, 0), before));
    }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn what_the_fund_pays_reaches_the_treasury_and_the_order_is_kept(
        deficit in 1u64..1_000, own in 0u64..1_000, others in 0u64..1_000, shared in 0u64..1_000, drawn in 0u64..1_000, cap in 0u64..1_000,
    ) {
        let (mut fund, mut market) = (fund(shared, own + others), owing(deficit, own));
        (market.insurance_drawn, market.risk.insurance_cap) = (Atoms(drawn), Atoms(cap));
        let before = (fund.total().unwrap().0 + market.book.treasury.0, nav(&market));
        let draw = fund.draw(&mut market, NOW).unwrap();
        let paid = draw.paid().unwrap().0;
        prop_assert_eq!(fund.total().unwrap().0 + market.book.treasury.0, before.0);
        prop_assert_eq!(nav(&market), before.1 + paid as i64);
        prop_assert_eq!(paid + draw.providers.0, deficit);
        prop_assert!(fund.own.0 >= others && fund.own.0 - others == market.insurance_own.0);
        // Nobody further down pays while somebody further up could
        prop_assert!(draw.shared.is_zero() || market.insurance_own.is_zero());
        let room = cap.saturating_sub(market.insurance_drawn.0).min(fund.shared.0);
        prop_assert!(draw.providers.is_zero() || room == 0);
    }

    #[test]
    fn insurance_moves_money_and_makes_none(
        (shared, own, others) in (0u64..1 << 40, 0u64..1 << 40, 0u64..1 << 40),
        (treasury, claim, paid) in (0u64..1 << 40, 0u64..1 << 40, 0u64..1_100_000_000),
        price in 1_000u64..1 << 30,
    ) {
        let mut market = owing(0, own);
        market.price.oracle = Ticks(price);
        (market.book.treasury, market.book.insurance_claim) = (Atoms(treasury), Atoms(claim));
        let mut fund = Insurance { floor_window_start: NOW, floor_paid: Atoms(paid), ..fund(shared, own + others) };
        let (before, value) = (fund.total().unwrap().0, nav(&market));

        let floor = fund.keepers_floor(&mut market, NOW).unwrap();
        let spent = floor.paid().unwrap().0;
        prop_assert_eq!(spent, floor.own.0 + floor.shared.0);
        prop_assert_eq!(fund.total().unwrap().0, before - spent);
        prop_assert_eq!(fund.own.0 - market.insurance_own.0, others);
        prop_assert!(u128::from(spent) * 1_000_000 <= u128::from(price) * 100 * 6_001);
        prop_assert!(fund.floor_paid.0 <= paid.max(FLOOR_CAP.0));

        match fund.collect(&mut market, NOW) {
            Ok(collected) => {
                prop_assert_eq!(fund.total().unwrap().0, before - spent + collected.0);
                prop_assert_eq!(market.book.treasury.0, treasury - collected.0);
                prop_assert_eq!(fund.own.0 - market.insurance_own.0, others);
                prop_assert!(collected.0 == claim.min(treasury) && value >= 0);
            }
            Err(_) => prop_assert!(claim == 0 || value < 0),
        }
        prop_assert_eq!(nav(&market), value);
    }
}
