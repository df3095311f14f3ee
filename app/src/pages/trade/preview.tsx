// What an order would do, if it executed at the present price.
import type { AccountFigures, LegFigures, MarketFigures, Preview } from "../../core/engine";
import { dollars, percent, price } from "../../core/format";
import { Figure } from "../../parts/basics";

export function PreviewFigures({
    preview,
    figures,
    account,
    leg,
    limit,
}: {
    readonly preview: Preview | undefined;
    readonly figures: MarketFigures | undefined;
    readonly account: AccountFigures | undefined;
    readonly leg: LegFigures | undefined;
    readonly limit: bigint | undefined;
}) {
    const decimals = figures?.priceDecimals ?? 2;
    const { fill, after } = preview ?? {};
    return (
        <div aria-label="What it would do" className="preview" role="group">
            <dl className="figures">
                <Figure
                    label="Fill price"
                    title="Per unit, with everything but the fee. The real one follows from the next price."
                >
                    {price(fill?.price, decimals)}
                </Figure>
                <Figure label="Worst price accepted">{price(limit, decimals)}</Figure>
                <Figure
                    label="Skew premium"
                    title="The change of the premium that the skew has paid: negative when the order balances the market."
                >
                    {fill ? dollars(fill.premium, { plus: true }) : "\u2013"}
                </Figure>
                <Figure label="Spread">{fill ? dollars(fill.spread) : "\u2013"}</Figure>
                <Figure label="Impact" title="Premium and spread over the size at the oracle's price.">
                    {fill ? percent(fill.impactPpm, { places: 3, least: 3 }) : "\u2013"}
                </Figure>
                <Figure label="Fee">{preview ? dollars(preview.fee) : "\u2013"}</Figure>
            </dl>
            <dl className="figures">
                <Figure before={preview && account ? dollars(account.free) : undefined} label="Free for new risk">
                    {dollars(after?.free)}
                </Figure>
                <Figure
                    before={
                        preview && account?.healthPpm !== undefined
                            ? percent(account.healthPpm, { places: 0, least: 0 })
                            : undefined
                    }
                    label="Health"
                    title="Equity over maintenance margin: below 100 % anyone may liquidate."
                >
                    {after
                        ? after.healthPpm === undefined
                            ? "No position"
                            : percent(after.healthPpm, { places: 0, least: 0 })
                        : "\u2013"}
                </Figure>
                <Figure
                    before={preview && leg?.liquidationPrice !== undefined ? price(leg.liquidationPrice, decimals) : undefined}
                    label="Liquidation price"
                >
                    {after ? (
                        after.liquidationPrice === undefined ? (
                            "None"
                        ) : (
                            <>
                                {price(after.liquidationPrice, decimals)}{" "}
                                <span className="muted">
                                    {percent(after.liquidationDistancePpm, { places: 1, least: 1, plus: true })}
                                </span>
                            </>
                        )
                    ) : (
                        "\u2013"
                    )}
                </Figure>
            </dl>
        </div>
    );
}
