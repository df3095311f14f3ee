//! A plan beside what is there, by name.

use std::fmt::Write as _;

use plimsoll_client::{
    Address,
    state::{Exchange, Market, ORACLE_NONE, ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD, OracleSource},
};

use crate::{
    Difference, MarketPlan, Plan, Remedy, Report, Step,
    chain::Found,
    report::{MarketReport, grouped},
    risk,
};

/// Everything of a plan that is missing or otherwise.
pub(crate) fn compare(plan: &Plan, found: &Found, progress: &mut impl FnMut(&Step)) -> Report {
    let house = plan.house();
    let mut report = Report { exchange: house.exchange, fund: house.fund, ..Report::default() };
    let mut there = |what: String, address: Option<Address>| match address {
        Some(address) => progress(&Step::Found { what, address }),
        None => report.missing.push(what),
    };
    there(format!("exchange {}", plan.id), found.exchange.as_ref().map(|_| house.exchange));
    there("insurance fund".to_owned(), found.fund.as_ref().map(|_| house.fund));
    for (index, market) in plan.markets.iter().enumerate() {
        there(format!("market {}", market.name), found.markets.get(index).map(|(address, _)| *address));
    }
    if let Some(exchange) = &found.exchange {
        report.differences.extend(exchange_differences(plan, exchange));
    }
    for (planned, (address, market)) in plan.markets.iter().zip(&found.markets) {
        report.differences.extend(market_differences(planned, market));
        let (name, opens) = (planned.name.clone(), market.core.guard.opens);
        report.markets.push(MarketReport { name, address: *address, queue: market.queue, opens });
    }
    let (there, planned) = (found.markets.len(), plan.markets.len());
    if there > planned {
        // A market stays: the plan has to learn of it.
        let subject = format!("exchange {}", plan.id);
        report.differences.push(never(subject, "markets", there.to_string(), planned.to_string()));
    }
    report
}

fn never(subject: String, name: &str, chain: String, plan: String) -> Difference {
    Difference { subject, name: name.to_owned(), chain, plan, remedy: Remedy::Never }
}

fn exchange_differences(plan: &Plan, exchange: &Exchange) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut note = |name: &str, chain: String, planned: String, remedy: Remedy| {
        if chain != planned {
            let subject = format!("exchange {}", plan.id);
            all.push(Difference { subject, name: name.to_owned(), chain, plan: planned, remedy });
        }
    };
    let (mint, program) = (plan.quote_mint.to_string(), plan.token_program.to_string());
    note("quote_mint", exchange.quote_mint.to_string(), mint, Remedy::Never);
    note("token_program", exchange.token_program.to_string(), program, Remedy::Never);
    if let Some(admin) = plan.admin {
        let decided = exchange.pending_admin == admin;
        let remedy = if decided { Remedy::Accept } else { Remedy::Propose };
        note("admin", exchange.admin.to_string(), admin.to_string(), remedy);
    }
    note("guardian", exchange.guardian.to_string(), plan.guardian.to_string(), Remedy::Propose);
    let seconds = |timelock: u32| grouped(timelock.into());
    note("timelock", seconds(exchange.timelock), seconds(plan.timelock), Remedy::Propose);
    all
}

/// What is otherwise in a market.
pub(crate) fn market_differences(plan: &MarketPlan, market: &Market) -> Vec<Difference> {
    let mut all = Vec::new();
    let sources = [("oracle", &market.oracle, &plan.oracle), ("second", &market.second_oracle, &plan.second)];
    for (name, chain, planned) in sources.into_iter().filter(|(_, chain, planned)| chain != planned) {
        all.push(never(format!("market {}", plan.name), name, source(chain), source(planned)));
    }
    all.extend(risk::differences(&plan.name, &market.core.risk, &plan.parameters));
    all
}

/// A source in words.
fn source(source: &OracleSource) -> String {
    let kind = match source.kind {
        ORACLE_NONE => return "none".to_owned(),
        ORACLE_PYTH_PULL => "pyth-pull",
        ORACLE_PYTH_LEGACY => "pyth-legacy",
        ORACLE_SWITCHBOARD => "switchboard",
        _ => "unknown",
    };
    let mut text = format!("{kind} {} ", source.program);
    if source.kind == ORACLE_PYTH_LEGACY {
        let _ = write!(text, "{}", Address::from(source.feed));
        return text;
    }
    text + &hex::encode(source.feed)
}
