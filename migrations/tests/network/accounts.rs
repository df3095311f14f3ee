//! Accounts of an older layout are found over RPC, and as good as others when they have been migrated.

use plimsoll_client::{
    Address, ID,
    accounts::Account as Decoded,
    addresses,
    instructions::{CancelExit, RequestUnstake},
    rpc::SendError,
    state::ShareAccount,
    transaction::Draft,
    wire::AccountLayout,
};
use plimsoll_localnet::Localnet;
use plimsoll_migrations::{
    Step,
    accounts::{migrate, outdated},
};
use solana_account::Account;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{network, raw};

/// More than one transaction takes.
const MANY: usize = 85;

/// Writes an account of shares in the layout without an epoch, with the rent of it.
async fn put_outdated(network: &Localnet, address: &Address, state: &ShareAccount) {
    let length = ShareAccount::LEN_WITHOUT_EPOCH;
    let rpc = network.rpc();
    let lamports = rpc.client().get_minimum_balance_for_rent_exemption(length).await.expect("the node answers");
    let data = state.encode()[..length].to_vec();
    let account = Account { lamports, data, owner: ID, rent_epoch: u64::MAX, ..Account::default() };
    network.put_account(address, account).expect("can be written");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_account_is_found_and_migrated_and_its_owner_can_leave() {
    let network = network().await;
    let (rpc, staker, fund) = (network.rpc(), network.keys().staker(), network.network().insurance_fund);
    let shares = addresses::shares(&fund, &staker.pubkey());
    let whole: ShareAccount = rpc.get(&shares).await.expect("has shares");
    assert_eq!(outdated(&rpc).await.expect("can be listed"), vec![]);
    put_outdated(&network, &shares, &whole).await;

    // It is readable, marked as outdated, and of no use.
    let decoded = Decoded::decode(&raw(&rpc, &shares).await.data).expect("is known");
    assert!(decoded.is_outdated());
    let Decoded::Shares { state, .. } = decoded else { panic!("are shares") };
    assert_eq!((state.shares, state.pool, state.epoch), (whole.shares, fund, 0));
    let ask = RequestUnstake { owner: staker.pubkey(), fund, shares, amount: 1_000_000 };
    let Err(SendError::Refused(refusal)) = rpc.send(&Draft::of(&ask, 0), &[&staker]).await else {
        panic!("is refused")
    };
    assert_eq!(refusal.name, "AccountDataTooSmall");

    // Somebody who has nothing to do with it migrates it.
    assert_eq!(outdated(&rpc).await.expect("can be listed"), [shares]);
    let payer = network.keys().keeper();
    let mut steps = Vec::new();
    assert_eq!(migrate(&rpc, &payer, |step| steps.push(step.clone())).await.expect("is migrated"), 1);
    assert!(matches!(steps[..], [Step::Migrated { count: 1, left: 0, .. }]), "{steps:?}");
    let state: ShareAccount = rpc.get(&shares).await.expect("has today's layout");
    assert_eq!((state.shares, state.owner, state.epoch), (whole.shares, staker.pubkey(), 0));

    // Nothing is left to do, and its owner can leave.
    assert_eq!(migrate(&rpc, &payer, |_| panic!("nothing is done")).await.expect("nothing is left"), 0);
    rpc.send(&Draft::of(&ask, 0), &[&staker]).await.expect("is taken now");
    let cancel = CancelExit { owner: staker.pubkey(), shares };
    rpc.send(&Draft::of(&cancel, 0), &[&staker]).await.expect("is taken now");
    network.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_migrated_by_several_at_once_and_none_twice() {
    let network = network().await;
    let (rpc, fund) = (network.rpc(), network.network().insurance_fund);
    let model: ShareAccount =
        rpc.get(&addresses::shares(&fund, &network.keys().staker().pubkey())).await.expect("has shares");
    let mut written = Vec::new();
    for number in 0..MANY {
        let owner = Keypair::new().pubkey();
        let address = addresses::shares(&fund, &owner);
        put_outdated(&network, &address, &ShareAccount { owner, shares: number as u64, ..model }).await;
        written.push((address, owner));
    }
    assert_eq!(outdated(&rpc).await.expect("can be listed").len(), MANY);

    let (one, other) = (network.keys().keeper(), network.keys().guardian());
    let both = tokio::join!(migrate(&rpc, &one, |_| {}), migrate(&rpc, &other, |_| {}));
    assert_eq!(both.0.expect("is done") + both.1.expect("is done"), MANY);
    assert_eq!(outdated(&rpc).await.expect("can be listed"), vec![]);
    for (number, (address, owner)) in written.into_iter().enumerate() {
        let state: ShareAccount = rpc.get(&address).await.expect("has today's layout");
        assert_eq!((state.owner, state.shares, state.epoch), (owner, number as u64, 0));
    }
    network.stop().await.expect("it stops");
}
