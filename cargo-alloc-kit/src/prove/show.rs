//! The result as text: a table, the way to each allocation, the places that could not be followed, and what all of it is relative to.

use std::fmt::Write;

use anstyle::Style;

use super::chains::{doubts, frames, trust_can_help};
use super::merge::{Class, Merged};
use super::presupposed::{assumptions, prose, trusted};
use super::result::Proof;
use super::verdict::Verdict;
use super::words::{self, short};
use crate::blocks::{counted, counted_as};
use crate::columns::{self, Cell};
use crate::shell::{BOLD, ERROR, FAINT, GOOD, NOTE, WARNING};
use crate::untrusted::line_of;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    pub(super) width: Option<usize>,
    pub(super) quiet: bool,
    pub(super) all: bool,
}

pub(super) fn text(proof: &Proof, look: Look) -> String {
    let merged = proof.merged();
    let shown: Vec<&Merged<'_>> = merged.iter().filter(|of| !look.quiet || is_wrong(proof, of)).collect();
    let mut text = String::new();
    if !shown.is_empty() {
        text.push_str(&table(proof, &shown));
    }
    let mut allocates = false;
    for of in &shown {
        match &of.row.verdict {
            Verdict::MayAllocate(chain) => {
                allocates = true;
                let what = if chain.frees { "may free" } else { "may allocate" };
                let _ = write!(text, "\n{}", headed(proof, of, what, ERROR));
                text.push_str(&frames(&of.row.chain, look));
                let sink = short(&super::names::demangled(&chain.sink));
                let _ = writeln!(
                    text,
                    "  {} {ERROR}{}{ERROR:#}",
                    if chain.frees { "frees by" } else { "allocates by" },
                    line_of(&sink)
                );
            }
            Verdict::Unknown(_, places) => {
                let _ = write!(text, "\n{}", headed(proof, of, "is unknown", WARNING));
                text.push_str(&doubts(of.row, *places, look));
            }
            _ => {}
        }
    }
    if allocates && !look.quiet {
        let said = "a path that may allocate may be one that is never taken: what is asked before it is not always understood";
        let _ = writeln!(text, "\n{NOTE}note{NOTE:#}: {}", prose(said, look, "      "));
    }
    if !look.quiet && shown.iter().any(|of| of.class == Class::Unknown) {
        let _ = writeln!(text, "\n{NOTE}help{NOTE:#}: {}", prose(words::ABOUT_UNKNOWN, look, "      "));
    }
    if !look.quiet && shown.iter().any(|of| trust_can_help(of.row)) {
        let _ = writeln!(text, "{NOTE}help{NOTE:#}: {}", prose(words::ABOUT_TRUST, look, "      "));
    }
    if !look.quiet {
        text.push_str(&trusted(proof));
    }
    if look.all {
        text.push_str(&about_binaries(proof));
    }
    let is_judged = merged.iter().any(|of| of.class != Class::NotCompiled);
    if is_judged && !look.quiet {
        text.push_str(&assumptions(proof, look));
    }
    let _ = writeln!(text, "\n{}", sum(proof, &merged));
    text
}

fn is_wrong(proof: &Proof, of: &Merged<'_>) -> bool {
    matches!(of.class, Class::MayAllocate | Class::NoVerdict) || proof.is_denied(of)
}

fn style(class: Class) -> Style {
    match class {
        Class::MayAllocate => ERROR,
        Class::Unknown | Class::NoVerdict => WARNING,
        Class::NotCompiled => FAINT,
        Class::Proven | Class::ExceptPanicking => GOOD,
    }
}

fn table(proof: &Proof, shown: &[&Merged<'_>]) -> String {
    let several = proof.judged.len() > 1;
    let head = |text: &str| Cell(text.to_owned(), FAINT);
    let mut rows =
        vec![[head("verdict"), head("function"), head("place"), head(if several { "in" } else { "" })]];
    for of in shown {
        let form = of.row.site.as_ref().map(|site| site.form.as_str());
        let note = words::note(of.class, form, &of.row.verdict);
        let mut last = if several && (of.differs || of.class != Class::NotCompiled) {
            binaries(proof, of)
        } else {
            String::new()
        };
        let note = note.or_else(|| of.row.rests_on_trust.then(|| "by trusting calls".to_owned()));
        if let Some(note) = note {
            last = if last.is_empty() { note } else { format!("{last}: {note}") };
        }
        rows.push([
            Cell(of.class.text().to_owned(), style(of.class)),
            Cell(short(&of.row.function), BOLD),
            Cell(place(of.row.place.as_ref()), Style::new()),
            Cell(line_of(&last), FAINT),
        ]);
    }
    columns::aligned(&rows, &[false; 4])
}

/// The binaries that it was seen in, unless they are all of them.
fn binaries(proof: &Proof, of: &Merged<'_>) -> String {
    const MOST: usize = 3;
    if !of.differs && of.binaries.len() == proof.judged.len() {
        return "all".to_owned();
    }
    let names = of
        .binaries
        .iter()
        .take(MOST)
        .filter_map(|index| Some(line_of(&proof.judged.get(*index)?.program.name)));
    let mut names = names.collect::<Vec<_>>().join(", ");
    if of.binaries.len() > MOST {
        let _ = write!(names, " and {} more", of.binaries.len() - MOST);
    }
    names
}

pub(super) fn place(place: Option<&(String, u32)>) -> String {
    place.map_or_else(String::new, |(file, line)| format!("{file}:{line}"))
}

/// `app::f may allocate in server:`
fn headed(proof: &Proof, of: &Merged<'_>, what: &str, style: Style) -> String {
    let first = of.binaries.first().and_then(|index| proof.judged.get(*index));
    let binary = first.map_or_else(String::new, |judged| line_of(&judged.program.name));
    format!("{BOLD}{}{BOLD:#} {style}{what}{style:#} in {binary}:\n", short(&of.row.function))
}

fn about_binaries(proof: &Proof) -> String {
    let mut text = format!("\n{BOLD}Judged{BOLD:#}:\n");
    for of in &proof.judged {
        let path = line_of(&of.program.path.display().to_string());
        let _ = writeln!(text, "  {path}: {}; {}", of.allocator.text(), of.cost.text(&of.effort));
    }
    text
}

/// `3 functions in 2 binaries (release): 1 may allocate, 2 proven`
fn sum(proof: &Proof, merged: &[Merged<'_>]) -> String {
    let count = |class| merged.iter().filter(|of| of.class == class).count();
    let all = [
        Class::MayAllocate,
        Class::Unknown,
        Class::NoVerdict,
        Class::NotCompiled,
        Class::ExceptPanicking,
        Class::Proven,
    ];
    let parts: Vec<String> = all
        .into_iter()
        .filter(|class| count(*class) > 0)
        .map(|class| {
            let style = style(class);
            format!("{style}{} {}{style:#}", count(class), class.text())
        })
        .collect();
    let profile =
        proof.profile.as_ref().map(|profile| format!(" ({})", line_of(profile))).unwrap_or_default();
    let binaries = counted_as(proof.judged.len() as u64, "binary", "binaries");
    let of = counted(merged.len() as u64, "function");
    let parts = if parts.is_empty() { "nothing to judge".to_owned() } else { parts.join(", ") };
    format!("{of} in {binaries}{profile}: {parts}")
}

#[cfg(test)]
mod tests {
    use super::super::judge_binary::Asked;
    use super::super::made_up::{self, judged, row};
    use super::super::presupposed::WIDTH;
    use super::super::trust::{Trust, Trusted};
    use super::*;

    fn proof() -> Proof {
        let mut absent = row(4, "app::constant", Verdict::NotCompiled);
        if let Some(site) = &mut absent.site {
            site.form = "const fn".to_owned();
        }
        let rows = vec![
            row(1, "app::proven::<u8>", Verdict::Proven),
            row(2, "app::grows", made_up::may_allocate()),
            row(3, "app::calls", made_up::unknown()),
            absent,
        ];
        let trusted =
            Trusted { function: "app::log*".into(), reason: "it was read".into(), functions: 2, calls: 1 };
        Proof {
            judged: vec![
                judged("app", rows),
                judged("test", vec![row(1, "app::proven::<u8>", Verdict::ExceptPanicking)]),
            ],
            trust: Trust { all: vec![trusted] },
            asked: Asked::default(),
            profile: Some("release".to_owned()),
            changed: Vec::new(),
            denies: Vec::new(),
        }
    }

    fn plain(look: Look) -> String {
        anstream::adapter::strip_str(&text(&proof(), look)).to_string()
    }

    #[test]
    fn text_says_what_why_and_relative_to_what() {
        let text = plain(Look::default());
        let table = "\
verdict                      function           place         in
may allocate                 app::grows         src/lib.rs:4  app
unknown                      app::calls         src/lib.rs:4  app
not compiled                 app::constant      src/lib.rs:4  const fn: cannot allocate
proven except when panicking  app::proven::<u8>  src/lib.rs:4  test
proven                       app::proven::<u8>  src/lib.rs:4  app
";
        let squeezed = |text: &str| {
            text.lines()
                .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect::<Vec<_>>()
                .join("\n")
        };
        assert!(squeezed(&text).starts_with(squeezed(table).trim_end()), "{text}");
        for said in [
            "\napp::grows may allocate in app:\n  app::grows at src/lib.rs:6\n  <alloc::vec::Vec<u8>>::push (inlined) at src/lib.rs:99\n  allocates by __rust_alloc\n",
            "\napp::calls is unknown in app:\n  a call of a function that is not known: loaded from an argument\n    app::calls at src/lib.rs:8\n  and 2 more places\n",
            "may be one that is never taken",
            "  app::log*: 2 functions, 1 call was not followed (it was read)\n",
            "Verified in the binary, if:\n  - verdicts are for this binary",
            "\n5 functions in 2 binaries (release): 1 may allocate, 1 unknown, 1 not compiled, 1 proven except when panicking, 1 proven\n",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
        assert_eq!(text.matches("never taken").count(), 1);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn quiet_is_what_is_wrong_and_the_sum() {
        let text = plain(Look { quiet: true, ..Look::default() });
        assert!(text.contains("app::grows may allocate"), "{text}");
        assert!(!text.contains("app::calls") && !text.contains("app::proven"), "{text}");
        assert!(text.contains("5 functions in 2 binaries"), "{text}");
        assert!(!text.contains("Verified in the binary, if") && !text.contains("Trusted"), "{text}");
    }
}
