//! A way to look at verdicts while the engine is worked on.
use super::*;
use crate::prove::records::Kind;

#[test]
fn look() {
    let Some(path) = std::env::var_os("PROVE_FILE") else { return };
    let begun = std::time::Instant::now();
    let image = Image::read(std::fs::read(path).unwrap()).unwrap();
    let read = begun.elapsed();
    let records = Records::read(&image).unwrap();
    let mut roots = Vec::new();
    for (at, all) in &records.at {
        for (kind, id) in all {
            match kind {
                Kind::Function => roots.push(Root::Function(image.function(*at).unwrap().start)),
                Kind::Begin => roots.push(Root::Region { begin: *at, id: *id }),
                _ => {}
            }
        }
    }
    if std::env::var_os("PROVE_ALL").is_some() {
        roots.extend(image.functions.iter().map(|function| Root::Function(function.start)));
    }
    roots.sort();
    roots.dedup();
    let only = std::env::var("PROVE_ONLY").ok();
    let name = |at: u64| {
        image
            .function(at)
            .map_or_else(|| format!("{at:x}"), |f| crate::prove::names::demangled(image.name(f)))
    };
    if let Some(only) = &only {
        roots.retain(|root| match root {
            Root::Function(at) => name(*at).contains(only.as_str()),
            Root::Region { begin, .. } => name(*begin).contains(only.as_str()),
        });
    }
    let question = Question::default();
    let (verdicts, effort) = judge(&image, &records, &roots, &question);
    let mut counts = std::collections::BTreeMap::new();
    for (root, verdict) in roots.iter().zip(&verdicts) {
        let at = match root {
            Root::Function(at) => *at,
            Root::Region { begin, .. } => *begin,
        };
        let (kind, more) = match verdict {
            Verdict::Proven => ("proven", String::new()),
            Verdict::ExceptPanicking => ("panic", String::new()),
            Verdict::MayAllocate(chain) => (
                "allocates",
                format!(
                    "{} -> {}",
                    chain
                        .steps
                        .iter()
                        .map(|s| format!("{}@{:x}", name(s.function), s.at))
                        .collect::<Vec<_>>()
                        .join(" > "),
                    chain.sink
                ),
            ),
            Verdict::Unknown(doubts, count) => (
                "unknown",
                format!(
                    "{count}: {}",
                    doubts
                        .iter()
                        .take(3)
                        .map(|d| format!(
                            "{:?} [{}]",
                            d.why,
                            d.chain
                                .iter()
                                .map(|s| format!("{}@{:x}", name(s.function), s.at))
                                .collect::<Vec<_>>()
                                .join(" > ")
                        ))
                        .collect::<Vec<_>>()
                        .join(" || ")
                ),
            ),
            _ => ("other", String::new()),
        };
        *counts.entry(kind).or_insert(0) += 1;
        if std::env::var_os("PROVE_QUIET").is_none() {
            println!(
                "V {kind}\t{}\t{}\t{more}",
                if matches!(root, Root::Region { .. }) { "region" } else { "fn" },
                name(at)
            );
        }
    }
    println!("{counts:?} {effort:?} read {read:?} all {:?}", begun.elapsed());
}
