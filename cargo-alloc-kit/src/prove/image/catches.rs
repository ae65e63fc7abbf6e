//! Where a panic that comes out of a call goes on in the function that called: the landing pads, by the tables that the unwinder reads
//! (`.eh_frame`, and each function's own in `.gcc_except_table`).
//!
//! A pad that only cleans up goes on unwinding. One with a clause for some type, or for all (`catch_unwind`), may go on as if nothing had
//! happened. One with a list of what may pass (which is empty for Rust's `extern "C"`) ends the program. Its code says which it is:
//! here all pads with clauses are told, as ones that stop unwinding.
//!
//! Nothing is read before it is asked for, and then only the tables of the function that is asked about.

use addr2line::gimli::{
    BaseAddresses, CallFrameInstruction, EhFrame, EhFrameHdr, EhFrameOffset, EndianSlice,
    FrameDescriptionEntry, LittleEndian, Pointer, UnwindContext, UnwindSection,
};

use super::Image;
use super::lsda::{self, Site};

type Slice<'image> = EndianSlice<'image, LittleEndian>;
type Entry<'image> = FrameDescriptionEntry<Slice<'image>>;

/// Calls with the same landing pad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Catch {
    /// The calls: their last bytes are from there on, up to there.
    pub(crate) from: u64,
    pub(crate) to: u64,
    /// `None`: the tables were not understood, so there may be any.
    pub(crate) pad: Option<u64>,
    /// What the stack pointer is moved up by: the arguments that were pushed for the call.
    pub(crate) pushed_bytes: u64,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It unwinds on, after the pad.
    Cleanup,
    /// Of some types it may stop unwinding.
    Some,
    /// Nothing is unwound beyond it.
    All,
}

impl Catch {
    fn unknown(from: u64, to: u64) -> Self {
        Self { from, to, pad: None, pushed_bytes: 0, kind: Kind::Some }
    }

    /// Whether a call returns to there.
    pub(crate) fn has(&self, returns_to: u64) -> bool {
        let last = returns_to.wrapping_sub(1);
        self.from <= last && last < self.to
    }
}

/// The frames that can be unwound: where their code starts, and where in `.eh_frame` they are described.
#[derive(Debug, Default)]
pub(super) struct Frames {
    starts: Vec<(u64, usize)>,
    is_damaged: bool,
    /// Nothing in the program starts to unwind (`panic = "abort"`).
    never_unwinds: bool,
}

impl Image {
    /// The landing pads of a function's calls.
    pub(crate) fn catches(&self, (start, end): (u64, u64)) -> Vec<Catch> {
        let frames = self.frames.get_or_init(|| Frames::read(self));
        if frames.never_unwinds {
            return Vec::new();
        }
        if frames.is_damaged {
            return vec![Catch::unknown(start, end)];
        }
        let first = frames.starts.partition_point(|(at, _)| *at <= start).saturating_sub(1);
        let mut all = Vec::new();
        for (_, offset) in frames.starts[first..].iter().take_while(|(at, _)| *at < end) {
            self.add_catches(*offset, (start, end), &mut all);
            // Without a symbol only the first frame is the function's.
            if end == u64::MAX {
                break;
            }
        }
        all
    }

    fn add_catches(&self, offset: usize, (start, end): (u64, u64), all: &mut Vec<Catch>) {
        let Some((section, bases)) = self.eh_frame() else { return };
        let Some(entry) = entry(&section, &bases, offset) else {
            return all.push(Catch::unknown(start, end));
        };
        let (from, to) = (entry.initial_address(), entry.end_address());
        if to <= start || from >= end {
            return;
        }
        let found = self.sites(&entry).and_then(|sites| pieces(&section, &bases, &entry, &sites));
        match found {
            Some(mut found) => all.append(&mut found),
            None => all.push(Catch::unknown(from, to)),
        }
    }

    /// By the function's own table. `None`: that was not understood.
    fn sites(&self, entry: &Entry<'_>) -> Option<Vec<Site>> {
        let at = match entry.lsda() {
            None => return Some(Vec::new()),
            Some(Pointer::Direct(at)) => at,
            Some(Pointer::Indirect(_)) => return None,
        };
        // A function of those with tables that has none itself: the pointer is 0, relative to where it is.
        let (eh_frame, bytes) = self.loaded(".eh_frame")?;
        if at == 0 || (at >= eh_frame && at - eh_frame < bytes.len() as u64) {
            return Some(Vec::new());
        }
        lsda::sites(self, at, entry.initial_address())
    }

    fn eh_frame(&self) -> Option<(EhFrame<Slice<'_>>, BaseAddresses)> {
        let (at, bytes) = self.loaded(".eh_frame")?;
        let bases = BaseAddresses::default().set_eh_frame(at);
        Some((EhFrame::new(bytes, LittleEndian), bases))
    }
}

fn entry<'image>(
    section: &EhFrame<Slice<'image>>,
    bases: &BaseAddresses,
    offset: usize,
) -> Option<Entry<'image>> {
    section.fde_from_offset(bases, EhFrameOffset(offset), EhFrame::cie_from_offset).ok()
}

/// The sites of a function, cut where other numbers of bytes are pushed.
fn pieces(
    section: &EhFrame<Slice<'_>>,
    bases: &BaseAddresses,
    entry: &Entry<'_>,
    sites: &[Site],
) -> Option<Vec<Catch>> {
    let whole = |site: &Site| Catch {
        from: site.from,
        to: site.to,
        pad: Some(site.pad),
        pushed_bytes: 0,
        kind: site.kind,
    };
    let mut instructions = entry.instructions(section, bases);
    let mut pushes = false;
    while let Some(instruction) = instructions.next().ok()? {
        pushes |= matches!(instruction, CallFrameInstruction::ArgsSize { .. });
    }
    if !pushes || sites.is_empty() {
        return Some(sites.iter().map(whole).collect());
    }
    let mut context = UnwindContext::new();
    let mut rows = entry.rows(section, bases, &mut context).ok()?;
    let mut pieces = Vec::new();
    while let Some(row) = rows.next_row().ok()? {
        for site in sites {
            let (from, to) = (site.from.max(row.start_address()), site.to.min(row.end_address()));
            if from < to {
                pieces.push(Catch { from, to, pushed_bytes: row.saved_args_size(), ..whole(site) });
            }
        }
    }
    Some(pieces)
}

impl Frames {
    fn read(image: &Image) -> Self {
        if never_unwinds(image) {
            return Self { never_unwinds: true, ..Self::default() };
        }
        let Some((eh_frame_at, bytes)) = image.loaded(".eh_frame") else { return Self::default() };
        let starts =
            indexed(image, eh_frame_at).or_else(|| all(&EhFrame::new(bytes, LittleEndian), eh_frame_at));
        let Some(mut starts) = starts else { return Self { is_damaged: true, ..Self::default() } };
        starts.sort_unstable();
        Self { starts, ..Self::default() }
    }
}

/// By the table that the unwinder goes by.
fn indexed(image: &Image, eh_frame_at: u64) -> Option<Vec<(u64, usize)>> {
    let (at, bytes) = image.loaded(".eh_frame_hdr")?;
    let bases = BaseAddresses::default().set_eh_frame_hdr(at).set_eh_frame(eh_frame_at);
    let header = EhFrameHdr::new(bytes, LittleEndian).parse(&bases, 8).ok()?;
    let mut starts = Vec::new();
    for entry in header.table()?.iter(&bases) {
        let (start, described) = entry.ok()?;
        let offset = described.direct().ok()?.checked_sub(eh_frame_at)?;
        starts.push((start.direct().ok()?, usize::try_from(offset).ok()?));
    }
    Some(starts)
}

/// By all entries, one after the other.
fn all(section: &EhFrame<Slice<'_>>, at: u64) -> Option<Vec<(u64, usize)>> {
    let bases = BaseAddresses::default().set_eh_frame(at);
    let mut entries = section.entries(&bases);
    let mut starts = Vec::new();
    while let Some(found) = entries.next().ok()? {
        if let addr2line::gimli::CieOrFde::Fde(partial) = found {
            let entry = partial.parse(EhFrame::cie_from_offset).ok()?;
            starts.push((entry.initial_address(), entry.offset()));
        }
    }
    Some(starts)
}

/// With `panic = "abort"` the standard library still has its landing pads. What panics is in the program then, and nothing that would
/// unwind.
fn never_unwinds(image: &Image) -> bool {
    const UNWINDS: [&str; 2] = ["_Unwind_RaiseException", "__cxa_throw"];
    let is_one = |name: &str| UNWINDS.contains(&name);
    if image.imports.iter().any(|name| is_one(name)) {
        return false;
    }
    let names = || image.functions.iter().flat_map(|function| image.names(function));
    names().any(|name| name.contains("__rust_start_panic")) && !names().any(is_one)
}
