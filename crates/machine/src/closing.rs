//! The end of a scenario in which nothing can be won: everybody closes everything and takes away what there is.

use plimsoll_engine::{
    order::Request,
    units::{Lots, Ticks},
};

use crate::{
    action::{Action, Kind},
    world::{ACCOUNTS, MARKETS, ORDERS, POOLERS, World},
};

/// Nothing in particular.
pub(crate) const CALM: Action = Action { kind: Kind::Advance, who: 0, what: 0, aux: 0, size: 1, extra: 0 };

impl World {
    /// Closes positions, ends orders, leaves the pools and withdraws. The checks of every call hold throughout: at one
    /// constant price nobody may take away more than all brought (I-10).
    pub(crate) fn close_up(&mut self) {
        for market in &mut self.core.markets {
            if market.status < plimsoll_engine::market::status::SETTLING {
                market.status = plimsoll_engine::market::status::ACTIVE;
                market.note_halts();
            }
        }
        self.pass(60);
        self.freshen(&CALM);
        for account in 0..ACCOUNTS {
            for slot in 0..ORDERS {
                self.cancel_slot(account, slot, true);
            }
            self.mark(account);
        }
        for account in 0..ACCOUNTS {
            for market in 0..MARKETS {
                self.close_position(account, market);
            }
        }
        for market in 0..MARKETS {
            self.settle_all(market);
            self.draw(market);
            self.sweep(market);
            self.collect(market);
        }
        for pooler in 1..POOLERS {
            for market in 0..MARKETS {
                self.request_exit(pooler, market, &Action { extra: 4, ..CALM });
            }
            self.request_unstake(pooler, &Action { extra: 4, ..CALM });
        }
        self.pass(604_800);
        self.freshen(&CALM);
        for pooler in 1..POOLERS {
            for market in 0..MARKETS {
                self.redeem_shares(pooler, market, self.core.providers[pooler][market].exit.shares);
            }
            self.unstake_shares(pooler, self.core.stakers[pooler].exit.shares);
        }
        for account in 0..ACCOUNTS {
            self.mark(account);
            let free = self.initial(account).map(|initial| initial.withdrawable(self.core.accounts[account].cash));
            self.withdraw_amount(account, free.unwrap_or_default().0);
        }
    }

    fn close_position(&mut self, account: usize, market: usize) {
        let lots = self.core.accounts[account].legs[market].lots.0;
        if lots == 0 {
            return;
        }
        let price = self.core.markets[market].price.oracle.0;
        let limit = Ticks(if lots < 0 { price * 2 } else { price / 2 });
        let request = Request { lots: Lots(-lots), limit, reduce_only: true, trigger: None };
        let Some(slot) = self.place_request(account, market, &request) else { return };
        self.pass(i64::from(self.core.markets[market].risk.order_delay));
        self.freshen(&CALM);
        let seen = self.oracles[market].seen(0);
        self.execute(account, slot, &seen, None);
    }
}
