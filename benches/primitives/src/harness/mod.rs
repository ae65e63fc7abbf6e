//! What all workloads share: their inputs, how an operation is repeated, timed and counted, on one thread or two.

pub(crate) mod inputs;
pub(crate) mod memory;
pub(crate) mod meter;
pub(crate) mod pair;
pub(crate) mod side;
pub(crate) mod timing;

pub(crate) use inputs::{Inputs, LINES};
pub(crate) use meter::{Meter, Reading};
pub(crate) use pair::{Outcome, Plan};
pub(crate) use side::{Side, Work, Workload};
