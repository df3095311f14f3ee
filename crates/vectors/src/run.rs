//! One vector: which code runs it, and whether its result is the expected one.

use plimsoll_engine::EngineError;
use serde_json::Value;

use crate::{
    In, Sets, accounts, actions, changes, exits, field, indices, keepers, limits, liquidations, measures, pools,
    prices, protection, quotes, settlements, trades, venues,
};

/// Why a vector gave no output.
#[derive(Debug)]
pub enum Failure {
    /// The engine refused.
    Engine(EngineError),
    /// The input does not say what it must.
    Input(String),
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<String> for Failure {
    fn from(error: String) -> Self {
        Self::Input(error)
    }
}

/// What a transition gives.
pub type Outcome = Result<Value, Failure>;

/// Whether engine and model agree.
pub enum Verdict {
    /// To the atom.
    Right,
    /// With what differs.
    Wrong(String),
}

/// Runs a transition.
type Run = fn(&In<'_>) -> Outcome;

/// Every transition that must have vectors.
pub const TRANSITIONS: &[(&str, Run)] = &[
    ("accept", prices::accept),
    ("accrue", indices::accrue),
    ("bankruptcy", liquidations::bankruptcy),
    ("look-breakers", measures::look_breakers),
    ("cancel", actions::cancel),
    ("cascade", measures::cascade),
    ("catch-up", exits::catch_up),
    ("change", changes::change),
    ("charge", liquidations::charge),
    ("choose-leg", accounts::choose_leg),
    ("close-size", liquidations::close_size),
    ("collect", pools::collect),
    ("convert", prices::convert),
    ("deleverage", indices::deleverage),
    ("draw", pools::draw),
    ("execute", actions::execute),
    ("fee", trades::fee),
    ("fill", trades::fill),
    ("fire", trades::fire),
    ("first", liquidations::first),
    ("fix", settlements::fix),
    ("flag", keepers::flag),
    ("fresh", prices::fresh),
    ("grant", venues::grant),
    ("health", accounts::health),
    ("hold", changes::hold),
    ("initial-leg", accounts::initial_leg),
    ("issue", pools::issue),
    ("keepers-floor", pools::keepers_floor),
    ("key", accounts::key),
    ("leg", accounts::leg),
    ("liquidate", liquidations::liquidate),
    ("liquidate-account", keepers::liquidate),
    ("liquidation-price", quotes::price),
    ("maintenance", accounts::maintenance),
    ("mark", liquidations::mark),
    ("nav", accounts::nav),
    ("no-worse", accounts::no_worse),
    ("notice", measures::notice),
    ("observe", measures::observe),
    ("outflow", limits::outflow),
    ("parameters", prices::parameters),
    ("pay", accounts::pay),
    ("pay-claim", settlements::pay),
    ("payable-size", liquidations::payable_size),
    ("pay-firing", protection::pay_firing),
    ("place", trades::place),
    ("protect", protection::protect),
    ("place-order", actions::place_order),
    ("provide", pools::provide),
    ("redeem", exits::redeem),
    ("reduce", indices::reduce),
    ("request", exits::request),
    ("request-unstake", exits::request_unstake),
    ("settle", settlements::settle),
    ("settlement-look", settlements::look),
    ("share", liquidations::share),
    ("size-against", trades::size_against),
    ("size-for-risk", quotes::size),
    ("stage", trades::stage),
    ("stake", pools::stake),
    ("step-size", liquidations::step_size),
    ("sweep", pools::sweep),
    ("take-price", measures::take),
    ("throttle", liquidations::throttle),
    ("take-second", measures::take_second),
    ("tick", measures::tick),
    ("wind-down", measures::wind_down),
    ("touch", indices::touch),
    ("trade", accounts::trade),
    ("unstake", exits::unstake),
    ("update", trades::update),
    ("value", measures::value),
    ("venue-fill", venues::fill),
    ("withdraw", actions::withdraw),
    ("withdrawable", accounts::withdrawable),
    ("worth", exits::worth),
];

/// Runs a vector and compares.
pub(crate) fn judge(vector: &Value, sets: &mut Sets) -> (Outcome, Verdict) {
    let name = field(vector, "transition").as_str().unwrap_or_default();
    let Some((_, run)) = TRANSITIONS.iter().find(|(known, _)| *known == name) else {
        let unknown = "the engine has no such transition".to_owned();
        return (Err(Failure::Input(unknown.clone())), Verdict::Wrong(unknown));
    };
    if name == "parameters" {
        sets.declare(vector);
    }
    let outcome = run(&In::new(field(vector, "input"), sets));
    let verdict = compare(&outcome, vector);
    (outcome, verdict)
}

fn compare(outcome: &Outcome, vector: &Value) -> Verdict {
    match (outcome, vector.get("output"), vector.get("error")) {
        (Ok(found), Some(expected), _) => differences(expected, found),
        (Err(Failure::Engine(found)), _, Some(expected)) => {
            let found = Value::from(format!("{found:?}"));
            let named = expected.as_array().is_some_and(|names| names.contains(&found));
            if named { Verdict::Right } else { Verdict::Wrong(format!("refused {found}, expected {expected}")) }
        }
        (Ok(found), _, Some(expected)) => Verdict::Wrong(format!("expected {expected}, found {found}")),
        (Err(Failure::Input(failure)), ..) => Verdict::Wrong(failure.clone()),
        (Err(failure), ..) => Verdict::Wrong(format!("expected an output, found {failure:?}")),
        (Ok(_), None, None) => Verdict::Wrong("a vector without result".to_owned()),
    }
}

fn differences(expected: &Value, found: &Value) -> Verdict {
    let mut list = Vec::new();
    collect("", expected, found, &mut list);
    if list.is_empty() { Verdict::Right } else { Verdict::Wrong(list.join("; ")) }
}

/// Every place where two values differ.
fn collect(path: &str, expected: &Value, found: &Value, list: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(left), Value::Object(right)) => {
            for (name, value) in left {
                match right.get(name) {
                    Some(other) => collect(&format!("{path}.{name}"), value, other, list),
                    None => list.push(format!("{path}.{name} is missing")),
                }
            }
            for name in right.keys().filter(|name| !left.contains_key(*name)) {
                list.push(format!("{path}.{name} is not expected"));
            }
        }
        // Why an order failed: any of the reasons that hold.
        (Value::Array(reasons), Value::String(_)) if path == ".failed" && reasons.contains(found) => {}
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (value, other)) in left.iter().zip(right).enumerate() {
                collect(&format!("{path}[{index}]"), value, other, list);
            }
        }
        _ if expected == found => {}
        _ => list.push(format!("{path} expected {expected} found {found}")),
    }
}
