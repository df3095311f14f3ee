//! The command line against an embedded network with the real program: the binary itself is run, as people run it.
//!
//! No test depends on how long something takes.

mod chores;
mod faults;
mod refusals;
mod shapes;
mod trading;
mod up;
mod venue;
