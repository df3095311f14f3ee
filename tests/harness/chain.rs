//! The runtime: transactions, accounts and the clock.

use std::time::{Duration, Instant};

use plimsoll_client::Address;
use solana_account::{Account, AccountSharedData};
use solana_clock::Clock;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{AddressLookupTableAccount, Message, VersionedMessage, v0};
use solana_program_option::COption;
use solana_program_pack::Pack;
use solana_program_test::{ProgramTest, ProgramTestContext};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use spl_token_interface::state::{Account as TokenAccount, AccountState, Mint};

use crate::Outcome;

/// Classic SPL Token.
pub const TOKEN: Address = spl_token_interface::ID;
/// Token-2022.
pub const TOKEN_2022: Address = spl_token_2022_interface::ID;
/// Largest transaction.
const MAX_TRANSACTION: usize = 1_232;
/// Accounts that surely fit into it.
const PLAIN_ACCOUNTS: usize = 30;
/// The first second of every test.
pub const START: i64 = 1_760_130_000;

/// A bank with the program binary loaded.
pub struct Chain {
    context: ProgramTestContext,
    serial: u32,
    hash_at: Instant,
    slot: u64,
    time: i64,
    keys: u64,
}

impl Chain {
    /// Loads the program's binary.
    pub async fn start() -> Self {
        Self::start_with("plimsoll", plimsoll_client::ID).await
    }

    /// Loads a binary from `BPF_OUT_DIR`; absent, it says how to build it.
    pub async fn start_with(name: &'static str, id: Address) -> Self {
        let directory =
            std::env::var("BPF_OUT_DIR").expect("BPF_OUT_DIR names the folder of plimsoll.so: `make build`");
        let binary = std::path::Path::new(&directory).join(name).with_extension("so");
        assert!(binary.exists(), "{} is missing: `make build`", binary.display());
        let mut test = ProgramTest::default();
        test.prefer_bpf(true);
        test.add_program(name, id, None);
        let mut chain = Self {
            context: test.start_with_context().await,
            serial: 0,
            hash_at: Instant::now(),
            slot: 100,
            time: START,
            keys: 0,
        };
        chain.write_clock().await;
        chain
    }

    /// Pays for everything.
    pub fn payer(&self) -> Keypair {
        self.context.payer.insecure_clone()
    }

    /// A key pair that nobody has. The sequence is the same in every run, and so is what depends on it.
    pub fn new_key(&mut self) -> Keypair {
        self.keys += 1;
        let mut secret = [7; 32];
        secret[..8].copy_from_slice(&self.keys.to_le_bytes());
        Keypair::new_from_array(secret)
    }

    /// Cluster time.
    pub fn now(&self) -> i64 {
        self.time
    }

    /// Cluster slot.
    pub fn slot(&self) -> u64 {
        self.slot
    }

    /// Lets time pass: programs see the new clock at once. There are two slots a second at least: a cluster that has fewer
    /// has stood still.
    pub async fn advance(&mut self, seconds: i64, slots: u64) {
        self.halt(seconds, slots.max(2 * seconds.unsigned_abs())).await;
    }

    /// Lets time pass for which there are only so many slots.
    pub async fn halt(&mut self, seconds: i64, slots: u64) {
        self.time += seconds;
        self.slot += slots;
        self.write_clock().await;
    }

    async fn write_clock(&mut self) {
        let clock = self.context.banks_client.get_sysvar::<Clock>().await.expect("the bank answers");
        self.context.set_sysvar(&Clock { slot: self.slot, unix_timestamp: self.time, ..clock });
    }

    /// Runs a transaction as a validator would: signatures and size are checked too.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Outcome {
        // A limit that differs each time makes equal instructions different transactions.
        self.serial = (self.serial + 1) % 100_000;
        let mut all = vec![ComputeBudgetInstruction::set_compute_unit_limit(1_400_000 - self.serial)];
        all.extend_from_slice(instructions);
        let payer = self.payer();
        let message = self.message(&payer.pubkey(), &all).await;
        let mut keys = vec![&payer];
        keys.extend(signers.iter().filter(|key| key.pubkey() != payer.pubkey()));
        let transaction = match VersionedTransaction::try_new(message, &keys) {
            Ok(transaction) => transaction,
            Err(error) => panic!("the transaction cannot be signed: {error}"),
        };
        transaction.verify_and_hash_message().expect("signatures are right");
        let size = 1 + 64 * transaction.signatures.len() + transaction.message.serialize().len();
        assert!(size <= MAX_TRANSACTION, "transaction of {size} bytes");
        let done = self.context.banks_client.process_transaction_with_metadata(transaction).await;
        Outcome::new(done.expect("the bank answers"))
    }

    /// A plain message or, where the accounts would not fit into a transaction, one with a table of their addresses.
    async fn message(&mut self, payer: &Address, instructions: &[Instruction]) -> VersionedMessage {
        let blockhash = self.blockhash().await;
        let mut message = Message::new(instructions, Some(payer));
        message.recent_blockhash = blockhash;
        if message.account_keys.len() <= PLAIN_ACCOUNTS {
            return VersionedMessage::Legacy(message);
        }
        let table = AddressLookupTableAccount { key: Address::new_unique(), addresses: message.account_keys };
        // An active table without authority, last extended in slot 0.
        let mut data = [&1u32.to_le_bytes()[..], &u64::MAX.to_le_bytes(), &[0; 44]].concat();
        data.extend(table.addresses.iter().flat_map(|address| address.to_bytes()));
        self.put(&table.key, &solana_sdk_ids::address_lookup_table::ID, data);
        let compiled = v0::Message::try_compile(payer, instructions, &[table], blockhash);
        VersionedMessage::V0(compiled.expect("the instructions can be compiled"))
    }

    async fn blockhash(&mut self) -> solana_hash::Hash {
        // The bank makes a new one every few milliseconds and forgets the old ones within a second.
        if self.hash_at.elapsed() > Duration::from_millis(100) {
            self.context.last_blockhash =
                self.context.banks_client.get_latest_blockhash().await.expect("the bank answers");
            self.hash_at = Instant::now();
        }
        self.context.last_blockhash
    }

    /// Reads an account.
    pub async fn account(&mut self, address: &Address) -> Option<Account> {
        self.context.banks_client.get_account(*address).await.expect("the bank answers")
    }

    /// Writes an account, as something outside the program would: an oracle, a stranger, a faucet.
    pub fn put(&mut self, address: &Address, owner: &Address, data: Vec<u8>) {
        let lamports = solana_rent::Rent::default().minimum_balance(data.len());
        let account = Account { lamports, data, owner: *owner, executable: false, rent_epoch: u64::MAX };
        self.context.set_account(address, &AccountSharedData::from(account));
    }

    /// Gives lamports.
    pub fn fund(&mut self, address: &Address, lamports: u64) {
        let account = Account { lamports, rent_epoch: u64::MAX, ..Account::default() };
        self.context.set_account(address, &AccountSharedData::from(account));
    }

    /// Writes a classic mint.
    pub fn put_mint(&mut self, address: &Address, decimals: u8) {
        let mut data = vec![0; Mint::LEN];
        let mint = Mint {
            mint_authority: COption::None,
            supply: u64::MAX / 2,
            decimals,
            is_initialized: true,
            freeze_authority: COption::None,
        };
        mint.pack_into_slice(&mut data);
        self.put(address, &TOKEN, data);
    }

    /// Writes a Token-2022 mint with these extensions: type and content.
    pub fn put_mint_2022(&mut self, address: &Address, decimals: u8, extensions: &[(u16, Vec<u8>)]) {
        let mut data = vec![0; Mint::LEN];
        let mint = Mint {
            mint_authority: COption::None,
            supply: u64::MAX / 2,
            decimals,
            is_initialized: true,
            freeze_authority: COption::None,
        };
        mint.pack_into_slice(&mut data);
        if !extensions.is_empty() {
            data.resize(TokenAccount::LEN, 0);
            data.push(1);
        }
        for (kind, content) in extensions {
            data.extend_from_slice(&kind.to_le_bytes());
            data.extend_from_slice(&u16::try_from(content.len()).expect("is short").to_le_bytes());
            data.extend_from_slice(content);
        }
        self.put(address, &TOKEN_2022, data);
    }

    /// Writes an account whole; `None` empties it.
    pub fn restore(&mut self, address: &Address, account: Option<Account>) {
        self.context.set_account(address, &AccountSharedData::from(account.unwrap_or_default()));
    }

    /// Writes a token account of a token program.
    pub fn put_token(&mut self, program: &Address, address: &Address, mint: &Address, owner: &Address, amount: u64) {
        let mut data = vec![0; TokenAccount::LEN];
        let account = TokenAccount {
            mint: *mint,
            owner: *owner,
            amount,
            delegate: COption::None,
            state: AccountState::Initialized,
            is_native: COption::None,
            delegated_amount: 0,
            close_authority: COption::None,
        };
        account.pack_into_slice(&mut data);
        self.put(address, program, data);
    }

    /// Balance of a token account.
    pub async fn token_amount(&mut self, address: &Address) -> u64 {
        let account = self.account(address).await.unwrap_or_else(|| panic!("{address} exists"));
        TokenAccount::unpack_from_slice(&account.data[..TokenAccount::LEN]).expect("is a token account").amount
    }
}
