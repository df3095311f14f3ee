//! Subscriptions over WebSocket.

use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_tungstenite::{accept_async, connect_async, tungstenite::Message};

use super::{Fault, Seen, lower};

/// The beginning of a text of 4,096 bytes, of which five come.
const HALF_A_MESSAGE: [u8; 9] = [0x81, 0x7e, 0x10, 0x00, b'{', b'"', b'j', b's', b'o'];

/// Streams until it is aborted.
pub(super) async fn serve(listener: TcpListener, node: String, fault: watch::Receiver<Fault>, seen: Arc<Mutex<Seen>>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (node, fault, seen) = (node.clone(), fault.clone(), seen.clone());
        connections.spawn(async move {
            // Whoever is on the other side sees the connection end.
            let _ = pass(stream, &node, fault, &seen).await;
        });
    }
}

/// Why a stream is over does not matter here.
type Over = Box<dyn std::error::Error + Send + Sync>;

async fn pass(
    mut stream: TcpStream,
    node: &str,
    mut fault: watch::Receiver<Fault>,
    seen: &Mutex<Seen>,
) -> Result<(), Over> {
    let first = *fault.borrow_and_update();
    match first {
        Fault::Stall => {
            // Held open until it works again, and then closed.
            fault.wait_for(|fault| *fault != Fault::Stall).await?;
            return Ok(());
        }
        Fault::Status(status) => {
            stream.write_all(format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n").as_bytes()).await?;
            return Ok(stream.shutdown().await?);
        }
        _ => {}
    }
    let mut client = accept_async(stream).await?;
    let (mut node, _) = connect_async(node).await?;
    seen.lock().expect("nobody panicked").streams += 1;
    loop {
        let now = *fault.borrow_and_update();
        tokio::select! {
            changed = fault.changed() => changed?,
            from_client = client.next(), if now != Fault::Stall => {
                match from_client { Some(message) => node.send(message?).await?, None => return Ok(()) }
            }
            from_node = node.next(), if now != Fault::Stall => {
                let Some(message) = from_node else { return Ok(()) };
                let message = message?;
                match (now, &message) {
                    (Fault::Drop, _) => {
                        client.get_mut().write_all(&HALF_A_MESSAGE).await?;
                        return Ok(client.get_mut().shutdown().await?);
                    }
                    (Fault::Malformed, Message::Text(text)) => {
                        client.send(Message::text(&text.as_str()[..text.len() / 2])).await?;
                    }
                    (Fault::OldSlots(by), Message::Text(text)) => {
                        let mut said = serde_json::from_str(text)?;
                        lower(&mut said, by);
                        client.send(Message::text(said.to_string())).await?;
                    }
                    _ => client.send(message).await?,
                }
            }
        }
    }
}
