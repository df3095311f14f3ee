//! Variation margin and bankruptcy of an account with two legs.

use plimsoll_engine::{
    EngineError,
    bankruptcy::close_bankrupt,
    mark::{Leg, mark},
    market::Market,
    position::Position,
};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "book/novate-and-settle", parts: 256, run: settle },
    Rule { name: "mark/two-legs", parts: 256, run: two_legs },
    Rule { name: "bankruptcy/two-legs", parts: 256, run: bankrupt },
];

/// Totals stay the sums of their positions; what a settlement moves is all it changes.
fn settle(part: usize, t: &mut Tally) {
    let cost = part as i64 - 128;
    let [plain, ..] = risks();
    for (long, held) in [(true, 3), (false, -2), (true, 0), (false, 0)] {
        for treasury in [0, 1, 90, 255] {
            for paid in SIGNED {
                let mut market = market(plain, 2, treasury);
                hold(&mut market.book, long, if long { 2 } else { -2 }, 5);
                let held = try_hold(&mut market.book, long, held, if held == 0 { cost.min(0) } else { cost });
                let Some(held) = held else { continue };
                let (mut position, mut book) = (held, market.book);
                let before = Money::of(&book);
                let result = book.settle(&mut position, pnl(paid));
                t.count(result.is_ok());
                let case = || format!("{held:?}, {paid} of {treasury}");
                if result.is_err() {
                    t.require((book, position) == (market.book, held), case);
                    let (own, all) =
                        (held.cost.0.get() + paid, if long { before.long.1 } else { before.short.1 } + paid);
                    t.require(
                        !fits(treasury - paid)
                            || !fits_signed(own)
                            || !fits_signed(all)
                            || paid == -128
                            || !fits(treasury + plus(-paid)),
                        case,
                    );
                    continue;
                }
                let after = Money::of(&book);
                t.require(after.treasury == treasury - paid, case);
                t.require(position.cost.0.get() == held.cost.0.get() + paid, case);
                t.require(after.without(&position) == before.without(&held), case);
                t.require(nav(&plain, &after, 2) == nav(&plain, &before, 2), case);
            }
        }
    }
}

/// Legs of an account in two markets, each with somebody else's position beside it.
struct Account {
    markets: [Market; 2],
    positions: [Position; 2],
}

impl Account {
    /// The first leg's cost is anything; the second's too.
    fn new(kind: usize, treasuries: [i64; 2], costs: [i64; 2]) -> Option<Self> {
        let [plain, parted, _] = risks();
        let (prices, held) = match kind {
            0 => ([9, 4], [2, -3]),
            1 => ([1, 17], [-1, 0]),
            _ => ([5, 5], [4, 4]),
        };
        let mut markets = [
            market(if kind == 2 { parted } else { plain }, prices[0], treasuries[0]),
            market(plain, prices[1], treasuries[1]),
        ];
        (markets[0].price.ema, markets[1].price.confidence) = (ticks(prices[0] + 1), ticks(kind as i64 % 2));
        let mut positions = [Position::default(); 2];
        for leg in 0..2 {
            let book = &mut markets[leg].book;
            hold(book, true, 1, prices[leg] - 1);
            if held[leg] == 0 && costs[leg] > 0 {
                return None;
            }
            positions[leg] = try_hold(book, held[leg] >= 0, held[leg], costs[leg])?;
        }
        Some(Self { markets, positions })
    }

    fn legs(&mut self) -> [Leg<'_>; 2] {
        let ([a, b], [x, y]) = (&mut self.markets, &mut self.positions);
        [Leg { position: x, market: a }, Leg { position: y, market: b }]
    }

    fn money(&self) -> [Money; 2] {
        [0, 1].map(|leg| Money::of(&self.markets[leg].book))
    }

    fn pnl(&self, leg: usize) -> i64 {
        let (position, price) = (&self.positions[leg], self.markets[leg].price.oracle);
        position.lots.0.get() * price.0.get() - position.cost.0.get()
    }

    fn nav(&self, leg: usize) -> i64 {
        nav(&self.markets[leg].risk, &self.money()[leg], self.markets[leg].price.oracle.0.get())
    }

    fn same(&self, other: &Self) -> bool {
        self.markets == other.markets && self.positions == other.positions
    }
}

/// Cash and the first cost are all values, the second cost and the treasuries some.
fn accounts(mut each: impl FnMut(Account, &dyn Fn() -> String)) {
    for kind in 0..3 {
        for treasuries in [[0, 120], [35, 0], [127, 60]] {
            for first in SIGNED {
                for second in SIGNED.step_by(9) {
                    if let Some(account) = Account::new(kind, treasuries, [first, second]) {
                        each(account, &|| format!("kind {kind}, treasuries {treasuries:?}, costs {first}, {second}"));
                    }
                }
            }
        }
    }
}

/// Cash, costs and treasuries move by the same amounts; equity and net asset value by none.
fn two_legs(part: usize, t: &mut Tally) {
    let cash = part as i64;
    accounts(|before, what| {
        let mut after = Account { ..before };
        let mut purse = atoms(cash);
        let result = mark(&mut purse, &mut after.legs());
        t.count(result.is_ok());
        let case = || format!("{cash} cash, {}: {result:?}", what());
        let gains = [0, 1].map(|leg| payable(&before.markets[leg], &before.positions[leg]));
        let cash_then = cash + gains[0] + gains[1];
        let losses = shared(cash_then, [0, 1].map(|leg| plus(-before.pnl(leg))));
        let Ok(paid) = result else {
            t.require(purse == atoms(cash) && after.same(&before), case);
            return;
        };
        t.require(purse.0.get() == cash_then - losses[0] - losses[1], case);
        let (then, now) = (before.money(), after.money());
        for leg in 0..2 {
            let moved = gains[leg] - losses[leg];
            t.require(paid[leg].0.get() == moved, case);
            t.require(now[leg].treasury == then[leg].treasury - moved, case);
            t.require(after.pnl(leg) == before.pnl(leg) - moved, case);
            t.require(now[leg].without(&after.positions[leg]) == then[leg].without(&before.positions[leg]), case);
            t.require(after.nav(leg) == before.nav(leg), case);
            t.require((now[leg].fees, now[leg].deficit) == (then[leg].fees, then[leg].deficit), case);
        }
    });
}

/// Every leg goes, profits first; each market bears its part of what cash does not meet, and no other market does.
fn bankrupt(part: usize, t: &mut Tally) {
    let cash = part as i64;
    accounts(|before, what| {
        let mut after = Account { ..before };
        let mut purse = atoms(cash);
        let result = close_bankrupt(&mut purse, &mut after.legs(), NOW, None);
        t.count(result.is_ok());
        let case = || format!("{cash} cash, {}: {result:?}", what());
        let then = before.money();
        let profits = [0, 1].map(|leg| {
            let market = &before.markets[leg];
            let gain = plus(before.pnl(leg));
            let counted = collectable(&market.risk, &then[leg], market.price.oracle.0.get(), gain);
            (gain, counted.min(then[leg].treasury), counted)
        });
        let losses = [0, 1].map(|leg| plus(-before.pnl(leg)));
        let cash_then = cash + profits[0].1 + profits[1].1;
        // Profits count as far as the market can pay them, whether or not it has the cash.
        let solvent = cash + profits[0].2 + profits[1].2 > losses[0] + losses[1] || losses[0] + losses[1] < cash_then;
        let Ok(report) = result else {
            t.require(purse == atoms(cash) && after.same(&before), case);
            t.require(solvent || result == Err(EngineError::Overflow), case);
            return;
        };
        t.require(!solvent && purse == atoms(0), case);
        let paid = shared(cash_then, losses);
        let now = after.money();
        for leg in 0..2 {
            let ((gain, got, _), closed) = (profits[leg], &report[leg]);
            let deficit = losses[leg] - paid[leg];
            t.require(closed.settled.0.get() == got - paid[leg], case);
            t.require((closed.deficit.0.get(), closed.claim.0.get()) == (deficit, gain - got), case);
            t.require(now[leg].treasury == then[leg].treasury - got + paid[leg], case);
            t.require(now[leg].deficit == then[leg].deficit + deficit, case);
            t.require(now[leg].insurance_claim == then[leg].insurance_claim + gain - got, case);
            t.require([now[leg].long, now[leg].short] == then[leg].without(&before.positions[leg]), case);
            t.require(after.positions[leg] == Position::default(), case);
            // The providers bear the deficit until it is answered, and the premium of the skew that is left.
            let at = |money: &Money| {
                premium(&before.markets[leg].risk, money.skew(), before.markets[leg].price.oracle.0.get())
            };
            t.require(after.nav(leg) == before.nav(leg) - deficit + at(&then[leg]) - at(&now[leg]), case);
        }
    });
}
