//! A record of every state change, for indexers. Amounts are atoms, sizes lots, prices ticks, times seconds.

use crate::wire::*;

event! {
    /// An exchange was created.
    pub struct ExchangeCreated { pub exchange: Address, pub admin: Address, pub guardian: Address, pub quote_mint: Address }
}
event! {
    /// The insurance fund of an exchange was created.
    pub struct InsuranceFundCreated { pub exchange: Address, pub fund: Address }
}
event! {
    /// A market was created. It takes no new risk before `opens`.
    pub struct MarketCreated { pub exchange: Address, pub market: Address, pub queue: Address, pub index: u16, pub feed: [u8; 32], pub opens: i64 }
}
event! {
    /// An account that holds shares of a pool was opened.
    pub struct SharesOpened { pub pool: Address, pub owner: Address }
}
event! {
    /// An account that holds shares of a pool was brought to today's layout. What it holds is as before.
    pub struct SharesMigrated { pub account: Address, pub pool: Address, pub owner: Address }
}
event! {
    /// Shares were issued for a deposit into a pool.
    pub struct SharesIssued { pub pool: Address, pub owner: Address, pub amount: u64, pub shares: u64, pub value_before: u64 }
}
event! {
    /// A margin account was opened.
    pub struct AccountOpened { pub exchange: Address, pub account: Address, pub owner: Address, pub index: u16 }
}
event! {
    /// Collateral came in.
    pub struct Deposited { pub account: Address, pub amount: u64, pub cash: u64 }
}
event! {
    /// Collateral left.
    pub struct Withdrawn { pub account: Address, pub amount: u64, pub cash: u64 }
}
event! {
    /// Funding accrued at a price and a skew: a positive one's longs paid. `rate` is per second, with 64 fraction bits.
    pub struct FundingAccrued { pub market: Address, pub seconds: u64, pub rate: u64, pub skew: i64, pub price: u64 }
}
event! {
    /// A market's price was refreshed.
    pub struct PriceRefreshed { pub market: Address, pub price: u64, pub confidence: u64, pub ema: u64, pub publish_time: i64 }
}
event! {
    /// The price of a market's second source was refreshed.
    pub struct SecondPriceRefreshed { pub market: Address, pub price: u64, pub confidence: u64, pub publish_time: i64 }
}
event! {
    /// A market resumes from an outage, or is looked at for one: liquidations wait until `waits_until`, which has no end while
    /// updates are left to come. Until `proof_until` an old update can prove a gap.
    pub struct OutageChanged { pub market: Address, pub updates_left: u64, pub waits_until: i64, pub proof_until: i64 }
}
event! {
    /// A market's sources have begun to disagree, or agree again: then `disagreed_since` is zero.
    pub struct AgreementChanged { pub market: Address, pub disagreed_since: i64, pub first: u64, pub second: u64 }
}
event! {
    /// A market was found without a usable price for the first time: 1 when it is too coarse, 2 when its sources are silent.
    pub struct WindingSeen { pub market: Address, pub reason: u64, pub at: i64, pub agreed: u64, pub agreed_at: i64 }
}
event! {
    /// The market has a usable price again.
    pub struct WindingCancelled { pub market: Address }
}
event! {
    /// What is measured moved: standard deviation over an hour, `m0` of the model and in force, and the multiple of initial
    /// margin in a cascade, as ratios with 32 fraction bits. `sampled_at` is the publish time of the last sample.
    pub struct RiskMeasured { pub market: Address, pub sampled_at: i64, pub volatility: u64, pub base_model: u64, pub base: u64, pub cascade: u64 }
}
event! {
    /// An order was placed and its fee taken. A trigger of zero is none.
    pub struct OrderPlaced { pub account: Address, pub market: Address, pub sequence: u64, pub lots: i64, pub limit: u64, pub reduce_only: bool, pub trigger: u64, pub trigger_above: bool, pub fee: u64, pub placed_at: i64 }
}
event! {
    /// The trigger of an order fired at a price: it is an order placed at `placed_at` now. `paid` went to whoever fired it,
    /// `fee` is what is left.
    pub struct OrderFired { pub account: Address, pub market: Address, pub sequence: u64, pub trigger: u64, pub trigger_above: bool, pub price: u64, pub placed_at: i64, pub paid: u64, pub fee: u64 }
}
event! {
    /// A size was computed from a risk and a stop; its order and its stop follow. `loss` is what it loses at the stop;
    /// `by_risk` is false where a cap of the market and not the risk bounds it.
    pub struct RiskSized { pub account: Address, pub market: Address, pub risk: u64, pub stop: u64, pub lots: i64, pub loss: u64, pub by_risk: bool }
}
event! {
    /// The protection level of an account was set: equity over maintenance with 32 fraction bits.
    pub struct ProtectionSet { pub account: Address, pub level: u64 }
}
event! {
    /// An order was placed that shrinks an account below its protection level. `paid` is the part of its fee that whoever
    /// called got.
    pub struct AccountProtected { pub account: Address, pub market: Address, pub sequence: u64, pub level: u64, pub equity: i64, pub maintenance: u64, pub fee: u64, pub paid: u64 }
}
event! {
    /// An order was executed.
    pub struct OrderExecuted { pub account: Address, pub market: Address, pub sequence: u64, pub lots: i64, pub cost: i64, pub premium: i64, pub spread: u64, pub settled: i64, pub price: u64, pub fee: u64 }
}
event! {
    /// An order failed at its update, for the reason with this error code. Its fee was kept.
    pub struct OrderFailed { pub account: Address, pub market: Address, pub sequence: u64, pub error: u32, pub fee: u64 }
}
event! {
    /// An order expired. Its fee was kept.
    pub struct OrderExpired { pub account: Address, pub market: Address, pub sequence: u64, pub fee: u64 }
}
event! {
    /// An order was cancelled before its price was known. Its fee came back.
    pub struct OrderCancelled { pub account: Address, pub market: Address, pub sequence: u64, pub fee: u64 }
}
event! {
    /// A leg was marked: profit was paid into cash (positive) or loss out of it.
    pub struct Marked { pub account: Address, pub market: Address, pub paid: i64, pub price: u64 }
}
event! {
    /// An account entered a liquidation queue, or its entry was refreshed.
    pub struct Flagged { pub account: Address, pub market: Address, pub key: u64, pub equity: i64, pub maintenance: u64, pub first: bool, pub place: u32 }
}
event! {
    /// Logged with a refusal: this account goes first.
    pub struct GoesFirst { pub account: Address, pub key: u64 }
}
event! {
    /// An account left a liquidation queue.
    pub struct Unflagged { pub account: Address, pub market: Address }
}
event! {
    /// Part or all of a leg was closed and charged.
    pub struct Liquidated { pub account: Address, pub market: Address, pub key: u64, pub lots: i64, pub price: u64, pub settled: i64, pub equity_before: i64, pub maintenance_before: u64, pub to_treasury: u64, pub to_flagger: u64, pub to_liquidator: u64, pub to_insurance: u64, pub first_flagged: i64 }
}
event! {
    /// A leg of a bankrupt account was closed.
    pub struct BankruptcyClosed { pub account: Address, pub market: Address, pub key: u64, pub lots: i64, pub price: u64, pub settled: i64, pub deficit: u64, pub claim: u64 }
}
event! {
    /// A deficit went down the waterfall.
    pub struct DeficitPaid { pub market: Address, pub from_own: u64, pub from_shared: u64, pub by_providers: u64 }
}
event! {
    /// Liquidation fees were moved into the insurance vault.
    pub struct FeesSwept { pub market: Address, pub amount: u64 }
}
event! {
    /// Net asset value did not cover the skew at this price: a second look at a newer one deleverages the heavier side.
    pub struct DeleveragingSeen { pub market: Address, pub long: bool, pub price: u64, pub publish_time: i64 }
}
event! {
    /// Net asset value covered the skew again: the first look was forgotten.
    pub struct DeleveragingCancelled { pub market: Address }
}
event! {
    /// A side was reduced at a price, all its positions alike. Fractions are 2^-32 of a lot; `factor` is the side's with 62
    /// fraction bits, of the epoch that ended where a new one began.
    pub struct Deleveraged { pub market: Address, pub long: bool, pub price: u64, pub lots_before: u64, pub fraction_before: u64, pub lots_after: u64, pub fraction_after: u64, pub value: u64, pub factor: u64, pub new_epoch: bool }
}
event! {
    /// Net asset value was negative: from now on profits stay claims, and a second look settles the market.
    pub struct SettlementSeen { pub market: Address, pub price: u64, pub publish_time: i64, pub net_asset_value: i64 }
}
event! {
    /// Net asset value was not negative any more: profits are paid again.
    pub struct SettlementCancelled { pub market: Address }
}
event! {
    /// A market settles: so many positions are closed at this price.
    pub struct SettlementStarted { pub market: Address, pub price: u64, pub open: u64 }
}
event! {
    /// A position was settled, in part where `done` is not set: a loss was paid out of cash, or a profit became a claim.
    /// Before that it caught up with funding and with deleveraging, which had taken lots for their proceeds.
    pub struct PositionSettled { pub account: Address, pub market: Address, pub lots: i64, pub price: u64, pub paid: u64, pub claim: u64, pub late: bool, pub done: bool, pub funding: i64, pub deleveraged: u64, pub proceeds: u64 }
}
event! {
    /// A round of a settlement was fixed: its claims are paid `pot / claims` of themselves.
    pub struct SettlementFixed { pub market: Address, pub round: u8, pub claims: u64, pub pot: u64, pub open: u64 }
}
event! {
    /// A claim was paid in either round; `lost` of it is never paid.
    pub struct ClaimPaid { pub account: Address, pub market: Address, pub first: u64, pub second: u64, pub lost: u64 }
}
event! {
    /// The exit of some shares was requested, with the pool's value and supply at that time.
    pub struct ExitRequested { pub pool: Address, pub owner: Address, pub shares: u64, pub value: u64, pub supply: u64 }
}
event! {
    /// A request was withdrawn.
    pub struct ExitCancelled { pub pool: Address, pub owner: Address, pub shares: u64 }
}
event! {
    /// Shares left their pool and were paid the lower of what they were worth at the request and now.
    pub struct SharesRedeemed { pub pool: Address, pub owner: Address, pub shares: u64, pub paid: u64, pub at_request: u64, pub at_exit: u64, pub value_before: u64 }
}
event! {
    /// Part or all of what left the vault counts against the withdrawal limit, or left by an account's allowance. The
    /// outflow of the hour and the day includes it.
    pub struct OutflowCounted { pub exchange: Address, pub counted: u64, pub allowed: u64, pub hour_outflow: u64, pub day_outflow: u64 }
}
event! {
    /// Logged with a refusal: so much could leave now, and more from that time on.
    pub struct OutflowRefused { pub exchange: Address, pub available: u64, pub more_at: i64 }
}
event! {
    /// A market paid what it owed for the profit of bankrupt accounts into its own part of the insurance vault.
    pub struct ClaimCollected { pub market: Address, pub amount: u64, pub left: u64 }
}
event! {
    /// What strangers had sent to the vaults became the insurance stakers'.
    pub struct ExcessSwept { pub exchange: Address, pub from_vault: u64, pub from_insurance_vault: u64 }
}
event! {
    /// Insurance paid keepers for closing a bankrupt account.
    pub struct KeepersPaid { pub account: Address, pub market: Address, pub to_flagger: u64, pub to_liquidator: u64, pub from_own: u64, pub from_shared: u64 }
}
event! {
    /// The account that a flagger named could not be paid any more: its part became fees for the insurance fund.
    pub struct RewardForgone { pub account: Address, pub market: Address, pub reward: Address, pub amount: u64 }
}
event! {
    /// A venue may fill one side of a market for an account, until a time; what it could do there before was replaced.
    pub struct VenueGranted { pub account: Address, pub venue: Address, pub market: Address, pub buys: bool, pub lots: u64, pub limit: u64, pub expires_at: i64 }
}
event! {
    /// A grant ended with so many lots left.
    pub struct VenueRevoked { pub account: Address, pub venue: Address, pub market: Address, pub buys: bool, pub lots: u64 }
}
event! {
    /// Two accounts were filled at a price that a venue gave. `settled` was paid where a position closed: profit into cash,
    /// or loss out of it. Each paid `fee` to the treasury.
    pub struct VenueFilled { pub market: Address, pub buyer: Address, pub seller: Address, pub lots: u64, pub price: u64, pub buyer_settled: i64, pub seller_settled: i64, pub fee: u64 }
}
event! {
    /// The delegate of an account was set; the zero address is none.
    pub struct DelegateSet { pub account: Address, pub delegate: Address }
}
event! {
    /// The admin proposed something: a byte of `state::change`. A market of zero is the exchange itself.
    pub struct Proposed { pub exchange: Address, pub proposal: Address, pub sequence: u64, pub what: u8, pub market: Address, pub key: Address, pub seconds: u32, pub ready_at: i64, pub expires_at: i64 }
}
event! {
    /// A proposal was cancelled, by this signer.
    pub struct ProposalCancelled { pub exchange: Address, pub sequence: u64, pub what: u8, pub by: Address }
}
event! {
    /// A market's parameters were changed. `base`, `impact`, `floor` and `cap` of maintenance are in force now; where
    /// `announced` is set, some of them rise after notice.
    pub struct ParametersChanged { pub market: Address, pub sequence: u64, pub base: u64, pub impact: u64, pub floor: u64, pub cap: u64, pub announced: bool }
}
event! {
    /// The guardian, the timelock or the pending admin was changed.
    pub struct AuthorityChanged { pub exchange: Address, pub sequence: u64, pub pending_admin: Address, pub guardian: Address, pub timelock: u32 }
}
event! {
    /// A new admin accepted. Proposals before `valid_from` are void.
    pub struct AdminAccepted { pub exchange: Address, pub admin: Address, pub valid_from: u64 }
}
event! {
    /// The guardian holds a market to a status until a time, or lets it go: then `level` is zero. `status` is what counts now.
    pub struct MarketGuarded { pub market: Address, pub by: Address, pub level: u8, pub until: i64, pub status: u8 }
}
event! {
    /// A market's breakers tripped or cleared: bits of `engine::breakers::reason`. While any is set it takes no new risk.
    pub struct BreakersChanged { pub market: Address, pub before: u32, pub after: u32 }
}
