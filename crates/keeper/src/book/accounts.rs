//! Addresses, cash and legs of all accounts, field after field.

use hashbrown::HashTable;
use plimsoll_client::Address;

use super::{Id, MarketId};

/// Where a leg stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegRef {
    /// Its row.
    pub row: u32,
    /// Its market.
    pub market: MarketId,
    /// Its side.
    pub long: bool,
}

/// The legs of an account: most have one or none.
#[derive(Clone, Debug, Default)]
enum Legs {
    #[default]
    None,
    One(LegRef),
    Many(Box<[LegRef]>),
}

impl Legs {
    fn slice(&self) -> &[LegRef] {
        match self {
            Self::None => &[],
            Self::One(leg) => std::slice::from_ref(leg),
            Self::Many(legs) => legs,
        }
    }

    fn slice_mut(&mut self) -> &mut [LegRef] {
        match self {
            Self::None => &mut [],
            Self::One(leg) => std::slice::from_mut(leg),
            Self::Many(legs) => legs,
        }
    }
}

/// All accounts. A number that was freed is used again.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    addresses: Vec<Address>,
    cash: Vec<u64>,
    escrow: Vec<u64>,
    slots: Vec<u64>,
    legs: Vec<Legs>,
    free: Vec<Id>,
    index: HashTable<Id>,
}

/// Addresses are digests or keys: any eight of their bytes are as good as a hash of them.
fn hash(address: &Address) -> u64 {
    address.to_bytes().last_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

impl Accounts {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// All numbers in use.
    pub fn ids(&self) -> impl Iterator<Item = Id> + '_ {
        self.index.iter().copied()
    }

    /// An account's number.
    pub fn id(&self, address: &Address) -> Option<Id> {
        self.index.find(hash(address), |id| self.addresses.get(*id as usize) == Some(address)).copied()
    }

    /// An account's address.
    pub fn address(&self, id: Id) -> Option<Address> {
        self.addresses.get(id as usize).copied()
    }

    /// Cash, and fees held for orders.
    pub fn money(&self, id: Id) -> Option<(u64, u64)> {
        Some((*self.cash.get(id as usize)?, *self.escrow.get(id as usize)?))
    }

    /// Where its legs stand.
    pub fn legs(&self, id: Id) -> &[LegRef] {
        self.legs.get(id as usize).map_or(&[], Legs::slice)
    }

    /// Notes an account as of a slot, and gives the legs that it had. Nothing when something newer is known.
    pub fn put(&mut self, address: &Address, cash: u64, escrow: u64, slot: u64) -> Option<(Id, Vec<LegRef>)> {
        if let Some(id) = self.id(address) {
            let at = id as usize;
            if *self.slots.get(at)? > slot {
                return None;
            }
            (self.cash[at], self.escrow[at], self.slots[at]) = (cash, escrow, slot);
            let old = std::mem::take(&mut self.legs[at]).slice().to_vec();
            return Some((id, old));
        }
        let id = self.free.pop().unwrap_or_else(|| {
            self.addresses.push(Address::default());
            self.cash.push(0);
            self.escrow.push(0);
            self.slots.push(0);
            self.legs.push(Legs::None);
            u32::try_from(self.addresses.len() - 1).unwrap_or(u32::MAX)
        });
        let at = id as usize;
        (self.addresses[at], self.cash[at], self.escrow[at], self.slots[at]) = (*address, cash, escrow, slot);
        let addresses = &self.addresses;
        let rehash = |id: &Id| addresses.get(*id as usize).map_or(0, hash);
        self.index.insert_unique(hash(address), id, rehash);
        Some((id, Vec::new()))
    }

    /// Sets where its legs stand.
    pub fn set_legs(&mut self, id: Id, legs: &[LegRef]) {
        if let Some(place) = self.legs.get_mut(id as usize) {
            *place = match legs {
                [] => Legs::None,
                [leg] => Legs::One(*leg),
                legs => Legs::Many(legs.into()),
            };
        }
    }

    /// A leg moved to another row.
    pub fn move_leg(&mut self, id: Id, from: LegRef, to: u32) {
        let legs = self.legs.get_mut(id as usize).map(Legs::slice_mut).unwrap_or_default();
        if let Some(leg) = legs.iter_mut().find(|leg| **leg == from) {
            leg.row = to;
        }
    }

    /// Frees an account's number.
    pub fn remove(&mut self, id: Id) {
        let Some(address) = self.address(id) else { return };
        let found = self.index.find_entry(hash(&address), |other| *other == id);
        if let Ok(entry) = found {
            entry.remove();
            let at = id as usize;
            (self.addresses[at], self.legs[at]) = (Address::default(), Legs::None);
            self.free.push(id);
        }
    }

    /// Addresses of those that were not heard of after a slot.
    pub fn older_than(&self, slot: u64) -> Vec<Address> {
        let known = self.index.iter().filter(|id| self.slots.get(**id as usize).is_some_and(|seen| *seen <= slot));
        known.filter_map(|id| self.address(*id)).collect()
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let many: usize =
            self.legs.iter().map(|legs| if let Legs::Many(legs) = legs { size_of_val(&**legs) + 16 } else { 0 }).sum();
        many + self.addresses.capacity() * size_of::<Address>()
            + (self.cash.capacity() + self.escrow.capacity() + self.slots.capacity()) * size_of::<u64>()
            + self.legs.capacity() * size_of::<Legs>()
            + self.free.capacity() * size_of::<Id>()
            + self.index.allocation_size()
    }
}
