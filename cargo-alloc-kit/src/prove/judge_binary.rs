//! One binary: read, its allocator recognised, each of its functions judged, and what is said of addresses put in words.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use super::allocator::{self, Allocator};
use super::build::Program;
use super::effort::{self, Cost};
use super::engine::{self, Effort, Question, Root};
use super::image::Image;
use super::lines::Lines;
use super::names;
use super::pattern::Pattern;
use super::records::{Records, Site};
use super::subjects::{self, Subject, What};
use super::told::Words;
use super::trust::Trust;
use super::verdict::{Verdict, Why};
use crate::exit::Failure;

/// How it is judged.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) include_panics: bool,
    pub(super) forbid_frees: bool,
    pub(super) patterns: Vec<Pattern>,
    /// Paths below it are shown from there.
    pub(super) root: PathBuf,
}

/// What is known of a binary.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) program: Program,
    pub(super) allocator: Allocator,
    pub(super) rows: Vec<Row>,
    /// Whether it has debug information: calls are shown without files and lines otherwise.
    pub(super) has_lines: bool,
    /// Exceptions that the program has.
    pub(super) exceptions: Vec<Site>,
    pub(super) effort: Effort,
    pub(super) cost: Cost,
    /// Which of the patterns a function of it has.
    pub(super) has: Vec<bool>,
    /// For each of the others, names that are alike.
    pub(super) near: Vec<Vec<String>>,
}

/// A function or expression, and its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) site: Option<Site>,
    /// As in the file; empty where there is no code.
    pub(super) symbol: String,
    /// Demangled, with type arguments.
    pub(super) function: String,
    pub(super) address: u64,
    pub(super) verdict: Verdict,
    /// Whether it would be another one without the trust list.
    pub(super) rests_on_trust: bool,
    /// The way to what allocates.
    pub(super) chain: Vec<Frame>,
    pub(super) doubts: Vec<ShownDoubt>,
    /// Where it is: the annotation's place, or the function's first line.
    pub(super) place: Option<(String, u32)>,
}

/// A step of a chain: a call, in a function that may be inlined in that of the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) function: String,
    pub(super) address: u64,
    pub(super) place: Option<(String, u32)>,
    pub(super) is_inlined: bool,
}

/// A place that could not be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ShownDoubt {
    /// The way there, the place itself at its end.
    pub(super) chain: Vec<Frame>,
    pub(super) why: Why,
}

pub(super) fn judge(program: &Program, asked: &Asked, trust: &mut Trust) -> Result<Judged, Failure> {
    let begun = Instant::now();
    let path = program.path.display();
    let refused = |refusal: super::image::Refusal| Failure {
        help: refusal.help,
        ..Failure::unusable(format!("{path}: {}", refusal.message))
    };
    let bytes =
        fs::read(&program.path).map_err(|error| Failure::unusable(format!("cannot read {path}: {error}")))?;
    let image = Image::read(bytes).map_err(refused)?;
    let records = Records::read(&image).map_err(refused)?;
    let allocator = allocator::recognise(&image, &records, program.outlined.as_deref());
    let mut has = vec![false; asked.patterns.len()];
    let subjects = if asked.patterns.is_empty() {
        refuse_nothing(program, &records)?;
        subjects::of_records(&image, &records)
    } else {
        let found = subjects::of_patterns(&image, &asked.patterns);
        found
            .map(|(function, index)| {
                has[index] = true;
                subjects::of_function(&image, function)
            })
            .collect()
    };
    let near = near(&image, &asked.patterns, &has);
    let mut question = Question {
        include_panics: asked.include_panics,
        forbid_frees: asked.forbid_frees,
        ..Question::default()
    };
    let uses = trust.ask(&image, &mut question);
    trust.refuse_subjects(&image, &uses, &subjects)?;
    let read = Instant::now();
    let (verdicts, effort) = match &allocator {
        Allocator::Unknown(why) => (no_verdicts(&subjects, why), Effort::default()),
        _ => all_verdicts(&image, &records, &subjects, &question),
    };
    trust.add(&uses, &effort);
    let trusting = resting_on_trust(&image, &records, &subjects, &verdicts, &question, &effort);
    let decided = Instant::now();
    let lines = Lines::new(&image, &asked.root);
    let at = |address: u64| lines.at(address);
    let words = Words { image: &image, at: &at, known: RefCell::default() };
    let judged = subjects::worst(subjects.into_iter().zip(verdicts));
    let rows = judged
        .into_iter()
        .map(|(subject, verdict)| {
            let rests_on_trust = trusting.contains(&subject.address);
            words.row(subject, verdict, rests_on_trust)
        })
        .collect();
    let exceptions = records.sites.into_iter().filter(|site| site.allowed.is_some()).collect();
    let cost = Cost {
        reading: read - begun,
        judging: decided - read,
        describing: decided.elapsed(),
        peak_bytes: effort::peak_bytes(),
    };
    let has_lines = lines.are_known();
    Ok(Judged { program: program.clone(), allocator, rows, has_lines, exceptions, effort, cost, has, near })
}

/// A file that says nothing of what is to be judged, and that was not built here.
fn refuse_nothing(program: &Program, records: &Records) -> Result<(), Failure> {
    if program.outlined.is_some() || !records.sites.is_empty() {
        return Ok(());
    }
    Err(Failure::unusable(format!(
        "{} has no records of annotated functions: it was not built by `cargo alloc-kit prove`",
        program.path.display()
    ))
    .help("`--function PATTERN` says which functions to judge, by their names; without a file the package is built"))
}

fn near(image: &Image, patterns: &[Pattern], has: &[bool]) -> Vec<Vec<String>> {
    if has.iter().all(|has| *has) {
        return vec![Vec::new(); patterns.len()];
    }
    let all: Vec<String> =
        image.functions.iter().map(|function| names::demangled(image.name(function))).collect();
    let of = |(pattern, has): (&Pattern, &bool)| {
        if *has { Vec::new() } else { pattern.near(all.iter().map(String::as_str)) }
    };
    patterns.iter().zip(has).map(of).collect()
}

fn no_verdicts(subjects: &[Subject], why: &str) -> Vec<Verdict> {
    let of = |subject: &Subject| match subject.what {
        What::NotCompiled => Verdict::NotCompiled,
        _ => Verdict::NoVerdict(why.to_owned()),
    };
    subjects.iter().map(of).collect()
}

/// Those of functions that may not free, and of those that may, are two questions.
fn all_verdicts(
    image: &Image,
    records: &Records,
    subjects: &[Subject],
    question: &Question,
) -> (Vec<Verdict>, Effort) {
    let mut verdicts: Vec<Verdict> = subjects
        .iter()
        .map(|subject| match &subject.what {
            What::InlinedInto(name) => inlined(subject.address, name),
            What::Judge(_) | What::NotCompiled => Verdict::NotCompiled,
        })
        .collect();
    let mut sum = Effort::default();
    for forbids_frees in [false, true] {
        let may_not_free = |subject: &Subject| {
            question.forbid_frees || subject.site.as_ref().is_some_and(|site| site.forbids_frees)
        };
        let asked: Vec<(usize, Root)> = subjects
            .iter()
            .enumerate()
            .filter(|(_, subject)| may_not_free(subject) == forbids_frees)
            .filter_map(|(index, subject)| match subject.what {
                What::Judge(root) => Some((index, root)),
                _ => None,
            })
            .collect();
        if asked.is_empty() {
            continue;
        }
        let roots: Vec<Root> = asked.iter().map(|(_, root)| *root).collect();
        let question = Question { forbid_frees: forbids_frees, ..question.clone() };
        let (of_roots, effort) = engine::judge(image, records, &roots, &question);
        debug_assert_eq!(of_roots.len(), roots.len());
        for ((index, _), verdict) in asked.into_iter().zip(of_roots) {
            verdicts[index] = verdict;
        }
        add(&mut sum, effort);
    }
    (verdicts, sum)
}

/// Which of those that are proven are so because calls were not followed: by judging these once more, with nothing trusted.
fn resting_on_trust(
    image: &Image,
    records: &Records,
    subjects: &[Subject],
    verdicts: &[Verdict],
    question: &Question,
    effort: &Effort,
) -> BTreeSet<u64> {
    if effort.trusted_calls.is_empty() && effort.trusted_import_calls.is_empty() {
        return BTreeSet::new();
    }
    let is_proven = |verdict: &Verdict| matches!(verdict, Verdict::Proven | Verdict::ExceptPanicking);
    let (proven, before): (Vec<Subject>, Vec<&Verdict>) = subjects
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| is_proven(verdict))
        .map(|(subject, verdict)| (subject.clone(), verdict))
        .unzip();
    let without = Question {
        include_panics: question.include_panics,
        forbid_frees: question.forbid_frees,
        ..Question::default()
    };
    let (now, _) = all_verdicts(image, records, &proven, &without);
    let differs = proven.iter().zip(before).zip(&now).filter(|((_, before), now)| before != now);
    differs.map(|((subject, _), _)| subject.address).collect()
}

fn inlined(at: u64, into: &str) -> Verdict {
    let why = Why::Inlined(into.to_owned());
    Verdict::Unknown(vec![super::verdict::Doubt { chain: Vec::new(), at, why }], 1)
}

fn add(sum: &mut Effort, one: Effort) {
    sum.functions += one.functions;
    sum.instructions += one.instructions;
    sum.instructions_in_context += one.instructions_in_context;
    for (start, calls) in one.trusted_calls {
        *sum.trusted_calls.entry(start).or_default() += calls;
    }
    for (name, calls) in one.trusted_import_calls {
        *sum.trusted_import_calls.entry(name).or_default() += calls;
    }
}
