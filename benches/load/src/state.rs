//! What the handlers share: users, items, and a pool of buffers.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

/// Buffers in the pool: more than there are threads that could hold one at a time.
const BUFFERS: usize = 16;
/// What a buffer holds without growing.
const BUFFER_BYTES: usize = 4096;
/// Users, with the ids 0, 1, ..
const USERS: usize = 1000;
/// Items that can be listed.
const ITEMS: usize = 64;

/// A user, as it is kept.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) name: String,
}

/// All that there is.
#[derive(Debug)]
pub(crate) struct State {
    users: Vec<User>,
    /// What can be listed, best first.
    pub(crate) items: Vec<String>,
    buffers: Mutex<Vec<String>>,
}

impl State {
    /// As it is when the service starts.
    pub(crate) fn new() -> Arc<Self> {
        let users = (0..USERS).map(|id| User { name: format!("user-{id:011}") });
        let items = (0..ITEMS).map(|id| format!("item-{id:03}"));
        let buffers = (0..BUFFERS).map(|_| String::with_capacity(BUFFER_BYTES));
        Arc::new(Self {
            users: users.collect(),
            items: items.collect(),
            buffers: Mutex::new(buffers.collect()),
        })
    }

    /// Looks a user up. A budget inside of that of a handler.
    #[cfg_attr(feature = "budgets", alloc_kit::no_alloc)]
    pub(crate) fn user(&self, id: usize) -> Option<&User> {
        self.users.get(id)
    }

    /// Lends an empty buffer for as long as the closure takes.
    #[cfg_attr(feature = "budgets", alloc_kit::alloc_budget(1))]
    pub(crate) fn with_buffer<R>(&self, work: impl FnOnce(&mut String) -> R) -> R {
        let lent = self.buffers.lock().expect("nobody panics while it is locked").pop();
        let mut buffer = lent.unwrap_or_else(|| String::with_capacity(BUFFER_BYTES));
        buffer.clear();
        let result = work(&mut buffer);
        self.buffers.lock().expect("nobody panics while it is locked").push(buffer);
        result
    }
}

/// Writes a table of so many rows, of 16 bytes each.
#[cfg_attr(feature = "budgets", alloc_kit::no_alloc)]
pub(crate) fn write_rows(buffer: &mut String, rows: usize) {
    for row in 0..rows {
        writeln!(buffer, "{row:06};{:08}", row * row % 99_999_989).expect("a string takes all");
    }
}
