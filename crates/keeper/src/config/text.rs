//! From text to values: TOML tables, addresses, lists.

use std::{fmt::Display, net::SocketAddr, path::Path, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error};
use toml::{Table, Value};

use super::ConfigError;
use crate::job::Kind;

/// The table in a file.
pub(super) fn file(path: &Path) -> Result<Table, ConfigError> {
    let shown = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable(shown.clone(), error.to_string()))?;
    let table = parse(&text).map_err(|error| error.within(&shown))?;
    // A mistake in the file is reported as the file's, whatever overrides it.
    let checked: Result<super::Config, _> = table.clone().try_into();
    checked.map_err(|error: toml::de::Error| ConfigError::Invalid(error.message().into()).within(&shown))?;
    Ok(table)
}

/// The table in a text. The line of an error is named, not shown: it may hold a secret.
pub(super) fn parse(text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        ConfigError::Invalid(format!("line {line}: {}", error.message()))
    })
}

/// Puts one table over another; tables in tables are merged, everything else is replaced.
pub(super) fn merge(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

/// Something that is written as text.
pub(super) fn parsed<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|error| D::Error::custom(format!("{text} is not what is expected: {error}")))
}

/// The same, or nothing.
pub(super) fn optional<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    parsed(deserializer).map(Some)
}

/// Several of them.
pub(super) fn list<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    let texts = Vec::<String>::deserialize(deserializer)?;
    let parsed = texts
        .iter()
        .map(|text| text.parse().map_err(|error| D::Error::custom(format!("{text} is not what is expected: {error}"))));
    parsed.collect()
}

/// Where a server listens; `off` if there is none.
pub(super) fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == "off" {
        return Ok(None);
    }
    let parsed =
        text.parse().map_err(|_| D::Error::custom(format!("{text} is neither an address with a port nor `off`")));
    parsed.map(Some)
}

/// Kinds of work by their names.
pub(super) fn kinds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Kind>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let mut kinds = Vec::with_capacity(names.len());
    for name in names {
        let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        let known = Kind::ALL.map(Kind::name).join(", ");
        let kind = found.ok_or_else(|| D::Error::custom(format!("there is no job {name}; jobs are {known}")))?;
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}
