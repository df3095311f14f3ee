//! Reading a vector's input. A field that is missing is an error, never a default.

use std::collections::HashMap;

use plimsoll_engine::{
    margin::LegHealth,
    market::Market,
    position::Position,
    risk::Risk,
    units::{Atoms, Pnl, Ticks},
    valuation::value,
};
use serde_json::Value;

use crate::Failure;

/// A field of a value, or null.
pub fn field<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// Reading fails with a message.
pub type Read<T> = Result<T, Failure>;

/// Parameter sets that vectors name.
#[derive(Default)]
pub struct Sets(HashMap<String, Risk>);

impl Sets {
    /// Keeps the constants of a set under its vector's id.
    pub fn declare(&mut self, vector: &Value) {
        let empty = Self::default();
        let input = In::new(field(vector, "input"), &empty);
        let risk = input.at("parameters").and_then(|given| Ok(Risk::new(&given.parameters()?)?));
        if let (Some(id), Ok(risk)) = (field(vector, "id").as_str(), risk) {
            self.0.insert(id.to_owned(), risk);
        }
    }
}

/// A value of the input, with the sets it may name.
#[derive(Clone, Copy)]
pub struct In<'a> {
    value: &'a Value,
    sets: &'a Sets,
}

impl<'a> In<'a> {
    /// The whole input.
    pub fn new(value: &'a Value, sets: &'a Sets) -> Self {
        Self { value, sets }
    }

    /// A field.
    pub fn at(&self, name: &str) -> Read<In<'a>> {
        let value = self.value.get(name).ok_or_else(|| Failure::Input(format!("no {name}")))?;
        Ok(In { value, sets: self.sets })
    }

    /// The entries of a list.
    pub fn list(&self, name: &str) -> Read<Vec<In<'a>>> {
        let list = self.at(name)?.value.as_array().ok_or_else(|| Failure::Input(format!("{name} is no list")))?;
        Ok(list.iter().map(|value| In { value, sets: self.sets }).collect())
    }

    /// The value is not what it should be.
    pub fn wrong(&self, what: &str) -> Failure {
        Failure::Input(format!("{} is no {what}", self.value))
    }

    /// The value as an unsigned integer.
    pub fn unsigned(&self) -> Read<u64> {
        self.value.as_u64().ok_or_else(|| self.wrong("unsigned integer"))
    }

    /// The value as a signed integer.
    pub fn signed(&self) -> Read<i64> {
        self.value.as_i64().ok_or_else(|| self.wrong("signed integer"))
    }

    /// An unsigned integer.
    pub fn u64(&self, name: &str) -> Read<u64> {
        self.at(name)?.unsigned()
    }

    /// A signed integer.
    pub fn i64(&self, name: &str) -> Read<i64> {
        self.at(name)?.signed()
    }

    /// A small unsigned integer.
    pub fn u32(&self, name: &str) -> Read<u32> {
        let field = self.at(name)?;
        u32::try_from(field.unsigned()?).map_err(|_| field.wrong("small integer"))
    }

    /// An integer of more than 64 bits, which is a string.
    pub fn wide(&self, name: &str) -> Read<i128> {
        let field = self.at(name)?;
        field.value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| field.wrong("wide integer"))
    }

    /// Whether it is so.
    pub fn flag(&self, name: &str) -> Read<bool> {
        let field = self.at(name)?;
        field.value.as_bool().ok_or_else(|| field.wrong("flag"))
    }

    /// A name.
    pub fn text(&self, name: &str) -> Read<&'a str> {
        let field = self.at(name)?;
        field.value.as_str().ok_or_else(|| field.wrong("name"))
    }

    /// Whether a field is there and not null.
    pub fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some_and(|value| !value.is_null())
    }

    /// An amount.
    pub fn atoms(&self, name: &str) -> Read<Atoms> {
        Ok(Atoms(self.u64(name)?))
    }

    /// A signed amount.
    pub fn pnl(&self, name: &str) -> Read<Pnl> {
        Ok(Pnl(self.i64(name)?))
    }

    /// A price in ticks.
    pub fn ticks(&self, name: &str) -> Read<Ticks> {
        Ok(Ticks(self.u64(name)?))
    }

    /// The constants of the named set.
    pub fn risk(&self) -> Read<Risk> {
        let name = self.text("parameters")?;
        self.sets.0.get(name).copied().ok_or_else(|| Failure::Input(format!("no set {name}")))
    }

    /// A byte.
    pub fn byte(&self, name: &str) -> Read<u8> {
        u8::try_from(self.u64(name)?).map_err(|_| self.wrong("byte"))
    }
}

/// A leg as it is valued, at the time that the input gives.
pub fn leg_of(input: &In<'_>, position: &Position, market: &Market) -> Read<LegHealth> {
    Ok(value(position, market, input.i64("now")?, newer_than(input)?)?.leg)
}

/// The time before which prices count as stale, if any.
pub fn newer_than(input: &In<'_>) -> Read<Option<i64>> {
    if input.has("newer_than") { input.i64("newer_than").map(Some) } else { Ok(None) }
}
