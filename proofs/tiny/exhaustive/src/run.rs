//! Runs rules over all of their cases on all cores, and counts.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Something that must be so in every case.
pub struct Rule {
    /// Its name in `rules.txt`.
    pub name: &'static str,
    /// How many parts its cases come in: the values of the outermost variable.
    pub parts: usize,
    /// Tries all cases of one part.
    pub run: fn(usize, &mut Tally),
}

/// What trying the cases gave.
#[derive(Debug, Default)]
pub struct Tally {
    /// Cases tried.
    pub cases: u64,
    /// Those in which the engine did what was asked, or the premise of the rule was met.
    pub accepted: u64,
    /// The first case in which the rule does not hold.
    pub broken: Option<String>,
}

impl Tally {
    /// Counts a case.
    pub fn count(&mut self, accepted: bool) {
        self.cases += 1;
        self.accepted += u64::from(accepted);
    }

    /// Requires something of the present case, which `case` describes.
    pub fn require(&mut self, holds: bool, case: impl FnOnce() -> String) {
        if !holds && self.broken.is_none() {
            self.broken = Some(case());
        }
    }

    fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.accepted += other.accepted;
        self.broken = self.broken.take().or(other.broken);
    }
}

/// All parts of a rule, and how long they took.
pub fn run(rule: &Rule) -> (Tally, Duration) {
    let (start, next) = (Instant::now(), AtomicUsize::new(0));
    let work = || {
        let mut tally = Tally::default();
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= rule.parts || tally.broken.is_some() {
                return tally;
            }
            let caught = catch_unwind(AssertUnwindSafe(|| (rule.run)(part, &mut tally)));
            if caught.is_err() {
                tally.broken = Some(format!("panicked in part {part}"));
            }
        }
    };
    let mut total = Tally::default();
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            // A worker catches what panics.
            total.add(worker.join().expect("worker"));
        }
    });
    (total, start.elapsed())
}
