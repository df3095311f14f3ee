//! Writes the fixture's accounts and the native answers to many questions, one JSON object a line: the test of parity asks
//! the same of the WebAssembly module.

#[path = "../fixture/mod.rs"]
mod fixture;

use fixture::*;
use plimsoll_desk::Request;
use serde::Serialize;
use serde_json::{Value, json};

fn main() {
    let venue = venue();
    println!("{}", json!({"clock": [AT.time, AT.slot]}));
    for (address, data) in data() {
        println!("{}", json!({"put": address.to_string(), "data": data}));
    }
    let (markets, accounts) = ([key(SOL), key(BTC)], [key(ALICE), key(BOB), key(CAROL)]);
    for market in &markets {
        let name = market.to_string();
        say("market", json!([name]), venue.market_figures(market, AT));
        say("queue", json!([name]), venue.queue_figures(market, AT));
    }
    say("insurance", json!([]), venue.insurance_figures(AT));
    for account in &accounts {
        let owner = account.to_string();
        say("account", json!([owner]), venue.account_figures(account, AT));
        for step in [-300_000, -50_000, -1, 1, 70_000, 400_000] {
            say("whatIf", json!([owner, null, step]), venue.what_if(account, None, step, AT));
        }
        for market in &markets {
            let name = market.to_string();
            for long in [true, false] {
                say("largest", json!([owner, name, long]), venue.largest(account, market, long, AT));
                let part = venue.part_of_largest(account, market, long, 333_333, AT);
                say("partOfLargest", json!([owner, name, long, 333_333]), part);
                let limit = venue.limit_for(market, long, 10_000);
                for lots in [1_u64, 99, 100, 5_000, 123_456, 900_000, 60_000_000] {
                    let lots = i64::try_from(lots).unwrap_or_default() * if long { 1 } else { -1 };
                    for reduce_only in [false, true] {
                        let Ok(limit) = limit else { continue };
                        let request = Request { lots, limit, reduce_only };
                        let arguments = json!([owner, name, {"big": lots}, {"big": limit}, reduce_only]);
                        say("preview", arguments, venue.preview(Some(account), market, request, AT));
                    }
                }
                say("limitFor", json!([name, long, 10_000]), limit);
            }
            for (risk, stop) in [(50_u64, 140_000_u64), (2_000, 149_000), (100, 590_000), (7, 612_345)] {
                let (risk, limits) = (risk * USD, (stop * 2, stop / 2));
                let arguments =
                    json!([owner, name, {"big": risk}, {"big": stop}, {"big": limits.0}, {"big": limits.1}]);
                say("atRisk", arguments, venue.at_risk(Some(account), market, (risk, stop), limits, AT));
            }
        }
    }
}

/// A question, its arguments (64-bit integers as `big`) and the answer or the sentence of its refusal.
fn say(question: &str, arguments: Value, answer: plimsoll_desk::Result<impl Serialize>) {
    let answer = match answer {
        Ok(answer) => json!({"is": answer}),
        Err(refusal) => json!({"refused": refusal.sentence}),
    };
    println!("{}", json!({"ask": question, "with": arguments, "answer": answer}));
}
