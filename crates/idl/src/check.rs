//! What must hold for an IDL to be of use to others.

use std::collections::BTreeSet;

use anchor_lang_idl::types::*;

use crate::walk;

/// Everything that is wrong with an IDL, a sentence each.
pub fn check(idl: &Idl) -> Vec<String> {
    let mut faults = Vec::new();
    if !is_public_key(&idl.address) {
        faults.push(format!("the program's address '{}' is not one", idl.address));
    }
    types(idl, &mut faults);
    instructions(idl, &mut faults);
    errors(idl, &mut faults);
    faults
}

/// Whether a string is the base58 of 32 bytes.
pub fn is_public_key(text: &str) -> bool {
    bs58::decode(text).into_vec().is_ok_and(|bytes| bytes.len() == 32)
}

/// Each type that is named is there, once, and each that is there is named.
fn types(idl: &Idl, faults: &mut Vec<String>) {
    let mut named = BTreeSet::new();
    walk::types_in_idl(&mut idl.clone(), &mut |ty| {
        if let IdlType::Defined { name, .. } = ty {
            named.insert(name.clone());
        }
    });
    let accounts = idl.accounts.iter().map(|account| ("account", &account.name, &account.discriminator));
    let logged = idl.events.iter().map(|event| ("event", &event.name, &event.discriminator));
    let mut seen: Vec<(&str, &[u8])> = Vec::new();
    for (kind, name, discriminator) in accounts.chain(logged) {
        named.insert(name.clone());
        discriminators(kind, name, discriminator, &mut seen, faults);
    }
    let mut defined = BTreeSet::new();
    for definition in &idl.types {
        if !defined.insert(definition.name.clone()) {
            faults.push(format!("type {} is defined twice", definition.name));
        }
        if !has_sentence(&definition.docs) {
            faults.push(format!("type {} has no documentation", definition.name));
        }
    }
    faults.extend(named.difference(&defined).map(|name| format!("type {name} is not defined")));
    faults.extend(defined.difference(&named).map(|name| format!("type {name} is used nowhere")));
}

/// Each instruction can be told from the others, and what an address is derived from is there.
fn instructions(idl: &Idl, faults: &mut Vec<String>) {
    let mut seen = Vec::new();
    for instruction in &idl.instructions {
        let name = &instruction.name;
        discriminators("instruction", name, &instruction.discriminator, &mut seen, faults);
        if !has_sentence(&instruction.docs) {
            faults.push(format!("instruction {name} has no documentation"));
        }
        let args: BTreeSet<&str> = instruction.args.iter().map(|arg| arg.name.as_str()).collect();
        let mut accounts = Vec::new();
        walk::accounts_in(&mut instruction.accounts.clone(), &mut |account| accounts.push(account.clone()));
        let names: BTreeSet<&str> = accounts.iter().map(|account| account.name.as_str()).collect();
        if args.len() != instruction.args.len() || names.len() != accounts.len() {
            faults.push(format!("instruction {name} has two arguments or two accounts of the same name"));
        }
        for account in &accounts {
            let place = format!("account {} of instruction {name}", account.name);
            if let Some(address) = account.address.as_ref().filter(|address| !is_public_key(address)) {
                faults.push(format!("{place} has the address '{address}', which is not one"));
            }
            let missing =
                |path: &str, all: &BTreeSet<&str>| !path.split('.').next().is_some_and(|root| all.contains(root));
            for relation in account.relations.iter().filter(|relation| missing(relation, &names)) {
                faults.push(format!("{place} is a field of '{relation}', which is not passed"));
            }
            for seed in account.pda.iter().flat_map(|pda| pda.seeds.iter().chain(&pda.program)) {
                let unknown = match seed {
                    IdlSeed::Const(_) => None,
                    IdlSeed::Arg(seed) => missing(&seed.path, &args).then_some(&seed.path),
                    IdlSeed::Account(seed) => missing(&seed.path, &names).then_some(&seed.path),
                };
                faults.extend(unknown.map(|path| format!("{place} is derived from '{path}', which is not passed")));
            }
        }
    }
}

/// Each error has its own code and name, and says what is wrong.
fn errors(idl: &Idl, faults: &mut Vec<String>) {
    let mut codes = BTreeSet::new();
    let mut names = BTreeSet::new();
    for error in &idl.errors {
        if !codes.insert(error.code) || !names.insert(&error.name) {
            faults.push(format!("error {} ({}) has the code or the name of another", error.name, error.code));
        }
        if !has_sentence(error.msg.as_slice()) {
            faults.push(format!("error {} has no sentence", error.name));
        }
    }
}

/// A discriminator must not be the beginning of another one, nor zeros: that is what an empty account has.
fn discriminators<'a>(
    kind: &str,
    name: &'a str,
    discriminator: &'a [u8],
    seen: &mut Vec<(&'a str, &'a [u8])>,
    faults: &mut Vec<String>,
) {
    if discriminator.is_empty() || (kind == "account" && discriminator.iter().all(|byte| *byte == 0)) {
        faults.push(format!("{kind} {name} has no discriminator"));
    }
    for (other, bytes) in seen.iter().filter(|(_, b)| b.starts_with(discriminator) || discriminator.starts_with(b)) {
        faults.push(format!("{kind} {name} and {other} cannot be told apart by {discriminator:?} and {bytes:?}"));
    }
    seen.push((name, discriminator));
}

fn has_sentence(lines: &[String]) -> bool {
    lines.iter().any(|line| !line.trim().is_empty())
}
