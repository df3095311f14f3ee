// Written by generate.mjs from idl/plimsoll.json. Do not edit.
import type { Decoder } from "@solana/kit";
import {
    getAccountOpenedEventDecoder,
    getAccountProtectedEventDecoder,
    getAdminAcceptedEventDecoder,
    getAgreementChangedEventDecoder,
    getAuthorityChangedEventDecoder,
    getBankruptcyClosedEventDecoder,
    getBreakersChangedEventDecoder,
    getClaimCollectedEventDecoder,
    getClaimPaidEventDecoder,
    getDeficitPaidEventDecoder,
    getDelegateSetEventDecoder,
    getDeleveragedEventDecoder,
    getDeleveragingCancelledEventDecoder,
    getDeleveragingSeenEventDecoder,
    getDepositedEventDecoder,
    getExcessSweptEventDecoder,
    getExchangeCreatedEventDecoder,
    getExitCancelledEventDecoder,
    getExitRequestedEventDecoder,
    getFeesSweptEventDecoder,
    getFlaggedEventDecoder,
    getFundingAccruedEventDecoder,
    getGoesFirstEventDecoder,
    getInsuranceFundCreatedEventDecoder,
    getKeepersPaidEventDecoder,
    getLiquidatedEventDecoder,
    getMarkedEventDecoder,
    getMarketCreatedEventDecoder,
    getMarketGuardedEventDecoder,
    getOrderCancelledEventDecoder,
    getOrderExecutedEventDecoder,
    getOrderExpiredEventDecoder,
    getOrderFailedEventDecoder,
    getOrderFiredEventDecoder,
    getOrderPlacedEventDecoder,
    getOutageChangedEventDecoder,
    getOutflowCountedEventDecoder,
    getOutflowRefusedEventDecoder,
    getParametersChangedEventDecoder,
    getPositionSettledEventDecoder,
    getPriceRefreshedEventDecoder,
    getProposalCancelledEventDecoder,
    getProposedEventDecoder,
    getProtectionSetEventDecoder,
    getRewardForgoneEventDecoder,
    getRiskMeasuredEventDecoder,
    getRiskSizedEventDecoder,
    getSecondPriceRefreshedEventDecoder,
    getSettlementCancelledEventDecoder,
    getSettlementFixedEventDecoder,
    getSettlementSeenEventDecoder,
    getSettlementStartedEventDecoder,
    getSharesIssuedEventDecoder,
    getSharesMigratedEventDecoder,
    getSharesOpenedEventDecoder,
    getSharesRedeemedEventDecoder,
    getUnflaggedEventDecoder,
    getVenueFilledEventDecoder,
    getVenueGrantedEventDecoder,
    getVenueRevokedEventDecoder,
    getWindingCancelledEventDecoder,
    getWindingSeenEventDecoder,
    getWithdrawnEventDecoder,
    type AccountOpenedEvent,
    type AccountProtectedEvent,
    type AdminAcceptedEvent,
    type AgreementChangedEvent,
    type AuthorityChangedEvent,
    type BankruptcyClosedEvent,
    type BreakersChangedEvent,
    type ClaimCollectedEvent,
    type ClaimPaidEvent,
    type DeficitPaidEvent,
    type DelegateSetEvent,
    type DeleveragedEvent,
    type DeleveragingCancelledEvent,
    type DeleveragingSeenEvent,
    type DepositedEvent,
    type ExcessSweptEvent,
    type ExchangeCreatedEvent,
    type ExitCancelledEvent,
    type ExitRequestedEvent,
    type FeesSweptEvent,
    type FlaggedEvent,
    type FundingAccruedEvent,
    type GoesFirstEvent,
    type InsuranceFundCreatedEvent,
    type KeepersPaidEvent,
    type LiquidatedEvent,
    type MarkedEvent,
    type MarketCreatedEvent,
    type MarketGuardedEvent,
    type OrderCancelledEvent,
    type OrderExecutedEvent,
    type OrderExpiredEvent,
    type OrderFailedEvent,
    type OrderFiredEvent,
    type OrderPlacedEvent,
    type OutageChangedEvent,
    type OutflowCountedEvent,
    type OutflowRefusedEvent,
    type ParametersChangedEvent,
    type PositionSettledEvent,
    type PriceRefreshedEvent,
    type ProposalCancelledEvent,
    type ProposedEvent,
    type ProtectionSetEvent,
    type RewardForgoneEvent,
    type RiskMeasuredEvent,
    type RiskSizedEvent,
    type SecondPriceRefreshedEvent,
    type SettlementCancelledEvent,
    type SettlementFixedEvent,
    type SettlementSeenEvent,
    type SettlementStartedEvent,
    type SharesIssuedEvent,
    type SharesMigratedEvent,
    type SharesOpenedEvent,
    type SharesRedeemedEvent,
    type UnflaggedEvent,
    type VenueFilledEvent,
    type VenueGrantedEvent,
    type VenueRevokedEvent,
    type WindingCancelledEvent,
    type WindingSeenEvent,
    type WithdrawnEvent,
} from "./types";

/** Every event of the program. */
export type PlimsollEvent =
    | { readonly kind: "accountOpened"; readonly data: AccountOpenedEvent }
    | { readonly kind: "accountProtected"; readonly data: AccountProtectedEvent }
    | { readonly kind: "adminAccepted"; readonly data: AdminAcceptedEvent }
    | { readonly kind: "agreementChanged"; readonly data: AgreementChangedEvent }
    | { readonly kind: "authorityChanged"; readonly data: AuthorityChangedEvent }
    | { readonly kind: "bankruptcyClosed"; readonly data: BankruptcyClosedEvent }
    | { readonly kind: "breakersChanged"; readonly data: BreakersChangedEvent }
    | { readonly kind: "claimCollected"; readonly data: ClaimCollectedEvent }
    | { readonly kind: "claimPaid"; readonly data: ClaimPaidEvent }
    | { readonly kind: "deficitPaid"; readonly data: DeficitPaidEvent }
    | { readonly kind: "delegateSet"; readonly data: DelegateSetEvent }
    | { readonly kind: "deleveraged"; readonly data: DeleveragedEvent }
    | { readonly kind: "deleveragingCancelled"; readonly data: DeleveragingCancelledEvent }
    | { readonly kind: "deleveragingSeen"; readonly data: DeleveragingSeenEvent }
    | { readonly kind: "deposited"; readonly data: DepositedEvent }
    | { readonly kind: "excessSwept"; readonly data: ExcessSweptEvent }
    | { readonly kind: "exchangeCreated"; readonly data: ExchangeCreatedEvent }
    | { readonly kind: "exitCancelled"; readonly data: ExitCancelledEvent }
    | { readonly kind: "exitRequested"; readonly data: ExitRequestedEvent }
    | { readonly kind: "feesSwept"; readonly data: FeesSweptEvent }
    | { readonly kind: "flagged"; readonly data: FlaggedEvent }
    | { readonly kind: "fundingAccrued"; readonly data: FundingAccruedEvent }
    | { readonly kind: "goesFirst"; readonly data: GoesFirstEvent }
    | { readonly kind: "insuranceFundCreated"; readonly data: InsuranceFundCreatedEvent }
    | { readonly kind: "keepersPaid"; readonly data: KeepersPaidEvent }
    | { readonly kind: "liquidated"; readonly data: LiquidatedEvent }
    | { readonly kind: "marked"; readonly data: MarkedEvent }
    | { readonly kind: "marketCreated"; readonly data: MarketCreatedEvent }
    | { readonly kind: "marketGuarded"; readonly data: MarketGuardedEvent }
    | { readonly kind: "orderCancelled"; readonly data: OrderCancelledEvent }
    | { readonly kind: "orderExecuted"; readonly data: OrderExecutedEvent }
    | { readonly kind: "orderExpired"; readonly data: OrderExpiredEvent }
    | { readonly kind: "orderFailed"; readonly data: OrderFailedEvent }
    | { readonly kind: "orderFired"; readonly data: OrderFiredEvent }
    | { readonly kind: "orderPlaced"; readonly data: OrderPlacedEvent }
    | { readonly kind: "outageChanged"; readonly data: OutageChangedEvent }
    | { readonly kind: "outflowCounted"; readonly data: OutflowCountedEvent }
    | { readonly kind: "outflowRefused"; readonly data: OutflowRefusedEvent }
    | { readonly kind: "parametersChanged"; readonly data: ParametersChangedEvent }
    | { readonly kind: "positionSettled"; readonly data: PositionSettledEvent }
    | { readonly kind: "priceRefreshed"; readonly data: PriceRefreshedEvent }
    | { readonly kind: "proposalCancelled"; readonly data: ProposalCancelledEvent }
    | { readonly kind: "proposed"; readonly data: ProposedEvent }
    | { readonly kind: "protectionSet"; readonly data: ProtectionSetEvent }
    | { readonly kind: "rewardForgone"; readonly data: RewardForgoneEvent }
    | { readonly kind: "riskMeasured"; readonly data: RiskMeasuredEvent }
    | { readonly kind: "riskSized"; readonly data: RiskSizedEvent }
    | { readonly kind: "secondPriceRefreshed"; readonly data: SecondPriceRefreshedEvent }
    | { readonly kind: "settlementCancelled"; readonly data: SettlementCancelledEvent }
    | { readonly kind: "settlementFixed"; readonly data: SettlementFixedEvent }
    | { readonly kind: "settlementSeen"; readonly data: SettlementSeenEvent }
    | { readonly kind: "settlementStarted"; readonly data: SettlementStartedEvent }
    | { readonly kind: "sharesIssued"; readonly data: SharesIssuedEvent }
    | { readonly kind: "sharesMigrated"; readonly data: SharesMigratedEvent }
    | { readonly kind: "sharesOpened"; readonly data: SharesOpenedEvent }
    | { readonly kind: "sharesRedeemed"; readonly data: SharesRedeemedEvent }
    | { readonly kind: "unflagged"; readonly data: UnflaggedEvent }
    | { readonly kind: "venueFilled"; readonly data: VenueFilledEvent }
    | { readonly kind: "venueGranted"; readonly data: VenueGrantedEvent }
    | { readonly kind: "venueRevoked"; readonly data: VenueRevokedEvent }
    | { readonly kind: "windingCancelled"; readonly data: WindingCancelledEvent }
    | { readonly kind: "windingSeen"; readonly data: WindingSeenEvent }
    | { readonly kind: "withdrawn"; readonly data: WithdrawnEvent };

/** The eight bytes that begin each event, its kind and how the rest is read. */
export const EVENTS: readonly (readonly [readonly number[], PlimsollEvent["kind"], Decoder<PlimsollEvent["data"]>])[] = [
    [[250,89,39,67,35,119,126,63], "accountOpened", getAccountOpenedEventDecoder()],
    [[100,152,32,134,195,124,216,125], "accountProtected", getAccountProtectedEventDecoder()],
    [[174,12,76,139,158,99,110,254], "adminAccepted", getAdminAcceptedEventDecoder()],
    [[185,165,158,161,232,212,104,100], "agreementChanged", getAgreementChangedEventDecoder()],
    [[31,19,174,152,4,82,215,226], "authorityChanged", getAuthorityChangedEventDecoder()],
    [[9,146,11,99,113,158,130,44], "bankruptcyClosed", getBankruptcyClosedEventDecoder()],
    [[46,79,155,70,145,35,175,234], "breakersChanged", getBreakersChangedEventDecoder()],
    [[119,30,63,24,244,134,233,226], "claimCollected", getClaimCollectedEventDecoder()],
    [[212,155,88,118,128,99,132,42], "claimPaid", getClaimPaidEventDecoder()],
    [[151,188,239,178,166,243,207,124], "deficitPaid", getDeficitPaidEventDecoder()],
    [[103,126,239,131,201,31,212,253], "delegateSet", getDelegateSetEventDecoder()],
    [[34,71,31,45,212,184,131,185], "deleveraged", getDeleveragedEventDecoder()],
    [[182,222,94,96,179,129,186,104], "deleveragingCancelled", getDeleveragingCancelledEventDecoder()],
    [[189,34,61,235,164,68,255,24], "deleveragingSeen", getDeleveragingSeenEventDecoder()],
    [[111,141,26,45,161,35,100,57], "deposited", getDepositedEventDecoder()],
    [[231,176,175,65,146,2,209,157], "excessSwept", getExcessSweptEventDecoder()],
    [[0,50,0,190,87,189,99,3], "exchangeCreated", getExchangeCreatedEventDecoder()],
    [[88,212,4,149,172,64,137,232], "exitCancelled", getExitCancelledEventDecoder()],
    [[92,125,6,23,233,196,149,70], "exitRequested", getExitRequestedEventDecoder()],
    [[96,218,115,136,74,170,202,172], "feesSwept", getFeesSweptEventDecoder()],
    [[172,99,137,6,66,30,69,5], "flagged", getFlaggedEventDecoder()],
    [[245,38,158,236,129,195,123,235], "fundingAccrued", getFundingAccruedEventDecoder()],
    [[77,37,149,254,63,63,235,53], "goesFirst", getGoesFirstEventDecoder()],
    [[239,135,61,236,59,151,22,99], "insuranceFundCreated", getInsuranceFundCreatedEventDecoder()],
    [[209,17,43,177,35,184,13,167], "keepersPaid", getKeepersPaidEventDecoder()],
    [[231,57,55,75,0,170,246,68], "liquidated", getLiquidatedEventDecoder()],
    [[19,64,116,147,208,214,180,172], "marked", getMarkedEventDecoder()],
    [[88,184,130,231,226,84,6,58], "marketCreated", getMarketCreatedEventDecoder()],
    [[124,111,98,67,156,250,199,221], "marketGuarded", getMarketGuardedEventDecoder()],
    [[108,56,128,68,168,113,168,239], "orderCancelled", getOrderCancelledEventDecoder()],
    [[74,135,231,5,168,106,194,117], "orderExecuted", getOrderExecutedEventDecoder()],
    [[241,55,48,196,160,51,40,213], "orderExpired", getOrderExpiredEventDecoder()],
    [[60,179,157,0,164,131,38,236], "orderFailed", getOrderFailedEventDecoder()],
    [[218,23,106,143,36,199,253,113], "orderFired", getOrderFiredEventDecoder()],
    [[96,130,204,234,169,219,216,227], "orderPlaced", getOrderPlacedEventDecoder()],
    [[250,66,220,161,98,103,91,221], "outageChanged", getOutageChangedEventDecoder()],
    [[75,228,148,246,189,53,122,43], "outflowCounted", getOutflowCountedEventDecoder()],
    [[132,108,191,165,197,244,168,229], "outflowRefused", getOutflowRefusedEventDecoder()],
    [[199,80,214,98,15,70,180,118], "parametersChanged", getParametersChangedEventDecoder()],
    [[75,100,92,189,245,116,252,221], "positionSettled", getPositionSettledEventDecoder()],
    [[64,39,28,72,53,221,84,139], "priceRefreshed", getPriceRefreshedEventDecoder()],
    [[253,59,104,46,129,78,9,14], "proposalCancelled", getProposalCancelledEventDecoder()],
    [[216,37,138,141,130,208,180,153], "proposed", getProposedEventDecoder()],
    [[85,187,36,64,195,98,226,124], "protectionSet", getProtectionSetEventDecoder()],
    [[11,247,214,27,90,157,165,113], "rewardForgone", getRewardForgoneEventDecoder()],
    [[45,79,205,124,11,185,146,171], "riskMeasured", getRiskMeasuredEventDecoder()],
    [[232,143,37,49,28,73,208,236], "riskSized", getRiskSizedEventDecoder()],
    [[23,136,18,131,132,233,11,47], "secondPriceRefreshed", getSecondPriceRefreshedEventDecoder()],
    [[162,168,16,159,58,70,126,203], "settlementCancelled", getSettlementCancelledEventDecoder()],
    [[83,147,4,4,98,200,95,251], "settlementFixed", getSettlementFixedEventDecoder()],
    [[216,96,164,240,101,201,105,95], "settlementSeen", getSettlementSeenEventDecoder()],
    [[131,24,2,55,117,102,209,156], "settlementStarted", getSettlementStartedEventDecoder()],
    [[0,70,31,135,18,242,247,173], "sharesIssued", getSharesIssuedEventDecoder()],
    [[209,101,202,198,180,116,56,113], "sharesMigrated", getSharesMigratedEventDecoder()],
    [[147,239,177,206,225,246,107,59], "sharesOpened", getSharesOpenedEventDecoder()],
    [[232,166,7,56,67,19,42,117], "sharesRedeemed", getSharesRedeemedEventDecoder()],
    [[82,182,26,134,125,203,251,55], "unflagged", getUnflaggedEventDecoder()],
    [[219,143,140,156,178,113,95,144], "venueFilled", getVenueFilledEventDecoder()],
    [[67,154,179,122,205,88,84,206], "venueGranted", getVenueGrantedEventDecoder()],
    [[134,122,138,178,112,175,131,35], "venueRevoked", getVenueRevokedEventDecoder()],
    [[165,49,225,89,225,187,147,126], "windingCancelled", getWindingCancelledEventDecoder()],
    [[94,77,14,53,233,222,198,53], "windingSeen", getWindingSeenEventDecoder()],
    [[20,89,223,198,194,124,219,13], "withdrawn", getWithdrawnEventDecoder()],
];
