//! The tables of `docs/parameters.md`, from the engine's own.

use std::fmt::Write as _;

use plimsoll_engine::bounds::{Change, ROWS, Row};

/// The page's tables by the name in their markers, each with its fields in the order of the page.
const TABLES: [(&str, &[&str]); 8] = [
    (
        "volatility",
        &[
            "tick_exponent",
            "volatility_floor_ppm",
            "volatility_cap_ppm",
            "volatility_tau_s",
            "sample_interval_s",
            "notice_s",
            "rise_ppm",
            "confidence_milli",
            "horizon_s",
            "key_horizon_s",
            "key_drift_ppm",
        ],
    ),
    (
        "margin",
        &[
            "close_cost_ppm",
            "depth",
            "maintenance_floor_ppm",
            "maintenance_cap_ppm",
            "rho_ppm",
            "crowd_ppm",
            "open_interest_ramp_ppm",
            "profit_weight_ppm",
            "profit_cap",
        ],
    ),
    (
        "liquidation",
        &[
            "charge_treasury_ppm",
            "charge_flagger_ppm",
            "charge_liquidator_ppm",
            "charge_insurance_ppm",
            "target_ppm",
            "minimum_step",
            "minimum_position",
            "tolerance_ppm",
            "entry_ttl_s",
            "throttle_capacity",
            "throttle_refill",
        ],
    ),
    (
        "pool",
        &[
            "skew_scale",
            "side_cap",
            "position_cap",
            "spread_ppm",
            "confidence_spread_ppm",
            "fee_ppm",
            "execution_fee",
            "stress_ppm",
            "coverage_ppm",
            "minimum_lp_deposit",
            "venue_band_ppm",
            "venue_fee_ppm",
        ],
    ),
    (
        "prices",
        &[
            "max_price_age_s",
            "max_confidence_ppm",
            "band_ppm",
            "stale_ppm",
            "outage_gap_s",
            "outage_grace_s",
            "disagreement_s",
            "silence_s",
            "clock_lag_s",
            "order_delay_s",
            "order_window_s",
        ],
    ),
    (
        "cascades",
        &[
            "cascade_window_s",
            "cascade_cap_ppm",
            "funding_slope_ppm",
            "funding_cap_ppm",
            "adl_trigger_ppm",
            "adl_target_ppm",
            "settle_wait_s",
            "settle_deadline_s",
            "lp_cooldown_s",
        ],
    ),
    ("insurance", &["insurance_window_s", "insurance_cap"]),
    (
        "breakers",
        &[
            "ema_band_ppm",
            "cascade_limit_ppm",
            "skew_cap",
            "insurance_target",
            "position_share_ppm",
            "position_floor",
            "depth_share_ppm",
        ],
    ),
];

/// Where the page is kept.
pub fn path() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/parameters.md")
}

/// The page with its tables as the engine has them; what is between no markers stays.
pub fn renewed(page: &str) -> String {
    let mut named: Vec<&str> = TABLES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    named.sort_unstable();
    let mut known = ROWS.map(|row| row.name).to_vec();
    known.sort_unstable();
    assert_eq!(named, known, "every parameter is in one table");

    let mut page = page.to_owned();
    for (name, fields) in TABLES {
        page = put(&page, name, &table(fields));
    }
    let wire: Vec<String> = ROWS.iter().map(|row| format!("`{}`", row.name)).collect();
    put(&page, "wire", &format!("{}.\n", wire.join(", ")))
}

/// Replaces what is between the markers of a name.
fn put(page: &str, name: &str, content: &str) -> String {
    let (begin, end) = (format!("<!-- from the code: {name} -->\n"), "<!-- end -->");
    let (before, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("the page has a place for {name}"));
    let (_, after) = rest.split_once(end).unwrap_or_else(|| panic!("the table of {name} ends"));
    format!("{before}{begin}{content}{end}{after}")
}

fn table(fields: &[&str]) -> String {
    let mut text = String::from("| field | type | unit | meaning | hard bounds | default | why this | on change |\n");
    text += "|---|---|---|---|---|---|---|---|\n";
    for name in fields {
        let row = ROWS.iter().find(|row| row.name == *name).unwrap_or_else(|| panic!("{name} is a parameter"));
        let Row { name, kind, unit, meaning, minimum, maximum, default, source, change } = row;
        let bounds = format!("{} to {}", number(*minimum), number(*maximum));
        let default = number(*default);
        let change = on_change(*change);
        let _ =
            writeln!(text, "| `{name}` | {kind} | {unit} | {meaning} | {bounds} | {default} | {source} | {change} |");
    }
    text
}

fn on_change(change: Change) -> String {
    match change {
        Change::Never => "never".to_owned(),
        Change::Notice => "falls at once, rises after notice".to_owned(),
        Change::Doubles(free) => format!("at most doubles; free up to {}", number(free)),
        Change::Halves(free) => format!("at most halves; free down to {}", number(free)),
        Change::Steps(low, high) => {
            format!("at most doubles or halves; free from {} to {}", number(low), number(high))
        }
        Change::Later => "for what begins later".to_owned(),
        Change::Flat => "where the skew's premium stays".to_owned(),
        Change::Once => "at once".to_owned(),
    }
}

/// With separators; powers of two that nobody reads as digits by their exponent.
fn number(value: u64) -> String {
    if value >= 1 << 30 && value.is_power_of_two() {
        return format!("2^{}", value.ilog2());
    }
    let digits = value.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
