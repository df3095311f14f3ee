//! Pools under any sequence of joining and leaving, in exact arithmetic.
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

use common::{NOW, PRICE, cases, market_of, sol};
use plimsoll_engine::{
    EngineError,
    exit::{Exit, STAKE_COOLDOWN, redeem, request, request_unstake, unstake},
    insurance::Insurance,
    market::Market,
    shares::{issue, stake, worth},
    units::Atoms,
};
use proptest::prelude::*;

/// A day later, when a request made at `NOW` may be redeemed.
const LATER: i64 = NOW + 86_400;

/// The same market with a price published `LATER`.
fn aged(market: &Market) -> Market {
    let mut market = *market;
    market.price.publish_time = LATER;
    market.funding.accrued = LATER;
    market
}

fn requested(market: &Market, held: u64, shares: u64) -> Exit {
    let mut exit = Exit::default();
    request(&mut exit, held, market, shares, NOW).unwrap();
    exit
}

/// `a / b >= c / d` in exact arithmetic.
fn at_least(a: u64, b: u64, c: u64, d: u64) -> bool {
    u128::from(a) * u128::from(d) >= u128::from(c) * u128::from(b)
}

/// A step of a pool's life.
#[derive(Clone, Debug)]
enum Act {
    Join { who: usize, amount: u64 },
    Ask { who: usize, part: u64 },
    Leave { who: usize, part: u64 },
    Cancel { who: usize },
    Gain { amount: u64 },
    Lose { part: u64 },
}

fn act() -> impl Strategy<Value = Act> {
    let (who, part) = (0usize..4, 1u64..=1_000);
    prop_oneof![
        (who.clone(), 1_000_000u64..1 << 36).prop_map(|(who, amount)| Act::Join { who, amount }),
        (who.clone(), part.clone()).prop_map(|(who, part)| Act::Ask { who, part }),
        (who.clone(), part.clone()).prop_map(|(who, part)| Act::Leave { who, part }),
        who.prop_map(|who| Act::Cancel { who }),
        (0u64..1 << 32).prop_map(|amount| Act::Gain { amount }),
        part.prop_map(|part| Act::Lose { part }),
    ]
}

fn part_of(amount: u64, part: u64) -> u64 {
    (u128::from(amount) * u128::from(part) / 1_000) as u64
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn who_stays_is_never_worse_off(acts in proptest::collection::vec(act(), 1..60)) {
        let (mut fund, mut now) = (Insurance::default(), NOW);
        let (mut held, mut exits) = ([0u64; 4], [Exit::default(); 4]);
        let (mut brought, mut taken, mut gained, mut lost) = (0u64, 0u64, 0u64, 0u64);
        for act in acts {
            let (before, worths) = (fund, held.map(|h| worth(h, fund.shared, fund.shares).unwrap()));
            let mut moved = None;
            match act {
                Act::Join { who, amount } => {
                    if let Ok(issued) = stake(&mut fund, Atoms(amount)) {
                        held[who] += issued.shares;
                        brought += amount;
                        // What was bought is worth no more than was paid
                        prop_assert!(worth(issued.shares, fund.shared, fund.shares).unwrap().0 <= amount);
                        moved = Some(who);
                    }
                }
                Act::Ask { who, part } => {
                    let shares = part_of(held[who], part);
                    let _ = request_unstake(&mut exits[who], held[who], &fund, shares, now);
                }
                Act::Leave { who, part } => {
                    now += i64::from(STAKE_COOLDOWN);
                    let (exit, shares) = (exits[who], part_of(exits[who].shares, part));
                    if let Ok(paid) = unstake(&mut exits[who], &mut held[who], &mut fund, shares, false, now) {
                        taken += paid.paid.0;
                        // No more than its part of either pool
                        prop_assert!(at_least(exit.value.0, exit.supply, paid.paid.0, shares));
                        prop_assert!(at_least(before.shared.0, before.shares, paid.paid.0, shares));
                        prop_assert!(paid.paid == paid.at_request.min(paid.at_exit));
                        moved = Some(who);
                    }
                }
                Act::Cancel { who } => {
                    let _ = exits[who].cancel();
                }
                Act::Gain { amount } => {
                    fund.shared.0 += amount;
                    gained += amount;
                }
                Act::Lose { part } => {
                    let loss = part_of(fund.shared.0, part);
                    fund.shared.0 -= loss;
                    lost += loss;
                }
            }
            if let Some(mover) = moved {
                // The price with the virtual shares never falls by joining or leaving, and neither does what anyone
                // who stays would be paid
                let (v, s) = (fund.shared.0 + 1_000_000, fund.shares + 1_000_000);
                prop_assert!(at_least(v, s, before.shared.0 + 1_000_000, before.shares + 1_000_000));
                for (who, earlier) in worths.iter().enumerate().filter(|(who, _)| *who != mover) {
                    prop_assert!(worth(held[who], fund.shared, fund.shares).unwrap() >= *earlier);
                }
            }
            prop_assert_eq!(held.iter().sum::<u64>(), fund.shares);
            prop_assert_eq!(brought + gained, taken + lost + fund.shared.0);
            for (exit, held) in exits.iter().zip(held) {
                prop_assert!(exit.invariant(held));
            }
            let owed: u64 = held.iter().map(|h| worth(*h, fund.shared, fund.shares).unwrap().0).sum();
            prop_assert!(owed <= fund.shared.0);
        }
    }

    #[test]
    fn a_market_pays_as_the_formula_says(
        value in 1_000_000u64..1 << 45,
        later in 1_000_000u64..1 << 45,
        held in 1u64..1 << 45,
        others in 0u64..1 << 45,
        part in 1u64..=1_000,
    ) {
        let mut market = market_of(&sol(), PRICE, value);
        market.lp_shares = held + others;
        let shares = part_of(held, part);
        prop_assume!(shares > 0);
        let (mut exit, mut left) = (requested(&market, held, shares), held);
        market = aged(&market);
        market.book.treasury = Atoms(later);
        let price = |v: u64| {
            let n = u128::from(shares);
            let (v, s) = (u128::from(v), u128::from(held + others));
            (n * v / s).min(n * (v + 1_000_000) / (s + 1_000_000)) as u64
        };
        let due = price(value).min(price(later));
        match redeem(&mut exit, &mut left, &mut market, shares, false, LATER) {
            Ok(paid) => {
                prop_assert_eq!((paid.paid.0, paid.at_request.0, paid.at_exit.0), (due, price(value), price(later)));
                prop_assert_eq!((left, market.lp_shares), (held - shares, held + others - shares));
                prop_assert_eq!(market.book.treasury.0, later - due);
            }
            Err(error) => prop_assert!(due == 0 && error == EngineError::ZeroAmount, "{error:?}"),
        }
    }

    #[test]
    fn a_16_no_gift_makes_the_next_deposit_poorer(
        first in 1u64..1 << 20,
        gift in 0u64..1 << 50,
        second in 1_000_000u64..1 << 50,
    ) {
        // Given a first depositor, a gift to lift the price of a share, and a second depositor
        let mine = issue(Atoms(first), Atoms(0), 0).unwrap();
        let value = first + gift;
        let Ok(theirs) = issue(Atoms(second), Atoms(value), mine) else { return Ok(()) };
        // Then the first one never leaves with more than it brought
        let out = worth(mine, Atoms(value + second), mine + theirs).unwrap().0;
        prop_assert!(out <= first + gift);
        // And the second loses about two shares' price at most
        let loss = second - worth(theirs, Atoms(value + second), mine + theirs).unwrap().0;
        prop_assert!(u128::from(loss) * 1_000_000 <= u128::from(value + 2_000_000) * 2 + 2_000_000);
    }
}
