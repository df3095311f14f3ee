//! What outside tools cannot know: names that only the source's `use` lines explain.

use std::collections::{BTreeMap, BTreeSet};

use anchor_lang_idl::types::*;

use crate::{check::is_public_key, walk};

/// The engine's market is inside the account of the same name. The program calls it so in its field's type, ...
const INNER_MARKET_ALIAS: &str = "Core";
/// ... the engine so, ...
const INNER_MARKET: &str = "Market";
/// ... and the IDL so.
const INNER_MARKET_PUBLISHED: &str = "MarketCore";
/// The engine's alias for the 32 bytes of an address.
const ADDRESS_ALIAS: &str = "Id";
/// The engine's names for the integers that quantities are made of.
const WORDS: [(&str, IdlType); 2] = [("U64", IdlType::U64), ("I64", IdlType::I64)];

/// Makes an IDL stand for itself. `definitions` are all that the program printed, more than one of a name perhaps.
pub fn resolve(idl: &mut Idl, definitions: &[IdlTypeDef]) {
    bring_back_inner_market(idl, definitions);
    walk::types_in_idl(idl, &mut |ty| match ty {
        IdlType::Defined { name, .. } if name == INNER_MARKET_ALIAS => *name = INNER_MARKET_PUBLISHED.into(),
        IdlType::Defined { name, .. } if name == ADDRESS_ALIAS => *ty = IdlType::Pubkey,
        IdlType::Defined { name, .. } => {
            if let Some((_, word)) = WORDS.into_iter().find(|(alias, _)| alias == name) {
                *ty = word;
            }
        }
        _ => {}
    });
    unwrap_newtypes(idl);
    state_layouts(idl);
    drop_fields_as_addresses(idl);
    idl.types.sort_by(|a, b| a.name.cmp(&b.name));
}

/// Two types have this name, and the builder keeps the account.
fn bring_back_inner_market(idl: &mut Idl, definitions: &[IdlTypeDef]) {
    let inner = definitions.iter().find(|one| one.name == INNER_MARKET && one.serialization == IdlSerialization::Borsh);
    idl.types.extend(inner.map(|inner| IdlTypeDef { name: INNER_MARKET_PUBLISHED.into(), ..inner.clone() }));
}

/// The engine's quantities become plain numbers: generators make one-element tuples of newtypes, and some do not know
/// aliases. What the number means moves into the field's documentation.
fn unwrap_newtypes(idl: &mut Idl) {
    let mut newtypes = BTreeMap::new();
    idl.types.retain(|definition| {
        let IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Tuple(types)) } = &definition.ty else {
            return true;
        };
        let [inner] = types.as_slice() else {
            return true;
        };
        newtypes.insert(definition.name.clone(), (inner.clone(), definition.docs.clone()));
        false
    });
    walk::fields_in_idl(idl, &mut |field| {
        let mut meaning = None;
        walk::types_in(&mut field.ty, &mut |ty| {
            if let IdlType::Defined { name, .. } = ty {
                meaning = newtypes.get(name).and_then(|(_, docs)| Some(format!("{name}: {}", docs.first()?)));
            }
        });
        field.docs.extend(meaning);
    });
    walk::types_in_idl(idl, &mut |ty| {
        if let IdlType::Defined { name, .. } = ty
            && let Some((inner, _)) = newtypes.get(name)
        {
            *ty = inner.clone();
        }
    });
}

/// Says of everything inside accounts that it stands there as in memory. Anchor says it of the accounts alone.
fn state_layouts(idl: &mut Idl) {
    let mut stored: BTreeSet<String> = idl.accounts.iter().map(|account| account.name.clone()).collect();
    loop {
        let before = stored.len();
        for definition in &mut idl.types {
            if stored.contains(&definition.name) {
                walk::types_in_definition(definition, &mut |ty| {
                    if let IdlType::Defined { name, .. } = ty {
                        stored.insert(name.clone());
                    }
                });
            }
        }
        if stored.len() == before {
            break;
        }
    }
    for definition in idl.types.iter_mut().filter(|definition| stored.contains(&definition.name)) {
        definition.serialization = IdlSerialization::Bytemuck;
        definition.repr = Some(IdlRepr::C(IdlReprModifier { packed: false, align: None }));
    }
}

/// `address = fund.vault` is printed as if the field's name were the address.
fn drop_fields_as_addresses(idl: &mut Idl) {
    for instruction in &mut idl.instructions {
        walk::accounts_in(&mut instruction.accounts, &mut |account| {
            account.address = account.address.take().filter(|address| is_public_key(address));
        });
    }
}
