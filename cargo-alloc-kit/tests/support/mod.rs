//! What the end-to-end tests share: a copy of a fixture package, and the command run in it as its user would.

#![allow(dead_code, unused_imports, reason = "every test uses its part of it")]

pub(crate) mod two_members;
#[path = "../../../tests/support/mod.rs"]
pub(crate) mod workspace;

pub(crate) use workspace::run::Run;
pub(crate) use workspace::{Project, clean_command};
