//! The commands that a local network takes over HTTP on this machine.

use std::time::Duration;

use reqwest::{Client, Response, StatusCode};
use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    failure::{Failure, Kind},
    page::{Answer, Page, Tone},
    time::date,
    units::text,
};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Decimals of the prices that a local network publishes.
const ORACLE_DECIMALS: i32 = 8;

/// Where commands go.
pub struct Control {
    client: Client,
    url: String,
}

/// What is answered where something cannot be done.
#[derive(Deserialize)]
struct Refused {
    error: String,
}

impl Control {
    /// Commands to this URL.
    pub fn new(url: String) -> Self {
        Self { client: Client::new(), url }
    }

    /// Asks.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let request = self.client.get(format!("{}/{path}", self.url)).timeout(TIMEOUT);
        let answer = understood(request.send().await.map_err(|error| self.silent(&error))?).await?;
        answer.json().await.map_err(|error| self.silent(&error))
    }

    /// Commands.
    pub async fn post(&self, path: &str, body: &Value) -> Result<(), Failure> {
        let request = self.client.post(format!("{}/{path}", self.url)).timeout(TIMEOUT).json(body);
        understood(request.send().await.map_err(|error| self.silent(&error))?).await.map(|_| ())
    }

    fn silent(&self, error: &reqwest::Error) -> Failure {
        Failure::unreachable(format!("the local network does not answer at {}: {error}", self.url))
    }
}

async fn understood(answer: Response) -> Result<Response, Failure> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let text = answer.text().await.unwrap_or_default();
    let sentence = serde_json::from_str::<Refused>(&text).map_or(text, |refused| refused.error);
    let kind = if status == StatusCode::NOT_FOUND { Kind::NotFound } else { Kind::Refused };
    Err(Failure::new(kind, "Oracle", sentence))
}

/// What was told to the network.
#[derive(Serialize)]
pub struct Told {
    /// The command.
    pub command: String,
    /// What it does.
    pub sentence: String,
}

impl Answer for Told {
    fn show(&self, page: &mut Page) {
        page.say(&self.sentence);
    }
}

/// What every market's sources say.
#[derive(Serialize)]
pub struct Readings {
    /// Market by market.
    pub readings: Vec<Reading>,
}

/// What a market's sources say. Prices here are the oracle's own, not the engine's.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    market: String,
    newest: Option<Update>,
    has_second: bool,
    first_stalled: bool,
    second_stalled: bool,
    bad_prints_left: u32,
    #[serde(serialize_with = "as_text_or_none")]
    second_factor: Option<f64>,
    #[serde(serialize_with = "as_text")]
    scale: f64,
}

/// An update.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    /// In 10^-8 of the quote token.
    price: i64,
    publish_time: i64,
    previous_publish_time: i64,
}

/// No float leaves this program: a factor is text.
fn as_text<S: Serializer>(factor: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(factor)
}

fn as_text_or_none<S: Serializer>(factor: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match factor {
        Some(factor) => as_text(factor, serializer),
        None => serializer.serialize_none(),
    }
}

impl Reading {
    fn cells(&self) -> Vec<String> {
        let faults = [
            self.first_stalled.then(|| "the first source is silent".to_owned()),
            self.second_stalled.then(|| "the second source is silent".into()),
            (self.bad_prints_left > 0).then(|| format!("{} wrong updates to come", self.bad_prints_left)),
            self.second_factor.map(|factor| format!("the second source is wrong by {factor}")),
        ];
        let faults: Vec<_> = faults.into_iter().flatten().collect();
        vec![
            self.market.clone(),
            self.newest.as_ref().map_or_else(|| "-".into(), |update| text(update.price, ORACLE_DECIMALS)),
            self.newest.as_ref().map_or_else(|| "never".into(), |update| date(update.publish_time)),
            if self.has_second { "two" } else { "one" }.into(),
            format!("{}", self.scale),
            if faults.is_empty() { "none".into() } else { faults.join(", ") },
        ]
    }
}

impl Answer for Readings {
    fn show(&self, page: &mut Page) {
        page.table(
            &["market", ">price", "published", "sources", ">jumps", "faults"],
            self.readings.iter().map(Reading::cells),
        );
        page.line(
            Tone::Quiet,
            "  jumps: by what they have multiplied the price. `plimsoll market` shows what the markets took.",
        );
    }
}
