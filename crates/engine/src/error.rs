//! Every reason for which the engine refuses, as a value.

/// The engine's result.
pub type Result<T> = core::result::Result<T, EngineError>;

/// A refusal. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EngineError {
    /// A result does not fit its type.
    Overflow,
    /// A market parameter, or a combination of them, is outside its hard bounds.
    ParameterOutOfBounds,
    /// An amount or a size of zero where one is required.
    ZeroAmount,
    /// The oracle price is zero or negative.
    PriceNotPositive,
    /// The oracle price is above the market's largest price.
    PriceTooHigh,
    /// The oracle's exponent is outside the supported range.
    PriceExponent,
    /// The oracle's confidence interval is too wide for its price.
    PriceTooUncertain,
    /// The price was published too long ago.
    PriceTooOld,
    /// The price was published later than the cluster's clock and its lag allow.
    PriceFromFuture,
    /// The market's two sources disagree by more than the band.
    PricesDisagree,
    /// The market resumes from an outage: it takes no order for more risk yet.
    MarketResuming,
    /// No source of the market was looked at.
    NoSourceGiven,
    /// The market has one source only.
    NoSecondSource,
    /// The price is not newer than one already used.
    PriceNotNewer,
    /// The market does not take this action in its status.
    MarketNotOpen,
    /// The account has less cash than the action takes.
    InsufficientCash,
    /// Initial equity would fall below initial margin.
    BelowInitialMargin,
    /// Equity would fall below zero.
    EquityNegative,
    /// The account is below initial margin and the action would lower equity over maintenance margin.
    HealthWorsens,
    /// The liquidity providers' net asset value does not cover more exposure.
    CoverageTooLow,
    /// Open interest of the side would exceed its cap.
    SideCapExceeded,
    /// The position would exceed the cap for one account.
    PositionCapExceeded,
    /// The position would be smaller than the market's minimum.
    BelowMinimumPosition,
    /// The fill price is worse than the order's limit.
    LimitNotMet,
    /// A reduce-only order would open or grow a position.
    ReduceOnly,
    /// A position cannot change its side while a claim on the treasury remains unpaid.
    ClaimRemains,
    /// The loss of a close exceeds the account's cash.
    LossExceedsCash,
    /// The update is not the one at which the order executes.
    WrongUpdate,
    /// The order cannot be cancelled from the time its update may be known until it expires.
    OrderBinding,
    /// The account is at or above its maintenance margin.
    NotLiquidatable,
    /// The account has no entry in the queue.
    NotQueued,
    /// The queue is full of entries that go first.
    QueueFull,
    /// The entry was flagged in this slot: a later slot is needed.
    FlaggedThisSlot,
    /// A price used is not newer than those seen when the account was first flagged.
    PriceNotNewerThanFlag,
    /// Another account in the queue goes first.
    NotWorstFirst,
    /// The market's liquidation capacity is used up for now.
    NoCapacity,
    /// No lot of the leg can be closed with the cash there is.
    NothingToClose,
    /// The market's net asset value is not positive.
    NavNotPositive,
    /// The market has a deficit that the insurance fund has not answered yet.
    DeficitPending,
    /// The deposit is below the minimum.
    BelowMinimumDeposit,
    /// The account is not bankrupt, or is bankrupt where a solvent one is needed.
    WrongSolvency,
    /// More shares than there are.
    NotEnoughShares,
    /// An exit was requested already: it is redeemed or cancelled first.
    ExitPending,
    /// No exit was requested.
    NothingRequested,
    /// Shares stay at risk for longer after their exit was requested.
    CooldownNotOver,
    /// An account under maintenance waits in the market's queue.
    AccountsQueued,
    /// The treasury has less cash than the exit takes: losers are marked first.
    TreasuryShort,
    /// The order has no trigger, or has one that has not fired.
    WrongTrigger,
    /// The price has not reached the trigger.
    TriggerNotMet,
    /// Not all legs of the account were given.
    MissingLeg,
    /// The account has no leg left for another market.
    NoFreeLeg,
    /// The account is flagged for liquidation: it cannot withdraw or add risk.
    AccountFlagged,
    /// Another leg of the account is to be closed.
    WrongLeg,
    /// The account is flagged in another market's queue.
    FlaggedElsewhere,
    /// The entry was refreshed too long ago: the account must be flagged again.
    EntryExpired,
    /// The caller may not do this.
    NotAuthorised,
    /// The position was not brought up to its side's indices first.
    NotTouched,
    /// Funding was not accrued up to this moment first.
    FundingNotAccrued,
    /// Net asset value covers the skew: nobody is deleveraged.
    DeleveragingNotNeeded,
    /// The side was deleveraged so often that positions of its previous epoch must be touched first.
    FactorExhausted,
    /// Net asset value is not negative, and no settlement is under way.
    SettlementNotNeeded,
    /// The settlement's next step waits for its positions or its deadline.
    SettlementTooEarly,
    /// The position is settled, or its market does not settle.
    NothingToSettle,
    /// The position has no claim that is due now.
    NothingOwed,
    /// An order of the account that goes first has not ended yet.
    OrderWaits,
    /// Equity is not between maintenance and the account's protection level, or too little to be worth an order.
    ProtectionNotDue,
    /// A venue's price is outside the band around the market's own, or the market takes no venue fills.
    OutsideVenueBand,
    /// A venue's grant is for the other side, for fewer lots, or has expired.
    NotGranted,
    /// The request for an exit was not used in time: a new one can take its place.
    ExitExpired,
    /// The guardian's last hold is too recent, or has lasted too long, for this.
    GuardRests,
    /// The guardian holds nothing.
    NothingHeld,
    /// The last change of the market's parameters is too recent.
    ChangeTooSoon,
    /// The change moves what must not move at once: the premium of the skew, room for the price, or more than twice a cost.
    ChangeTooLarge,
    /// More than the withdrawal limiter lets out now.
    WithdrawalLimited,
    /// The skew would exceed its cap.
    SkewCapExceeded,
}
