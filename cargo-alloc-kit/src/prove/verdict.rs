//! What is said of a function, and what led to it.

/// The verdict of one instance of an annotated function in one binary.
#[expect(clippy::enum_variant_names, reason = "as it is said to users")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No path of it reaches the allocator, panics included: there are none, or none that allocates.
    Proven,
    /// No path does but those that only panic.
    ExceptPanicking,
    /// This path does; it may be one that is never taken.
    MayAllocate(Chain),
    /// It can't be known: each place with its reason, at most a few, and how many there are.
    Unknown(Vec<Doubt>, usize),
    /// The binary has no code of it.
    NotCompiled,
    /// The program's global allocator is not known, so nothing is said of any function.
    NoVerdict(String),
}

/// From the function to what allocates: each call, with the function that it is in.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Chain {
    pub(crate) steps: Vec<Step>,
    /// What allocates at its end: a name as in the file, or what else it is.
    pub(crate) sink: String,
    /// Whether it frees (which was forbidden), rather than allocates.
    pub(crate) frees: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The start of the function that calls.
    pub(crate) function: u64,
    /// The instruction that calls.
    pub(crate) at: u64,
}

/// A place that can't be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// How it is reached.
    pub(crate) chain: Vec<Step>,
    /// The instruction.
    pub(crate) at: u64,
    pub(crate) why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// A call of a function that is not known: `dyn`, a function pointer. The text says what is known of where the pointer comes from.
    IndirectCall(String),
    /// A jump to an address that is not known.
    IndirectJump,
    /// An import of which nothing is known.
    Import(String),
    /// A system call made by the program's own code.
    SystemCall,
    /// An instruction that is not understood.
    Instruction(String),
    /// It returns with a stack that is not as at its entry (`push f; ret`).
    Return,
    /// Code without a symbol, or an address that is not code.
    NoCode,
    /// The annotated function was inlined into another one.
    Inlined(String),
    /// A call that may panic, where it is not known whether that is caught, or what may panic.
    Unwinding,
    /// More was needed to decide it than is tried.
    TooLarge,
}
