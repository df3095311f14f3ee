//! What anybody does for the insurance fund: answer a deficit, sweep charges, collect what a market owes.

use crate::{
    action::Action,
    closing::CALM,
    world::{MARKETS, Parties, World},
};

impl World {
    pub(crate) fn draw(&mut self, market: usize) {
        let before = (self.ledger.money[market], self.ledger.shared, self.pool(market).nav);
        let parties = Parties { fund: true, ..Parties::market(market) };
        let done = self.call("draw", parties, |core| {
            let now = core.now;
            core.fund.draw(&mut core.markets[market], now)
        });
        if let Some(draw) = done {
            let (own, shared, providers) =
                (i128::from(draw.own.0), i128::from(draw.shared.0), i128::from(draw.providers.0));
            assert_eq!(own + shared + providers, before.0.deficit, "a draw answers the whole deficit");
            assert_eq!(own, before.0.deficit.min(before.0.own), "I-8: the market's own part pays first");
            assert!(shared <= i128::from(self.core.markets[market].risk.insurance_cap.0), "I-8: a draw above the cap");
            let capped = self.core.markets[market].insurance_drawn == self.core.markets[market].risk.insurance_cap;
            assert!(providers == 0 || shared == before.1 || capped, "I-8: providers paid while insurance could");
            let money = &mut self.ledger.money[market];
            money.own -= own;
            money.deficit = 0;
            money.treasury += own + shared;
            self.ledger.shared -= shared;
            self.consolidate();
            self.ledger.insurance_vault -= own + shared;
            self.ledger.vault += own + shared;
            assert_eq!(self.pool(market).nav, before.2 + own + shared, "what a draw adds to net asset value");
        }
        self.check();
    }

    pub(crate) fn sweep(&mut self, market: usize) {
        let parties = Parties { fund: true, ..Parties::market(market) };
        let done = self.call("sweep", parties, |core| core.fund.sweep(&mut core.markets[market]));
        if let Some(fees) = done {
            let fees = i128::from(fees.0);
            assert_eq!(fees, self.ledger.money[market].fees, "all that was charged is swept");
            self.insure(market, fees);
            self.ledger.money[market].fees = 0;
        }
        self.check();
    }

    pub(crate) fn collect(&mut self, market: usize) {
        let owes = |market: &usize| self.ledger.money[*market].insurance_claim > 0;
        let owing = (market..MARKETS).chain(0..market).find(owes);
        let market = owing.unwrap_or(market);
        if owing.is_some() {
            // The price comes back, so that the pool can pay.
            self.pass(2);
            self.publish(market, &Action { aux: 15, ..CALM });
            self.freshen(&CALM);
        }
        self.accrue(market);
        let before = self.pool(market);
        let parties = Parties { fund: true, ..Parties::market(market) };
        let done = self.call("collect", parties, |core| {
            let now = core.now;
            core.fund.collect(&mut core.markets[market], now)
        });
        if let Some(paid) = done {
            let paid = i128::from(paid.0);
            assert!(paid <= self.ledger.money[market].insurance_claim, "more was collected than is owed");
            let settled = self.left_by_claims(market);
            assert!(
                (settled.is_some() || before.nav >= 0) && before.deficit == 0,
                "a claim was collected from a pool in need: {before:?}"
            );
            self.insure(market, paid);
            self.ledger.money[market].treasury -= paid;
            self.ledger.money[market].insurance_claim -= paid;
            assert_eq!(self.pool(market).nav, before.nav, "collecting moved net asset value");
        }
        self.check();
    }

    /// Tokens of a market go to its own part of insurance.
    fn insure(&mut self, market: usize, amount: i128) {
        self.ledger.money[market].own += amount;
        self.ledger.insurance_vault += amount;
        self.ledger.vault -= amount;
    }
}
