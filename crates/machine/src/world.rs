//! The exchange: accounts, markets, queues, pools, and the one way in which anything happens to them.

use plimsoll_engine::{
    account::MAX_LEGS,
    error::EngineError,
    exit::{self, Exit},
    insurance::Insurance,
    market::{Market, status::SETTLING},
    order::Order,
    parameters::Parameters,
    position::Position,
    queue::{Id, Queue},
    risk::Risk,
    units::Atoms,
};

use crate::{
    action::{Action, Kind},
    ledger::Ledger,
    oracle::Oracle,
    setup::{START, Setup},
    tally::Tally,
};

/// Markets.
pub const MARKETS: usize = 3;
/// Margin accounts: four traders, a keeper and an integrator.
pub const ACCOUNTS: usize = 6;
/// Liquidity providers and stakers; the first is honest and only ever deposits.
pub const POOLERS: usize = 3;
/// Orders an account may have.
pub const ORDERS: usize = 3;

/// Where an account is flagged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flagged {
    /// In whose queue.
    pub market: usize,
    /// At which place.
    pub place: usize,
    /// Until when.
    pub until: i64,
}

/// A margin account. Its leg in a market is at the market's place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Account {
    /// Free and bound collateral.
    pub cash: Atoms,
    /// Positions.
    pub legs: [Position; MARKETS],
    /// Orders, each with its market.
    pub orders: [Option<(usize, Order)>; ORDERS],
    /// Its flag.
    pub flag: Option<Flagged>,
    /// Orders placed so far.
    pub sequence: u64,
}

/// Shares of one pool in one pair of hands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stake {
    /// Shares held.
    pub shares: u64,
    /// Exit requested.
    pub exit: Exit,
    /// Consolidations of the fund's shares that these have seen.
    pub epoch: u64,
}

impl Stake {
    /// After those that the fund has seen.
    pub fn catch_up(&mut self, fund: &Insurance) {
        exit::catch_up(&mut self.exit, &mut self.shares, &mut self.epoch, fund);
    }
}

/// Everything that the engine's calls may write, except the queues.
#[derive(Clone, Debug, PartialEq)]
pub struct Core {
    /// Cluster time.
    pub now: i64,
    /// Cluster slot.
    pub slot: u64,
    /// Margin accounts.
    pub accounts: [Account; ACCOUNTS],
    /// Markets.
    pub markets: [Market; MARKETS],
    /// The insurance fund.
    pub fund: Insurance,
    /// Providers' shares by market.
    pub providers: [[Stake; MARKETS]; POOLERS],
    /// Stakers' shares.
    pub stakers: [Stake; POOLERS],
}

/// Who and what a call may change; all else must stay as it was.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parties {
    /// Accounts, a bit each.
    pub accounts: u32,
    /// Markets, a bit each.
    pub markets: u32,
    /// Whether the fund.
    pub fund: bool,
    /// Whether shares and requests.
    pub shares: bool,
}

impl Parties {
    /// One account.
    pub fn account(index: usize) -> Self {
        Self { accounts: 1 << index, ..Self::default() }
    }

    /// One market.
    pub fn market(index: usize) -> Self {
        Self { markets: 1 << index, ..Self::default() }
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        Self {
            accounts: self.accounts | other.accounts,
            markets: self.markets | other.markets,
            fund: self.fund || other.fund,
            shares: self.shares || other.shares,
        }
    }
}

/// The whole machine.
pub struct World {
    /// Its beginning.
    pub setup: Setup,
    /// What the engine writes.
    pub core: Core,
    /// The markets' queues.
    pub queues: Vec<Queue>,
    /// Parameters that the markets were made of.
    pub parameters: [Parameters; MARKETS],
    /// The markets' oracles.
    pub oracles: Vec<Oracle>,
    /// What should be.
    pub ledger: Ledger,
    /// What was called.
    pub tally: Tally,
}

/// The address of an account.
pub fn id(account: usize) -> Id {
    let mut id = Id::default();
    id[0] = u8::try_from(account).expect("few accounts") + 1;
    id
}

/// The account of an address.
pub fn account_of(id: &Id) -> usize {
    usize::from(id[0]) - 1
}

impl World {
    /// The beginning: markets with a price, an honest provider and an honest staker.
    pub fn new(setup: Setup) -> Self {
        let parameters: [Parameters; MARKETS] = std::array::from_fn(|market| setup.parameters(market));
        let markets = std::array::from_fn(|market| {
            let risk = Risk::new(&parameters[market]).expect("parameters within bounds");
            let market_of = Market::new(risk, START).expect("a market");
            Market { flags: u8::from(setup.has_second(market)), ..market_of }
        });
        let oracles = (0..MARKETS)
            .map(|market| Oracle::new(setup.price(market), parameters[market].tick_exponent, setup.flat, START - 1))
            .collect();
        let core = Core {
            now: START,
            slot: 1_000,
            accounts: [Account::default(); ACCOUNTS],
            markets,
            fund: Insurance::default(),
            providers: Default::default(),
            stakers: Default::default(),
        };
        let queues = vec![<Queue as bytemuck::Zeroable>::zeroed(); MARKETS];
        let mut world =
            Self { setup, core, queues, parameters, oracles, ledger: Ledger::default(), tally: Tally::default() };
        for market in 0..MARKETS {
            world.refresh(market, 0);
            world.second_as_first(market);
            world.provide(0, market, setup.liquidity());
        }
        world.stake(0, setup.insurance());
        for account in 0..ACCOUNTS {
            world.deposit(account, 20_000 * crate::setup::USD);
        }
        world.tally = Tally::default();
        world
    }

    /// Tries an action and checks everything. Panics at the first thing that is not as it should be.
    pub fn step(&mut self, action: &Action) {
        let (who, market) = (usize::from(action.who) % ACCOUNTS, usize::from(action.what) % MARKETS);
        let pooler = 1 + usize::from(action.who) % (POOLERS - 1);
        let settles = self.core.markets.iter().any(|market| market.status >= SETTLING);
        match action.kind {
            // Mostly there is nothing to settle: then they trade.
            Kind::Settle | Kind::Fix | Kind::Pay if !settles && action.extra % 8 != 0 => {
                self.trade(who, market, action)
            }
            Kind::Advance => self.advance(action),
            Kind::Publish => self.publish(market, action),
            Kind::Refresh => self.refresh_hostile(market, action),
            Kind::Deposit => self.deposit(who, 1 + u64::from(action.size) * u64::from(action.extra) * 3),
            Kind::Withdraw => self.withdraw(who, action),
            Kind::Place => {
                self.place(who, market, action);
            }
            Kind::Execute => self.execute_hostile(who, action),
            Kind::Cancel => self.cancel(who, action),
            Kind::Fire => self.fire(who, action),
            Kind::Trade => self.trade(who, market, action),
            Kind::Mark => self.mark(who),
            Kind::Flag => self.flag(who, market, usize::from(action.aux) % ACCOUNTS),
            Kind::Liquidate => self.liquidate(who, market, usize::from(action.aux) % ACCOUNTS),
            Kind::Crash => self.crash(market, action),
            Kind::Draw => self.draw(market),
            Kind::Sweep => self.sweep(market),
            Kind::Collect => self.collect(market),
            Kind::Provide => self.provide(pooler, market, 1 + u64::from(action.size) * u64::from(action.extra) * 4),
            Kind::RequestExit => self.request_exit(pooler, market, action),
            Kind::Redeem => self.redeem(pooler, market, action),
            Kind::CancelExit => self.cancel_exit(pooler, market, action),
            Kind::Stake => self.stake(pooler, 1 + u64::from(action.size) * u64::from(action.extra)),
            Kind::RequestUnstake => self.request_unstake(pooler, action),
            Kind::Unstake => self.unstake(pooler, action),
            Kind::Quote => self.quote(who, market, action),
            Kind::Status => self.status(market, action),
            Kind::Accrue => self.accrue(market),
            Kind::Deleverage => self.deleverage(market, action),
            Kind::LookSettle => self.look_settle(market, action),
            Kind::Settle => self.settle_hostile(who, market),
            Kind::Fix => self.fix(self.settling(market), action),
            Kind::Pay => self.pay_hostile(who, market),
            Kind::Ruin => self.ruin(market, action),
            Kind::Second => self.second(MARKETS - 1, action),
            Kind::Match => self.match_hostile(who, market, action),
        }
    }

    /// One call of the engine: counted, reverted and compared when refused, and limited to its parties when accepted.
    pub(crate) fn call<T>(
        &mut self,
        name: &'static str,
        parties: Parties,
        run: impl FnOnce(&mut Core) -> Result<T, EngineError>,
    ) -> Option<T> {
        let before = self.core.clone();
        let outcome = run(&mut self.core);
        self.tally.count(name, outcome.is_ok());
        match outcome {
            Ok(value) => {
                require_frame(name, &before, &self.core, parties);
                Some(value)
            }
            Err(error) => {
                self.tally.refusal(name, &error);
                assert!(self.core == before, "{name} was refused ({error:?}) and wrote all the same");
                None
            }
        }
    }

    /// Whether an account is flagged now.
    pub fn is_flagged(&self, account: usize) -> bool {
        self.core.accounts[account].flag.is_some_and(|flag| flag.until >= self.core.now)
    }
}

fn require_frame(name: &str, before: &Core, after: &Core, parties: Parties) {
    for (index, (old, new)) in before.accounts.iter().zip(&after.accounts).enumerate() {
        assert!(parties.accounts >> index & 1 == 1 || old == new, "{name} changed account {index}, which is no party");
    }
    for (index, (old, new)) in before.markets.iter().zip(&after.markets).enumerate() {
        assert!(
            parties.markets >> index & 1 == 1 || old == new,
            "I-8: {name} changed market {index}, which is no party"
        );
    }
    assert!(parties.fund || before.fund == after.fund, "I-8: {name} changed the fund");
    let shares = before.providers == after.providers && before.stakers == after.stakers;
    assert!(parties.shares || shares, "{name} changed shares");
}

/// The most legs that any call is given.
const _: () = assert!(MARKETS <= MAX_LEGS);
