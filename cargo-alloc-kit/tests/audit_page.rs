//! The page of `cargo alloc-kit audit report`, as Chromium shows it: filters, order, what unfolds, widths, without scripts, and that
//! nothing is loaded. Without Chromium they say `not tested`.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test audit_page`.

mod audit_support;
mod report_browser;

use audit_support::{LIB, LINE, Project, STD, TOTAL, profile};
use report_browser::Browser;
use serde_json::{Value, json};

/// A second file, of which the profile has nothing, in another language, and with text that a page must not obey.
const SCRIPT: &str = "\
export function all(xs) {
    for (const x of xs) ys.push(x.find((y) => y === \"<img src=x onerror=alert(1)></script>\"));
}
";

/// The page, opened.
fn page(browser: &mut Browser) -> Project {
    let project = Project::new();
    project.write("web/a.js", SCRIPT);
    project.write("src/other.rs", &LIB.replace("total", "other_total"));
    // What has most is no finding, and a finding has most of the rest.
    project.write("heap.json", &profile(&[(TOTAL, 4_000, 2), (LINE, 5_000, 10), (STD, 77, 1)]));
    project
        .audit(&["report", "--linters", "none", "--profile", "heap.json", "--out", "audit.html"])
        .exits_with(0);
    browser.open(&project.path("audit.html"));
    project
}

/// The rows that are seen: place and status.
fn shown(browser: &mut Browser) -> Vec<(String, String)> {
    let rows = "[...document.querySelectorAll('tbody.finding')].filter((of) => of.checkVisibility()) \
                .map((of) => [of.dataset.name, of.dataset.of])";
    serde_json::from_value(browser.eval(rows)).expect("rows")
}

fn places(browser: &mut Browser) -> Vec<String> {
    shown(browser).into_iter().map(|(place, _)| place).collect()
}

fn choose(browser: &mut Browser, id: &str, value: &str) {
    browser.eval(&format!(
        "{{ const select = document.getElementById({}); select.value = {}; \
         select.dispatchEvent(new Event('input', {{ bubbles: true }})); }}",
        json!(id),
        json!(value)
    ));
}

#[test]
fn filters_sorts_and_unfolds() {
    let Some(mut browser) = Browser::start("audit-filters") else { return };
    let _project = page(&mut browser);
    let all = shown(&mut browser);
    assert!(all.len() >= 3, "{all:?}");
    assert_eq!(all[0], ("src/lib.rs:10:5".to_owned(), "measured".to_owned()));
    assert!(all[1..].iter().all(|(_, status)| status == "hint"), "{all:?}");

    // By a key to the filter, by text, and by each choice.
    browser.press("/");
    browser.write("OTHER.RS collected");
    assert_eq!(places(&mut browser), ["src/other.rs:10:5"]);
    let count = browser.eval("document.getElementById('shown').textContent");
    assert_eq!(count, format!("1 of {} shown", all.len()));
    browser.write(" qqqq");
    assert!(places(&mut browser).is_empty());
    assert_eq!(browser.eval("document.getElementById('none').checkVisibility()"), true);
    browser.eval("document.getElementById('text').value = ''");
    choose(&mut browser, "of-status", "measured");
    assert_eq!(places(&mut browser), ["src/lib.rs:10:5"]);
    choose(&mut browser, "of-status", "");
    choose(&mut browser, "of-language", "TypeScript/JavaScript");
    assert!(places(&mut browser).iter().all(|place| place.starts_with("web/a.js:2:")));
    choose(&mut browser, "of-language", "");
    choose(&mut browser, "of-rule", "rust-collect-then-iter");
    assert_eq!(places(&mut browser), ["src/lib.rs:10:5", "src/other.rs:10:5"]);
    choose(&mut browser, "of-rule", "");
    assert_eq!(shown(&mut browser), all);

    // What was not measured has no place among figures: it is last in both directions.
    let sorted = "document.querySelector('th[data-sort=bytes]').getAttribute('aria-sort')";
    browser.click("th[data-sort=bytes] button");
    assert_eq!(browser.eval(sorted), "descending");
    assert_eq!(places(&mut browser)[0], "src/lib.rs:10:5");
    browser.click("th[data-sort=bytes] button");
    assert_eq!(
        (browser.eval(sorted), places(&mut browser)[0].as_str()),
        ("ascending".into(), "src/lib.rs:10:5")
    );
    browser.click("th[data-sort=name] button");
    let mut by_name = places(&mut browser);
    assert_eq!(by_name[0], "src/lib.rs:10:5");
    assert!(by_name.is_sorted(), "{by_name:?}");
    browser.click("th[data-sort=name] button");
    by_name.reverse();
    assert_eq!(places(&mut browser), by_name);

    // Source, why and fix.
    let open = "[...document.querySelectorAll('tbody.finding details')].map((of) => of.open)";
    assert!(browser.eval(open).as_array().is_some_and(|all| all.iter().all(|open| open == false)));
    browser.click("#unfold");
    assert!(browser.eval(open).as_array().is_some_and(|all| all.iter().all(|open| open == true)));
    let found =
        browser.eval("document.querySelector('tbody[data-name=\"src/lib.rs:10:5\"] .found').textContent");
    assert!(found.as_str().is_some_and(|line| line.contains("collect::<Vec<_>>()")), "{found}");
    // Text of a file is text.
    assert_eq!(browser.eval("document.querySelectorAll('img').length"), 0);
    assert_eq!(
        browser.eval("document.body.innerText.includes('<img src=x onerror=alert(1)></script>')"),
        true
    );
    browser.is_at_peace();
}

#[test]
fn the_flamegraph_has_all_bytes_and_hot_lines_are_there() {
    let Some(mut browser) = Browser::start("audit-flame") else { return };
    let _project = page(&mut browser);
    let hot = browser.eval("document.querySelector('#hot tbody').innerText");
    assert!(hot.as_str().is_some_and(|hot| hot.contains("src/lib.rs:5") && hot.contains("5,000")), "{hot}");
    let title = browser.eval("document.querySelector('#flamegraph svg').textContent");
    assert!(
        title.as_str().is_some_and(|text| text.contains("app::total") && text.contains("9,077")),
        "{title}"
    );
    browser.is_at_peace();
}

#[test]
fn widths_and_colours() {
    let Some(mut browser) = Browser::start("audit-widths") else { return };
    let _project = page(&mut browser);
    browser.eval("for (const of of document.querySelectorAll('details')) of.open = true");
    let mut backgrounds = Vec::new();
    for scheme in ["light", "dark"] {
        browser.prefer("screen", scheme);
        for width in [320, 500, 1200] {
            browser.resize(width, 800);
            let root = "document.documentElement";
            let too_wide = browser.eval(&format!("{root}.scrollWidth - {root}.clientWidth"));
            assert_eq!(too_wide, 0, "at {width} it has to be scrolled sideways");
        }
        backgrounds.push(browser.eval("getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(backgrounds[0], backgrounds[1]);
    browser.is_at_peace();
}

#[test]
fn without_scripts() {
    let Some(mut browser) = Browser::start("audit-plain") else { return };
    browser.ask("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    let _project = page(&mut browser);
    // What only a script can do is not shown; the rest is there, and unfolds.
    assert_eq!(browser.eval("document.getElementById('filters').checkVisibility()"), Value::Bool(false));
    assert!(shown(&mut browser).len() >= 3);
    browser.click("tbody.finding summary");
    assert_eq!(browser.eval("document.querySelector('tbody.finding .source').checkVisibility()"), true);
    assert_eq!(browser.of("Network.requestWillBeSent").len(), 1, "only the page itself");
}
