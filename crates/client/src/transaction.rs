//! Version-1 transactions: 4,096 bytes, 64 accounts, compute limit and fee in the message itself.

use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::{
    VersionedMessage,
    v1::{self, TransactionConfig},
};
use solana_signer::{Signer, SignerError};
use solana_transaction::versioned::VersionedTransaction;

use crate::{compute, instructions::Build, wire::Address};

/// Micro-lamports in a lamport: fees are bid per compute unit.
const MICRO: u64 = 1_000_000;
/// Bytes that the runtime may load for a transaction. Whoever asks for less than the default is charged less of a
/// block's cost: program, token program, eight markets and a queue are less than this.
const LOADED_BYTES: u32 = 4 << 20;

/// Instructions and what they may cost.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The instructions, in order.
    pub instructions: Vec<Instruction>,
    /// Compute units of all of them.
    pub limit: u32,
    /// Bid per compute unit, in micro-lamports.
    pub price: u64,
}

/// Why a draft is no transaction.
#[derive(Debug)]
pub enum DraftError {
    /// The instructions do not fit into a message.
    TooLarge(String),
    /// A signature is missing or failed.
    Unsigned(SignerError),
}

impl core::fmt::Display for DraftError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::TooLarge(why) => write!(f, "the transaction cannot be built: {why}"),
            Self::Unsigned(error) => write!(f, "the transaction cannot be signed: {error}"),
        }
    }
}

impl core::error::Error for DraftError {}

impl Draft {
    /// One instruction of the program, for an account of so many legs.
    pub fn of<B: Build>(build: &B, legs: usize) -> Self {
        Self::default().and(build, legs)
    }

    /// With one more.
    pub fn and<B: Build>(mut self, build: &B, legs: usize) -> Self {
        self.instructions.push(build.instruction());
        self.limit = self.limit.saturating_add(compute::limit(B::NAME, legs)).min(compute::MOST);
        self
    }

    /// With an instruction of another program that takes at most so many units.
    pub fn with(mut self, instruction: Instruction, units: u32) -> Self {
        self.instructions.push(instruction);
        self.limit = self.limit.saturating_add(units).min(compute::MOST);
        self
    }

    /// At this bid per compute unit, in micro-lamports.
    pub fn at(mut self, price: u64) -> Self {
        self.price = price;
        self
    }

    /// The accounts that it writes, each once: what its fee competes for.
    pub fn written(&self) -> Vec<Address> {
        let metas = self.instructions.iter().flat_map(|instruction| &instruction.accounts);
        let mut written: Vec<Address> = metas.filter(|meta| meta.is_writable).map(|meta| meta.pubkey).collect();
        written.sort_unstable();
        written.dedup();
        written
    }

    /// What it bids in all, in lamports, rounded up.
    pub fn priority_fee(&self) -> u64 {
        u64::from(self.limit).saturating_mul(self.price).div_ceil(MICRO)
    }

    /// The message that is signed.
    pub fn message(&self, payer: &Address, blockhash: Hash) -> Result<VersionedMessage, DraftError> {
        let config = TransactionConfig::empty()
            .with_compute_unit_limit(self.limit)
            .with_loaded_accounts_data_size_limit(LOADED_BYTES)
            .with_priority_fee(self.priority_fee());
        let compiled = v1::Message::try_compile_with_config(payer, &self.instructions, blockhash, config);
        let message = compiled.map_err(|error| DraftError::TooLarge(error.to_string()))?;
        message.validate().map_err(|error| DraftError::TooLarge(error.to_string()))?;
        Ok(VersionedMessage::V1(message))
    }

    /// The signed transaction. The first signer pays.
    pub fn sign(&self, signers: &[&dyn Signer], blockhash: Hash) -> Result<VersionedTransaction, DraftError> {
        let payer = signers.first().ok_or(DraftError::Unsigned(SignerError::NotEnoughSigners))?;
        let message = self.message(&payer.pubkey(), blockhash)?;
        VersionedTransaction::try_new(message, signers).map_err(DraftError::Unsigned)
    }
}
