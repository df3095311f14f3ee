//! Proposals, and the guardian's hold.

use plimsoll_engine::parameters::Parameters;
use solana_instruction::AccountMeta;

use super::{Build, SYSTEM_PROGRAM, encode, read, read_signer, write, write_signer};
use crate::wire::Address;

/// Proposes other parameters for a market.
#[derive(Clone, Debug)]
pub struct ProposeParameters {
    /// Admin of the exchange; pays.
    pub admin: Address,
    /// The exchange.
    pub exchange: Address,
    /// The market.
    pub market: Address,
    /// The proposal.
    pub proposal: Address,
    /// The parameters.
    pub parameters: Parameters,
}

impl Build for ProposeParameters {
    const NAME: &'static str = "propose_parameters";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            write_signer(self.admin),
            write(self.exchange),
            read(self.market),
            write(self.proposal),
            read(SYSTEM_PROGRAM),
        ]
    }

    fn data(&self) -> Vec<u8> {
        encode(41, &self.parameters)
    }
}

/// Proposes another admin, guardian or timelock.
#[derive(Clone, Debug)]
pub struct ProposeAuthority {
    /// Admin of the exchange; pays.
    pub admin: Address,
    /// The exchange.
    pub exchange: Address,
    /// The proposal.
    pub proposal: Address,
    /// A byte of [`change`](crate::state::change).
    pub what: u8,
    /// The new admin or guardian; zero otherwise.
    pub key: Address,
    /// The new timelock; zero otherwise.
    pub seconds: u32,
}

impl Build for ProposeAuthority {
    const NAME: &'static str = "propose_authority";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write_signer(self.admin), write(self.exchange), write(self.proposal), read(SYSTEM_PROGRAM)]
    }

    fn data(&self) -> Vec<u8> {
        encode(42, &(self.what, self.key, self.seconds))
    }
}

/// Executes a proposal of parameters.
#[derive(Clone, Debug)]
pub struct ChangeParameters {
    /// The exchange.
    pub exchange: Address,
    /// The market.
    pub market: Address,
    /// The proposal.
    pub proposal: Address,
    /// Who paid for the proposal.
    pub payer: Address,
}

impl Build for ChangeParameters {
    const NAME: &'static str = "change_parameters";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![read(self.exchange), write(self.market), write(self.proposal), write(self.payer)]
    }

    fn data(&self) -> Vec<u8> {
        encode(43, &())
    }
}

/// Executes a proposal of another admin, guardian or timelock.
#[derive(Clone, Debug)]
pub struct ChangeAuthority {
    /// The exchange.
    pub exchange: Address,
    /// The proposal.
    pub proposal: Address,
    /// Who paid for the proposal.
    pub payer: Address,
}

impl Build for ChangeAuthority {
    const NAME: &'static str = "change_authority";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write(self.exchange), write(self.proposal), write(self.payer)]
    }

    fn data(&self) -> Vec<u8> {
        encode(44, &())
    }
}

/// Cancels a proposal.
#[derive(Clone, Debug)]
pub struct CancelProposal {
    /// Admin or guardian; anybody for one that is expired or void.
    pub authority: Address,
    /// The exchange.
    pub exchange: Address,
    /// The proposal.
    pub proposal: Address,
    /// Who paid for the proposal.
    pub payer: Address,
}

impl Build for CancelProposal {
    const NAME: &'static str = "cancel_proposal";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![read_signer(self.authority), read(self.exchange), write(self.proposal), write(self.payer)]
    }

    fn data(&self) -> Vec<u8> {
        encode(45, &())
    }
}

/// The admin that was decided on accepts.
#[derive(Clone, Debug)]
pub struct AcceptAdmin {
    /// The new admin.
    pub pending_admin: Address,
    /// The exchange.
    pub exchange: Address,
}

impl Build for AcceptAdmin {
    const NAME: &'static str = "accept_admin";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![read_signer(self.pending_admin), write(self.exchange)]
    }

    fn data(&self) -> Vec<u8> {
        encode(46, &())
    }
}

/// Holds a market to a status for a time, or lets it go.
#[derive(Clone, Debug)]
pub struct TightenMarket {
    /// Guardian; or admin, to let go.
    pub authority: Address,
    /// The exchange.
    pub exchange: Address,
    /// The market.
    pub market: Address,
    /// One for reduce-only, two for halted, zero to let go.
    pub level: u8,
}

impl Build for TightenMarket {
    const NAME: &'static str = "tighten_market";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![read_signer(self.authority), read(self.exchange), write(self.market)]
    }

    fn data(&self) -> Vec<u8> {
        encode(47, &self.level)
    }
}
