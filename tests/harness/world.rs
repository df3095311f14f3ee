//! One exchange and its people, driven by name.

use std::collections::BTreeMap;

use plimsoll_client::{
    Address, addresses,
    engine::parameters::Parameters,
    events::ExcessSwept,
    instructions::{
        Build, CancelOrder, CreateExchange, CreateInsuranceFund, CreateMarket, Deposit, DrawInsurance, ExecuteOrder,
        FlagAccount, Liquidate, LpDeposit, MarkAccount, OpenAccount, OpenShares, PlaceOrder, RefreshMarket, Stake,
        SweepFees, Withdraw,
    },
    state::{LiquidationQueue, MarginAccount, Market, ORACLE_NONE, ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, OracleSource},
    wire::AccountLayout,
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    Outcome,
    chain::{Chain, TOKEN},
    cookies::{ExchangeCookie, Holder, MarketCookie, Trader},
    ledger::Ledger,
    oracle::{LEGACY, Quote, RECEIVER},
};

/// Price units: Pyth's usual 10^-8.
pub const DOLLAR: i64 = 100_000_000;
/// Atoms in one unit of the quote token.
pub const USD: u64 = 1_000_000;

/// A chain with one exchange on it and the books of that exchange.
pub struct World {
    pub chain: Chain,
    pub exchange: ExchangeCookie,
    pub ledger: Ledger,
    /// Largest compute units of each instruction, by name.
    pub units: BTreeMap<String, u64>,
}

/// A second source that is none.
fn none() -> OracleSource {
    OracleSource::new(ORACLE_NONE, Address::default(), [0; 32])
}

impl World {
    /// An exchange on a classic mint, with its insurance fund.
    pub async fn new() -> Self {
        let mut chain = Chain::start().await;
        let mint = Address::new_unique();
        chain.put_mint(&mint, 6);
        Self::on(chain, mint, TOKEN, 1).await
    }

    /// An exchange with this id on a chain and a mint that exist.
    pub async fn on(mut chain: Chain, mint: Address, token_program: Address, id: u32) -> Self {
        let (address, admin) = (addresses::exchange(id), chain.new_key());
        // Not one of the sequence, on which the addresses of everybody after it depend.
        let guardian = Keypair::new_from_array([100 + id.to_le_bytes()[0]; 32]);
        let exchange = ExchangeCookie {
            address,
            vault: addresses::vault(&address),
            fund: addresses::insurance(&address),
            insurance_vault: addresses::insurance_vault(&address),
            mint,
            token_program,
            admin,
            guardian,
        };
        let mut world = Self { chain, exchange, ledger: Ledger::default(), units: BTreeMap::new() };
        let admin = world.exchange.admin.insecure_clone();
        world.chain.fund(&admin.pubkey(), 1_000_000_000_000);
        world.send(&world.create_exchange(id), &[&admin]).await.ok();
        world.send(&world.create_insurance_fund(), &[&admin]).await.ok();
        world
    }

    /// The instruction that creates this exchange.
    pub fn create_exchange(&self, id: u32) -> CreateExchange {
        let e = &self.exchange;
        CreateExchange {
            admin: e.admin.pubkey(),
            exchange: addresses::exchange(id),
            quote_mint: e.mint,
            vault: addresses::vault(&addresses::exchange(id)),
            token_program: e.token_program,
            id,
            guardian: e.guardian.pubkey(),
        }
    }

    /// The instruction that creates its insurance fund.
    pub fn create_insurance_fund(&self) -> CreateInsuranceFund {
        let e = &self.exchange;
        CreateInsuranceFund {
            payer: e.admin.pubkey(),
            exchange: e.address,
            fund: e.fund,
            quote_mint: e.mint,
            insurance_vault: e.insurance_vault,
            token_program: e.token_program,
        }
    }

    /// Runs one instruction of the program, notes its cost and checks the books.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn send(&mut self, build: &impl Build, signers: &[&Keypair]) -> Outcome {
        let instruction = build.instruction();
        let outcome = self.run(std::slice::from_ref(&instruction), signers).await;
        if outcome.result.is_ok() {
            self.note(build, outcome.units);
        }
        outcome
    }

    /// Runs instructions in one transaction and checks the books.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn run(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Outcome {
        let outcome = self.chain.send(instructions, signers).await;
        // A refused transaction is read back too: it must have left everything as it was.
        let touched: Vec<Address> =
            instructions.iter().flat_map(|i| i.accounts.iter()).filter(|a| a.is_writable).map(|a| a.pubkey).collect();
        self.reload(&touched).await;
        if outcome.result.is_ok() {
            for swept in outcome.events::<ExcessSwept>() {
                self.ledger.excess -= swept.from_vault;
                self.ledger.insurance_excess -= swept.from_insurance_vault;
            }
        }
        self.ledger.check();
        outcome
    }

    fn note<B: Build>(&mut self, _build: &B, units: u64) {
        let most = self.units.entry(B::NAME.to_owned()).or_default();
        *most = (*most).max(units);
    }

    /// Reads accounts into the ledger.
    pub async fn reload(&mut self, accounts: &[Address]) {
        for address in accounts {
            if *address == self.exchange.vault {
                self.ledger.vault = self.chain.token_amount(address).await;
            } else if *address == self.exchange.insurance_vault {
                self.ledger.insurance_vault = self.chain.token_amount(address).await;
            } else if let Some(account) = self.chain.account(address).await.filter(|a| a.owner == plimsoll_client::ID) {
                self.ledger.take(&self.exchange.address, *address, &account.data);
            } else {
                self.ledger.grants.remove(address);
            }
        }
    }

    /// A market whose price comes from Pyth pull updates.
    pub async fn create_market(&mut self, parameters: Parameters) -> MarketCookie {
        self.create_market_on(parameters, false).await
    }

    /// A market on a pull or a legacy Pyth feed. Where the exchange is older than a day, time passes until it opens.
    pub async fn create_market_on(&mut self, parameters: Parameters, legacy: bool) -> MarketCookie {
        let admin = self.exchange.admin.insecure_clone();
        let queue = self.chain.new_key();
        let market = self.next_market(queue.pubkey(), legacy);
        let create = self.create_market_with(&market, parameters);
        let instructions = [self.create_queue(&queue.pubkey()), create.instruction()];
        self.run(&instructions, &[&admin, &queue]).await.ok();
        let opens = self.market(&market).core.guard.opens;
        if opens > self.chain.now() {
            self.chain.advance(opens - self.chain.now(), 100).await;
        }
        market
    }

    /// The cookie of the market that would be created next.
    pub fn next_market(&self, queue: Address, legacy: bool) -> MarketCookie {
        let index = self.ledger.exchange.map_or(0, |e| e.market_count);
        let oracle = Address::new_unique();
        MarketCookie {
            address: addresses::market(&self.exchange.address, index),
            queue,
            oracle,
            oracle_program: if legacy { LEGACY } else { RECEIVER },
            feed: if legacy { oracle.to_bytes() } else { Address::new_unique().to_bytes() },
            index,
            legacy,
            second: None,
        }
    }

    /// The system instruction that creates a queue's account.
    pub fn create_queue(&self, queue: &Address) -> Instruction {
        let space = LiquidationQueue::LEN;
        let lamports = solana_rent::Rent::default().minimum_balance(space);
        let payer = self.exchange.admin.pubkey();
        let owner = plimsoll_client::ID;
        solana_system_interface::instruction::create_account(&payer, queue, lamports, space as u64, &owner)
    }

    /// The instruction that creates a market.
    pub fn create_market_with(&self, market: &MarketCookie, parameters: Parameters) -> CreateMarket {
        CreateMarket {
            admin: self.exchange.admin.pubkey(),
            exchange: self.exchange.address,
            market: market.address,
            queue: market.queue,
            parameters,
            oracle_kind: if market.legacy { ORACLE_PYTH_LEGACY } else { ORACLE_PYTH_PULL },
            oracle_program: market.oracle_program,
            feed: market.feed,
            second: market.second.map_or_else(none, |(source, _)| source),
        }
    }

    /// Writes an oracle account as Pyth would.
    pub fn publish(&mut self, market: &MarketCookie, quote: &Quote) {
        let data = if market.legacy { quote.legacy() } else { quote.pull() };
        self.chain.put(&market.oracle, &market.oracle_program, data);
    }

    /// Lets a second and two slots pass, publishes a price in 10^-8 and refreshes the market.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn price(&mut self, market: &MarketCookie, price: i64) -> Outcome {
        self.chain.advance(1, 2).await;
        let quote = Quote::at(market.feed, price, self.chain.now());
        self.publish(market, &quote);
        self.send(&Self::refresh(market), &[]).await
    }

    /// The instruction that refreshes a market.
    pub fn refresh(market: &MarketCookie) -> RefreshMarket {
        let second = market.second.map(|(_, oracle)| oracle);
        RefreshMarket { market: market.address, oracle: Some(market.oracle), second }
    }

    /// A person with tokens.
    pub fn person(&mut self, amount: u64) -> (Keypair, Address) {
        let (key, tokens) = (self.chain.new_key(), Address::new_unique());
        self.chain.fund(&key.pubkey(), 10_000_000_000);
        let (program, mint) = (self.exchange.token_program, self.exchange.mint);
        self.chain.put_token(&program, &tokens, &mint, &key.pubkey(), amount);
        (key, tokens)
    }

    /// A trader with this much deposited and nothing left outside.
    pub async fn trader(&mut self, deposit: u64) -> Trader {
        let (key, tokens) = self.person(deposit);
        let owner = key.pubkey();
        let margin = addresses::margin(&self.exchange.address, &owner, 0);
        let trader = Trader { key, tokens, margin };
        let open = OpenAccount { owner, exchange: self.exchange.address, margin, index: 0 };
        self.send(&open, &[&trader.key]).await.ok();
        if deposit > 0 {
            self.send(&self.deposit(&trader, deposit), &[&trader.key]).await.ok();
        }
        trader
    }

    /// The instruction by which a trader deposits.
    pub fn deposit(&self, trader: &Trader, amount: u64) -> Deposit {
        let e = &self.exchange;
        Deposit {
            authority: trader.owner(),
            exchange: e.address,
            margin: trader.margin,
            source: trader.tokens,
            vault: e.vault,
            quote_mint: e.mint,
            token_program: e.token_program,
            amount,
        }
    }

    /// The instruction by which a trader withdraws.
    pub fn withdraw(&self, trader: &Trader, amount: u64) -> Withdraw {
        let e = &self.exchange;
        Withdraw {
            owner: trader.owner(),
            exchange: e.address,
            margin: trader.margin,
            destination: trader.tokens,
            vault: e.vault,
            quote_mint: e.mint,
            token_program: e.token_program,
            amount,
            legs: self.legs_of(&trader.margin, None),
        }
    }

    /// A holder of shares in a pool, with tokens to deposit.
    pub async fn holder(&mut self, pool: Address, amount: u64) -> Holder {
        let (key, tokens) = self.person(amount);
        let shares = addresses::shares(&pool, &key.pubkey());
        let open = OpenShares { owner: key.pubkey(), pool, shares };
        self.send(&open, &[&key]).await.ok();
        Holder { key, tokens, shares }
    }

    /// The instruction by which a holder provides liquidity.
    pub fn provide(&self, holder: &Holder, market: &MarketCookie, amount: u64) -> LpDeposit {
        let e = &self.exchange;
        LpDeposit {
            owner: holder.key.pubkey(),
            exchange: e.address,
            market: market.address,
            shares: holder.shares,
            source: holder.tokens,
            vault: e.vault,
            quote_mint: e.mint,
            token_program: e.token_program,
            amount,
        }
    }

    /// A provider who has put this much into a market.
    pub async fn provider(&mut self, market: &MarketCookie, amount: u64) -> Holder {
        let holder = self.holder(market.address, amount).await;
        self.send(&self.provide(&holder, market, amount), &[&holder.key]).await.ok();
        holder
    }

    /// The instruction by which a holder stakes.
    pub fn stake(&self, holder: &Holder, amount: u64) -> Stake {
        let e = &self.exchange;
        Stake {
            owner: holder.key.pubkey(),
            exchange: e.address,
            fund: e.fund,
            shares: holder.shares,
            source: holder.tokens,
            insurance_vault: e.insurance_vault,
            quote_mint: e.mint,
            token_program: e.token_program,
            amount,
        }
    }

    /// A staker who has put this much into the insurance fund.
    pub async fn staker(&mut self, amount: u64) -> Holder {
        let holder = self.holder(self.exchange.fund, amount).await;
        self.send(&self.stake(&holder, amount), &[&holder.key]).await.ok();
        holder
    }

    /// The instruction by which a trader places an order.
    pub fn order(trader: &Trader, market: &MarketCookie, lots: i64, limit: u64) -> PlaceOrder {
        let (margin, market) = (trader.margin, market.address);
        PlaceOrder {
            authority: trader.owner(),
            margin,
            market,
            lots,
            limit,
            reduce_only: false,
            trigger: 0,
            trigger_above: false,
            legs: vec![],
        }
    }

    /// The instruction that executes the order at a place.
    pub fn execute(&self, trader: &Trader, market: &MarketCookie, place: u8) -> ExecuteOrder {
        ExecuteOrder {
            margin: trader.margin,
            market: market.address,
            oracle: market.oracle,
            executor: None,
            place,
            legs: self.legs_of(&trader.margin, Some(market)),
        }
    }

    /// Trades at market: places an order without a meaningful limit, lets its delay pass at an unchanged price and
    /// executes it.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn trade(&mut self, trader: &Trader, market: &MarketCookie, lots: i64) -> Outcome {
        let limit = if lots > 0 { crate::orders::ANY_PRICE } else { 1 };
        let order = Self::order(trader, market, lots, limit);
        let legs = self.legs_of(&trader.margin, Some(market));
        self.send(&PlaceOrder { legs, ..order }, &[&trader.key]).await.ok();
        self.settle_order(trader, market).await
    }

    /// Lets the delay of a trader's only order pass and executes it at an unchanged price.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn settle_order(&mut self, trader: &Trader, market: &MarketCookie) -> Outcome {
        let (state, margin) = (*self.market(market), *self.margin(trader));
        let place = margin.orders.iter().position(|slot| !slot.order.is_empty()).expect("an order waits");
        let at = margin.orders[place].order.execution_time(&state.core.risk).expect("fits");
        self.chain.advance(at - self.chain.now(), 8).await;
        let price = state.core.price.oracle.0 as i64 * DOLLAR / 10i64.pow(state.core.risk.tick_exponent);
        let quote = Quote { ema: price, ..Quote::at(market.feed, price, at) };
        self.publish(market, &quote);
        self.send(&Self::refresh(market), &[]).await.ok();
        let execute = self.execute(trader, market, u8::try_from(place).expect("few orders"));
        self.send(&execute, &[]).await
    }

    /// The instruction that ends the order at a place.
    pub fn cancel(trader: &Trader, market: &MarketCookie, place: u8) -> CancelOrder {
        CancelOrder { authority: trader.owner(), margin: trader.margin, market: market.address, place }
    }

    /// The instruction that marks an account.
    pub fn mark(&self, margin: &Address) -> MarkAccount {
        MarkAccount { margin: *margin, legs: self.legs_of(margin, None) }
    }

    /// The instruction that flags an account for a keeper.
    pub fn flag(&self, margin: &Address, market: &MarketCookie, keeper: &Trader) -> FlagAccount {
        let legs = self.legs_of(margin, Some(market));
        FlagAccount { margin: *margin, market: market.address, queue: market.queue, reward: keeper.margin, legs }
    }

    /// The instruction by which a keeper liquidates an account that it flagged itself.
    pub fn liquidate(&self, margin: &Address, market: &MarketCookie, keeper: &Trader) -> Liquidate {
        Liquidate {
            margin: *margin,
            market: market.address,
            queue: market.queue,
            flagger: keeper.margin,
            liquidator: keeper.margin,
            floor: None,
            legs: self.legs_of(margin, Some(market)),
        }
    }

    /// The instruction that answers a market's deficit.
    pub fn draw(&self, market: &MarketCookie) -> DrawInsurance {
        let e = &self.exchange;
        DrawInsurance {
            exchange: e.address,
            fund: e.fund,
            market: market.address,
            insurance_vault: e.insurance_vault,
            vault: e.vault,
            quote_mint: e.mint,
            token_program: e.token_program,
        }
    }

    /// The instruction that sweeps a market's fees.
    pub fn sweep(&self, market: &MarketCookie) -> SweepFees {
        let e = &self.exchange;
        SweepFees {
            exchange: e.address,
            fund: e.fund,
            market: market.address,
            vault: e.vault,
            insurance_vault: e.insurance_vault,
            quote_mint: e.mint,
            token_program: e.token_program,
        }
    }

    /// Markets of an account's legs in their order, without the named one.
    pub fn legs_of(&self, margin: &Address, named: Option<&MarketCookie>) -> Vec<Address> {
        let legs = self.ledger.margins.get(margin).map(|m| m.legs).unwrap_or_default();
        let used = legs.iter().filter(|leg| !leg.is_free()).map(|leg| leg.market);
        used.filter(|market| named.is_none_or(|n| n.address != *market)).collect()
    }

    /// A trader's account.
    pub fn margin(&self, trader: &Trader) -> &MarginAccount {
        &self.ledger.margins[&trader.margin]
    }

    /// A market's account.
    pub fn market(&self, market: &MarketCookie) -> &Market {
        &self.ledger.markets[&market.address]
    }
}
