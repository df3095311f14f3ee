//! Flags before environment before file before defaults; secrets by path alone.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use clap::Parser;
use plimsoll_keeper::{
    config::{self, Commitment, Config, Flags, KEYS, PREFIX},
    job::Kind,
};
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer as _;
use toml::{Table, Value};

const EXAMPLE: &str = include_str!("../../../../deploy/keeper.example.toml");

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    flags: Flags,
}

fn flags(arguments: &[&str]) -> Flags {
    Line::parse_from(["keeper"].iter().chain(arguments)).flags
}

fn load(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Config, String> {
    let environment = environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Config::from_layers(&flags(arguments), environment, Table::new()).map_err(|error| error.to_string())
}

fn file(directory: &Path, name: &str, text: &str, mode: u32) -> String {
    let path = directory.join(name);
    std::fs::write(&path, text).expect("can be written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("is ours");
    path.display().to_string()
}

/// The dotted paths of a table's keys.
fn paths(table: &Table, prefix: &str) -> Vec<String> {
    let of = |(key, value): (&String, &Value)| match value {
        Value::Table(inner) => paths(inner, &format!("{prefix}{key}.")),
        _ => vec![format!("{prefix}{key}")],
    };
    table.iter().flat_map(of).collect()
}

#[test]
fn the_example_has_every_key_at_its_default() {
    let table: Table = EXAMPLE.parse().expect("is TOML");
    let commented = ["reward_account", "geyser.url", "geyser.token_path"];
    let elsewhere = ["config", "endpoints_file"];
    let mut named = paths(&table, "");
    named.extend(commented.map(String::from));
    let mut keys: Vec<_> =
        KEYS.iter().map(|(key, _)| (*key).to_owned()).filter(|key| !elsewhere.contains(&key.as_str())).collect();
    named.sort();
    keys.sort();
    assert_eq!(named, keys);
    for key in commented {
        assert!(EXAMPLE.contains(&format!("# {}", key.rsplit('.').next().expect("a part"))), "{key}");
    }
    let example = Config::parse(EXAMPLE).expect("is a configuration");
    let default = Config {
        endpoints: example.endpoints.clone(),
        exchange: example.exchange,
        keypair: example.keypair.clone(),
        state_dir: example.state_dir.clone(),
        ..Config::default()
    };
    assert_eq!(example, default);
    assert_eq!(example.check(), Ok(()));
}

#[test]
fn flags_go_before_environment_before_file_before_defaults() {
    let directory = tempfile::tempdir().expect("a directory");
    let told = file(
        directory.path(),
        "keeper.toml",
        "simulate = true\nmargin_index = 1\n[fees]\nmin_price = 11\nmax_price = 12\n",
        0o644,
    );
    let environment = [
        ("PLIMSOLL_KEEPER_CONFIG", told.as_str()),
        ("PLIMSOLL_KEEPER_FEES_MAX_PRICE", "22"),
        ("PLIMSOLL_KEEPER_FEES_MIN_PRICE", "21"),
    ];
    let config = load(&["--min-price", "31"], &environment).expect("is well");
    assert_eq!((config.fees.min_price, config.fees.max_price), (31, 22));
    assert_eq!(config.fees.unpaid_max_price, Config::default().fees.unpaid_max_price);
    assert!(config.simulate && config.margin_index == 1);
    let other = file(directory.path(), "other.toml", "margin_index = 2", 0o644);
    assert_eq!(load(&["--config", &other], &environment).expect("is well").margin_index, 2);
}

#[test]
fn every_variable_is_understood() {
    let values = |key: &str| match key {
        "endpoints" => "http://a:1,ws://a:2 https://b",
        "geyser.url" => "https://c",
        "exchange" | "reward_account" => "11111111111111111111111111111112",
        "peers" => "11111111111111111111111111111112,11111111111111111111111111111113",
        "oracles" => "11111111111111111111111111111114",
        "commitment" => "processed",
        "jobs" => "flag,liquidate",
        "simulate" | "dry_run" | "feed.split_snapshot" => "true",
        "metrics" => "off",
        "log.format" => "json",
        "keypair" | "geyser.token_path" | "state_dir" | "log.level" => "some/path",
        _ => "77",
    };
    let skipped = ["config", "endpoints_file"];
    let keys = KEYS.iter().map(|(key, _)| *key).filter(|key| !skipped.contains(key));
    let variables: Vec<(String, String)> =
        keys.map(|key| (format!("{PREFIX}{}", key.replace('.', "_").to_uppercase()), values(key).to_owned())).collect();
    let config = Config::from_layers(&Flags::default(), variables, Table::new()).expect("is understood");
    assert_eq!(
        config.endpoints.iter().map(|endpoint| endpoint.ws.as_str()).collect::<Vec<_>>(),
        ["ws://a:2", "wss://b/"]
    );
    assert_eq!(config.jobs, [Kind::Flag, Kind::Liquidate]);
    assert!(config.does(Kind::Flag) && !config.does(Kind::Mark));
    assert_eq!((config.commitment, config.metrics, config.peers.len()), (Commitment::Processed, None, 2));
    assert_eq!((config.nodes.backoff_s, config.send.grace_s, config.fees.stop_lamports), (77, 77, 77));
}

#[test]
fn keys_that_do_not_exist_are_named() {
    let directory = tempfile::tempdir().expect("a directory");
    for (text, key) in
        [("simulat = true", "simulat"), ("[fees]\nmax = 1", "max"), ("[[endpoints]]\nurl = \"http://a\"", "url")]
    {
        let path = file(directory.path(), "keeper.toml", text, 0o644);
        let error = load(&["--config", &path], &[]).expect_err("is wrong");
        assert!(error.contains(&format!("`{key}`")) && error.contains("keeper.toml"), "{error}");
    }
    let error = load(&[], &[("PLIMSOLL_KEEPER_FEE", "1")]).expect_err("is wrong");
    assert!(error.contains("PLIMSOLL_KEEPER_FEE"), "{error}");
}

/// Something that makes a configuration wrong.
type Change<'a> = &'a dyn Fn(&mut Config);

#[test]
fn nonsense_is_refused_in_sentences() {
    let table = |change: &dyn Fn(&mut Config)| {
        let mut config = Config::parse(EXAMPLE).expect("is a configuration");
        change(&mut config);
        config.check().map_err(|error| error.to_string())
    };
    let cases: [(Change, &str); 8] = [
        (&|config| config.endpoints.clear(), "no endpoint"),
        (&|config| config.exchange = Default::default(), "no exchange"),
        (&|config| config.jobs.clear(), "no job"),
        (&|config| config.fees.min_price = u64::MAX, "fees.max_price"),
        (&|config| config.fees.reward_share_percent = 101, "above 100"),
        (&|config| config.fees.stop_lamports = u64::MAX, "fees.floor_lamports"),
        (&|config| config.endpoints[0].ws = "http://a".into(), "ws"),
        (&|config| config.send.to = 0, "send.to"),
    ];
    for (change, part) in cases {
        let error = table(change).expect_err(part);
        assert!(error.contains(part), "{error}");
    }
    assert!(load(&[], &[("PLIMSOLL_KEEPER_JOBS", "steal")]).expect_err("is wrong").contains("steal"));
}

#[test]
fn secrets_are_taken_by_path_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let key = Keypair::new();
    let path = directory.path().join("keeper.json");
    write_keypair_file(&key, &path).expect("can be written");
    let array = std::fs::read_to_string(&path).expect("can be read");
    let base58 = key.to_base58_string();
    for secret in [array.as_str(), base58.as_str()] {
        let mut config = Config::parse(EXAMPLE).expect("is a configuration");
        config.keypair = secret.into();
        let error = config.check().expect_err("is a secret").to_string();
        assert!(error.contains("path of a file") && !error.contains(secret), "{error}");
    }
    let error = load(&["--config", &file(directory.path(), "a.toml", &format!("keypair = {array}"), 0o600)], &[]);
    assert!(!error.expect_err("is no path").contains(&array[1..20]));
    let error = load(&["--config", &file(directory.path(), "b.toml", &format!("keypair = \"{base58}"), 0o600)], &[]);
    let error = error.expect_err("is no TOML");
    assert!(!error.contains(&base58) && error.contains("line 1"), "{error}");
}

#[test]
fn files_that_others_can_read_are_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let key = Keypair::new();
    let path = directory.path().join("keeper.json");
    write_keypair_file(&key, &path).expect("can be written");
    for mode in [0o644, 0o640, 0o604] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("is ours");
        let error = config::keypair(&path).expect_err("can be read by others").to_string();
        assert!(error.contains("chmod 600") && error.contains(&format!("{mode:03o}")), "{error}");
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("is ours");
    assert_eq!(config::keypair(&path).expect("is private").pubkey(), key.pubkey());
    let broken = file(directory.path(), "broken.json", "[1, 2, 3]", 0o600);
    let error = config::keypair(Path::new(&broken)).expect_err("is too short").to_string();
    assert!(error.contains("64 bytes") && !error.contains("1, 2"), "{error}");
    assert!(config::keypair(directory.path()).is_err() && config::keypair(Path::new("/nowhere")).is_err());
}

#[test]
fn addresses_with_keys_stand_in_files() {
    let directory = tempfile::tempdir().expect("a directory");
    let keyed = [
        "https://node.example/?api-key=s3cret",
        "https://user:s3cret@node.example",
        "https://node.example/v2/abcdefghij0123456789",
    ];
    for url in keyed {
        let error = load(&["--endpoint", url], &[]).expect_err("carries a key");
        assert!(error.contains("file") && !error.contains("s3cret"), "{error}");
        let path = file(directory.path(), "node", &format!("{url}\nwss://node.example/s3cret\n"), 0o600);
        let config = load(&[], &[("PLIMSOLL_KEEPER_ENDPOINTS_FILE", &path)]).expect("is private");
        assert_eq!(config.endpoints[0].rpc, url);
        assert_eq!(format!("{:?}", config.endpoints[0]), "Endpoint(\"node.example\")");
    }
    let open = file(directory.path(), "open", keyed[0], 0o644);
    assert!(load(&[], &[("PLIMSOLL_KEEPER_ENDPOINTS_FILE", &open)]).expect_err("can be read").contains("chmod 600"));
}
