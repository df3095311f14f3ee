//! What the vaults hold is what is owed, to the atom.

use plimsoll_client::{
    rpc::Rpc,
    state::{Exchange, InsuranceFund, MarginAccount, Market},
};
use plimsoll_localnet::Localnet;
use solana_program_pack::Pack;
use spl_token_interface::state::Account as TokenAccount;

/// Asserts it of all accounts, read over JSON-RPC.
pub async fn check(localnet: &Localnet) {
    let (rpc, network) = (localnet.rpc(), localnet.network());
    let exchange: Exchange = rpc.get(&network.exchange).await.expect("the exchange");
    let fund: InsuranceFund = rpc.get(&network.insurance_fund).await.expect("the fund");
    let margins = rpc.all::<MarginAccount>(&network.exchange).await.expect("margin accounts");
    let markets = rpc.all::<Market>(&network.exchange).await.expect("markets");
    let cash: u64 = margins.iter().map(|(_, margin)| margin.cash.0).sum();
    let escrow: u64 = margins.iter().map(|(_, margin)| margin.escrow().expect("fits").0).sum();
    let pools: u64 = markets.iter().map(|(_, market)| market.core.book.treasury.0 + market.core.book.fees.0).sum();
    assert_eq!(exchange.accounted.0, cash + escrow + pools, "what the exchange counts and what it owes");
    let house = network.house();
    assert_eq!(tokens(&rpc, &house.vault).await, exchange.accounted.0, "the vault");
    assert_eq!(tokens(&rpc, &house.insurance_vault).await, fund.accounted.0, "the insurance vault");
    for (address, market) in &markets {
        for long in [true, false] {
            let legs = margins.iter().flat_map(|(_, margin)| &margin.legs).filter(|leg| leg.market == *address);
            let lots = legs.map(|leg| leg.position).filter(|position| position.is_long() == long);
            let sum: u64 = lots.map(|position| position.lots.0.unsigned_abs()).sum();
            assert_eq!(market.core.book.side(long).lots.0, sum, "lots of a side of {address}");
        }
    }
}

async fn tokens(rpc: &Rpc, address: &plimsoll_client::Address) -> u64 {
    let account = rpc.raw(address).await.expect("it answers").expect("it is there");
    TokenAccount::unpack(&account.data).expect("a token account").amount
}
