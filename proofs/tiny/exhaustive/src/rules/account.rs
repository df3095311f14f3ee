//! Whole accounts: looked at, flagged, liquidated; withdrawals, and orders that end.

use bytemuck::Zeroable;
use plimsoll_engine::{
    EngineError,
    account::Initial,
    book::Book,
    execution::{cancel, pay_fee},
    flag::{self, flag},
    liquidate::{Holdings, liquidate},
    mark::Leg,
    market::Market,
    order::{Order, Stage},
    position::Position,
    queue::{Id, Queue},
    survey::{Case, Survey},
    withdraw::withdraw,
};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::{self, *},
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "account/flag-and-liquidate", parts: 256, run: liquidations },
    Rule { name: "account/withdraw", parts: 256, run: withdrawals },
    Rule { name: "order/end", parts: 256, run: ends },
];

const ACCOUNT: Id = [7; 32];
const FLAGGER: Id = [8; 32];

/// Two legs, each beside somebody else's.
#[derive(Clone, Copy)]
pub struct Legs {
    /// Their markets.
    pub markets: [Market; 2],
    /// What is held there.
    pub positions: [Position; 2],
}

impl Legs {
    /// A kind of markets, and what the positions cost.
    pub fn new(kind: usize, costs: [i64; 2]) -> Option<Self> {
        let [plain, parted, flat] = risks();
        let (risks, prices, held, treasuries) = match kind {
            0 => ([plain, plain], [9, 4], [2, -3], [60, 60]),
            1 => ([parted, plain], [5, 11], [4, 1], [10, 100]),
            2 => ([plain, flat], [3, 6], [-5, -2], [0, 90]),
            _ => ([parted, parted], [8, 7], [3, 0], [90, 20]),
        };
        let mut legs = Self {
            markets: [0, 1].map(|leg| market(risks[leg], prices[leg], treasuries[leg])),
            positions: [Position::default(); 2],
        };
        for leg in 0..2 {
            let book = &mut legs.markets[leg].book;
            try_hold(book, held[leg] < 0, if held[leg] < 0 { 2 } else { -2 }, 3)?;
            if held[leg] == 0 && costs[leg] > 0 {
                return None;
            }
            legs.positions[leg] = try_hold(book, held[leg] >= 0, held[leg], costs[leg])?;
        }
        Some(legs)
    }

    fn money(&self) -> [Money; 2] {
        [0, 1].map(|leg| Money::of(&self.markets[leg].book))
    }

    fn pnl(&self, leg: usize) -> i64 {
        let (position, price) = (&self.positions[leg], self.markets[leg].price.oracle);
        position.lots.0.get() * price.0.get() - position.cost.0.get()
    }

    /// Equity and requirement, in plain integers.
    pub fn health(&self, cash: i64) -> (i64, i64) {
        let mut health = (cash, 0);
        for leg in 0..2 {
            let (market, position) = (&self.markets[leg], &self.positions[leg]);
            let price = market.price.oracle.0.get();
            health.0 += counted(&market.risk, &Money::of(&market.book), price, position);
            health.1 += world::maintenance(&market.risk, position.lots.0.get().abs() * price);
        }
        health
    }

    /// A look at them.
    pub fn survey(&self, cash: i64, now: i64, newer_than: Option<i64>) -> plimsoll_engine::Result<Survey> {
        let mut survey = Survey { newer_than, ..Survey::of_cash(atoms(cash), now)? };
        for leg in 0..2 {
            if !self.positions[leg].is_empty() {
                survey.add(leg, &self.positions[leg], &self.markets[leg])?;
            }
        }
        survey.count_fees(atoms(0))?;
        Ok(survey)
    }

    /// A second later, at the same prices.
    fn renewed(mut self) -> Self {
        for market in &mut self.markets {
            (market.price.publish_time, market.price.previous_publish_time) = (NOW + 1, NOW);
            market.funding.accrued = NOW + 1;
        }
        self
    }
}

/// Nobody at or above maintenance is flagged or liquidated; where anything is closed, no money goes astray and equity over
/// maintenance does not fall unless all is closed; a refusal leaves everything.
fn liquidations(part: usize, t: &mut Tally) {
    let cash = part as i64;
    let mut queue = Queue::zeroed();
    for kind in 0..4 {
        for first in SIGNED.step_by(2) {
            for second in SIGNED.step_by(11) {
                let Some(legs) = Legs::new(kind, [first, second]) else { continue };
                liquidate_one(t, cash, &legs, &mut queue);
            }
        }
    }
}

fn liquidate_one(t: &mut Tally, cash: i64, legs: &Legs, queue: &mut Queue) {
    let Ok(survey) = legs.survey(cash, NOW, None) else { return };
    let (equity, required) = legs.health(cash);
    let case = || format!("{cash} cash, {equity} of {required}, {:?} in {:?}", legs.positions, legs.money());
    t.require(survey.health.equity == pnl(equity) && survey.health.maintenance == atoms(required), case);
    let named = survey.leg_to_flag();
    let look = Case { account: &ACCOUNT, leg: named, place: None, slot: 1 };
    let market = &legs.markets[named.unwrap_or(0)];
    let flagged = flag(queue, &survey, &market.risk, &look, &FLAGGER, false);
    let healthy = equity >= required && equity >= 0;
    t.require(!healthy || flagged == Err(EngineError::NotLiquidatable), case);
    let Ok(flag::Report::Queued(queued)) = flagged else {
        t.count(false);
        t.require(flagged.is_err() && queue.count == 0, case);
        return;
    };
    let Some(named) = named else { return t.require(false, case) };

    let mut after = legs.renewed();
    let before = after;
    let Ok(survey) = after.survey(cash, NOW + 1, Some(NOW)) else { return t.require(false, case) };
    let look = Case { account: &ACCOUNT, leg: Some(named), place: Some(queued.place), slot: 2 };
    let places = if named == 0 { [0, 1] } else { [1, 0] };
    let used = if legs.positions.iter().any(Position::is_empty) { 1 } else { 2 };
    let mut purse = atoms(cash);
    let result = {
        let ([a, b], [x, y]) = (&mut after.markets, &mut after.positions);
        let mut both = [Leg { position: x, market: a }, Leg { position: y, market: b }];
        if named == 1 {
            both.swap(0, 1);
        }
        let mut holdings = Holdings { cash: &mut purse, legs: &mut both[..used], places: &places[..used] };
        liquidate(&mut holdings, &survey, queue, &look)
    };
    let entry = queue.entry_of(&ACCOUNT, queued.place);
    if entry.is_ok() {
        queue.remove(&ACCOUNT, queued.place).expect("queued");
    }
    t.count(result.is_ok());
    let case = || {
        let told = result.as_ref().map(|report| (report.bankrupt, &report.closed[..report.count], report.until));
        format!("{}: {told:?}", case())
    };
    let report = match &result {
        Ok(report) => report,
        Err(refusal) => {
            let same = after.markets == before.markets && after.positions == before.positions && purse == atoms(cash);
            t.require(same && entry.is_ok(), case);
            // It waits for capacity or for cash that a market owes; and where a market cannot pay its profits, each close
            // counts them anew, which may cost what the close is worth.
            let pays = (0..2).all(|leg| {
                let market = &before.markets[leg];
                nav(&market.risk, &before.money()[leg], market.price.oracle.0.get()) >= 0
            });
            let waits = match refusal.error() {
                EngineError::NoCapacity | EngineError::Overflow => true,
                EngineError::NothingToClose => (0..2).any(|leg| before.pnl(leg) < 0 && cash < -before.pnl(leg)),
                EngineError::HealthWorsens => !pays,
                _ => false,
            };
            t.require(waits, case);
            return;
        }
    };
    t.require(report.bankrupt == (equity <= 0), case);
    // Nothing can be closed where all of the cash for it is owed by a market: then the account waits.
    let nothing = after.markets == before.markets && after.positions == before.positions && purse == atoms(cash);
    t.require(report.count > 0 || (nothing && entry.is_ok()), case);
    // Conservation, and each market's totals.
    let (then, now) = (before.money(), after.money());
    let keepers = report.charge.flagger.0.get() + report.charge.liquidator.0.get();
    let all = |money: &[Money; 2], cash: i64| cash + money.iter().map(|m| m.treasury + m.fees).sum::<i64>();
    t.require(all(&now, purse.0.get()) + keepers == all(&then, cash), case);
    for leg in 0..2 {
        t.require(now[leg].without(&after.positions[leg]) == then[leg].without(&before.positions[leg]), case);
        // Only a bankrupt account leaves a deficit, and only where it held something.
        let untouched = before.positions[leg].is_empty() || !report.bankrupt;
        t.require(!untouched || (now[leg].deficit, now[leg].insurance_claim) == (0, 0), case);
    }
    let (equity_now, required_now) = after.health(purse.0.get());
    if report.bankrupt {
        t.require(after.positions == [Position::default(); 2] && purse == atoms(0) && keepers == 0, case);
    } else {
        t.require(report.charge.total().is_ok_and(|charge| charge.0.get() <= equity), case);
        let better = required_now == 0 || equity_now * required >= equity * required_now;
        t.require(better && equity_now >= 0, || format!("{}, then {equity_now} of {required_now}", case()));
        // Who is still under maintenance stays queued.
        let stays = equity_now < required_now && !after.positions[named].lots.is_zero();
        t.require(entry.is_ok() == stays, case);
    }
}

/// No more than is free, so that what remains meets initial margin; never for who is flagged.
fn withdrawals(part: usize, t: &mut Tally) {
    let cash = part as i64;
    for amount in UNSIGNED {
        for equity in SIGNED.step_by(3) {
            for required in [0, 1, 20, 90, 127, 255] {
                for flagged in [false, true] {
                    let initial = Initial { equity: pnl(equity), requirement: atoms(required) };
                    let mut purse = atoms(cash);
                    let got = withdraw(&mut purse, &initial, atoms(amount), flagged);
                    t.count(got.is_ok());
                    let right = !flagged && amount > 0 && amount <= cash && equity - amount >= required.max(0);
                    let case = || format!("{amount} of {cash}, {equity} of {required}, {flagged}: {got:?}");
                    t.require(got.is_ok() == right, case);
                    t.require(purse == atoms(if right { cash - amount } else { cash }), case);
                }
            }
        }
    }
}

/// The fee of an order that ends goes to its executor and the treasury, or back while it waits, and nowhere else.
fn ends(part: usize, t: &mut Tally) {
    let fee = part as i64;
    let [plain, ..] = risks();
    for tip in (0..256).step_by(5) {
        for (treasury, cash) in [(0, 0), (200, 255), (255, 9), (90, 200)] {
            let order =
                Order { lots: lots(1), fee: atoms(fee), execution_fee: atoms(tip), placed_at: NOW, ..Order::default() };
            for executed in [false, true] {
                let mut book = Book { treasury: atoms(treasury), ..Book::default() };
                let (before, mut keeper) = (book, atoms(cash));
                let got = pay_fee(&order, executed.then_some(&mut keeper), &mut book);
                t.count(got.is_ok());
                let case = || format!("{fee}, {tip} to {executed}, {treasury}, {cash}: {got:?}");
                let paid = if executed { tip } else { 0 };
                let right = paid <= fee && fits(treasury + fee - paid) && fits(cash + paid);
                t.require(got.is_ok() == right, case);
                let expected = if right { Book { treasury: atoms(treasury + fee - paid), ..before } } else { before };
                t.require(book == expected && keeper == atoms(if right { cash + paid } else { cash }), case);
            }
            for (seconds, owner) in [(0, true), (1, false), (2, true), (3, true), (13, true), (14, false)] {
                let before = market(plain, 5, treasury);
                let (mut after, mut purse) = (before, atoms(cash));
                let got = cancel(&mut purse, &mut after, &order, owner, NOW + seconds);
                t.count(got.is_ok());
                let case = || format!("{fee}, {treasury}, {cash}, {owner} after {seconds} s: {got:?}");
                let stage = if seconds < 2 {
                    Stage::Waiting
                } else if seconds <= 13 {
                    Stage::Binding
                } else {
                    Stage::Expired
                };
                let right = match stage {
                    Stage::Waiting => owner && fits(cash + fee),
                    Stage::Binding => false,
                    Stage::Expired => fits(treasury + fee),
                };
                t.require(got.ok() == right.then_some(stage), case);
                let back = if right && stage == Stage::Waiting { fee } else { 0 };
                let kept = if right { fee - back } else { 0 };
                t.require(purse == atoms(cash + back), case);
                t.require(
                    Money::of(&after.book) == Money { treasury: treasury + kept, ..Money::of(&before.book) },
                    case,
                );
            }
        }
    }
}
