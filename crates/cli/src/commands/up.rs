//! `plimsoll up`: a whole venue on this machine.

mod books;
mod keepers;
mod running;
mod story;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use keepers::Keepers;
use plimsoll_client::network;
use plimsoll_keeper::witness::Witness;
use plimsoll_localnet::{Feed, FeedError, Localnet, LocalnetError, Options, Ports, Progress};
use running::Running;

use crate::{
    arguments::Global,
    decimal::Decimal,
    failure::{Failure, Kind},
    page::print,
    session::{self, Session},
};

/// Where the program's binary is built, below the directory of a checkout.
const BINARY: &str = "target/deploy/plimsoll.so";
/// How often the end of a path is looked for.
const LOOK: Duration = Duration::from_millis(200);
/// How long news may take from the node to whoever watches.
const SETTLES: Duration = Duration::from_secs(2);
/// How long keepers have to empty the queues after it.
const DRAIN: Duration = Duration::from_secs(180);

/// Starts a node, the program, three markets with liquidity, insurance and traders, and prices that move. It runs until it is interrupted.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll up\n  plimsoll up --scenario crash --traders 200 --speed 10\n  plimsoll up --csv SOL=sol.csv --state-dir ~/plimsoll"
)]
pub struct Up {
    /// Prices: walk, calm, crash, or a file
    #[arg(long, value_name = "NAME|FILE", default_value = "walk")]
    scenario: String,
    /// Prices of one market from a file of time, price and, if there is one, confidence
    #[arg(long, value_name = "MARKET=FILE", value_parser = series)]
    csv: Vec<(String, PathBuf)>,
    /// Seconds of the prices' path in a second; updates come as often as ever
    #[arg(long, value_name = "FACTOR", default_value = "1")]
    speed: Decimal,
    /// Traders with positions
    #[arg(long, value_name = "N", default_value_t = 50)]
    traders: usize,
    /// Keepers in the same process: without one no order is executed
    #[arg(long, value_name = "N", default_value_t = 1)]
    keepers: usize,
    /// What keepers log: a level, or a filter
    #[arg(long, value_name = "LEVEL", default_value = "warn,node=error")]
    log: String,
    /// Where everything is kept, so that it is there again after a restart
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
    /// What keys, traders and random prices follow from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Let prices stand until `plimsoll oracle begin`
    #[arg(long)]
    hold: bool,
    /// Port of JSON-RPC
    #[arg(long, value_name = "PORT", default_value_t = 8_899)]
    rpc_port: u16,
    /// Port of subscriptions
    #[arg(long, value_name = "PORT", default_value_t = 8_900)]
    ws_port: u16,
    /// Port of commands to the oracles
    #[arg(long, value_name = "PORT", default_value_t = 8_898)]
    control_port: u16,
    /// Any ports that are free
    #[arg(long, conflicts_with_all = ["rpc_port", "ws_port", "control_port"])]
    any_port: bool,
    /// Time between slots
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "400ms")]
    slot: Duration,
    /// The program's binary; else the one that was built in the checkout
    #[arg(long, value_name = "FILE", env = "PLIMSOLL_PROGRAM")]
    program: Option<PathBuf>,
    /// End when the scenario has, and fail if the books are wrong
    #[arg(long, alias = "exit")]
    exit_after_crash: bool,
}

fn series(text: &str) -> Result<(String, PathBuf), String> {
    let pair = text.split_once('=').ok_or_else(|| format!("{text} is not MARKET=FILE"))?;
    Ok((pair.0.to_uppercase(), PathBuf::from(pair.1)))
}

impl From<LocalnetError> for Failure {
    fn from(error: LocalnetError) -> Self {
        let kind = match &error {
            LocalnetError::Program { .. } => Kind::NotFound,
            LocalnetError::Feed(_) | LocalnetError::State(_) => Kind::Usage,
            _ => Kind::Unreachable,
        };
        Self::new(kind, "Localnet", error.to_string())
    }
}

impl From<FeedError> for Failure {
    fn from(error: FeedError) -> Self {
        Self::from(LocalnetError::from(error))
    }
}

impl Up {
    /// Does it.
    pub async fn run(&self, global: &Global) -> Result<(), Failure> {
        let options = self.options(global.json)?;
        let ends = self.ends(&options)?;
        let localnet = Localnet::start(options).await?;
        let file = self.describe(&localnet)?;
        let ended = self.attend(&localnet, &file, ends, global).await;
        if !global.json {
            eprintln!("Stopping.");
        }
        let stopped = localnet.stop().await;
        if self.state_dir.is_none() {
            // Nothing answers there any more. Whoever removed it before meant the same.
            _ = std::fs::remove_file(&file);
        }
        ended.and(stopped.map_err(Failure::from))
    }

    /// Runs keepers until somebody interrupts, a keeper fails, or the path has ended: then the books are checked.
    async fn attend(
        &self,
        localnet: &Localnet,
        file: &Path,
        ends: Option<f64>,
        global: &Global,
    ) -> Result<(), Failure> {
        let directory = file.parent().unwrap_or(Path::new(".")).join("keepers");
        let mut keepers = Keepers::start(localnet, self.keepers, &directory, &self.log).await?;
        let witness = Witness::start(localnet.network());
        print(&Running::of(localnet, file, &keepers.wallets, self.state_dir.is_some()), global.json);
        if !self.hold {
            localnet.oracles().begin();
        }
        let feed = self.feed()?;
        let (failed, finished) = tokio::select! {
            () = super::interrupted() => (None, false),
            failure = keepers.failed() => (Some(failure), false),
            () = ended(localnet, ends) => (None, true),
            () = told(localnet, &witness, &feed, global.json) => (None, false),
        };
        let drained = if finished { drained(global, file).await } else { Ok(()) };
        if finished && !global.json {
            // What was heard last is told yet.
            tokio::time::sleep(SETTLES).await;
            story::summary(&witness);
        }
        let stopped = keepers.stop().await;
        if let Some(failure) = failed {
            return Err(failure);
        }
        drained.and(stopped)?;
        if finished {
            story::check(&witness)?;
            books::check(&on(global, file)).await?;
        }
        Ok(())
    }

    fn options(&self, json: bool) -> Result<Options, Failure> {
        let speed = self.speed.units(6).map_err(|error| Failure::amount("--speed", &error))?;
        let tell = move |progress: &Progress| {
            if !json {
                eprintln!("{progress}");
            }
        };
        Ok(Options {
            program: self.program()?,
            ports: match self.any_port {
                true => Ports::Any,
                false => Ports::Fixed { rpc: self.rpc_port, ws: self.ws_port, control: self.control_port },
            },
            slot: self.slot,
            traders: self.traders,
            seed: self.seed,
            state: self.state_dir.clone(),
            feed: self.feed()?,
            speed: speed as f64 / 1e6,
            // Not before keepers are there.
            begin: false,
            progress: Some(Arc::new(tell)),
            ..Options::default()
        })
    }

    fn feed(&self) -> Result<Feed, Failure> {
        let feed = match self.scenario.as_str() {
            "walk" => Feed::walk(),
            name => match Feed::shipped(name) {
                Some(feed) => feed,
                None => Feed::scenario(Path::new(name))?,
            },
        };
        let with = |feed: Feed, (market, path): &(String, PathBuf)| feed.with_series(market, path);
        Ok(self.csv.iter().try_fold(feed, with)?)
    }

    /// The second of the path at which it ends, where it is waited for.
    fn ends(&self, options: &Options) -> Result<Option<f64>, Failure> {
        if !self.exit_after_crash {
            return Ok(None);
        }
        let ends = last_second(&options.feed);
        let endless = || Failure::usage(format!("--exit-after-crash: the prices of {} never end", self.scenario));
        ends.map(Some).ok_or_else(endless)
    }

    /// The binary that is named, or the one built in this directory or one above it.
    fn program(&self) -> Result<PathBuf, Failure> {
        if let Some(path) = &self.program {
            return Ok(path.clone());
        }
        let here = std::env::current_dir().unwrap_or_default();
        let beside = std::env::current_exe().ok().and_then(|path| Some(path.parent()?.join("plimsoll.so")));
        let built = here.ancestors().map(|above| above.join(BINARY)).chain(beside).find(|path| path.exists());
        built.ok_or_else(|| {
            Failure::not_found("there is no program binary: build it with `make build`, or name it by --program")
        })
    }

    /// The file that describes the network, written where commands look for it.
    fn describe(&self, localnet: &Localnet) -> Result<PathBuf, Failure> {
        let failed = |error: String| Failure::new(Kind::Usage, "Network", error);
        if let Some(directory) = &self.state_dir {
            return Ok(directory.join(network::FILE));
        }
        let directory = session::state_dir();
        std::fs::create_dir_all(&directory)
            .map_err(|error| failed(format!("{} cannot be made: {error}", directory.display())))?;
        let file = directory.join(network::FILE);
        localnet.network().write(&file).map_err(|error| failed(error.to_string()))?;
        Ok(file)
    }
}

/// Tells the story of a path that ends. It never returns: whoever waits for something else may drop it.
async fn told(localnet: &Localnet, witness: &Witness, feed: &Feed, json: bool) {
    if let (false, Some(ends)) = (json, last_second(feed)) {
        story::tell(localnet, witness, ends).await;
    }
    std::future::pending().await
}

/// The second at which the last market's path ends; none where one goes on for ever.
fn last_second(feed: &Feed) -> Option<f64> {
    ["BTC", "ETH", "SOL"].iter().filter_map(|market| feed.seconds(market)).reduce(f64::max)
}

/// Waits for the end of the prices' path; for ever where it is not waited for.
async fn ended(localnet: &Localnet, ends: Option<f64>) {
    let Some(ends) = ends else { return std::future::pending().await };
    while localnet.oracles().position() < ends {
        tokio::time::sleep(LOOK).await;
    }
}

/// Waits until nobody is queued any more: what is under maintenance when the prices stand is liquidated.
async fn drained(global: &Global, file: &Path) -> Result<(), Failure> {
    let session = Session::open(&on(global, file))?;
    let deadline = tokio::time::Instant::now() + DRAIN;
    loop {
        let snapshot = session.look_with_queues(&[]).await?;
        let figures = snapshot.markets.iter().map(|(address, _)| snapshot.venue.market_figures(address, snapshot.at));
        let queued: u32 =
            figures.map(|figures| figures.map(|market| market.queued.unwrap_or_default())).sum::<Result<_, _>>()?;
        if queued == 0 {
            return Ok(());
        }
        if tokio::time::Instant::now() >= deadline {
            let sentence = format!("{queued} accounts are still queued {} s after the prices stand", DRAIN.as_secs());
            return Err(Failure::new(Kind::Refused, "Queued", sentence));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The options of a command for the network that this file describes.
fn on(global: &Global, file: &Path) -> Global {
    Global { network: Some(file.to_path_buf()), url: None, exchange: None, ..global.clone() }
}
