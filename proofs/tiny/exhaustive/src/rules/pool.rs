//! The pool's arithmetic: premium, shared cash, capacity, shares, charges.

use plimsoll_engine::{book, liquidation::Charge, mark::Purse, shares, throttle::Throttle};
use words::{amounts, bits, lit};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "pool/parameters-are-within-bounds", parts: 1, run: within_bounds },
    Rule { name: "pool/premium", parts: 256, run: premiums },
    Rule { name: "pool/cash-is-shared-pro-rata", parts: 256, run: purse },
    Rule { name: "pool/throttle-refill", parts: 256, run: refill },
    Rule { name: "pool/throttle-take", parts: 256, run: take },
    Rule { name: "pool/shares-issued", parts: 256, run: issue },
    Rule { name: "pool/charge-split", parts: 256, run: split },
];

fn within_bounds(_: usize, t: &mut Tally) {
    for risk in risks() {
        t.count(risk.check().is_ok());
        t.require(risk.check() == Ok(()), || format!("{risk:?}"));
    }
}

/// The formula; at least what is exact; and never less for a larger skew or a higher price.
fn premiums(part: usize, t: &mut Tally) {
    let price = part as i64;
    let [plain, ..] = risks();
    for scale in UNSIGNED {
        let risk = plimsoll_engine::risk::Risk { skew: reciprocal(scale), ..plain };
        let mut before = Some(0);
        for skew in 0..=128i64 {
            let expected = premium(&risk, skew, price);
            let k = ceil(skew * scale, 1 << (bits::RECIPROCAL - bits::WORD));
            let possible = fits(k) && fits(skew * price) && fits(expected);
            for signed in [skew.min(127), -skew] {
                if signed.abs() != skew {
                    continue;
                }
                let got = book::premium(&risk, lots(signed), ticks(price)).ok().map(|v| v.0.get());
                t.count(got.is_some());
                t.require(got == possible.then_some(expected), || format!("{signed} at {price}, {scale}: {got:?}"));
            }
            // price x skew^2 x reciprocal, all of its bits.
            t.require(expected << bits::RECIPROCAL >= price * skew * skew * scale, || format!("{skew} {price} low"));
            t.require(before.is_none_or(|less| less <= expected), || format!("{skew} at {price} fell"));
            before = Some(expected);
        }
    }
}

/// Three losses, the third one of a few sizes.
fn purse(part: usize, t: &mut Tally) {
    let cash = part as i64;
    for a in UNSIGNED {
        for b in UNSIGNED {
            for c in [0, 1, 2, 7, 60, 255] {
                let all = a + b + c;
                if !fits(all) {
                    continue;
                }
                let mut purse = Purse { left: atoms(cash), losses: atoms(all) };
                let paid = [a, b, c].map(|loss| purse.pay(atoms(loss)).map(|paid| paid.0.get()));
                t.count(paid.iter().all(Result::is_ok));
                let case = || format!("{cash} over {a}, {b}, {c}: {paid:?}");
                let [Ok(x), Ok(y), Ok(z)] = paid else {
                    t.require(false, case);
                    continue;
                };
                // Nothing is left while a loss is, none is paid more than itself, and each gets its share to the atom.
                t.require(x + y + z == cash.min(all) && purse.left.0.get() == plus(cash - all), case);
                for (paid, loss) in [(x, a), (y, b), (z, c)] {
                    let fair = if cash >= all { paid == loss } else { ((paid * all) - cash * loss).abs() < 2 * all };
                    t.require(paid <= loss && fair, case);
                }
                let first = if cash >= all { a } else { floor(cash * a, all) };
                t.require(x == first, case);
            }
        }
    }
}

/// Exact over a bucket within its bounds, and refilling in parts is refilling at once.
fn refill(part: usize, t: &mut Tally) {
    let stored = part as i64 - 128;
    let [plain, ..] = risks();
    for full in [1, 5, 16] {
        for rate in UNSIGNED {
            let mut risk = plain;
            (risk.throttle_capacity, risk.throttle_refill) = (atoms(full), atoms(rate));
            let bucket = Throttle { capacity: pnl(stored), updated: NOW };
            for seconds in -2..40i64 {
                let case = || format!("{stored} of {full}, {rate} a second, {seconds} s");
                let after = bucket.refilled(&risk, NOW + seconds);
                t.count(after.is_ok());
                // What is stored is between a full bucket and the deepest debt.
                if !(-full..=full).contains(&stored) {
                    continue;
                }
                let expected = (stored + plus(seconds) * rate).min(full);
                t.require(after.is_ok_and(|a| a.capacity.0.get() == expected), case);
                t.require(after.is_ok_and(|a| a.updated == NOW + plus(seconds)), case);
                if seconds > 0 {
                    let parts =
                        bucket.refilled(&risk, NOW + seconds / 2).and_then(|b| b.refilled(&risk, NOW + seconds));
                    t.require(parts == after, case);
                }
            }
        }
    }
}

/// Down by the notional, and no deeper than minus a full bucket.
fn take(part: usize, t: &mut Tally) {
    let stored = part as i64 - 128;
    let [plain, ..] = risks();
    for full in UNSIGNED {
        let risk = plimsoll_engine::risk::Risk { throttle_capacity: atoms(full), ..plain };
        for notional in UNSIGNED {
            let before = Throttle { capacity: pnl(stored), updated: NOW };
            let mut bucket = before;
            let result = bucket.take(&risk, atoms(notional));
            t.count(result.is_ok());
            let case = || format!("{stored} of {full}, {notional}: {bucket:?}");
            if result.is_err() {
                t.require(bucket == before && (!fits_signed(full) || !fits_signed(notional)), case);
            } else {
                t.require(bucket.capacity.0.get() == (stored - notional).max(-full), case);
                t.require(bucket.available().0.get() == plus(bucket.capacity.0.get()), case);
            }
        }
    }
}

/// The formula. Whoever buys pays at least what a share is worth, so nobody else's shares lose.
fn issue(part: usize, t: &mut Tally) {
    let amount = part as i64;
    let extra = amounts::UNIT as i64;
    for value in UNSIGNED {
        for supply in UNSIGNED {
            let case = || format!("{amount} into {value} over {supply}");
            let expected = floor(amount * (supply + extra), value + extra);
            let possible = fits(supply + extra + expected) && fits(value + extra) && expected > 0;
            let issued = shares::issue(atoms(amount), atoms(value), lit(supply as u64)).ok().map(|s| s.get());
            t.count(issued.is_some());
            t.require(issued == possible.then_some(expected), case);
            if let Some(issued) = issued {
                // (value + amount) / (supply + issued) >= value / supply, paper shares included.
                let (after, before) =
                    ((value + amount + extra) * (supply + extra), (value + extra) * (supply + issued + extra));
                t.require(after >= before, case);
                // And straight out again is no more than went in.
                let back = floor(issued * (value + amount + extra), supply + issued + extra);
                t.require(back <= amount, case);
            }
        }
    }
}

/// All of a charge goes somewhere, in order, and nobody gets more than his part of the notional.
fn split(part: usize, t: &mut Tally) {
    let total = part as i64;
    for notional in UNSIGNED {
        for treasury in [0, 1, 3, 16, 255] {
            for flagger in [0, 1, 5, 40] {
                for liquidator in [0, 2, 16, 255] {
                    let [mut risk, ..] = risks();
                    risk.charge_treasury = ratio(treasury);
                    (risk.charge_flagger, risk.charge_liquidator) = (ratio(flagger), ratio(liquidator));
                    let got = Charge::split(&risk, atoms(total), atoms(notional));
                    t.count(got.is_ok());
                    let parts = [mulc(treasury, notional), mulf(flagger, notional), mulf(liquidator, notional)];
                    let case = || format!("{total} on {notional}: {got:?}");
                    if !parts.iter().all(|part| fits(*part)) {
                        t.require(got.is_err(), case);
                        continue;
                    }
                    let Ok(got) = got else {
                        t.require(false, case);
                        continue;
                    };
                    let [a, b, c, d] = [got.treasury, got.flagger, got.liquidator, got.insurance].map(|v| v.0.get());
                    let (x, y) = (parts[0].min(total), parts[1].min(plus(total - parts[0])));
                    let z = parts[2].min(total - x - y);
                    t.require((a, b, c, d) == (x, y, z, total - x - y - z), case);
                    t.require(got.total() == Ok(atoms(total)), case);
                }
            }
        }
    }
}
