//! Explores every path of each transition of the engine and writes what there is to prove of it.
//!
//! `prove <directory>` writes `<transition>/<path>.smt2` and `obligations.json` there. It judges nothing: the solvers do,
//! and `proofs/solve.py` counts.

mod expr;
mod given;
mod output;
mod transition;
mod transitions;

use std::{path::PathBuf, sync::Mutex, thread};

use transition::Transition;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().expect("the directory to write to"));
    let only: Vec<String> = arguments.collect();
    let chosen = |t: &&Transition| only.is_empty() || only.iter().any(|name| t.name.starts_with(name.as_str()));
    let mut waiting: Vec<_> = transitions::all().into_iter().filter(|t| chosen(t)).collect();
    waiting.reverse();
    let (waiting, done) = (Mutex::new(waiting), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            // Engine frames are deep when every word is a term.
            let work = || {
                while let Some(next) = { waiting.lock().expect("no panic").pop() } {
                    let start = std::time::Instant::now();
                    let explored = next.explore();
                    let (paths, asked) = (explored.capped.scripts.len(), explored.capped.asked);
                    println!(
                        "explored {:<20} {paths:>6} paths, {asked:>6} questions, {:.1?} of {:.1?}",
                        next.name,
                        explored.capped.waited,
                        start.elapsed()
                    );
                    done.lock().expect("no panic").push(output::write(&directory, next, &explored));
                }
            };
            thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, work).expect("a thread");
        }
    });
    output::index(&directory, done.into_inner().expect("no panic"));
}
