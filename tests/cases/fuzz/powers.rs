//! The admin, who proposes whatever is within bounds; the guardian; and whoever executes what was proposed.

use plimsoll_tests::{
    Signer, addresses,
    engine::{market::status, parameters::Parameters},
    instructions::{AcceptAdmin, TightenMarket},
    state::{PROPOSAL_WINDOW, change},
};

use super::{
    actions::call,
    actors::{Actors, Call, small},
};

impl Actors {
    /// One of them does something.
    pub async fn powers(&mut self) -> Option<Call> {
        let exchange = self.world.ledger.exchange.expect("there is one");
        if exchange.pending_admin != plimsoll_tests::Address::default() {
            let accept = AcceptAdmin { pending_admin: exchange.pending_admin, exchange: self.world.exchange.address };
            return call("accept_admin", &accept);
        }
        match self.random.below(10) {
            0..=2 => self.hold(),
            3 => self.propose(),
            4 => self.propose_authority(),
            5 if self.random.happens(150) => self.cancel(),
            _ => self.execute_proposal().await,
        }
    }

    /// A market is held to a level; soon it is let go again, or nobody would ever be liquidated.
    fn hold(&mut self) -> Option<Call> {
        let now = self.world.chain.now();
        let held = self.markets.iter().find(|market| self.world.market(market).core.guard.is_held(now)).copied();
        let (place, admin) = (self.some_market(), self.random.happens(300));
        let market = held.unwrap_or(self.markets[place]);
        let level = match held {
            Some(_) => status::ACTIVE,
            None if self.random.happens(200) => 1 + u8::try_from(self.random.below(2)).expect("is small"),
            None => return None,
        };
        let e = &self.world.exchange;
        let key = if held.is_some() && admin { &e.admin } else { &e.guardian };
        call(
            "tighten_market",
            &TightenMarket { authority: key.pubkey(), exchange: e.address, market: market.address, level },
        )
    }

    /// A few of a market's parameters, within their bounds.
    fn propose(&mut self) -> Option<Call> {
        let place = self.some_market();
        let mut among = |least: i64, most: i64| u32::try_from(self.random.between(least, most)).expect("fits");
        let next = Parameters {
            fee_ppm: among(300, 1_000),
            spread_ppm: among(50, 200),
            maintenance_floor_ppm: among(12_500, 25_000),
            close_cost_ppm: among(1_000, 3_000),
            notice_s: among(600, 100_000),
            rise_ppm: among(5_000, 200_000),
            lp_cooldown_s: among(3_600, 20_000),
            order_delay_s: among(2, 6),
            order_window_s: among(2, 8),
            max_price_age_s: among(10, 30),
            insurance_window_s: among(43_200, 100_000),
            ..small(place)
        };
        let propose = self.world.propose(&self.markets[place], next);
        self.noted(Some(place));
        call("propose_parameters", &propose)
    }

    /// Another timelock, or the same admin and guardian again.
    fn propose_authority(&mut self) -> Option<Call> {
        let none = plimsoll_tests::Address::default();
        let (admin, guardian) = (self.world.exchange.admin.pubkey(), self.world.exchange.guardian.pubkey());
        let (what, key, seconds) = match self.random.below(4) {
            0 | 3 => (change::ADMIN, admin, 0),
            1 => (change::GUARDIAN, guardian, 0),
            _ => (change::TIMELOCK, none, u32::try_from(self.random.between(604_800, 700_000)).expect("fits")),
        };
        let propose = self.world.propose_authority(what, key, seconds);
        self.noted(None);
        call("propose_authority", &propose)
    }

    /// Remembers the proposal that is made next.
    fn noted(&mut self, market: Option<usize>) {
        let sequence = self.world.ledger.exchange.expect("there is one").proposals;
        self.proposals.push((sequence, market, self.world.chain.now()));
    }

    /// Some proposal that has waited for the timelock or, now and then, any.
    fn some_proposal(&mut self) -> Option<(plimsoll_tests::Address, Option<usize>)> {
        let (now, any) = (self.world.chain.now(), self.random.happens(100));
        let waited = |made: &i64| any || (604_800..604_800 + PROPOSAL_WINDOW).contains(&(now - made));
        let all: Vec<_> = self.proposals.iter().filter(|(_, _, made)| waited(made)).copied().collect();
        let (sequence, market, _) = *all.get(self.random.below(all.len()))?;
        Some((addresses::proposal(&self.world.exchange.address, sequence), market))
    }

    fn cancel(&mut self) -> Option<Call> {
        // Of those made lately: the others were executed, or cancelled before.
        let lately = self.proposals.len().saturating_sub(self.random.below(3) + 1);
        let (sequence, ..) = *self.proposals.get(lately)?;
        let e = &self.world.exchange;
        let proposal = addresses::proposal(&e.address, sequence);
        let key = if self.random.happens(500) { e.admin.insecure_clone() } else { e.guardian.insecure_clone() };
        call("cancel_proposal", &self.world.cancel_proposal(&key, proposal))
    }

    async fn execute_proposal(&mut self) -> Option<Call> {
        let (proposal, market) = self.some_proposal()?;
        let Some(place) = market else {
            return call("change_authority", &self.world.change_authority(proposal));
        };
        self.refresh(place).await;
        call("change_parameters", &self.world.change_parameters(&self.markets[place], proposal))
    }
}
