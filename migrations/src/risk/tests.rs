//! Every parameter that differs is named, and no other.

use std::collections::BTreeSet;

use plimsoll_client::engine::{
    bounds::{ROWS, values, with_values},
    parameters::Parameters,
    risk::Risk,
};

use super::{CONSTANTS, differences};
use crate::{Plan, Remedy, plan::Inputs};

fn parameters() -> Vec<(String, Parameters)> {
    let someone = plimsoll_client::Address::new_from_array([1; 32]);
    let inputs = Inputs::default().with("guardian", someone).with("quote_mint", someone);
    let plan = Plan::named("local", &inputs).expect("is a plan");
    plan.markets.into_iter().map(|market| (market.name, market.parameters)).collect()
}

/// The parameters with another value in a place, as far from the first as the engine lets it be.
fn another(parameters: &Parameters, place: usize) -> Parameters {
    let row = &ROWS[place];
    let value = values(parameters)[place];
    let candidates = [row.minimum, row.maximum, value / 2, value * 2, value + 1, value.saturating_sub(1)];
    let with = |candidate: &u64| {
        let mut all = values(parameters);
        all[place] = *candidate;
        let within = *candidate != value && (row.minimum..=row.maximum).contains(candidate);
        with_values(&all).filter(|other| within && Risk::new(other).is_ok())
    };
    candidates.iter().find_map(with).unwrap_or_else(|| panic!("{} has no other value", row.name))
}

#[test]
fn every_parameter_has_its_constant() {
    let named: Vec<&str> = CONSTANTS.iter().flat_map(|constant| constant.parameters).copied().collect();
    assert_eq!(named, ROWS.map(|row| row.name), "each once, in the order of the wire");
}

#[test]
fn a_market_of_the_plan_does_not_differ() {
    for (name, parameters) in parameters() {
        let risk = Risk::new(&parameters).expect("was checked");
        assert_eq!(differences(&name, &risk, &parameters), vec![]);
    }
}

#[test]
fn what_differs_is_named_with_both_values_and_nothing_else_is() {
    for (name, plan) in parameters() {
        for (place, row) in ROWS.iter().enumerate() {
            let chain = another(&plan, place);
            let found = differences(&name, &Risk::new(&chain).expect("was checked"), &plan);
            let named: BTreeSet<&str> = found.iter().flat_map(|difference| difference.name.split(", ")).collect();
            assert_eq!(found.len(), 1, "{}: {found:#?}", row.name);
            assert!(named.contains(row.name), "{}: {found:#?}", row.name);
            let number = |text: &str| text.replace(',', "").parse::<u64>();
            if named.len() == 1 {
                let (old, new) =
                    (number(&found[0].chain).expect("a number"), number(&found[0].plan).expect("a number"));
                let (was, shall_be) = (values(&chain)[place], values(&plan)[place]);
                assert!(old.abs_diff(was) <= was / 100_000_000, "{}: {old} of {was}", row.name);
                assert_eq!(new, shall_be, "{}", row.name);
            }
            let never = row.name == "tick_exponent";
            assert_eq!(found[0].remedy == Remedy::Never, never, "{}", row.name);
        }
    }
}

#[test]
fn what_is_measured_or_in_force_for_now_is_no_difference() {
    for (name, parameters) in parameters() {
        let mut risk = Risk::new(&parameters).expect("was checked");
        risk.base.0 += 1;
        risk.base_model.0 += 2;
        risk.maintenance_floor.0 += 3;
        risk.maintenance_cap.0 += 4;
        risk.impact.0 += 5;
        risk.key_scale.0 += 6;
        risk.cascade_multiple.0 += 7;
        risk.past.changed_at = 8;
        assert_eq!(differences(&name, &risk, &parameters), vec![]);
    }
}
