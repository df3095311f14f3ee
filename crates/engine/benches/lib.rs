//! Empty: the benchmarks are the targets beside it.
