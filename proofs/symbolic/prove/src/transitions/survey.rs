//! Accounts as a survey sees them, and what flagging and liquidating decide by it.

use plimsoll_engine::{
    flag::{Report, flag},
    liquidate::{Plan, judge},
    margin::LegHealth,
    queue::{Entry, Id, Queue},
    survey::{Case, Survey},
};
use terms::Formula;

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "judge-two", run: || judged(2) },
    Transition { name: "judge-one", run: || judged(1) },
    Transition { name: "flag-one", run: || flagged(1) },
];

const OWN: Id = [1; 32];
const FLAGGER: Id = [2; 32];
/// The first flag's slot, its time and the newest price it saw; and how long an entry counts.
const SLOT: u64 = 100;
const TIME: i64 = 1_000;
const SEEN: i64 = 990;
const TTL: u32 = 60;

/// A leg as any market may show it. Its stress is left out: keys are compared elsewhere.
fn leg(name: &str) -> LegHealth {
    let of = |part: &str| format!("{name}_{part}");
    if either() {
        // A debt without lots.
        let debt = atoms(&of("debt"), 500);
        assume(lt(0, debt));
        let pnl = Pnl(words::Term::of((-e(debt)).0));
        return LegHealth { pnl, counted: pnl, ratio: Ratio(words::lit(ONE / 100)), ..LegHealth::default() };
    }
    let (size, notional) = (Size(word(&of("size"), 59, 7)), Atoms(word(&of("notional"), 59, 350_000)));
    assume(all([le(1, size), le(size, notional)]));
    let (ratio, favour) = (ratio(&of("ratio"), ONE / 500, ONE, ONE / 50), ratio(&of("favour"), 0, ONE, 0));
    assume(le(favour, ratio));
    // A loss counts in full, and a profit as far as it can be collected.
    let (pnl, counted) = (pnl(&of("pnl"), -2_000), pnl(&of("counted"), -2_000));
    assume(le(counted, pnl));
    assume(any([le(0, counted), eq(counted, pnl)]));
    let (Some(maintenance), Some(credit)) = (fitting(ratio.mul_ceil(notional)), fitting(favour.mul_ceil(notional)))
    else {
        return LegHealth::default();
    };
    let counted = Pnl(words::Term::of((e(counted) + e(credit)).0));
    LegHealth { size, notional, counted, pnl, maintenance, ratio, credit, favour, ..LegHealth::default() }
}

/// An account of so many legs, each with a price or without.
fn survey(legs: usize) -> Option<Survey> {
    let mut survey = fitting(Survey::of_cash(atoms("cash", 3_000), TIME + 10))?;
    let charge = ratio("charge", 0, ONE / 10, ONE / 400);
    for place in 0..legs {
        let leg = leg(["first", "second"][place]);
        fitting(survey.health.add(&leg))?;
        (survey.legs[place], survey.used[place], survey.stale[place]) = ((charge, leg), true, either());
    }
    survey.newest = SEEN + 5;
    Some(survey)
}

/// That closing a leg alone would raise `E / MM`.
fn helps(survey: &Survey, place: usize) -> Formula {
    let ((charge, leg), health) = (&survey.legs[place], &survey.health);
    let cost = (e(charge) + e(leg.favour)) * e(health.maintenance);
    all([lt(0, leg.notional), lt(0, health.equity), lt(cost, e(health.equity) * e(leg.ratio))])
}

fn current(survey: &Survey, place: usize) -> Formula {
    Formula::Const(survey.may_close(place))
}

fn under(survey: &Survey) -> Formula {
    lt(survey.health.equity, survey.health.maintenance)
}

/// That nothing of the leg is there to close: a debt counts only where the account is bankrupt.
fn nothing(survey: &Survey, place: usize) -> Formula {
    let leg = survey.leg(place);
    all([eq(leg.notional, 0), any([le(0, leg.pnl), lt(0, survey.health.equity)])])
}

/// Claims that an entry goes only where the account is sound or, with another leg, where that is the one to close.
fn goes(how: &str, survey: &Survey, other: Option<Formula>) {
    let health = &survey.health;
    match other {
        Some(other) if health.is_liquidatable() => {
            claim(Of::I5, &format!("{how}-only-for-a-better-leg"), any([nothing(survey, 0), other]), nothing(survey, 0))
        }
        _ => claim(
            Of::I5,
            &format!("{how}-who-is-sound"),
            under(survey).negated(),
            lt(health.maintenance, health.equity),
        ),
    }
}

/// The market of the leg, with capacity or without. Whoever else is queued is left out.
fn its_market() -> Market {
    let mut risk = Risk::default();
    let throttle = given::throttle(&mut risk);
    risk.charge = ratio("charge", 0, ONE / 10, ONE / 400);
    risk.tolerance = Ratio(words::lit(ONE - ONE / 20));
    (risk.entry_ttl, risk.minimum_step) = (TTL, Size(words::lit(1)));
    Market {
        risk,
        throttle: plimsoll_engine::throttle::Throttle { updated: TIME + 10, ..throttle },
        ..Market::default()
    }
}

/// The account's entry, refreshed at some time.
fn queue(refreshed: i64) -> Queue {
    let mut queue: Queue = bytemuck::Zeroable::zeroed();
    let entry = Entry {
        account: OWN,
        flagger: FLAGGER,
        key: atoms("old_key", 100),
        first_slot: SLOT,
        first_time: TIME,
        first_publish_time: SEEN,
        refreshed,
        urgent: false,
    };
    let inserted = queue.insert(entry, TTL, TIME);
    assert!(inserted.is_ok_and(|at| at.place == 0), "an empty queue has room");
    queue
}

/// When a liquidation is asked for.
struct Moment {
    slot: u64,
    refreshed: i64,
    newer_than: Option<i64>,
}

impl Moment {
    fn any() -> Self {
        let good = Self { slot: SLOT + 1, refreshed: TIME, newer_than: Some(SEEN) };
        match choose(6) {
            0 => good,
            1 => Self { slot: SLOT + 2, ..good },
            2 => Self { slot: SLOT, ..good },
            3 => Self { refreshed: TIME + 9 - i64::from(TTL), ..good },
            4 => Self { newer_than: None, ..good },
            _ => Self { newer_than: Some(SEEN - 1), ..good },
        }
    }

    fn allows(&self) -> bool {
        self.slot > SLOT && self.refreshed == TIME && self.newer_than == Some(SEEN)
    }
}

fn judged(legs: usize) {
    let moment = Moment::any();
    let Some(mut survey) = survey(legs) else { return };
    survey.newer_than = moment.newer_than;
    let (market, queue) = (its_market(), queue(moment.refreshed));
    let case = Case { account: &OWN, leg: Some(0), place: Some(0), slot: moment.slot };
    let judged = judge(&survey, &market, &queue, &case).map_err(|refusal| refusal.error());
    let Some(verdict) = fitting(judged) else { return };
    let health = &survey.health;
    if verdict.plan == Plan::Leave {
        // A leg without a price is waited for, where it helps and no other does.
        goes("leaves", &survey, (legs > 1).then(|| helps(&survey, 1)));
        return;
    }
    claim(Of::I5, "closes-only-under-maintenance", under(&survey), lt(health.equity, 0));
    let bankrupt = verdict.plan == Plan::Bankrupt;
    claim(
        Of::I5,
        "bankrupt-exactly-without-equity",
        if bankrupt { le(health.equity, 0) } else { lt(0, health.equity) },
        if bankrupt { lt(health.equity, 0) } else { lt(1, health.equity) },
    );
    claim(
        Of::I5,
        "later-slot-live-entry-newer-prices",
        Formula::Const(moment.allows() && survey.may_close(0)),
        Formula::Const(moment.slot == SLOT + 2),
    );
    if legs > 1 && !bankrupt {
        let none = |place| any([current(&survey, place).negated(), helps(&survey, place).negated()]);
        let (first, second) = (none(0), none(1));
        let any_helps = any([first.negated(), second.negated()]);
        let all_go = verdict.plan == Plan::All;
        claim(
            Of::I5,
            "all-go-exactly-where-no-close-helps",
            if all_go { all([first, second]) } else { any_helps.clone() },
            if all_go { NEVER } else { any_helps.negated() },
        );
        claim(
            Of::I5,
            "a-step-is-on-a-leg-that-helps",
            if all_go { ALWAYS } else { helps(&survey, 0) },
            if all_go { ALWAYS } else { eq(survey.leg(0).favour, 0) },
        );
    }
}

fn flagged(legs: usize) {
    let Some(survey) = survey(legs) else { return };
    let market = its_market();
    // An entry that lives, one that does not, or none.
    let entry = choose(3);
    let mut queue = match entry {
        0 => queue(TIME),
        1 => queue(TIME + 9 - i64::from(TTL)),
        _ => bytemuck::Zeroable::zeroed(),
    };
    let before = queue.get(0);
    let elsewhere = entry == 2 && either();
    let case = Case { account: &OWN, leg: Some(0), place: (entry < 2).then_some(0), slot: SLOT + 3 };
    let me: Id = [3; 32];
    let Some(report) = fitting(flag(&mut queue, &survey, &market.risk, &case, &me, elsewhere)) else { return };
    let Report::Queued(queued) = report else {
        // The other leg is one that helps, or can be closed where this one cannot.
        let closable = || Formula::Const(survey.may_close(1) && !survey.may_close(0));
        goes("removes", &survey, (legs > 1).then(|| any([helps(&survey, 1), closable()])));
        let gone = queue.get(0).is_none() && queue.count == 0;
        claim(Of::I5, "removed-is-gone", Formula::Const(gone), lt(survey.health.equity, survey.health.maintenance));
        return;
    };
    claim(Of::I5, "queues-only-under-maintenance", under(&survey), lt(survey.health.equity, 0));
    let Some(now) = queue.get(queued.place) else { return };
    if entry == 0 {
        let old = before.unwrap_or_default();
        let first = |entry: &Entry| (entry.flagger, entry.first_slot, entry.first_time, entry.first_publish_time);
        let same = now.account == OWN && first(&now) == first(&old) && !queued.first;
        claim(
            Of::I5,
            "a-refresh-keeps-the-first-flag",
            all([Formula::Const(same && now.refreshed == survey.now), eq(now.key, queued.key)]),
            eq(now.key, old.key),
        );
        return;
    }
    let first = (now.flagger, now.first_slot, now.first_time, now.first_publish_time);
    let fixed = first == (me, SLOT + 3, survey.now, survey.newest) && queued.first && now.refreshed == survey.now;
    claim(
        Of::I5,
        "a-first-flag-fixes-slot-and-time",
        all([Formula::Const(now.account == OWN && fixed && !elsewhere), eq(now.key, queued.key)]),
        eq(now.key, 0),
    );
    if entry == 2 {
        let none = (0..legs).map(|place| helps(&survey, place).negated());
        claim(Of::I5, "flagged-for-a-leg-that-helps", any([helps(&survey, 0), all(none)]), helps(&survey, 0));
    }
}
