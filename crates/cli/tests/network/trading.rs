//! A trader's day.

use plimsoll_client::{addresses, house::legs_of, instructions::ViewAccount, state::MarginAccount, transaction::Draft};
use serde_json::{Value, json};
use solana_keypair::read_keypair_file;
use solana_signer::Signer;

use crate::venue::{Venue, integer};

const USD: i64 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_trader_enters_trades_and_leaves_with_the_money() {
    let venue = Venue::start().await;
    let given = venue.json("faucet --new-key --amount 2000").await;
    assert_eq!(integer(&given["balance"]), 2_000 * USD);
    assert!(given["newKey"].is_string());
    let opened = venue.json("account open").await;
    assert_eq!(opened["existed"], json!(false));
    assert_eq!(venue.json("account open").await["existed"], json!(true));
    assert_eq!(integer(&venue.json("account deposit 1000").await["cash"]), 1_000 * USD);

    // A quote is what is executed, because the price does not move in between.
    let quote = venue.json("quote long SOL --size 20").await;
    let traded = venue.json("trade long SOL --size 20").await;
    let (order, outcome) = (&traded["orders"][0], &traded["orders"][0]["outcome"]);
    assert_eq!(outcome["state"], json!("executed"), "{order}");
    assert_eq!(integer(&outcome["lots"]), 20_000);
    for (quoted, executed) in [("cost", "cost"), ("premium", "premium"), ("spread", "spread"), ("price", "fillPrice")] {
        assert_eq!(quote["fill"][quoted], outcome[executed], "{quoted}");
    }
    assert_eq!(quote["fee"], order["fee"]);
    assert!(integer(&outcome["fillPrice"]) <= integer(&order["limit"]));
    assert_eq!(quote["after"]["cash"], venue.json("account show").await["account"]["cash"]);
    // Funding of some seconds may move it by a tick.
    let liquidation = |of: &Value| integer(&of["liquidationPrice"]);
    assert!((liquidation(&quote["after"]) - liquidation(&traded["position"])).abs() <= 2);

    let closed = venue.json("trade close SOL").await;
    assert_eq!(closed["orders"][0]["outcome"]["state"], json!("executed"));
    assert_eq!(closed["position"], Value::Null);

    let shown = venue.json("account show").await;
    assert_eq!(shown["account"]["withdrawable"]["bound"], json!("cash"));
    let (cash, free) = (integer(&shown["account"]["cash"]), integer(&shown["account"]["withdrawable"]["amount"]));
    assert_eq!(cash, free);
    let taken = venue.json("account withdraw --all").await;
    assert_eq!((integer(&taken["amount"]), integer(&taken["cash"])), (cash, 0));
    venue.localnet.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_by_risk_places_the_stop_too() {
    let venue = Venue::start().await;
    venue.enter(1_000).await;
    let sized = venue.json("size SOL --risk 50 --stop 190").await;
    let traded = venue.json("trade long SOL --risk 50 --stop 190").await;
    assert_eq!(sized["size"]["lots"], traded["sized"]["lots"]);
    assert_eq!(sized["size"]["loss"], traded["sized"]["loss"]);
    assert!(integer(&traded["sized"]["loss"]) <= 50 * USD);
    let orders = traded["orders"].as_array().expect("a list");
    let states: Vec<_> = orders.iter().map(|order| order["outcome"]["state"].clone()).collect();
    assert_eq!(states, [json!("executed"), json!("armed")]);
    assert_eq!(orders[1]["trigger"], json!("190000"));

    let listed = venue.json("trade orders").await;
    assert_eq!(listed["waiting"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["ended"][0]["outcome"]["state"], json!("executed"));
    let cancelled = venue.json("trade cancel --all").await;
    assert_eq!(cancelled["orders"][0]["sequence"], orders[1]["sequence"]);
    assert_eq!(cancelled["orders"][0]["returned"], orders[1]["fee"]);

    // A stop of its own, and a part of the position closed.
    let stop = venue.json("trade stop SOL --price 180").await;
    assert_eq!(stop["orders"][0]["outcome"]["state"], json!("armed"));
    assert_eq!(
        venue.json("trade take-profit SOL --price 220 --size 1").await["orders"][0]["triggerAbove"],
        json!(true)
    );
    let before = integer(&traded["position"]["lots"]);
    let reduced = venue.json("trade reduce SOL --size 1").await;
    assert_eq!(integer(&reduced["position"]["lots"]), before - 1_000);
    venue.localnet.stop().await.expect("it stops");
}

/// What is shown is what the program itself says of the account.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_the_programs_own_view() {
    let venue = Venue::start().await;
    venue.enter(5_000).await;
    venue.json("trade long SOL --size 10").await;
    venue.json("trade short ETH --size 0.5").await;
    let shown = venue.json("account show").await;
    let account = &shown["account"];
    assert_eq!(account["legs"].as_array().map(Vec::len), Some(2));

    let rpc = venue.localnet.rpc();
    let address = account["address"].as_str().expect("an address").parse().expect("an address");
    let state: MarginAccount = rpc.get(&address).await.expect("the account");
    let view = Draft::of(&ViewAccount { margin: address, legs: legs_of(&state, None) }, 2);
    let payer = venue.localnet.keys().faucet();
    let signed = view.sign(&[&payer], rpc.blockhash().await.expect("one")).expect("it is signed");
    let done = rpc.client().simulate_transaction(&signed).await.expect("it is simulated").value;
    let (data, _) = done.return_data.expect("an answer").data;
    let seen = ViewAccount::decode(&base64(&data)).expect("a view");
    // Requirements and the sizes they follow from do not move while prices stand still.
    assert_eq!(integer(&account["maintenance"]), i64::try_from(seen.maintenance).expect("fits"));
    assert_eq!(integer(&account["cash"]), i64::try_from(seen.cash).expect("fits"));
    assert_eq!(integer(&account["initial"]), i64::try_from(seen.initial_requirement).expect("fits"));
    assert_eq!(account["worst"].as_str(), Some(seen.worst.to_string().as_str()));
    assert_eq!(addresses::margin(&state.exchange, &state.owner, 0), address);

    // The parts of a margin are all of it.
    for leg in account["legs"].as_array().expect("a list") {
        let terms = &leg["maintenanceTerms"];
        let sum = integer(&terms["volatility"]) + integer(&terms["impact"]) + integer(&terms["floor"])
            - integer(&terms["cap"]);
        assert_eq!(sum, integer(&leg["maintenance"]));
    }
    venue.localnet.stop().await.expect("it stops");
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).expect("it is base64")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_changes_nothing() {
    let venue = Venue::start().await;
    venue.enter(1_000).await;
    let before = venue.json("account show").await["account"]["cash"].clone();
    let traded = venue.json("trade long SOL --size 1 --dry-run").await;
    assert_eq!(traded["transaction"]["dryRun"], json!(true));
    assert_eq!(traded["transaction"]["signature"], Value::Null);
    assert_eq!(integer(&traded["orders"][0]["lots"]), 1_000);
    venue.json("account withdraw 100 --dry-run").await;
    let after = venue.json("account show").await;
    assert_eq!(after["account"]["cash"], before);
    assert_eq!(after["account"]["orders"], json!([]));
    venue.localnet.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn anybodys_account_can_be_looked_at() {
    let venue = Venue::start().await;
    venue.enter(1_000).await;
    let shown = venue.json("account show").await;
    let (address, owner) = (shown["account"]["address"].as_str(), shown["account"]["owner"].as_str());
    let (address, owner) = (address.expect("an address"), owner.expect("an address"));
    for named in [address, owner] {
        let again = venue.json(&format!("account show {named}")).await;
        assert_eq!(again["account"]["cash"], shown["account"]["cash"]);
    }
    venue.json("account open --index 1").await;
    let listed = venue.json(&format!("account list {owner}")).await;
    let indices: Vec<_> =
        listed["accounts"].as_array().expect("a list").iter().map(|one| one["index"].clone()).collect();
    assert_eq!(indices, [json!(0), json!(1)]);
    // Deposits go into any account, also another's.
    let other = venue.json(&format!("account deposit 5 --into {address}")).await;
    assert_eq!(integer(&other["cash"]), 1_005 * USD);
    venue.localnet.stop().await.expect("it stops");
}

#[test]
fn a_key_is_a_file_of_the_solana_command_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("id.json");
    let key = solana_keypair::Keypair::new();
    solana_keypair::write_keypair_file(&key, &file).expect("it is written");
    let read = plimsoll_cli::wallet::read(Some(&file)).expect("it is read");
    assert_eq!(read.pubkey(), key.pubkey());
    assert_eq!(read_keypair_file(&file).expect("it is read").pubkey(), key.pubkey());
}
