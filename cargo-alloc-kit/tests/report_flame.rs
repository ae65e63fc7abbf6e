//! The flamegraph of `cargo alloc-kit report`: of breaches, and of heap profiles of dhat and valgrind.

mod report_support;

use quick_xml::Reader;
use quick_xml::events::Event;
use report_support::{Shop, hostile};
use serde_json::{Value, json};

/// As valgrind writes it: frames with addresses, innermost first.
const VALGRIND: &str = r#"{"dhatFileVersion":2,"mode":"heap","verb":"Allocated","bklt":true,"bkacc":true,"tu":"instrs","Mtu":"Minstr"
,"tuth":500,"cmd":"./app <1>","pid":126,"te":148907,"tg":144259
,"pps":[{"tb":70,"tbk":1,"tl":4689,"mb":7,"mbk":1,"gb":7,"gbk":1,"eb":7,"ebk":1,"rb":0,"wb":0,"acc":[-7,0],"fs":[1,2,3]}
,{"tb":30,"tbk":3,"tl":4648,"mb":7,"mbk":1,"gb":7,"gbk":1,"eb":7,"ebk":1,"rb":0,"wb":0,"acc":[-7,0],"fs":[1,2,4]}]
,"ftbl":["[root]","0x48417B4: malloc (in /usr/libexec/vgpreload_dhat.so)","0x109146: in (a.c:2)","0x109156: main (a.c:3)","0x109160: main (a.c:4)"]}"#;

/// As the crate dhat writes it.
const DHAT: &str = r#"{"dhatFileVersion":2,"mode":"rust-heap","verb":"Allocated","bklt":true,"bkacc":false,"tu":"µs","Mtu":"s","tuth":10
,"cmd":"app","pid":1,"tg":3,"te":5
,"pps":[{"tb":64,"tbk":2,"tl":1,"mb":64,"mbk":1,"gb":64,"gbk":1,"eb":0,"ebk":0,"fs":[1,2]}]
,"ftbl":["[root]","0x55d: app::line (src/main.rs:6:9)","0x55e: app::main (src/main.rs:2:5)"]}"#;

#[test]
fn of_breaches() {
    let shop = Shop::new();
    let folded = shop.shown(&["--format", "folded"]);
    let line = "x86_64-linux-gnu, dev;checkout::pays (tests/checkout.rs:11);shop::total (src/lib.rs:6);alloc::fmt::format (/rustc/9fc6b4/library/alloc/src/fmt.rs:649) 10\n";
    assert!(folded.contains(line), "{folded}");
    // What was freed is no allocation.
    assert!(!folded.contains("(src/lib.rs:9)"), "{folded}");
    let bytes = shop.shown(&["--format", "folded", "--weight", "bytes"]);
    assert!(bytes.contains(&line.replace(" 10\n", " 600\n")), "{bytes}");
    let boxes = boxes(&shop.shown(&["--format", "flamegraph"]));
    assert_eq!(boxes[0], ("all: 28 allocations (100.0%)".to_owned(), 0.0, 1.0, 0));
    let of_linux =
        boxes.iter().find(|(title, ..)| title.starts_with("x86_64-linux-gnu, dev: 13 allocations (46.4%)"));
    let (_, x, width, depth) = of_linux.unwrap_or_else(|| panic!("{boxes:?}"));
    assert!((x - 15.0 / 28.0).abs() < 1e-9 && (width - 13.0 / 28.0).abs() < 1e-9 && *depth == 1, "{boxes:?}");
    // A box lies below its caller, and beside no other.
    for (title, x, width, depth) in &boxes[1..] {
        let inside = |(_, of_x, of_width, of_depth): &&(String, f64, f64, usize)| {
            of_depth + 1 == *depth && *of_x <= x + 1e-9 && x + width <= of_x + of_width + 1e-9
        };
        assert_eq!(boxes.iter().filter(inside).count(), 1, "{title}");
    }
}

#[test]
fn of_a_profile_of_valgrind() {
    let shop = Shop::new();
    shop.write("heap.json", VALGRIND);
    // It needs no run.
    let folded = shop.report(&["--format", "folded", "--dhat", "heap.json"]).succeeds().stdout();
    let expected = "\
main (a.c:3);in (a.c:2);malloc (in /usr/libexec/vgpreload_dhat.so) 1
main (a.c:4);in (a.c:2);malloc (in /usr/libexec/vgpreload_dhat.so) 3
";
    assert_eq!(folded, expected);
    let arguments = ["--out", "heap.svg", "--dhat", "heap.json", "--weight", "bytes"];
    shop.report(&arguments).succeeds();
    let svg = shop.read("heap.svg");
    let boxes = boxes(&svg);
    assert_eq!(boxes[0].0, "all: 100 bytes (100.0%)");
    assert_eq!(boxes[1], ("main (a.c:3): 70 bytes (70.0%)".to_owned(), 0.0, 0.7, 1));
    assert!(svg.contains("Flamegraph of a heap profile of ./app &lt;1&gt;, by bytes"), "{svg}");
}

#[test]
fn of_a_profile_of_the_crate() {
    let shop = Shop::new();
    shop.write("dhat-heap.json", DHAT);
    let folded = shop.report(&["--format", "folded", "--dhat", "dhat-heap.json"]).succeeds().stdout();
    assert_eq!(folded, "app::main (src/main.rs:2:5);app::line (src/main.rs:6:9) 2\n");
    let json = shop.shown(&["--format", "json", "--dhat", "dhat-heap.json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["stacks"]["of"], json!({ "dhat": "app" }));
    assert_eq!(json["stacks"]["all"][0]["bytes"], 64);
    let page = shop.shown(&["--format", "html", "--dhat", "dhat-heap.json"]);
    assert!(
        page.contains("a heap profile of app") && page.contains("app::line (src/main.rs:6:9): 64 bytes"),
        "{page}"
    );
}

#[test]
fn bad_profiles() {
    let shop = Shop::new();
    let cases: [(&str, String, &str); 7] = [
        ("cut", DHAT[..DHAT.len() / 2].to_owned(), "is cut off: EOF while parsing"),
        ("text", "not JSON".to_owned(), "is no DHAT file: expected"),
        ("empty", String::new(), "is empty"),
        (
            "foreign",
            "{\"alloc_kit_run\":1,\"shards\":[]}".to_owned(),
            "is no DHAT file: it has no `dhatFileVersion`",
        ),
        (
            "later",
            DHAT.replace("Version\":2", "Version\":3"),
            "is a DHAT file of version 3, and version 2 is known here",
        ),
        (
            "ad-hoc",
            DHAT.replace("rust-heap", "rust-ad-hoc"),
            "is of the mode `rust-ad-hoc`, which counts no allocations",
        ),
        ("frames", DHAT.replace("[1,2]", "[1,9]"), "has no frame 9, which a program point names"),
    ];
    for (name, text, said) in cases {
        let file = format!("{name}.json");
        shop.write(&file, &text);
        let run = shop
            .report(&["--format", "flamegraph", "--dhat", &file])
            .fails()
            .prints(&[&format!("{file}: {said}")]);
        run.expect(run.stdout().is_empty(), "nothing is drawn");
    }
}

/// A picture with nothing in it says why.
#[test]
fn without_stacks() {
    let shop = Shop::new();
    let run = shop.report(&["before.jsonl", "--format", "flamegraph"]).succeeds();
    run.expect(run.stderr().contains("warning: there are no stacks: no budget is broken"), "it is said");
    let svg = run.stdout();
    assert!(boxes(&svg).is_empty() && svg.contains("No stacks: no budget is broken"), "{svg}");
}

#[test]
fn escapes() {
    let shop = Shop::new();
    shop.write("hostile.jsonl", &hostile());
    let svg = shop.report(&["hostile.jsonl", "--format", "flamegraph"]).succeeds().stdout();
    let boxes = boxes(&svg);
    assert!(boxes.iter().any(|(title, ..)| title.contains("<script>alert('x')</script>&amp;")), "{boxes:?}");
    // A `;` would be the end of a frame, and a line end that of a stack.
    let folded = shop.report(&["hostile.jsonl", "--format", "folded"]).succeeds().stdout();
    assert_eq!((folded.lines().count(), folded.matches(';').count()), (1, 1), "{folded}");
}

/// A profile may have very many stacks, and very deep ones.
#[test]
fn large_profiles() {
    let shop = Shop::new();
    let frames: Vec<String> = (0..5000).map(|n| format!("0x1: f{n} (a.rs:{n})")).collect();
    let mut points: Vec<Value> = (1..5000).map(|n| json!({ "tb": 1, "tbk": 1, "fs": [n, 0] })).collect();
    points.push(json!({ "tb": 1_000_000, "tbk": 10_000, "fs": (0..5000).collect::<Vec<_>>() }));
    let profile =
        json!({ "dhatFileVersion": 2, "mode": "rust-heap", "cmd": "app", "pps": points, "ftbl": frames });
    shop.write("large.json", &profile.to_string());
    let svg = shop.report(&["--format", "flamegraph", "--dhat", "large.json"]).succeeds().stdout();
    let boxes = boxes(&svg);
    assert!(boxes.len() < 300, "{}", boxes.len());
    assert!(svg.contains("4999 boxes narrower than 0.05% are left out"), "{}", &svg[svg.len() - 5000..]);
}

/// Title, place, width and depth of each box, as a parser of XML sees them.
fn boxes(svg: &str) -> Vec<(String, f64, f64, usize)> {
    let mut reader = Reader::from_str(svg);
    let mut boxes = Vec::new();
    let (mut depth, mut in_title) = (0, false);
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}\n{svg}")) {
            Event::Start(start) => {
                depth += 1;
                in_title = start.name().as_ref() == b"title";
                let attribute = |name: &str| start.try_get_attribute(name).expect("attributes");
                if attribute("class").is_some_and(|class| class.value.as_ref() == b"f") {
                    let text = |name| {
                        String::from_utf8(attribute(name).expect("it").value.into_owned()).expect("text")
                    };
                    let figure = |name| text(name).parse().expect("a figure");
                    boxes.push((
                        String::new(),
                        figure("data-x"),
                        figure("data-w"),
                        text("data-d").parse().expect("a depth"),
                    ));
                }
            }
            Event::End(_) => (depth, in_title) = (depth - 1, false),
            Event::Text(part) if in_title => {
                if let Some((title, ..)) = boxes.last_mut() {
                    title.push_str(&String::from_utf8_lossy(&part));
                }
            }
            Event::GeneralRef(part) if in_title => {
                if let Some((title, ..)) = boxes.last_mut() {
                    let name = String::from_utf8_lossy(&part).into_owned();
                    title.push_str(quick_xml::escape::resolve_predefined_entity(&name).expect("XML's own"));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{svg}");
    boxes
}
