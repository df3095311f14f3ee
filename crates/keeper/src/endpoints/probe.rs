//! Asks every node for its slot, each on its own: one that hangs holds up nobody.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{Endpoints, Node};

/// Starts asking.
pub(super) fn spawn(endpoints: &Endpoints, every: Duration, shutdown: &CancellationToken) {
    for node in endpoints.nodes() {
        let (endpoints, node, shutdown) = (endpoints.clone(), node.clone(), shutdown.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = probe(endpoints, node, every) => {}
            }
        });
    }
}

async fn probe(endpoints: Endpoints, node: Arc<Node>, every: Duration) {
    let mut was_healthy = true;
    loop {
        let asked = endpoints.ask_one(&node, node.rpc.client().get_slot(), endpoints.timeout()).await;
        let why = match asked {
            Ok(slot) => {
                node.health().fell_to(slot);
                endpoints.saw(&node, slot);
                format!("it is at slot {slot} and the newest is {}", endpoints.slot())
            }
            Err(fault) => fault.sentence,
        };
        let healthy = endpoints.is_healthy(&node);
        if healthy != was_healthy {
            was_healthy = healthy;
            if healthy {
                tracing::info!(node = %node.label, "the node is healthy again");
            } else {
                tracing::warn!(node = %node.label, "the node is not healthy: {why}");
            }
        }
        let wait = node.health().retry().map(|retry| retry.saturating_duration_since(Instant::now()));
        tokio::time::sleep(wait.unwrap_or_default().max(every)).await;
    }
}
