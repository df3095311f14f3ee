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
    /// Whether nothing was ever written to it.
    pub fn is_blank(&self) -> bool {
        bytemuck::try_cast_slice(bytemuck::bytes_of(self))
            .is_ok_and(|words: &[u64]| words.iter().all(|word| *word == 0))
    }

    /// Whether counters and entries agree.
    pub fn invariant(&self) -> bool {
        self.queue.invariant()
    }
}
