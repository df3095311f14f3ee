//! Writes what the TypeScript client is compared with: accounts of the fixture, addresses, and instructions with the
//! accounts of an account's legs, one JSON object a line.

#[path = "../fixture/mod.rs"]
mod fixture;

use fixture::*;
use plimsoll_client::{
    Address, addresses,
    instructions::{
        Build, CancelOrder, Deposit, ExecuteOrder, FlagAccount, Liquidate, MarkAccount, OpenAccount, OpenAtRisk,
        PlaceOrder, ViewAccount, Withdraw,
    },
};
use serde_json::json;

fn main() {
    for (address, data) in data() {
        println!("{}", json!({"account": address.to_string(), "data": data}));
    }
    let (exchange, owner, venue, market, other) = (key(1), key(121), key(5), key(SOL), key(BTC));
    let margin = addresses::margin(&exchange, &owner, 3);
    for (name, address) in [
        ("market", addresses::market(&exchange, 7)),
        ("margin", margin),
        ("shares", addresses::shares(&market, &owner)),
        ("grant", addresses::grant(&margin, &venue, &market, true)),
        ("proposal", addresses::proposal(&exchange, 1 << 40)),
        ("vault", addresses::vault(&exchange)),
        ("insuranceVault", addresses::insurance_vault(&exchange)),
    ] {
        println!("{}", json!({"address": name, "is": address.to_string()}));
    }
    let money = (key(40), key(41), key(42), key(43));
    let (source, vault, quote_mint, token_program) = money;
    let legs = vec![market, other];
    say(&OpenAccount { owner, exchange, margin, index: 3 });
    say(&Deposit { authority: owner, exchange, margin, source, vault, quote_mint, token_program, amount: 12_345 });
    let destination = source;
    let amount = u64::MAX;
    say(&Withdraw {
        owner,
        exchange,
        margin,
        destination,
        vault,
        quote_mint,
        token_program,
        amount,
        legs: legs.clone(),
    });
    let (lots, limit, trigger) = (-5_000, 140_000, 150_000);
    let others = vec![other];
    let order = PlaceOrder {
        authority: owner,
        margin,
        market,
        lots,
        limit,
        reduce_only: true,
        trigger,
        trigger_above: true,
        legs: others.clone(),
    };
    say(&order);
    let (risk, stop, stop_limit) = (100, 140_000, 130_000);
    say(&OpenAtRisk { authority: owner, margin, market, risk, stop, limit: 151_000, stop_limit, legs: others.clone() });
    say(&CancelOrder { authority: owner, margin, market, place: 4 });
    say(&ExecuteOrder { margin, market, oracle: key(50), executor: None, place: 2, legs: others.clone() });
    say(&MarkAccount { margin, legs: legs.clone() });
    say(&FlagAccount { margin, market, queue: key(30), reward: key(51), legs: others.clone() });
    let (flagger, liquidator) = (key(51), key(52));
    say(&Liquidate { margin, market, queue: key(30), flagger, liquidator, floor: None, legs: others });
    say(&ViewAccount { margin, legs });
}

fn say<T: Build>(build: &T) {
    let instruction = build.instruction();
    let accounts: Vec<_> = instruction
        .accounts
        .iter()
        .map(|meta| json!([Address::to_string(&meta.pubkey), meta.is_signer, meta.is_writable]))
        .collect();
    println!("{}", json!({"instruction": T::NAME, "accounts": accounts, "data": instruction.data}));
}
