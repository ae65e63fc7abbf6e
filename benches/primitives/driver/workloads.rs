//! The workloads and their sides, as the program lists them; see `../src/harness/side.rs`.

use crate::Result;

/// The same work, done in several ways.
#[derive(Debug)]
pub(crate) struct Workload {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) operation: String,
    pub(crate) sides: Vec<Side>,
}

/// One way.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Whether it runs on two threads.
    pub(crate) two_threads: bool,
    /// Whether it takes a large buffer.
    pub(crate) large: bool,
    /// The most allocations an operation of it may make.
    pub(crate) allowed_allocations: f64,
}

/// Whose way it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Naive,
    Hand,
    Ours,
    Peer,
    Reference,
}

impl Workload {
    /// The workloads in what the program says.
    pub(crate) fn parse(answers: &[Vec<String>]) -> Result<Vec<Self>> {
        let mut workloads: Vec<Self> = Vec::new();
        for answer in answers {
            let words: Vec<&str> = answer.iter().map(String::as_str).collect();
            match (words.as_slice(), workloads.last_mut()) {
                (["workload", name, title, operation], _) => {
                    let [name, title, operation] = [name, title, operation].map(|word| (*word).to_owned());
                    workloads.push(Self { name, title, operation, sides: Vec::new() });
                }
                (["side", name, kind, threads, large, allowed], Some(workload)) => {
                    workload.sides.push(Side {
                        name: (*name).to_owned(),
                        kind: Kind::named(kind).ok_or_else(|| format!("no kind of side: {kind}"))?,
                        two_threads: *threads == "two",
                        large: *large == "large",
                        allowed_allocations: allowed.parse().map_err(|_| format!("no number: {allowed}"))?,
                    });
                }
                _ => return Err(format!("not a workload and not a side: {words:?}")),
            }
        }
        Ok(workloads)
    }

    /// The side that the others are compared with: the first that is alloc-kit's.
    pub(crate) fn ours(&self) -> usize {
        self.sides.iter().position(|side| side.kind == Kind::Ours).expect("each workload has ours")
    }

    /// Whether it runs on two threads.
    pub(crate) fn two_threads(&self) -> bool {
        self.sides.iter().any(|side| side.two_threads)
    }
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Naive" => Self::Naive,
            "Hand" => Self::Hand,
            "Ours" => Self::Ours,
            "Peer" => Self::Peer,
            "Reference" => Self::Reference,
            _ => return None,
        })
    }

    /// For the table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Naive => "naive",
            Self::Hand => "by hand",
            Self::Ours => "alloc-kit",
            Self::Peer => "peer",
            Self::Reference => "for reference",
        }
    }
}
