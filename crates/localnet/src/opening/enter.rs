//! Accounts and deposits of traders who come in.

use plimsoll_client::{instructions::OpenAccount, transaction::Draft};
use solana_signer::Signer;

use super::{Member, Opening};
use crate::{
    error::LocalnetError,
    sending::{Job, send_all},
    tokens,
};

/// Traders whose accounts are opened by one transaction. Each takes eleven of its sixty-four calls, with those of programs.
const AT_ONCE: usize = 4;
/// SOL that a trader's wallet has for fees, in lamports.
const FEES: u64 = 50_000_000;
/// Tokens that a wallet has beside what was deposited.
const POCKET: u64 = 1_000_000_000;

impl Opening<'_> {
    /// Wallets with SOL and tokens, margin accounts and deposits.
    pub(super) async fn enter(&self, members: &[Member], newcomers: &[usize]) -> Result<(), LocalnetError> {
        let mut jobs = Vec::new();
        for part in newcomers.chunks(AT_ONCE) {
            let (mut draft, mut signers) = (Draft::default(), vec![self.keys.faucet()]);
            for member in part.iter().map(|place| &members[*place]) {
                draft = self.entry(draft, member)?;
                signers.push(member.key.insecure_clone());
            }
            jobs.push(Job::new(draft, signers));
        }
        for sent in send_all(self.rpc, &jobs).await {
            sent.map_err(LocalnetError::refused("traders cannot deposit"))?;
        }
        Ok(())
    }

    fn entry(&self, draft: Draft, member: &Member) -> Result<Draft, LocalnetError> {
        let (faucet, owner, house) = (self.keys.faucet().pubkey(), member.key.pubkey(), self.house());
        let mint = house.quote_mint;
        let deposit = member.plan.deposit;
        let fund = solana_system_interface::instruction::transfer(&faucet, &owner, self.rent + FEES);
        let open = OpenAccount { owner, exchange: house.exchange, margin: member.margin, index: 0 };
        let add = house.deposit(owner, member.margin, tokens::account_of(&owner, &mint), deposit);
        Ok(draft
            .with(fund, tokens::SYSTEM_UNITS)
            .with(tokens::create(&faucet, &owner, &mint), tokens::CREATE_UNITS)
            .with(tokens::mint_to(&mint, &owner, &faucet, deposit + POCKET)?, tokens::MINT_UNITS)
            .and(&open, 0)
            .and(&add, 0))
    }
}
