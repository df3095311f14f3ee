//! Prints how a plan names a Switchboard feed: `cargo run -p plimsoll-migrations --example digest -- FEED URL`.

use plimsoll_client::{Address, rpc::Rpc};
use plimsoll_migrations::sources::digest;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(feed), Some(url)) = (words.next(), words.next()) else { return Err("say FEED and URL".into()) };
    let feed: Address = feed.parse().map_err(|_| format!("{feed} is no address"))?;
    println!("{}", hex::encode(digest(&Rpc::new(url), &feed).await?));
    Ok(())
}
