//! What the keeper does besides liquidating: flags, marks, insurance.

use plimsoll_tests::{Address, events::Flagged, instructions::FlagAccount};

use crate::{keeper::Keeper, market::Desk, survey};

impl Keeper {
    /// Flags what is under maintenance, removes what is not, refreshes what would expire.
    pub async fn flag_all(&mut self, desk: &mut Desk) {
        for account in survey::to_flag(desk, &self.account()) {
            self.flag(desk, &account).await;
        }
    }

    pub async fn flag(&mut self, desk: &mut Desk, account: &Address) {
        let flag: FlagAccount = desk.world.flag(account, &desk.market, &self.trader);
        let outcome = desk.send(&flag, &[]).await;
        if outcome.error() == "QueueFull" {
            // Only larger keys are queued: this account waits until there is room.
            *self.log.others.entry(outcome.error()).or_default() += 1;
            return;
        }
        let outcome = outcome.ok();
        match outcome.events::<Flagged>().first() {
            Some(flagged) if flagged.first => self.log.flags += 1,
            Some(_) => self.log.refreshes += 1,
            None => self.log.removals += 1,
        }
    }

    /// Answers a deficit, with this market's own fees first.
    pub async fn draw(&mut self, desk: &mut Desk) {
        if !desk.state().core.book.deficit.is_zero() {
            self.sweep(desk).await;
            desk.send(&desk.world.draw(&desk.market), &[]).await.ok();
        }
    }

    pub async fn sweep(&mut self, desk: &mut Desk) {
        if !desk.state().core.book.fees.is_zero() {
            desk.send(&desk.world.sweep(&desk.market), &[]).await.ok();
        }
    }

    pub async fn mark_all(&mut self, desk: &mut Desk) {
        self.marked = desk.world.chain.now();
        for account in survey::with_positions(desk) {
            desk.send(&desk.world.mark(&account), &[]).await.ok();
        }
    }
}
