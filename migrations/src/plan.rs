//! What a deployment shall be: an exchange, its authorities and its markets, from files.

mod file;
mod inputs;

use std::path::Path;

use plimsoll_client::{
    Address, addresses,
    engine::parameters::Parameters,
    house::House,
    oracle::programs,
    state::{MAX_MARKETS, OracleSource, TIMELOCK},
};

pub use inputs::Inputs;

use crate::parameters::{self, ParametersError};

/// Plans and parameters that are part of this crate: whoever uses it needs no files beside its binary.
const FILES: [(&str, &str); 5] = [
    ("local.toml", include_str!("../plans/local.toml")),
    ("mainnet.toml", include_str!("../plans/mainnet.toml")),
    ("../parameters/btc.toml", include_str!("../parameters/btc.toml")),
    ("../parameters/eth.toml", include_str!("../parameters/eth.toml")),
    ("../parameters/sol.toml", include_str!("../parameters/sol.toml")),
];

/// What a deployment shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Number of the exchange, part of its address.
    pub id: u32,
    /// Who is admin in the end; whoever deploys where none is named.
    pub admin: Option<Address>,
    /// Who tightens and vetoes; the zero address for nobody.
    pub guardian: Address,
    /// Seconds for which proposals wait; the least there is where none is named.
    pub timelock: u32,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
    /// The markets in the order of their indices.
    pub markets: Vec<MarketPlan>,
}

/// What a market shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketPlan {
    /// What people call it. The chain does not know it.
    pub name: String,
    /// Its parameters.
    pub parameters: Parameters,
    /// Where its price comes from.
    pub oracle: OracleSource,
    /// An independent second source, or one of no kind.
    pub second: OracleSource,
}

/// Why something is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}")]
    File(String, std::io::Error),
    /// The crate has no such plan.
    #[error("there is no plan named {0}: there are `local` and `mainnet`, or give a file")]
    NoSuchPlan(String),
    /// It is not TOML, or has other names.
    #[error("the plan cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// Whoever deploys has to say more.
    #[error("the plan asks for what only you know:{0}")]
    MissingInputs(String),
    /// Something was said that the plan does not ask for.
    #[error("the plan has no input named {0}")]
    UnknownInput(String),
    /// A value asks for an input that the plan does not explain.
    #[error("{0} is used and not explained under [inputs]")]
    Unexplained(String),
    /// An address that is none.
    #[error("{what} is {value}, which is no address")]
    NotAnAddress {
        /// Whose.
        what: String,
        /// What is there.
        value: String,
    },
    /// A feed that is none.
    #[error("the feed of {what} is {value}, which is not 32 bytes in hexadecimal")]
    NotAFeed {
        /// Whose.
        what: String,
        /// What is there.
        value: String,
    },
    /// The parameters of a market.
    #[error("parameters of {market}: {source}")]
    Parameters {
        /// The market.
        market: String,
        /// What about them.
        source: ParametersError,
    },
    /// Something that the program would refuse, in a sentence.
    #[error("{0}")]
    Refused(String),
}

impl Plan {
    /// Reads a plan from a file. Parameter files are named relative to it.
    pub fn read(path: impl AsRef<Path>, inputs: &Inputs) -> Result<Self, PlanError> {
        let path = path.as_ref();
        let read = |path: &Path| {
            std::fs::read_to_string(path).map_err(|error| PlanError::File(path.display().to_string(), error))
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        Self::parse(&read(path)?, inputs, |file| read(&folder.join(file)))
    }

    /// The plan of this crate with a name: `local` or `mainnet`.
    pub fn named(name: &str, inputs: &Inputs) -> Result<Self, PlanError> {
        let part = |file: &str| FILES.iter().find(|(known, _)| *known == file).map(|(_, text)| (*text).to_owned());
        let text = part(&format!("{name}.toml")).ok_or_else(|| PlanError::NoSuchPlan(name.to_owned()))?;
        Self::parse(&text, inputs, |file| part(file).ok_or_else(|| PlanError::NoSuchPlan(file.to_owned())))
    }

    /// Reads a plan's text; `parameters` gives the text of the files it names.
    pub fn parse(
        text: &str,
        inputs: &Inputs,
        parameters: impl Fn(&str) -> Result<String, PlanError>,
    ) -> Result<Self, PlanError> {
        let plan = file::read(text, inputs, parameters)?;
        plan.check()?;
        Ok(plan)
    }

    /// What the program would refuse, before anything is sent.
    fn check(&self) -> Result<(), PlanError> {
        let refused = |why: String| Err(PlanError::Refused(why));
        if self.markets.len() > usize::from(MAX_MARKETS) {
            return refused(format!("an exchange has at most {MAX_MARKETS} markets, not {}", self.markets.len()));
        }
        if !TIMELOCK.contains(&self.timelock) {
            let (least, most) = (TIMELOCK.start(), TIMELOCK.end());
            return refused(format!(
                "the timelock is {} seconds: it is {least} at least and {most} at most",
                self.timelock
            ));
        }
        if self.admin.is_some_and(|admin| admin == self.guardian) {
            return refused("admin and guardian are the same: the guardian is there to stop the admin".into());
        }
        for (place, market) in self.markets.iter().enumerate() {
            let name = &market.name;
            if self.markets.iter().take(place).any(|other| other.name == *name) {
                return refused(format!("two markets have the name {name}"));
            }
            if !market.oracle.may_be_first() {
                return refused(format!("the oracle of {name} can only be a second source"));
            }
            if market.oracle.is_same(&market.second) {
                return refused(format!("both sources of {name} are the same"));
            }
            let known = |source: &OracleSource| source.is_none() || programs::is_known(source.kind, &source.program);
            if let Some(source) = [&market.oracle, &market.second].into_iter().find(|source| !known(source)) {
                let program = source.program;
                return refused(format!("accounts of {program} are not taken for prices of {name} (ADR 37)"));
            }
        }
        Ok(())
    }

    /// Address of the exchange.
    pub fn exchange(&self) -> Address {
        addresses::exchange(self.id)
    }

    /// The accounts that all its markets share.
    pub fn house(&self) -> House {
        House::at(self.exchange(), self.quote_mint, self.token_program)
    }
}
