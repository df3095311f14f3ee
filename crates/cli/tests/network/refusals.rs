//! Exit codes, and the sentence with every refusal.

use serde_json::{Value, json};

use crate::venue::{Venue, integer};

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_failure_has_its_exit_code_and_a_sentence() {
    let venue = Venue::start().await;
    let no_key = venue.run("account show --json").await;
    assert_eq!((no_key.code, no_key.failure()["error"].clone()), (4, json!("NotFound")));
    venue.json("faucet --new-key --amount 100").await;
    let no_account = venue.run("account deposit 50 --json").await;
    assert_eq!(no_account.code, 4);
    assert!(
        no_account.failure()["sentence"].as_str().is_some_and(|sentence| sentence.contains("plimsoll account open"))
    );
    venue.json("account open").await;
    venue.json("account deposit 50").await;

    // 1: the program, or before it the wallet, refuses.
    let poor = venue.run("account deposit 51 --json").await;
    assert_eq!((poor.code, poor.failure()["error"].clone()), (1, json!("InsufficientFunds")));
    let too_much = venue.run("account withdraw 51 --json").await;
    assert_eq!((too_much.code, too_much.failure()["error"].clone()), (1, json!("InsufficientCash")));
    let too_large = venue.run("trade long SOL --size 1000000 --json").await;
    assert_eq!((too_large.code, too_large.failure()["exitCode"].clone()), (1, json!(1)));

    // 2: what is typed is no amount of this market, or no command.
    for typed in [
        "trade long SOL --size 0.0001",
        "trade long SOL --size 0",
        "trade long SOL",
        "trade sideways SOL",
        "account deposit 0.0000001",
    ] {
        let usage = venue.run(typed).await;
        assert_eq!(usage.code, 2, "`{typed}`: {}", usage.error);
    }
    let fine = venue.run("trade long SOL --size 0.0001").await;
    assert!(fine.error.contains("0.001, the smallest step"), "{}", fine.error);
    let wrong_side = venue.run("trade long SOL --risk 10 --stop 210").await;
    assert_eq!(wrong_side.code, 2);

    // 3: nobody answers.
    let nobody = venue.run("market --url http://127.0.0.1:9").await;
    assert_eq!(nobody.code, 3, "{}", nobody.error);

    // 4: there is no such thing.
    for missing in ["market DOGE", "trade close SOL", "trade cancel 77", "--network /nowhere.json market"] {
        let answered = venue.run(missing).await;
        assert_eq!(answered.code, 4, "`{missing}`: {}", answered.error);
    }
    let unknown = venue.run("market DOGE").await;
    assert!(unknown.error.contains("BTC, ETH, SOL"), "{}", unknown.error);
    venue.localnet.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_fails_says_why_and_exits_with_one() {
    let venue = Venue::start().await;
    venue.enter(1_000).await;
    // A limit below the price is never met by a buyer.
    let failed = venue.run("trade long SOL --size 1 --limit 199 --json").await;
    assert_eq!(failed.code, 1, "{}", failed.error);
    let order = &failed.json()["orders"][0];
    let outcome = &order["outcome"];
    assert_eq!((outcome["state"].clone(), outcome["error"].clone()), (json!("failed"), json!("LimitNotMet")));
    assert_eq!(failed.failure()["error"], json!("LimitNotMet"));
    // The quote knew.
    let quote = venue.run("quote long SOL --size 1 --limit 199 --json").await;
    assert_eq!(quote.code, 1);
    let quoted = quote.json();
    assert_eq!(quoted["refusal"]["name"], json!("LimitNotMet"));
    assert_eq!(quoted["refusedAt"], json!("execution"));
    assert_eq!(quoted["after"], Value::Null);
    // Its fee is gone.
    let cash = integer(&venue.json("account show").await["account"]["cash"]);
    assert_eq!(cash, 1_000_000_000 - integer(&order["fee"]));
    // For people it is one sentence.
    let again = venue.run("trade long SOL --size 1 --limit 199").await;
    assert!(again.error.contains("The fill price is worse than the order's limit."), "{}", again.error);
    assert!(again.text.contains("failed:"), "{}", again.text);
    venue.localnet.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_needs_no_account() {
    let venue = Venue::start().await;
    let quote = venue.run("quote short BTC --size 0.01 --json").await;
    // The pool's terms are known; that nobody can pay for them is the refusal.
    let quoted = quote.json();
    assert_eq!((quote.code, quoted["account"].clone()), (1, Value::Null));
    assert_eq!(integer(&quoted["fill"]["lots"]), -1_000);
    assert!(quoted["refusal"]["sentence"].is_string());
    venue.localnet.stop().await.expect("it stops");
}
