//! Insurance, and what is put into the pools.

use plimsoll_engine::{
    EngineError,
    insurance::Insurance,
    market::{Market, status},
    shares,
};
use words::{amounts, bits, lit};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "insurance/draw", parts: 256, run: draw },
    Rule { name: "insurance/sweep", parts: 256, run: sweep },
    Rule { name: "insurance/stake", parts: 256, run: stake },
    Rule { name: "liquidity/provide", parts: 256, run: provide },
];

/// The market's own part, the shared part within its cap, then the providers. Nothing else pays.
fn draw(part: usize, t: &mut Tally) {
    let deficit = part as i64;
    let [plain, ..] = risks();
    let mut before = market(plain, 5, 0);
    before.book.deficit = atoms(deficit);
    for own in UNSIGNED {
        for shared in [0, 1, 3, 19, 20, 21, 100, 255] {
            for others in [0, 7] {
                for (drawn, seconds) in [(0, 0), (0, 60), (6, 59), (20, 30), (255, 60), (255, -5)] {
                    for (treasury, supply) in [(0, 0), (0, 9), (0, 255), (128, 9), (255, 90)] {
                        before.insurance_own = atoms(own);
                        before.insurance_drawn = atoms(drawn);
                        before.book.treasury = atoms(treasury);
                        let fund = Insurance {
                            shared: atoms(shared),
                            own: atoms((own + others).min(255)),
                            shares: lit(supply),
                            epoch: 7,
                            ..Insurance::default()
                        };
                        let (mut after, mut vault) = (before, fund);
                        let result = vault.draw(&mut after, NOW + seconds);
                        t.count(result.is_ok());
                        let case =
                            || format!("{deficit} of {own} and {shared}, {drawn} drawn {seconds} s ago: {result:?}");
                        let renewed = seconds >= 60;
                        let left = plus(plain.insurance_cap.0.get() - if renewed { 0 } else { drawn });
                        let x = deficit.min(own);
                        let y = (deficit - x).min(left).min(shared);
                        let Ok(draw) = result else {
                            t.require(after == before && vault == fund, case);
                            let overflows = !fits(treasury + x + y);
                            t.require(deficit == 0 || overflows, case);
                            continue;
                        };
                        t.require(
                            (draw.own, draw.shared, draw.providers) == (atoms(x), atoms(y), atoms(deficit - x - y)),
                            case,
                        );
                        t.require(deficit > 0 && draw.paid() == Ok(atoms(x + y)), case);
                        // What leaves the vault enters the treasury, and nothing else moves.
                        let mut expected = before;
                        (expected.book.treasury, expected.book.deficit) = (atoms(treasury + x + y), atoms(0));
                        (expected.insurance_own, expected.insurance_drawn) =
                            (atoms(own - x), atoms(if renewed { y } else { drawn + y }));
                        if renewed {
                            expected.insurance_window_start = NOW + seconds;
                        }
                        let kept = Insurance { shared: atoms(shared - y), own: atoms(fund.own.0.get() - x), ..fund };
                        let kept = consolidated(kept);
                        t.require(after == expected && vault == kept, case);
                    }
                }
            }
        }
    }
}

/// Shares that are worth next to nothing become fewer, until a share is worth something or none is left.
pub fn consolidated(fund: Insurance) -> Insurance {
    let (mut shares, mut epoch) = (fund.shares.get(), fund.epoch);
    while shares > 0 && shares >> bits::CONSOLIDATION >= fund.shared.0.get() {
        (shares, epoch) = (shares >> bits::CONSOLIDATION, epoch + 1);
    }
    Insurance { shares: lit(shares as u64), epoch, ..fund }
}

fn sweep(part: usize, t: &mut Tally) {
    let fees = part as i64;
    let [plain, ..] = risks();
    let mut before = market(plain, 5, 9);
    for own in UNSIGNED {
        for all in [own, (own + 3).min(255), 255] {
            (before.book.fees, before.insurance_own) = (atoms(fees), atoms(own));
            let fund = Insurance { own: atoms(all), shared: atoms(4), shares: lit(1), ..Insurance::default() };
            let (mut after, mut vault) = (before, fund);
            let result = vault.sweep(&mut after);
            t.count(result.is_ok());
            let case = || format!("{fees} to {own} of {all}: {result:?}");
            if result.is_err() {
                t.require(after == before && vault == fund && !fits(all + fees), case);
                continue;
            }
            let mut expected = before;
            (expected.book.fees, expected.insurance_own) = (atoms(0), atoms(own + fees));
            t.require(after == expected && vault == Insurance { own: atoms(all + fees), ..fund }, case);
            t.require(result == Ok(atoms(fees)), case);
        }
    }
}

fn stake(part: usize, t: &mut Tally) {
    let amount = part as i64;
    for shared in UNSIGNED {
        for supply in UNSIGNED {
            let before =
                Insurance { shared: atoms(shared), own: atoms(3), shares: lit(supply as u64), ..Insurance::default() };
            let mut fund = before;
            let result = shares::stake(&mut fund, atoms(amount));
            t.count(result.is_ok());
            let case = || format!("{amount} to {shared} of {supply}: {result:?}");
            let Ok(issued) = result else {
                t.require(fund == before, case);
                continue;
            };
            let n = issued.shares.get();
            t.require(amount >= amounts::UNIT as i64 && n > 0, case);
            t.require(
                fund == Insurance { shared: atoms(shared + amount), shares: lit((supply + n) as u64), ..before },
                case,
            );
            t.require(n == exact_issue(amount, shared, supply), case);
        }
    }
}

fn exact_issue(amount: i64, value: i64, supply: i64) -> i64 {
    let extra = amounts::UNIT as i64;
    floor(amount * (supply + extra), value + extra)
}

/// At net asset value, and only when that is known and positive. No share already issued is worth less afterwards.
fn provide(part: usize, t: &mut Tally) {
    let treasury = part as i64;
    let [plain, ..] = risks();
    for (long_cost, short_cost) in [(0, 0), (30, -9), (-40, 0), (3, 2)] {
        for (deficit, state, age) in
            [(0, status::ACTIVE, 0), (2, status::ACTIVE, 0), (0, status::HALTED, 0), (0, status::REDUCE_ONLY, 31)]
        {
            for supply in (0..256).step_by(3) {
                for amount in UNSIGNED {
                    let mut before: Market = market(plain, 6, treasury);
                    hold(&mut before.book, true, 2, long_cost);
                    hold(&mut before.book, false, -1, short_cost);
                    (before.book.deficit, before.status, before.lp_shares) = (atoms(deficit), state, lit(supply));
                    let mut after = before;
                    let result = shares::provide(&mut after, atoms(amount), NOW + age);
                    t.count(result.is_ok());
                    let value = nav(&plain, &Money::of(&before.book), 6);
                    let case = || format!("{amount} to {treasury}, worth {value}, {supply} shares: {result:?}");
                    let Ok(issued) = result else {
                        t.require(after == before, case);
                        continue;
                    };
                    t.require(deficit == 0 && state <= status::REDUCE_ONLY && age <= 30, case);
                    t.require(value >= 0 && (value > 0 || supply == 0) && amount >= 4, case);
                    let n = issued.shares.get();
                    t.require(
                        n == exact_issue(amount, value, supply as i64) && n > 0 && issued.value == atoms(value),
                        case,
                    );
                    let mut expected = before;
                    (expected.lp_shares, expected.book.treasury) = (lit(supply + n as u64), atoms(treasury + amount));
                    t.require(after == expected, case);
                }
                if result_is_hopeless(deficit, state, age) {
                    break;
                }
            }
        }
    }
    t.require(shares::stake(&mut Insurance::default(), atoms(0)) == Err(EngineError::BelowMinimumDeposit), || {
        "zero".into()
    });
}

/// Whether every deposit is refused: then one number of shares says as much as all.
fn result_is_hopeless(deficit: i64, state: u8, age: i64) -> bool {
    deficit > 0 || state > status::REDUCE_ONLY || age > 30
}
