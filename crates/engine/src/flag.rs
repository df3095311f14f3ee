//! Flagging: into the queue, to another key in it, or out of it.

use crate::{
    EngineError, Result,
    close::is_urgent,
    queue::{Entry, Id, Queue},
    risk::Risk,
    survey::{Case, Survey},
    units::{Atoms, Pnl},
};

/// What a flag did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// The account is healthy, or another leg is to be closed: its entry is gone.
    Removed,
    /// It is queued.
    Queued(Queued),
}

/// An account that is queued now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Its key.
    pub key: Atoms,
    /// Its equity.
    pub equity: Pnl,
    /// What it requires.
    pub maintenance: Atoms,
    /// Whether this is its first flag, or counts as the first.
    pub first: bool,
    /// Place of its entry.
    pub place: usize,
    /// Until then it may neither withdraw nor add risk, unless it is found healthy before.
    pub until: i64,
    /// The account whose smaller entry it replaced in a full queue.
    pub dropped: Option<Id>,
}

/// Queues an account under maintenance for the leg that is to be closed, refreshes its entry there, or removes the entry.
///
/// `elsewhere` says whether it is flagged in another market's queue.
pub fn flag(
    queue: &mut Queue,
    survey: &Survey,
    risk: &Risk,
    case: &Case<'_>,
    flagger: &Id,
    elsewhere: bool,
) -> Result<Report> {
    let entry = case.entry(queue);
    let (health, now) = (&survey.health, survey.now);
    if !health.is_liquidatable() || (entry.is_some() && !survey.binds(case.leg)) {
        let (place, _) = entry.ok_or(EngineError::NotLiquidatable)?;
        queue.remove(case.account, place)?;
        return Ok(Report::Removed);
    }
    if entry.is_none() {
        require_chosen(survey, case.leg, elsewhere)?;
    }
    let key = health.key(risk.key_drift)?;
    let leg = survey.leg(case.leg.ok_or(EngineError::WrongLeg)?);
    let urgent = is_urgent(risk, health, &leg)?;
    // An entry past its time to live starts anew: its first observation is no longer one of two.
    let live = entry.filter(|(_, entry)| Queue::is_live(entry, risk.entry_ttl, now));
    let (place, dropped) = if let Some((place, _)) = live {
        queue.refresh(case.account, place, key, urgent, now)?;
        (place, None)
    } else {
        if let Some((place, _)) = entry {
            queue.remove(case.account, place)?;
        }
        let new = Entry {
            account: *case.account,
            flagger: *flagger,
            key,
            first_slot: case.slot,
            first_time: now,
            first_publish_time: survey.newest,
            refreshed: now,
            urgent,
        };
        let inserted = queue.insert(new, risk.entry_ttl, now)?;
        (inserted.place, inserted.dropped.map(|dropped| dropped.account))
    };
    Ok(Report::Queued(Queued {
        key,
        equity: health.equity,
        maintenance: health.maintenance,
        first: live.is_none(),
        place,
        until: flagged_until(risk, now),
        dropped,
    }))
}

/// Until when a flag of now holds.
pub fn flagged_until(risk: &Risk, now: i64) -> i64 {
    now.saturating_add(i64::from(risk.entry_ttl))
}

/// A first flag goes to the one leg that the engine names, in one queue at a time.
fn require_chosen(survey: &Survey, leg: Option<usize>, elsewhere: bool) -> Result<()> {
    if elsewhere {
        return Err(EngineError::FlaggedElsewhere);
    }
    let chosen = survey.leg_to_flag();
    if chosen.is_some() && chosen == leg { Ok(()) } else { Err(EngineError::WrongLeg) }
}
