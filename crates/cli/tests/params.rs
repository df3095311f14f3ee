//! `plimsoll params` shows what an administrator chose.

use plimsoll_cli::constants::constants;
use plimsoll_client::engine::{
    bounds::{ROWS, values, with_values},
    parameters::Parameters,
    risk::Risk,
};
use proptest::prelude::*;

/// Defaults that are within all bounds.
fn defaults() -> Parameters {
    let values: Vec<u64> = ROWS.iter().map(|row| row.default).collect();
    with_values(&values.try_into().expect("all of them")).expect("they fit")
}

/// Every constant that is made of one parameter, beside that parameter.
fn compared(parameters: &Parameters) -> Vec<(&'static str, u64, u64)> {
    let risk = Risk::new(parameters).expect("within all bounds");
    let chosen = values(parameters);
    let named = |name: &str| ROWS.iter().position(|row| row.name == name).map(|place| chosen[place]);
    let all = constants(&risk)
        .into_iter()
        .filter_map(|constant| Some((constant.name, constant.value, named(constant.name)?)));
    all.collect()
}

#[test]
fn every_parameter_is_shown_once() {
    let shown = constants(&Risk::new(&defaults()).expect("within all bounds"));
    let shown: Vec<_> = shown.iter().flat_map(|constant| constant.name.split(", ")).collect();
    assert_eq!(shown, ROWS.map(|row| row.name));
}

#[test]
fn the_defaults_come_back() {
    for (name, shown, chosen) in compared(&defaults()) {
        assert_eq!(shown, chosen, "{name}");
    }
}

proptest! {
    #[test]
    fn whatever_was_chosen_comes_back(
        depth in (1_u64 << 30)..(1 << 46),
        fee_ppm in 0_u32..20_000,
        spread_ppm in 0_u32..20_000,
        rho_ppm in 500_000_u32..600_000,
        funding_slope_ppm in 0_u32..10_000_000,
        key_horizon_s in 5_u32..3_600,
        open_interest_ramp_ppm in 0_u32..4_000_000,
    ) {
        let parameters = Parameters {
            depth, fee_ppm, spread_ppm, rho_ppm, funding_slope_ppm, key_horizon_s, open_interest_ramp_ppm,
            ..defaults()
        };
        for (name, shown, chosen) in compared(&parameters) {
            prop_assert_eq!(shown, chosen, "{}", name);
        }
    }
}
