//! The programs whose accounts are taken for prices. Whoever could name another one would set prices (ADR 37).
//! This file is also compiled by the client.

use crate::{
    state::{ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD},
    wire::Address,
};

/// Receiver of Pyth's first set of programs.
pub const PYTH_RECEIVER: Address = Address::from_str_const("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ");
/// Receiver of the second set.
pub const PYTH_RECEIVER_PRO: Address = Address::from_str_const("rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp");
/// Pyth's oracle program on mainnet, before the receivers.
pub const PYTH_LEGACY: Address = Address::from_str_const("FsJ3A3u2vn5cTVofAjvy6y5kwABJAqYWpe4975bi2epH");
/// Switchboard On-Demand on mainnet.
pub const SWITCHBOARD: Address = Address::from_str_const("SBondMDrcV3K4kxZR1HNVT7osZxAHVHgYXL5Ze1oMUv");
/// Switchboard's own queue of oracles on mainnet: anybody may open another one, with oracles of his own.
pub const SWITCHBOARD_QUEUE: Address = Address::from_str_const("A43DyUGA7s8eXPxqEjJY6EBu1KKbNgfxF8h17VAHn13w");

/// Whether accounts of `program` are taken for an oracle of this kind.
pub fn is_known(kind: u8, program: &Address) -> bool {
    match kind {
        ORACLE_PYTH_PULL => *program == PYTH_RECEIVER || *program == PYTH_RECEIVER_PRO,
        ORACLE_PYTH_LEGACY => *program == PYTH_LEGACY,
        ORACLE_SWITCHBOARD => *program == SWITCHBOARD,
        _ => false,
    }
}
