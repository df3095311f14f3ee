//! Fills between two accounts, at prices of their choice.

use plimsoll_engine::{
    execution::Taker,
    units::{Size, Ticks},
    venue::{SideFilled, fill},
};

use crate::{
    action::Action,
    check::Standing,
    trader::{rest_of, tidy},
    world::{ACCOUNTS, Parties, World},
};

impl World {
    /// Two accounts meet, mostly at fresh prices, at a price within the band, at its edges or beyond.
    pub(crate) fn match_hostile(&mut self, account: usize, market: usize, action: &Action) {
        let other = usize::from(action.extra >> 8) % ACCOUNTS;
        if other == account {
            return;
        }
        if action.aux & 0x30 != 0 {
            self.freshen(action);
        }
        if action.aux & 0x40 == 0 || action.size % 16 != 3 {
            self.accrue(market);
        }
        let lots = self.size(account, market, action);
        let pair = if lots > 0 { [account, other] } else { [other, account] };
        let target = &self.core.markets[market];
        let (price, width) = (target.price.oracle.0, target.risk.venue_band.of_price_floor(target.price.oracle));
        let width = i64::try_from(width.expect("fits").0).expect("fits");
        let away = match action.extra & 7 {
            0 => width,
            1 => -width,
            2 => width + 1,
            3 => -width - 1,
            part => width * (i64::from(part) - 5) / 3,
        };
        self.venue_fill(pair, market, lots.unsigned_abs(), price.saturating_add_signed(away));
    }

    fn venue_fill(&mut self, pair: [usize; 2], market: usize, lots: u64, price: u64) {
        let [buyer, seller] = pair;
        pair.iter().for_each(|account| self.accrue_legs(*account));
        let flagged = pair.map(|account| self.is_flagged(account));
        let fresh = pair.map(|account| self.is_fresh(account));
        let touches = pair.map(|account| self.touches(account));
        let legs = pair.map(|account| self.core.accounts[account].legs);
        let (before, pool) = (pair.map(|account| self.standing(account)), self.pool(market));
        let parties = Parties::account(buyer).and(Parties::account(seller)).and(Parties::market(market));
        let done = self.call("venue_fill", parties, |core| {
            let rests = [rest_of(core, buyer, market)?, rest_of(core, seller, market)?];
            let taker = |side: usize| {
                let owner = &core.accounts[pair[side]];
                let position = Some(&owner.legs[market]);
                Taker { cash: owner.cash, rest: &rests[side], position, flagged: flagged[side] }
            };
            let done = fill(&taker(0), &taker(1), &core.markets[market], Size(lots), Ticks(price), core.now)?;
            for (account, side) in [(buyer, &done.buyer), (seller, &done.seller)] {
                let owner = &mut core.accounts[account];
                (owner.cash, owner.legs[market]) = (side.cash, side.position);
                tidy(&mut owner.legs[market]);
            }
            core.markets[market].book = done.book;
            Ok(done)
        });
        let Some(done) = done else { return self.check() };
        assert!(fresh == [true; 2], "a venue's fill beside a price that is missing");
        let own = self.core.markets[market].price.oracle.0;
        let band = u128::from(self.parameters[market].venue_band_ppm);
        assert!(u128::from(own.abs_diff(price)) * 1_000_000 <= u128::from(own) * band, "a fill outside the band");
        let sides = [&done.buyer, &done.seller];
        for place in 0..2 {
            self.book_touches(pair[place], &legs[place], &touches[place]);
            self.book_side(pair[place], market, lots, price, sides[place]);
        }
        for place in 0..2 {
            self.require_side(pair[place], market, &before[place], sides[place]);
            self.resync_changed(pair[place], &legs[place]);
        }
        // The pool gains the fees. A touch may leave it up to two atoms, and the premium of a lot.
        let after = self.pool(market);
        let untouched = touches.iter().all(|touches| touches[market] == Default::default());
        let whole = touches.iter().all(|touches| touches[market].fraction == 0);
        let steeper = if whole { 0 } else { (after.premium - pool.premium).max(0) };
        let more = after.nav + steeper - pool.nav - sides.map(|side| i128::from(side.fee.0)).iter().sum::<i128>();
        let slack = if untouched { 0 } else { 8 + pool.premium };
        assert!((0..=slack).contains(&more), "I-10: a venue's fill moved net asset value by {more} besides fees");
        self.check();
    }

    /// What one side should have moved.
    fn book_side(&mut self, account: usize, market: usize, lots: u64, price: u64, side: &SideFilled) {
        let (traded, cost) = (i128::from(side.lots.0), i128::from(side.cost.0));
        assert_eq!((traded.unsigned_abs(), cost), (lots.into(), traded * i128::from(price)), "another fill");
        let (fee, settled) = (i128::from(side.fee.0), i128::from(side.settled.0));
        let share = traded.abs() * i128::from(price) * i128::from(self.parameters[market].venue_fee_ppm);
        assert!(fee * 1_000_000 >= share, "I-10: a fee below its share");
        assert!((fee - 2) * 1_000_000 <= share + share / 1_000, "a fee above its share");
        let holding = &mut self.ledger.holdings[account][market];
        holding.lots += traded;
        holding.cost += cost + settled;
        self.ledger.money[market].treasury += fee - settled;
        self.ledger.pay(account, settled - fee);
    }

    /// I-4, for a side that is booked.
    fn require_side(&self, account: usize, market: usize, before: &Standing, side: &SideFilled) {
        let after = self.standing(account);
        assert!(after.equity >= 0, "I-4: a venue's fill leaves {after:?}");
        let held = self.ledger.holdings[account][market].lots;
        let earlier = held - i128::from(side.lots.0);
        let grew = held.abs() > earlier.abs() || held * earlier < 0;
        assert!(!grew || !self.is_flagged(account), "a flagged account grew");
        assert!(!grew || self.is_covered(market), "new risk without coverage");
        if after.initial_equity < after.initial {
            assert!(!grew && after.no_worse_than(before), "I-4: a venue's fill made {after:?} of {before:?}");
        }
    }
}
