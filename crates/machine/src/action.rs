//! What an actor may try, as eight bytes: any bytes are an action, so generators, files and fuzzers need no grammar.

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // their names are the engine's
pub enum Kind {
    Advance,
    Publish,
    Refresh,
    Deposit,
    Withdraw,
    Place,
    Execute,
    Cancel,
    Fire,
    Trade,
    Mark,
    Flag,
    Liquidate,
    Crash,
    Draw,
    Sweep,
    Collect,
    Provide,
    RequestExit,
    Redeem,
    CancelExit,
    Stake,
    RequestUnstake,
    Unstake,
    Quote,
    Status,
    Accrue,
    Deleverage,
    LookSettle,
    Settle,
    Fix,
    Pay,
    Ruin,
    Second,
    Match,
}

/// Each kind as often as it is drawn, with its name in scenario files.
const KINDS: [(Kind, &str, u8); 35] = [
    (Kind::Advance, "advance", 10),
    (Kind::Publish, "publish", 6),
    (Kind::Refresh, "refresh", 6),
    (Kind::Deposit, "deposit", 5),
    (Kind::Withdraw, "withdraw", 10),
    (Kind::Place, "place", 14),
    (Kind::Execute, "execute", 14),
    (Kind::Cancel, "cancel", 6),
    (Kind::Fire, "fire", 5),
    (Kind::Trade, "trade", 80),
    (Kind::Mark, "mark", 12),
    (Kind::Flag, "flag", 10),
    (Kind::Liquidate, "liquidate", 12),
    (Kind::Crash, "crash", 32),
    (Kind::Draw, "draw", 6),
    (Kind::Sweep, "sweep", 4),
    (Kind::Collect, "collect", 6),
    (Kind::Provide, "provide", 6),
    (Kind::RequestExit, "request_exit", 6),
    (Kind::Redeem, "redeem", 8),
    (Kind::CancelExit, "cancel_exit", 2),
    (Kind::Stake, "stake", 6),
    (Kind::RequestUnstake, "request_unstake", 5),
    (Kind::Unstake, "unstake", 6),
    (Kind::Quote, "quote", 6),
    (Kind::Status, "status", 2),
    (Kind::Accrue, "accrue", 4),
    (Kind::Deleverage, "deleverage", 10),
    (Kind::LookSettle, "look_settle", 6),
    (Kind::Settle, "settle", 12),
    (Kind::Fix, "fix", 8),
    (Kind::Pay, "pay", 12),
    (Kind::Ruin, "ruin", 14),
    (Kind::Second, "second", 4),
    (Kind::Match, "match", 16),
];

/// One attempt. What the numbers mean depends on the kind and on the state they meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// What is tried.
    pub kind: Kind,
    /// By whom, or on whom.
    pub who: u8,
    /// Where.
    pub what: u8,
    /// How.
    pub aux: u8,
    /// How much.
    pub size: u16,
    /// How else.
    pub extra: u16,
}

impl Action {
    /// Bytes of an encoded action.
    pub const BYTES: usize = 8;

    /// The action that bytes stand for.
    pub fn decode(bytes: [u8; Self::BYTES]) -> Self {
        let [kind, who, what, aux, s0, s1, e0, e1] = bytes;
        let total: u32 = KINDS.iter().map(|(_, _, weight)| u32::from(*weight)).sum();
        // The first byte alone has not enough values for all weights, so it is scaled.
        let mut left = u32::from(kind) * total / 256;
        let mut chosen = Kind::Advance;
        for (kind, _, weight) in KINDS {
            if left < u32::from(weight) {
                chosen = kind;
                break;
            }
            left -= u32::from(weight);
        }
        Self { kind: chosen, who, what, aux, size: u16::from_le_bytes([s0, s1]), extra: u16::from_le_bytes([e0, e1]) }
    }

    /// As a line of a scenario file.
    pub fn text(&self) -> String {
        let name = KINDS.iter().find(|(kind, _, _)| *kind == self.kind).map_or("?", |(_, name, _)| name);
        format!("{name} {} {} {} {} {}", self.who, self.what, self.aux, self.size, self.extra)
    }

    /// From a line of a scenario file.
    pub fn parse(line: &str) -> Result<Self, String> {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        let kind = KINDS.iter().find(|(_, known, _)| *known == name).map(|(kind, _, _)| *kind);
        let kind = kind.ok_or_else(|| format!("no action is called {name:?}"))?;
        let mut number = |most: u32| -> Result<u32, String> {
            let word = words.next().ok_or_else(|| format!("too few numbers: {line:?}"))?;
            word.parse().ok().filter(|n| *n <= most).ok_or_else(|| format!("not a number up to {most}: {word:?}"))
        };
        let byte = u32::from(u8::MAX);
        let [who, what, aux] = [number(byte)?, number(byte)?, number(byte)?].map(|n| n as u8);
        let [size, extra] = [number(u16::MAX.into())?, number(u16::MAX.into())?].map(|n| n as u16);
        Ok(Self { kind, who, what, aux, size, extra })
    }
}
