//! Every wrong input to every instruction, generated from one good call of each.
//!
//! A fixture is a world in which an instruction succeeds. Each of its accounts and arguments is made wrong in every way
//! that applies; the call must then fail and leave every account as it was. Last, the good call must succeed.

mod allowed;
mod arguments;
mod authorities;
mod cast;
mod exits;
mod fixtures;
mod mutations;
mod settling;
mod sources;
pub mod statuses;
mod table;
mod triggers;
mod venues;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_client::Address;
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

pub use allowed::{ALLOWED, Allowed};
pub use arguments::{Argument, Shape};
pub use cast::{Cast, Kind};
pub use fixtures::{Fixture, Slot, all};
pub use mutations::{COLUMNS, Mutation, VALUES};
pub use table::render;

use crate::{Outcome, World};

/// Result of one wrong call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Account or argument.
    pub row: String,
    /// What was wrong with it.
    pub column: &'static str,
    /// The error's name, or `accepted`.
    pub result: String,
}

/// Results of one instruction.
#[derive(Clone, Debug)]
pub struct Table {
    /// The fixture's name.
    pub name: String,
    /// Rows in order: accounts, then arguments.
    pub accounts: Vec<String>,
    pub arguments: Vec<String>,
    pub cells: Vec<Cell>,
    /// Calls that were accepted although no entry of the list allows it, and entries that nothing used.
    pub unexpected: Vec<String>,
}

/// What a call that went through says.
pub const ACCEPTED: &str = "accepted";

/// Runs all fixtures.
pub async fn run() -> Vec<Table> {
    let mut tables = Vec::new();
    let mut used = BTreeSet::new();
    for build in all() {
        tables.push(examine(build.await, &mut used).await);
    }
    let unused = ALLOWED.iter().enumerate().filter(|(index, _)| !used.contains(index));
    let unused: Vec<_> = unused.map(|(_, a)| format!("never accepted, yet allowed: {a:?}")).collect();
    tables[0].unexpected.extend(unused);
    tables
}

async fn examine(mut fixture: Fixture, used: &mut BTreeSet<usize>) -> Table {
    let mutations = mutations::of(&mut fixture).await;
    let mut cells = Vec::with_capacity(mutations.len());
    let mut unexpected = Vec::new();
    for mutation in mutations {
        let outcome = attempt(&mut fixture, &mutation).await;
        let result = if outcome.result.is_ok() { ACCEPTED.to_owned() } else { outcome.error() };
        if outcome.result.is_ok() {
            match allowed::find(fixture.name, &mutation.row, &mutation.detail) {
                Some(index) => drop(used.insert(index)),
                None => unexpected.push(format!("{}: {} {} is accepted", fixture.name, mutation.row, mutation.detail)),
            }
        }
        cells.push(Cell { row: mutation.row, column: mutation.column, result });
    }
    let signers: Vec<&Keypair> = fixture.signers.iter().collect();
    fixture.world.run(std::slice::from_ref(&fixture.instruction), &signers).await.ok();
    Table {
        name: fixture.name.to_owned(),
        accounts: fixture.slots.iter().map(|slot| slot.name.to_owned()).collect(),
        arguments: fixture.arguments.iter().map(|argument| argument.name.clone()).collect(),
        cells,
        unexpected,
    }
}

/// Makes one wrong call on a world that looks the same before and after.
async fn attempt(fixture: &mut Fixture, mutation: &Mutation) -> Outcome {
    let world = &mut fixture.world;
    let mut involved: BTreeSet<Address> = fixture.instruction.accounts.iter().map(|meta| meta.pubkey).collect();
    involved.extend(mutation.instruction.accounts.iter().map(|meta| meta.pubkey));
    let mut real = BTreeMap::new();
    for (address, _) in &mutation.writes {
        real.insert(*address, world.chain.account(address).await);
    }
    for (address, account) in &mutation.writes {
        world.chain.restore(address, Some(account.clone()));
    }
    let before = snapshot(world, &involved).await;
    let signers: Vec<&Keypair> = fixture.signers.iter().chain(&mutation.signer).collect();
    let outcome = call(world, &mutation.instruction, &signers).await;
    if outcome.result.is_err() {
        let after = snapshot(world, &involved).await;
        assert_eq!(before, after, "{} {}: a refused call changed an account", mutation.row, mutation.detail);
    }
    for (address, account) in before.into_iter().chain(real) {
        world.chain.restore(&address, account);
    }
    outcome
}

/// Only those sign whom the instruction asks for.
async fn call(world: &mut World, instruction: &Instruction, keys: &[&Keypair]) -> Outcome {
    let asked = |key: &&&Keypair| instruction.accounts.iter().any(|meta| meta.is_signer && meta.pubkey == key.pubkey());
    let signers: Vec<&Keypair> = keys.iter().filter(asked).copied().collect();
    world.chain.send(std::slice::from_ref(instruction), &signers).await
}

async fn snapshot(world: &mut World, addresses: &BTreeSet<Address>) -> BTreeMap<Address, Option<Account>> {
    let mut accounts = BTreeMap::new();
    for address in addresses {
        let account = world.chain.account(address).await;
        if account.as_ref().is_none_or(|account| !account.executable) {
            accounts.insert(*address, account);
        }
    }
    accounts
}

/// Where the page is kept.
pub fn page() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/test-matrix.md")
}

/// Number of wrong calls.
pub fn count(tables: &[Table]) -> usize {
    tables.iter().map(|table| table.cells.len()).sum()
}
