//! The parameter files, and what is no parameter file.

use plimsoll_client::engine::{bounds::ROWS, risk::Risk};
use plimsoll_migrations::parameters::{ParametersError, parse, read};

const FILES: [&str; 3] = ["btc", "eth", "sol"];

fn path(name: &str) -> String {
    format!("{}/parameters/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).expect("is there")
}

#[test]
fn every_market_has_all_parameters_within_all_bounds() {
    for name in FILES {
        let parameters = read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(Risk::new(&parameters).is_ok());
        assert!(parameters.funding_slope_ppm > 0 && parameters.funding_cap_ppm > 0, "{name} has funding");
    }
}

#[test]
fn every_number_has_a_reason_and_they_are_in_the_order_of_the_wire() {
    for name in FILES {
        let text = text(name);
        let lines: Vec<&str> = text.lines().filter(|line| line.contains(" = ")).collect();
        for line in &lines {
            let reason = line.split_once(" # ").map(|(_, reason)| reason).unwrap_or_default();
            assert!(!reason.is_empty(), "{name}: why? {line}");
        }
        // The groups are those of docs/parameters.md, so only the names are compared.
        let mut names: Vec<&str> = lines.iter().filter_map(|line| line.split(" = ").next()).collect();
        let mut expected = ROWS.map(|row| row.name);
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, expected, "{name}");
    }
}

#[test]
fn names_that_are_missing_or_unknown_are_named() {
    let whole = text("sol");
    let less: String = whole
        .lines()
        .filter(|line| !line.starts_with("fee_ppm") && !line.starts_with("depth ="))
        .fold(String::new(), |text, line| text + line + "\n");
    let error = parse(&less).expect_err("is incomplete");
    assert_eq!(error.to_string(), "the parameters depth, fee_ppm are missing");
    let more = whole.clone() + "fee = 1\n";
    assert_eq!(parse(&more).expect_err("has a name too many").to_string(), "no parameter has the name fee");
    assert!(matches!(parse(&(whole + "fee_ppm = 3\n")), Err(ParametersError::Syntax(_))), "twice is no TOML");
}

fn with(name: &str, value: &str) -> String {
    let line = |line: &str| {
        let is_it = line.split(" = ").next() == Some(name);
        if is_it { format!("{name} = {value}\n") } else { format!("{line}\n") }
    };
    text("sol").lines().map(line).collect()
}

#[test]
fn values_that_no_market_can_have_are_refused_in_a_sentence() {
    let said = |name: &str, value: &str| parse(&with(name, value)).expect_err("is refused").to_string();
    assert_eq!(said("fee_ppm", "20_001"), "fee_ppm is 20001: its hard bounds are 0 and 20000");
    assert_eq!(said("tick_exponent", "0"), "tick_exponent is 0: its hard bounds are 1 and 12");
    assert_eq!(said("tick_exponent", "256"), "tick_exponent is 256: its hard bounds are 1 and 12");
    assert_eq!(said("fee_ppm", "-1"), "fee_ppm is not a whole number of at least zero");
    assert_eq!(said("fee_ppm", "1.5"), "fee_ppm is not a whole number of at least zero");
    assert_eq!(said("fee_ppm", "\"500\""), "fee_ppm is not a whole number of at least zero");
    // Each within its bounds, and too much together: maintenance must be twice the charge.
    assert!(matches!(parse(&with("maintenance_floor_ppm", "11_000")), Err(ParametersError::Combination)));
    assert!(parse(&with("order_delay_s", "2")).is_ok());
    assert!(matches!(parse(&with("clock_lag_s", "3")), Err(ParametersError::Combination)));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = read("no/such/file.toml").expect_err("is not there").to_string();
    assert!(error.starts_with("no/such/file.toml cannot be read"), "{error}");
}
