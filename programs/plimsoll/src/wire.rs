//! What account, event and error definitions are made of here, on chain.
//!
//! The same definition files are compiled by the client with its own `wire`, without Anchor: layouts have one source.

pub use anchor_lang::prelude::*;
pub use bytemuck::{Pod, Zeroable};

/// An account: eight bytes of discriminator, then the fields as they stand in memory.
macro_rules! account {
    ($($item:tt)*) => {
        #[anchor_lang::prelude::account]
        #[derive(Debug)]
        $($item)*
    };
}

/// A group of fields inside accounts.
macro_rules! part {
    ($($item:tt)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType)]
        #[repr(C)]
        $($item)*
    };
}

/// A log record: eight bytes of discriminator, then the fields in Borsh.
macro_rules! event {
    ($($item:tt)*) => {
        #[anchor_lang::prelude::event]
        $($item)*
    };
}

/// The error enumeration; the first code is 6000.
macro_rules! errors {
    ($(#[$doc:meta])* pub enum $name:ident { $($variant:ident = $sentence:literal,)* }) => {
        $(#[$doc])*
        #[anchor_lang::prelude::error_code]
        #[derive(Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $sentence] #[msg($sentence)] $variant,)*
        }
    };
}
