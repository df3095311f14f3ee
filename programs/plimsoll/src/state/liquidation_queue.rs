use plimsoll_engine::queue::Queue;

use crate::wire::*;

account! {
    /// The accounts flagged in one market.
    pub struct LiquidationQueue {
        /// The market.
        pub market: Address,
        /// The entries.
        pub queue: Queue,
    }
}

impl LiquidationQueue {
    /// Whether counters and entries agree.
    pub fn invariant(&self) -> bool {
        self.queue.invariant()
    }
}
