//! What a liquidation and a withdrawal must fulfil, worked out from the books of before.

use plimsoll_tests::{
    Address, Outcome,
    engine::{
        account::Initial,
        funding::accrue,
        survey::{Survey, initial_value},
    },
    events::{BankruptcyClosed, Liquidated, VenueFilled},
    state::{LiquidationQueue, MarginAccount, Market},
};

use super::actors::{Actors, Call};

/// What a liquidation found.
pub struct Before {
    due: Option<Due>,
    /// Net asset value of the market that a venue fills in.
    value: Option<i64>,
}

/// A queued account in the market of its queue.
struct Due {
    account: Address,
    margin: MarginAccount,
    market: Address,
    queue: Box<LiquidationQueue>,
    survey: Survey,
    slot: u64,
    /// Whether the market had capacity for a step: without it only the urgent count.
    has_capacity: bool,
}

impl Before {
    /// Looks at the account that is to be liquidated.
    pub fn of(actors: &Actors, call: &Call) -> Self {
        let due = (call.name == "liquidate").then(|| Due::of(actors, call)).flatten();
        Self { due, value: (call.name == "venue_fill").then(|| value(actors, call)).flatten() }
    }

    /// Judges what was done.
    pub fn judge(&self, actors: &Actors, call: &Call, outcome: &Outcome) {
        match (&self.due, call.name) {
            (Some(due), _) => due.judge(actors, outcome),
            (None, "liquidate") => panic!("nobody was queued: {:?}", outcome.logs),
            (None, "withdraw") => withdrawn(actors, call),
            (None, "venue_fill") => self.matched(actors, call, outcome),
            _ => {}
        }
    }

    /// The pool got its fees and nothing else, whatever the price was, and nobody ended below zero.
    fn matched(&self, actors: &Actors, call: &Call, outcome: &Outcome) {
        let event = outcome.event::<VenueFilled>();
        let (before, after) = (self.value.expect("a market"), value(actors, call).expect("a market"));
        let gained = after - before - 2 * event.fee as i64;
        // Each of the two touches leaves it up to two atoms.
        assert!((0..=4).contains(&gained), "net asset value moved by {gained} besides fees");
        for account in [event.buyer, event.seller] {
            let margin = actors.world.ledger.margins[&account];
            let sole = margin.legs.iter().filter(|leg| !leg.is_free()).count() == 1;
            let health = survey(actors, &margin, i64::MIN).expect("can be looked at").health;
            assert!(!sole || !health.equity.is_negative(), "I-4: {health:?}");
        }
    }
}

/// Net asset value of the market of a venue's fill, with its funding as of now.
fn value(actors: &Actors, call: &Call) -> Option<i64> {
    let mut market = *actors.world.ledger.markets.get(&call.instruction.accounts.get(4)?.pubkey)?;
    accrue(&mut market.core, actors.world.chain.now()).ok()?;
    Some(market.core.nav().ok()?.0)
}

/// The markets of an account's legs, with their funding as of now.
fn markets(actors: &Actors, margin: &MarginAccount) -> Vec<(usize, Market)> {
    let now = actors.world.chain.now();
    let legs = margin.legs.iter().enumerate().filter(|(_, leg)| !leg.is_free());
    legs.map(|(place, leg)| {
        let mut market = actors.world.ledger.markets[&leg.market];
        accrue(&mut market.core, now).expect("accrues");
        (place, market)
    })
    .collect()
}

/// A look at an account; prices that are no newer than `seen` are stale.
pub fn survey(actors: &Actors, margin: &MarginAccount, seen: i64) -> Option<Survey> {
    let mut survey = Survey::of_cash(margin.cash, actors.world.chain.now()).ok()?.newer_than(seen);
    for (place, market) in markets(actors, margin) {
        survey.add(place, &margin.legs[place].position, &market.core).ok()?;
    }
    survey.count_fees(margin.escrow().ok()?).ok()?;
    Some(survey)
}

impl Due {
    fn of(actors: &Actors, call: &Call) -> Option<Self> {
        let address = |place: usize| call.instruction.accounts.get(place).map(|account| account.pubkey);
        let (account, market) = (address(0)?, address(1)?);
        let ledger = &actors.world.ledger;
        let (margin, state) = (*ledger.margins.get(&account)?, ledger.markets.get(&market)?);
        let queue = ledger.queues.get(&state.queue)?.clone();
        let entry = margin.entry_in(&market, &account, &queue)?;
        let survey = survey(actors, &margin, entry.first_publish_time)?;
        let (core, now) = (&state.core, actors.world.chain.now());
        let price = survey.leg(margin.leg_in(&market)?).price;
        let bucket = core.throttle.refilled(&core.risk, now).ok()?;
        let has_capacity = bucket.allows_step(&core.risk, price).ok()?;
        Some(Self { account, margin, market, queue, survey, slot: actors.world.chain.slot(), has_capacity })
    }

    /// I-5 and I-6: it was under maintenance, and nobody that counts went before it.
    fn judge(&self, actors: &Actors, outcome: &Outcome) {
        let closed = outcome.events::<Liquidated>();
        let bankrupt = outcome.events::<BankruptcyClosed>();
        let key = closed.first().map(|event| event.key).or(bankrupt.first().map(|event| event.key));
        let Some(key) = key else { return };
        let health = &self.survey.health;
        assert!(health.is_liquidatable(), "I-5: {} was liquidated with {health:?}", self.account);
        assert!(bankrupt.is_empty() || health.is_bankrupt(), "{} was closed as bankrupt with {health:?}", self.account);
        self.require_order(actors, key);
        if closed.is_empty() || !self.survey.is_current() {
            return;
        }
        // I-7: equity over maintenance did not fall, or nothing is left.
        let margin = actors.world.ledger.margins[&self.account];
        let after = survey(actors, &margin, i64::MIN).expect("can be looked at");
        assert!(after.health.no_worse_than(health), "I-7: {:?} after {health:?}", after.health);
    }

    fn require_order(&self, actors: &Actors, key: u64) {
        let now = actors.world.chain.now();
        let market = &actors.world.ledger.markets[&self.market].core;
        let risk = &market.risk;
        let before = &self.queue.queue;
        let own = self.margin.entry_in(&self.market, &self.account, &self.queue).expect("was queued");
        for place in 0..before.used as usize {
            let Some(entry) = before.get(place).filter(|entry| entry.account != own.account) else { continue };
            let counts = entry.first_slot < self.slot
                && entry.refreshed + i64::from(risk.entry_ttl) >= now
                && entry.first_publish_time < market.published()
                && (self.has_capacity || entry.urgent);
            let tolerated = u128::from(key) << 32 >= u128::from(risk.tolerance.0) * u128::from(entry.key.0);
            assert!(!counts || tolerated, "I-6: key {key} went before {} of {:?}", entry.key.0, entry.account);
        }
    }
}

/// I-4: what is left after a withdrawal meets initial margin.
fn withdrawn(actors: &Actors, call: &Call) {
    let named = call.instruction.accounts.iter().find_map(|a| actors.world.ledger.margins.get(&a.pubkey));
    let margin = named.expect("an account is named");
    let mut initial = Initial::default().with_cash(margin.cash).expect("fits");
    for (place, leg) in margin.legs.iter().enumerate().filter(|(_, leg)| !leg.is_free()) {
        let market = &actors.world.ledger.markets[&leg.market].core;
        let value = initial_value(&margin.legs[place].position, market, actors.world.chain.now());
        initial.add(&value.expect("has a price")).expect("fits");
    }
    let none = margin.legs.iter().all(|leg| leg.is_free());
    assert!(none || initial.is_met(), "I-4: {initial:?}");
}
