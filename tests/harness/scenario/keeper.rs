//! A keeper that does all there is to do.

use plimsoll_client::{Address, errors::PlimsollError, events::GoesFirst};

use super::Stage;
use crate::World;

/// Rounds after which it would have found an end: a partial close leads to another at most a few times.
const ROUNDS: usize = 20;

impl Stage {
    /// Flags whoever can be and liquidates as the program asks, until a round closes nothing. Counts the closes.
    pub async fn keep(&mut self) -> u32 {
        let mut closes = 0;
        for _ in 0..ROUNDS {
            self.renew(1).await.ok();
            let mut flagged = Vec::new();
            for margin in self.margins() {
                let flag = self.world.flag(&margin, &self.market, &self.keeper);
                if self.world.send(&flag, &[]).await.result.is_ok() {
                    flagged.push(margin);
                }
            }
            self.renew(1).await.ok();
            let before = closes;
            for margin in flagged {
                closes += self.close_first(margin).await;
            }
            if closes == before {
                self.clean_up().await;
                return closes;
            }
        }
        panic!("liquidations find no end");
    }

    /// Has insurance answer what was lost, then looks twice at deleveraging. Either is refused unless it is due.
    async fn clean_up(&mut self) {
        let draw = self.world.draw(&self.market);
        let outcome = self.world.send(&draw, &[]).await;
        self.note(&outcome);
        let look = World::deleverage(&self.market);
        if self.world.send(&look, &[]).await.result.is_ok() {
            self.renew(1).await.ok();
            self.world.send(&look, &[]).await.ok();
        }
    }

    /// Liquidates an account, or whoever goes first.
    async fn close_first(&mut self, margin: Address) -> u32 {
        let liquidate = self.world.liquidate(&margin, &self.market, &self.keeper);
        let outcome = self.world.send(&liquidate, &[]).await;
        if outcome.error() == PlimsollError::NotWorstFirst.name() {
            let first = outcome.event::<GoesFirst>().account;
            let liquidate = self.world.liquidate(&first, &self.market, &self.keeper);
            return u32::from(self.world.send(&liquidate, &[]).await.result.is_ok());
        }
        u32::from(outcome.result.is_ok())
    }

    /// Accounts that have a position.
    fn margins(&self) -> Vec<Address> {
        let all = self.accounts.values().flatten();
        all.filter(|trader| self.position(trader) != 0).map(|trader| trader.margin).collect()
    }
}
