//! JSON-RPC over HTTP.

use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Full, StreamBody, combinators::BoxBody};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch};

use super::{Fault, Seen, lower};

type Node = Client<HttpConnector, Full<Bytes>>;
type Body = BoxBody<Bytes, std::io::Error>;

/// Answers until it is aborted.
pub(super) async fn serve(listener: TcpListener, node: String, fault: watch::Receiver<Fault>, seen: Arc<Mutex<Seen>>) {
    let client: Node = Client::builder(TokioExecutor::new()).build_http();
    // Ends the connections with the front.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (client, node, fault, seen) = (client.clone(), node.clone(), fault.clone(), seen.clone());
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let (client, node, fault, seen) = (client.clone(), node.clone(), *fault.borrow(), seen.clone());
                async move { answer(request, client, node, fault, &seen).await }
            });
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    client: Node,
    node: String,
    fault: Fault,
    seen: &Mutex<Seen>,
) -> Result<Response<Body>, hyper::Error> {
    let body = request.into_body().collect().await?.to_bytes();
    let call: Value = serde_json::from_slice(&body).unwrap_or_default();
    let method = call["method"].as_str().unwrap_or_default().to_owned();
    let sends = method == "sendTransaction";
    {
        let mut seen = seen.lock().expect("nobody panicked");
        *seen.methods.entry(method.clone()).or_default() += 1;
        if sends && let Some(transaction) = call["params"][0].as_str() {
            seen.transactions.push(transaction.to_owned());
        }
    }
    match fault {
        Fault::Stall => return std::future::pending().await,
        Fault::Status(status) => {
            let mut response = Response::new(whole(Bytes::from_static(b"no")));
            *response.status_mut() = StatusCode::from_u16(status).expect("a status");
            return Ok(response);
        }
        Fault::Swallow if sends => return Ok(Response::new(whole(accepted(&call).into()))),
        _ => {}
    }
    let forward = Request::post(&node).header("content-type", "application/json").body(Full::from(body));
    let passed = client.request(forward.expect("a request")).await;
    let Ok(passed) = passed else {
        let mut response = Response::new(whole(Bytes::from_static(b"the node behind is gone")));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        return Ok(response);
    };
    let said = passed.into_body().collect().await?.to_bytes();
    let body = match fault {
        Fault::LoseAnswers if sends => return std::future::pending().await,
        Fault::Malformed => whole(said.slice(..said.len() / 2)),
        Fault::Drop => broken(said.slice(..said.len() / 2)),
        Fault::OldSlots(by) => whole(older(&said, &method, by).into()),
        _ => whole(said),
    };
    let mut response = Response::new(body);
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
    Ok(response)
}

fn whole(bytes: Bytes) -> Body {
    Full::from(bytes).map_err(|never| match never {}).boxed()
}

/// Half of a body, and then the connection breaks.
fn broken(bytes: Bytes) -> Body {
    let parts = [Ok(Frame::data(bytes)), Err(std::io::Error::other("broken"))];
    StreamBody::new(futures_util::stream::iter(parts)).boxed()
}

/// The answer of a node that took a transaction: its signature.
fn accepted(call: &Value) -> String {
    use base64::Engine as _;

    let text = call["params"][0].as_str().unwrap_or_default();
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default();
    // Signatures of version-1 transactions stand at their end.
    let signature = bytes.last_chunk::<64>().copied().unwrap_or([0; 64]);
    let signature = solana_signature::Signature::from(signature).to_string();
    json!({ "jsonrpc": "2.0", "id": call["id"], "result": signature }).to_string()
}

fn older(said: &[u8], method: &str, by: u64) -> Vec<u8> {
    let mut said: Value = serde_json::from_slice(said).unwrap_or_default();
    lower(&mut said, by);
    if method == "getSlot"
        && let Some(slot) = said["result"].as_u64()
    {
        said["result"] = slot.saturating_sub(by).into();
    }
    said.to_string().into_bytes()
}
