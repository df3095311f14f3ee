//! Starts a network with so many traders, says what happens and how long it took, and stops. With a state directory it also
//! saves, and another run goes on from there.
//!
//! `cargo run -p plimsoll-localnet --example crowd -- target/deploy/plimsoll.so 2000 [DIRECTORY]`

use std::{error::Error, sync::Arc, time::Instant};

use plimsoll_localnet::{Localnet, Options, Progress};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(program), Some(traders)) = (arguments.next(), arguments.next()) else {
        return Err("name the program's binary and the number of traders".into());
    };
    let began = Instant::now();
    let progress = move |progress: &Progress| println!("{:6.1} {progress}", began.elapsed().as_secs_f64());
    let options = Options {
        program: program.into(),
        traders: traders.parse()?,
        state: arguments.next().map(Into::into),
        progress: Some(Arc::new(progress)),
        ..Options::default()
    };
    let localnet = Localnet::start(options).await?;
    for (address, market) in localnet.rpc().markets(&localnet.network().exchange).await? {
        let name = localnet.network().market_at(&address).map_or("a market", |market| &market.name);
        let book = &market.core.book;
        println!("{name}: {} positions, {} of them short", book.long.sized + book.short.sized, book.short.sized);
    }
    let saves = Instant::now();
    localnet.save()?;
    println!("saved in {:.2} seconds", saves.elapsed().as_secs_f64());
    localnet.stop().await?;
    Ok(())
}
