//! Settlement: one price, one fraction, whatever the order.

use plimsoll_engine::{
    EngineError,
    market::{Market, status},
    position::Position,
    settlement::{Look, Settled, fix, look, pay, settle, stage},
    units::Atoms,
};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "settlement/two-looks", parts: 256, run: looks },
    Rule { name: "settlement/a-position", parts: 256, run: position },
    Rule { name: "settlement/equal-fractions", parts: 256, run: rounds },
];

const PRICE: i64 = 5;

/// A market that settles at [`PRICE`].
fn settling(treasury: i64) -> Market {
    let [risk, ..] = risks();
    let mut market = market(risk, PRICE, treasury);
    (market.status, market.book.withheld, market.settlement.price) = (status::SETTLING, 1, ticks(PRICE));
    market.risk.settle_deadline = 100;
    market.settlement.since = NOW;
    market
}

fn worth(position: &Position) -> i64 {
    position.lots.0.get() * PRICE - position.cost.0.get()
}

/// Started only by two looks at a negative net asset value far enough apart, without an unanswered deficit.
fn looks(part: usize, t: &mut Tally) {
    let treasury = part as i64;
    let [mut risk, ..] = risks();
    (risk.settle_wait, risk.max_price_age) = (10, 60);
    for cost in SIGNED {
        for (second, after, deficit) in [(5, 10, 0), (9, 11, 0), (1, 10, 0), (5, 9, 0), (5, 10, 3), (7, 70, 0)] {
            let mut market = market(risk, PRICE, treasury);
            if try_hold(&mut market.book, true, 3, cost).is_none() {
                continue;
            }
            let before = market;
            let negative = |market: &Market| nav(&risk, &Money::of(&market.book), market.price.oracle.0.get()) < 0;
            let first = look(&mut market, NOW);
            let case = || format!("{treasury}, {cost}, then {second} after {after} s: {first:?}");
            t.require(first.is_ok() == (first == Ok(Look::First)), case);
            t.require(first != Ok(Look::First) || (negative(&before) && market.book.withheld == 1), case);
            t.require(first.is_ok() || market == before, case);
            t.require(first.is_ok() || first == Err(EngineError::Overflow) || !negative(&before), case);
            if first.is_err() {
                t.count(false);
                continue;
            }
            market.price.oracle = ticks(second);
            (market.price.publish_time, market.funding.accrued) = (NOW + after, NOW + after);
            market.book.deficit = atoms(deficit);
            let waiting = market;
            let got = look(&mut market, NOW + after);
            let started = matches!(got, Ok(Look::Started { .. }));
            t.count(started);
            let case = || format!("{treasury}, {cost}, then {second} after {after} s: {got:?}");
            match got {
                Err(_) => t.require(market == waiting, case),
                Ok(Look::First) => t.require(false, case),
                Ok(Look::Cancelled) => t.require(!negative(&waiting) && market.book.withheld == 0, case),
                Ok(Look::Started { price, open }) => {
                    t.require(negative(&waiting) && after >= 10 && deficit == 0, case);
                    t.require(price == ticks(second) && open == 1 && market.status == status::SETTLING, case);
                }
            }
            t.require(Money::of(&market.book) == Money::of(&waiting.book), case);
        }
    }
}

/// A profit becomes a claim, a loss is paid; where cash is short, only the lots that it pays for are closed.
fn position(part: usize, t: &mut Tally) {
    let cash = part as i64;
    for held in [-3, -1, 0, 1, 4] {
        for cost in SIGNED {
            for treasury in [0, 100, 255] {
                let mut market = settling(treasury);
                hold(&mut market.book, true, 1, 4);
                hold(&mut market.book, false, -1, -4);
                let Some(before) = try_hold(&mut market.book, held >= 0, held, cost) else { continue };
                market.settlement.open = 3;
                let (then, mut after, mut next, mut purse) = (market, market, before, atoms(cash));
                let got = settle(&mut purse, &mut next, &mut after);
                t.count(got.is_ok());
                let case = || format!("{held} for {cost}, {cash} of cash: {got:?}");
                let Ok(Settled { lots, paid, claim, done, late, .. }) = got else {
                    t.require(purse == atoms(cash) && next == before && after == then, case);
                    continue;
                };
                let (money, now) = (Money::of(&then.book), Money::of(&after.book));
                let (value, paid) = (worth(&before), paid.0.get());
                let loss = plus(-value);
                let closed = if loss <= cash { held.abs() } else { cash * held.abs() / loss };
                let due = if loss <= cash { loss } else { ceil(loss * closed, held.abs().max(1)) };
                t.require(held == 0 || (lots.0.get() == -held.signum() * closed && paid == due), case);
                t.require(purse.0.get() == cash - paid && now.treasury == money.treasury + paid, case);
                t.require(done == (loss <= cash) && claim.0.get() == if done { plus(value) } else { 0 } && !late, case);
                t.require(worth(&next) == value + paid, case);
                t.require(now.without(&next) == money.without(&before), case);
                let open = if done { 2 } else { 3 };
                t.require(after.settlement.open == open && after.settlement.first.claims == claim, case);
                t.require((next.stage == stage::REGISTERED) == (done && value > 0), case);
            }
        }
    }
}

/// Two winners and a loser, settled and paid in any order, some of them late.
fn rounds(part: usize, t: &mut Tally) {
    let treasury = part as i64;
    for first in (0..90).step_by(3) {
        for second in [0, 1, 8, 30] {
            for (loss, cash) in [(0, 0), (20, 20), (20, 9), (35, 60)] {
                for late in [None, Some(1), Some(2)] {
                    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
                        for pays in [[0, 1], [1, 0]] {
                            settle_all(t, treasury, [first, second], (loss, cash), late, order, pays);
                        }
                    }
                }
            }
        }
    }
}

fn settle_all(
    t: &mut Tally,
    treasury: i64,
    wins: [i64; 2],
    (loss, cash): (i64, i64),
    late: Option<usize>,
    order: [usize; 3],
    pays: [usize; 2],
) {
    let mut market = settling(treasury);
    let costs = [2 * PRICE - wins[0], -PRICE - wins[1], 3 * PRICE + loss];
    let sides = [(true, 2), (false, -1), (true, 3)];
    let mut positions = [Position::default(); 3];
    for ((position, (long, n)), cost) in positions.iter_mut().zip(sides).zip(costs) {
        let Some(held) = try_hold(&mut market.book, long, n, cost) else { return };
        *position = held;
    }
    market.settlement.open = 3;
    let mut purses = [atoms(7), atoms(0), atoms(cash)];
    let case = |what: &str| {
        format!("{what}: {treasury}, wins {wins:?}, {loss} lost with {cash}, late {late:?}, {order:?}, paid {pays:?}")
    };
    let all = |market: &Market, purses: &[Atoms; 3]| {
        market.book.treasury.0.get() + purses.iter().map(|p| p.0.get()).sum::<i64>()
    };
    let money = all(&market, &purses);
    let settle_one = |place: usize, market: &mut Market, positions: &mut [Position; 3], purses: &mut [Atoms; 3]| {
        settle(&mut purses[place], &mut positions[place], market).is_ok_and(|settled| settled.done)
    };
    let mut done = [false; 3];
    for place in order.into_iter().filter(|place| Some(*place) != late) {
        done[place] = settle_one(place, &mut market, &mut positions, &mut purses);
    }
    // Not before the deadline while somebody is left.
    let settled = done == [true; 3];
    let kept = market;
    t.require(fix(&mut market, NOW + 99).is_ok() == settled && (settled || market == kept), || case("fixed early"));
    if !settled && fix(&mut market, NOW + 100).is_err() {
        t.require(false, || case("not fixed at the deadline"));
        return;
    }
    let there = market.book.treasury.0.get();
    let registered = [0, 1].map(|place| if done[place] { wins[place] } else { 0 });
    let claims: i64 = registered.iter().sum();
    let pot = claims.min(there);
    let share = |claim: i64| if claims == 0 { 0 } else { claim * pot / claims };
    for place in pays {
        let before = (purses, positions[place], market);
        let paid = pay(&mut purses[place], &mut positions[place], &mut market);
        let owed = share(registered[place]);
        let case = || format!("{}: {paid:?} to {place}", case("first payment"));
        t.count(paid.is_ok());
        t.require(paid.is_ok() == (registered[place] > 0), case);
        match paid {
            Ok(paid) => t.require(paid.first == atoms(owed) && paid.second == atoms(0), case),
            Err(_) => t.require((purses, positions[place], market) == before, case),
        }
        t.require(purses[place] == atoms(before.0[place].0.get() + if paid.is_ok() { owed } else { 0 }), case);
    }
    t.require(all(&market, &purses) == money, || case("money"));
    // Who was late, or could not pay then.
    for (place, done) in done.iter_mut().enumerate().filter(|(_, done)| !**done) {
        *done = settle_one(place, &mut market, &mut positions, &mut purses);
    }
    let unpaid = market.settlement.first.unpaid.0.get();
    let rest = claims - pot + late.filter(|place| *place < 2).map_or(0, |place| wins[place]);
    let there = market.book.treasury.0.get() - unpaid;
    let after = if done == [true; 3] { NOW + 101 } else { NOW + 300 };
    if fix(&mut market, after).is_err() {
        t.require(false, || case("round two is not fixed"));
        return;
    }
    let pot = rest.min(there);
    t.require(market.settlement.second.pot == atoms(pot) && market.settlement.second.claims == atoms(rest), || {
        case("round two")
    });
    let mut total = 0;
    for place in pays {
        let claim = wins[place] - share(registered[place]);
        let owed = if rest == 0 { 0 } else { claim * pot / rest };
        let before = purses[place].0.get();
        let paid = pay(&mut purses[place], &mut positions[place], &mut market);
        let got = purses[place].0.get() - before;
        let case = || format!("{}: {paid:?} to {place}, owed {owed}", case("second payment"));
        t.count(paid.is_ok());
        t.require(got == if paid.is_ok() { owed } else { 0 }, case);
        t.require(paid.is_ok() || claim == 0, case);
        total += got;
    }
    // Rests that rounding left to each are shared as if they were whole; the pool bears less than an atom of each.
    t.require(total <= pot + 2, || case("more than the pot"));
    t.require(all(&market, &purses) == money, || case("money"));
    t.require(fix(&mut market, NOW + 900).is_err(), || case("a third round"));
}
