//! What a keeper computes off chain before it sends anything: the same engine on the same bytes.

use std::collections::BTreeSet;

use plimsoll_tests::{
    Address,
    engine::{
        Result,
        account::Health,
        close::is_urgent,
        liquidation::{Charge, step_size},
        margin::leg_health,
        queue::Queue,
    },
};

use crate::market::Desk;

/// An account as the keeper sees it.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub account: Address,
    pub health: Health,
    /// What the keeper would be paid as flagger and liquidator.
    pub reward: u64,
    /// Whether it need not wait for capacity.
    pub urgent: bool,
    /// When its entry was first flagged; zero when it has none.
    pub first_flagged: i64,
}

/// One account at the market's price.
pub fn look(desk: &Desk, account: &Address) -> Option<Seen> {
    see(desk, account).ok().flatten()
}

fn see(desk: &Desk, account: &Address) -> Result<Option<Seen>> {
    let (margin, core) = (&desk.world.ledger.margins[account], &desk.state().core);
    let Some(place) = margin.leg_in(&desk.market.address) else { return Ok(None) };
    let position = margin.position(place);
    let leg = leg_health(&position, core, core.price.oracle)?;
    let mut health = Health::of_cash(margin.cash)?;
    health.add(&leg)?;
    let urgent = is_urgent(&core.risk, &health, &leg)?;
    let mut reward = 0;
    if health.is_liquidatable() && !health.is_bankrupt() {
        // Without capacity there is nothing to earn now.
        let size = step_size(core, &health, &leg, &position, desk.world.chain.now()).unwrap_or_default();
        let notional = size.at(core.price.oracle)?;
        let total = core.risk.charge.mul_floor(notional)?.min(health.equity.gain());
        let charge = Charge::split(&core.risk, total, notional)?;
        reward = charge.flagger.plus(charge.liquidator)?.0;
    }
    let entry = margin.entry_in(&desk.market.address, account, desk.queue());
    let first_flagged = entry.map_or(0, |entry| entry.first_time);
    Ok(Some(Seen { account: *account, health, reward, urgent, first_flagged }))
}

/// The queued account with the largest reward that can be liquidated now, without those given up.
pub fn richest(desk: &Desk, given_up: &BTreeSet<Address>) -> Option<Seen> {
    let core = &desk.state().core;
    let (slot, now) = (desk.world.chain.slot(), desk.world.chain.now());
    let throttle = core.throttle.refilled(&core.risk, now).ok()?;
    let has_capacity = throttle.allows_step(&core.risk, core.price.oracle).ok()?;
    let queue = &desk.queue().queue;
    let entries = (0..queue.accounts.len()).filter_map(|place| queue.get(place));
    let ready = entries.filter(|entry| {
        let live = Queue::is_live(entry, core.risk.entry_ttl, now);
        live && entry.first_slot < slot && entry.first_publish_time < core.price.publish_time
    });
    let seen = ready.map(|entry| Address::new_from_array(entry.account)).filter(|account| !given_up.contains(account));
    let candidates = seen.filter_map(|account| look(desk, &account));
    candidates
        .filter(|seen| seen.health.is_liquidatable() && (has_capacity || seen.urgent))
        .max_by_key(|seen| (seen.reward, seen.account))
}

/// Accounts whose entry is to be made, refreshed before it expires, or removed.
pub fn to_flag(desk: &Desk, keeper: &Address) -> Vec<Address> {
    let now = desk.world.chain.now();
    let half = i64::from(desk.state().core.risk.entry_ttl) / 2;
    let wanted = |account: &Address| {
        let entry = desk.world.ledger.margins[account].entry_in(&desk.market.address, account, desk.queue());
        let under = look(desk, account).is_some_and(|seen| seen.health.is_liquidatable());
        match entry {
            None => under,
            Some(entry) => !under || now - entry.refreshed > half,
        }
    };
    let accounts = desk.world.ledger.margins.keys().filter(|account| *account != keeper);
    accounts.filter(|account| wanted(account)).copied().collect()
}

/// Accounts that hold something in the market.
pub fn with_positions(desk: &Desk) -> Vec<Address> {
    let margins = desk.world.ledger.margins.iter();
    margins.filter(|(_, margin)| margin.leg_in(&desk.market.address).is_some()).map(|(account, _)| *account).collect()
}
