//! Settlement: one price, one fraction for every winner whatever the order, and losers pay what they can.
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

use common::{NOW, PRICE, USD, cases, claim, hold, leg, market_of, nav, price, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    bankruptcy::close_bankrupt,
    book::Book,
    deleverage::reduce,
    exit::{Exit, redeem},
    funding::accrue,
    insurance::Insurance,
    liquidation::close,
    margin::leg_initial,
    mark::{Leg, mark},
    market::{Market, status},
    order::Order,
    position::Position,
    settlement::{Fixed, LOOK_LIFE, Look, Paid, Settled, Settlement, fix, look, pay, settle, stage},
    trade::{Rest, fill},
    units::{Atoms, Lots, Pnl, Size, Ticks},
};
use proptest::prelude::*;

/// Looks at a price published so many seconds later.
fn look_at(market: &mut Market, seconds: i64, at: u64) -> Result<Look, EngineError> {
    let now = NOW + seconds;
    accrue(market, now).unwrap();
    market.price = plimsoll_engine::price::Price { publish_time: now, ..price(at) };
    look(market, now)
}

/// A market without funding, so that amounts in tests are round.
fn market(treasury: u64) -> Market {
    let mut p = sol();
    (p.funding_slope_ppm, p.funding_cap_ppm) = (0, 0);
    market_of(&p, PRICE, treasury)
}

/// Starts the settlement of a market that owes more than it has.
fn start(market: &mut Market) -> u64 {
    assert_eq!(look_at(market, 1, PRICE), Ok(Look::First));
    match look_at(market, 61, PRICE) {
        Ok(Look::Started { price: Ticks(PRICE), open }) => open,
        other => panic!("{other:?}"),
    }
}

/// An account with one position.
#[derive(Clone, Copy, Debug)]
struct Account {
    cash: Atoms,
    position: Position,
}

impl Account {
    /// One lot for each atom of profit or loss a tick, entered so many ticks from the price.
    fn new(market: &mut Market, lots: i64, ticks: i64, cash: u64) -> Self {
        let entry = (PRICE as i64 - ticks * lots.signum()) as u64;
        Self { cash: Atoms(cash), position: hold(market, lots, entry) }
    }

    fn settle(&mut self, market: &mut Market) -> Result<Settled, EngineError> {
        settle(&mut self.cash, &mut self.position, market)
    }

    fn pay(&mut self, market: &mut Market) -> Result<Paid, EngineError> {
        pay(&mut self.cash, &mut self.position, market)
    }
}

#[test]
fn two_looks_far_enough_apart_start_it() {
    // Given a market that owes $100 to longs and has $30
    let mut market = market(30 * USD);
    hold(&mut market, 100_000, PRICE - 1_000);
    assert_eq!(look_at(&mut market, 1, PRICE), Ok(Look::First));
    assert!(market.book.is_withheld() && market.invariant());
    // Then a second look has to wait, by the time of the price
    assert_eq!(look_at(&mut market, 60, PRICE), Err(EngineError::SettlementTooEarly));
    assert_eq!(look_at(&mut market, 61, PRICE), Ok(Look::Started { price: Ticks(PRICE), open: 1 }));
    assert_eq!(
        (market.status, market.settlement.price, market.settlement.since, market.settlement.looked),
        (status::SETTLING, Ticks(PRICE), NOW + 61, NOW + 1)
    );
    assert!(market.invariant());
    assert_eq!(look(&mut market, NOW + 61), Err(EngineError::MarketNotOpen));
    let newer = plimsoll_engine::price::Price { publish_time: NOW + 70, ..price(PRICE) };
    assert_eq!(market.accept(newer, NOW + 70), Err(EngineError::MarketNotOpen));
    // And the price does not age
    assert_eq!(market.fresh_price(NOW + 100_000), Ok(Ticks(PRICE)));
}

#[test]
fn a_37_a_look_at_a_value_that_is_not_negative_cancels() {
    let mut market = market(30 * USD);
    hold(&mut market, 100_000, PRICE - 1_000);
    assert_eq!(look_at(&mut market, 1, PRICE), Ok(Look::First));
    assert_eq!(look_at(&mut market, 30, PRICE - 900), Ok(Look::Cancelled));
    assert!(!market.book.is_withheld() && market.settlement == Settlement::default() && market.invariant());
    assert_eq!(look_at(&mut market, 31, PRICE - 900), Err(EngineError::SettlementNotNeeded));
    // And the next negative one is a first look
    assert_eq!(look_at(&mut market, 61, PRICE), Ok(Look::First));
    assert_eq!(look_at(&mut market, 120, PRICE), Err(EngineError::SettlementTooEarly));
}

#[test]
fn a_37_a_first_look_runs_out() {
    // Given a first look that nobody came back to for a day and the wait
    let mut market = market(30 * USD);
    hold(&mut market, 100_000, PRICE - 1_000);
    assert_eq!(look_at(&mut market, 1, PRICE), Ok(Look::First));
    let last = NOW + 1 + 60 + i64::from(LOOK_LIFE);
    assert!(!accrue(&mut market, last).unwrap().look_over);
    assert!(market.book.is_withheld());
    // When a second passes
    assert!(accrue(&mut market, last + 1).unwrap().look_over);
    // Then profits are paid again, and the next look is a first one
    assert!(!market.book.is_withheld() && market.settlement == Settlement::default() && market.invariant());
    assert!(!accrue(&mut market, last + 1).unwrap().look_over);
    assert_eq!(look_at(&mut market, last + 2 - NOW, PRICE), Ok(Look::First));
    // And within its time a second look still starts the settlement, which does not run out
    let again = last + 2 + 60 + i64::from(LOOK_LIFE);
    assert!(matches!(look_at(&mut market, again - NOW, PRICE), Ok(Look::Started { .. })));
    assert!(!accrue(&mut market, again + 1_000_000).unwrap().look_over);
    assert!(market.book.is_withheld() && market.status == status::SETTLING);
}

#[test]
fn when_a_look_is_refused() {
    let mut market = market(30 * USD);
    hold(&mut market, 100_000, PRICE - 1_000);
    for (change, refused) in [
        ((|m: &mut Market| m.book.deficit = Atoms(1)) as fn(&mut Market), EngineError::DeficitPending),
        (|m| m.funding.accrued -= 1, EngineError::FundingNotAccrued),
        (|m| m.price.publish_time -= 31, EngineError::PriceTooOld),
        (|m| m.book.treasury = Atoms(1 << 40), EngineError::SettlementNotNeeded),
    ] {
        let mut market = market;
        change(&mut market);
        let before = market;
        assert_eq!((look(&mut market, NOW), market), (Err(refused), before));
    }
}

#[test]
fn a_11_nobody_leaves_with_a_profit_between_the_looks() {
    // Given a first look, and a price at which the market has enough again
    let mut market = market(90 * USD);
    let position = hold(&mut market, 100_000, PRICE - 1_000);
    assert_eq!(look_at(&mut market, 1, PRICE), Ok(Look::First));
    market.price.oracle = Ticks(PRICE - 500);
    market.price.ema = Ticks(PRICE - 500);
    assert!(nav(&market) > 0);
    // Then a mark, a close and a liquidation leave the profit a claim
    let mut cash = Atoms(5);
    let (mut held, mut marked) = (position, market);
    mark(&mut cash, &mut [Leg { position: &mut held, market: &mut marked }]).unwrap();
    assert_eq!((cash, held, marked.book), (Atoms(5), position, market.book));
    let order = Order { lots: Lots(-100_000), limit: Ticks(1), ..Order::default() };
    let filled = fill(Atoms(5), &Rest::default(), &position, &market, &order, &market.price).unwrap();
    assert_eq!((filled.cash, filled.settled, filled.position.lots), (Atoms(5), Pnl(0), Lots(0)));
    assert!(filled.position.cost.is_negative());
    let (mut held, mut closed) = (position, market);
    let step = close(&mut cash, &mut held, &mut closed, Pnl(1), Size(50_000), Ticks(PRICE - 500), NOW + 1).unwrap();
    assert_eq!((step.settled, closed.book.treasury), (Pnl(0), Atoms(90 * USD + step.charge.treasury.0)));
    // Nor does the insurance fund collect, or a provider leave
    let (mut fund, mut owing) = (Insurance::default(), market);
    owing.book.insurance_claim = Atoms(5);
    assert_eq!(fund.collect(&mut owing, NOW + 1), Err(EngineError::NavNotPositive));
    let mut leaving = Exit { shares: 10, value: Atoms(100), supply: 10, time: NOW - 100_000 };
    (owing.lp_shares, owing.book.treasury) = (10, Atoms(1_000_000 * USD));
    assert_eq!(redeem(&mut leaving, &mut 10, &mut owing, 10, false, NOW + 1), Err(EngineError::NavNotPositive));
    owing.book.withheld = 0;
    assert!(redeem(&mut leaving, &mut 10, &mut owing, 10, false, NOW + 1).is_ok());
    // And profits weigh nothing in initial margin
    let initial = leg_initial(&position, &market.risk, &market.book, &market.price).unwrap();
    assert_eq!(initial.counted, Pnl(0));
    market.book.withheld = 0;
    let initial = leg_initial(&position, &market.risk, &market.book, &market.price).unwrap();
    assert_eq!(initial.counted, Pnl(50 * USD as i64));
}

#[test]
fn losers_pay_and_winners_are_registered() {
    let mut market = market(10 * USD);
    let mut winner = Account::new(&mut market, 100_000, 1_000, 7);
    let mut loser = Account::new(&mut market, -50_000, -1_000, 60 * USD);
    let mut even = Account::new(&mut market, 10, 0, 3);
    assert_eq!(start(&mut market), 3);
    let done = winner.settle(&mut market).unwrap();
    assert_eq!(
        (done.lots, done.paid, done.claim, done.done, done.late),
        (Lots(-100_000), Atoms(0), Atoms(100 * USD), true, false)
    );
    assert_eq!(
        (winner.position.lots, winner.position.cost, winner.position.stage),
        (Lots(0), Pnl(-100 * USD as i64), stage::REGISTERED)
    );
    assert_eq!((market.settlement.first.claims, market.settlement.open), (Atoms(100 * USD), 2));
    let done = loser.settle(&mut market).unwrap();
    assert_eq!((done.lots, done.paid, done.claim, done.done), (Lots(50_000), Atoms(50 * USD), Atoms(0), true));
    assert_eq!((loser.cash, loser.position), (Atoms(10 * USD), Position::default()));
    even.settle(&mut market).unwrap();
    assert_eq!(
        (even.position, market.settlement.open, market.book.treasury),
        (Position::default(), 0, Atoms(60 * USD))
    );
    // And nobody twice
    for account in [&mut winner, &mut loser] {
        assert_eq!(account.settle(&mut market), Err(EngineError::NothingToSettle));
    }
    // Then the winner is paid 60 % and what is left waits for round two
    assert_eq!(winner.pay(&mut market), Err(EngineError::NothingOwed));
    let fixed = fix(&mut market, NOW + 61).unwrap();
    assert_eq!(fixed, Fixed { round: 1, claims: Atoms(100 * USD), pot: Atoms(60 * USD), open: 0 });
    assert_eq!((market.status, market.invariant()), (status::SETTLED, true));
    assert_eq!(winner.pay(&mut market), Ok(Paid { first: Atoms(60 * USD), ..Paid::default() }));
    assert_eq!((winner.cash, market.book.treasury), (Atoms(60 * USD + 7), Atoms(0)));
    assert_eq!(winner.pay(&mut market), Err(EngineError::NothingOwed));
    fix(&mut market, NOW + 61).unwrap();
    assert_eq!(winner.pay(&mut market), Ok(Paid { lost: Atoms(40 * USD), ..Paid::default() }));
    assert_eq!((winner.position, market.book.long.cost, nav(&market)), (Position::default(), Pnl(0), 0));
    assert_eq!(fix(&mut market, NOW + 61), Err(EngineError::NothingToSettle));
}

#[test]
fn a_short_loser_closes_what_it_can_pay() {
    // Given a loss of 1,000,007 on 1,000 lots and cash for a part of it
    let mut market = market(0);
    hold(&mut market, 100_000, PRICE - 1_000);
    let mut loser = Account {
        cash: Atoms(500_000),
        position: common::hold_at_cost(&mut market, -1_000, Pnl(-150_000_000 + 1_000_007)),
    };
    start(&mut market);
    let done = loser.settle(&mut market).unwrap();
    // floor(500,000 x 1,000 / 1,000,007) lots, and ceil(1,000,007 x 499 / 1,000)
    assert_eq!((done.lots, done.paid, done.done), (Lots(499), Atoms(499_004), false));
    assert_eq!((loser.cash, loser.position.lots, market.settlement.open), (Atoms(996), Lots(-501), 2));
    assert_eq!(loser.position.pnl(Ticks(PRICE)), Ok(Pnl(-(1_000_007 - 499_004))));
    assert_eq!(market.book.treasury, Atoms(499_004));
    // When no lot more can be paid it is refused; with new cash it goes on
    let before = (loser.position, market);
    assert_eq!(loser.settle(&mut market), Err(EngineError::NothingToClose));
    assert_eq!((loser.position, market), before);
    loser.cash = Atoms(501_003);
    assert!(loser.settle(&mut market).unwrap().done);
    assert_eq!((loser.cash, market.book.treasury, market.settlement.open), (Atoms(0), Atoms(1_000_007), 1));
}

#[test]
fn claims_and_debts_without_lots_are_settled_too() {
    let mut market = market(0);
    let mut earlier = Account { cash: Atoms(0), position: claim(&mut market, 1_000, true) };
    // Given a short that deleveraging left with a debt of 50 and no lots
    let mut debtor = Account::new(&mut market, -10, -5, 30);
    reduce(&mut market.book.short, false, Size(0), Ticks(PRICE)).unwrap();
    assert_eq!(start(&mut market), 2);
    let done = debtor.settle(&mut market).unwrap();
    assert_eq!((done.touched.lots, done.paid, done.done), (Size(10), Atoms(30), false));
    assert_eq!((debtor.position.lots, debtor.position.cost), (Lots(0), Pnl(20)));
    assert_eq!(debtor.settle(&mut market), Err(EngineError::NothingToClose));
    debtor.cash = Atoms(25);
    assert!(debtor.settle(&mut market).unwrap().done);
    assert_eq!((debtor.cash, debtor.position), (Atoms(5), Position::default()));
    earlier.settle(&mut market).unwrap();
    assert_eq!(fix(&mut market, NOW + 61).unwrap().pot, Atoms(50));
    assert_eq!(earlier.pay(&mut market).unwrap().first, Atoms(50));
    // A debt that a mark pays is settled by it
    let mut market = common::market_of(&sol(), PRICE, 0);
    claim(&mut market, 1_000, true);
    let mut debtor = Account::new(&mut market, -10, -5, 50);
    reduce(&mut market.book.short, false, Size(0), Ticks(PRICE)).unwrap();
    start(&mut market);
    mark(&mut debtor.cash, &mut [Leg { position: &mut debtor.position, market: &mut market }]).unwrap();
    assert_eq!((debtor.cash, market.settlement.open, market.book.treasury), (Atoms(0), 1, Atoms(50)));
    assert!(market.invariant());
}

#[test]
fn round_one_waits_for_everybody_or_its_deadline() {
    let mut market = market(50 * USD);
    let mut winner = Account::new(&mut market, 100_000, 1_000, 0);
    let mut late = Account::new(&mut market, 300_000, 1_000, 0);
    let mut loser = Account::new(&mut market, -50_000, -1_000, 50 * USD);
    start(&mut market);
    winner.settle(&mut market).unwrap();
    let deadline = NOW + 61 + 604_800;
    assert_eq!(fix(&mut market, deadline - 1), Err(EngineError::SettlementTooEarly));
    // Given nobody else by the deadline: the one registered winner shares what is there
    assert_eq!(
        fix(&mut market, deadline).unwrap(),
        Fixed { round: 1, claims: Atoms(100 * USD), pot: Atoms(50 * USD), open: 2 }
    );
    // What comes later is for round two
    assert!(late.settle(&mut market).unwrap().late);
    assert_eq!(late.position.stage, stage::LATE);
    assert_eq!(late.pay(&mut market), Err(EngineError::NothingOwed));
    assert_eq!(fix(&mut market, deadline + 604_799), Err(EngineError::SettlementTooEarly));
    loser.settle(&mut market).unwrap();
    // $50 to $50 that is left of the winner's claim and $300 of the late one, though round one was not paid yet
    let fixed = fix(&mut market, deadline + 1).unwrap();
    assert_eq!(fixed, Fixed { round: 2, claims: Atoms(350 * USD), pot: Atoms(50 * USD), open: 0 });
    assert!(market.invariant());
    let paid = late.pay(&mut market).unwrap();
    assert_eq!((paid.first, paid.second), (Atoms(0), Atoms(300 * USD / 7)));
    let paid = winner.pay(&mut market).unwrap();
    assert_eq!((paid.first, paid.second), (Atoms(50 * USD), Atoms(50 * USD / 7)));
    assert!(winner.position.is_empty() && late.position.is_empty() && market.book.treasury.0 < 2);
}

#[test]
fn who_comes_after_everything_is_fixed_shares_nothing() {
    let mut market = market(50 * USD);
    let mut winner = Account::new(&mut market, 100_000, 1_000, 0);
    start(&mut market);
    let week = 604_800;
    fix(&mut market, NOW + 61 + week).unwrap();
    fix(&mut market, NOW + 61 + 2 * week).unwrap();
    let done = winner.settle(&mut market).unwrap();
    assert_eq!((done.claim, done.late, winner.position), (Atoms(100 * USD), true, Position::default()));
    assert_eq!((nav(&market), market.invariant()), (50 * USD as i64, true));
    assert_eq!(winner.pay(&mut market), Err(EngineError::NothingOwed));
}

#[test]
fn while_it_settles_nothing_else_trades_in_the_market() {
    let mut market = market(10 * USD);
    let mut winner = Account::new(&mut market, 100_000, 1_000, 1_000 * USD);
    let mut loser = Account::new(&mut market, -50_000, -1_000, 0);
    assert_eq!(winner.settle(&mut market), Err(EngineError::NothingToSettle), "not before it has started");
    assert_eq!(fix(&mut market, NOW), Err(EngineError::NothingToSettle));
    start(&mut market);
    let refused = close(&mut winner.cash, &mut winner.position, &mut market, Pnl(1), Size(1), Ticks(PRICE), NOW);
    assert_eq!(refused, Err(EngineError::MarketNotOpen));
    // The leg requires nothing any more, and is worth what it is worth
    let value = leg(&loser.position, &market);
    assert_eq!(
        (value.notional, value.maintenance, value.stress, value.pnl),
        (Atoms(0), Atoms(0), Atoms(0), Pnl(-50 * USD as i64))
    );
    // A bankrupt account's leg is closed at the price; its loss is a deficit and it is settled
    let closed =
        close_bankrupt(&mut loser.cash, &mut [Leg { position: &mut loser.position, market: &mut market }], NOW, None)
            .unwrap();
    assert_eq!((closed[0].deficit, market.settlement.open, market.book.deficit), (Atoms(50 * USD), 1, Atoms(50 * USD)));
    // A bankrupt winner's profit is not paid but becomes insurance's claim
    let mut other = sol_market();
    let mut lost = hold(&mut other, 1_000_000, PRICE + 1_000);
    let mut legs =
        [Leg { position: &mut winner.position, market: &mut market }, Leg { position: &mut lost, market: &mut other }];
    let mut cash = Atoms(0);
    let closed = close_bankrupt(&mut cash, &mut legs, NOW, None).unwrap();
    assert_eq!((closed[0].settled, closed[0].claim, market.book.treasury), (Pnl(0), Atoms(100 * USD), Atoms(10 * USD)));
    assert_eq!((market.settlement.open, market.book.long.attached), (0, 0));
}

#[test]
fn nothing_stays_reserved_for_a_bankrupt_whose_claim_was_the_last() {
    for fixed_before in [0, 1, 2] {
        // Given one winner, settled, who goes bankrupt in another market before, between or after the rounds
        let mut market = market(10 * USD);
        let mut winner = Account::new(&mut market, 100_000, 1_000, 0);
        start(&mut market);
        winner.settle(&mut market).unwrap();
        for _ in 0..fixed_before {
            fix(&mut market, NOW + 61).unwrap();
        }
        let mut other = sol_market();
        let mut lost = hold(&mut other, 1_000_000, PRICE + 1_000);
        let mut legs = [
            Leg { position: &mut winner.position, market: &mut market },
            Leg { position: &mut lost, market: &mut other },
        ];
        let closed = close_bankrupt(&mut winner.cash, &mut legs, NOW, None).unwrap();
        assert_eq!((closed[0].settled, closed[0].claim), (Pnl(0), Atoms(100 * USD)));
        for _ in fixed_before..2 {
            fix(&mut market, NOW + 61).unwrap();
        }
        // Then no payment is left to be made, and all there is goes to insurance, whose claim it is now
        assert!(market.settlement.first.unpaid > Atoms(0), "nobody can be paid this any more");
        assert_eq!(market.settlement.remainder(&market.book), Ok(Atoms(10 * USD)));
        assert_eq!(Insurance::default().collect(&mut market, NOW + 61), Ok(Atoms(10 * USD)));
        assert_eq!(market.book.treasury, Atoms(0));
        assert!(market.invariant());
    }
}

/// What each account is paid when they are settled and paid in the order of `turns`; those marked late after round one.
fn run(accounts: &[(i64, i64, u64, bool)], treasury: u64, turns: &[usize]) -> (Vec<u64>, Market, u64) {
    let mut market = market(treasury);
    let mut all: Vec<_> =
        accounts.iter().map(|(lots, ticks, cash, _)| Account::new(&mut market, *lots, *ticks, *cash)).collect();
    let tokens = |all: &[Account], book: &Book| all.iter().map(|a| a.cash.0).sum::<u64>() + book.treasury.0;
    let before = tokens(&all, &market.book);
    start(&mut market);
    let settle_all = |all: &mut [Account], market: &mut Market, late: bool| {
        for who in turns {
            if accounts[*who].3 == late && all[*who].position.stage == stage::OPEN && !all[*who].position.is_empty() {
                let result = all[*who].settle(market);
                assert!(result.is_ok() || result == Err(EngineError::NothingToClose));
                assert!(market.invariant() && all[*who].position.invariant());
            }
        }
    };
    let pay_some = |all: &mut [Account], market: &mut Market, skip: usize| {
        for who in turns.iter().skip(skip) {
            let account = &mut all[*who];
            let due = account.position.stage;
            let result = account.pay(market);
            assert!(result.is_ok() || due == stage::OPEN || market.settlement.fixed == 1, "{result:?}");
            assert!(market.invariant());
            assert_eq!(tokens(all, &market.book), before);
        }
    };
    settle_all(&mut all, &mut market, false);
    fix(&mut market, NOW + 61 + 604_800).unwrap();
    pay_some(&mut all, &mut market, turns.len() / 2);
    settle_all(&mut all, &mut market, true);
    fix(&mut market, NOW + 61 + 2 * 604_800).unwrap();
    pay_some(&mut all, &mut market, 0);
    assert_eq!(tokens(&all, &market.book), before);
    (all.iter().map(|account| account.cash.0).collect(), market, before)
}

proptest! {
    #![proptest_config(cases(1_000))]

    /// I-9: whatever the order, every winner is paid the same, each the same fraction of its claim to the atom.
    #[test]
    fn every_winner_is_paid_the_same_fraction_whatever_the_order(
        accounts in proptest::collection::vec((1i64..50_000, 1i64..4_000, any::<bool>(), 0u64..60_000_000, prop::bool::weighted(0.3)), 2..30),
        treasury in 0u64..20_000_000,
        orders in any::<(u64, u64)>(),
    ) {
        // Winners are long and losers short; losers have any cash
        let accounts: Vec<_> = accounts
            .into_iter()
            .map(|(lots, ticks, wins, cash, late)| if wins { (lots, ticks, 0, late) } else { (-lots, -1 - ticks / 4, cash, late) })
            .collect();
        let owed: i64 = accounts.iter().map(|(lots, ticks, _, _)| lots.abs() * ticks).sum();
        prop_assume!(owed > treasury as i64);
        let order = |seed: u64| {
            let mut turns: Vec<_> = (0..accounts.len()).collect();
            turns.sort_by_key(|who| (*who as u64 + 1).wrapping_mul(seed | 1).rotate_left(17).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            turns
        };
        let (paid, market, _) = run(&accounts, treasury, &order(orders.0));
        let (again, _, _) = run(&accounts, treasury, &order(orders.1));
        prop_assert_eq!(&paid, &again);
        // The fractions, from nothing but what was registered
        let claims = |late: bool| accounts.iter().filter(|a| a.0 > 0 && a.3 == late).map(|a| (a.0 * a.1) as u128).sum::<u128>();
        let recovered = |late: bool| -> u128 {
            let losers = accounts.iter().filter(|a| a.0 < 0 && a.3 == late);
            losers.map(|(lots, ticks, cash, _)| {
                let (lots, loss) = (-lots as u128, (lots * ticks) as u128);
                let cash = u128::from(*cash);
                if loss <= cash { loss } else { (loss * (cash * lots / loss)).div_ceil(lots) }
            }).sum()
        };
        let there = u128::from(treasury) + recovered(false);
        let pot = there.min(claims(false));
        let rest = claims(false) - pot + claims(true);
        let second = (there - pot + recovered(true)).min(rest);
        for ((lots, ticks, cash, late), paid) in accounts.iter().zip(&paid) {
            if *lots > 0 {
                let claim = (lots * ticks) as u128;
                let first = if *late { 0 } else { claim * pot / claims(false) };
                let more = ((claim - first) * second).checked_div(rest).unwrap_or(0);
                prop_assert_eq!(u128::from(*paid), u128::from(*cash) + first + more);
            }
        }
        prop_assert_eq!(market.book.long.attached, 0);
        let left = market.settlement.reserved(&market.book).unwrap().0;
        prop_assert!(left <= 60 && (left == 0 || market.book.short.attached > 0), "{left}");
        prop_assert!(nav(&market) >= 0 || market.book.short.attached > 0);
    }
}
