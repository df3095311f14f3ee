//! Conservation: every token of the vaults is owed to somebody, to the atom (I-1).

use plimsoll_client::{
    addresses,
    state::{Exchange, InsuranceFund, MarginAccount, Market},
};

use crate::arena::Arena;

/// Checks the books of an arena where nobody acts any more.
pub async fn check(arena: &Arena) {
    let (rpc, exchange) = (arena.localnet.rpc(), arena.localnet.network().exchange);
    let state: Exchange = rpc.get(&exchange).await.expect("exists");
    let accounts = rpc.all::<MarginAccount>(&exchange).await.expect("are read");
    let markets = rpc.all::<Market>(&exchange).await.expect("are read");
    let fund: InsuranceFund = rpc.get(&addresses::insurance(&exchange)).await.expect("exists");
    let of_accounts: u64 = accounts.iter().map(|(_, account)| account.cash.0 + account.escrow().expect("fits").0).sum();
    let of_pools: u64 = markets.iter().map(|(_, market)| market.core.book.treasury.0 + market.core.book.fees.0).sum();
    assert_eq!(of_accounts + of_pools, state.accounted.0, "the exchange's vault");
    assert_eq!(fund.money.total(), Ok(fund.accounted), "the insurance vault");
    assert!(markets.iter().all(|(_, market)| market.core.invariant()), "every market is possible");
}

/// Cash of an account.
pub async fn cash(arena: &Arena, account: &plimsoll_client::Address) -> u64 {
    let state: MarginAccount = arena.localnet.rpc().get(account).await.expect("exists");
    state.cash.0
}
