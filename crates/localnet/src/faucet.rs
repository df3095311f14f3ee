//! Money for whoever asks: SOL and tokens that are worth nothing.

use plimsoll_client::{Address, network::Network, rpc::Rpc, transaction::Draft};
use solana_keypair::Keypair;

use crate::{
    error::LocalnetError,
    sending::{Job, send},
    tokens,
};

/// Gives a wallet lamports, and atoms of the quote token into its associated account, which is returned. A plain transfer and
/// a plain mint: whoever has the key that the network publishes can send them.
pub async fn give(
    rpc: &Rpc,
    network: &Network,
    wallet: &Address,
    lamports: u64,
    atoms: u64,
) -> Result<Address, LocalnetError> {
    let faucet = network.faucet.as_ref().ok_or_else(|| LocalnetError::Deploy("this network has no faucet".into()))?;
    let key = Keypair::try_from(&faucet.secret_key[..])
        .map_err(|_| LocalnetError::Deploy("the faucet's key in the network's description is no key".into()))?;
    let (authority, mint) = (faucet.mint_authority, network.quote_mint);
    let mut draft = Draft::default();
    if lamports > 0 {
        let transfer = solana_system_interface::instruction::transfer(&authority, wallet, lamports);
        draft = draft.with(transfer, tokens::SYSTEM_UNITS);
    }
    let draft = draft
        .with(tokens::create(&authority, wallet, &mint), tokens::CREATE_UNITS)
        .with(tokens::mint_to(&mint, wallet, &authority, atoms)?, tokens::MINT_UNITS);
    send(rpc, &Job::new(draft, vec![key])).await.map_err(LocalnetError::refused("the faucet gives nothing"))?;
    Ok(tokens::account_of(wallet, &mint))
}
