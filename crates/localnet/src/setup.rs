//! A network's beginning: the quote token, the clearing house and its markets, liquidity and insurance. All of it by real
//! transactions.

use plimsoll_client::{
    Address, addresses,
    instructions::OpenShares,
    network::{Faucet, Network, NetworkMarket, VERSION},
    rpc::{ReadError, Rpc},
    state::{ORACLE_SWITCHBOARD, OracleSource},
    transaction::Draft,
};
use plimsoll_migrations::{Inputs, Plan, Report};
use plimsoll_oracles::{Feed, RECEIVER, SWITCHBOARD, feed_account};
use solana_account::Account;
use solana_keypair::Keypair;
use solana_sdk_ids::system_program;
use solana_signer::Signer;

use crate::{
    error::LocalnetError,
    keys::Keys,
    node::Chain,
    sending::{Job, send},
    tokens,
};

/// Accounts with the last updates of a feed: a minute of them, which is longer than any order waits.
const RING: u16 = 64;
/// The market with a second source.
const TWO_SOURCES: &str = "SOL";
/// Lamports of those who pay for much, and of others.
const RICH: u64 = 1_000_000_000_000_000;
const ENOUGH: u64 = 1_000_000_000_000;

/// Gives SOL to everybody who signs at the beginning: there is nobody who could send it.
pub fn endow(chain: &mut Chain, keys: Keys, markets: usize) -> Result<(), LocalnetError> {
    let mut wallets = vec![
        (keys.admin(), RICH),
        (keys.faucet(), RICH),
        (keys.keeper(), ENOUGH),
        (keys.staker(), ENOUGH),
        (keys.guardian(), ENOUGH),
    ];
    wallets.extend((0..markets).map(|market| (keys.provider(market), ENOUGH)));
    for (key, lamports) in wallets {
        let account = Account { lamports, owner: system_program::ID, rent_epoch: u64::MAX, ..Account::default() };
        chain.put(&key.pubkey(), account)?;
    }
    Ok(())
}

/// The plan of a local network, with a second source for one market: a Switchboard feed that is ours to write.
pub fn plan(keys: Keys) -> Result<Plan, LocalnetError> {
    let inputs = Inputs::default().with("guardian", keys.guardian().pubkey()).with("quote_mint", keys.mint().pubkey());
    let mut plan = Plan::named("local", &inputs).map_err(deploying)?;
    for market in plan.markets.iter_mut().filter(|market| market.name == TWO_SOURCES) {
        let account = second_account(&market.name);
        market.second = OracleSource::new(ORACLE_SWITCHBOARD, SWITCHBOARD, Feed::at(1, 0).digest(&account));
    }
    Ok(plan)
}

/// The account of a market's second source.
fn second_account(name: &str) -> Address {
    Address::find_program_address(&[b"plimsoll local network", name.as_bytes()], &SWITCHBOARD).0
}

fn deploying(error: impl std::fmt::Display) -> LocalnetError {
    LocalnetError::Deploy(error.to_string())
}

/// Sets a network up, step by step.
pub struct Setup<'a> {
    pub rpc: &'a Rpc,
    pub keys: Keys,
}

impl Setup<'_> {
    /// Creates the mint of the quote token: who holds the faucet's key can mint.
    pub async fn create_mint(&self) -> Result<Address, LocalnetError> {
        let (faucet, mint) = (self.keys.faucet(), self.keys.mint());
        let rent = self.rent(tokens::MINT_LENGTH).await?;
        let instructions = tokens::create_mint(&faucet.pubkey(), &mint.pubkey(), &faucet.pubkey(), rent)?;
        let draft = instructions.into_iter().fold(Draft::default(), |draft, one| draft.with(one, tokens::MINT_UNITS));
        let address = mint.pubkey();
        self.send("the mint cannot be created", draft, vec![faucet, mint]).await?;
        Ok(address)
    }

    /// Deploys clearing house and markets by the plan.
    pub async fn deploy(&self, mut told: impl FnMut(String)) -> Result<Network, LocalnetError> {
        let plan = plan(self.keys)?;
        let admin = self.keys.admin();
        let deployed = plimsoll_migrations::deploy(self.rpc, &plan, &admin, |step| told(format!("{step}."))).await;
        let report = deployed.map_err(deploying)?;
        if !report.is_as_planned() {
            return Err(deploying(report));
        }
        Ok(self.describe(&plan, &report))
    }

    fn describe(&self, plan: &Plan, report: &Report) -> Network {
        let faucet = self.keys.faucet();
        let markets = plan.markets.iter().zip(&report.markets).map(|(planned, made)| {
            let (feed, tick_decimals) = (planned.oracle.feed, planned.parameters.tick_exponent as i8);
            NetworkMarket {
                name: planned.name.clone(),
                address: made.address,
                queue: made.queue,
                feed_id: feed,
                oracle: feed_account(0, &feed),
                ring: (1..=RING).map(|shard| feed_account(shard, &feed)).collect(),
                second: planned.second.is_known().then(|| second_account(&planned.name)),
                base_decimals: tokens::DECIMALS as i8 - tick_decimals,
                tick_decimals,
            }
        });
        Network {
            version: VERSION,
            rpc: String::new(),
            ws: String::new(),
            control: None,
            program: plimsoll_client::ID,
            exchange: report.exchange,
            quote_mint: plan.quote_mint,
            token_program: plan.token_program,
            insurance_fund: report.fund,
            faucet: Some(Faucet { mint_authority: faucet.pubkey(), secret_key: faucet.to_bytes().to_vec() }),
            oracle_program: RECEIVER,
            markets: markets.collect(),
        }
    }

    /// Liquidity for the market with this index.
    pub async fn provide(&self, network: &Network, market: usize, amount: u64) -> Result<(), LocalnetError> {
        let (owner, pool) = (self.keys.provider(market), network.markets[market].address);
        let source = tokens::account_of(&owner.pubkey(), &network.quote_mint);
        let provide = network.house().provide(owner.pubkey(), pool, source, amount);
        let draft = self.shareholder(network, &owner, pool, amount)?.and(&provide, 0);
        self.send("liquidity cannot be provided", draft, vec![self.keys.faucet(), owner]).await
    }

    /// A stake in the insurance fund.
    pub async fn stake(&self, network: &Network, amount: u64) -> Result<(), LocalnetError> {
        let (owner, pool) = (self.keys.staker(), network.insurance_fund);
        let source = tokens::account_of(&owner.pubkey(), &network.quote_mint);
        let stake = network.house().stake(owner.pubkey(), source, amount);
        let draft = self.shareholder(network, &owner, pool, amount)?.and(&stake, 0);
        self.send("the insurance fund cannot be staked in", draft, vec![self.keys.faucet(), owner]).await
    }

    /// Somebody with tokens and an account for shares.
    fn shareholder(
        &self,
        network: &Network,
        owner: &Keypair,
        pool: Address,
        amount: u64,
    ) -> Result<Draft, LocalnetError> {
        let (faucet, owner, mint) = (self.keys.faucet().pubkey(), owner.pubkey(), network.quote_mint);
        let open = OpenShares { owner, pool, shares: addresses::shares(&pool, &owner) };
        Ok(Draft::default()
            .with(tokens::create(&faucet, &owner, &mint), tokens::CREATE_UNITS)
            .with(tokens::mint_to(&mint, &owner, &faucet, amount)?, tokens::MINT_UNITS)
            .and(&open, 0))
    }

    /// Lamports that an account of this many bytes needs.
    pub async fn rent(&self, bytes: usize) -> Result<u64, LocalnetError> {
        let rent = self.rpc.client().get_minimum_balance_for_rent_exemption(bytes).await;
        Ok(rent.map_err(ReadError::from)?)
    }

    async fn send(&self, what: &str, draft: Draft, signers: Vec<Keypair>) -> Result<(), LocalnetError> {
        send(self.rpc, &Job::new(draft, signers)).await.map_err(LocalnetError::refused(what))
    }
}
