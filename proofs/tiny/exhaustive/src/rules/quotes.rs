//! What a trader is told before acting: a size for a risk, and the price that liquidates.

use plimsoll_engine::{
    account::Health,
    liquidation_price::liquidation_price,
    margin::leg_health,
    sizing::{Bound, size_for_risk},
    units::Ticks,
};
use words::amounts;

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "quote/size-against-brute-force", parts: 256, run: size_by_force },
    Rule { name: "quote/liquidation-price", parts: 256, run: liquidated_at },
];

/// Every size is tried: the one that is told is the largest that loses no more than the risk.
fn size_by_force(part: usize, t: &mut Tally) {
    let risked = part as i64;
    for risk in risks() {
        for price in 1..=24 {
            for stop in 0..=40 {
                for (long, short) in [(0, 0), (6, 1), (2, 5)] {
                    let mut market = market(risk, price, 100);
                    market.price.confidence = ticks(1);
                    (market.book.long.lots, market.book.short.lots) = (size(long), size(short));
                    market.risk.max_price = ticks(38);
                    let got = size_for_risk(&market, atoms(risked), ticks(stop), NOW);
                    t.count(got.is_ok());
                    let is_long = stop < price;
                    let case = || format!("{risked} from {price} to {stop}, {long} and {short}: {got:?}");
                    let skew = long - short;
                    let part = |n: i64, at: i64| {
                        (
                            mulc(risk.spread.0.get(), n * at) + mulc(risk.confidence_spread.0.get(), n),
                            mulc(risk.fee.0.get(), n * at) + risk.execution_fee.0.get(),
                        )
                    };
                    let loss = |n: i64| {
                        let after = if is_long { skew + n } else { skew - n };
                        let paid = plus(premium(&risk, after, price) - premium(&risk, skew, price));
                        let (first, last, dearest) = (part(n, price), part(n, stop), part(n, price.max(stop)));
                        n * (price - stop).abs() + paid + first.0 + last.0 + first.1 + dearest.1
                    };
                    let free = plus(risk.side_cap.0.get() - if is_long { long } else { short });
                    let cap = risk.position_cap.0.get().min(free);
                    let largest = (1..=cap).take_while(|n| loss(*n) <= risked).last().unwrap_or(0);
                    let allowed = price >= amounts::COARSE_PRICE as i64 && stop > 0 && stop != price && stop <= 38;
                    match got {
                        Ok(sized) => {
                            t.require(allowed && sized.lots.0.get() == if is_long { largest } else { -largest }, case);
                            t.require(
                                sized.loss == atoms(loss(largest)) && largest >= risk.minimum_position.0.get(),
                                case,
                            );
                            t.require((sized.bound == Bound::Risk) == (largest < cap), case);
                        }
                        Err(plimsoll_engine::EngineError::Overflow) => t.require(loss(cap.max(1)) > 100, case),
                        Err(_) => t.require(!allowed || largest < risk.minimum_position.0.get(), case),
                    }
                }
            }
        }
    }
}

/// Every price is tried: at the one that is told the account is liquidatable, and one tick before it is not.
fn liquidated_at(part: usize, t: &mut Tally) {
    let cash = part as i64;
    for risk in risks() {
        for price in [2, 9, 20] {
            for n in [-5, -2, -1, 0, 1, 3, 6] {
                for entry in [-25, -6, 0, 7, 40] {
                    for (equity, required) in [(0, 0), (8, 5), (-9, 4)] {
                        let mut market = market(risk, price, 120);
                        market.risk.max_price = ticks(30);
                        let Some(position) = try_hold(
                            &mut market.book,
                            n >= 0,
                            n,
                            if n == 0 { entry.min(0) } else { n * price + entry },
                        ) else {
                            continue;
                        };
                        let mut rest = Health::default();
                        (rest.equity, rest.maintenance) = (pnl(equity), atoms(required));
                        let got = liquidation_price(atoms(cash), &rest, &position, &market);
                        t.count(matches!(got, Ok(Some(_))));
                        let case = || format!("{cash}, {position:?} at {price}, rest {equity} of {required}: {got:?}");
                        let falls = |at: i64| {
                            let mut health = rest.with_cash(atoms(cash)).ok()?;
                            health.add(&leg_health(&position, &market, ticks(at)).ok()?).ok()?;
                            Some(health.is_liquidatable())
                        };
                        let (end, step) = if n > 0 { (1, -1) } else { (30, 1) };
                        let prices =
                            || std::iter::successors(Some(price), |p| (*p != end && n != 0).then_some(p + step));
                        match got {
                            Ok(Some(Ticks(at))) => {
                                let at = at.get();
                                t.require(falls(at) == Some(true) && prices().any(|p| p == at), case);
                                t.require(at == price || falls(at - step) == Some(false), case);
                                // It is the first, unless the account recovers on the way.
                                let changes =
                                    prices().zip(prices().skip(1)).filter(|(a, b)| falls(*a) != falls(*b)).count();
                                t.require(changes > 1 || prices().find(|p| falls(*p) == Some(true)) == Some(at), case);
                            }
                            Ok(None) => {
                                t.require(falls(price) == Some(false) && falls(end) != Some(true) || n == 0, case)
                            }
                            Err(_) => t.require(prices().any(|p| falls(p).is_none()), case),
                        }
                    }
                }
            }
        }
    }
}
