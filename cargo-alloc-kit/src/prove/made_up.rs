//! Verdicts that tests make up.

use super::allocator::Allocator;
use super::build::Program;
use super::effort::Cost;
use super::engine::Effort;
use super::judge_binary::{Frame, Judged, Row, ShownDoubt};
use super::records::Site;
use super::verdict::{Chain, Doubt, Step, Verdict, Why};

pub(super) fn site(id: u64, name: &str) -> Site {
    Site {
        id,
        package: "app 0.1.0".to_owned(),
        name: name.rsplit("::").next().unwrap_or_default().to_owned(),
        module: "app".to_owned(),
        file: "src/lib.rs".to_owned(),
        line: 4,
        column: 1,
        form: "fn".to_owned(),
        forbids_frees: false,
        allowed: None,
    }
}

pub(super) fn may_allocate() -> Verdict {
    let steps = vec![Step { function: 0x1000, at: 0x1010 }];
    Verdict::MayAllocate(Chain { steps, sink: "__rust_alloc".to_owned(), frees: false })
}

pub(super) fn unknown() -> Verdict {
    let why = Why::IndirectCall("loaded from an argument".to_owned());
    Verdict::Unknown(vec![Doubt { chain: Vec::new(), at: 0x2010, why }], 3)
}

pub(super) fn row(id: u64, function: &str, verdict: Verdict) -> Row {
    let frame = |function: &str, address, line, is_inlined| Frame {
        function: function.to_owned(),
        address,
        place: Some(("src/lib.rs".to_owned(), line)),
        is_inlined,
    };
    let chain = match &verdict {
        Verdict::MayAllocate(_) => {
            vec![frame(function, 0x1010, 6, false), frame("<alloc::vec::Vec<u8>>::push", 0x1010, 99, true)]
        }
        _ => Vec::new(),
    };
    let doubts = match &verdict {
        Verdict::Unknown(doubts, _) => doubts
            .iter()
            .map(|doubt| ShownDoubt {
                chain: vec![frame(function, doubt.at, 8, false)],
                why: doubt.why.clone(),
            })
            .collect(),
        _ => Vec::new(),
    };
    let site = site(id, function.split("::<").next().unwrap_or_default());
    let place = Some((site.file.clone(), site.line));
    Row {
        site: Some(site),
        symbol: format!("_R{id}"),
        function: function.to_owned(),
        address: 0x1000,
        verdict,
        rests_on_trust: false,
        chain,
        doubts,
        place,
    }
}

pub(super) fn judged(name: &str, rows: Vec<Row>) -> Judged {
    Judged {
        program: Program {
            path: format!("target/{name}").into(),
            name: name.to_owned(),
            outlined: Some(Vec::new()),
        },
        allocator: Allocator::Std,
        rows,
        has_lines: true,
        exceptions: Vec::new(),
        effort: Effort::default(),
        cost: Cost::default(),
        has: Vec::new(),
        near: Vec::new(),
    }
}
