//! The liquidation queue of a market: who was flagged, with what key, and who goes first.
//!
//! Stored field by field, because the one loop over all entries reads keys only: it looks at the rest of an entry
//! when its key is large enough to matter.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    EngineError, Result, math,
    risk::Risk,
    units::{Atoms, Ratio},
};

/// Entries a queue can hold.
pub const CAPACITY: usize = 256;

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
    /// Slots of the first flags; an empty place has zero.
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
    /// One where the entry never waits for capacity.
    pub urgent: [u8; CAPACITY],
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
        if place == self.last_place() {
            let last = self.accounts.iter().take(place).rposition(|account| *account != Id::default());
            self.used = last.map_or(0, |last| u64::try_from(last).unwrap_or(u64::MAX).saturating_add(1));
        }
        Ok(())
    }

    /// Refuses unless `key`, of the entry at `own`, is within tolerance of the largest eligible key. Otherwise says who
    /// goes first.
    ///
    /// An entry counts when it was first flagged in an earlier slot and at older prices than the market's, was refreshed
    /// within its time to live, and does not wait for capacity.
    pub fn require_first(&self, risk: &Risk, own: usize, key: Atoms, now: &Now) -> core::result::Result<(), Ahead> {
        let mut first: Option<(usize, U64)> = None;
        // An entry outranks when tolerance x its key > key; the largest such entry goes first.
        let mut bound = self.bound(risk.tolerance, key);
        for (place, entry_key) in self.keys.iter().enumerate().take(self.span()) {
            if *entry_key > bound && place != own && self.counts(place, risk.entry_ttl, now) {
                (first, bound) = (Some((place, *entry_key)), *entry_key);
            }
        }
        match first.and_then(|(place, _)| self.get(place)) {
            None => Ok(()),
            Some(entry) => Err(Ahead { account: entry.account, key: entry.key }),
        }
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
        // Field by field, since this runs for every larger key. An empty place was never refreshed.
        let mature = self.first_slots.get(place).is_some_and(|slot| *slot < now.slot);
        let live = self.refreshed.get(place).is_some_and(|at| at.saturating_add(i64::from(ttl)) >= now.time);
        let priced = self.first_publish_times.get(place).is_some_and(|seen| *seen < now.published);
        mature && live && priced && (now.has_capacity || self.urgent.get(place) == Some(&1))
    }

    /// Whether the counters agree with the entries.
    pub fn invariant(&self) -> bool {
        let queued = self.accounts.iter().filter(|account| **account != Id::default()).count();
        let beyond = self.accounts.iter().skip(self.span()).any(|account| *account != Id::default());
        u64::try_from(queued) == Ok(self.count) && !beyond
    }

    /// The largest key that does not outrank `key`: `floor(key / tolerance)`.
    fn bound(&self, tolerance: Ratio, key: Atoms) -> U64 {
        math::mul_div_floor(key.0, Ratio::ONE.0, tolerance.0).unwrap_or(U64::MAX)
    }

    fn span(&self) -> usize {
        usize::try_from(self.used).unwrap_or(CAPACITY).min(CAPACITY)
    }

    fn last_place(&self) -> usize {
        self.span().saturating_sub(1)
    }

    fn free_place(&self) -> Option<usize> {
        let span = self.span();
        let full = u64::try_from(span) == Ok(self.count);
        let inside = || self.accounts.iter().take(span).position(|account| *account == Id::default());
        if full { Some(span).filter(|place| *place < CAPACITY) } else { inside() }
    }

    /// The place of the smallest entry, if it is smaller than `key`.
    fn smallest(&self, key: Atoms, ttl: u32, now: i64) -> Option<usize> {
        let oldest = now.saturating_sub(i64::from(ttl));
        let (mut least, mut found, mut place) = (U64::MAX, None, 0usize);
        // Written out: on chain this costs a third of what chained iterators do.
        while let (Some(stored), Some(refreshed)) = (self.keys.get(place), self.refreshed.get(place)) {
            let weight = if *refreshed < oldest { U64::ZERO } else { stored.saturating_add(lit(1)) };
            if weight < least {
                (least, found) = (weight, Some(place));
            }
            place = place.saturating_add(1);
        }
        found.filter(|_| least <= key.0)
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
        set(&mut self.urgent, place, u8::from(entry.urgent))
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
