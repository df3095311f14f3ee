//! Price paths. Open, high, low and close of the crash are measured; the way between them is modelled:
//! straight lines through a few points, with noise that fades towards every measured price.

use plimsoll_tests::world::DOLLAR;

use plimsoll_tests::random::Random;

/// One oracle update.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// When it is published.
    pub time: i64,
    /// Price in 10^-8 dollars.
    pub price: i64,
    /// Its moving average over an hour.
    pub ema: i64,
    /// Half width of its confidence interval.
    pub confidence: u64,
    /// Whether the scenario's jump happened at this update.
    pub is_jump: bool,
}

/// A point of a path: second, price, seconds between updates on the way there, noise in basis points.
struct Knot(i64, f64, i64, f64);

/// SOL at 21:00 UTC.
pub const OPEN: f64 = 196.84;
const HIGH: f64 = 199.15;
const LOW: f64 = 168.79;
const CLOSE: f64 = 193.41;
/// Seconds over which noise fades before and after a measured price.
const FADE: f64 = 30.0;
/// Time constant of the moving average, in seconds.
const AVERAGE: f64 = 3_600.0;

/// Up for five minutes, down fifteen per cent in twelve, and most of it back.
pub fn crash(from: i64) -> Vec<Step> {
    let knots = [
        Knot(0, OPEN, 10, 0.0),
        Knot(300, HIGH, 10, 6.0),
        Knot(540, 197.30, 10, 6.0),
        Knot(720, 193.20, 6, 12.0),
        Knot(840, 188.60, 4, 25.0),
        Knot(930, 182.40, 3, 35.0),
        Knot(1_000, 175.00, 2, 40.0),
        Knot(1_040, LOW, 2, 40.0),
        Knot(1_090, 176.20, 2, 50.0),
        Knot(1_200, 181.30, 4, 40.0),
        Knot(1_500, 186.10, 6, 25.0),
        Knot(2_100, 189.30, 10, 15.0),
        Knot(2_700, 191.70, 10, 12.0),
        Knot(3_600, CLOSE, 10, 10.0),
    ];
    let mut steps = walk(from, &knots, &[0, 300, 1_040, 3_600], 20_251_010);
    let (low, high) = (to_price(LOW), to_price(HIGH));
    steps.iter_mut().for_each(|step| step.price = step.price.clamp(low, high));
    average(steps)
}

/// Quiet for a minute, then forty per cent lower between two updates, and quiet there.
pub fn gap(from: i64) -> Vec<Step> {
    let mut steps = walk(from, &[Knot(0, OPEN, 5, 0.0), Knot(60, OPEN, 5, 3.0)], &[0, 60], 40);
    let after = walk(from, &[Knot(65, OPEN * 0.6, 5, 0.0), Knot(300, OPEN * 0.6, 5, 5.0)], &[65, 300], 41);
    steps.extend(after.into_iter().enumerate().map(|(place, step)| Step { is_jump: place == 0, ..step }));
    average(steps)
}

fn to_price(dollars: f64) -> i64 {
    (dollars * DOLLAR as f64).round() as i64
}

/// Updates along straight lines, with noise that remembers two thirds of itself. At `exact` seconds there is none.
fn walk(from: i64, knots: &[Knot], exact: &[i64], seed: u64) -> Vec<Step> {
    let mut random = Random::new(seed);
    let mut noise = 0.0;
    let mut steps = Vec::new();
    let mut push = |second: i64, price: f64, level: f64| {
        noise = noise * 0.65 + level * 1e-4 * 0.76 * random.normal();
        let distance = exact.iter().map(|e| (e - second).abs()).min().unwrap_or(i64::MAX);
        let price = to_price(price * (1.0 + noise * (distance as f64 / FADE).min(1.0)));
        // The interval is a fifth as wide as the noise, and never narrower than one basis point.
        let confidence = (price as f64 * 1e-4 * (level / 5.0).max(1.0)) as u64;
        steps.push(Step { time: from + second, price, ema: price, confidence, is_jump: false });
    };
    push(knots[0].0, knots[0].1, 0.0);
    for pair in knots.windows(2) {
        let (Knot(start, low, ..), Knot(end, high, every, level)) = (&pair[0], &pair[1]);
        let mut second = *start;
        while second < *end {
            second = (second + every).min(*end);
            let share = (second - start) as f64 / (end - start) as f64;
            push(second, low + (high - low) * share, *level);
        }
    }
    steps
}

/// Fills in the moving average.
fn average(mut steps: Vec<Step>) -> Vec<Step> {
    for place in 1..steps.len() {
        let (before, now) = (steps[place - 1], steps[place]);
        let weight = 1.0 - (-(now.time - before.time) as f64 / AVERAGE).exp();
        steps[place].ema = before.ema + ((now.price - before.ema) as f64 * weight) as i64;
    }
    steps
}
