//! Which programs' accounts are taken for prices, and how the program reads a Switchboard feed.

#[path = "../../../programs/plimsoll/src/oracle/programs.rs"]
pub mod programs;
#[path = "../../../programs/plimsoll/src/oracle/switchboard.rs"]
pub mod switchboard;
