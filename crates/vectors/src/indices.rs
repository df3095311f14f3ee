//! Sides that were deleveraged and funded.

use plimsoll_engine::{
    deleverage::{self, Look, Reduced},
    funding,
    units::Size,
};
use serde_json::{Value, json};

use crate::{In, output, run::Outcome};

/// Brings a position up to its side's indices.
pub fn touch(input: &In<'_>) -> Outcome {
    let (mut book, mut position) = (input.at("book")?.book()?, input.at("position")?.position()?);
    book.touch(&mut position, input.ticks("price")?)?;
    Ok(json!({"book": output::book(&book), "position": output::position(&position)}))
}

/// Accrues funding.
pub fn accrue(input: &In<'_>) -> Outcome {
    let mut market = input.at("market")?.market()?;
    let report = funding::accrue(&mut market, input.i64("now")?)?;
    Ok(json!({
        "seconds": report.seconds,
        "rate": report.rate,
        "skew": report.skew.0,
        "paid": report.paid.get().to_string(),
        "received": report.received.get().to_string(),
        "book": output::book(&market.book),
        "accrued": market.funding.accrued,
        "look_over": report.look_over,
        "looked": market.settlement.looked,
    }))
}

fn reduced(report: &Reduced) -> Value {
    json!({
        "look": "reduced",
        "long": report.long,
        "price": report.price.0,
        "before32": output::exact(&report.before),
        "after32": output::exact(&report.after),
        "value": report.value.0,
        "factor": report.factor,
        "new_epoch": report.new_epoch,
    })
}

/// A look at deleveraging.
pub fn deleverage(input: &In<'_>) -> Outcome {
    let mut market = input.at("market")?.market()?;
    let mut output = match deleverage::look(&mut market, input.i64("now")?)? {
        Look::First => json!({"look": "first"}),
        Look::Cancelled => json!({"look": "cancelled"}),
        Look::Reduced(report) => reduced(&report),
    };
    output::extend(
        &mut output,
        json!({
            "book": output::book(&market.book),
            "waiting": output::deleveraging(&market.deleveraging),
        }),
    );
    Ok(output)
}

/// Reduces a side.
pub fn reduce(input: &In<'_>) -> Outcome {
    let mut side = input.at("side")?.side()?;
    let keep = Size(input.u64("keep")?);
    let report = deleverage::reduce(&mut side, input.flag("long")?, keep, input.ticks("price")?)?;
    let mut output = reduced(&report);
    output::extend(&mut output, json!({"side": output::side(&side)}));
    if let Some(fields) = output.as_object_mut() {
        fields.remove("look");
    }
    Ok(output)
}
