//! Jobs that wait: what earns most goes first, and of equal ones what must land soonest.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::job::Job;

/// The place of a job: the least goes first.
type Rank = (Reverse<u64>, u64, u64);

/// A bounded queue.
pub(super) struct Queue {
    jobs: BTreeMap<Rank, Job>,
    most: usize,
    next: u64,
}

impl Queue {
    /// At most so many.
    pub(super) fn new(most: usize) -> Self {
        Self { jobs: BTreeMap::new(), most, next: 0 }
    }

    /// Takes in a job. Returns the least valuable one if there is no room for all.
    pub(super) fn put(&mut self, job: Job) -> Option<Job> {
        let rank = (Reverse(job.reward), job.last_slot, self.next);
        self.next = self.next.saturating_add(1);
        self.jobs.insert(rank, job);
        let full = self.jobs.len() > self.most;
        full.then(|| self.jobs.pop_last()).flatten().map(|(_, job)| job)
    }

    /// The job that goes first.
    pub(super) fn first(&self) -> Option<&Job> {
        self.jobs.values().next()
    }

    /// Takes it out.
    pub(super) fn pop(&mut self) -> Option<Job> {
        self.jobs.pop_first().map(|(_, job)| job)
    }

    /// Takes out those that are worth nothing at a slot.
    pub(super) fn late(&mut self, slot: u64) -> Vec<Job> {
        self.jobs.extract_if(.., |_, job| job.last_slot < slot).map(|(_, job)| job).collect()
    }

    /// Takes out all.
    pub(super) fn drain(&mut self) -> Vec<Job> {
        std::mem::take(&mut self.jobs).into_values().collect()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use plimsoll_client::transaction::Draft;

    use super::*;
    use crate::job::Kind;

    fn job(reward: u64, last_slot: u64) -> Job {
        let draft = Draft::default();
        Job { kind: Kind::Flag, subjects: Vec::new(), draft, reward, last_slot, decided: Instant::now() }
    }

    #[test]
    fn the_least_valuable_is_dropped() {
        let mut queue = Queue::new(2);
        assert!(queue.put(job(5, 10)).is_none());
        assert!(queue.put(job(7, 10)).is_none());
        assert_eq!(queue.put(job(6, 10)).map(|job| job.reward), Some(5));
        assert_eq!(queue.put(job(1, 10)).map(|job| job.reward), Some(1));
        assert_eq!([queue.pop(), queue.pop()].map(|job| job.map(|job| job.reward)), [Some(7), Some(6)]);
    }

    #[test]
    fn of_equal_ones_the_soonest_goes_first() {
        let mut queue = Queue::new(3);
        for last_slot in [30, 10, 20] {
            queue.put(job(1, last_slot));
        }
        assert_eq!(queue.late(11).len(), 1);
        assert_eq!(queue.first().map(|job| job.last_slot), Some(20));
        assert_eq!(queue.drain().len(), 2);
        assert_eq!(queue.len(), 0);
    }
}
