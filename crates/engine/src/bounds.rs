//! Every parameter's hard bounds, in one table: [`Risk::new`](crate::risk::Risk::new) checks by it, and the tables of
//! `docs/parameters.md` are written from it.

use crate::{EngineError, Result, parameters::Parameters};

/// `2^59` atoms: the largest notional of one side.
const NOTIONAL: u64 = 1 << 59;
/// The largest number with a reciprocal, so also the most lots there are, and the smallest.
const LOTS: u64 = 1 << 55;
const RECIPROCAL: u64 = 1 << 30;
/// Seconds.
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
const WEEK: u64 = 7 * DAY;
const MONTH: u64 = 30 * DAY;

/// What a change of a parameter, which the admin proposes and the timelock delays, does when it is executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is refused.
    Never,
    /// What it lowers of maintenance falls at once; what it raises is announced then, and rises after notice.
    Notice,
    /// It is in force at once, and at most doubles. Up to this value it may be more.
    Doubles(u64),
    /// It is in force at once, and at most halves. Down to this value it may be less.
    Halves(u64),
    /// It is in force at once, and at most doubles or halves. Between these values it is free.
    Steps(u64, u64),
    /// It is in force at once, for orders placed and exits requested from then on.
    Later,
    /// It is in force at once, where the premium of the present skew does not move by a unit of the quote token.
    Flat,
    /// It is in force at once.
    Once,
}

/// What people are told about a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its field in [`Parameters`].
    pub name: &'static str,
    /// Its type on the wire.
    pub kind: &'static str,
    /// What it is counted in.
    pub unit: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Smallest value.
    pub minimum: u64,
    /// Largest value.
    pub maximum: u64,
    /// A place to start from.
    pub default: u64,
    /// Why this one.
    pub source: &'static str,
    /// What changing it does.
    pub change: Change,
}

/// One table gives the bounds that the program checks by and the words that only people read.
macro_rules! table {
    ($($name:ident: $kind:ident, $unit:literal, $minimum:expr, $maximum:expr, $default:expr, $change:expr, $meaning:literal, $source:literal;)*) => {
        /// How many parameters a market has.
        pub const COUNT: usize = [$(stringify!($name)),*].len();

        /// Smallest and largest value of each, in the order of the wire.
        pub const BOUNDS: [(u64, u64); COUNT] = [$(($minimum, $maximum)),*];

        /// The whole table.
        pub const ROWS: [Row; COUNT] = [$(Row {
            name: stringify!($name),
            kind: stringify!($kind),
            unit: $unit,
            meaning: $meaning,
            minimum: $minimum,
            maximum: $maximum,
            default: $default,
            source: $source,
            change: $change,
        }),*];

        /// Every field's value, in the same order.
        pub fn values(parameters: &Parameters) -> [u64; COUNT] {
            let Parameters { $($name),* } = *parameters;
            [$(u64::from($name)),*]
        }

        /// Parameters with these values; nothing where one does not fit its type.
        pub fn with_values(values: &[u64; COUNT]) -> Option<Parameters> {
            let [$($name),*] = *values;
            Some(Parameters { $($name: $name.try_into().ok()?),* })
        }
    };
}

table! {
    tick_exponent: u8, "", 1, 12, 3, Change::Never,
        "`t`: a tick is `10^-t` quote per base unit, a lot `10^-(6-t)` base units",
        "a tick of $0.001 for a price of $150";
    volatility_floor_ppm: u32, "ppm", 100, 500_000, 12_000, Change::Notice,
        "smallest `sigma`, the standard deviation of returns over one hour; used until it is measured",
        "a calm hour of SOL, by judgement";
    volatility_cap_ppm: u32, "ppm", 100, 1_000_000, 1_000_000, Change::Notice,
        "largest `sigma` that is used; at least `volatility_floor_ppm`",
        "no cap below the hard one";
    volatility_tau_s: u32, "s", 1, MONTH, DAY, Change::Once,
        "time constant of the average of squared returns; at least `sample_interval_s`",
        "a day of memory";
    sample_interval_s: u32, "s", 1, HOUR, 60, Change::Once,
        "between the fixed moments after which the first update is a sample",
        "1,440 samples in a time constant";
    notice_s: u32, "s", 600, MONTH, DAY, Change::Once,
        "`T_n`: notice before measured risk or a change may raise maintenance. What is announced keeps its end",
        "a day to react";
    rise_ppm: u32, "ppm", 1_000, 1_000_000, 20_000, Change::Once,
        "how much maintenance may then rise within an hour, of what was in force when announced",
        "a doubling takes two days";
    confidence_milli: u32, "1/1,000", 1_000, 10_000, 4_000, Change::Notice,
        "`z`: standard deviations that maintenance covers",
        "fat tails: four";
    horizon_s: u32, "s", 5, DAY, 60, Change::Notice,
        "`h`: it takes to liquidate",
        "oracle age, keepers and the throttle; to be measured";
    key_horizon_s: u32, "s", 5, DAY, 60, Change::Once,
        "`h0`: waiting that the priority key looks ahead",
        "as `horizon_s`";
    key_drift_ppm: u32, "ppm", 250_000, 500_000, 350_000, Change::Once,
        "`a`: stressed drift in the key, in units of `S`",
        "ADR 11";
    close_cost_ppm: u32, "ppm", 0, 20_000, 6_000, Change::Notice,
        "cost of a close inside the buffer",
        "the charge";
    depth: u64, "atoms", RECIPROCAL, LOTS, 5_000_000_000_000, Change::Notice,
        "closing `N` moves the price by `N / (2 depth)`",
        "closing $100k moves SOL by a percent, by judgement";
    maintenance_floor_ppm: u32, "ppm", 2_000, 200_000, 12_500, Change::Notice,
        "smallest maintenance ratio; at least twice the charge",
        "twice the charge and a little";
    maintenance_cap_ppm: u32, "ppm", 5_000, 1_000_000, 200_000, Change::Notice,
        "largest maintenance ratio; at least the floor",
        "five times leverage for the largest";
    rho_ppm: u32, "ppm", 500_000, 600_000, 550_000, Change::Once,
        "maintenance over initial margin",
        "the middle of its bounds";
    crowd_ppm: u32, "ppm", 0, 1_000_000, 100_000, Change::Once,
        "`alpha`: initial margin's impact is computed on at least this share of the side's open interest",
        "ten wallets are one";
    open_interest_ramp_ppm: u32, "ppm", 0, 4_000_000, 500_000, Change::Once,
        "growth of initial margin from an empty side to a full one",
        "half as much again";
    profit_weight_ppm: u32, "ppm", 0, 1_000_000, 1_000_000, Change::Once,
        "weight of unrealised profit in initial equity. Below 1,000,000 marks pay no profit on open positions (ADR 14)",
        "all of it";
    profit_cap: u64, "atoms", 0, NOTIONAL, 1_000_000_000_000, Change::Once,
        "most unrealised profit that initial equity counts per position",
        "$1m";
    charge_treasury_ppm: u32, "ppm", 0, 100_000, 3_500, Change::Doubles(500),
        "part of the charge `phi` for the treasury, paid first",
        "`side_cap / skew_scale`";
    charge_flagger_ppm: u32, "ppm", 0, 100_000, 500, Change::Doubles(500),
        "part for the flagger",
        "$5 for $10,000";
    charge_liquidator_ppm: u32, "ppm", 0, 100_000, 1_000, Change::Doubles(500),
        "part for the liquidator",
        "$10 for $10,000";
    charge_insurance_ppm: u32, "ppm", 0, 100_000, 1_000, Change::Doubles(500),
        "part for the insurance fund",
        "as the liquidator's";
    target_ppm: u32, "ppm", 1_000_000, 1_500_000, 1_100_000, Change::Once,
        "`T`: equity over maintenance that a partial close aims at",
        "a tenth above";
    minimum_step: u64, "lots", 1, LOTS, 50, Change::Once,
        "smallest partial close; at most `minimum_position`",
        "half of a position";
    minimum_position: u64, "lots", 1, LOTS, 100, Change::Doubles(1),
        "smallest position; at most `position_cap`",
        "0.1 SOL";
    skew_scale: u64, "lots", RECIPROCAL, LOTS, 20_000_000_000, Change::Flat,
        "`K`: skew at which the marginal price has doubled",
        "`side_cap` over the treasury's part of the charge";
    side_cap: u64, "lots", 1_000, LOTS, 70_000_000, Change::Once,
        "largest open interest of a side. Positions above it stay and cannot grow",
        "70,000 SOL";
    position_cap: u64, "lots", 1, LOTS, 20_000_000, Change::Once,
        "largest position of an account; at most `side_cap`. One above it stays and cannot grow",
        "20,000 SOL";
    spread_ppm: u32, "ppm", 0, 20_000, 400, Change::Doubles(200),
        "the pool's half spread",
        "four basis points";
    confidence_spread_ppm: u32, "ppm", 0, 5_000_000, 250_000, Change::Doubles(250_000),
        "share of the confidence interval added to it",
        "a quarter";
    fee_ppm: u32, "ppm", 0, 20_000, 500, Change::Doubles(500),
        "fee of an order over its notional when placed",
        "five basis points";
    execution_fee: u64, "atoms", 0, 10_000_000, 20_000, Change::Doubles(50_000),
        "part of each order's fee for its executor, on top of `fee_ppm`",
        "$0.02";
    stress_ppm: u32, "ppm", 10_000, 1_000_000, 200_000, Change::Once,
        "relative move that net asset value must cover on the skew",
        "a fifth";
    coverage_ppm: u32, "ppm", 0, 1_000_000, 20_000, Change::Once,
        "share of open interest that it must cover besides",
        "two percent";
    tolerance_ppm: u32, "ppm", 500_000, 1_000_000, 800_000, Change::Once,
        "how close to the largest eligible key a liquidated account's key must be",
        "ADR 11";
    max_price_age_s: u32, "s", 1, 600, 30, Change::Steps(15, 30),
        "oldest price that any action may use",
        "a keeper that refreshes every few seconds";
    max_confidence_ppm: u32, "ppm", 100, 100_000, 20_000, Change::Halves(5_000),
        "widest confidence interval over price",
        "two percent";
    band_ppm: u32, "ppm", 100, 100_000, 5_000, Change::Halves(2_000),
        "largest difference at which two sources agree, of the first; the credit of a leg with one of two sources",
        "half a percent";
    outage_gap_s: u32, "s", 30, DAY, 60, Change::Doubles(300),
        "`T_gap`: a longer gap between two updates, or a longer jump of the cluster's clock, is an outage",
        "a minute without an update";
    outage_grace_s: u32, "s", 0, 600, 120, Change::Once,
        "seconds without liquidations after the updates that follow an outage, in which deposits work",
        "two minutes to react";
    disagreement_s: u32, "s", 10, DAY, 600, Change::Steps(60, HOUR),
        "`T_d`: seconds of disagreement between both sources after which the market halts",
        "ten minutes";
    silence_s: u32, "s", HOUR, MONTH, 604_800, Change::Steps(DAY, WEEK),
        "`T_stale`: seconds without an agreed price after which the market can be wound down",
        "a week";
    stale_ppm: u32, "ppm", 1, 10_000, 200, Change::Once,
        "how far a price may have moved for each second of its age: the credit of a leg without a fresh price",
        "a percent in fifty seconds";
    cascade_window_s: u32, "s", 10, HOUR, 60, Change::Once,
        "window in which liquidations are measured against the move",
        "a minute";
    cascade_cap_ppm: u32, "ppm", 1_000_000, 10_000_000, 3_000_000, Change::Once,
        "largest multiple of initial margin in a cascade",
        "three times";
    funding_slope_ppm: u32, "ppm a day", 0, 10_000_000, 100_000, Change::Doubles(10_000),
        "funding when the skew fills a side",
        "ten percent";
    funding_cap_ppm: u32, "ppm a day", 0, 2_400_000, 50_000, Change::Doubles(10_000),
        "largest funding",
        "five percent";
    adl_trigger_ppm: u32, "ppm", 1_000, 1_000_000, 25_000, Change::Doubles(10_000),
        "net asset value over skew below which the heavier side is reduced (ADR 26); at most `adl_target_ppm`",
        "an eighth of `stress_ppm`";
    adl_target_ppm: u32, "ppm", 1_000, 1_000_000, 50_000, Change::Doubles(10_000),
        "net asset value over skew that this aims at; at most `stress_ppm`",
        "twice the trigger";
    settle_wait_s: u32, "s", 10, DAY, 60, Change::Once,
        "`T_obs`: between the two looks that start a settlement",
        "a minute";
    settle_deadline_s: u32, "s", HOUR, MONTH, WEEK, Change::Once,
        "after which a round of claims is fixed although positions are left",
        "a week";
    lp_cooldown_s: u32, "s", HOUR, WEEK, DAY, Change::Later,
        "that liquidity shares stay at risk after a request",
        "a day; no longer than a stake's, so that all of a pool can leave before a new market opens";
    clock_lag_s: u32, "s", 1, 59, 1, Change::Later,
        "how far the cluster's clock may lag behind the oracle's; less than `order_delay_s`. A price is from the future only beyond it; an order can be cancelled until `t + d - lag` (ADR 18)",
        "ADR 18";
    order_delay_s: u32, "s", 2, 60, 3, Change::Later,
        "`d`: from an order to its update",
        "ADR 18";
    order_window_s: u32, "s", 1, 60, 5, Change::Later,
        "`w`: the update must be published within it; as long again to land it",
        "five updates and more";
    entry_ttl_s: u32, "s", 5, 600, 30, Change::Once,
        "for which a queue entry counts, and a flag restricts, after a refresh",
        "half a minute";
    throttle_capacity: u64, "atoms", 1, NOTIONAL, 1_000_000_000_000, Change::Once,
        "notional that can be liquidated at once",
        "$1m";
    throttle_refill: u64, "atoms", 1, NOTIONAL, 20_000_000_000, Change::Once,
        "notional of capacity that comes back each second; at most `throttle_capacity`",
        "all of it in fifty seconds";
    insurance_window_s: u32, "s", 60, WEEK, DAY, Change::Halves(DAY),
        "window in which shared insurance is capped",
        "a day";
    insurance_cap: u64, "atoms", 0, NOTIONAL, 100_000_000_000, Change::Doubles(1_000_000_000),
        "most that a window may draw on shared insurance. The market's own part has no cap",
        "$100k";
    minimum_lp_deposit: u64, "atoms", 1_000_000, NOTIONAL, 1_000_000_000, Change::Once,
        "smallest liquidity deposit",
        "$1k";
    venue_band_ppm: u32, "ppm", 0, 100_000, 5_000, Change::Once,
        "largest difference between a venue's price and the market's; zero for no venue fills; at most half of the maintenance floor",
        "half a percent";
    venue_fee_ppm: u32, "ppm", 0, 20_000, 100, Change::Doubles(500),
        "fee of each side of a venue's fill over its notional",
        "a basis point";
    ema_band_ppm: u32, "ppm", 10_000, 10_000_000, 100_000, Change::Once,
        "distance of the price from its average, over the average, beyond which new risk stops",
        "a tenth";
    cascade_limit_ppm: u32, "ppm", 1_100_000, 11_000_000, 2_000_000, Change::Once,
        "multiple of initial margin in a cascade at which new risk stops; above `cascade_cap_ppm` never",
        "liquidations that move the price twice as far as it moved";
    skew_cap: u64, "lots", 1, LOTS, 35_000_000, Change::Once,
        "skew at which new risk stops, and beyond which none may take it. One above it stays and cannot grow",
        "half of `side_cap`";
    insurance_target: u64, "atoms", 0, NOTIONAL, 50_000_000_000, Change::Once,
        "the market's own and shared insurance below which new risk stops; zero for none",
        "half of `insurance_cap`";
    position_share_ppm: u32, "ppm", 1_000, 1_000_000, 250_000, Change::Once,
        "largest share of its side's open interest, itself included, that one account may grow to",
        "a quarter of a side";
    position_floor: u64, "lots", 0, LOTS, 1_000_000, Change::Once,
        "size up to which that share does not count: somebody is first",
        "1,000 SOL";
    depth_share_ppm: u32, "ppm", 1_000, 1_000_000_000, 500_000, Change::Once,
        "largest notional over `depth` that one account may grow to",
        "closing it moves the price by a quarter";
}

/// Whether every parameter is within its own bounds. No administrator can leave them.
#[inline(never)] // all values at once would not fit the caller's stack frame
pub fn check(parameters: &Parameters) -> Result<()> {
    let within = values(parameters).iter().zip(BOUNDS).all(|(value, (least, most))| (least..=most).contains(value));
    if within { Ok(()) } else { Err(EngineError::ParameterOutOfBounds) }
}
