//! Leaving a pool: request, cooldown, the lower of two prices.
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

use common::{NOW, PRICE, USD, hold, market_of, nav, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    exit::{Exit, Redeemed, STAKE_COOLDOWN, catch_up, redeem, request, request_unstake, unstake},
    insurance::Insurance,
    market::{Market, status},
    order::Order,
    shares::{issue, provide, stake, worth},
    trade::fill,
    units::{Atoms, Lots, Pnl, Ratio, Ticks},
};

/// A day later, when a request made at `NOW` may be redeemed.
const LATER: i64 = NOW + 86_400;

/// A market whose one provider holds all shares, bought at an atom each.
fn pool(dollars: u64) -> Market {
    let mut market = market_of(&sol(), PRICE, 0);
    provide(&mut market, Atoms(dollars * USD), NOW).unwrap();
    market
}

/// The same market with a price published `LATER`.
fn aged(market: &Market) -> Market {
    let mut market = *market;
    market.price.publish_time = LATER;
    market.funding.accrued = LATER + 60;
    market
}

fn requested(market: &Market, held: u64, shares: u64) -> Exit {
    let mut exit = Exit::default();
    request(&mut exit, held, market, shares, NOW).unwrap();
    exit
}

#[test]
fn golden_worths() {
    // The lower of n V / S and n (V + 10^6) / (S + 10^6), down
    assert_eq!(worth(500, Atoms(3_000_000), 1_000_000), Ok(Atoms(1_000)), "virtual atoms take a part of a gain");
    assert_eq!(worth(501, Atoms(3_000_000), 1_000_000), Ok(Atoms(1_002)));
    assert_eq!(worth(3, Atoms(1_000_000), 2_000_000), Ok(Atoms(1)), "and give nothing in a loss");
    assert_eq!(worth(2_000_000, Atoms(1_000_000), 2_000_000), Ok(Atoms(1_000_000)));
    assert_eq!(worth(1_000_000, Atoms(0), 2_000_000), Ok(Atoms(0)));
    assert_eq!(worth(0, Atoms(5), 0), Ok(Atoms(0)));
    assert_eq!(worth(2, Atoms(5), 1), Err(EngineError::NotEnoughShares));
    assert_eq!(worth(1, Atoms(u64::MAX), 1), Err(EngineError::Overflow));
    assert_eq!(worth(1, Atoms(1), u64::MAX), Err(EngineError::Overflow));
    // So nothing is issued that could not leave
    assert_eq!(issue(Atoms(500_000), Atoms(1 << 63), u64::MAX - 2_000_000), Ok(999_999));
    assert_eq!(issue(Atoms(500_001), Atoms(1 << 63), u64::MAX - 2_000_000), Err(EngineError::Overflow));
}

#[test]
fn below_an_atom_a_share_nobody_gains_by_leaving_first() {
    // Given two holders of a million shares each, and half of the pool lost
    let (value, supply, each) = (1_000_000, 2_000_000, 1_000_000);
    // When one leaves
    let first = worth(each, Atoms(value), supply).unwrap().0;
    // Then the other is paid as much
    assert_eq!(first, 500_000);
    assert_eq!(worth(each, Atoms(value - first), supply - each), Ok(Atoms(first)));
}

mod providers {
    use super::*;

    #[test]
    fn a_request_keeps_the_price_and_the_time() {
        let market = pool(10_000);
        let mut exit = Exit::default();
        assert_eq!(request(&mut exit, 10_000 * USD, &market, 4_000 * USD, NOW), Ok(()));
        let kept = Exit { shares: 4_000 * USD, value: Atoms(10_000 * USD), supply: 10_000 * USD, time: NOW };
        assert_eq!(exit, kept);
        assert!(exit.invariant(10_000 * USD) && exit.invariant(4_000 * USD) && !exit.invariant(4_000 * USD - 1));
        assert!(!Exit { supply: 1, ..kept }.invariant(10_000 * USD) && Exit::default().invariant(0));
    }

    #[test]
    fn a_redemption_pays_after_the_cooldown_to_the_second() {
        let mut market = pool(10_000);
        let (mut exit, mut held) = (requested(&market, 10_000 * USD, 4_000 * USD), 10_000 * USD);
        market = aged(&market);
        market.price.publish_time = LATER - 1;
        let early = redeem(&mut exit, &mut held, &mut market, 4_000 * USD, false, LATER - 1);
        assert_eq!(early, Err(EngineError::CooldownNotOver));
        let paid = Atoms(4_000 * USD);
        let report =
            Redeemed { shares: 4_000 * USD, paid, at_request: paid, at_exit: paid, value: Atoms(10_000 * USD) };
        assert_eq!(redeem(&mut exit, &mut held, &mut market, 4_000 * USD, false, LATER), Ok(report));
        assert_eq!((held, exit), (6_000 * USD, Exit::default()));
        assert_eq!((market.lp_shares, market.book.treasury), (6_000 * USD, Atoms(6_000 * USD)));
    }

    #[test]
    fn a_12_a_request_that_was_not_used_in_time_has_to_be_made_again() {
        // Given a request whose cooldown ended a cooldown ago
        let mut market = pool(10_000);
        let (mut exit, mut held) = (requested(&market, 10_000 * USD, 4_000 * USD), 10_000 * USD);
        let last = LATER + 86_400;
        (market.price.publish_time, market.funding.accrued) = (last, last + 60);
        // Then it can be used until that second, and not replaced
        assert_eq!(request(&mut exit, held, &market, USD, last), Err(EngineError::ExitPending));
        redeem(&mut exit, &mut held, &mut market, 1_000 * USD, false, last).unwrap();
        let before = (exit, held, market);
        let late = redeem(&mut exit, &mut held, &mut market, 1_000 * USD, false, last + 1);
        assert_eq!(late, Err(EngineError::ExitExpired));
        assert_eq!((exit, held, market), before);
        // And afterwards a new one takes its place
        assert_eq!(request(&mut exit, held, &market, 9_000 * USD, last + 1), Ok(()));
        let anew = Exit { shares: 9_000 * USD, value: Atoms(9_000 * USD), supply: 9_000 * USD, time: last + 1 };
        assert_eq!(exit, anew);
        let early = redeem(&mut exit, &mut held, &mut market, USD, false, last + 2);
        assert_eq!(early, Err(EngineError::CooldownNotOver));
    }

    #[test]
    fn a_17_neither_a_request_nor_a_redemption_is_at_a_value_without_its_funding() {
        let mut market = pool(10_000);
        let (mut exit, mut held) = (requested(&market, 10_000 * USD, 4_000 * USD), 10_000 * USD);
        assert_eq!(request(&mut Exit::default(), 1, &market, 1, NOW + 1), Err(EngineError::FundingNotAccrued));
        market.price.publish_time = LATER;
        let early = redeem(&mut exit, &mut held, &mut market, 1_000 * USD, false, LATER);
        assert_eq!(early, Err(EngineError::FundingNotAccrued));
        market.funding.accrued = LATER;
        redeem(&mut exit, &mut held, &mut market, 1_000 * USD, false, LATER).unwrap();
    }

    #[test]
    fn a_request_is_redeemed_in_parts_that_keep_its_price() {
        let mut market = pool(10_000);
        let (mut exit, mut held) = (requested(&market, 10_000 * USD, 4_000 * USD), 10_000 * USD);
        market = aged(&market);
        market.book.treasury = Atoms(20_000 * USD);
        let first = redeem(&mut exit, &mut held, &mut market, 1_000 * USD, false, LATER).unwrap();
        assert_eq!(first.paid, Atoms(1_000 * USD));
        assert!(first.at_exit > first.at_request);
        let rest = Exit { shares: 3_000 * USD, value: Atoms(10_000 * USD), supply: 10_000 * USD, time: NOW };
        assert_eq!((exit, held), (rest, 9_000 * USD));
        let more = redeem(&mut exit, &mut held, &mut market, 3_000 * USD + 1, false, LATER);
        assert_eq!(more, Err(EngineError::NotEnoughShares));
        assert_eq!(redeem(&mut exit, &mut held, &mut market, 3_000 * USD, false, LATER).unwrap().paid.0, 3_000 * USD);
        assert_eq!(redeem(&mut exit, &mut held, &mut market, 1, false, LATER), Err(EngineError::NothingRequested));
    }

    #[test]
    fn a_cancelled_request_starts_over() {
        let mut market = pool(10_000);
        market.funding.accrued = NOW + 7;
        let mut exit = requested(&market, 10_000 * USD, 4_000 * USD);
        assert_eq!(request(&mut exit, 10_000 * USD, &market, 1, NOW), Err(EngineError::ExitPending));
        assert_eq!(exit.cancel(), Ok(4_000 * USD));
        assert_eq!((exit, exit.cancel()), (Exit::default(), Err(EngineError::NothingRequested)));
        assert_eq!(request(&mut exit, 10_000 * USD, &market, 1, NOW + 7), Ok(()));
        assert_eq!((exit.shares, exit.time), (1, NOW + 7));
    }

    #[test]
    fn requests_that_are_refused_change_nothing() {
        let market = pool(10_000);
        let refused = |market: &Market, held: u64, shares: u64, now: i64| {
            let mut exit = Exit::default();
            let error = request(&mut exit, held, market, shares, now).unwrap_err();
            assert_eq!(exit, Exit::default());
            error
        };
        assert_eq!(refused(&market, 10, 0, NOW), EngineError::ZeroAmount);
        assert_eq!(refused(&market, 10, 11, NOW), EngineError::NotEnoughShares);
        assert_eq!(refused(&market, u64::MAX, market.lp_shares + 1, NOW), EngineError::NotEnoughShares);
        assert_eq!(refused(&market, 10, 10, NOW + 31), EngineError::PriceTooOld);
        let halted = Market { status: status::HALTED, ..market };
        assert_eq!(refused(&halted, 10, 10, NOW), EngineError::MarketNotOpen);
        let mut worthless = market;
        worthless.book.treasury = Atoms(0);
        assert_eq!(refused(&worthless, 10, 10, NOW), EngineError::NavNotPositive);
    }

    #[test]
    fn redemptions_that_are_refused_change_nothing() {
        let mut market = pool(10_000);
        let exit = requested(&market, 10_000 * USD, 10_000 * USD);
        market = aged(&market);
        let refused = |market: &Market, shares: u64, queued: bool, now: i64| {
            let (mut after, mut held, mut changed) = (exit, 10_000 * USD, *market);
            let error = redeem(&mut after, &mut held, &mut changed, shares, queued, now).unwrap_err();
            assert_eq!((after, held, changed), (exit, 10_000 * USD, *market));
            error
        };
        assert_eq!(refused(&market, USD, true, LATER), EngineError::AccountsQueued);
        assert_eq!(refused(&market, 0, false, LATER), EngineError::ZeroAmount);
        assert_eq!(refused(&market, USD, false, LATER + 31), EngineError::PriceTooOld);
        let mut owing = market;
        owing.book.deficit = Atoms(1);
        assert_eq!(refused(&owing, USD, false, LATER), EngineError::DeficitPending);
        let settling = Market { status: status::SETTLING, ..market };
        assert_eq!(refused(&settling, USD, false, LATER), EngineError::MarketNotOpen);
        // Profit that nobody collected yet is value, and no cash
        let mut short = market;
        hold(&mut short, -1_000, PRICE - 1_000);
        short.book.treasury = Atoms(9_000 * USD);
        assert_eq!(nav(&short), (9_001 * USD) as i64 - 4);
        assert_eq!(refused(&short, 9_999 * USD, false, LATER), EngineError::TreasuryShort);
        let mut few = market;
        few.lp_shares = USD;
        assert_eq!(refused(&few, 2 * USD, false, LATER), EngineError::NotEnoughShares);
    }

    #[test]
    fn an_exit_leaves_the_coverage_of_the_skew() {
        // Given $15,000 of skew: 20 % of it and 2 % of open interest is $3,300, and half an atom's premium
        let mut market = pool(10_000);
        let exit = requested(&market, 10_000 * USD, 10_000 * USD);
        market = aged(&market);
        hold(&mut market, 100_000, PRICE);
        let value = nav(&market) as u64;
        let shares_for = |paid: u64| (u128::from(paid) * 10_000_000_000 / u128::from(value)) as u64;
        let leaves = |shares: u64| {
            let (mut after, mut held, mut market) = (exit, 10_000 * USD, market);
            redeem(&mut after, &mut held, &mut market, shares, false, LATER).map(|_| nav(&market) as u64)
        };
        // The ratios are rounded up, which is four atoms here
        let needed = 3_300 * USD + 4;
        let left = leaves(shares_for(value - needed)).unwrap();
        assert!((needed..needed + 3).contains(&left), "{left}");
        assert_eq!(leaves(shares_for(value - needed) + 5), Err(EngineError::CoverageTooLow));
    }

    #[test]
    fn a_02_the_skew_premium_is_not_redeemed() {
        // Given $20M of liquidity, half of it asked back before anyone trades
        let mut market = sol_market();
        market.lp_shares = 20_000_000 * USD;
        market.risk.spread = Ratio(0);
        let early = requested(&market, 10_000_000 * USD, 10_000_000 * USD);
        // When a trader builds a skew and pays for it
        let trade = |market: &Market, position, lots: i64, limit| {
            let order = Order { lots: Lots(lots), limit: Ticks(limit), ..Order::default() };
            fill(Atoms(1_000_000 * USD), &Default::default(), &position, market, &order, &market.price).unwrap()
        };
        let opened = trade(&market, Default::default(), 10_000_000, 1 << 30);
        assert!(opened.premium > Pnl(300 * USD as i64));
        market.book = opened.book;
        let late = requested(&market, 10_000_000 * USD, 10_000_000 * USD);
        assert_eq!((late.value, late.supply), (early.value, early.supply));
        // Then half of the shares leave with half of what was there before
        market = aged(&market);
        let mut held = 10_000_000 * USD;
        let mut exit = late;
        let paid = redeem(&mut exit, &mut held, &mut market, 10_000_000 * USD, false, LATER).unwrap();
        assert_eq!(paid.paid, Atoms(10_000_000 * USD));
        // And when the skew closes, its premium is still there for the trader, to the atom
        let closed = trade(&market, opened.position, -10_000_000, 1);
        assert_eq!(closed.premium, opened.premium.negated().unwrap());
        market.book = closed.book;
        assert_eq!(nav(&market), (10_000_000 * USD) as i64);
    }

    #[test]
    fn a_12_who_sees_a_loss_coming_bears_it() {
        // Given a request made before a crash
        let mut market = pool(10_000);
        let (mut exit, mut held) = (requested(&market, 10_000 * USD, 5_000 * USD), 10_000 * USD);
        market = aged(&market);
        // When half of the pool is lost and the request is redeemed after it
        market.book.treasury = Atoms(5_000 * USD);
        let paid = redeem(&mut exit, &mut held, &mut market, 5_000 * USD, false, LATER).unwrap();
        // Then the lower value is paid
        assert_eq!((paid.paid, paid.at_request), (Atoms(2_500 * USD), Atoms(5_000 * USD)));
    }

    #[test]
    fn a_12_while_a_loss_waits_in_the_queue_nobody_leaves() {
        let mut market = pool(10_000);
        let (mut exit, mut held) = (requested(&market, 10_000 * USD, 5_000 * USD), 10_000 * USD);
        market = aged(&market);
        let waiting = redeem(&mut exit, &mut held, &mut market, 5_000 * USD, true, LATER);
        assert_eq!(waiting, Err(EngineError::AccountsQueued));
        market.book.deficit = Atoms(1);
        let unanswered = redeem(&mut exit, &mut held, &mut market, 5_000 * USD, false, LATER);
        assert_eq!(unanswered, Err(EngineError::DeficitPending));
    }

    #[test]
    fn a_12_who_joins_after_a_loss_and_leaves_before_a_gain_gains_nothing() {
        // Given a pool that lost half, and one that joins then and asks to leave at once
        let mut market = pool(10_000);
        market.book.treasury = Atoms(5_000 * USD);
        let mut held = provide(&mut market, Atoms(5_000 * USD), NOW).unwrap().shares;
        let mut exit = requested(&market, held, held);
        // When the loss comes back
        market = aged(&market);
        market.book.treasury = Atoms(20_000 * USD);
        let shares = held;
        let paid = redeem(&mut exit, &mut held, &mut market, shares, false, LATER).unwrap();
        // Then it leaves with no more than it brought
        assert!(paid.paid <= Atoms(5_000 * USD) && paid.at_exit > Atoms(9_000 * USD), "{paid:?}");
    }

    #[test]
    fn a_16_the_last_share_takes_no_more_than_there_is() {
        // Given one holder of everything in a pool below an atom a share
        let mut market = pool(10_000);
        market.book.treasury = Atoms(3_333 * USD);
        let (mut exit, mut held) = (requested(&market, 10_000 * USD, 10_000 * USD), 10_000 * USD);
        market = aged(&market);
        let paid = redeem(&mut exit, &mut held, &mut market, 10_000 * USD, false, LATER).unwrap();
        assert_eq!(paid.paid, Atoms(3_333 * USD));
        assert_eq!((market.lp_shares, market.book.treasury, held), (0, Atoms(0), 0));
        // And the pool begins anew
        assert_eq!(provide(&mut market, Atoms(1_000 * USD), LATER).unwrap().shares, 1_000 * USD);
    }
}

mod stakers {
    use super::*;

    const PAID: i64 = NOW + STAKE_COOLDOWN as i64;

    fn fund(dollars: u64) -> Insurance {
        let mut fund = Insurance { own: Atoms(7 * USD), ..Insurance::default() };
        stake(&mut fund, Atoms(dollars * USD)).unwrap();
        fund
    }

    #[test]
    fn a_stake_leaves_with_the_shared_part_only() {
        let mut fund = fund(1_000);
        let (mut exit, mut held) = (Exit::default(), 1_000 * USD);
        assert_eq!(request_unstake(&mut exit, held, &fund, 400 * USD, NOW), Ok(()));
        assert_eq!((exit.value, exit.supply), (Atoms(1_000 * USD), 1_000 * USD));
        let early = unstake(&mut exit, &mut held, &mut fund, 400 * USD, false, PAID - 1);
        assert_eq!(early, Err(EngineError::CooldownNotOver));
        let paid = unstake(&mut exit, &mut held, &mut fund, 400 * USD, false, PAID).unwrap();
        assert_eq!((paid.paid, paid.value), (Atoms(400 * USD), Atoms(1_000 * USD)));
        assert_eq!((fund.shared, fund.own, fund.shares), (Atoms(600 * USD), Atoms(7 * USD), 600 * USD));
        assert_eq!((held, exit), (600 * USD, Exit::default()));
    }

    #[test]
    fn a_12_a_request_of_a_staker_expires_too() {
        let mut fund = fund(1_000);
        let (mut exit, mut held) = (Exit::default(), 1_000 * USD);
        request_unstake(&mut exit, held, &fund, 400 * USD, NOW).unwrap();
        let last = PAID + i64::from(STAKE_COOLDOWN);
        assert_eq!(request_unstake(&mut exit, held, &fund, USD, last), Err(EngineError::ExitPending));
        let late = unstake(&mut exit, &mut held, &mut fund, USD, false, last + 1);
        assert_eq!(late, Err(EngineError::ExitExpired));
        unstake(&mut exit, &mut held, &mut fund, USD, false, last).unwrap();
        request_unstake(&mut exit, held, &fund, USD, last + 1).unwrap();
        assert_eq!((exit.shares, exit.time), (USD, last + 1));
    }

    #[test]
    fn shares_follow_their_consolidation_down() {
        let mut fund = Insurance { epoch: 2, ..Insurance::default() };
        let asked = Exit { shares: 5_000, value: Atoms(7), supply: 9_000, time: NOW };
        // Two consolidations divide by 2^20, one by 2^10; the supply of a request rounds up, so its price down
        let (mut exit, mut held, mut epoch) = (asked, (5 << 20) + 3, 0);
        catch_up(&mut exit, &mut held, &mut epoch, &fund);
        assert_eq!((exit, held, epoch), (Exit::default(), 5, 2));
        let (mut exit, mut held, mut epoch) = (asked, 6_143, 1);
        catch_up(&mut exit, &mut held, &mut epoch, &fund);
        assert_eq!((exit, held, epoch), (Exit { shares: 4, supply: 9, ..asked }, 5, 2));
        assert!(exit.invariant(held));
        // And who is there already keeps what it has; who holds nothing is brought up as well
        catch_up(&mut exit, &mut held, &mut epoch, &fund);
        assert_eq!((exit, held, epoch), (Exit { shares: 4, supply: 9, ..asked }, 5, 2));
        fund.epoch = u64::MAX;
        let (mut exit, mut held, mut epoch) = (Exit::default(), u64::MAX, 0);
        catch_up(&mut exit, &mut held, &mut epoch, &fund);
        assert_eq!((exit, held, epoch), (Exit::default(), 0, u64::MAX));
    }

    #[test]
    fn a_12_a_staker_stays_for_a_known_loss() {
        let mut fund = fund(1_000);
        let (mut exit, mut held) = (Exit::default(), 1_000 * USD);
        request_unstake(&mut exit, held, &fund, 1_000 * USD, NOW).unwrap();
        let before = (exit, held, fund);
        let refused = unstake(&mut exit, &mut held, &mut fund, 1_000 * USD, true, PAID);
        assert_eq!(refused, Err(EngineError::DeficitPending));
        assert_eq!((exit, held, fund), before);
        // When a fifth is drawn, it pays a fifth less; when all is drawn, nothing
        fund.shared = Atoms(0);
        let nothing = unstake(&mut exit, &mut held, &mut fund, 1_000 * USD, false, PAID);
        assert_eq!(nothing, Err(EngineError::ZeroAmount));
        fund.shared = Atoms(800 * USD);
        assert_eq!(unstake(&mut exit, &mut held, &mut fund, 1_000 * USD, false, PAID).unwrap().paid.0, 800 * USD);
        assert_eq!(fund.shared, Atoms(0));
    }

    #[test]
    fn a_16_a_first_staker_cannot_inflate_a_share() {
        // Given a first staker who gives a thousand times its stake away
        let mut fund = fund(1);
        fund.shared = Atoms(1_001 * USD);
        // When another stakes
        let theirs = stake(&mut fund, Atoms(1_000 * USD)).unwrap().shares;
        // Then it may leave with all but a trifle, and the giver has lost about half of the gift
        let other = worth(theirs, fund.shared, fund.shares).unwrap();
        assert!(other.0 > 1_000 * USD - 1_000, "{other:?}");
        let giver = worth(USD, fund.shared, fund.shares).unwrap();
        assert!(giver.0 < 502 * USD, "{giver:?}");
    }
}
