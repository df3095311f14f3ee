//! What a step does on the chain, and whether what came of it is what the file says.

use plimsoll_client::{engine::market::status, events::DeficitPaid, instructions::Build};

use super::{
    Act, Expectation, Pool, Print, Stage, Step,
    stage::{atoms, with},
};
use crate::{Outcome, World, cookies::Holder};

impl Stage {
    /// Does it and judges it. `at` says where in which file.
    pub async fn step(&mut self, step: &Step, at: &str) {
        let Some(outcome) = self.act(&step.act, at).await else {
            assert!(step.fails.is_none() && step.events.is_empty(), "{at}: nothing was sent");
            return;
        };
        let logs = outcome.logs.join("\n");
        assert_eq!(outcome.error(), step.fails.clone().unwrap_or_default(), "{at}\n{logs}");
        for event in &step.events {
            assert!(outcome.has_event(event), "{at}: no {event}\n{logs}");
        }
        let traded = matches!(step.act, Act::Trade { .. } | Act::Close(_));
        if traded && step.fails.is_none() && step.events.is_empty() {
            assert!(outcome.has_event("OrderExecuted"), "{at}: not executed\n{logs}");
        }
        self.note(&outcome);
    }

    /// Remembers what insurance paid.
    pub(super) fn note(&mut self, outcome: &Outcome) {
        let paid = outcome.events::<DeficitPaid>();
        self.paid += paid.iter().map(|event| event.from_own + event.from_shared).sum::<u64>();
    }

    async fn act(&mut self, act: &Act, at: &str) -> Option<Outcome> {
        let market = self.market;
        Some(match act {
            Act::Wait(seconds) => {
                self.world.chain.advance(*seconds, 0).await;
                return None;
            }
            Act::Keeper => {
                self.keep().await;
                return None;
            }
            Act::Walk { to, steps, seconds, keeper } => {
                self.walk(*to, *steps, *seconds, *keeper).await;
                return None;
            }
            Act::Expect(expectation) => {
                self.expect(expectation, at).await;
                return None;
            }
            Act::AlmostReady => {
                let ready = self.world.proposal(&self.proposal.expect("is proposed")).await.ready_at;
                self.world.chain.advance(ready - 1 - self.world.chain.now(), 0).await;
                return None;
            }
            Act::Price(print) => self.print(print).await,
            Act::Order { account, units } => self.order(account, *units).await,
            Act::Trade { account, units } => self.trade(account, *units).await,
            Act::Close(account) => {
                let lots = self.position(self.trader(account, 0));
                let units = lots as f64 / self.lots(1.0) as f64;
                self.trade(account, -units).await
            }
            Act::Deposit { account, amount } => self.deposit(account, atoms(*amount)).await,
            Act::Withdraw { account, amount } => self.withdraw(account, amount.map(atoms)).await,
            Act::Mark(account) => {
                self.each(account, |stage, place| stage.world.mark(&stage.trader(account, place).margin)).await
            }
            Act::Flag(account) => {
                self.each(account, |stage, place| {
                    let margin = stage.trader(account, place).margin;
                    stage.world.flag(&margin, &stage.market, &stage.keeper)
                })
                .await
            }
            Act::Liquidate(account) => {
                self.each(account, |stage, place| {
                    let margin = stage.trader(account, place).margin;
                    stage.world.liquidate(&margin, &stage.market, &stage.keeper)
                })
                .await
            }
            Act::Settle(account) => {
                self.each(account, |stage, place| {
                    stage.world.settle_position(&stage.trader(account, place).margin, &stage.market)
                })
                .await
            }
            Act::PayClaim(account) => {
                self.each(account, |stage, place| World::pay_claim(&stage.trader(account, place).margin, &stage.market))
                    .await
            }
            Act::Draw => self.world.send(&self.world.draw(&market), &[]).await,
            Act::WindDown => self.world.send(&World::wind_down(&market), &[]).await,
            Act::LookSettlement => self.world.send(&World::look_settlement(&market), &[]).await,
            Act::FixSettlement => self.world.send(&World::fix_settlement(&market), &[]).await,
            Act::Propose(changes) => {
                let propose = self.world.propose(&market, with(self.parameters, changes));
                self.proposal = Some(propose.proposal);
                let admin = self.world.exchange.admin.insecure_clone();
                self.world.send(&propose, &[&admin]).await
            }
            Act::Change => {
                let change = self.world.change_parameters(&market, self.proposal.expect("is proposed"));
                self.world.send(&change, &[]).await
            }
            Act::Ask(pool) => {
                let holder = self.holder(*pool);
                let shares = self.world.shares(&holder);
                match pool {
                    Pool::Liquidity => {
                        self.world.send(&World::request_exit(&holder, &market, shares), &[&holder.key]).await
                    }
                    Pool::Insurance => {
                        self.world.send(&self.world.request_unstake(&holder, shares), &[&holder.key]).await
                    }
                }
            }
            Act::Take(pool) => {
                let holder = self.holder(*pool);
                let shares = self.world.shares(&holder);
                match pool {
                    Pool::Liquidity => {
                        self.world.send(&self.world.redeem(&holder, &market, shares), &[&holder.key]).await
                    }
                    Pool::Insurance => self.world.send(&self.world.unstake(&holder, shares), &[&holder.key]).await,
                }
            }
        })
    }

    /// The same call for every account of a name, up to the first that is refused.
    async fn each<B: Build>(&mut self, name: &str, build: impl Fn(&Self, usize) -> B) -> Outcome {
        let mut last = None;
        for place in 0..self.count(name) {
            let call = build(self, place);
            let outcome = self.world.send(&call, &[]).await;
            if outcome.result.is_err() {
                return outcome;
            }
            last = Some(outcome);
        }
        last.expect("an account has this name")
    }

    async fn walk(&mut self, to: f64, steps: u32, seconds: i64, keeper: bool) {
        let (first, second) = self.said;
        for step in 1..=steps {
            let part = f64::from(step) / f64::from(steps);
            let between = |from: f64| from + (to - from) * part;
            let second = self.market.second.map(|_| between(second));
            let print = Print { first: Some(between(first)), second, after: seconds, gap: 1, confidence_ppm: 200 };
            self.print(&print).await.ok();
            if keeper {
                self.keep().await;
            }
        }
    }

    async fn deposit(&mut self, name: &str, amount: u64) -> Outcome {
        let trader = self.trader(name, 0);
        let (tokens, owner, margin, key) = (trader.tokens, trader.owner(), trader.margin, trader.key.insecure_clone());
        let held = self.world.chain.token_amount(&tokens).await;
        let (program, mint) = (self.world.exchange.token_program, self.world.exchange.mint);
        self.world.chain.put_token(&program, &tokens, &mint, &owner, held + amount);
        let deposit = self.world.deposit(self.trader(name, 0), amount);
        let outcome = self.world.send(&deposit, &[&key]).await;
        *self.brought.get_mut(&margin).expect("an account of the scenario") += amount;
        outcome
    }

    async fn withdraw(&mut self, name: &str, amount: Option<u64>) -> Outcome {
        let mut last = None;
        for place in 0..self.count(name) {
            let trader = self.trader(name, place);
            let amount = amount.unwrap_or(self.world.margin(trader).cash.0);
            let (withdraw, key) = (self.world.withdraw(trader, amount), trader.key.insecure_clone());
            let outcome = self.world.send(&withdraw, &[&key]).await;
            if outcome.result.is_err() {
                return outcome;
            }
            last = Some(outcome);
        }
        last.expect("an account has this name")
    }

    fn holder(&self, pool: Pool) -> Holder {
        match pool {
            Pool::Liquidity => self.provider.again(),
            Pool::Insurance => self.staker.as_ref().expect("somebody has staked").again(),
        }
    }

    async fn expect(&mut self, expectation: &Expectation, at: &str) {
        let within = |value: u64, from: f64, to: f64| {
            assert!((from * 1e6..=to * 1e6).contains(&(value as f64)), "{at}: is {}", value as f64 / 1e6);
        };
        match expectation {
            Expectation::Status(name) => {
                let now = self.world.market(&self.market).core.status_at(self.world.chain.now());
                let expected = match name.as_str() {
                    "active" => status::ACTIVE,
                    "reduce_only" => status::REDUCE_ONLY,
                    "halted" => status::HALTED,
                    "settling" => status::SETTLING,
                    "settled" => status::SETTLED,
                    _ => panic!("{at}: no such status"),
                };
                assert_eq!(now, expected, "{at}");
            }
            Expectation::Units { account, units } => {
                for place in 0..self.count(account) {
                    assert_eq!(self.position(self.trader(account, place)), self.lots(*units), "{at}");
                }
            }
            Expectation::Cash { account, from, to } => {
                for place in 0..self.count(account) {
                    within(self.world.margin(self.trader(account, place)).cash.0, *from, *to);
                }
            }
            Expectation::OpenInterest { from, to } => {
                let book = &self.world.market(&self.market).core.book;
                let units = (book.long.lots.0 + book.short.lots.0) as f64 / self.lots(1.0) as f64;
                assert!((*from..=*to).contains(&units), "{at}: is {units}");
            }
            Expectation::Extracted { accounts, from, to } => {
                let (mut brought, mut outside) = (0, 0);
                for name in accounts {
                    for place in 0..self.count(name) {
                        let (tokens, margin) = (self.trader(name, place).tokens, self.trader(name, place).margin);
                        brought += self.brought[&margin];
                        outside += self.world.chain.token_amount(&tokens).await;
                    }
                }
                let (gain, most) = (outside as f64 - brought as f64, self.extractable(brought) as f64);
                println!("{at}: {} of at most {}", gain / 1e6, most / 1e6);
                assert!(gain <= most, "{at}: {gain} atoms, at most {most}");
                assert!((*from * 1e6..=*to * 1e6).contains(&gain), "{at}: is {}", gain / 1e6);
            }
            Expectation::InsurancePaid { from, to } => {
                assert!(self.paid <= self.insured(), "{at}: {} atoms, at most {}", self.paid, self.insured());
                within(self.paid, *from, *to);
            }
            Expectation::Nav { from, to } => {
                let nav = self.world.market(&self.market).core.nav().expect("has a price").0 as f64 / 1e6;
                assert!((*from..=*to).contains(&nav), "{at}: is {nav}");
            }
            Expectation::Returned { pool, from, to } => {
                let holder = self.holder(*pool);
                within(self.world.wallet(&holder).await, *from, *to);
            }
        }
    }
}
