//! What account, event and error definitions are made of off chain. The program has its own module of this name.

use borsh::BorshDeserialize;
pub use bytemuck::{Pod, Zeroable};
use sha2::{Digest, Sha256};
pub use solana_address::Address;

/// The digest that the chain computes.
pub fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

/// The eight bytes that begin an account or an event.
pub fn discriminator(namespace: &str, name: &str) -> [u8; 8] {
    let digest = Sha256::digest(format!("{namespace}:{name}"));
    digest.first_chunk().copied().unwrap_or_default()
}

/// An account of the program.
pub trait AccountLayout: Pod {
    /// Its name, from which its discriminator follows.
    const NAME: &'static str;

    /// Bytes that an account of this type has.
    const LEN: usize = 8 + size_of::<Self>();

    /// Decodes an account's data; `None` when it is of another type or too short.
    fn decode(data: &[u8]) -> Option<Self> {
        let body = data.strip_prefix(&discriminator("account", Self::NAME))?;
        body.get(..size_of::<Self>()).map(bytemuck::pod_read_unaligned)
    }

    /// The data of an account with this content.
    fn encode(&self) -> Vec<u8> {
        [&discriminator("account", Self::NAME)[..], bytemuck::bytes_of(self)].concat()
    }
}

/// A log record of the program.
pub trait EventLayout: BorshDeserialize {
    /// Its name, from which its discriminator follows.
    const NAME: &'static str;

    /// Decodes a log record; `None` when it is another event.
    fn decode(data: &[u8]) -> Option<Self> {
        let mut body = data.strip_prefix(&discriminator("event", Self::NAME))?;
        Self::deserialize(&mut body).ok()
    }
}

/// An account: eight bytes of discriminator, then the fields as they stand in memory.
macro_rules! account {
    ($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Pod, Zeroable)]
        #[repr(C)]
        pub struct $name { $($body)* }

        impl crate::wire::AccountLayout for $name {
            const NAME: &'static str = stringify!($name);
        }
    };
}

/// A group of fields inside accounts.
macro_rules! part {
    ($($item:tt)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
        #[repr(C)]
        $($item)*
    };
}

/// A log record: eight bytes of discriminator, then the fields in Borsh.
macro_rules! event {
    ($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, borsh::BorshDeserialize)]
        #[allow(missing_docs)]
        pub struct $name { $($body)* }

        impl crate::wire::EventLayout for $name {
            const NAME: &'static str = stringify!($name);
        }
    };
}

/// The error enumeration; the first code is 6000.
macro_rules! errors {
    ($(#[$doc:meta])* pub enum $name:ident { $($variant:ident = $sentence:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = $sentence] $variant,)*
        }

        impl $name {
            /// All of them, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// What a person is told.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }

            /// The name clients know it by.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)* }
            }

            /// The number in a failed transaction.
            pub const fn code(self) -> u32 {
                6000 + self as u32
            }

            /// The error with a code.
            pub fn from_code(code: u32) -> Option<Self> {
                Self::ALL.iter().copied().find(|error| error.code() == code)
            }
        }
    };
}
