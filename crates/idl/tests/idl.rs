//! Given a small IDL in the words of Anchor's macros, when it is resolved, then it checks; when it is then broken in one
//! place, then the check says that and nothing else.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use anchor_lang_idl::types::{Idl, IdlTypeDef};
use plimsoll_idl::{check, resolve};
use serde_json::{Value, json};

const PROGRAM: &str = "P1imso11oxXuqpvdtbNGqgVmuXFBQBJ3kqkWGEG4rqd";

/// What `IdlBuilder` gives: the engine's market is lost, and names stand for what only the source knows.
fn built() -> Idl {
    let market = json!({ "name": "Market", "docs": ["Account."], "serialization": "bytemuck", "repr": { "kind": "c" },
    "type": { "kind": "struct", "fields": [
        { "name": "queue", "type": { "array": [{ "defined": { "name": "Id" } }, 2] } },
        { "name": "core", "docs": ["Core."], "type": { "defined": { "name": "Core" } } },
    ] } });
    let event = json!({ "name": "Deposited", "docs": ["Came in."], "type": { "kind": "struct", "fields": [
        { "name": "amount", "type": "u64" } ] } });
    serde_json::from_value(json!({
        "address": PROGRAM,
        "metadata": { "name": "plimsoll", "version": "0.1.0", "spec": "0.1.0" },
        "instructions": [
            { "name": "create", "docs": ["Creates."], "discriminator": [0], "args": [{ "name": "id", "type": "u32" }],
              "accounts": [
                { "name": "exchange" },
                { "name": "vault", "address": "fund.vault", "relations": ["exchange"] },
                { "name": "market", "pda": { "seeds": [
                    { "kind": "const", "value": [1] },
                    { "kind": "account", "path": "exchange" },
                    { "kind": "arg", "path": "id" } ] } },
                { "name": "system_program", "address": "11111111111111111111111111111111" } ] },
            { "name": "mark", "docs": ["Marks."], "discriminator": [1], "accounts": [], "args": [] },
        ],
        "accounts": [{ "name": "Market", "discriminator": [1, 2, 3, 4, 5, 6, 7, 8] }],
        "events": [{ "name": "Deposited", "discriminator": [8, 7, 6, 5, 4, 3, 2, 1] }],
        "errors": [{ "code": 6000, "name": "Overflow", "msg": "Too large." },
                   { "code": 6001, "name": "Zero", "msg": "Zero." }],
        "types": [market, event, atoms()],
    }))
    .unwrap()
}

fn atoms() -> Value {
    json!({ "name": "Atoms", "docs": ["Of the quote token."], "type": { "kind": "struct", "fields": ["u64"] } })
}

/// All definitions, with the one that the builder loses.
fn definitions() -> Vec<IdlTypeDef> {
    let inner = json!({ "name": "Market", "docs": ["Engine."], "type": { "kind": "struct", "fields": [
        { "name": "cash", "docs": ["Cash."], "type": { "defined": { "name": "Atoms" } } } ] } });
    serde_json::from_value(json!([inner, atoms()])).unwrap()
}

fn resolved() -> Idl {
    let mut idl = built();
    resolve(&mut idl, &definitions());
    idl
}

#[test]
fn what_anchor_prints_has_faults_that_are_found() {
    let faults = check(&built());
    assert_eq!(faults.len(), 4, "{faults:#?}");
    assert!(faults.contains(&"type Core is not defined".to_string()));
    assert!(faults.contains(&"type Id is not defined".to_string()));
    assert!(faults.contains(&"type Atoms is used nowhere".to_string()));
    assert!(faults[3].contains("'fund.vault'"));
}

#[test]
fn resolved_it_stands_for_itself() {
    let idl = resolved();
    assert_eq!(check(&idl), Vec::<String>::new());
    let types: Value = serde_json::to_value(&idl.types).unwrap();
    assert_eq!(
        types.as_array().unwrap().iter().map(|ty| &ty["name"]).collect::<Vec<_>>(),
        ["Deposited", "Market", "MarketCore"]
    );
    assert_eq!(types[0].get("serialization"), None, "an event is Borsh");
    assert_eq!(types[1]["type"]["fields"][0]["type"], json!({ "array": ["pubkey", 2] }));
    assert_eq!(types[1]["type"]["fields"][1]["type"]["defined"]["name"], "MarketCore");
    assert_eq!(types[2]["serialization"], "bytemuck", "it is inside an account");
    let cash = json!({ "name": "cash", "docs": ["Cash.", "Atoms: Of the quote token."], "type": "u64" });
    assert_eq!(types[2]["type"]["fields"], json!([cash]));
    let accounts = serde_json::to_value(&idl.instructions[0].accounts).unwrap();
    assert_eq!(accounts[1], json!({ "name": "vault", "relations": ["exchange"] }));
    assert_eq!(accounts[3]["address"], "11111111111111111111111111111111");
}

#[test]
fn each_fault_is_found_alone() {
    let cases = [
        ("/address", json!("fund.vault"), "the program's address 'fund.vault' is not one"),
        ("/types/0/name", json!("Other"), "type Deposited is not defined; type Other is used nowhere"),
        ("/types/0/docs", json!([]), "type Deposited has no documentation"),
        ("/types/2/name", json!("Market"), "type Market is defined twice; type MarketCore is not defined"),
        ("/types/2/type/fields/0/type", json!({ "defined": { "name": "Cash" } }), "type Cash is not defined"),
        ("/instructions/0/args/0/type", json!({ "vec": { "defined": { "name": "A" } } }), "type A is not defined"),
        ("/instructions/0/docs", json!([" "]), "instruction create has no documentation"),
        (
            "/instructions/1/discriminator",
            json!([0]),
            "instruction mark and create cannot be told apart by [0] and [0]",
        ),
        (
            "/instructions/1/discriminator",
            json!([0, 9]),
            "instruction mark and create cannot be told apart by [0, 9] and [0]",
        ),
        ("/accounts/0/discriminator", json!([0, 0]), "account Market has no discriminator"),
        (
            "/events/0/discriminator",
            json!([1, 2]),
            "event Deposited and Market cannot be told apart by [1, 2] and [1, 2, 3, 4, 5, 6, 7, 8]",
        ),
        (
            "/instructions/0/accounts/0/name",
            json!("vault"),
            "instruction create has two arguments or two accounts of the same name; \
             account vault of instruction create is a field of 'exchange', which is not passed; \
             account market of instruction create is derived from 'exchange', which is not passed",
        ),
        (
            "/instructions/0/args/0/name",
            json!("index"),
            "account market of instruction create is derived from 'id', which is not passed",
        ),
        (
            "/instructions/0/accounts/3/address",
            json!("1111"),
            "account system_program of instruction create has the address '1111', which is not one",
        ),
        ("/errors/1/code", json!(6000), "error Zero (6000) has the code or the name of another"),
        ("/errors/1/name", json!("Overflow"), "error Overflow (6001) has the code or the name of another"),
        ("/errors/1/msg", json!(""), "error Zero has no sentence"),
        ("/errors/1/msg", json!(null), "error Zero has no sentence"),
    ];
    for (place, value, fault) in cases {
        let mut idl = serde_json::to_value(resolved()).unwrap();
        *idl.pointer_mut(place).unwrap() = value;
        let broken: Idl = serde_json::from_value(idl).unwrap();
        assert_eq!(check(&broken).join("; "), fault, "{place}");
    }
}
