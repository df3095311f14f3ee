//! A network, a wallet, and the binary.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use plimsoll_localnet::{Feed, Localnet, Options};
use serde_json::Value;
use tempfile::TempDir;

use crate::chores::Chores;

/// Prices that stand still: a quote is then what the next update executes at.
const FLAT: &str = r#"{
    "name": "flat", "source": "Made up.", "markets": {
        "BTC": { "points": [[0, 100000.0, 0], [10, 100000.0, 0]] },
        "ETH": { "points": [[0, 4000.0, 0], [10, 4000.0, 0]] },
        "SOL": { "points": [[0, 200.0, 0], [10, 200.0, 0]] }
    }
}"#;

/// Everything that a test needs.
pub struct Venue {
    pub localnet: Localnet,
    folder: TempDir,
    _chores: Chores,
}

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(180);

/// Waits until something is so.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(tokio::time::Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The binary with a network and a key, and nothing else of this machine's settings.
pub fn plimsoll(network: &Path, key: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    for name in ["PLIMSOLL_URL", "PLIMSOLL_WS", "PLIMSOLL_EXCHANGE", "PLIMSOLL_INDEX"] {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1").env("PLIMSOLL_NETWORK", network).env("PLIMSOLL_KEYPAIR", key);
    command
}

/// What a command answered.
pub struct Answered {
    pub code: i32,
    pub text: String,
    pub error: String,
}

impl Venue {
    /// A network whose prices stand still, with somebody who refreshes and executes.
    pub async fn start() -> Self {
        let built = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/deploy");
        let program = std::env::var_os("BPF_OUT_DIR").map_or(built, PathBuf::from).join("plimsoll.so");
        assert!(program.exists(), "{} is missing: `make build`", program.display());
        let feed = Feed::parse(FLAT, "flat").expect("it is a scenario");
        let options = Options { program, slot: Duration::from_millis(100), feed, ..Options::default() };
        let localnet = Localnet::start(options).await.expect("it starts");
        let folder = tempfile::tempdir().expect("a folder");
        localnet.network().write(&folder.path().join("network.json")).expect("it is written");
        let chores = Chores::start(&localnet).await;
        Self { localnet, folder, _chores: chores }
    }

    /// Runs the binary with the network and the wallet of this test.
    pub async fn run(&self, arguments: &str) -> Answered {
        let words: Vec<String> = arguments.split_whitespace().map(str::to_owned).collect();
        let folder = self.folder.path();
        let mut command = plimsoll(&folder.join("network.json"), &folder.join("id.json"));
        command.args(&words);
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("no panic");
        Answered::of(&output.expect("the binary runs"))
    }

    /// The same, which must succeed; answers in JSON.
    pub async fn json(&self, arguments: &str) -> Value {
        let answered = self.run(&format!("{arguments} --json")).await;
        assert_eq!(answered.code, 0, "`{arguments}`: {}", answered.error);
        answered.json()
    }

    /// A wallet with money and an account with a deposit.
    pub async fn enter(&self, deposit: u64) {
        self.json(&format!("faucet --new-key --amount {}", deposit * 2)).await;
        self.json("account open").await;
        self.json(&format!("account deposit {deposit}")).await;
    }
}

impl Answered {
    /// What the binary wrote.
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code().unwrap_or(-1), text: text(&output.stdout), error: text(&output.stderr) }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The name of the failure.
    pub fn failure(&self) -> Value {
        let line = self.error.lines().last().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {}", self.error))
    }
}

/// A 64-bit integer of an answer.
pub fn integer(value: &Value) -> i64 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no string"));
    text.parse().unwrap_or_else(|_| panic!("{text} is no integer"))
}
