//! The shape of every answer, as `docs/cli.md` has it: no field goes or comes without a word there.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::venue::Venue;

const DOCS: &str = include_str!("../../../../docs/cli.md");

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap_or_else(|| panic!("{value} is no object")).keys().map(String::as_str).collect()
}

/// The fields that the table of answers names in the row that begins with a command.
fn documented(command: &str) -> BTreeSet<&'static str> {
    let (_, json) = DOCS.split_once("\n## JSON\n").expect("a section on JSON");
    let row = json.lines().find(|line| line.starts_with(&format!("| `{command}`")));
    let row = row.unwrap_or_else(|| panic!("docs/cli.md has no row for {command}"));
    let answer = row.split(" | ").nth(1).expect("two columns");
    answer.split('`').skip(1).step_by(2).collect()
}

/// No number of an answer is a float, and none is too large for JSON.
fn require_exact(value: &Value) {
    match value {
        Value::Number(number) => {
            let whole = number.as_i64().unwrap_or_else(|| panic!("{number} is a float"));
            assert!(whole.unsigned_abs() <= u64::from(u32::MAX), "{whole} should be a string");
        }
        Value::Array(list) => list.iter().for_each(require_exact),
        Value::Object(fields) => fields.values().for_each(require_exact),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_documented_fields() {
    let venue = Venue::start().await;
    venue.enter(2_000).await;
    let traded = venue.json("trade long SOL --size 10").await;
    venue.json("trade stop SOL --price 150").await;
    let answers = [
        ("params", venue.json("params SOL").await),
        ("account open", venue.json("account open").await),
        ("account show", venue.json("account show").await),
        ("account list", venue.json("account list").await),
        ("account deposit", venue.json("account deposit 1").await),
        ("account withdraw", venue.json("account withdraw 1").await),
        ("trade", traded.clone()),
        ("trade orders", venue.json("trade orders").await),
        ("trade cancel", venue.json("trade cancel --all").await),
        ("quote", venue.json("quote long SOL --size 1").await),
        ("size", venue.json("size ETH --risk 10 --stop 3900").await),
        ("liquidations", venue.json("liquidations").await),
        ("insurance", venue.json("insurance").await),
        ("oracle show", venue.json("oracle show").await),
        ("faucet", venue.json("faucet").await),
        ("market", venue.json("market").await),
    ];
    for (command, answer) in &answers {
        assert_eq!(keys(answer), documented(command), "{command}");
        require_exact(answer);
    }
    // One market has the fields of the list's rows, and the documented ones beside them.
    let detail = venue.json("market SOL").await;
    let listed = &answers.last().expect("the list").1["markets"][0];
    let both: BTreeSet<_> = keys(listed).union(&documented("market MARKET")).copied().collect();
    assert_eq!(keys(&detail), both);
    require_exact(&detail);
    let order = &traded["orders"][0];
    assert!(keys(order).iter().all(|field| DOCS.contains(&format!("`{field}`"))), "{order}");
    assert!(keys(&order["outcome"]).iter().all(|field| DOCS.contains(&format!("`{field}`")) || *field == "state"));
    venue.localnet.stop().await.expect("it stops");
}
