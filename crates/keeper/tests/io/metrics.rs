//! Metrics, the server that shows them, and the dashboard that reads them.

use std::{collections::BTreeSet, time::Duration};

use plimsoll_keeper::{job::Kind, metrics::Metrics, serve};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_util::sync::CancellationToken;

const DASHBOARD: &str = include_str!("../../../../deploy/grafana/plimsoll-keeper.json");

/// The metrics' names in a text.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    words.filter(|word| word.starts_with("plimsoll_keeper_")).map(str::to_owned).collect()
}

/// Everything, measured once.
fn measured() -> Metrics {
    let metrics = Metrics::new();
    metrics.sick("SOL", 2);
    metrics.queued("SOL", 3);
    metrics.scan(Duration::from_micros(70));
    metrics.signed(Duration::from_micros(90));
    metrics.landed_after(2);
    metrics.job(Kind::Flag, "landed");
    metrics.fee(Kind::Flag, 5_000);
    metrics.reward(Kind::Flag, 77);
    metrics.node("node", true, 5, Duration::from_millis(3));
    metrics.node_error("node", "stalled");
    metrics.not_worst_first();
    metrics
}

#[test]
fn the_dashboard_reads_what_there_is() {
    let known: BTreeSet<String> = measured().names().iter().cloned().collect();
    let mut read = BTreeSet::new();
    fn expressions(value: &serde_json::Value, read: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::String(text) => read.extend(names(text)),
            serde_json::Value::Array(items) => items.iter().for_each(|item| expressions(item, read)),
            serde_json::Value::Object(fields) => fields.values().for_each(|field| expressions(field, read)),
            _ => {}
        }
    }
    expressions(&serde_json::from_str(DASHBOARD).expect("is JSON"), &mut read);
    let unknown: Vec<_> = read.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    // And everything is shown, but for the sums and counts of histograms.
    let unread = known.difference(&read).filter(|name| !name.ends_with("_sum") && !name.ends_with("_count"));
    assert_eq!(unread.collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn names_are_those_of_the_text() {
    let metrics = measured();
    let text = metrics.text();
    let said: BTreeSet<String> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| names(line.split(['{', ' ']).next().unwrap_or("")))
        .collect();
    assert_eq!(said, metrics.names().iter().cloned().collect());
    let helped = text.lines().filter(|line| line.starts_with("# HELP")).count();
    let typed = text.lines().filter(|line| line.starts_with("# TYPE")).count();
    assert!(helped == typed && helped > 25, "{helped}");
    assert!(text.contains("plimsoll_keeper_jobs_total{kind=\"flag\",outcome=\"landed\"} 1"), "{text}");
}

async fn get(address: std::net::SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("listens");
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nhost: keeper\r\nconnection: close\r\n\r\n").as_bytes())
        .await
        .expect("reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answers");
    answer
}

#[tokio::test]
async fn the_server_shows_metrics_and_health() {
    let (metrics, shutdown) = (measured(), CancellationToken::new());
    let (address, task) =
        serve::spawn(([127, 0, 0, 1], 0).into(), metrics.clone(), shutdown.clone()).await.expect("binds");
    let shown = get(address, "/metrics").await;
    assert!(
        shown.starts_with("HTTP/1.1 200") && shown.contains("plimsoll_keeper_sick_accounts{market=\"SOL\"} 2"),
        "{shown}"
    );
    assert!(get(address, "/healthz").await.starts_with("HTTP/1.1 503"));
    metrics.healthy(1);
    metrics.synced(true);
    assert!(get(address, "/healthz").await.starts_with("HTTP/1.1 200"));
    metrics.interrupted();
    assert!(get(address, "/healthz").await.starts_with("HTTP/1.1 503"));
    assert!(get(address, "/elsewhere").await.starts_with("HTTP/1.1 404"));
    shutdown.cancel();
    task.await.expect("ends");
    assert!(TcpStream::connect(address).await.is_err());
}
