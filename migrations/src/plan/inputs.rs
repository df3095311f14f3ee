//! What only whoever deploys can know.

use std::{cell::RefCell, collections::BTreeMap, fmt::Write as _};

use super::PlanError;

/// Inputs of a plan by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs(BTreeMap<String, String>);

impl Inputs {
    /// With one more.
    pub fn with(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.0.insert(name.into(), value.to_string());
        self
    }
}

impl<N: Into<String>, V: ToString> FromIterator<(N, V)> for Inputs {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        pairs.into_iter().fold(Self::default(), |inputs, (name, value)| inputs.with(name, value))
    }
}

/// Looks inputs up, and remembers all that are missing: whoever deploys is asked once.
pub(super) struct Lookup<'a> {
    given: &'a Inputs,
    explained: &'a BTreeMap<String, String>,
    missing: RefCell<Vec<String>>,
}

impl<'a> Lookup<'a> {
    /// Refuses what the plan does not ask for: it may be a misspelt input.
    pub(super) fn new(given: &'a Inputs, explained: &'a BTreeMap<String, String>) -> Result<Self, PlanError> {
        match given.0.keys().find(|name| !explained.contains_key(*name)) {
            Some(name) => Err(PlanError::UnknownInput(name.clone())),
            None => Ok(Self { given, explained, missing: RefCell::default() }),
        }
    }

    /// A value, or the input that it asks for; nothing where that is missing.
    pub(super) fn value(&self, text: &str) -> Result<Option<String>, PlanError> {
        let Some(name) = text.strip_prefix('$') else { return Ok(Some(text.to_owned())) };
        if !self.explained.contains_key(name) {
            return Err(PlanError::Unexplained(text.to_owned()));
        }
        let given = self.given.0.get(name).cloned();
        if given.is_none() {
            self.missing.borrow_mut().push(name.to_owned());
        }
        Ok(given)
    }

    /// Says which inputs were asked for and not given.
    pub(super) fn require_all(&self) -> Result<(), PlanError> {
        let mut missing = self.missing.take();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        let mut list = String::new();
        for name in missing {
            let meaning = self.explained.get(&name).map(String::as_str).unwrap_or_default();
            let _ = write!(list, "\n  {name}: {meaning}");
        }
        Err(PlanError::MissingInputs(list))
    }
}
