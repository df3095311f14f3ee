//! What the admin and the guardian do, and who executes it.

use plimsoll_client::{
    Address, addresses,
    engine::{market::status, parameters::Parameters},
    instructions::{
        AcceptAdmin, CancelProposal, ChangeAuthority, ChangeParameters, ProposeAuthority, ProposeParameters,
        TightenMarket,
    },
    state::{Proposal, change},
    wire::AccountLayout,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{Outcome, World, cookies::MarketCookie};

impl World {
    /// The address of the next proposal.
    pub fn next_proposal(&self) -> Address {
        addresses::proposal(&self.exchange.address, self.ledger.exchange.map_or(0, |exchange| exchange.proposals))
    }

    /// The instruction by which the admin proposes parameters.
    pub fn propose(&self, market: &MarketCookie, parameters: Parameters) -> ProposeParameters {
        ProposeParameters {
            admin: self.exchange.admin.pubkey(),
            exchange: self.exchange.address,
            market: market.address,
            proposal: self.next_proposal(),
            parameters,
        }
    }

    /// The instruction by which the admin proposes an authority.
    pub fn propose_authority(&self, what: u8, key: Address, seconds: u32) -> ProposeAuthority {
        let proposal = self.next_proposal();
        let (admin, exchange) = (self.exchange.admin.pubkey(), self.exchange.address);
        ProposeAuthority { admin, exchange, proposal, what, key, seconds }
    }

    /// The instruction by which anybody executes a proposal of parameters.
    pub fn change_parameters(&self, market: &MarketCookie, proposal: Address) -> ChangeParameters {
        let payer = self.exchange.admin.pubkey();
        ChangeParameters { exchange: self.exchange.address, market: market.address, proposal, payer }
    }

    /// The instruction by which anybody executes a proposal of an authority.
    pub fn change_authority(&self, proposal: Address) -> ChangeAuthority {
        ChangeAuthority { exchange: self.exchange.address, proposal, payer: self.exchange.admin.pubkey() }
    }

    /// The instruction by which somebody cancels a proposal.
    pub fn cancel_proposal(&self, authority: &Keypair, proposal: Address) -> CancelProposal {
        let (authority, payer) = (authority.pubkey(), self.exchange.admin.pubkey());
        CancelProposal { authority, exchange: self.exchange.address, proposal, payer }
    }

    /// The instruction by which a new admin accepts.
    pub fn accept_admin(&self, key: &Keypair) -> AcceptAdmin {
        AcceptAdmin { pending_admin: key.pubkey(), exchange: self.exchange.address }
    }

    /// The instruction by which the guardian holds a market to a level.
    pub fn tighten(&self, market: &MarketCookie, level: u8) -> TightenMarket {
        let authority = self.exchange.guardian.pubkey();
        TightenMarket { authority, exchange: self.exchange.address, market: market.address, level }
    }

    /// The guardian halts a market.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn halt(&mut self, market: &MarketCookie) -> Outcome {
        let guardian = self.exchange.guardian.insecure_clone();
        self.send(&self.tighten(market, status::HALTED), &[&guardian]).await
    }

    /// The admin proposes something.
    pub async fn proposed(&mut self, market: &MarketCookie, parameters: Parameters) -> Address {
        let (admin, propose) = (self.exchange.admin.insecure_clone(), self.propose(market, parameters));
        self.send(&propose, &[&admin]).await.ok();
        propose.proposal
    }

    /// The admin proposes another authority.
    pub async fn proposed_authority(&mut self, what: u8, key: Address, seconds: u32) -> Address {
        let (admin, propose) = (self.exchange.admin.insecure_clone(), self.propose_authority(what, key, seconds));
        self.send(&propose, &[&admin]).await.ok();
        propose.proposal
    }

    /// The admin proposes another admin, and anybody executes it after the timelock.
    pub async fn decided_admin(&mut self, key: Address) {
        let proposal = self.proposed_authority(change::ADMIN, key, 0).await;
        self.until_ready(&proposal).await;
        self.send(&self.change_authority(proposal), &[]).await.ok();
    }

    /// A proposal as it is stored.
    pub async fn proposal(&mut self, address: &Address) -> Proposal {
        let account = self.chain.account(address).await.expect("the proposal exists");
        Proposal::decode(&account.data).expect("is a proposal")
    }

    /// Time passes until a proposal is ready.
    pub async fn until_ready(&mut self, address: &Address) {
        let ready = self.proposal(address).await.ready_at;
        self.chain.advance(ready - self.chain.now(), 1_000).await;
    }
}
