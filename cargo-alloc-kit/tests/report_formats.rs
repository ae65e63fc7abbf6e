//! `cargo alloc-kit report` as Markdown and as annotations of GitHub: what each reader takes for its own is escaped, and what does
//! not fit is counted.

mod report_support;

use report_support::{Shop, breach, broken, budget, hostile, lines};
use serde_json::json;

#[test]
fn markdown() {
    let shop = Shop::new();
    let text = shop.shown(&["--format", "markdown", "--before", "before.jsonl"]);
    for part in [
        "### alloc-kit: 4 of 14 budgets are broken; 2 were not verified, 2 were never exercised\n",
        "<details open><summary>Broken: 4</summary>\n\n| platform | function | budget |",
        "| `x86_64-linux-gnu, dev` | `shop::total`<br>`src/lib.rs:3` | `2` | 12 | -10 | 8 | `src/lib.rs:6:20` |\n",
        "**Against the run before:** 2 worse, 2 new,",
        "| ▲ worse | `shop::total`<br>`src/lib.rs:3` | `2` | allocations 2 → 12 | held → broken |\n",
        "- `` `total` made 12 heap allocations (768 bytes); its budget is 2 ``, in `checkout::pays`\n",
        "    - `serde_json::ser::to_string` at `serde_json-1.0.140/src/ser.rs:2210:13`\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_balanced(&text);
}

/// Nothing from a file is a tag, a cell or a line of its own.
#[test]
fn markdown_escapes() {
    let shop = Shop::new();
    shop.write("hostile.jsonl", &hostile());
    let arguments = ["hostile.jsonl", "--format", "markdown", "--before", "records.jsonl"];
    let text = shop.report(&arguments).succeeds().stdout();
    assert_balanced(&text);
    let mut head = None;
    for line in text.lines() {
        if line.starts_with('|') {
            assert_eq!(columns(line), *head.get_or_insert(columns(line)), "{line}");
        } else {
            head = None;
        }
        // Of what is in code spans nothing is left, and all that is from a file is.
        let outside = without_code(line);
        assert!(!outside.contains("script") && !outside.contains("img"), "{line}\n{outside}");
    }
    assert!(text.contains("<script>alert('x')</script>"), "{text}");
}

/// A comment on GitHub takes 65,536 characters.
#[test]
fn markdown_fits_a_comment() {
    let shop = Shop::new();
    shop.write("many.jsonl", &broken(1..=3000));
    let text = shop.report(&["many.jsonl", "--format", "markdown"]).succeeds().stdout();
    assert!(text.len() < 65_536 && text.len() > 60_000, "{}", text.len());
    assert_balanced(&text);
    // The worst are there, and the rest is counted.
    assert!(text.contains("`app::f3000`") && !text.contains("`app::f1`"), "{text}");
    let shown = text.matches("<br>`src/lib.rs:").count();
    assert!(text.contains(&format!("\n{} more are not shown.\n", grouped(3000 - shown))), "{shown}\n{text}");
    assert!(text.ends_with("`cargo alloc-kit report` shows all of it.\n"));
    // Also where every section is too long.
    let of = |id: usize| {
        let mut budget = budget(
            id,
            &format!("app::{}", "f".repeat(id % 150)),
            "src/lib.rs",
            i64::from(id.is_multiple_of(4)),
        );
        budget["verdict"] = ["broken", "held", "not verified", "never exercised"][id % 4].into();
        budget
    };
    let mut records: Vec<_> = (0..4000).map(of).collect();
    for id in (0..4000).step_by(4) {
        records.push(breach(id, "app::f", "src/lib.rs", &"m".repeat(150), &json!([])));
    }
    shop.write("all.jsonl", &lines(&records));
    let arguments = ["all.jsonl", "--format", "markdown", "--before", "records.jsonl"];
    let text = shop.report(&arguments).succeeds().stdout();
    assert!(text.len() < 65_536 && text.len() > 64_000, "{}", text.len());
    assert_balanced(&text);
    assert_eq!(text.matches(" more are not shown.").count(), 6, "{text}");
    let few = shop.shown(&["--format", "markdown"]);
    assert!(!few.contains("not shown") && !few.contains("Cut to"), "{few}");
}

#[test]
fn github() {
    let shop = Shop::new();
    let text = shop.shown(&["--format", "github"]);
    let expected = "\
::error file=src/lib.rs,line=6,col=20,title=alloc-kit%3A budget broken::`total` made 13 heap allocations (832 bytes); its budget is 2 (the worst of 2 breaches)%0Abudget of: src/lib.rs:3%0Ahelp: write into one `String` [aarch64-macos, dev]
::error file=src/lib.rs,line=6,col=20,title=alloc-kit%3A budget broken::`total` made 12 heap allocations (768 bytes); its budget is 2 (the worst of 2 breaches)%0Abudget of: src/lib.rs:3%0Ahelp: write into one `String` [x86_64-linux-gnu, dev]
::error file=tests/checkout.rs,line=22,col=5,title=alloc-kit%3A budget broken::`checkout::assert_no_alloc!` is over its budget: allocations 1 of 0 [aarch64-macos, dev; x86_64-linux-gnu, dev]
::warning file=src/cart.rs,line=70,col=1,title=alloc-kit%3A budget not verified::no call of `shop::cart::load` could be judged: no call came after the warm-up [aarch64-macos, dev; x86_64-linux-gnu, dev]
::warning file=src/cart.rs,line=61,col=1,title=alloc-kit%3A budget never exercised::no test called `shop::cart::clear`, so its budget was not shown to hold [aarch64-macos, dev; x86_64-linux-gnu, dev]
4 of 14 budgets are broken; 2 were not verified, 2 were never exercised
";
    assert_eq!(text, expected);
}

/// The workspace need not be the repository.
#[test]
fn github_paths_are_of_the_repository() {
    let shop = Shop::new();
    for file in ["Cargo.toml", "src/lib.rs", "records.jsonl"] {
        shop.write(&format!("crates/inner/{file}"), &shop.read(file));
    }
    let manifest = ["records.jsonl", "--format", "github", "--manifest-path", "crates/inner/Cargo.toml"];
    let text = shop.report(&manifest).succeeds().stdout();
    assert!(text.starts_with("::error file=crates/inner/src/lib.rs,line=6,col=20,"), "{text}");
    assert!(text.contains("::warning file=crates/inner/src/cart.rs,line=61,"), "{text}");
}

/// A record cannot say anything to the runner.
#[test]
fn github_escapes() {
    let shop = Shop::new();
    shop.write("hostile.jsonl", &hostile());
    let text = shop.report(&["hostile.jsonl", "--format", "github"]).succeeds().stdout();
    let commands: Vec<&str> =
        text.lines().filter(|line| line.contains("::error") || line.contains("::warning")).collect();
    assert_eq!(commands.len(), 2, "{text}");
    assert!(
        commands[0]
            .starts_with("::error file=src/<img src=x onerror=alert(1)>%2Ca%3Ab%25.rs,line=3,col=4,title="),
        "{text}"
    );
    assert!(
        commands[1].starts_with("::warning file=src/<img") && commands[1].contains("%0A::warning::injected"),
        "{text}"
    );
    assert!(!text.contains('\r'));
    // Those that are no annotations neither.
    let hostile: Vec<_> = (0..30)
        .flat_map(|id| {
            let path = format!("::error::f{id}\n##[error]f{id}");
            [
                budget(id, &path, "src/lib.rs", 1),
                breach(id, &path, "src/lib.rs", &format!("::error::##[error]m{id}\n"), &json!([])),
            ]
        })
        .collect();
    shop.write("many.jsonl", &lines(&hostile));
    let text = shop.report(&["many.jsonl", "--format", "github"]).succeeds().stdout();
    for line in text.lines().filter(|line| !line.starts_with("::error file=")) {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line}");
    }
}

/// GitHub shows ten of a step: the worst, and how many more there are.
#[test]
fn github_shows_ten() {
    let shop = Shop::new();
    for (count, annotations) in [(10, 10), (11, 10), (25, 10)] {
        shop.write("many.jsonl", &broken(1..=count));
        let text = shop.report(&["many.jsonl", "--format", "github"]).succeeds().stdout();
        let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("::error ")).collect();
        assert_eq!(errors.len(), annotations, "{text}");
        assert!(errors[0].contains(&format!("`app::f{count}`")), "{text}");
        let more = count - 9;
        let said = text.contains(&format!("::{more} more broken budgets, "));
        assert_eq!(said, count > 10, "{text}");
        // Nothing is lost: the others are in the log.
        for number in 1..=count {
            assert!(text.contains(&format!("`app::f{number}`")), "{number}\n{text}");
        }
    }
}

#[track_caller]
fn assert_balanced(text: &str) {
    let (opened, closed) = (text.matches("\n<details").count(), text.matches("\n</details>").count());
    assert_eq!(opened, closed, "{text}");
    assert!(opened > 0, "{text}");
}

/// The line without its code spans.
fn without_code(line: &str) -> String {
    let mut rest = line;
    let mut outside = String::new();
    while let Some(at) = rest.find('`') {
        outside.push_str(&rest[..at]);
        let ticks = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let inside = &rest[at + ticks..];
        // The next run of as many.
        let mut from = 0;
        let end = loop {
            let start = from + inside[from..].find('`').unwrap_or_else(|| panic!("an open span: {line}"));
            let run = inside[start..].len() - inside[start..].trim_start_matches('`').len();
            if run == ticks {
                break start + run;
            }
            from = start + run;
        };
        rest = &inside[end..];
    }
    outside + rest
}

/// The cells that GitHub's parser sees: a backslash takes what follows it, another backslash too.
fn columns(row: &str) -> usize {
    let (mut cells, mut is_escaped) = (0, false);
    for c in row.chars() {
        cells += usize::from(c == '|' && !is_escaped);
        is_escaped = c == '\\' && !is_escaped;
    }
    cells
}

fn grouped(count: usize) -> String {
    if count < 1000 { count.to_string() } else { format!("{},{:03}", count / 1000, count % 1000) }
}
