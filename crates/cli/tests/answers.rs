//! What programs read: strings where a JSON number would not be exact, and the same shape every time.

use plimsoll_cli::{
    failure::{Failure, Kind},
    json,
    outcome::Outcome,
    page::{Page, Tone},
    snapshot::Listed,
    time::{clock, date, span},
    units::{Units, brief, percent, ratio_ppm, usd},
};
use plimsoll_client::{
    engine::{
        bounds::{ROWS, with_values},
        units::Ratio,
    },
    explain::Refusal,
};
use serde::Serialize;
use serde_json::{Value, json};

fn value(answer: &impl Serialize) -> Value {
    serde_json::from_str(&json::text(answer)).expect("an answer is JSON")
}

#[test]
fn integers_of_64_bits_are_strings_and_smaller_ones_numbers() {
    #[derive(Serialize)]
    struct Mixed {
        atoms: u64,
        pnl: i64,
        ppm: i32,
        index: u16,
        missing: Option<u64>,
        list: Vec<u64>,
    }
    let mixed = Mixed { atoms: u64::MAX, pnl: i64::MIN, ppm: -7, index: 3, missing: None, list: vec![1, 2] };
    let expected = json!({
        "atoms": "18446744073709551615", "pnl": "-9223372036854775808", "ppm": -7, "index": 3, "missing": null,
        "list": ["1", "2"],
    });
    assert_eq!(value(&mixed), expected);
}

#[test]
fn an_order_has_its_state_among_its_fields() {
    let executed = Outcome::Executed {
        lots: -2_500,
        fill_price: Some(171_234),
        oracle_price: 171_250,
        cost: -428_085_000,
        premium: 40_000,
        spread: 0,
        settled: -1,
        fee: 224_062,
    };
    let expected = json!({
        "state": "executed", "lots": "-2500", "fillPrice": "171234", "oraclePrice": "171250", "cost": "-428085000",
        "premium": "40000", "spread": "0", "settled": "-1", "fee": "224062",
    });
    assert_eq!(value(&executed), expected);
    assert_eq!(value(&Outcome::Requested), json!({ "state": "requested" }));
    assert_eq!(
        value(&Outcome::Expired { closed: false, fee: 1 }),
        json!({ "state": "expired", "closed": false, "fee": "1" })
    );
}

#[test]
fn only_orders_that_did_not_do_what_they_were_for_are_failures() {
    let failed = Outcome::Failed { error: "LimitNotMet".into(), sentence: "The fill price is worse.".into(), fee: 1 };
    let failure = failed.failure().expect("it failed");
    assert_eq!((failure.kind, failure.name.as_str()), (Kind::Refused, "LimitNotMet"));
    assert!(Outcome::Expired { closed: true, fee: 1 }.failure().is_some());
    assert!(
        [Outcome::Requested, Outcome::Armed, Outcome::Cancelled { fee: 1 }]
            .iter()
            .all(|order| order.failure().is_none())
    );
}

#[test]
fn exit_codes_are_as_documented() {
    assert_eq!([Kind::Refused, Kind::Usage, Kind::Unreachable, Kind::NotFound].map(|kind| kind as u8), [1, 2, 3, 4]);
    let refusal =
        Refusal { name: "NotWorstFirst".into(), sentence: "Another.".into(), instruction: None, logs: vec![] };
    assert_eq!(Failure::from(refusal).code(), 1);
}

#[test]
fn a_market_is_named_with_what_it_is_counted_in() {
    let units = Units { name: "SOL".into(), size_decimals: 3, price_decimals: 3 };
    let listed = Listed {
        name: units.name.clone(),
        address: "11111111111111111111111111111111".into(),
        size_decimals: units.size_decimals,
        price_decimals: units.price_decimals,
    };
    let expected = json!({
        "name": "SOL", "address": "11111111111111111111111111111111", "sizeDecimals": 3, "priceDecimals": 3,
    });
    assert_eq!(value(&listed), expected);
    assert_eq!((units.size(-2_500), units.price(171_234)), ("-2.500 SOL".into(), "171.234".into()));
}

#[test]
fn amounts_never_show_more_than_there_is() {
    assert_eq!((usd(1_999_999_u64), usd(-1_i64), usd(0_u64)), ("$1.99".into(), "-$0.01".into(), "$0.00".into()));
    assert_eq!(brief(30_123_456_789_000_u64), "$30.12M");
    assert_eq!((brief(9_999_999_999_u64), brief(10_000_000_000_u64)), ("$9,999.99".into(), "$10.00k".into()));
    assert_eq!((percent(12_345), percent(-1)), ("1.23 %".into(), "-0.01 %".into()));
}

#[test]
fn what_was_written_in_millionths_comes_back() {
    for ppm in (0..200_000).chain([999_999, 1_000_000, 5_000_000, u32::MAX]) {
        let up = Ratio::from_ppm_ceil(ppm).expect("it fits");
        let down = Ratio::from_ppm_floor(ppm).expect("it fits");
        assert_eq!((ratio_ppm(up), ratio_ppm(down)), (ppm, ppm));
    }
}

#[test]
fn parameters_have_defaults_that_the_engine_takes() {
    let defaults: Vec<u64> = ROWS.iter().map(|row| row.default).collect();
    assert!(with_values(&defaults.try_into().expect("all of them")).is_some());
}

#[test]
fn times_are_said_in_the_largest_units_that_matter() {
    assert_eq!(
        [span(5), span(65), span(3_600), span(90_061), span(-5)],
        ["5 s", "1 min 5 s", "1 h", "1 d 1 h", "-5 s"]
    );
    assert_eq!((clock(86_399), date(1_760_130_000)), ("23:59:59".into(), "2025-10-10 21:00:00".into()));
}

#[test]
fn a_page_without_colour_has_no_escapes() {
    let mut page = Page::new(false);
    page.title("Title");
    page.line(Tone::Bad, "bad   ");
    page.table(&["name", ">value"], [vec!["a".into(), "1".into()], vec!["b".into(), "20".into()]]);
    assert!(!page.text().contains('\x1b'));
    let lines: Vec<_> = page.text().lines().collect();
    assert_eq!(lines[1], "bad");
    // A column on the right ends where its heading ends.
    assert_eq!([lines[3].len(), lines[4].len()], [lines[2].len(), lines[2].len()]);
    let mut coloured = Page::new(true);
    coloured.line(Tone::Bad, "bad");
    assert_eq!(coloured.text(), "\x1b[31mbad\x1b[0m\n");
}
