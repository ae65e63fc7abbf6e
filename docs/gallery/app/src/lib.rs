//! Functions that break their budgets, each kind in its own module, with the mended one below.
//!
//! The first lines of a module are what docs/gallery/README.md says of it, the command among them is what is run.

#![cfg(test)]

mod abort;
mod async_fn;
mod attached_thread;
mod block;
mod budget_of_n;
mod bytes;
mod deallocations;
mod expression;
mod failing_allocation;
mod growing_buffer;
mod growth;
mod in_a_dependency;
mod in_std;
mod live_bytes;
mod no_alloc;
mod no_debug_info;
mod peak_bytes;
mod recursion;
mod several_places;
mod summary;
mod uncounted_thread;
#[cfg(feature = "unknown_key")]
mod unknown_key;
mod warn;
