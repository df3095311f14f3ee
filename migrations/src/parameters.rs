//! A market's parameters in a file: every name once, as a number in the units of `docs/parameters.md`.

use std::path::Path;

use plimsoll_client::engine::{
    bounds::{COUNT, ROWS, with_values},
    parameters::Parameters,
    risk::Risk,
};

/// Why a file holds no parameters.
#[derive(Debug, thiserror::Error)]
pub enum ParametersError {
    /// The file cannot be read.
    #[error("{0} cannot be read: {1}")]
    File(String, std::io::Error),
    /// It is not TOML.
    #[error("the parameters are not written as TOML: {0}")]
    Syntax(#[from] toml::de::Error),
    /// Names that no parameter has.
    #[error("no parameter has the name {}", names(.0))]
    Unknown(Vec<String>),
    /// Parameters that are not there.
    #[error("the parameters {} are missing", names(.0))]
    Missing(Vec<String>),
    /// A value that is no whole number, or does not fit.
    #[error("{0} is not a whole number of at least zero")]
    NotANumber(String),
    /// A value outside its own hard bounds.
    #[error("{name} is {value}: its hard bounds are {minimum} and {maximum}")]
    OutOfBounds {
        /// Its name.
        name: &'static str,
        /// What the file says.
        value: u64,
        /// The least.
        minimum: u64,
        /// The most.
        maximum: u64,
    },
    /// Each is within its bounds, and together they are not.
    #[error("the engine refuses these parameters together: docs/parameters.md lists the combined bounds")]
    Combination,
}

fn names(names: &[String]) -> String {
    names.join(", ")
}

/// Reads a file.
pub fn read(path: impl AsRef<Path>) -> Result<Parameters, ParametersError> {
    let path = path.as_ref();
    let text =
        std::fs::read_to_string(path).map_err(|error| ParametersError::File(path.display().to_string(), error))?;
    parse(&text)
}

/// Reads a file's text. What is returned is within all hard bounds.
pub fn parse(text: &str) -> Result<Parameters, ParametersError> {
    let table: toml::Table = toml::from_str(text)?;
    let unknown: Vec<String> = table.keys().filter(|key| ROWS.iter().all(|row| row.name != *key)).cloned().collect();
    if !unknown.is_empty() {
        return Err(ParametersError::Unknown(unknown));
    }
    let absent = ROWS.iter().filter(|row| !table.contains_key(row.name));
    let missing: Vec<String> = absent.map(|row| row.name.to_owned()).collect();
    if !missing.is_empty() {
        return Err(ParametersError::Missing(missing));
    }
    let mut values = [0; COUNT];
    for (value, row) in values.iter_mut().zip(&ROWS) {
        let number = table.get(row.name).and_then(toml::Value::as_integer);
        *value = number
            .and_then(|number| u64::try_from(number).ok())
            .ok_or_else(|| ParametersError::NotANumber(row.name.to_owned()))?;
        if !(row.minimum..=row.maximum).contains(value) {
            let (minimum, maximum) = (row.minimum, row.maximum);
            return Err(ParametersError::OutOfBounds { name: row.name, value: *value, minimum, maximum });
        }
    }
    // Values within their bounds fit their types.
    let parameters = with_values(&values).ok_or(ParametersError::Combination)?;
    Risk::new(&parameters).map_err(|_| ParametersError::Combination)?;
    Ok(parameters)
}
