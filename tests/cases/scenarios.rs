//! What really happened, replayed on the binary: every file of `tests/scenarios`.

use std::collections::BTreeSet;

use plimsoll_tests::scenario::{Scenario, folder};

/// One test for each file.
macro_rules! scenarios {
    ($($name:ident,)*) => {
        const FILES: &[&str] = &[$(stringify!($name)),*];

        $(#[tokio::test]
        async fn $name() {
            Scenario::play(stringify!($name)).await;
        })*
    };
}

scenarios! {
    bad_print_btc_2021,
    bad_print_eth_2020,
    bad_print_eth_2021,
    drift_stolen_admin,
    halt_of_eight_hours,
    luna_pinned_feed,
    mango_paid_marks,
    mango_thin_pool,
    mango_without_a_keeper,
    usde_on_one_venue,
    yfi_gap,
    yfi_with_keepers,
}

#[test]
fn every_file_is_run() {
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("the folder exists")
        .map(|entry| entry.expect("can be read").path())
        .map(|path| path.file_stem().expect("has a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!(files, FILES.iter().map(|name| name.to_string()).collect::<BTreeSet<_>>());
}

#[test]
fn a_file_with_a_word_that_means_nothing_is_refused() {
    let good =
        r#"{"source": "s", "market": {"price": 1.0, "liquidity": 1}, "accounts": {}, "steps": [{"do": {"wait": 1}}]}"#;
    assert!(serde_json::from_str::<Scenario>(good).is_ok());
    for (word, wrong) in [
        (r#""source""#, r#""why": 1, "source""#),
        (r#""price""#, r#""prize""#),
        (r#""price": 1.0"#, r#""price": 1.0, "third": "pyth""#),
        (r#"{"do""#, r#"{"note": "x", "do""#),
        (r#"{"wait": 1}"#, r#"{"weight": 1}"#),
        (r#"{"wait": 1}"#, r#"{"price": {"first": 1.0, "third": 1.0}}"#),
        (r#"{"wait": 1}"#, r#"{"order": {"account": "a", "units": 1.0, "limit": 1.0}}"#),
        (r#"{"wait": 1}"#, r#"{"expect": {"cash": {"account": "a", "from": 1.0, "to": 1.0, "about": 1.0}}}"#),
    ] {
        let bad = good.replace(word, wrong);
        assert_ne!(bad, good);
        assert!(serde_json::from_str::<Scenario>(&bad).is_err(), "{bad}");
    }
}
