//! A description of a network that runs: where it answers, and which accounts are what. Written by whoever starts one;
//! the command line, keepers and the web app read it.

use std::{fmt, fs, io, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    house::House,
    instructions::{RefreshMarket, RefreshMarkets},
    wire::Address,
};

/// Name of the file in a state directory.
pub const FILE: &str = "network.json";
/// The version that this code writes, and the newest it reads.
pub const VERSION: u32 = 1;

/// A network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// Version of this description.
    pub version: u32,
    /// URL of JSON-RPC.
    pub rpc: String,
    /// URL of subscriptions.
    pub ws: String,
    /// URL where a local network takes commands to its oracles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
    /// The program.
    #[serde(with = "base58")]
    pub program: Address,
    /// The exchange.
    #[serde(with = "base58")]
    pub exchange: Address,
    /// Mint of the quote token.
    #[serde(with = "base58")]
    pub quote_mint: Address,
    /// Its token program.
    #[serde(with = "base58")]
    pub token_program: Address,
    /// The insurance fund.
    #[serde(with = "base58")]
    pub insurance_fund: Address,
    /// Who may mint the quote token: on a local network anybody, with the key that is published here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faucet: Option<Faucet>,
    /// Owner of the accounts with updates of first sources.
    #[serde(with = "base58")]
    pub oracle_program: Address,
    /// The markets, in the order of their indices.
    pub markets: Vec<NetworkMarket>,
}

/// The mint's authority on a local network. Its tokens are worth nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Faucet {
    /// The mint's authority. It has SOL to pay with.
    #[serde(with = "base58")]
    pub mint_authority: Address,
    /// Its key pair, 64 bytes as in a key file.
    pub secret_key: Vec<u8>,
}

/// A market of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkMarket {
    /// Its name, such as `SOL`.
    pub name: String,
    /// Its address.
    #[serde(with = "base58")]
    pub address: Address,
    /// Its liquidation queue.
    #[serde(with = "base58")]
    pub queue: Address,
    /// The feed of its first source.
    #[serde(with = "hex")]
    pub feed_id: [u8; 32],
    /// The account that always has that feed's newest update.
    #[serde(with = "base58")]
    pub oracle: Address,
    /// Accounts with its last updates, each overwritten in turn: whoever executes an order needs *the* update that it waits for.
    #[serde(default, with = "base58_list", skip_serializing_if = "Vec::is_empty")]
    pub ring: Vec<Address>,
    /// The account of the second source.
    #[serde(default, with = "base58_option", skip_serializing_if = "Option::is_none")]
    pub second: Option<Address>,
    /// `b`: a lot is `10^-b` of the base asset.
    pub base_decimals: i8,
    /// `t`: a tick is `10^-t` of the quote token.
    pub tick_decimals: i8,
}

/// Why a description cannot be read or written.
#[derive(Debug)]
pub enum NetworkError {
    /// The file cannot be read or written.
    File(String, io::Error),
    /// It is no description of a network.
    Malformed(String, serde_json::Error),
    /// A newer version of this software wrote it.
    Newer(String, u32),
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{path}: {error}"),
            Self::Malformed(path, error) => write!(f, "{path} does not describe a network: {error}"),
            Self::Newer(path, version) => {
                write!(f, "{path} has version {version}, and this software reads versions up to {VERSION}: update it")
            }
        }
    }
}

impl std::error::Error for NetworkError {}

/// What is read before anything else: other fields may differ in other versions.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl Network {
    /// Reads a description.
    pub fn read(path: &Path) -> Result<Self, NetworkError> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| NetworkError::File(name.clone(), error))?;
        Self::parse(&text, &name)
    }

    /// Reads a description from text that has this name.
    pub fn parse(text: &str, name: &str) -> Result<Self, NetworkError> {
        let malformed = |error| NetworkError::Malformed(name.to_owned(), error);
        let Versioned { version } = serde_json::from_str(text).map_err(malformed)?;
        if version > VERSION {
            return Err(NetworkError::Newer(name.to_owned(), version));
        }
        serde_json::from_str(text).map_err(malformed)
    }

    /// Writes it: a reader sees the old file or the new one.
    pub fn write(&self, path: &Path) -> Result<(), NetworkError> {
        let name = path.display().to_string();
        let text = serde_json::to_string_pretty(self).map_err(|error| NetworkError::Malformed(name.clone(), error))?;
        let aside = path.with_extension("json.new");
        let write = || fs::write(&aside, text + "\n").and_then(|()| fs::rename(&aside, path));
        write().map_err(|error| NetworkError::File(name, error))
    }

    /// A market by its name, in any case.
    pub fn market(&self, name: &str) -> Option<&NetworkMarket> {
        self.markets.iter().find(|market| market.name.eq_ignore_ascii_case(name))
    }

    /// A market by its address.
    pub fn market_at(&self, address: &Address) -> Option<&NetworkMarket> {
        self.markets.iter().find(|market| market.address == *address)
    }

    /// The accounts that all markets share.
    pub fn house(&self) -> House {
        House::at(self.exchange, self.quote_mint, self.token_program)
    }

    /// Takes newer prices for all markets.
    pub fn refresh(&self) -> RefreshMarkets {
        RefreshMarkets { markets: self.markets.iter().map(NetworkMarket::refresh).collect() }
    }
}

impl NetworkMarket {
    /// Takes newer prices from the accounts that are always overwritten.
    pub fn refresh(&self) -> RefreshMarket {
        RefreshMarket { market: self.address, oracle: Some(self.oracle), second: self.second }
    }
}

/// Addresses as people write them, for `#[serde(with = "...")]`.
pub mod base58 {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::wire::Address;

    /// Writes an address.
    pub fn serialize<S: Serializer>(address: &Address, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(address)
    }

    /// Reads one.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Address, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom(format!("`{text}` is no address")))
    }
}

mod base58_list {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::wire::Address;

    pub fn serialize<S: Serializer>(addresses: &[Address], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(addresses.iter().map(Address::to_string))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Address>, D::Error> {
        let read = |text: String| text.parse().map_err(|_| D::Error::custom(format!("`{text}` is no address")));
        Vec::deserialize(deserializer)?.into_iter().map(read).collect()
    }
}

mod base58_option {
    use serde::{Deserializer, Serializer};

    use crate::wire::Address;

    pub fn serialize<S: Serializer>(address: &Option<Address>, serializer: S) -> Result<S::Ok, S::Error> {
        match address {
            Some(address) => super::base58::serialize(address, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Address>, D::Error> {
        // Only called where the field is there.
        super::base58::deserialize(deserializer).map(Some)
    }
}

mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        read(text.strip_prefix("0x").unwrap_or(&text))
            .ok_or_else(|| D::Error::custom(format!("`{text}` is no feed id of 64 hexadecimal digits")))
    }

    fn read(digits: &str) -> Option<[u8; 32]> {
        let bytes =
            digits.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
        bytes.try_into().ok()
    }
}
