//! The ways in which an account or an argument can be wrong.

use plimsoll_client::{
    Address,
    state::{MarginAccount, Market},
    wire::{AccountLayout, discriminator},
};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{
    cast::{Cast, Kind},
    fixtures::{Fixture, Slot},
};

/// Columns of the accounts' table, with what they mean.
pub const COLUMNS: [(&str, &str); 14] = [
    ("unsigned", "its signature is missing"),
    ("stranger", "somebody else, who signs"),
    ("read-only", "not marked writable"),
    ("owner", "the same account owned by another program"),
    ("copy", "a copy at another address, owned by another program"),
    ("type", "an account of another type of the same owner, and the same bytes labelled as another type"),
    ("foreign", "the account of that type of another exchange"),
    ("neighbour", "another account of that type of the same exchange"),
    ("duplicate", "the account of another writable place, for each of them"),
    ("program", "another program, and an address that is none"),
    ("truncated", "its data is cut short"),
    ("empty", "an address where nothing is"),
    ("blank", "zeroed data of the right length and owner; for a new account: its address is taken"),
    ("missing", "it and all after it are left out"),
];

/// Columns of the arguments' table.
pub const VALUES: [&str; 4] = ["0", "1", "largest", "smallest"];

/// A program that knows nothing of ours.
const NOBODY: Address = Address::new_from_array([66; 32]);

/// One wrong call.
pub struct Mutation {
    pub row: String,
    pub column: &'static str,
    /// Which place a duplicate repeats, in words that the list of what is accepted uses.
    pub detail: String,
    pub instruction: Instruction,
    /// Accounts as they are written before the call.
    pub writes: Vec<(Address, Account)>,
    /// Who signs besides.
    pub signer: Option<Keypair>,
}

/// All wrong calls of a fixture.
pub async fn of(fixture: &mut Fixture) -> Vec<Mutation> {
    let mut all = Vec::new();
    for index in 0..fixture.slots.len() {
        let address = fixture.instruction.accounts[index].pubkey;
        let account = fixture.world.chain.account(&address).await;
        of_slot(fixture, index, account, &mut all);
    }
    for argument in &fixture.arguments {
        for (column, bytes) in argument.shape.extremes() {
            let place = argument.offset..argument.offset + bytes.len();
            if fixture.instruction.data[place.clone()] == bytes[..] {
                continue;
            }
            let mut instruction = fixture.instruction.clone();
            instruction.data[place].copy_from_slice(&bytes);
            let (row, detail) = (argument.name.clone(), column.to_owned());
            all.push(Mutation { row, column, detail, instruction, writes: vec![], signer: None });
        }
    }
    all
}

fn of_slot(fixture: &Fixture, index: usize, account: Option<Account>, all: &mut Vec<Mutation>) {
    let slot = fixture.slots[index];
    let good = &fixture.instruction;
    let meta = good.accounts[index].clone();
    let mut add = |column: &'static str, instruction, writes, signer| {
        let (row, detail) = (slot.name.to_owned(), column.to_owned());
        all.push(Mutation { row, column, detail, instruction, writes, signer });
    };
    let with = |address: Address| {
        let mut instruction = good.clone();
        instruction.accounts[index].pubkey = address;
        instruction
    };
    if meta.is_signer {
        let mut instruction = good.clone();
        instruction.accounts[index].is_signer = false;
        add("unsigned", instruction, vec![], None);
        let stranger =
            if fixture.stranger.pubkey() == meta.pubkey { Keypair::new() } else { fixture.stranger.insecure_clone() };
        let rich = Account { lamports: 10_000_000_000, rent_epoch: u64::MAX, ..Account::default() };
        add("stranger", with(stranger.pubkey()), vec![(stranger.pubkey(), rich)], Some(stranger));
    }
    if meta.is_writable {
        let mut instruction = good.clone();
        instruction.accounts[index].is_writable = false;
        add("read-only", instruction, vec![], None);
    }
    if let Some(account) = account.as_ref().filter(|account| has_data(&slot, account)) {
        let elsewhere = Address::new_unique();
        let taken = Account { owner: NOBODY, ..account.clone() };
        add("owner", good.clone(), vec![(meta.pubkey, taken.clone())], None);
        add("copy", with(elsewhere), vec![(elsewhere, taken)], None);
        let mut short = account.clone();
        let length = if slot.kind == Kind::Oracle { account.data.len() / 2 } else { account.data.len() - 1 };
        short.data.truncate(length);
        add("truncated", good.clone(), vec![(meta.pubkey, short)], None);
        if account.owner == plimsoll_client::ID {
            let elsewhere = Address::new_unique();
            add("type", with(elsewhere), vec![(elsewhere, relabelled(account))], None);
        }
        let elsewhere = Address::new_unique();
        let blank = Account { data: vec![0; account.data.len()], ..account.clone() };
        add("blank", with(elsewhere), vec![(elsewhere, blank)], None);
    }
    if slot.new {
        let taken =
            Account { lamports: 10_000_000, data: vec![0; 8], owner: plimsoll_client::ID, ..Account::default() };
        add("blank", good.clone(), vec![(meta.pubkey, taken)], None);
    }
    for (column, other) in [("type", slot.other_type), ("foreign", slot.foreign), ("neighbour", slot.neighbour)] {
        let different = other.filter(|other| *other != meta.pubkey && slot.kind != Kind::Person);
        if let Some(other) = different {
            add(column, with(other), vec![], None);
        }
    }
    for program in Cast::other_programs(slot.kind) {
        add("program", with(program), vec![], None);
    }
    if slot.kind != Kind::Person {
        add("empty", with(Address::new_unique()), vec![], None);
    }
    let mut instruction = good.clone();
    instruction.accounts.truncate(index);
    add("missing", instruction, vec![], None);
    for (place, other) in good.accounts.iter().enumerate() {
        if place != index && other.is_writable && other.pubkey != meta.pubkey && slot.kind != Kind::Person {
            let (row, detail) = (slot.name.to_owned(), format!("duplicate of {}", fixture.slots[place].name));
            let instruction = with(other.pubkey);
            all.push(Mutation { row, column: "duplicate", detail, instruction, writes: vec![], signer: None });
        }
    }
}

/// The same bytes under the discriminator of another type.
fn relabelled(account: &Account) -> Account {
    let types = [MarginAccount::NAME, Market::NAME].map(|name| discriminator("account", name));
    let mut data = account.data.clone();
    let other = if data.starts_with(&types[0]) { types[1] } else { types[0] };
    data[..other.len()].copy_from_slice(&other);
    Account { data, ..account.clone() }
}

fn has_data(slot: &Slot, account: &Account) -> bool {
    !slot.new && !account.executable && !account.data.is_empty()
}
