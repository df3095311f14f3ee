//! `plimsoll watch`: the markets, an account and a queue, as they change.

mod draw;
mod view;

use std::time::{Duration, Instant};

use clap::Args;
use plimsoll_client::Address;
use ratatui::{
    DefaultTerminal,
    crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers},
};
use solana_signer::Signer;
use tokio::sync::watch;
use view::{Seen, View};

use crate::{commands::account::named, failure::Failure, session::Session};

/// How long a key may wait to be noticed.
const KEYS: Duration = Duration::from_millis(50);

/// Shows markets, an account and the liquidation queues, live.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll watch\n  plimsoll watch SOL --account 7Yh3dJqUqJkq1fmk4bHF5n8jVHYMxGpi7oJbBqZKSFqX\n  plimsoll watch --once\n\nKeys: tab or arrows choose a market, q ends."
)]
pub struct Watch {
    /// The market whose queue is shown first
    market: Option<String>,
    /// A margin account or its owner; else one's own
    #[arg(long, value_name = "ADDRESS")]
    account: Option<Address>,
    /// Time between two looks, such as 500ms or 2s
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "1s")]
    every: Duration,
    /// Write one frame as text and end
    #[arg(long)]
    once: bool,
}

impl Watch {
    /// Does it.
    pub async fn run(&self, session: &Session) -> Result<(), Failure> {
        if session.global.json {
            let sentence = "watch is for people: `market`, `account show` and `liquidations` answer with --json";
            return Err(Failure::usage(sentence));
        }
        let account = match self.account {
            Some(address) => Some(named(session, Some(address)).await?),
            None => session.signer().ok().map(|signer| session.own_account(&signer.pubkey())),
        };
        let first = Seen::look(session, account).await?;
        let chosen = match &self.market {
            Some(wanted) => first.place_of(wanted)?,
            None => 0,
        };
        let mut view = View::new(session.rpc.url(), first, chosen);
        if self.once {
            print!("{}", draw::text(&view));
            return Ok(());
        }
        let (sender, receiver) = watch::channel(None);
        let looks = self.look_on(session, account, sender);
        let terminal = ratatui::try_init()
            .map_err(|error| Failure::usage(format!("there is no terminal to draw on ({error}): try --once")))?;
        let shown = tokio::select! {
            shown = show(terminal, &mut view, receiver) => shown,
            () = looks => Ok(()),
        };
        ratatui::restore();
        shown.map_err(|error| Failure::usage(format!("the terminal cannot be drawn on: {error}")))
    }

    /// Looks again and again. What fails is shown as old, and tried again.
    async fn look_on(&self, session: &Session, account: Option<Address>, sender: watch::Sender<Option<Looked>>) {
        loop {
            tokio::time::sleep(self.every).await;
            let looked = Seen::look(session, account).await.map_err(|failure| failure.sentence);
            if sender.send(Some(looked)).is_err() {
                return;
            }
        }
    }
}

type Looked = Result<Seen, String>;

/// Draws whenever something is new, until a key ends it.
async fn show(
    mut terminal: DefaultTerminal,
    view: &mut View,
    mut receiver: watch::Receiver<Option<Looked>>,
) -> std::io::Result<()> {
    let mut drawn: Option<Instant> = None;
    loop {
        let news = receiver.has_changed().unwrap_or_default();
        if news && let Some(looked) = receiver.borrow_and_update().clone() {
            view.take(looked);
        }
        // Once a second anyway: how old everything is shows too.
        if news || drawn.is_none_or(|drawn| drawn.elapsed() >= Duration::from_secs(1)) {
            terminal.draw(|frame| draw::frame(frame, view))?;
            drawn = Some(Instant::now());
        }
        // Keys are waited for beside the runtime, which goes on looking.
        let step = match tokio::task::spawn_blocking(next_key).await.unwrap_or(Ok(None))? {
            Some(Key::End) => return Ok(()),
            Some(Key::Next) => 1,
            Some(Key::Before) => -1,
            Some(Key::Resized) => 0,
            None => continue,
        };
        view.choose(step);
        drawn = None;
    }
}

/// What a person wants.
enum Key {
    End,
    Next,
    Before,
    Resized,
}

fn next_key() -> std::io::Result<Option<Key>> {
    if !event::poll(KEYS)? {
        return Ok(None);
    }
    let key = match event::read()? {
        Event::Key(key) if key.kind == KeyEventKind::Press => key,
        Event::Resize(..) => return Ok(Some(Key::Resized)),
        _ => return Ok(None),
    };
    let interrupts = key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c');
    Ok(match key.code {
        KeyCode::Char('q') | KeyCode::Esc => Some(Key::End),
        _ if interrupts => Some(Key::End),
        KeyCode::Tab | KeyCode::Down | KeyCode::Right | KeyCode::Char('j') => Some(Key::Next),
        KeyCode::BackTab | KeyCode::Up | KeyCode::Left | KeyCode::Char('k') => Some(Key::Before),
        _ => None,
    })
}
