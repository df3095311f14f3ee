//! One frame. Colour is never the only cue: every state is also a word.

use plimsoll_desk::{AccountFigures, MarketStatus};
use ratatui::{
    Frame, Terminal,
    backend::TestBackend,
    layout::{Constraint, Layout, Rect},
    style::{Color, Modifier, Style, Stylize},
    text::{Line, Span},
    widgets::{Block, Cell, Paragraph, Row, Table},
};

use super::view::{SeenMarket, View};
use crate::{
    commands::{liquidations::standing, market::funding},
    page::Tone,
    time::{clock, span},
    units::{brief, multiple, share, text as number, usd},
    words,
};

/// Size of a frame that is written as text.
const WIDTH: u16 = 124;
const HEIGHT: u16 = 40;

/// A frame as lines of text, for whoever has no terminal.
pub fn text(view: &View) -> String {
    let Ok(mut terminal) = Terminal::new(TestBackend::new(WIDTH, HEIGHT)) else { return String::new() };
    if terminal.draw(|target| frame(target, view)).is_err() {
        return String::new();
    }
    let buffer = terminal.backend().buffer();
    let line = |row: u16| (0..WIDTH).map(|column| buffer[(column, row)].symbol()).collect::<String>();
    (0..HEIGHT).map(|row| format!("{}\n", line(row).trim_end())).collect()
}

/// Draws everything.
pub fn frame(frame: &mut Frame<'_>, view: &View) {
    let markets = u16::try_from(view.seen.markets.len()).unwrap_or(u16::MAX).saturating_add(3);
    let rows = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(markets),
        Constraint::Min(8),
        Constraint::Length(1),
    ]);
    let [top, market, middle, bottom] = rows.areas(frame.area());
    let [account, queue] = Layout::horizontal([Constraint::Percentage(50), Constraint::Percentage(50)]).areas(middle);
    header(frame, top, view);
    market_table(frame, market, view);
    account_panel(frame, account, view);
    queue_panel(frame, queue, view);
    frame.render_widget(footer(view).dim(), bottom);
}

fn footer(view: &View) -> Line<'static> {
    let insurance = view.seen.insurance.as_ref().map(|fund| {
        format!("insurance {}: shared {}, own {}   ", brief(fund.total), brief(fund.shared), brief(fund.own))
    });
    Line::from(format!(" {}tab next market   q end", insurance.unwrap_or_default()))
}

fn header(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let age = view.at.elapsed().as_secs();
    let from = format!(" Plimsoll  {}  slot {}  {} UTC  ", view.url, view.seen.slot, clock(view.seen.time));
    let state = match &view.failure {
        Some(failure) => format!("STALE, {age} s old: {failure}").red().bold(),
        None => "live".green(),
    };
    frame.render_widget(Line::from(vec![Span::from(from).bold(), state]), area);
}

/// Columns of the markets: heading, width, and whether a narrow terminal has it too.
const COLUMNS: [(&str, u16, bool); 11] = [
    ("", 5, true),
    ("price", 10, true),
    ("age", 6, true),
    ("funding", 22, false),
    ("longs", 8, true),
    ("shorts", 8, true),
    ("skew", 11, false),
    ("NAV", 9, true),
    ("coverage", 14, false),
    ("queued", 6, true),
    ("status", 11, true),
];
/// Width from which all columns are shown.
const WIDE: u16 = 122;

fn market_table(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let shown = || COLUMNS.iter().enumerate().filter(|(_, (.., narrow))| *narrow || area.width >= WIDE);
    let rows = view.seen.markets.iter().enumerate().map(|(place, market)| {
        let style = if place == view.chosen { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
        let cells = market_cells(market);
        Row::new(shown().map(|(column, _)| cells[column].clone())).style(style)
    });
    let head = Row::new(shown().map(|(_, (name, ..))| *name)).dim();
    let widths = shown().map(|(_, (_, width, _))| Constraint::Length(*width));
    let table = Table::new(rows, widths).header(head).block(Block::bordered().title(" Markets "));
    frame.render_widget(table, area);
}

/// A market's cells, one for each of the columns.
fn market_cells(market: &SeenMarket) -> [Cell<'static>; COLUMNS.len()] {
    let (figures, units) = (&market.figures, &market.units);
    let status = Cell::from(words::status(&figures.status)).style(match figures.status {
        MarketStatus::Active => Style::new().fg(Color::Green),
        MarketStatus::ReduceOnly => Style::new().fg(Color::Yellow),
        _ => Style::new().fg(Color::Red),
    });
    [
        units.name.clone().into(),
        units.price(figures.price).into(),
        span(figures.age.into()).into(),
        funding(figures.funding_ppb_per_hour).into(),
        brief(figures.long_notional).into(),
        brief(figures.short_notional).into(),
        units.bare_size(figures.skew).into(),
        brief(figures.net_asset_value).into(),
        share(figures.coverage_ppm).into(),
        figures.queued.map_or_else(|| "-".into(), |queued| queued.to_string()).into(),
        status,
    ]
}

fn account_panel(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let block = Block::bordered().title(" Account ");
    let Some(account) = &view.seen.account else {
        let text = "No margin account. `plimsoll account open` opens one,\n`--account` shows another's.";
        return frame.render_widget(Paragraph::new(text).dim().block(block), area);
    };
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let [facts, legs, orders] =
        Layout::vertical([Constraint::Length(6), Constraint::Min(3), Constraint::Length(orders_height(account))])
            .areas(inner);
    frame.render_widget(Paragraph::new(facts_of(account)), facts);
    let head = Row::new(["", "size", "entry", "profit", "liquidation", "away"]).dim();
    let rows = account.legs.iter().map(|leg| {
        let units = view.seen.units(&leg.market).cloned();
        let price = |ticks: Option<u64>| units.as_ref().map_or_else(String::new, |units| units.price_or_none(ticks));
        let (name, size) =
            units.as_ref().map_or_else(Default::default, |units| (units.name.clone(), units.bare_size(leg.lots)));
        let away = share(leg.liquidation_distance_ppm);
        Row::new([name, size, price(leg.entry), usd(leg.pnl), price(leg.liquidation_price), away])
    });
    let widths = [5, 10, 9, 9, 11, 9].map(Constraint::Length);
    frame.render_widget(Table::new(rows, widths).header(head), legs);
    let lines = account.orders.iter().map(|order| {
        let units = view.seen.units(&order.market);
        let size = units.map_or_else(String::new, |units| units.size(order.lots));
        Line::from(format!("order {}: {size}, {}", order.sequence, words::stage(&order.stage)))
    });
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), orders);
}

fn orders_height(account: &AccountFigures) -> u16 {
    u16::try_from(account.orders.len()).unwrap_or_default()
}

fn facts_of(account: &AccountFigures) -> Vec<Line<'static>> {
    let (tone, state) = words::account(&account.state);
    let colour = match tone {
        Tone::Good => Color::Green,
        Tone::Warn => Color::Yellow,
        _ => Color::Red,
    };
    let of = |ppm: Option<i32>| ppm.map_or_else(|| "-".into(), multiple);
    let known = |atoms: Option<u64>| atoms.map_or_else(|| "no fresh price".into(), usd);
    vec![
        Line::from(vec![Span::from(words::short(&account.address)), Span::from("  "), Span::styled(state, colour)]),
        Line::from(format!("equity       {}   cash {}", usd(account.equity), usd(account.cash))),
        Line::from(format!("maintenance  {}   x {}", usd(account.maintenance), of(account.health_ppm))),
        Line::from(format!("initial      {}   x {}", known(account.initial), of(account.initial_ppm))),
        Line::from(format!("withdrawable {}", usd(account.withdrawable.amount))),
    ]
}

fn queue_panel(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let Some(market) = view.market() else { return };
    let queue = &market.queue;
    let capacity = format!("capacity {} of {}", brief(market.figures.capacity), brief(market.figures.capacity_full));
    let block = Block::bordered().title(format!(" {}: {} queued, {capacity} ", market.units.name, queue.rows.len()));
    let head = Row::new(["#", "account", "key", "flagged", "state"]).dim();
    let rows = queue.rows.iter().enumerate().map(|(place, row)| {
        let next = queue.next.as_deref() == Some(&row.account);
        let state = if next { "next" } else { standing(row) };
        let style = if next { Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD) } else { Style::new() };
        let flagged = span(view.seen.time - row.first_time);
        Row::new([(place + 1).to_string(), words::short(&row.account), number(row.key, 0), flagged, state.into()])
            .style(style)
    });
    let widths = [
        Constraint::Length(4),
        Constraint::Length(11),
        Constraint::Length(16),
        Constraint::Length(10),
        Constraint::Min(8),
    ];
    frame.render_widget(Table::new(rows, widths).header(head).block(block), area);
}
