//! Every place of an IDL where a type or an account stands.

use anchor_lang_idl::types::*;

/// Calls `visit` with every type expression of a definition, outermost first.
pub fn types_in_definition(definition: &mut IdlTypeDef, visit: &mut dyn FnMut(&mut IdlType)) {
    match &mut definition.ty {
        IdlTypeDefTy::Struct { fields } => types_in_fields(fields, visit),
        IdlTypeDefTy::Enum { variants } => {
            variants.iter_mut().for_each(|variant| types_in_fields(&mut variant.fields, visit));
        }
        IdlTypeDefTy::Type { alias } => types_in(alias, visit),
    }
}

/// Calls `visit` with every type expression of an IDL, outermost first.
pub fn types_in_idl(idl: &mut Idl, visit: &mut dyn FnMut(&mut IdlType)) {
    for instruction in &mut idl.instructions {
        instruction.args.iter_mut().for_each(|arg| types_in(&mut arg.ty, visit));
        instruction.returns.iter_mut().for_each(|ty| types_in(ty, visit));
    }
    idl.constants.iter_mut().for_each(|constant| types_in(&mut constant.ty, visit));
    idl.types.iter_mut().for_each(|definition| types_in_definition(definition, visit));
}

/// Calls `visit` with every named field of an IDL's structures and every argument.
pub fn fields_in_idl(idl: &mut Idl, visit: &mut dyn FnMut(&mut IdlField)) {
    idl.instructions.iter_mut().flat_map(|instruction| &mut instruction.args).for_each(&mut *visit);
    for definition in &mut idl.types {
        if let IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Named(fields)) } = &mut definition.ty {
            fields.iter_mut().for_each(&mut *visit);
        }
    }
}

/// Calls `visit` with every single account of a list.
pub fn accounts_in(items: &mut [IdlInstructionAccountItem], visit: &mut dyn FnMut(&mut IdlInstructionAccount)) {
    for item in items {
        match item {
            IdlInstructionAccountItem::Single(account) => visit(account),
            IdlInstructionAccountItem::Composite(group) => accounts_in(&mut group.accounts, visit),
        }
    }
}

/// Calls `visit` with a type expression and those inside it.
pub fn types_in(ty: &mut IdlType, visit: &mut dyn FnMut(&mut IdlType)) {
    visit(ty);
    match ty {
        IdlType::Option(inner) | IdlType::Vec(inner) | IdlType::Array(inner, _) => types_in(inner, visit),
        IdlType::Defined { generics, .. } => {
            for generic in generics {
                if let IdlGenericArg::Type { ty } = generic {
                    types_in(ty, visit);
                }
            }
        }
        _ => {}
    }
}

fn types_in_fields(fields: &mut Option<IdlDefinedFields>, visit: &mut dyn FnMut(&mut IdlType)) {
    match fields {
        Some(IdlDefinedFields::Named(fields)) => fields.iter_mut().for_each(|field| types_in(&mut field.ty, visit)),
        Some(IdlDefinedFields::Tuple(types)) => types.iter_mut().for_each(|ty| types_in(ty, visit)),
        None => {}
    }
}
