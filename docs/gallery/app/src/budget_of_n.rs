//! `#[alloc_budget(n)]`
//!
//! A page may cost one allocation. Its title is a text of its own before it comes into the page.
//!
//! ```text
//! $ cargo test budget_of_n::page_of_a_title
//! ```
//!
//! The line shown is the one that went over the budget; the one before, `with_capacity`, was within. Mended: `write!` puts the title
//! where it belongs.

use alloc_kit::alloc_budget;

#[alloc_budget(1)]
fn page(title: &str, body: &str) -> String {
    let mut page = String::with_capacity(1024);
    page.push_str(&format!("<h1>{title}</h1>"));
    page.push_str(body);
    page
}

#[test]
fn page_of_a_title() {
    assert_eq!(page("News", "none"), "<h1>News</h1>none");
}

mod mended {
    use std::fmt::Write;

    use alloc_kit::alloc_budget;

    #[alloc_budget(1)]
    fn page(title: &str, body: &str) -> String {
        let mut page = String::with_capacity(1024);
        let _ = write!(page, "<h1>{title}</h1>");
        page.push_str(body);
        page
    }

    #[test]
    fn page_of_a_title() {
        assert_eq!(page("News", "none"), "<h1>News</h1>none");
    }
}
