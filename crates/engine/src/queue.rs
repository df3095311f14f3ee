//! The liquidation queue of a market: who was flagged, with what key, and who goes first.
//!
//! Stored field by field, because the one loop over all entries reads keys only: it looks at the rest of an entry
//! when its key is large enough to matter.

use core::ops::Range;

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    EngineError, Result, math,
    risk::Risk,
    units::{Atoms, Ratio},
};

/// Entries a queue can hold.
pub const CAPACITY: usize = 256;

/// Empty places at the end that one removal gives up.
const SHRINK: usize = 16;

/// An account's address, whatever the chain.
pub type Id = [u8; 32];

/// One flagged account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The account.
    pub account: Id,
    /// Who is paid for flagging it.
    pub flagger: Id,
    /// Its priority key when last refreshed.
    pub key: Atoms,
    /// Slot of the first flag.
    pub first_slot: u64,
    /// Time of the first flag.
    pub first_time: i64,
    /// Newest publish time of the prices used at the first flag.
    pub first_publish_time: i64,
    /// Time of the last refresh.
    pub refreshed: i64,
    /// Whether it never waits for capacity.
    pub urgent: bool,
}

/// Up to [`CAPACITY`] entries. An entry keeps its place for as long as it is queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Queue {
    /// Places that may be in use: every place from here on is empty.
    pub used: u64,
    /// Entries queued.
    pub count: u64,
    /// Keys; an empty place has zero.
    pub keys: [U64; CAPACITY],
    /// Slots of the first flags; an empty place has zero, and no other.
    pub first_slots: [u64; CAPACITY],
    /// Times of the first flags.
    pub first_times: [i64; CAPACITY],
    /// Publish times at the first flags.
    pub first_publish_times: [i64; CAPACITY],
    /// Times of the last refreshes.
    pub refreshed: [i64; CAPACITY],
    /// Accounts.
    pub accounts: [Id; CAPACITY],
    /// Flaggers.
    pub flaggers: [Id; CAPACITY],
    /// The same where the entry never waits for capacity, else zero: then what counts without capacity takes no more
    /// looking than what counts with it.
    pub urgent: [i64; CAPACITY],
}

/// What decides whether an entry counts.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// The cluster's slot.
    pub slot: u64,
    /// The cluster's time.
    pub time: i64,
    /// Newest publish time of the market's prices.
    pub published: i64,
    /// Whether the market has capacity for at least the minimum step.
    pub has_capacity: bool,
}

impl Queue {
    /// The entry at a place.
    pub fn get(&self, place: usize) -> Option<Entry> {
        let entry = Entry {
            account: *self.accounts.get(place)?,
            flagger: *self.flaggers.get(place)?,
            key: Atoms(*self.keys.get(place)?),
            first_slot: *self.first_slots.get(place)?,
            first_time: *self.first_times.get(place)?,
            first_publish_time: *self.first_publish_times.get(place)?,
            refreshed: *self.refreshed.get(place)?,
            urgent: *self.urgent.get(place)? != 0,
        };
        (entry.account != Id::default()).then_some(entry)
    }

    /// The entry of `account`, which remembers its place.
    pub fn entry_of(&self, account: &Id, place: usize) -> Result<Entry> {
        self.get(place).filter(|entry| entry.account == *account).ok_or(EngineError::NotQueued)
    }

    /// Queues an account. A full queue drops its smallest entry, only for a larger one;
    /// an entry that no longer counts is the smallest of all.
    pub fn insert(&mut self, entry: Entry, ttl: u32, now: i64) -> Result<Inserted> {
        let place = match self.free_place() {
            Some(place) => place,
            None => self.smallest(entry.key, ttl, now).ok_or(EngineError::QueueFull)?,
        };
        let dropped = self.get(place);
        self.put(place, entry)?;
        if dropped.is_none() {
            self.count = self.count.saturating_add(1);
        }
        self.used = self.used.max(u64::try_from(place).unwrap_or(u64::MAX).saturating_add(1));
        Ok(Inserted { place, dropped })
    }

    /// Refreshes an entry: its key, its time and whether it is urgent. First flag and flagger stay.
    pub fn refresh(&mut self, account: &Id, place: usize, key: Atoms, urgent: bool, now: i64) -> Result<()> {
        let entry = self.entry_of(account, place)?;
        self.put(place, Entry { key, urgent, refreshed: now, ..entry })
    }

    /// Removes an entry.
    pub fn remove(&mut self, account: &Id, place: usize) -> Result<()> {
        self.entry_of(account, place)?;
        self.put(place, Entry::default())?;
        self.count = self.count.saturating_sub(1);
        // Not all the way: a removal then costs the same wherever the next entry is. The rest follows with the next ones.
        for _ in 0..SHRINK {
            if !self.last_is_empty() {
                break;
            }
            self.used = self.used.saturating_sub(1);
        }
        Ok(())
    }

    /// Refuses unless `key`, of the entry at `own`, is within tolerance of the largest eligible key. Otherwise says who
    /// goes first.
    ///
    /// An entry counts when it was first flagged in an earlier slot and at older prices than the market's, was refreshed
    /// within its time to live, and does not wait for capacity.
    pub fn require_first(&self, risk: &Risk, own: usize, key: Atoms, now: &Now) -> core::result::Result<(), Ahead> {
        // An entry outranks when tolerance x its key > key; the largest such entry goes first.
        let bound = self.bound(risk.tolerance, key);
        let oldest = now.time.saturating_sub(i64::from(risk.entry_ttl));
        let largest = if now.has_capacity { Self::largest::<true> } else { Self::largest::<false> };
        let before = largest(self, 0..own.min(self.span()), bound, oldest, now);
        let bound = self.keys.get(before).copied().unwrap_or(bound);
        let behind = largest(self, own.saturating_add(1)..self.span(), bound, oldest, now);
        match self.get(behind).or_else(|| self.get(before)) {
            None => Ok(()),
            Some(entry) => Err(Ahead { account: entry.account, key: entry.key }),
        }
    }

    /// The place of the largest entry that counts and exceeds `bound`, among some of all or of those that are urgent; none
    /// is [`CAPACITY`].
    ///
    /// Most of what a queue costs: every entry may have to be looked at whole. On chain it takes 14 instructions an entry,
    /// for which it stays a function of its own, with places of which the compiler knows that they are within the arrays.
    #[inline(never)]
    fn largest<const ALL: bool>(&self, places: Range<usize>, mut bound: U64, oldest: i64, now: &Now) -> usize {
        let mut first = CAPACITY;
        if places.end > CAPACITY {
            return first;
        }
        let Now { slot, published, .. } = *now;
        for place in places {
            let Some(key) = self.keys.get(place) else { break };
            if *key > bound && self.is_eligible::<ALL>(place, slot, oldest, published) {
                (first, bound) = (place, *key);
            }
        }
        first
    }

    /// Whether an entry was refreshed within its time to live.
    pub fn is_live(entry: &Entry, ttl: u32, now: i64) -> bool {
        entry.refreshed.saturating_add(i64::from(ttl)) >= now
    }

    /// Whether any account waits: an entry was refreshed within its time to live.
    pub fn any_live(&self, ttl: u32, now: i64) -> bool {
        // An empty place was never refreshed.
        let oldest = now.saturating_sub(i64::from(ttl));
        self.count > 0 && self.refreshed.iter().take(self.span()).any(|at| *at >= oldest)
    }

    /// Whether the entry at a place holds others back.
    pub fn counts(&self, place: usize, ttl: u32, now: &Now) -> bool {
        let eligible = if now.has_capacity { Self::is_eligible::<true> } else { Self::is_eligible::<false> };
        eligible(self, place, now.slot, now.time.saturating_sub(i64::from(ttl)), now.published)
    }

    /// Whether an entry is first flagged in an earlier slot, refreshed since `oldest` and at older prices than the market's.
    /// An empty place was never refreshed.
    #[inline(always)]
    fn is_eligible<const ALL: bool>(&self, place: usize, slot: u64, oldest: i64, published: i64) -> bool {
        let refreshed = if ALL { &self.refreshed } else { &self.urgent };
        let mature = self.first_slots.get(place).is_some_and(|first| *first < slot);
        let live = refreshed.get(place).is_some_and(|at| *at >= oldest);
        mature && live && self.first_publish_times.get(place).is_some_and(|seen| *seen < published)
    }

    /// Whether the counters agree with the entries.
    pub fn invariant(&self) -> bool {
        let queued = self.accounts.iter().filter(|account| **account != Id::default()).count();
        let beyond = self.accounts.iter().skip(self.span()).any(|account| *account != Id::default());
        let marked =
            self.first_slots.iter().zip(&self.accounts).all(|(slot, id)| (*slot == 0) == (*id == Id::default()));
        u64::try_from(queued) == Ok(self.count) && !beyond && marked
    }

    /// The largest key that does not outrank `key`: `floor(key / tolerance)`.
    fn bound(&self, tolerance: Ratio, key: Atoms) -> U64 {
        math::mul_div_floor(key.0, Ratio::ONE.0, tolerance.0).unwrap_or(U64::MAX)
    }

    fn span(&self) -> usize {
        usize::try_from(self.used).unwrap_or(CAPACITY).min(CAPACITY)
    }

    /// Whether there is a last place, and it is empty.
    fn last_is_empty(&self) -> bool {
        self.span().checked_sub(1).and_then(|last| self.first_slots.get(last)) == Some(&0)
    }

    fn free_place(&self) -> Option<usize> {
        let span = self.span();
        if u64::try_from(span) == Ok(self.count) {
            return Some(span).filter(|place| *place < CAPACITY);
        }
        self.first_slots.iter().take(span).position(|slot| *slot == 0)
    }

    /// The place of the first entry that no longer counts or else of the smallest, if it is smaller than `key`.
    fn smallest(&self, key: Atoms, ttl: u32, now: i64) -> Option<usize> {
        let oldest = now.saturating_sub(i64::from(ttl));
        let (mut least, mut found) = (key.0, CAPACITY);
        for place in 0..CAPACITY {
            let (Some(stored), Some(refreshed)) = (self.keys.get(place), self.refreshed.get(place)) else { break };
            if *refreshed < oldest {
                return Some(place);
            }
            if *stored < least {
                (least, found) = (*stored, place);
            }
        }
        Some(found).filter(|place| *place < CAPACITY)
    }

    fn put(&mut self, place: usize, entry: Entry) -> Result<()> {
        fn set<T>(values: &mut [T], place: usize, value: T) -> Result<()> {
            *values.get_mut(place).ok_or(EngineError::NotQueued)? = value;
            Ok(())
        }
        set(&mut self.accounts, place, entry.account)?;
        set(&mut self.flaggers, place, entry.flagger)?;
        set(&mut self.keys, place, entry.key.0)?;
        set(&mut self.first_slots, place, entry.first_slot)?;
        set(&mut self.first_times, place, entry.first_time)?;
        set(&mut self.first_publish_times, place, entry.first_publish_time)?;
        set(&mut self.refreshed, place, entry.refreshed)?;
        set(&mut self.urgent, place, if entry.urgent { entry.refreshed } else { 0 })
    }
}

/// Where an entry was queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inserted {
    /// Its place.
    pub place: usize,
    /// The smaller entry that it replaced in a full queue.
    pub dropped: Option<Entry>,
}

/// The account that goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// Its address.
    pub account: Id,
    /// Its key.
    pub key: Atoms,
}
