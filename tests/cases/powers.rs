//! every instruction with every authority in the place of whoever has to sign. Nobody else's money moves, and no
//! price. The calls are those of the matrix, so that a new instruction is covered by itself.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_client::accounts::Account;
use plimsoll_tests::{
    Address, Keypair, Signer, World,
    chain::TOKEN,
    matrix::{self, Fixture, Kind},
    state::{Exchange, MarginAccount, Market},
    wire::AccountLayout,
    world::USD,
};
use solana_instruction::Instruction;

/// Somebody with a role, and a wallet of his own.
struct Authority {
    role: &'static str,
    key: Keypair,
    wallet: Address,
}

/// What belongs to people: what it is and whose, as bytes that change when it does.
type Property = BTreeMap<(String, Address), (Address, Vec<u8>)>;

/// Everybody who could be thought to have power. The pending admin gets his role by being written down.
async fn authorities(world: &mut World) -> Vec<Authority> {
    let pending = Keypair::new_from_array([201; 32]);
    let address = world.exchange.address;
    let account = world.chain.account(&address).await.expect("the exchange exists");
    let exchange = Exchange::decode(&account.data).expect("is an exchange");
    let exchange = Exchange { pending_admin: pending.pubkey(), ..exchange };
    world.chain.put(&address, &plimsoll_tests::ID, exchange.encode());
    let (admin, guardian) = (world.exchange.admin.insecure_clone(), world.exchange.guardian.insecure_clone());
    let stranger = Keypair::new_from_array([202; 32]);
    let roles = [("admin", admin), ("guardian", guardian), ("pending admin", pending), ("stranger", stranger)];
    roles
        .into_iter()
        .map(|(role, key)| {
            let wallet = Address::new_unique();
            world.chain.fund(&key.pubkey(), 100_000_000_000);
            world.chain.put_token(&TOKEN, &wallet, &world.exchange.mint, &key.pubkey(), 1_000 * USD);
            Authority { role, key, wallet }
        })
        .collect()
}

/// What everybody has: cash, positions and orders, shares, wallets, and the pools and prices of the markets.
async fn property(world: &mut World, wallets: &BTreeSet<Address>) -> Property {
    let mut all = Property::new();
    for address in world.ledger.margins.keys().copied().collect::<Vec<_>>() {
        let data = world.chain.account(&address).await.expect("the account exists").data;
        let margin = MarginAccount::decode(&data).expect("is a margin account");
        let mut bytes = margin.cash.0.to_le_bytes().to_vec();
        margin.legs.iter().for_each(|leg| bytes.extend_from_slice(format!("{leg:?}").as_bytes()));
        margin.orders.iter().for_each(|slot| bytes.extend_from_slice(format!("{slot:?}").as_bytes()));
        all.insert(("margin".into(), address), (margin.owner, bytes));
    }
    for address in world.ledger.shares.keys().copied().collect::<Vec<_>>() {
        let data = world.chain.account(&address).await.expect("the account exists").data;
        // Of either layout: one instruction migrates them.
        let Ok(Account::Shares { state: shares, .. }) = Account::decode(&data) else { panic!("are shares") };
        all.insert(("shares".into(), address), (shares.owner, format!("{} {:?}", shares.shares, shares.exit).into()));
    }
    for address in world.ledger.markets.keys().copied().collect::<Vec<_>>() {
        let data = world.chain.account(&address).await.expect("the account exists").data;
        let core = Market::decode(&data).expect("is a market").core;
        let state =
            format!("{:?} {:?} {:?} {} {}", core.price, core.second, core.book, core.lp_shares, core.insurance_own.0);
        all.insert(("market".into(), address), (Address::default(), state.into()));
    }
    for address in wallets {
        let owner = world.chain.account(address).await.expect("the wallet exists").data[32..64].to_vec();
        let amount = world.chain.token_amount(address).await;
        let owner = Address::new_from_array(owner.try_into().expect("is an address"));
        all.insert(("tokens".into(), *address), (owner, amount.to_le_bytes().into()));
    }
    all
}

/// Token accounts that the fixture names, and the vaults.
fn wallets(fixture: &Fixture) -> BTreeSet<Address> {
    let exchange = &fixture.world.exchange;
    let named = fixture.slots.iter().zip(&fixture.instruction.accounts);
    let mut all: BTreeSet<Address> =
        named.filter(|(slot, _)| slot.kind == Kind::Wallet).map(|(_, meta)| meta.pubkey).collect();
    all.extend([exchange.vault, exchange.insurance_vault]);
    all
}

/// The call with the authority in the place of everybody who signs and, if asked, as whoever is paid.
fn stolen(fixture: &Fixture, authority: &Authority, paid: bool) -> Option<Instruction> {
    let mut instruction = fixture.instruction.clone();
    let mut changed = false;
    for (slot, meta) in fixture.slots.iter().zip(&mut instruction.accounts) {
        if meta.is_signer {
            changed |= meta.pubkey != authority.key.pubkey();
            meta.pubkey = authority.key.pubkey();
        } else if paid && slot.name == "destination" {
            meta.pubkey = authority.wallet;
        }
    }
    changed.then_some(instruction)
}

#[tokio::test]
async fn a_26_no_authority_moves_anybodys_money_or_a_price() {
    let (mut calls, mut refused) = (0, 0);
    let mut done = BTreeSet::new();
    for build in matrix::all() {
        let mut fixture = build.await;
        let authorities = authorities(&mut fixture.world).await;
        let wallets = wallets(&fixture);
        for authority in &authorities {
            for paid in [false, true] {
                let Some(instruction) = stolen(&fixture, authority, paid) else { continue };
                let before = property(&mut fixture.world, &wallets).await;
                let mut accounts = Vec::new();
                for meta in &instruction.accounts {
                    accounts.push((meta.pubkey, fixture.world.chain.account(&meta.pubkey).await));
                }
                let outcome = fixture.world.chain.send(&[instruction], &[&authority.key]).await;
                calls += 1;
                let after = property(&mut fixture.world, &wallets).await;
                for (name, (owner, had)) in &before {
                    let mine = *owner == authority.key.pubkey();
                    assert!(mine || after[name].1 == *had, "{}: {} moved {name:?}", fixture.name, authority.role);
                }
                if outcome.result.is_err() {
                    refused += 1;
                    continue;
                }
                done.insert((fixture.name, authority.role));
                for (address, account) in accounts {
                    if account.as_ref().is_none_or(|account| !account.executable) {
                        fixture.world.chain.restore(&address, account);
                    }
                }
            }
        }
    }
    // What goes through by any signature but the one it asks for: what anybody may, and what his role allows.
    let expected: BTreeSet<(&str, &str)> = EXPECTED.into_iter().collect();
    assert_eq!(done, expected, "{calls} calls, {refused} refused");
    assert!(calls > 150, "{calls} calls");
}

/// Anybody may create an exchange, pay for its insurance fund or for the migration of shares; the admin cancels what the
/// guardian cancels in the call of the matrix; and the pending admin accepts.
const EXPECTED: [(&str, &str); 14] = [
    ("accept_admin", "pending admin"),
    ("cancel_proposal", "admin"),
    ("create_exchange", "admin"),
    ("create_exchange", "guardian"),
    ("create_exchange", "pending admin"),
    ("create_exchange", "stranger"),
    ("create_insurance_fund", "admin"),
    ("create_insurance_fund", "guardian"),
    ("create_insurance_fund", "pending admin"),
    ("create_insurance_fund", "stranger"),
    ("migrate_shares", "admin"),
    ("migrate_shares", "guardian"),
    ("migrate_shares", "pending admin"),
    ("migrate_shares", "stranger"),
];
