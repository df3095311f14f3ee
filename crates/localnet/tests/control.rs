//! Commands from another process.

use plimsoll_localnet::{Fault, Reading, Remote, RemoteError, Sources};

use crate::start;

async fn sol(remote: &Remote) -> Reading {
    let readings = remote.readings().await.expect("it answers");
    readings.into_iter().find(|reading| reading.market == "SOL").expect("there is SOL")
}

#[tokio::test]
async fn commands_over_http_reach_the_oracles() {
    let localnet = start().await;
    let url = localnet.network().control.clone().expect("a local network takes commands");
    let remote = Remote::at(&url);
    let quiet = sol(&remote).await;
    assert_eq!((quiet.first_stalled, quiet.has_second, quiet.scale), (false, true, 1.0));
    remote.fault("SOL", Fault::Stall { sources: Sources::First, seconds: None }).await.expect("it obeys");
    let reading = sol(&remote).await;
    assert_eq!((reading.first_stalled, reading.second_stalled), (true, false));
    remote.fault("sol", Fault::BadPrint { factor: 0.5, updates: 3 }).await.expect("it obeys");
    assert_eq!(sol(&remote).await.bad_prints_left, 3, "none is used up while it is silent");
    remote.fault("SOL", Fault::Disagreement { factor: 0.9, seconds: Some(600.0) }).await.expect("it obeys");
    assert_eq!(sol(&remote).await.second_factor, Some(0.9));
    remote.fault("SOL", Fault::Gap { factor: 0.8 }).await.expect("it obeys");
    remote.resume("SOL").await.expect("it obeys");
    let reading = sol(&remote).await;
    assert_eq!((reading.first_stalled, reading.bad_prints_left, reading.second_factor), (false, 0, None));
    assert_eq!(reading.scale, 0.8, "a jump stays");
    let here = localnet.oracles().readings().into_iter().find(|reading| reading.market == "SOL").expect("the same");
    assert_eq!(Reading { newest: None, ..reading }, Reading { newest: None, ..here });
    let refused =
        remote.fault("BTC", Fault::Disagreement { factor: 0.9, seconds: None }).await.expect_err("it has one");
    assert_eq!(refused.to_string(), "BTC has no second source that could disagree or stall");
    assert!(remote.save().await.is_err_and(|error| error.to_string() == "this network has no state directory"));
    localnet.stop().await.expect("it stops");
    assert!(matches!(remote.readings().await, Err(RemoteError::Silent(..))), "it has ended");
}

#[tokio::test]
async fn pages_of_other_sites_cannot_command() {
    let localnet = start().await;
    let url = localnet.network().control.clone().expect("a local network takes commands");
    // A page in a browser cannot send JSON here without being asked whether it may, and is not allowed.
    let request = reqwest::Client::new().post(format!("{url}/oracles/SOL/fault"));
    let plain = request.body(r#"{"fault":"gap","factor":0.5}"#).send().await.expect("it answers");
    assert_eq!(plain.status(), 415);
    assert!(localnet.oracles().readings().iter().all(|reading| reading.scale == 1.0));
    localnet.stop().await.expect("it stops");
}
