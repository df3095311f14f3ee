//! Leaving pools, and what the insurance fund collects and pays.

use plimsoll_engine::{
    EngineError,
    exit::{Exit, STAKE_COOLDOWN, redeem, request, unstake},
    insurance::{FLOOR_CAP, Insurance},
    market::status,
    shares::{issue, worth},
};
use words::{amounts, lit};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "exit/what-shares-are-worth", parts: 256, run: worths },
    Rule { name: "exit/in-and-out", parts: 256, run: in_and_out },
    Rule { name: "exit/request", parts: 256, run: requests },
    Rule { name: "exit/redeem", parts: 256, run: redemption },
    Rule { name: "exit/unstake", parts: 256, run: stakes },
    Rule { name: "insurance/collect", parts: 256, run: collect },
    Rule { name: "insurance/keepers-floor", parts: 256, run: floors },
];

const WEEK: i64 = STAKE_COOLDOWN as i64;
const PAPER: i64 = amounts::UNIT as i64;

fn exact_worth(shares: i64, value: i64, supply: i64) -> i64 {
    floor(shares * value, supply.max(1)).min(floor(shares * (value + PAPER), supply + PAPER))
}

/// The formula. Whoever leaves takes no more than his part, so nobody else's shares lose.
fn worths(part: usize, t: &mut Tally) {
    let shares = part as i64;
    for value in UNSIGNED {
        for supply in UNSIGNED {
            let got = worth(lit(shares as u64), atoms(value), lit(supply as u64)).ok().map(|v| v.0.get());
            t.count(got.is_some());
            let case = || format!("{shares} of {supply} in {value}: {got:?}");
            let exact = exact_worth(shares, value, supply);
            let plain = floor(shares * value, supply.max(1));
            let fits = fits(supply + PAPER) && fits(value + PAPER) && fits(plain);
            t.require(got == (shares <= supply && fits).then_some(exact), case);
            if let Some(paid) = got {
                t.require(paid <= value && (value - paid) * supply >= value * (supply - shares), case);
            }
        }
    }
}

/// A deposit and at once an exit never gains an atom, whatever the pool.
fn in_and_out(part: usize, t: &mut Tally) {
    let amount = part as i64;
    for value in UNSIGNED {
        for supply in UNSIGNED {
            let Ok(issued) = issue(atoms(amount), atoms(value), lit(supply as u64)) else { continue };
            let n = issued.get();
            if !fits(value + amount) || !fits(supply + n) {
                continue;
            }
            let out = worth(issued, atoms(value + amount), lit((supply + n) as u64)).map(|paid| paid.0.get());
            t.count(out.is_ok());
            t.require(out.is_ok_and(|out| out <= amount) || out.is_err(), || {
                format!("{amount} into {value} of {supply}: {out:?}")
            });
        }
    }
}

/// Only shares that are held, once, at the pool's value of now.
fn requests(part: usize, t: &mut Tally) {
    let shares = part as i64;
    let [plain, ..] = risks();
    for held in UNSIGNED {
        for supply in [0, 3, 90, 255] {
            for (treasury, state, age) in [(0, 0, 0), (80, 0, 0), (80, 1, 30), (80, 2, 0), (80, 0, 31)] {
                // None, one that can still be used, and one that expired.
                for (pending, since) in [(0, 0), (1, 0), (1, 1)] {
                    let mut market = market(plain, 6, treasury);
                    hold(&mut market.book, true, 2, 9);
                    (market.status, market.lp_shares, market.funding.accrued) = (state, lit(supply), NOW + age);
                    let before =
                        Exit { shares: lit(pending), supply: lit(pending), value: atoms(0), time: NOW + age - since };
                    let mut exit = before;
                    let got = request(&mut exit, lit(held as u64), &market, lit(shares as u64), NOW + age);
                    t.count(got.is_ok());
                    let value = nav(&plain, &Money::of(&market.book), 6);
                    let case = || format!("{shares} of {held} of {supply}, worth {value}: {got:?}");
                    let right = (pending == 0 || since > 0)
                        && shares > 0
                        && shares <= held
                        && shares <= supply as i64
                        && value > 0
                        && state <= 1
                        && age <= 30;
                    t.require(got.is_ok() == right, case);
                    let asked = Exit {
                        shares: lit(shares as u64),
                        value: atoms(plus(value)),
                        supply: lit(supply),
                        time: NOW + age,
                    };
                    t.require(exit == if right { asked } else { before }, case);
                }
            }
        }
    }
}

/// The lower of both prices, after the cooldown, and only what the market can spare.
fn redemption(part: usize, t: &mut Tally) {
    let treasury = part as i64;
    let [mut plain, ..] = risks();
    (plain.lp_cooldown, plain.max_price_age) = (60, 200);
    for cost in [9, 40, -60] {
        for (asked, value, then) in [(9, 60, 30), (30, 200, 60), (12, 12, 12), (50, 3, 90), (0, 0, 0)] {
            for shares in (0..60).step_by(4) {
                for (supply, held) in [(20, 20), (60, 30), (240, 200), (50, 51)] {
                    for (waited, queued, deficit, state) in [
                        (60, false, 0, 0),
                        (59, false, 0, 0),
                        (120, false, 0, 0),
                        (121, false, 0, 0),
                        (90, true, 0, 0),
                        (90, false, 2, 0),
                        (90, false, 0, 2),
                    ] {
                        let mut market = market(plain, 6, treasury);
                        market.funding.accrued = NOW + waited;
                        hold(&mut market.book, true, 3, cost);
                        hold(&mut market.book, false, -1, -4);
                        (market.book.deficit, market.status, market.lp_shares) = (atoms(deficit), state, lit(supply));
                        let asked = Exit { shares: lit(asked), value: atoms(value), supply: lit(then), time: NOW };
                        let (mut after, mut exit, mut left) = (market, asked, lit(held));
                        let got = redeem(&mut exit, &mut left, &mut after, lit(shares), queued, NOW + waited);
                        t.count(got.is_ok());
                        let (money, shares) = (Money::of(&market.book), shares as i64);
                        let worth_now = nav(&plain, &money, 6);
                        let case = || {
                            format!(
                                "{shares} of {asked:?}, {held} of {supply}, worth {worth_now} of {treasury} after {waited} s: {got:?}"
                            )
                        };
                        let Ok(redeemed) = got else {
                            t.require(after == market && exit == asked && left == lit(held), case);
                            continue;
                        };
                        let paid = redeemed.paid.0.get();
                        let prices =
                            [exact_worth(shares, value, then as i64), exact_worth(shares, worth_now, supply as i64)];
                        t.require(paid == prices[0].min(prices[1]) && paid > 0, case);
                        t.require(
                            (60..=120).contains(&waited) && !queued && deficit == 0 && state <= 1 && worth_now > 0,
                            case,
                        );
                        t.require(shares <= asked.shares.get() && shares <= held as i64, case);
                        let mut expected = market;
                        (expected.book.treasury, expected.lp_shares) =
                            (atoms(treasury - paid), lit(supply - shares as u64));
                        t.require(after == expected && left == lit(held - shares as u64), case);
                        let rest = asked.shares.get() - shares;
                        let kept = if rest == 0 { Exit::default() } else { Exit { shares: lit(rest as u64), ..asked } };
                        t.require(exit == kept, case);
                        // What remains covers the traders, and each share that stays is worth as much as before.
                        let value_left = nav(&plain, &Money::of(&after.book), 6);
                        let covered =
                            mulc(plain.stress.0.get(), money.skew().abs() * 6) + mulc(plain.coverage.0.get(), 4 * 6);
                        t.require(value_left >= covered && value_left == worth_now - paid, case);
                        t.require(value_left * supply as i64 >= worth_now * (supply as i64 - shares), case);
                    }
                }
            }
        }
    }
}

/// The same for stakes.
fn stakes(part: usize, t: &mut Tally) {
    let shared = part as i64;
    for supply in UNSIGNED {
        for (asked, value, then) in [(9, 60, 30), (200, 200, 255), (12, 12, 12), (90, 3, 90)] {
            for shares in [0, 1, 9, 40, 200] {
                for (waited, known) in [(0, false), (-1, false), (WEEK, false), (WEEK + 1, false), (5, true)] {
                    let fund = Insurance {
                        shared: atoms(shared),
                        own: atoms(9),
                        shares: lit(supply as u64),
                        ..Insurance::default()
                    };
                    let asked = Exit { shares: lit(asked), value: atoms(value), supply: lit(then), time: NOW };
                    let (mut after, mut exit, mut left) = (fund, asked, lit(100));
                    let now = NOW + WEEK + waited;
                    let got = unstake(&mut exit, &mut left, &mut after, lit(shares), known, now);
                    t.count(got.is_ok());
                    let n = shares as i64;
                    let case = || format!("{n} of {asked:?}, {supply} in {shared}: {got:?}");
                    let Ok(redeemed) = got else {
                        t.require(after == fund && exit == asked && left == lit(100), case);
                        continue;
                    };
                    let paid = exact_worth(n, value, then as i64).min(exact_worth(n, shared, supply));
                    t.require(redeemed.paid == atoms(paid) && paid > 0 && !known, case);
                    t.require((0..=WEEK).contains(&waited), case);
                    let expected = Insurance { shared: atoms(shared - paid), shares: lit((supply - n) as u64), ..fund };
                    t.require(after == expected && left == lit(100 - shares), case);
                }
            }
        }
    }
}

/// As far as the treasury has cash, and net asset value does not move.
fn collect(part: usize, t: &mut Tally) {
    let claim = part as i64;
    let [plain, ..] = risks();
    for treasury in UNSIGNED {
        for own in [0, 40, 250] {
            for (cost, deficit, state, age) in
                [(9, 0, 0, 0), (-90, 0, 0, 0), (9, 1, 0, 0), (9, 0, status::HALTED, 0), (9, 0, 1, 31)]
            {
                let mut before = market(plain, 6, treasury);
                hold(&mut before.book, true, 2, cost);
                (before.book.insurance_claim, before.book.deficit) = (atoms(claim), atoms(deficit));
                (before.insurance_own, before.status) = (atoms(own), state);
                let fund = Insurance { own: atoms(own), shared: atoms(9), ..Insurance::default() };
                let (mut after, mut vault) = (before, fund);
                let got = vault.collect(&mut after, NOW + age);
                t.count(got.is_ok());
                let value = nav(&plain, &Money::of(&before.book), 6);
                let case = || format!("{claim} of {treasury}, worth {value}: {got:?}");
                let Ok(paid) = got else {
                    t.require(after == before && vault == fund, case);
                    continue;
                };
                let paid = paid.0.get();
                t.require(
                    paid == claim.min(treasury) && paid > 0 && value >= 0 && deficit == 0 && state <= 2 && age <= 30,
                    case,
                );
                let mut expected = before;
                (expected.book.treasury, expected.book.insurance_claim) = (atoms(treasury - paid), atoms(claim - paid));
                expected.insurance_own = atoms(own + paid);
                t.require(after == expected && vault == Insurance { own: atoms(own + paid), ..fund }, case);
                t.require(nav(&plain, &Money::of(&after.book), 6) == value, case);
            }
        }
    }
}

/// What there is, the market's own part first, shared between the keepers to the atom; never more than the window allows.
fn floors(part: usize, t: &mut Tally) {
    let own = part as i64;
    for risk in risks() {
        for (flagger, liquidator) in [(1, 1), (0, 0), (3, 1), (0, 2)] {
            for price in [0, 1, 9, 60] {
                for position in [1, 4] {
                    for shared in [0, 1, 3, 200] {
                        for (spent, since) in [(0, 0), (255, 0), (250, 86_399), (250, 86_400), (20, -9)] {
                            let mut before = market(risk, price, 9);
                            (before.risk.charge, before.risk.minimum_position) = (ratio(5), size(position));
                            (before.risk.charge_flagger, before.risk.charge_liquidator) =
                                (ratio(flagger), ratio(liquidator));
                            before.insurance_own = atoms(own);
                            let mut fund = Insurance { own: atoms(own), shared: atoms(shared), ..Insurance::default() };
                            (fund.floor_paid, fund.floor_window_start) = (atoms(spent), NOW - since);
                            let (mut after, mut vault) = (before, fund);
                            let got = vault.keepers_floor(&mut after, NOW);
                            t.count(got.is_ok_and(|floor| !floor.own.is_zero() || !floor.shared.is_zero()));
                            let case = || {
                                format!(
                                    "{own} and {shared}, {spent} spent {since} s ago, {position} at {price}: {got:?}"
                                )
                            };
                            let Ok(paid) = got else {
                                t.require(after == before && vault == fund && got == Err(EngineError::Overflow), case);
                                continue;
                            };
                            let anew = since >= 86_400;
                            let spent = if anew { 0 } else { spent };
                            let wanted = mulf(5, position * price).min(plus(FLOOR_CAP.0.get() - spent));
                            let (x, y) = (wanted.min(own), (wanted - wanted.min(own)).min(shared));
                            t.require((paid.own, paid.shared) == (atoms(x), atoms(y)), case);
                            let to_flagger = (x + y) * flagger / (flagger + liquidator).max(1);
                            t.require(
                                (paid.flagger, paid.liquidator) == (atoms(to_flagger), atoms(x + y - to_flagger)),
                                case,
                            );
                            t.require(paid.paid() == Ok(atoms(x + y)), case);
                            let mut expected = before;
                            expected.insurance_own = atoms(own - x);
                            let mut left = fund;
                            (left.own, left.shared, left.floor_paid) =
                                (atoms(own - x), atoms(shared - y), atoms(spent + x + y));
                            left.floor_window_start = if anew { NOW } else { fund.floor_window_start };
                            t.require(after == expected && vault == left, case);
                        }
                    }
                }
            }
        }
    }
}
