//! `plimsoll faucet`: SOL and quote tokens on a local network, where both are worth nothing.

use std::path::PathBuf;

use clap::Args;
use plimsoll_client::{Address, transaction::Draft};
use serde::Serialize;
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use spl_token_interface::instruction::mint_to;

use crate::{
    decimal::Decimal,
    failure::{Failure, Kind},
    page::{Answer, Page, Tone, print},
    session::{Done, Session},
    tokens,
    units::{atoms, text, usd},
    wallet,
};

/// Compute units of a mint.
const MINT_UNITS: u32 = 10_000;
/// Compute units of a transfer of SOL.
const PAY_UNITS: u32 = 1_000;
/// Decimals of SOL.
const SOL_DECIMALS: i32 = 9;

/// Gives a wallet SOL for fees and quote tokens to trade with. On a local network only.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll faucet --new-key\n  plimsoll faucet --amount 50000\n  plimsoll faucet --to 7Yh3dJqUqJkq1fmk4bHF5n8jVHYMxGpi7oJbBqZKSFqX"
)]
pub struct Faucet {
    /// How much of the quote token
    #[arg(long, value_name = "AMOUNT", default_value = "10000")]
    amount: Decimal,
    /// How much SOL
    #[arg(long, value_name = "AMOUNT", default_value = "10")]
    sol: Decimal,
    /// Another wallet; else that of the key that signs
    #[arg(long, value_name = "ADDRESS", conflicts_with = "new_key")]
    to: Option<Address>,
    /// Make the key first, if its file does not exist
    #[arg(long)]
    new_key: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    wallet: String,
    amount: u64,
    lamports: u64,
    /// What the wallet holds now.
    balance: Option<u64>,
    /// The file of a key that was made.
    new_key: Option<String>,
    transaction: Done,
}

impl Faucet {
    /// Does it.
    pub async fn run(&self, session: &Session) -> Result<(), Failure> {
        let network = session.local()?;
        let faucet = network.faucet.as_ref().ok_or_else(|| Failure::usage("this network has no faucet"))?;
        let amount = atoms("--amount", self.amount)?;
        let lamports = self.sol.units(SOL_DECIMALS).map_err(|error| Failure::amount("--sol", &error))?;
        let made = if self.new_key { make_key(session)? } else { None };
        let wallet = match self.to {
            Some(wallet) => wallet,
            None => session.signer()?.pubkey(),
        };
        let authority = Keypair::try_from(faucet.secret_key.as_slice())
            .map_err(|_| Failure::new(Kind::Usage, "Network", "the network's faucet has no key"))?;
        let (mint, program) = (network.quote_mint, network.token_program);
        let account = tokens::associated(&wallet, &mint, &program);
        let create = tokens::create(&authority.pubkey(), &wallet, &mint, &program);
        let minted = mint_to(&program, &mint, &account, &authority.pubkey(), &[], amount)
            .map_err(|error| Failure::new(Kind::Refused, "TokenProgram", error.to_string()))?;
        let mut draft = Draft::default().with(create, tokens::CREATE_UNITS).with(minted, MINT_UNITS);
        if lamports > 0 {
            draft = draft.with(transfer(&authority.pubkey(), &wallet, lamports), PAY_UNITS);
        }
        let transaction = session.send(draft, &[&authority]).await?;
        let balance = tokens::balance(session, &account).await?;
        let (wallet, new_key) = (wallet.to_string(), made.map(|path| path.display().to_string()));
        print(&Given { wallet, amount, lamports, balance, new_key, transaction }, session.global.json);
        Ok(())
    }
}

/// Makes a key where none is. Never over one that is there.
fn make_key(session: &Session) -> Result<Option<PathBuf>, Failure> {
    let path = session.global.keypair.clone().or_else(wallet::default_path);
    let path = path.ok_or_else(|| Failure::usage("there is no home directory: name a key by --keypair"))?;
    if path.exists() || session.global.dry_run {
        return Ok(None);
    }
    write_keypair_file(&Keypair::new(), &path).map_err(|error| {
        Failure::new(Kind::Usage, "Keypair", format!("{} cannot be written: {error}", path.display()))
    })?;
    Ok(Some(path))
}

impl Answer for Given {
    fn show(&self, page: &mut Page) {
        if let Some(path) = &self.new_key {
            page.say(format!("Made a key in {path}."));
        }
        let (amount, sol) = (usd(self.amount), text(self.lamports, SOL_DECIMALS));
        let verb = if self.transaction.dry_run { "Would give" } else { "Gave" };
        page.line(Tone::Good, &format!("{verb} {amount} and {sol} SOL to {}.", self.wallet));
        if let Some(balance) = self.balance {
            page.say(format!("  It holds {}.", usd(balance)));
        }
        self.transaction.show_signature(page);
    }
}
