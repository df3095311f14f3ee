//! Commands to the oracles of a network that runs, as JSON over HTTP on this machine alone.
//!
//! | request | body | effect |
//! |---|---|---|
//! | `GET /oracles` | | what every market's sources say, and what is wrong with them |
//! | `POST /oracles/SOL/fault` | `{"fault": "stall", "seconds": 30}` | no updates; `sources` may be `first`, `second` or `both` |
//! | | `{"fault": "badPrint", "factor": 0.5, "updates": 1}` | the first source is wrong |
//! | | `{"fault": "disagreement", "factor": 0.8, "seconds": 60}` | the second source is wrong |
//! | | `{"fault": "gap", "factor": 0.7}` | the price jumps, and goes on from there |
//! | `POST /oracles/SOL/resume` | | ends the market's faults; a jump stays |
//! | `POST /begin` | | lets the path begin, if it stands |
//! | `POST /save` | | saves the state now |
//!
//! Without `seconds` a fault lasts until it is resumed. What cannot be done is answered with 422 and `{"error": "a sentence"}`.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use tokio::{net::TcpListener, sync::oneshot};

use crate::{Fault, Oracles, error::LocalnetError, node::HOST, saving::Saver};

/// What commands are for.
#[derive(Clone)]
struct Commanded {
    oracles: Oracles,
    saver: Option<Arc<Saver>>,
}

/// A server of commands.
pub struct Control {
    /// Its URL.
    pub url: String,
    stop: Option<oneshot::Sender<()>>,
}

impl Control {
    /// Serves on a port, or on any that is free.
    pub async fn serve(port: u16, oracles: Oracles, saver: Option<Arc<Saver>>) -> Result<Self, LocalnetError> {
        let failed =
            |source| LocalnetError::Io { what: format!("the port {port} for commands to the oracles"), source };
        let listener = TcpListener::bind((HOST, port)).await.map_err(failed)?;
        let url = format!("http://{}", listener.local_addr().map_err(failed)?);
        let router = Router::new()
            .route("/oracles", get(readings))
            .route("/oracles/{market}/fault", post(fault))
            .route("/oracles/{market}/resume", post(resume))
            .route("/begin", post(begin))
            .route("/save", post(save))
            .with_state(Commanded { oracles, saver });
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, router).with_graceful_shutdown(async {
            // Dropped or told: it ends.
            let _ = stopped.await;
        });
        tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::warn!("no commands to the oracles any more: {error}");
            }
        });
        Ok(Self { url, stop: Some(stop) })
    }

    /// Ends it.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

async fn readings(State(commanded): State<Commanded>) -> Response {
    Json(commanded.oracles.readings()).into_response()
}

async fn fault(State(commanded): State<Commanded>, Path(market): Path<String>, Json(fault): Json<Fault>) -> Response {
    answer(commanded.oracles.fault(&market, fault))
}

async fn resume(State(commanded): State<Commanded>, Path(market): Path<String>) -> Response {
    answer(commanded.oracles.resume(&market))
}

async fn begin(State(commanded): State<Commanded>) -> Response {
    commanded.oracles.begin();
    StatusCode::NO_CONTENT.into_response()
}

async fn save(State(commanded): State<Commanded>) -> Response {
    let Some(saver) = commanded.saver else {
        return refuse("this network has no state directory");
    };
    match tokio::task::spawn_blocking(move || saver.save()).await {
        Ok(saved) => answer(saved),
        Err(error) => refuse(&error.to_string()),
    }
}

fn answer<E: std::fmt::Display>(done: Result<(), E>) -> Response {
    match done {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refuse(&error.to_string()),
    }
}

fn refuse(why: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": why }))).into_response()
}
