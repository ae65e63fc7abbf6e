//! The page of `cargo alloc-kit report`, as Chromium shows it: filters, order, what unfolds, colours, widths, keys, without scripts,
//! and that nothing is loaded. Without Chromium they say `not tested`.

mod report_browser;
mod report_support;

use report_browser::Browser;
use report_support::{Shop, broken, budget, hostile, lines};
use serde_json::{Value, json};

const SHOWN: &str = "[...document.querySelectorAll('tbody.budget')].filter((of) => of.checkVisibility()).map((of) => \
    of.querySelector('.name').textContent)";

/// The page of the sample, opened.
fn sample(browser: &mut Browser, shop: &Shop) {
    shop.report(&["records.jsonl", "--before", "before.jsonl", "--out", "report.html"]).succeeds();
    browser.open(&shop.path("report.html"));
}

fn shown(browser: &mut Browser) -> Vec<String> {
    let names = browser.eval(SHOWN);
    serde_json::from_value(names).expect("names")
}

#[test]
fn filters() {
    let Some(mut browser) = Browser::start("filters") else { return };
    let shop = Shop::new();
    sample(&mut browser, &shop);
    assert_eq!(shown(&mut browser).len(), 14);
    // By a key to the filter, and words in any order and case.
    browser.press("/");
    browser.write("TOTAL lib.rs:3");
    assert_eq!(shown(&mut browser), ["shop::total", "shop::total"]);
    assert_eq!(browser.eval("document.getElementById('shown').textContent"), "2 of 14 shown");
    browser.write(" nothing");
    assert!(shown(&mut browser).is_empty());
    assert_eq!(browser.eval("document.getElementById('none').checkVisibility()"), true);
    browser.eval("document.getElementById('text').value = ''");
    let choose = |browser: &mut Browser, id: &str, value: &str| {
        let id = json!(id);
        browser.eval(&format!(
            "{{ const select = document.getElementById({id}); select.value = {}; select.dispatchEvent(new Event('input', {{ bubbles: true }})); }}",
            json!(value)
        ));
    };
    choose(&mut browser, "of-verdict", "never exercised");
    assert_eq!(shown(&mut browser), ["shop::cart::clear", "shop::cart::clear"]);
    choose(&mut browser, "of-platform", "x86_64-linux-gnu, dev");
    assert_eq!(shown(&mut browser), ["shop::cart::clear"]);
    choose(&mut browser, "of-verdict", "");
    choose(&mut browser, "of-crate", "checkout");
    assert_eq!(shown(&mut browser), ["checkout::assert_no_alloc!"]);
    browser.is_at_peace();
}

#[test]
fn sorts() {
    let Some(mut browser) = Browser::start("sorts") else { return };
    let shop = Shop::new();
    sample(&mut browser, &shop);
    let first = shown(&mut browser);
    assert_eq!(
        &first[..4],
        ["checkout::assert_no_alloc!", "checkout::assert_no_alloc!", "shop::total", "shop::total"]
    );
    browser.click("th[data-sort=calls] button");
    assert_eq!(shown(&mut browser)[0], "shop::cart::add");
    let sorted = "document.querySelector('th[data-sort=calls]').getAttribute('aria-sort')";
    assert_eq!(browser.eval(sorted), "descending");
    browser.click("th[data-sort=calls] button");
    assert_eq!(browser.eval(sorted), "ascending");
    assert_eq!(shown(&mut browser)[13], "shop::cart::add");
    // The least room first, and what is not known last, by the keyboard.
    browser.eval("document.querySelector('th[data-sort=room] button').focus()");
    browser.press("Enter");
    assert_eq!(browser.eval(sorted), Value::Null);
    let room = "[...document.querySelectorAll('tbody.budget')].map((of) => of.dataset.room ?? null)";
    let room = browser.eval(room);
    let expected = json!(["-11", "-10", "-1", "-1", "0", "0", "3", "3", null, null, null, null, null, null]);
    assert_eq!(room, expected);
    browser.click("th[data-sort=name] button");
    let mut names = shown(&mut browser);
    assert!(names.is_sorted_by_key(|name| name.to_lowercase()), "{names:?}");
    // What unfolds goes with its row.
    browser.click("th[data-sort=verdict] button");
    names = shown(&mut browser);
    assert_eq!(names, first);
    let more = "[...document.querySelectorAll('.breaches')].map((of) => of.closest('tbody').querySelector('.name').textContent)";
    assert_eq!(browser.eval(more), json!(["shop::total", "shop::total"]));
    browser.is_at_peace();
}

#[test]
fn unfolds() {
    let Some(mut browser) = Browser::start("unfolds") else { return };
    let shop = Shop::new();
    sample(&mut browser, &shop);
    let stack = "document.querySelector('.stack').checkVisibility()";
    assert_eq!(browser.eval(stack), false);
    browser.click(".breaches summary");
    assert_eq!(browser.eval(stack), true);
    let line = browser.eval("document.querySelector('.stack .culprit').innerText");
    let line = line.as_str().expect("text");
    assert!(line.contains("shop::total") && line.contains("src/lib.rs:6:20"), "{line}");
    assert!(line.contains("lines.push(format!(\"{} x {}\", item.count, item.name));"), "{line}");
    browser.click("#unfold");
    let closed = "document.querySelectorAll('tbody.budget details:not([open])').length";
    assert_eq!(browser.eval(closed), 0);
    browser.click("#unfold");
    assert_eq!(browser.eval("document.querySelectorAll('tbody.budget details[open]').length"), 0);
    // On paper all is open, and afterwards as it was.
    browser.eval("dispatchEvent(new Event('beforeprint'))");
    assert_eq!(browser.eval(closed), 0);
    browser.eval("dispatchEvent(new Event('afterprint'))");
    assert_eq!(browser.eval(stack), false);
    browser.is_at_peace();
}

#[test]
fn colours_are_those_of_the_system() {
    let Some(mut browser) = Browser::start("colours") else { return };
    let shop = Shop::new();
    sample(&mut browser, &shop);
    let brightness = |browser: &mut Browser, element: &str, property: &str| {
        let colour = browser.eval(&format!(
            "getComputedStyle(document.querySelector('{element}')).{property}.match(/\\d+/g).slice(0, 3).map(Number)"
        ));
        let parts: Vec<f64> = serde_json::from_value(colour).expect("three figures");
        0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    };
    for (media, scheme, is_dark) in
        [("screen", "light", false), ("screen", "dark", true), ("print", "dark", false)]
    {
        browser.prefer(media, scheme);
        let ground = brightness(&mut browser, "html", "backgroundColor");
        assert_eq!(ground < 60.0, is_dark, "{media} {scheme}: {ground}");
        // All text can be read on it.
        for text in
            ["html", ".place", ".verdict.broken", ".verdict.held", ".verdict.never", ".bar span", ".over"]
        {
            let ink = brightness(&mut browser, text, "color");
            assert!((ink - ground).abs() > 90.0, "{media} {scheme} {text}: {ink} on {ground}");
        }
    }
    assert_eq!(
        browser.eval("document.getElementById('filters').checkVisibility()"),
        false,
        "paper has no filters"
    );
    browser.prefer("screen", "light");
    // Not by colour alone: what is over has stripes, a mark and words.
    let over = "(() => { const bar = document.querySelector('tbody[data-of=broken] .bar'); \
        return [bar.querySelector('.too-much').getAttribute('fill'), !!bar.querySelector('.mark'), bar.innerText.trim()]; })()";
    assert_eq!(browser.eval(over), json!(["url(#stripes)", true, "over 0"]));
    browser.is_at_peace();
}

#[test]
fn widths() {
    let Some(mut browser) = Browser::start("widths") else { return };
    let shop = Shop::new();
    sample(&mut browser, &shop);
    for width in [320, 375, 768, 1024, 1920] {
        browser.resize(width, 800);
        browser.eval("for (const of of document.querySelectorAll('details')) of.open = true");
        let too_wide =
            browser.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert_eq!(too_wide, 0, "at {width} it has to be scrolled sideways");
        let bar = browser.eval("document.querySelector('.bar svg').getBoundingClientRect().width");
        let least = if width < 800 { f64::from(width) / 5.0 } else { 60.0 };
        assert!(bar.as_f64().is_some_and(|bar| bar >= least), "at {width} a bar is {bar} wide");
        // On a phone what belongs to one budget is in one column.
        let edges = "[...document.querySelectorAll('tbody.budget')[2].querySelectorAll('td[data-label] > :first-child')] \
            .map((of) => Math.round(of.getBoundingClientRect().left))";
        let edges: Vec<i64> = serde_json::from_value(browser.eval(edges)).expect("figures");
        let is_column = edges.windows(2).all(|edges| edges[0] == edges[1]);
        assert_eq!(is_column, width < 800, "at {width}: {edges:?}");
    }
    browser.is_at_peace();
}

/// A box gets as wide as the picture, by the mouse and by keys.
#[test]
fn flamegraph() {
    let Some(mut browser) = Browser::start("flamegraph") else { return };
    let shop = Shop::new();
    sample(&mut browser, &shop);
    let shown = "[...document.querySelectorAll('svg.flame')[0].querySelectorAll('.f')].filter((of) => of.style.display !== 'none').length";
    let all = browser.eval(shown);
    browser.click("svg.flame .f:nth-of-type(2) rect");
    let width = "document.querySelector('svg.flame .f:nth-of-type(2)').getAttribute('width')";
    assert_eq!(browser.eval(width), "100%");
    assert!(browser.eval(shown).as_u64() < all.as_u64());
    browser.press("Escape");
    assert_eq!(browser.eval(shown), all);
    browser.press("ArrowDown");
    let focused = "document.activeElement.querySelector('title').textContent";
    assert_eq!(browser.eval(focused), "aarch64-macos, dev: 15 allocations (53.6%)");
    browser.press("ArrowRight");
    browser.press("Enter");
    assert_eq!(browser.eval(focused), "x86_64-linux-gnu, dev: 13 allocations (46.4%)");
    assert_eq!(browser.eval("document.activeElement.getAttribute('width')"), "100%");
    browser.is_at_peace();
    // The file by itself, too.
    shop.report(&["records.jsonl", "--out", "flame.svg"]).succeeds();
    browser.open(&shop.path("flame.svg"));
    browser.click(".f:nth-of-type(2) rect");
    assert_eq!(browser.eval("document.querySelectorAll('.f')[1].getAttribute('width')"), "100%");
    browser.is_at_peace();
}

/// All rows are there, and nothing that would do nothing.
#[test]
fn without_scripts() {
    let Some(mut browser) = Browser::start("without_scripts") else { return };
    let shop = Shop::new();
    browser.ask("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    sample(&mut browser, &shop);
    assert_eq!(browser.eval("document.documentElement.classList.contains('scripted')"), false);
    assert_eq!(shown(&mut browser).len(), 14);
    assert_eq!(browser.eval("document.querySelectorAll('thead button').length"), 0);
    for hidden in ["#filters", ".scripted", "#none"] {
        assert_eq!(
            browser.eval(&format!("document.querySelector('{hidden}').checkVisibility()")),
            false,
            "{hidden}"
        );
    }
    browser.click(".breaches summary");
    assert_eq!(browser.eval("document.querySelector('.stack').checkVisibility()"), true);
    browser.resize(375, 800);
    assert_eq!(shown(&mut browser).len(), 14);
}

/// What a file says is text, wherever it stands.
#[test]
fn hostile_records() {
    let Some(mut browser) = Browser::start("hostile") else { return };
    let shop = Shop::new();
    shop.write("hostile.jsonl", &hostile());
    let heap = json!({
        "dhatFileVersion": 2, "mode": "heap", "cmd": "</title><script>alert(3)</script>",
        "pps": [{ "tb": 1, "tbk": 1, "fs": [0] }], "ftbl": ["</text></svg><script>alert(4)</script>"],
    });
    shop.write("heap.json", &heap.to_string());
    let before = ["--before", "records.jsonl", "--dhat", "heap.json"];
    shop.report(&[&["hostile.jsonl", "--out", "report.html"][..], &before].concat()).succeeds();
    let page = shop.read("report.html");
    assert_eq!(page.matches("<script>").count(), 1, "{page}");
    browser.open(&shop.path("report.html"));
    assert_eq!(browser.eval("document.scripts.length"), 1);
    assert_eq!(browser.eval("document.images.length"), 0);
    let name = browser.eval("document.querySelector('.name').textContent");
    assert!(name.as_str().is_some_and(|name| name.contains("<script>alert('x')</script>&amp;")), "{name}");
    assert!(browser.of("Page.javascriptDialogOpening").is_empty());
    browser.is_at_peace();
    // The policy would stop it if it were not.
    let runs = "(() => { const script = document.createElement('script'); script.textContent = 'window.ran = 1'; \
        document.body.append(script); return window.ran ?? null; })()";
    assert_eq!(browser.eval(runs), Value::Null);
    // So would a request, network or not.
    let refused = "new Promise((done) => { document.addEventListener('securitypolicyviolation', (event) => \
        done(event.effectiveDirective)); fetch('https://example.com/').then(() => done('fetched'), () => setTimeout(done, 2000, 'not by the policy')); })";
    assert_eq!(browser.eval(refused), "connect-src");
}

/// Of 2,000 budgets all are there; what a filter and a sort cost is not timed, but that they end is seen.
#[test]
fn many_budgets() {
    let Some(mut browser) = Browser::start("many") else { return };
    let shop = Shop::new();
    shop.write("many.jsonl", &broken(1..=2000));
    shop.report(&["many.jsonl", "--out", "report.html"]).succeeds();
    browser.open(&shop.path("report.html"));
    let count = "document.querySelectorAll('tbody.budget:not([hidden])').length";
    assert_eq!(browser.eval(count), 2000);
    browser.press("/");
    browser.write("f1999");
    assert_eq!(shown(&mut browser), ["app::f1999"]);
    browser.eval("document.getElementById('text').value = ''; document.getElementById('filters').dispatchEvent(new Event('input'))");
    browser.click("th[data-sort=used] button");
    assert_eq!(shown(&mut browser)[..2], ["app::f2000", "app::f1999"]);
    browser.is_at_peace();
}

/// One that has nothing to show.
#[test]
fn one_budget() {
    let Some(mut browser) = Browser::start("one") else { return };
    let shop = Shop::new();
    shop.write("one.jsonl", &lines(&[budget(0, "app::f", "src/lib.rs", 0)]));
    shop.report(&["one.jsonl", "--out", "report.html"]).succeeds();
    browser.open(&shop.path("report.html"));
    assert_eq!(browser.eval("document.querySelector('.sentence').textContent"), "The 1 budget holds.");
    assert_eq!(browser.eval("document.getElementById('of-platform')"), Value::Null);
    let text = browser.eval("document.getElementById('flamegraph').textContent");
    assert!(text.as_str().is_some_and(|text| text.contains("There is none: no budget is broken")), "{text}");
    browser.is_at_peace();
}
