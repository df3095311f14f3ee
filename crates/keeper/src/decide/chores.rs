//! What a market owes insurance and is owed by it, and what stops it when there is too little.

use plimsoll_client::{
    Address,
    engine::market::Market as Core,
    instructions::{Build, LookInsurance},
    state::InsuranceFund,
};

use super::{Decider, about};
use crate::{
    book::MarketId,
    job::{Job, Kind},
    predict::aged,
};

/// Slots of a turn at a chore.
const TURN: u64 = 16;

impl Decider {
    /// Sweeps, draws, collects and looks, as far as the engine says that it does something. A deficit is drawn for after
    /// what the market owes was swept: so its own part pays first.
    pub(super) fn insurance(&mut self, id: MarketId, jobs: &mut Vec<Job>) {
        let (Some(house), Some(fund)) = (self.view.house, self.view.fund.clone()) else { return };
        let Some(market) = self.view.market(id).filter(|_| self.does(Kind::Insurance)) else { return };
        let (address, now) = (market.address, self.view.clock.now());
        // As it is on chain: nothing here needs a price that was not brought yet.
        let core = aged(&market.state.core, now);
        if !self.is_chore_turn(&address) {
            return;
        }
        if core.book.fees.0 >= self.settings.sweep_from.max(1)
            || (!core.book.deficit.is_zero() && !core.book.fees.is_zero())
        {
            jobs.extend(self.chore(address, 1, &house.sweep(address)));
        } else if !core.book.deficit.is_zero() {
            jobs.extend(self.chore(address, 2, &house.draw(address)));
        } else if collects(&core, &fund, now) {
            jobs.extend(self.chore(address, 3, &house.collect(address)));
        } else if looks(&core, &fund, now) {
            jobs.extend(self.chore(address, 4, &LookInsurance { fund: house.fund, market: address }));
        }
    }

    /// Begins a chore, unless it is under way.
    pub(super) fn chore<B: Build>(&mut self, market: Address, number: u64, build: &B) -> Option<Job> {
        let subject = about(Kind::Insurance, market, number);
        self.is_free(&subject).then(|| self.single(Kind::Insurance, subject, build, 0, 0))
    }

    /// Whether it is this keeper's turn at a market's chores. Every keeper has some.
    pub(super) fn is_chore_turn(&self, market: &Address) -> bool {
        self.turns.before(market, self.view.clock.slot() / TURN) == 0
    }
}

/// Whether there is something to collect.
fn collects(core: &Core, fund: &InsuranceFund, now: i64) -> bool {
    let (mut money, mut core) = (fund.money, *core);
    money.collect(&mut core, now).is_ok()
}

/// Whether a look at the insurance would trip or clear a breaker.
fn looks(core: &Core, fund: &InsuranceFund, now: i64) -> bool {
    let mut looked = *core;
    looked.look_insurance(fund.money.shared, now);
    looked.breakers.tripped != core.breakers.tripped
}
