//! `plimsoll up` from its start to its end, and again.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::venue::{Answered, integer, plimsoll};

/// A network in a process of its own.
struct Up {
    process: Child,
    described: Value,
}

impl Up {
    /// Starts it and waits until it says that it runs.
    fn start(folder: &Path, arguments: &str) -> Self {
        let mut command = plimsoll(&folder.join("unused.json"), &folder.join("id.json"));
        command.args(["up", "--any-port", "--slot", "100ms", "--json", "--state-dir"]).arg(folder.join("state"));
        command.args(arguments.split_whitespace());
        if let Some(built) = std::env::var_os("BPF_OUT_DIR") {
            command.env("PLIMSOLL_PROGRAM", Path::new(&built).join("plimsoll.so"));
        }
        let mut process = command.stdout(Stdio::piped()).spawn().expect("the binary runs");
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut text = String::new();
        for line in output.lines() {
            text.push_str(&line.expect("it is text"));
            text.push('\n');
            if let Ok(described) = serde_json::from_str(&text) {
                return Self { process, described };
            }
        }
        panic!("it ended before it ran: {:?}, {text}", process.wait());
    }

    /// Ends it as an operator would, and says its exit code.
    fn stop(mut self) -> Option<i32> {
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()));
        self.process.wait().expect("it ends").code()
    }
}

fn ask(folder: &Path, arguments: &str) -> Value {
    let mut command = plimsoll(&folder.join("state/network.json"), &folder.join("id.json"));
    let answered = Answered::of(&command.args(arguments.split_whitespace()).arg("--json").output().expect("it runs"));
    assert_eq!(answered.code, 0, "`{arguments}`: {}", answered.error);
    answered.json()
}

#[test]
fn a_network_has_a_keeper_that_executes_and_is_there_again_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let up = Up::start(folder, "--scenario calm --traders 0 --keepers 1");
    assert_eq!(up.described["keepers"].as_array().map(Vec::len), Some(1));
    assert_eq!(up.described["network"]["markets"].as_array().map(Vec::len), Some(3));
    ask(folder, "faucet --new-key");
    ask(folder, "account open");
    ask(folder, "account deposit 2000");
    let traded = ask(folder, "trade long BTC --size 0.01");
    assert_eq!(traded["orders"][0]["outcome"]["state"], json!("executed"), "{traded}");
    let before = ask(folder, "account show");
    assert_eq!(up.stop(), Some(0));

    let again = Up::start(folder, "--scenario calm --keepers 1");
    let after = ask(folder, "account show");
    assert_eq!(after["account"]["address"], before["account"]["address"]);
    assert_eq!(integer(&after["account"]["legs"][0]["lots"]), 1_000);
    assert_eq!(after["account"]["cash"], before["account"]["cash"]);
    let closed = ask(folder, "trade close BTC");
    assert_eq!(closed["orders"][0]["outcome"]["state"], json!("executed"), "{closed}");
    assert_eq!(again.stop(), Some(0));
}

/// The crash: the queues are emptied, and every token is where it belongs.
#[test]
fn a_crash_ends_with_empty_queues_and_balanced_books() {
    let folder = tempfile::tempdir().expect("a folder");
    let up = Up::start(folder.path(), "--scenario crash --traders 40 --keepers 2 --speed 120 --exit-after-crash");
    let mut process = up.process;
    assert_eq!(process.wait().expect("it ends").code(), Some(0));
}
