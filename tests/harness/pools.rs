//! Leaving pools, and what insurance takes in and pays out.

use plimsoll_client::{
    Address,
    engine::{insurance::Insurance, limiter::Limiter, shares::worth, units::Atoms},
    instructions::{
        CancelExit, CollectClaim, KeepersFloor, Liquidate, Redeem, RequestExit, RequestUnstake, SweepExcess, Unstake,
    },
    state::ShareAccount,
    wire::AccountLayout,
};
use solana_signer::Signer;

use crate::{
    Outcome, World,
    chain::TOKEN,
    cookies::{Holder, MarketCookie, Trader},
    world::USD,
};

/// Seconds of a provider's cooldown in the usual parameters.
pub const DAY: i64 = 86_400;
/// Seconds of a staker's cooldown.
pub const WEEK: i64 = 604_800;

impl World {
    /// The instruction by which a provider asks to leave.
    pub fn request_exit(holder: &Holder, market: &MarketCookie, amount: u64) -> RequestExit {
        RequestExit { owner: holder.key.pubkey(), market: market.address, shares: holder.shares, amount }
    }

    /// The instruction that pays a provider.
    pub fn redeem(&self, holder: &Holder, market: &MarketCookie, amount: u64) -> Redeem {
        let e = &self.exchange;
        Redeem {
            owner: holder.key.pubkey(),
            exchange: e.address,
            market: market.address,
            queue: market.queue,
            shares: holder.shares,
            destination: holder.tokens,
            vault: e.vault,
            quote_mint: e.mint,
            token_program: e.token_program,
            amount,
        }
    }

    /// The instruction by which a staker asks to leave.
    pub fn request_unstake(&self, holder: &Holder, amount: u64) -> RequestUnstake {
        RequestUnstake { owner: holder.key.pubkey(), fund: self.exchange.fund, shares: holder.shares, amount }
    }

    /// The instruction that pays a staker.
    pub fn unstake(&self, holder: &Holder, amount: u64) -> Unstake {
        let e = &self.exchange;
        Unstake {
            owner: holder.key.pubkey(),
            exchange: e.address,
            fund: e.fund,
            shares: holder.shares,
            destination: holder.tokens,
            insurance_vault: e.insurance_vault,
            quote_mint: e.mint,
            token_program: e.token_program,
            amount,
            markets: self.markets_with_queues(),
        }
    }

    /// Every market with its queue, by index.
    pub fn markets_with_queues(&self) -> Vec<(Address, Address)> {
        let mut markets: Vec<_> = self.ledger.markets.iter().collect();
        markets.sort_by_key(|(_, market)| market.index);
        markets.into_iter().map(|(address, market)| (*address, market.queue)).collect()
    }

    /// Somebody whose money, once it has been there for two days, makes the withdrawal limit so large that it is far away.
    pub async fn neighbour(&mut self) -> Trader {
        self.trader(100_000_000 * USD).await
    }

    /// Makes the exchange one that has held so much since the day before: the limit of a young one is a floor.
    pub async fn seem_old(&mut self, held: u64) {
        let (address, now) = (self.exchange.address, self.chain.now());
        let mut exchange = self.ledger.exchange.expect("exists");
        let (hour, day, held) = (now / 3_600, now / DAY, Atoms(held));
        exchange.limiter = Limiter { hour, day, base: held, minimum: held, ..Limiter::default() };
        self.chain.put(&address, &plimsoll_client::ID, exchange.encode());
        self.reload(&[address]).await;
    }

    /// The instruction that withdraws a request.
    pub fn cancel_exit(holder: &Holder) -> CancelExit {
        CancelExit { owner: holder.key.pubkey(), shares: holder.shares }
    }

    /// The instruction by which insurance collects a market's claim.
    pub fn collect(&self, market: &MarketCookie) -> CollectClaim {
        let e = &self.exchange;
        CollectClaim {
            exchange: e.address,
            fund: e.fund,
            market: market.address,
            vault: e.vault,
            insurance_vault: e.insurance_vault,
            quote_mint: e.mint,
            token_program: e.token_program,
        }
    }

    /// The instruction that sweeps what strangers sent.
    pub fn sweep_excess(&self) -> SweepExcess {
        let e = &self.exchange;
        SweepExcess {
            exchange: e.address,
            fund: e.fund,
            vault: e.vault,
            insurance_vault: e.insurance_vault,
            quote_mint: e.mint,
            token_program: e.token_program,
        }
    }

    /// From where keepers are paid for closing a bankrupt account.
    pub fn keepers_floor(&self) -> KeepersFloor {
        let e = &self.exchange;
        KeepersFloor {
            exchange: e.address,
            fund: e.fund,
            insurance_vault: e.insurance_vault,
            vault: e.vault,
            quote_mint: e.mint,
            token_program: e.token_program,
        }
    }

    /// The instruction by which a keeper liquidates an account that it flagged itself, and is paid if it is bankrupt.
    pub fn liquidate_for_floor(&self, margin: &Address, market: &MarketCookie, keeper: &Trader) -> Liquidate {
        Liquidate { floor: Some(self.keepers_floor()), ..self.liquidate(margin, market, keeper) }
    }

    /// A stranger sends tokens to the vault or to the insurance vault.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn gift(&mut self, to: &Address, amount: u64) -> Outcome {
        let (stranger, tokens) = self.person(amount);
        let owner = stranger.pubkey();
        let gift = spl_token_interface::instruction::transfer(&TOKEN, &tokens, to, &owner, &[], amount);
        if *to == self.exchange.vault {
            self.ledger.excess += amount;
        } else {
            self.ledger.insurance_excess += amount;
        }
        self.run(&[gift.expect("is an instruction")], &[&stranger]).await
    }

    /// Gives an account of shares the layout without an epoch, and the rent of it.
    pub async fn outdate(&mut self, shares: &Address) {
        let account = self.chain.account(shares).await.expect("exists");
        let data = account.data[..ShareAccount::LEN_WITHOUT_EPOCH].to_vec();
        self.chain.put(shares, &plimsoll_client::ID, data);
    }

    /// Shares that somebody holds, after the consolidations of their pool.
    pub fn shares(&self, holder: &Holder) -> u64 {
        self.ledger.current(&self.ledger.shares[&holder.shares]).shares
    }

    /// What a provider's shares would be paid now, if they could leave at once.
    pub fn value_provided(&self, holder: &Holder, market: &MarketCookie) -> u64 {
        let core = &self.market(market).core;
        let nav = core.nav().expect("fits").gain();
        worth(self.shares(holder), nav, core.lp_shares).expect("fits").0
    }

    /// What a staker's shares would be paid now.
    pub fn value_staked(&self, holder: &Holder) -> u64 {
        let money = self.fund();
        worth(self.shares(holder), money.shared, money.shares).expect("fits").0
    }

    /// The insurance fund's money.
    pub fn fund(&self) -> Insurance {
        self.ledger.fund.expect("exists").1.money
    }

    /// Atoms that are in the wallet of a holder.
    pub async fn wallet(&mut self, holder: &Holder) -> u64 {
        self.chain.token_amount(&holder.tokens).await
    }
}
