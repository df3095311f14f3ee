//! The books, kept outside the program: everything it holds, added up after every transaction.

use std::collections::BTreeMap;

use plimsoll_client::{
    Address,
    engine::{position::Position, units::Lots},
    state::{Exchange, InsuranceFund, LiquidationQueue, MarginAccount, Market, ShareAccount, VenueGrant},
    wire::AccountLayout,
};

use crate::sums::{check_settlement, check_side};

/// The last state of every account of one exchange that any transaction touched.
#[derive(Default)]
pub struct Ledger {
    pub exchange: Option<Exchange>,
    pub fund: Option<(Address, InsuranceFund)>,
    pub markets: BTreeMap<Address, Market>,
    pub queues: BTreeMap<Address, Box<LiquidationQueue>>,
    pub margins: BTreeMap<Address, MarginAccount>,
    pub shares: BTreeMap<Address, ShareAccount>,
    pub grants: BTreeMap<Address, VenueGrant>,
    /// The highest price that each market ever had.
    pub highest: BTreeMap<Address, u64>,
    /// Balance of the vault and of the insurance vault.
    pub vault: u64,
    pub insurance_vault: u64,
    /// What strangers sent to either.
    pub excess: u64,
    pub insurance_excess: u64,
}

impl Ledger {
    /// Takes an account's data in. Accounts of other programs and of another exchange are not ours.
    pub fn take(&mut self, exchange: &Address, address: Address, data: &[u8]) {
        if let Some(found) = Exchange::decode(data).filter(|_| address == *exchange) {
            self.exchange = Some(found);
        } else if let Some(found) = InsuranceFund::decode(data).filter(|fund| fund.exchange == *exchange) {
            self.fund = Some((address, found));
        } else if let Some(found) = Market::decode(data).filter(|market| market.exchange == *exchange) {
            let highest = self.highest.entry(address).or_default();
            *highest = (*highest).max(found.core.price.oracle.0);
            self.markets.insert(address, found);
        } else if let Some(found) = MarginAccount::decode(data).filter(|margin| margin.exchange == *exchange) {
            self.margins.insert(address, found);
        } else if let Some(found) = ShareAccount::decode(data) {
            self.shares.insert(address, found);
        } else if let Some(found) = VenueGrant::decode(data) {
            self.grants.insert(address, found);
        } else if let Some(found) = LiquidationQueue::decode(data) {
            self.queues.insert(address, Box::new(found));
        }
    }

    /// Atoms by which the vault differs from what the program owes: zero, always.
    pub fn conservation_error(&self) -> i128 {
        let Some(exchange) = &self.exchange else { return 0 };
        let cash: i128 = self.margins.values().map(|m| i128::from(m.cash.0)).sum();
        let escrow: i128 = self.margins.values().map(|m| i128::from(m.escrow().expect("fits").0)).sum();
        let pools: i128 = self.markets.values().map(|m| i128::from(m.core.book.treasury.0)).sum();
        let fees: i128 = self.markets.values().map(|m| i128::from(m.core.book.fees.0)).sum();
        let owed = cash + escrow + pools + fees;
        let counted = i128::from(exchange.accounted.0);
        let held = i128::from(self.vault) - i128::from(self.excess);
        (held - counted).abs() + (counted - owed).abs()
    }

    /// The same for the insurance vault.
    pub fn insurance_error(&self) -> i128 {
        let Some((_, fund)) = &self.fund else { return 0 };
        let own: i128 = self.markets.values().map(|m| i128::from(m.core.insurance_own.0)).sum();
        let counted = i128::from(fund.accounted.0);
        let divided = i128::from(fund.money.shared.0) + i128::from(fund.money.own.0);
        let held = i128::from(self.insurance_vault) - i128::from(self.insurance_excess);
        (held - counted).abs() + (counted - divided).abs() + (i128::from(fund.money.own.0) - own).abs()
    }

    /// Every property that holds between transactions.
    #[track_caller]
    pub fn check(&self) {
        assert_eq!(self.conservation_error(), 0, "I-1: the vault and what is owed differ");
        assert_eq!(self.insurance_error(), 0, "I-1: the insurance vault and what it is divided into differ");
        for (address, market) in &self.markets {
            self.check_market(address, market);
        }
        for (address, margin) in &self.margins {
            assert!(margin.invariant(), "{address}: margin account\n{margin:?}");
        }
        for (address, queue) in &self.queues {
            assert!(queue.invariant(), "{address}: queue");
        }
        assert!(self.shares.values().all(ShareAccount::invariant), "shares");
        assert!(self.grants.values().all(VenueGrant::invariant), "grants");
        assert!(self.exchange.is_none_or(|e| e.invariant()), "exchange");
        assert!(self.fund.is_none_or(|(_, f)| f.invariant()), "insurance fund");
        self.check_shares();
    }

    /// What a market believes of its positions is so.
    fn check_market(&self, address: &Address, market: &Market) {
        assert!(market.invariant(), "{address}: market\n{market:?}");
        let legs = self.margins.values().flat_map(|m| m.legs.iter()).filter(|leg| leg.market == *address);
        let (longs, shorts): (Vec<_>, Vec<_>) = legs.map(|leg| leg.position).partition(Position::is_long);
        let highest = self.highest.get(address).copied().unwrap_or_default();
        check_side(address, &market.core, true, &longs, highest);
        check_side(address, &market.core, false, &shorts, highest);
        check_settlement(address, &market.core, &[longs, shorts].concat());
    }

    /// Shares as they are after the consolidations that their account has not seen.
    pub fn current(&self, holding: &ShareAccount) -> ShareAccount {
        let mut current = *holding;
        if let Some((_, fund)) = self.fund.as_ref().filter(|(address, _)| *address == holding.pool) {
            current.catch_up(&fund.money);
        }
        current
    }

    /// The shares of a pool are what its holders hold. Each consolidation may leave nobody a share for each of them.
    fn check_shares(&self) {
        let held = |pool: &Address| -> u64 { self.shares.values().filter(|s| s.pool == *pool).map(|s| s.shares).sum() };
        for (address, market) in &self.markets {
            assert_eq!(market.core.lp_shares, held(address), "shares of market {address}");
        }
        if let Some((address, fund)) = &self.fund {
            let holders = self.shares.values().filter(|holding| holding.pool == *address);
            let stakes: Vec<u64> = holders.map(|holding| self.current(holding).shares).collect();
            let (held, slack) =
                (stakes.iter().sum::<u64>(), if fund.money.epoch > 0 { 2 * stakes.len() as u64 } else { 0 });
            assert!(
                (held..=held + slack).contains(&fund.money.shares),
                "shares of the insurance fund: {held} {fund:?}"
            );
        }
    }

    /// Net size of a market's traders.
    pub fn skew(&self, market: &Address) -> Lots {
        self.markets[market].core.book.skew().expect("fits")
    }
}
