//! Whose fault a refusal is.

use plimsoll_client::{errors::PlimsollError, explain::Refusal};

use crate::job::Outcome;

/// Why a transaction was refused, as far as it matters to whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blame {
    /// Somebody else did it, or it is no longer needed.
    Taken,
    /// Another account goes first.
    Order,
    /// The wallet cannot pay.
    Funds,
    /// It was signed with a blockhash that the node does not know.
    Blockhash,
    /// It has landed already.
    Landed,
    /// It should not have been sent.
    Ours,
}

/// Refusals of what somebody else has done, or what has become unnecessary.
const TAKEN: [PlimsollError; 17] = [
    PlimsollError::PriceNotNewer,
    PlimsollError::NotLiquidatable,
    PlimsollError::NotQueued,
    PlimsollError::FlaggedElsewhere,
    PlimsollError::NoSuchOrder,
    PlimsollError::WrongTrigger,
    PlimsollError::ProtectionNotDue,
    PlimsollError::NoCapacity,
    PlimsollError::DeleveragingNotNeeded,
    PlimsollError::SettlementNotNeeded,
    PlimsollError::SettlementTooEarly,
    PlimsollError::NothingToSettle,
    PlimsollError::NothingOwed,
    PlimsollError::WrongFlagger,
    PlimsollError::WrongLeg,
    PlimsollError::QueueFull,
    PlimsollError::NotOutdated,
];

impl Blame {
    /// What a refusal means.
    pub fn of(refusal: &Refusal) -> Self {
        match refusal.name.as_str() {
            "InsufficientFundsForFee" | "InsufficientFundsForRent" => return Self::Funds,
            "BlockhashNotFound" => return Self::Blockhash,
            "AlreadyProcessed" => return Self::Landed,
            // The runtime adds which account it is.
            name if name.starts_with("InsufficientFundsForRent") => return Self::Funds,
            _ => {}
        }
        if refusal.is(PlimsollError::NotWorstFirst) {
            return Self::Order;
        }
        if TAKEN.iter().any(|error| refusal.is(*error)) { Self::Taken } else { Self::Ours }
    }
}

/// An outcome's name in metrics and logs.
pub fn label(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Landed { .. } => "landed",
        Outcome::Refused { refusal, on_chain } => match (Blame::of(refusal), on_chain) {
            (Blame::Taken, _) => "taken",
            (Blame::Order, _) => "order",
            (Blame::Funds, _) => "funds",
            (_, true) => "failed",
            (_, false) => "refused",
        },
        Outcome::WouldLand => "would_land",
        Outcome::Dropped(_) => "dropped",
        Outcome::Expired => "expired",
        Outcome::Unsent(_) => "unsent",
    }
}

#[cfg(test)]
mod tests {
    use solana_instruction::error::InstructionError;
    use solana_transaction_error::TransactionError;

    use super::*;

    fn refused(error: PlimsollError) -> Refusal {
        let error = InstructionError::Custom(error.code());
        Refusal::of(&TransactionError::InstructionError(0, error), Vec::new())
    }

    #[test]
    fn somebody_else_was_first() {
        assert_eq!(Blame::of(&refused(PlimsollError::NotQueued)), Blame::Taken);
        assert_eq!(Blame::of(&refused(PlimsollError::NotWorstFirst)), Blame::Order);
        assert_eq!(Blame::of(&refused(PlimsollError::MissingLeg)), Blame::Ours);
    }

    #[test]
    fn the_runtime_refuses_too() {
        let of = |error| Blame::of(&Refusal::of(&error, Vec::new()));
        assert_eq!(of(TransactionError::AccountNotFound), Blame::Funds);
        assert_eq!(of(TransactionError::InsufficientFundsForRent { account_index: 0 }), Blame::Funds);
        assert_eq!(of(TransactionError::BlockhashNotFound), Blame::Blockhash);
        assert_eq!(of(TransactionError::AlreadyProcessed), Blame::Landed);
        assert_eq!(of(TransactionError::AccountInUse), Blame::Ours);
    }
}
