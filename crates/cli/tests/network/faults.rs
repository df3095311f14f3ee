//! What everybody can look at, and faults of the oracles on command.

use serde_json::json;

use crate::venue::{Venue, integer, until};

#[tokio::test(flavor = "multi_thread")]
async fn markets_insurance_queues_and_parameters_are_shown() {
    let venue = Venue::start().await;
    let markets = venue.json("market").await;
    let names: Vec<_> =
        markets["markets"].as_array().expect("a list").iter().map(|market| market["name"].clone()).collect();
    assert_eq!(names, [json!("BTC"), json!("ETH"), json!("SOL")]);
    let detail = venue.json("market sol-perp").await;
    assert_eq!(detail["price"], json!("200000"));
    assert_eq!((detail["priceDecimals"].clone(), detail["sizeDecimals"].clone()), (json!(3), json!(3)));
    assert!(detail["sources"].as_array().is_some_and(|sources| !sources.is_empty()));
    assert_eq!(detail["breakers"].as_array().map(Vec::len), Some(6));
    let text = venue.run("market SOL").await;
    assert!(text.text.contains("200.000") && text.text.contains("net asset value"), "{}", text.text);

    let insurance = venue.json("insurance").await;
    assert_eq!(
        integer(&insurance["fund"]["total"]),
        integer(&insurance["fund"]["shared"]) + integer(&insurance["fund"]["own"])
    );
    assert_eq!(insurance["fund"]["markets"].as_array().map(Vec::len), Some(3));
    let queues = venue.json("liquidations SOL").await;
    assert_eq!(queues["markets"][0]["queue"]["rows"], json!([]));
    let parameters = venue.json("params SOL").await;
    let exponent =
        parameters["parameters"].as_array().expect("a list").iter().find(|row| row["name"] == "tick_exponent");
    assert_eq!(exponent.map(|row| row["value"].clone()), Some(json!("3")));
    assert!(venue.run("params SOL --raw").await.text.contains("ppm"));

    let frame = venue.run("watch --once").await;
    assert_eq!(frame.code, 0, "{}", frame.error);
    for shown in ["Markets", "BTC", "SOL", "200.000", "Account", "queued", "live"] {
        assert!(frame.text.contains(shown), "{shown}: {}", frame.text);
    }
    assert!(!frame.text.contains('\x1b'), "no escapes in text");
    venue.localnet.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn oracles_fail_on_command() {
    let venue = Venue::start().await;
    let of = |readings: &serde_json::Value| {
        let all = readings["readings"].as_array().expect("a list").clone();
        all.into_iter().find(|reading| reading["market"] == "SOL").expect("SOL")
    };
    venue.json("oracle stall SOL").await;
    assert_eq!(of(&venue.json("oracle show").await)["firstStalled"], json!(true));
    venue.json("oracle resume sol").await;
    assert_eq!(of(&venue.json("oracle show").await)["firstStalled"], json!(false));
    venue.json("oracle gap SOL 0.9").await;
    assert_eq!(of(&venue.json("oracle show").await)["scale"], json!("0.9"));
    // The market takes it.
    until("the market's price", async || integer(&venue.json("market SOL").await["price"]) == 180_000).await;
    let unknown = venue.run("oracle stall DOGE --json").await;
    assert_eq!(unknown.code, 1, "{}", unknown.error);
    assert_eq!(venue.run("oracle gap SOL 0").await.code, 2);
    venue.localnet.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn completions_are_written_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(["completions", shell]).output();
        let output = output.expect("the binary runs");
        assert!(output.status.success());
        assert!(String::from_utf8_lossy(&output.stdout).contains("take-profit"), "{shell}");
    }
}
