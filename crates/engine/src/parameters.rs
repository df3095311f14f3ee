//! A market's parameters in the units people write: ppm, seconds, atoms and lots.
//!
//! They are turned once into [`Risk`](crate::risk::Risk), the binary constants the engine works with.

/// Everything an administrator chooses for a market. `docs/parameters.md` lists meaning and bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "anchor",
    derive(anchor_lang::AnchorSerialize, anchor_lang::AnchorDeserialize, anchor_lang::IdlType)
)]
#[cfg_attr(feature = "borsh", derive(borsh::BorshSerialize, borsh::BorshDeserialize))]
pub struct Parameters {
    /// `t`: a tick is `10^-t` quote per base unit; a lot is then `10^-(6 - t)` base units.
    pub tick_exponent: u8,
    /// Smallest standard deviation of returns over one hour; in force until it is measured.
    pub volatility_floor_ppm: u32,
    /// Largest one that is used.
    pub volatility_cap_ppm: u32,
    /// Time constant of its average, in seconds.
    pub volatility_tau_s: u32,
    /// Seconds between the fixed moments after which an update is a sample.
    pub sample_interval_s: u32,
    /// `T_n`: notice before measured risk may raise maintenance, in seconds.
    pub notice_s: u32,
    /// How much maintenance may then rise within an hour.
    pub rise_ppm: u32,
    /// `z`: how many standard deviations maintenance margin covers, in thousandths.
    pub confidence_milli: u32,
    /// `h`: seconds it takes to liquidate.
    pub horizon_s: u32,
    /// `h0`: seconds of waiting that the priority key looks ahead.
    pub key_horizon_s: u32,
    /// `a`: the stressed drift in the priority key.
    pub key_drift_ppm: u32,
    /// Cost of a close inside the liquidation buffer.
    pub close_cost_ppm: u32,
    /// Notional that moves the price by half: the impact of closing `N` is `N / (2 depth)`. In atoms.
    pub depth: u64,
    /// Smallest maintenance ratio.
    pub maintenance_floor_ppm: u32,
    /// Largest maintenance ratio.
    pub maintenance_cap_ppm: u32,
    /// `rho`: maintenance over initial margin.
    pub rho_ppm: u32,
    /// `alpha`: the share of a side's open interest that an account's impact is computed on at least.
    pub crowd_ppm: u32,
    /// How much initial margin grows from an empty side to a full one.
    pub open_interest_ramp_ppm: u32,
    /// Weight of positive unrealised profit in initial equity.
    pub profit_weight_ppm: u32,
    /// Cap of positive unrealised profit in initial equity, per position. In atoms.
    pub profit_cap: u64,
    /// Part of the liquidation charge for the treasury.
    pub charge_treasury_ppm: u32,
    /// Part of the liquidation charge for the flagger.
    pub charge_flagger_ppm: u32,
    /// Part of the liquidation charge for the liquidator.
    pub charge_liquidator_ppm: u32,
    /// Part of the liquidation charge for the insurance fund.
    pub charge_insurance_ppm: u32,
    /// `T`: equity over maintenance that a partial close aims at.
    pub target_ppm: u32,
    /// Smallest partial close, in lots.
    pub minimum_step: u64,
    /// Smallest position, in lots.
    pub minimum_position: u64,
    /// Skew at which the pool's price is doubled, in lots.
    pub skew_scale: u64,
    /// Largest open interest of a side, in lots.
    pub side_cap: u64,
    /// Largest position of an account, in lots.
    pub position_cap: u64,
    /// The pool's half spread.
    pub spread_ppm: u32,
    /// Share of the oracle's confidence interval added to the spread.
    pub confidence_spread_ppm: u32,
    /// Fee of an order over its notional when placed.
    pub fee_ppm: u32,
    /// Part of every order's fee that goes to whoever executes it. In atoms.
    pub execution_fee: u64,
    /// Relative move that net asset value must cover on the skew.
    pub stress_ppm: u32,
    /// Share of open interest that net asset value must cover besides.
    pub coverage_ppm: u32,
    /// How close to the largest key a liquidated account's key must be.
    pub tolerance_ppm: u32,
    /// Oldest price that margin may use, in seconds.
    pub max_price_age_s: u32,
    /// Widest confidence interval over price.
    pub max_confidence_ppm: u32,
    /// Largest difference at which two sources agree.
    pub band_ppm: u32,
    /// `T_gap`: a longer gap between two updates is an outage, in seconds.
    pub outage_gap_s: u32,
    /// Seconds without liquidations after the updates that follow an outage.
    pub outage_grace_s: u32,
    /// `T_d`: seconds of disagreement after which the market halts.
    pub disagreement_s: u32,
    /// `T_stale`: seconds without an agreed price after which the market can be wound down.
    pub silence_s: u32,
    /// How far a price may have moved for each second of its age.
    pub stale_ppm: u32,
    /// Seconds of the window in which a cascade is measured.
    pub cascade_window_s: u32,
    /// Largest multiple of initial margin in a cascade.
    pub cascade_cap_ppm: u32,
    /// Funding per day when the skew fills a side.
    pub funding_slope_ppm: u32,
    /// Largest funding per day.
    pub funding_cap_ppm: u32,
    /// Net asset value over skew below which the heavier side is reduced.
    pub adl_trigger_ppm: u32,
    /// Net asset value over skew that this aims at.
    pub adl_target_ppm: u32,
    /// `T_obs`: seconds between the two looks that start a settlement.
    pub settle_wait_s: u32,
    /// Seconds after which a round of claims is fixed although positions are left.
    pub settle_deadline_s: u32,
    /// Seconds that shares stay at risk after their exit was requested.
    pub lp_cooldown_s: u32,
    /// Seconds by which the cluster's clock may lag behind the oracle's.
    pub clock_lag_s: u32,
    /// `d`: seconds between an order and the update that executes it.
    pub order_delay_s: u32,
    /// `w`: seconds after the delay within which the update must be published.
    pub order_window_s: u32,
    /// Seconds for which a queue entry counts after it was last refreshed.
    pub entry_ttl_s: u32,
    /// Notional that can be liquidated at once, in atoms.
    pub throttle_capacity: u64,
    /// Notional of liquidation capacity that comes back each second, in atoms.
    pub throttle_refill: u64,
    /// Seconds of the window in which shared insurance is capped.
    pub insurance_window_s: u32,
    /// Largest draw on shared insurance in a window, in atoms.
    pub insurance_cap: u64,
    /// Smallest deposit of a liquidity provider, in atoms.
    pub minimum_lp_deposit: u64,
    /// Largest difference between a venue's price and the market's; zero for no venue fills.
    pub venue_band_ppm: u32,
    /// Fee of each side of a venue fill over its notional.
    pub venue_fee_ppm: u32,
    /// How far the price may be from its average before new risk stops.
    pub ema_band_ppm: u32,
    /// Multiple of initial margin in a cascade at which new risk stops.
    pub cascade_limit_ppm: u32,
    /// Skew that new risk may not exceed, and at which it stops. In lots.
    pub skew_cap: u64,
    /// Insurance below which new risk stops, in atoms; zero for none.
    pub insurance_target: u64,
    /// Largest share of its side's open interest that one account may grow to.
    pub position_share_ppm: u32,
    /// Size up to which that share does not count, in lots.
    pub position_floor: u64,
    /// Largest notional over `depth` that one account may grow to.
    pub depth_share_ppm: u32,
}
