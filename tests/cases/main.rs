//! Program tests, one file per subject.

mod first;
