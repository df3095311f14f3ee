//! Reading engine types from a vector's input. A field that is missing is an error, never a default.

use std::collections::HashMap;

use plimsoll_engine::{
    book::Book,
    deleverage::Deleveraging,
    funding::Funding,
    indices::Indices,
    insurance::Insurance,
    margin::LegHealth,
    market::Market,
    parameters::Parameters,
    position::{LONG, Position, SHORT},
    price::Price,
    risk::Risk,
    settlement::{Round, Settlement},
    side::Side,
    throttle::Throttle,
    units::{Atoms, Lots, Pnl, Ratio, Reciprocal, Size, Ticks, Wide},
    valuation::value,
};
use serde_json::Value;

use crate::Failure;

/// A field of a value, or null.
pub fn field<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// Reading fails with a message.
pub type Read<T> = Result<T, Failure>;

/// Parameter sets that vectors name.
#[derive(Default)]
pub struct Sets(HashMap<String, Risk>);

impl Sets {
    /// Keeps the constants of a set under its vector's id.
    pub fn declare(&mut self, vector: &Value) {
        let empty = Self::default();
        let input = In::new(field(vector, "input"), &empty);
        let risk = input.at("parameters").and_then(|given| Ok(Risk::new(&given.parameters()?)?));
        if let (Some(id), Ok(risk)) = (field(vector, "id").as_str(), risk) {
            self.0.insert(id.to_owned(), risk);
        }
    }
}

/// A value of the input, with the sets it may name.
#[derive(Clone, Copy)]
pub struct In<'a> {
    value: &'a Value,
    sets: &'a Sets,
}

impl<'a> In<'a> {
    /// The whole input.
    pub fn new(value: &'a Value, sets: &'a Sets) -> Self {
        Self { value, sets }
    }

    /// A field.
    pub fn at(&self, name: &str) -> Read<In<'a>> {
        let value = self.value.get(name).ok_or_else(|| Failure::Input(format!("no {name}")))?;
        Ok(In { value, sets: self.sets })
    }

    /// The entries of a list.
    pub fn list(&self, name: &str) -> Read<Vec<In<'a>>> {
        let list = self.at(name)?.value.as_array().ok_or_else(|| Failure::Input(format!("{name} is no list")))?;
        Ok(list.iter().map(|value| In { value, sets: self.sets }).collect())
    }

    fn wrong(&self, what: &str) -> Failure {
        Failure::Input(format!("{} is no {what}", self.value))
    }

    /// The value as an unsigned integer.
    pub fn unsigned(&self) -> Read<u64> {
        self.value.as_u64().ok_or_else(|| self.wrong("unsigned integer"))
    }

    /// The value as a signed integer.
    pub fn signed(&self) -> Read<i64> {
        self.value.as_i64().ok_or_else(|| self.wrong("signed integer"))
    }

    /// An unsigned integer.
    pub fn u64(&self, name: &str) -> Read<u64> {
        self.at(name)?.unsigned()
    }

    /// A signed integer.
    pub fn i64(&self, name: &str) -> Read<i64> {
        self.at(name)?.signed()
    }

    /// A small unsigned integer.
    pub fn u32(&self, name: &str) -> Read<u32> {
        let field = self.at(name)?;
        u32::try_from(field.unsigned()?).map_err(|_| field.wrong("small integer"))
    }

    /// An integer of more than 64 bits, which is a string.
    pub fn wide(&self, name: &str) -> Read<i128> {
        let field = self.at(name)?;
        field.value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| field.wrong("wide integer"))
    }

    /// Whether it is so.
    pub fn flag(&self, name: &str) -> Read<bool> {
        let field = self.at(name)?;
        field.value.as_bool().ok_or_else(|| field.wrong("flag"))
    }

    /// A name.
    pub fn text(&self, name: &str) -> Read<&'a str> {
        let field = self.at(name)?;
        field.value.as_str().ok_or_else(|| field.wrong("name"))
    }

    /// Whether a field is there and not null.
    pub fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some_and(|value| !value.is_null())
    }

    /// An amount.
    pub fn atoms(&self, name: &str) -> Read<Atoms> {
        Ok(Atoms(self.u64(name)?))
    }

    /// A signed amount.
    pub fn pnl(&self, name: &str) -> Read<Pnl> {
        Ok(Pnl(self.i64(name)?))
    }

    /// A price in ticks.
    pub fn ticks(&self, name: &str) -> Read<Ticks> {
        Ok(Ticks(self.u64(name)?))
    }

    /// The constants of the named set.
    pub fn risk(&self) -> Read<Risk> {
        let name = self.text("parameters")?;
        self.sets.0.get(name).copied().ok_or_else(|| Failure::Input(format!("no set {name}")))
    }

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

    /// A byte.
    pub fn byte(&self, name: &str) -> Read<u8> {
        u8::try_from(self.u64(name)?).map_err(|_| self.wrong("byte"))
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
        risk.key_scale = Ratio(moved.u64("key_scale")?);
        risk.cascade_multiple = Ratio(moved.u64("cascade_multiple")?);
        Ok(Market {
            risk,
            price: self.at("price")?.price()?,
            book: self.at("book")?.book()?,
            throttle: self.at("throttle")?.throttle()?,
            second: self.at("second")?.price()?,
            second_source: u8::from(self.flag("second_source")?),
            volatility: self.at("volatility")?.volatility()?,
            base_notice: self.at("base_notice")?.notice()?,
            impact_notice: self.at("impact_notice")?.notice()?,
            cascade: self.at("cascade")?.cascade()?,
            lp_shares: self.u64("lp_shares")?,
            insurance_own: self.atoms("insurance_own")?,
            insurance_window_start: self.i64("insurance_window_start")?,
            insurance_drawn: self.atoms("insurance_drawn")?,
            status: self.byte("status")?,
            funding: Funding { accrued: self.i64("accrued")? },
            deleveraging: self.at("look")?.deleveraging()?,
            settlement: self.at("settlement")?.settlement()?,
            ..Market::default()
        })
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
        })
    }

    /// An account's legs.
    pub fn legs(&self) -> Read<Vec<(Position, Market)>> {
        self.list("legs")?
            .iter()
            .map(|leg| Ok((leg.at("position")?.position()?, leg.at("market")?.market()?)))
            .collect()
    }

    /// What a market's administrator chose.
    pub fn parameters(&self) -> Read<Parameters> {
        macro_rules! read {
            ($($wide:ident),*; $($narrow:ident),*) => {
                Parameters {
                    tick_exponent: u8::try_from(self.u64("tick_exponent")?).map_err(|_| self.wrong("exponent"))?,
                    $($wide: self.u64(stringify!($wide))?,)*
                    $($narrow: self.u32(stringify!($narrow))?,)*
                }
            };
        }
        Ok(read!(
            depth, profit_cap, minimum_step, minimum_position, skew_scale, side_cap, position_cap, execution_fee,
            throttle_capacity, throttle_refill, insurance_cap, minimum_lp_deposit;
            volatility_floor_ppm, volatility_cap_ppm, volatility_tau_s, sample_interval_s, notice_s, rise_ppm,
            confidence_milli, horizon_s, key_horizon_s, key_drift_ppm, close_cost_ppm, maintenance_floor_ppm,
            maintenance_cap_ppm, rho_ppm, crowd_ppm, open_interest_ramp_ppm, profit_weight_ppm, charge_treasury_ppm,
            charge_flagger_ppm, charge_liquidator_ppm, charge_insurance_ppm, target_ppm, spread_ppm,
            confidence_spread_ppm, fee_ppm, stress_ppm, coverage_ppm, tolerance_ppm, max_price_age_s,
            max_confidence_ppm, band_ppm, stale_ppm, cascade_window_s, cascade_cap_ppm, funding_slope_ppm,
            funding_cap_ppm, adl_trigger_ppm, adl_target_ppm, settle_wait_s, settle_deadline_s, lp_cooldown_s,
            clock_lag_s, order_delay_s, order_window_s, entry_ttl_s, insurance_window_s
        ))
    }
}

/// A leg as it is valued, at the time that the input gives.
pub fn leg_of(input: &In<'_>, position: &Position, market: &Market) -> Read<LegHealth> {
    Ok(value(position, market, input.i64("now")?, newer_than(input)?)?.leg)
}

/// The time before which prices count as stale, if any.
pub fn newer_than(input: &In<'_>) -> Read<Option<i64>> {
    if input.has("newer_than") { input.i64("newer_than").map(Some) } else { Ok(None) }
}
