//! Accounts that stand in for the right one: of another exchange, of a neighbour, of another type.

use plimsoll_client::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    World,
    chain::{TOKEN, TOKEN_2022},
    cookies::{Holder, MarketCookie, Trader},
    oracle::Quote,
    parameters,
    scenes::{Foreign, Scene},
    world::{DOLLAR, USD},
};

/// What an account of an instruction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person who signs.
    Person,
    Exchange,
    Fund,
    Market,
    Queue,
    Margin,
    /// Shares in a market.
    LpShares,
    /// Shares in the insurance fund.
    Stake,
    /// A person's token account.
    Wallet,
    Vault,
    InsuranceVault,
    Mint,
    Oracle,
    /// What an owner lets a venue do.
    Grant,
    Proposal,
    /// Who paid for a proposal.
    Payer,
    TokenProgram,
    SystemProgram,
}

/// A scene beside another exchange, with a neighbour for everything.
pub struct Cast {
    pub scene: Scene,
    pub foreign: Foreign,
    pub second: MarketCookie,
    pub neighbour: Trader,
    pub other_provider: Holder,
    pub other_staker: Holder,
    pub stranger: Keypair,
    /// A grant of the neighbour, and one on the other exchange, where there are some.
    pub other_grants: Option<[Address; 2]>,
    /// A proposal of the other exchange, and another one of this.
    pub proposals: [Option<Address>; 2],
    other_mint: Address,
    foreign_tokens: Address,
}

impl Cast {
    /// Everybody is there; prices are fresh.
    pub async fn assemble() -> Self {
        Self::with(10_000_000 * USD).await
    }

    /// The same with so much liquidity in the first market.
    pub async fn with(liquidity: u64) -> Self {
        let (world, foreign) = Foreign::beside(World::new().await).await;
        let mut scene = Scene::on(world, parameters::sol(), liquidity).await;
        let second = scene.world.create_market(parameters::sol()).await;
        scene.world.price(&second, 200 * DOLLAR).await.ok();
        scene.world.provider(&second, 10_000_000 * USD).await;
        let neighbour = scene.world.trader(1_000 * USD).await;
        let other_provider = scene.world.provider(&scene.market.clone(), 10_000 * USD).await;
        let other_staker = scene.world.staker(10_000 * USD).await;
        let (stranger, _) = scene.world.person(0);
        let (other_mint, foreign_tokens) = (Address::new_unique(), Address::new_unique());
        scene.world.chain.put_mint(&other_mint, 6);
        let owner = scene.trader.owner();
        scene.world.chain.put_token(&TOKEN, &foreign_tokens, &foreign.exchange.mint, &owner, 1_000_000 * USD);
        let other_grants = None;
        let proposals = [None; 2];
        Self {
            scene,
            foreign,
            second,
            neighbour,
            other_provider,
            other_staker,
            stranger,
            other_grants,
            proposals,
            other_mint,
            foreign_tokens,
        }
    }

    /// Publishes a newer update for the first market without refreshing it.
    pub fn publish(&mut self, dollars: i64) {
        let market = self.scene.market;
        let quote = Quote::at(market.feed, dollars * DOLLAR, self.scene.world.chain.now());
        self.scene.world.publish(&market, &quote);
    }

    /// The account of another exchange that has this kind.
    pub fn of_another_exchange(&self, kind: Kind) -> Option<Address> {
        let foreign = &self.foreign;
        Some(match kind {
            Kind::Exchange => foreign.exchange.address,
            Kind::Fund => foreign.exchange.fund,
            Kind::Market => foreign.market.address,
            Kind::Queue => foreign.market.queue,
            Kind::Margin => foreign.trader.margin,
            Kind::LpShares => foreign.holder.shares,
            Kind::Stake => foreign.staker.shares,
            Kind::Wallet => self.foreign_tokens,
            Kind::Vault => foreign.exchange.vault,
            Kind::InsuranceVault => foreign.exchange.insurance_vault,
            Kind::Mint => foreign.exchange.mint,
            Kind::Oracle => foreign.market.oracle,
            Kind::Grant => return self.other_grants.map(|grants| grants[1]),
            Kind::Proposal => return self.proposals[0],
            Kind::Person | Kind::Payer | Kind::TokenProgram | Kind::SystemProgram => return None,
        })
    }

    /// The account of the same exchange that has this kind too.
    pub fn of_a_neighbour(&self, kind: Kind) -> Option<Address> {
        let exchange = &self.scene.world.exchange;
        Some(match kind {
            Kind::Person => self.neighbour.owner(),
            Kind::Market => self.second.address,
            Kind::Queue => self.second.queue,
            Kind::Margin => self.neighbour.margin,
            Kind::LpShares => self.other_provider.shares,
            Kind::Stake => self.other_staker.shares,
            Kind::Wallet => self.other_staker.tokens,
            Kind::Vault => exchange.insurance_vault,
            Kind::InsuranceVault => exchange.vault,
            Kind::Mint => self.other_mint,
            Kind::Oracle => self.second.oracle,
            Kind::Grant => return self.other_grants.map(|grants| grants[0]),
            Kind::Proposal => return self.proposals[1],
            Kind::Payer => self.stranger(),
            Kind::Exchange | Kind::Fund | Kind::TokenProgram | Kind::SystemProgram => return None,
        })
    }

    /// An account of the same owner that has another type.
    pub fn of_another_type(&self, kind: Kind) -> Option<Address> {
        Some(match kind {
            // The longest there is: nothing about it is too short.
            Kind::Exchange
            | Kind::Fund
            | Kind::Market
            | Kind::Margin
            | Kind::LpShares
            | Kind::Stake
            | Kind::Grant
            | Kind::Proposal => self.foreign.market.queue,
            Kind::Queue => self.neighbour.margin,
            Kind::Wallet | Kind::Vault | Kind::InsuranceVault => self.other_mint,
            Kind::Mint => self.neighbour.tokens,
            Kind::Oracle => self.foreign.market.address,
            Kind::Person | Kind::Payer | Kind::TokenProgram | Kind::SystemProgram => return None,
        })
    }

    /// Programs in place of this one.
    pub fn other_programs(kind: Kind) -> Vec<Address> {
        let system = plimsoll_client::instructions::SYSTEM_PROGRAM;
        let nobody = Address::new_from_array([77; 32]);
        match kind {
            Kind::TokenProgram => vec![TOKEN_2022, system, plimsoll_client::ID, nobody],
            Kind::SystemProgram => vec![TOKEN, TOKEN_2022, plimsoll_client::ID, nobody],
            _ => vec![],
        }
    }

    /// Somebody who has nothing to do with the exchange.
    pub fn stranger(&self) -> Address {
        self.stranger.pubkey()
    }
}
