//! The form of a plan's file.

use std::collections::BTreeMap;

use plimsoll_client::{
    Address,
    state::{ORACLE_NONE, ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD, OracleSource, TIMELOCK},
};
use serde::Deserialize;

use super::{
    Inputs, MarketPlan, Plan, PlanError,
    inputs::Lookup,
    parameters::{self, ParametersError},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    exchange: u32,
    admin: Option<String>,
    guardian: String,
    timelock: Option<u32>,
    quote_mint: String,
    token_program: String,
    #[serde(default)]
    inputs: BTreeMap<String, String>,
    #[serde(default, rename = "market")]
    markets: Vec<Market>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Market {
    name: String,
    parameters: String,
    oracle: Source,
    second: Option<Source>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    kind: Kind,
    program: String,
    feed: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    PythPull,
    PythLegacy,
    Switchboard,
}

/// Reads a plan's text.
pub(super) fn read(
    text: &str,
    inputs: &Inputs,
    parameters: impl Fn(&str) -> Result<String, PlanError>,
) -> Result<Plan, PlanError> {
    let file: File = toml::from_str(text)?;
    let lookup = Lookup::new(inputs, &file.inputs)?;
    let admin = file.admin.as_deref().map(|text| address(&lookup, "the admin", text)).transpose()?;
    let guardian = address(&lookup, "the guardian", &file.guardian)?;
    let quote_mint = address(&lookup, "the quote mint", &file.quote_mint)?;
    let token_program = address(&lookup, "the token program", &file.token_program)?;
    let mut markets = Vec::with_capacity(file.markets.len());
    for market in file.markets {
        let refused = |source: ParametersError| PlanError::Parameters { market: market.name.clone(), source };
        let parameters = parameters::parse(&parameters(&market.parameters)?).map_err(refused)?;
        let oracle = source(&lookup, &market.name, &market.oracle)?;
        let none = OracleSource::new(ORACLE_NONE, Address::default(), [0; 32]);
        let second = market.second.as_ref().map_or(Ok(none), |given| source(&lookup, &market.name, given))?;
        markets.push(MarketPlan { name: market.name, parameters, oracle, second });
    }
    lookup.require_all()?;
    let timelock = file.timelock.unwrap_or(*TIMELOCK.start());
    Ok(Plan { id: file.exchange, admin, guardian, timelock, quote_mint, token_program, markets })
}

/// An address; the zero address for an input that is missing, which is said at the end.
fn address(lookup: &Lookup, what: &str, text: &str) -> Result<Address, PlanError> {
    let Some(value) = lookup.value(text)? else { return Ok(Address::default()) };
    value.parse().map_err(|_| PlanError::NotAnAddress { what: what.to_owned(), value })
}

fn source(lookup: &Lookup, market: &str, source: &Source) -> Result<OracleSource, PlanError> {
    let program = address(lookup, &format!("the oracle program of {market}"), &source.program)?;
    let (kind, feed) = match source.kind {
        // The feed of a legacy price is its account.
        Kind::PythLegacy => {
            (ORACLE_PYTH_LEGACY, address(lookup, &format!("the feed of {market}"), &source.feed)?.to_bytes())
        }
        Kind::PythPull => (ORACLE_PYTH_PULL, digits(lookup, market, &source.feed)?),
        Kind::Switchboard => (ORACLE_SWITCHBOARD, digits(lookup, market, &source.feed)?),
    };
    Ok(OracleSource::new(kind, program, feed))
}

/// 32 bytes in hexadecimal, with or without `0x`.
fn digits(lookup: &Lookup, market: &str, text: &str) -> Result<[u8; 32], PlanError> {
    let Some(value) = lookup.value(text)? else { return Ok([0; 32]) };
    let refused = || PlanError::NotAFeed { what: market.to_owned(), value: value.clone() };
    let plain = value.strip_prefix("0x").unwrap_or(&value);
    let mut bytes = [0; 32];
    hex::decode_to_slice(plain, &mut bytes).map_err(|_| refused())?;
    Ok(bytes)
}
