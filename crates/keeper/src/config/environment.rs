//! What the environment says: a variable for each key, named after it.

use std::path::PathBuf;

use toml::{Table, Value};

use super::ConfigError;

/// What every variable of the keeper begins with.
pub const PREFIX: &str = "PLIMSOLL_KEEPER_";

/// What is written in a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
    /// Texts with commas between them.
    List,
    /// Pairs of addresses, `RPC,WS`, with blanks between them.
    Pairs,
}

/// The keys of a configuration. `fees.max_price` is `PLIMSOLL_KEEPER_FEES_MAX_PRICE` in the environment.
pub const KEYS: [(&str, Shape); 46] = [
    ("endpoints", Shape::Pairs),
    ("geyser.url", Shape::Text),
    ("geyser.token_path", Shape::Text),
    ("exchange", Shape::Text),
    ("keypair", Shape::Text),
    ("margin_index", Shape::Number),
    ("reward_account", Shape::Text),
    ("commitment", Shape::Text),
    ("jobs", Shape::List),
    ("simulate", Shape::Switch),
    ("dry_run", Shape::Switch),
    ("peers", Shape::List),
    ("oracles", Shape::List),
    ("work.refresh_s", Shape::Number),
    ("work.sweep_from", Shape::Number),
    ("work.flags_at_once", Shape::Number),
    ("work.liquidations_at_once", Shape::Number),
    ("max_accounts", Shape::Number),
    ("state_dir", Shape::Text),
    ("metrics", Shape::Text),
    ("fees.min_price", Shape::Number),
    ("fees.max_price", Shape::Number),
    ("fees.unpaid_max_price", Shape::Number),
    ("fees.reward_share_percent", Shape::Number),
    ("fees.atoms_per_sol", Shape::Number),
    ("fees.floor_lamports", Shape::Number),
    ("fees.stop_lamports", Shape::Number),
    ("send.queue", Shape::Number),
    ("send.in_flight", Shape::Number),
    ("send.to", Shape::Number),
    ("send.rebroadcast_ms", Shape::Number),
    ("send.quiet_slots", Shape::Number),
    ("send.grace_s", Shape::Number),
    ("feed.updates", Shape::Number),
    ("feed.stall_s", Shape::Number),
    ("feed.resync_s", Shape::Number),
    ("feed.snapshot_timeout_s", Shape::Number),
    ("feed.split_snapshot", Shape::Switch),
    ("nodes.timeout_ms", Shape::Number),
    ("nodes.behind_slots", Shape::Number),
    ("nodes.probe_ms", Shape::Number),
    ("nodes.backoff_s", Shape::Number),
    ("log.format", Shape::Text),
    ("log.level", Shape::Text),
    ("endpoints_file", Shape::Text),
    ("config", Shape::Text),
];

/// What was found.
pub(super) struct Environment {
    /// The keys that were set.
    pub(super) table: Table,
    /// The file that is named.
    pub(super) config: Option<PathBuf>,
    /// Where programs of this user keep their state.
    pub(super) state_dir: PathBuf,
}

/// Reads the variables of the keeper. One that it does not know is an error: it would be a setting that is ignored.
pub(super) fn read(variables: impl IntoIterator<Item = (String, String)>) -> Result<Environment, ConfigError> {
    let mut found = Environment { table: Table::new(), config: None, state_dir: PathBuf::from(".") };
    let mut home = None;
    let mut state = None;
    for (name, text) in variables {
        match name.as_str() {
            "HOME" => home = Some(PathBuf::from(text)),
            "XDG_STATE_HOME" if !text.is_empty() => state = Some(PathBuf::from(text)),
            _ => {
                let Some(suffix) = name.strip_prefix(PREFIX) else { continue };
                let key = KEYS.iter().find(|(key, _)| variable(key) == suffix);
                let (key, shape) = key.ok_or_else(|| ConfigError::Unknown(name.clone()))?;
                match *key {
                    "config" => found.config = Some(PathBuf::from(text)),
                    "endpoints_file" => put(&mut found.table, "endpoints", files(&text)),
                    key => put(&mut found.table, key, value(*shape, &name, &text)?),
                }
            }
        }
    }
    if let Some(directory) = state.or(home.map(|home| home.join(".local").join("state"))) {
        found.state_dir = directory;
    }
    Ok(found)
}

/// The end of a variable's name.
fn variable(key: &str) -> String {
    key.replace('.', "_").to_uppercase()
}

/// Puts a value at a dotted path.
pub(super) fn put(table: &mut Table, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            table.insert(path.into(), value);
        }
        Some((first, rest)) => {
            let inner = table.entry(first).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// Files that each name a node.
fn files(text: &str) -> Value {
    let file = |path: &str| Value::Table(Table::from_iter([("file".to_owned(), Value::from(path))]));
    Value::Array(text.split(',').map(file).collect())
}

/// A node by `RPC` or `RPC,WS`.
pub(super) fn pair(text: &str) -> Value {
    let (rpc, ws) = text.split_once(',').unwrap_or((text, ""));
    Value::Table(Table::from_iter([("rpc".to_owned(), Value::from(rpc)), ("ws".to_owned(), Value::from(ws))]))
}

/// The value that a text means. It is not repeated in errors: it may be a secret in the wrong place.
fn value(shape: Shape, name: &str, text: &str) -> Result<Value, ConfigError> {
    let wrong = |what: &str| ConfigError::Invalid(format!("{name} must be {what}"));
    match shape {
        Shape::Text => Ok(Value::from(text)),
        Shape::Number => text.parse::<i64>().map(Value::from).map_err(|_| wrong("a whole number")),
        Shape::Switch => text.parse::<bool>().map(Value::from).map_err(|_| wrong("true or false")),
        Shape::List => {
            Ok(Value::Array(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect()))
        }
        Shape::Pairs => Ok(Value::Array(text.split_whitespace().map(pair).collect())),
    }
}
