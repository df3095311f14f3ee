//! What people call markets. A market has no name on chain: a network's description gives it one, else its number does.

use std::collections::BTreeMap;

use plimsoll_client::{Address, state::Market};

use crate::{failure::Failure, units::Units};

/// Names of markets by their addresses.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<Address, String>);

impl Names {
    /// Those of a network's description.
    pub fn new(named: impl IntoIterator<Item = (Address, String)>) -> Self {
        Self(named.into_iter().collect())
    }

    /// What a market is called.
    pub fn of(&self, address: &Address, market: &Market) -> String {
        self.0.get(address).cloned().unwrap_or_else(|| format!("#{}", market.index))
    }

    /// A market by its name, its number or its address.
    pub fn find(&self, wanted: &str, markets: &[(Address, Market)]) -> Result<(Address, Market, Units), Failure> {
        let bare = wanted.strip_suffix("-PERP").or_else(|| wanted.strip_suffix("-perp")).unwrap_or(wanted);
        let address = wanted.parse::<Address>().ok();
        let number = wanted.strip_prefix('#').and_then(|number| number.parse::<u16>().ok());
        let matches = |found: &Address, market: &Market| {
            let name = self.of(found, market);
            Some(*found) == address
                || Some(market.index) == number
                || name.eq_ignore_ascii_case(bare)
                || name.eq_ignore_ascii_case(wanted)
        };
        let found = markets.iter().find(|(found, market)| matches(found, market));
        let Some((address, market)) = found else {
            let known: Vec<_> = markets.iter().map(|(address, market)| self.of(address, market)).collect();
            let known = if known.is_empty() { "none".into() } else { known.join(", ") };
            return Err(Failure::not_found(format!("there is no market {wanted}; there is {known}")));
        };
        Ok((*address, *market, Units::of(self.of(address, market), market)))
    }
}
