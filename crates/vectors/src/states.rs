//! Reading what the engine stores from a vector's input.

use plimsoll_engine::{
    book::Book,
    deleverage::Deleveraging,
    funding::Funding,
    indices::Indices,
    insurance::Insurance,
    market::Market,
    position::{LONG, Position, SHORT},
    price::Price,
    settlement::{Round, Settlement},
    side::Side,
    throttle::Throttle,
    units::{Lots, Ratio, Reciprocal, Size, Wide},
};

use crate::{In, input::Read};

impl In<'_> {
    /// A price.
    pub fn price(&self) -> Read<Price> {
        Ok(Price {
            oracle: self.ticks("oracle")?,
            confidence: self.ticks("confidence")?,
            ema: self.ticks("ema")?,
            publish_time: self.i64("publish_time")?,
            previous_publish_time: self.i64("previous_publish_time")?,
        })
    }

    /// A position: an empty one has nothing but its zeros.
    pub fn position(&self) -> Read<Position> {
        let (lots, cost) = (Lots(self.i64("lots")?), self.pnl("cost")?);
        if !self.has("long") {
            return Ok(Position::default());
        }
        let (side, stage) = (if self.flag("long")? { LONG } else { SHORT }, self.byte("stage")?);
        if lots.is_zero() {
            return Ok(Position { cost, side, stage, ..Position::default() });
        }
        let (indices, epoch) = (self.indices("factor", "value", "funding")?, self.u32("epoch")?);
        Ok(Position { lots, cost, indices, epoch, side, stage, ..Position::default() })
    }

    fn indices(&self, factor: &str, value: &str, funding: &str) -> Read<Indices> {
        Ok(Indices {
            factor: self.u64(factor)?,
            value: Wide::of(self.wide(value)?),
            funding: Wide::of(self.wide(funding)?),
        })
    }

    /// Totals of a side.
    pub fn side(&self) -> Read<Side> {
        let lots = u128::try_from(self.wide("lots32")?).map_err(|_| self.wrong("size"))?;
        let lots_fraction = u64::try_from(lots & u128::from(u32::MAX)).map_err(|_| self.wrong("size"))?;
        Ok(Side {
            lots: Size(u64::try_from(lots >> 32).map_err(|_| self.wrong("size"))?),
            lots_fraction,
            cost: self.pnl("cost")?,
            indices: self.indices("factor", "value", "funding")?,
            ended: self.indices("end_factor", "end_value", "end_funding")?,
            owed: Wide::of(self.wide("owed")?),
            epoch: self.u32("epoch")?,
            attached: self.u32("attached")?,
            sized: self.u32("sized")?,
            previous: self.u32("previous")?,
        })
    }

    /// A market's money.
    pub fn book(&self) -> Read<Book> {
        Ok(Book {
            treasury: self.atoms("treasury")?,
            long: self.at("long")?.side()?,
            short: self.at("short")?.side()?,
            fees: self.atoms("fees")?,
            deficit: self.atoms("deficit")?,
            insurance_claim: self.atoms("insurance_claim")?,
            withheld: u8::from(self.flag("withheld")?),
            ..Book::default()
        })
    }

    /// A bucket.
    pub fn throttle(&self) -> Read<Throttle> {
        Ok(Throttle { capacity: self.pnl("capacity")?, updated: self.i64("updated")? })
    }

    /// A market.
    pub fn market(&self) -> Read<Market> {
        let (mut risk, moved) = (self.risk()?, self.at("in_force")?);
        risk.base_model = Ratio(moved.u64("base_model")?);
        risk.base = Ratio(moved.u64("base")?);
        risk.impact_model = Reciprocal(moved.u64("impact_model")?);
        risk.impact = Reciprocal(moved.u64("impact")?);
        risk.maintenance_floor = Ratio(moved.u64("maintenance_floor")?);
        risk.maintenance_cap = Ratio(moved.u64("maintenance_cap")?);
        risk.key_scale = Ratio(moved.u64("key_scale")?);
        risk.cascade_multiple = Ratio(moved.u64("cascade_multiple")?);
        let mut market = Market {
            risk,
            price: self.at("price")?.price()?,
            book: self.at("book")?.book()?,
            throttle: self.at("throttle")?.throttle()?,
            second: self.at("second")?.price()?,
            flags: u8::from(self.flag("second_source")?),
            volatility: self.at("volatility")?.volatility()?,
            base_notice: self.at("base_notice")?.notice()?,
            impact_notice: self.at("impact_notice")?.notice()?,
            floor_notice: self.at("floor_notice")?.notice()?,
            cap_notice: self.at("cap_notice")?.notice()?,
            cascade: self.at("cascade")?.cascade()?,
            watch: self.at("watch")?.watch()?,
            lp_shares: self.u64("lp_shares")?,
            insurance_own: self.atoms("insurance_own")?,
            insurance_window_start: self.i64("insurance_window_start")?,
            insurance_drawn: self.atoms("insurance_drawn")?,
            status: self.byte("status")?,
            funding: Funding { accrued: self.i64("accrued")? },
            deleveraging: self.at("look")?.deleveraging()?,
            settlement: self.at("settlement")?.settlement()?,
            ..Market::default()
        };
        market.note_halts();
        Ok(market)
    }

    fn deleveraging(&self) -> Read<Deleveraging> {
        Ok(Deleveraging {
            price: self.ticks("price")?,
            publish_time: self.i64("publish_time")?,
            looked: self.i64("looked")?,
            long: u8::from(self.flag("long")?),
            ..Deleveraging::default()
        })
    }

    fn round(&self) -> Read<Round> {
        Ok(Round { claims: self.atoms("claims")?, pot: self.atoms("pot")?, unpaid: self.atoms("unpaid")? })
    }

    fn settlement(&self) -> Read<Settlement> {
        Ok(Settlement {
            looked: self.i64("looked")?,
            since: self.i64("since")?,
            price: self.ticks("price")?,
            open: self.u64("open")?,
            first: self.at("first")?.round()?,
            second: self.at("second")?.round()?,
            fixed: self.byte("fixed")?,
            ..Settlement::default()
        })
    }

    /// An insurance fund.
    pub fn fund(&self) -> Read<Insurance> {
        Ok(Insurance {
            shared: self.atoms("shared")?,
            own: self.atoms("own")?,
            shares: self.u64("shares")?,
            floor_window_start: self.i64("floor_window_start")?,
            floor_paid: self.atoms("floor_paid")?,
            epoch: self.u64("epoch")?,
        })
    }

    /// An account's legs.
    pub fn legs(&self) -> Read<Vec<(Position, Market)>> {
        self.list("legs")?
            .iter()
            .map(|leg| Ok((leg.at("position")?.position()?, leg.at("market")?.market()?)))
            .collect()
    }
}
