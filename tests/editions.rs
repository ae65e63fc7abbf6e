//! The attributes in a crate of another edition: this workspace's is 2024.
//!
//! Run with: `cargo test -p alloc-kit-tests --test editions`.

mod support;

use support::Project;

#[test]
fn edition_2021() {
    let user = Project::copy_of("edition_2021");
    user.cargo(&["test", "--lib"]).succeeds().prints(&["2 passed"]);
    user.cargo(&["test", "--lib", "--release"]).succeeds().prints(&["2 passed"]);
    user.cargo(&["build"]).succeeds();
}
