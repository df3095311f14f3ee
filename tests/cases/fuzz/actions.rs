//! One call of every instruction that anybody may make after the exchange was set up.

use plimsoll_tests::{
    Signer, World,
    engine::{book::Book, units::Atoms},
    instructions::{Build, Liquidate, MigrateShares, OpenShares, PlaceOrder, RefreshMarkets},
    orders::{ANY_PRICE, ONE},
    state::MarginAccount,
    world::USD,
};

use super::actors::{Actors, Call};

/// Every instruction that a run sends, and sees succeed.
pub const NAMES: [&str; 46] = [
    "refresh_markets",
    "look_insurance",
    "deposit",
    "withdraw",
    "refresh_market",
    "order",
    "execute",
    "cancel",
    "fire",
    "open_at_risk",
    "set_protection",
    "protect",
    "mark",
    "flag",
    "liquidate",
    "draw_insurance",
    "sweep_fees",
    "sweep_excess",
    "collect_claim",
    "deleverage",
    "look_settlement",
    "settle_position",
    "fix_settlement",
    "pay_claim",
    "lp_deposit",
    "request_exit",
    "redeem",
    "cancel_exit",
    "stake",
    "request_unstake",
    "unstake",
    "view_account",
    "view_liquidation_price",
    "open_shares",
    "migrate_shares",
    "grant_venue",
    "revoke_venue",
    "venue_fill",
    "set_delegate",
    "propose_parameters",
    "propose_authority",
    "change_parameters",
    "change_authority",
    "cancel_proposal",
    "accept_admin",
    "tighten_market",
];

pub fn call<B: Build>(name: &'static str, build: &B) -> Option<Call> {
    Some(Call { name, instruction: build.instruction() })
}

impl Actors {
    /// What somebody does next, if it can be written down at all.
    pub async fn call(&mut self) -> Option<Call> {
        // Most orders are executed at once, or they would expire.
        if let Some(who) = self.ordered.take().filter(|_| self.random.happens(900)) {
            let margin = *self.world.margin(&self.traders[who]);
            return self.order_of(who, &margin).await;
        }
        match self.random.below(100) {
            0..=15 => self.trade().await,
            16..=19 => self.venues(),
            20..=44 => self.watch().await,
            45..=59 => self.pools().await,
            60..=74 => self.own().await,
            75..=96 => self.keep().await,
            _ => self.powers().await,
        }
    }

    /// Orders: placed, fired, executed, cancelled.
    async fn trade(&mut self) -> Option<Call> {
        let (who, place) = (self.some_trader(), self.some_market());
        let (market, key) = (self.markets[place], self.random.below(8));
        let margin = *self.world.margin(&self.traders[who]);
        if margin.orders.iter().filter(|slot| !slot.order.is_empty()).count() > 1 {
            return self.order_of(who, &margin).await;
        }
        let price = self.world.market(&market).core.price.oracle.0;
        // Up to fifteen times the cash.
        let most = i64::try_from(margin.cash.0 / price * 15).expect("fits") + 200;
        let lots = self.random.between(-most, most);
        let limit = if lots > 0 { ANY_PRICE } else { 1 };
        let trader = &self.traders[who];
        let legs = self.world.legs_of(&trader.margin, Some(&market));
        let order = PlaceOrder { legs, ..World::order(trader, &market, lots, limit) };
        match key {
            0 => call("order", &PlaceOrder { reduce_only: true, ..order }),
            1 => {
                let above = self.random.happens(500);
                let trigger = price / 100 * self.random.between(97, 103).unsigned_abs();
                call("order", &PlaceOrder { reduce_only: true, trigger, trigger_above: above, ..order })
            }
            2 => {
                self.ordered = Some(who);
                let risk = self.random.between(5, 200).unsigned_abs() * USD;
                let stop = price / 100 * self.random.between(85, 115).unsigned_abs();
                call("open_at_risk", &self.world.open_at_risk(&self.traders[who], &market, risk, stop))
            }
            _ => {
                self.ordered = Some(who);
                call("order", &order)
            }
        }
    }

    /// Whoever has an order: its update comes, its trigger fires, it is cancelled.
    async fn own(&mut self) -> Option<Call> {
        let who = self.some_trader();
        let (margin, trader) = (*self.world.margin(&self.traders[who]), self.traders[who].margin);
        let key = self.random.below(10);
        if key < 6 {
            return self.order_of(who, &margin).await;
        }
        let trader_of = &self.traders[who];
        let amount = self.random.between(1, 3_000).unsigned_abs() * USD;
        match key {
            6 => {
                let (program, mint) = (self.world.exchange.token_program, self.world.exchange.mint);
                let owner = trader_of.owner();
                self.world.chain.put_token(&program, &trader_of.tokens, &mint, &owner, amount);
                call("deposit", &self.world.deposit(&self.traders[who], amount))
            }
            7 => call("withdraw", &self.world.withdraw(trader_of, amount.min(margin.cash.0 / 2))),
            8 => {
                let level =
                    if self.random.happens(300) { 0 } else { ONE / 10 * self.random.between(12, 20).unsigned_abs() };
                call("set_protection", &World::set_protection(&self.traders[who], level))
            }
            _ => {
                let held = self.markets.iter().find(|market| margin.leg_in(&market.address).is_some());
                match held.filter(|_| self.random.happens(500)) {
                    Some(market) => call("view_liquidation_price", &self.world.liquidation_view(&trader, market)),
                    None => call("view_account", &self.world.view(&trader)),
                }
            }
        }
    }

    /// Something with an order of an account.
    async fn order_of(&mut self, who: usize, margin: &MarginAccount) -> Option<Call> {
        let waiting: Vec<usize> =
            (0..margin.orders.len()).filter(|place| !margin.orders[*place].order.is_empty()).collect();
        let place = *waiting.get(self.random.below(waiting.len()))?;
        let slot = margin.orders[place];
        let at = self.markets.iter().position(|market| market.address == slot.market)?;
        let (market, place) = (self.markets[at], u8::try_from(place).expect("few"));
        if slot.order.trigger().is_some() && self.random.happens(800) {
            self.world.chain.advance(1, 2).await;
            self.publish(at);
            return call("fire", &World::fire(&self.traders[who], &market, place, &self.keeper));
        }
        if self.random.happens(150) {
            return call("cancel", &World::cancel(&self.traders[who], &market, place));
        }
        let due = slot.order.execution_time(&self.world.market(&market).core.risk).expect("fits");
        let late = if self.random.happens(100) { 5 } else { 0 };
        self.world.chain.advance((due + late - self.world.chain.now()).max(0), 4).await;
        self.refresh(at).await;
        call("execute", &self.world.execute(&self.traders[who], &market, place))
    }

    /// Flags, liquidations and what they are for.
    async fn watch(&mut self) -> Option<Call> {
        if let Some((who, at)) = self.somebody_to_protect().filter(|_| self.random.happens(500)) {
            let (trader, market) = (&self.traders[who], self.markets[at]);
            return call("protect", &self.world.protect(trader, &market, &self.keeper));
        }
        let who = self.somebody_in_need();
        let margin = *self.world.margin(&self.traders[who]);
        let flagged = self.markets.iter().position(|market| market.address == margin.flag.market);
        let held: Vec<usize> =
            (0..self.markets.len()).filter(|at| margin.leg_in(&self.markets[*at].address).is_some()).collect();
        let some = held.get(self.random.below(held.len())).copied();
        let at = flagged.or(some)?;
        if self.random.happens(600) {
            self.world.chain.advance(1, 2).await;
            for place in held {
                self.refresh(place).await;
            }
        }
        let (address, market) = (self.traders[who].margin, self.markets[at]);
        match (flagged, self.random.below(6)) {
            (_, 0) => call("mark", &self.world.mark(&address)),
            (_, 1) => call("protect", &self.world.protect(&self.traders[who], &market, &self.keeper)),
            (Some(_), 2..=4) => {
                let plain = self.world.liquidate(&address, &market, &self.keeper);
                let floor = self.random.happens(500).then(|| self.world.keepers_floor());
                call("liquidate", &Liquidate { floor, ..plain })
            }
            _ => call("flag", &self.world.flag(&address, &market, &self.keeper)),
        }
    }

    /// Shares: bought, asked back, paid.
    async fn pools(&mut self) -> Option<Call> {
        let amount = self.random.between(1_000, 4_000).unsigned_abs() * USD;
        let (program, mint) = (self.world.exchange.token_program, self.world.exchange.mint);
        if self.random.happens(500) {
            let (place, holder) = &self.providers[self.random.below(self.providers.len())];
            let (market, shares) = (self.markets[*place], self.world.shares(holder));
            let part = shares / 2 + 1;
            return match self.random.below(7) {
                6 => {
                    // As it was before there was an epoch, which shares of a market do not use.
                    self.world.outdate(&holder.shares).await;
                    let payer = holder.key.pubkey();
                    call("migrate_shares", &MigrateShares { payer, shares: holder.shares })
                }
                0 => {
                    self.world.chain.put_token(&program, &holder.tokens, &mint, &holder.key.pubkey(), amount);
                    call("lp_deposit", &self.world.provide(holder, &market, amount))
                }
                1 => call("cancel_exit", &World::cancel_exit(holder)),
                2 | 3 => call("request_exit", &World::request_exit(holder, &market, part)),
                _ => {
                    let asked = self.world.ledger.shares[&holder.shares].exit.shares;
                    call("redeem", &self.world.redeem(holder, &market, asked))
                }
            };
        }
        let holder = &self.stakers[self.random.below(self.stakers.len())];
        let part = self.world.shares(holder) / 2 + 1;
        match self.random.below(6) {
            0 => {
                self.world.chain.put_token(&program, &holder.tokens, &mint, &holder.key.pubkey(), amount);
                call("stake", &self.world.stake(holder, amount))
            }
            1 => call("cancel_exit", &World::cancel_exit(holder)),
            2 | 3 => call("request_unstake", &self.world.request_unstake(holder, part)),
            _ => {
                let ledger = &self.world.ledger;
                let asked = ledger.current(&ledger.shares[&holder.shares]).exit.shares;
                call("unstake", &self.world.unstake(holder, asked))
            }
        }
    }

    /// What anybody may do for a market.
    async fn keep(&mut self) -> Option<Call> {
        let place = self.some_market();
        let market = self.markets[place];
        let who = self.some_trader();
        let settles = !self.is_open(place);
        // In a market that settles, of somebody who has something there.
        let has = |who: &usize| self.world.margin(&self.traders[*who]).leg_in(&market.address).is_some();
        let who = (0..self.traders.len()).map(|step| (who + step) % self.traders.len()).find(has).unwrap_or(who);
        let margin = self.traders[who].margin;
        let owing = |owes: fn(&Book) -> Atoms| {
            let found = self.markets.iter().find(|market| !owes(&self.world.market(market).core.book).is_zero());
            *found.unwrap_or(&market)
        };
        let (deficit, fees, claim) = (owing(|b| b.deficit), owing(|b| b.fees), owing(|b| b.insurance_claim));
        match self.random.below(if settles { 10 } else { 7 }) {
            0 => {
                self.publish(place);
                match self.random.below(4) {
                    0 => {
                        let markets = self.markets.iter().map(World::refresh).collect();
                        call("refresh_markets", &RefreshMarkets { markets })
                    }
                    1 => call("look_insurance", &self.world.look_insurance(&market)),
                    _ => call("refresh_market", &World::refresh(&market)),
                }
            }
            5 if self.random.happens(150) => call("wind_down", &World::wind_down(&market)),
            1 => call("draw_insurance", &self.world.draw(&deficit)),
            2 => call("sweep_fees", &self.world.sweep(&fees)),
            3 => call("collect_claim", &self.world.collect(&claim)),
            4 => call("deleverage", &World::deleverage(&market)),
            5 => call("look_settlement", &World::look_settlement(&market)),
            6 if self.random.happens(300) => {
                let vault = if self.random.happens(500) {
                    self.world.exchange.vault
                } else {
                    self.world.exchange.insurance_vault
                };
                self.world.gift(&vault, 1_234).await.ok();
                call("sweep_excess", &self.world.sweep_excess())
            }
            6 => {
                let (key, _) = self.world.person(0);
                let shares = plimsoll_tests::addresses::shares(&market.address, &key.pubkey());
                let open = OpenShares { owner: key.pubkey(), pool: market.address, shares };
                self.keys.insert(key.pubkey(), key);
                call("open_shares", &open)
            }
            7 => call("settle_position", &self.world.settle_position(&margin, &market)),
            8 => call("fix_settlement", &World::fix_settlement(&market)),
            _ => call("pay_claim", &World::pay_claim(&margin, &market)),
        }
    }
}
