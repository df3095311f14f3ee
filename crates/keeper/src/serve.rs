//! A small HTTP server: `/metrics` for Prometheus, `/healthz` for whoever restarts what is not ready.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::CONTENT_TYPE,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::metrics::Metrics;

/// What Prometheus is told that it reads.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// How long a client may take to ask.
const PATIENCE: Duration = Duration::from_secs(10);
/// Clients that are served at once.
const CLIENTS: usize = 32;

/// Serves metrics until `shutdown`. Returns where.
pub async fn spawn(
    address: SocketAddr,
    metrics: Metrics,
    shutdown: CancellationToken,
) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    if !bound.ip().is_loopback() {
        tracing::warn!(%bound, "metrics can be read by whoever reaches this address");
    }
    Ok((bound, tokio::spawn(accept(listener, metrics, shutdown))))
}

async fn accept(listener: TcpListener, metrics: Metrics, shutdown: CancellationToken) {
    let places = std::sync::Arc::new(tokio::sync::Semaphore::new(CLIENTS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let stream = tokio::select! {
            () = shutdown.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = stream else {
            // Out of file descriptors, say: trying again at once would be a busy loop.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let metrics = metrics.clone();
        let shutdown = shutdown.clone();
        tokio::spawn(async move {
            let _place = place;
            let service = service_fn(move |request| {
                let answer = answer(&request, &metrics);
                async move { Ok::<_, Infallible>(answer) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(stream), service);
            tokio::select! {
                () = shutdown.cancelled() => {}
                // A client that went away is no concern of ours.
                _ = connection => {}
            }
        });
    }
}

fn answer(request: &Request<Incoming>, metrics: &Metrics) -> Response<Full<Bytes>> {
    let (status, kind, text) = match (request.method(), request.uri().path()) {
        (&Method::GET, "/metrics") => (StatusCode::OK, TEXT, metrics.text()),
        (&Method::GET, "/healthz") if metrics.ready() => (StatusCode::OK, "text/plain", "ready\n".into()),
        (&Method::GET, "/healthz") => (StatusCode::SERVICE_UNAVAILABLE, "text/plain", "not ready\n".into()),
        _ => (StatusCode::NOT_FOUND, "text/plain", "there are /metrics and /healthz\n".into()),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}
