//! A function's own table for unwinding, in `.gcc_except_table`: which calls have which landing pad, and what that is for.

use addr2line::gimli::{DwEhPe, EndianSlice, LittleEndian, Reader, constants};

use super::Image;
use super::catches::Kind;

/// How many clauses a call has at most.
const CLAUSES: usize = 256;

/// Calls that go to one landing pad.
pub(super) struct Site {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) pad: u64,
    pub(super) kind: Kind,
}

/// Bytes, and where they are.
struct Cursor<'image> {
    rest: EndianSlice<'image, LittleEndian>,
    end: u64,
}

impl Cursor<'_> {
    fn at(&self) -> u64 {
        self.end - self.rest.len() as u64
    }

    fn u8(&mut self) -> Option<u8> {
        self.rest.read_u8().ok()
    }

    fn uleb(&mut self) -> Option<u64> {
        self.rest.read_uleb128().ok()
    }

    fn sleb(&mut self) -> Option<i64> {
        self.rest.read_sleb128().ok()
    }

    /// A number in one of the forms that tables of calls have.
    fn number(&mut self, form: DwEhPe) -> Option<u64> {
        match form {
            constants::DW_EH_PE_uleb128 => self.uleb(),
            constants::DW_EH_PE_udata2 => self.rest.read_u16().ok().map(u64::from),
            constants::DW_EH_PE_udata4 => self.rest.read_u32().ok().map(u64::from),
            constants::DW_EH_PE_udata8 | constants::DW_EH_PE_absptr => self.rest.read_u64().ok(),
            _ => None,
        }
    }
}

/// What clauses refer to.
struct Clauses {
    actions: u64,
    /// Where types end, and lists of them begin; how wide a type is.
    types: Option<(u64, u64)>,
}

/// All that have a pad. `None`: the table was not understood.
pub(super) fn sites(image: &Image, table: u64, function: u64) -> Option<Vec<Site>> {
    let mut cursor = cursor(image, table)?;
    // Where pads are counted from: the function, and nothing else is ever written.
    if cursor.u8()? != constants::DW_EH_PE_omit.0 {
        return None;
    }
    let form = DwEhPe(cursor.u8()?);
    let types = if form == constants::DW_EH_PE_omit {
        None
    } else {
        let offset = cursor.uleb()?;
        Some((cursor.at().checked_add(offset)?, width(form)?))
    };
    let form = DwEhPe(cursor.u8()?);
    let bytes = cursor.uleb()?;
    let actions = cursor.at().checked_add(bytes)?;
    let clauses = Clauses { actions, types };
    let mut sites = Vec::new();
    while cursor.at() < actions {
        let (from, bytes) = (cursor.number(form)?, cursor.number(form)?);
        let (pad, action) = (cursor.number(form)?, cursor.uleb()?);
        if pad == 0 || bytes == 0 {
            continue;
        }
        let from = function.checked_add(from)?;
        let to = from.checked_add(bytes)?;
        let kind = if action == 0 { Kind::Cleanup } else { clauses.kind(image, action)? };
        sites.push(Site { from, to, pad: function.checked_add(pad)?, kind });
    }
    Some(sites)
}

impl Clauses {
    /// What the chain of clauses from that one on is for.
    fn kind(&self, image: &Image, action: u64) -> Option<Kind> {
        let mut at = self.actions.checked_add(action - 1)?;
        let mut kind = Kind::Cleanup;
        for index in 0..CLAUSES {
            let mut cursor = cursor(image, at)?;
            let clause = cursor.sleb()?;
            let next_from = cursor.at();
            let next = cursor.sleb()?;
            if clause != 0 && kind != Kind::All {
                // Rust's own goes by the first one, whatever follows.
                kind = if index == 0 && self.is_for_all(image, clause)? { Kind::All } else { Kind::Some };
            }
            if next == 0 {
                return Some(kind);
            }
            at = next_from.checked_add_signed(next)?;
        }
        None
    }

    /// Whether a clause is for all types (the type is none), or lets nothing pass (its list is empty).
    fn is_for_all(&self, image: &Image, clause: i64) -> Option<bool> {
        let (end, width) = self.types?;
        if clause > 0 {
            let at = end.checked_sub(clause.unsigned_abs().checked_mul(width)?)?;
            let bytes = image.constant(at, usize::try_from(width).ok()?);
            return Some(bytes.is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0)));
        }
        let mut list = cursor(image, end.checked_add(clause.unsigned_abs() - 1)?)?;
        Some(list.uleb()? == 0)
    }
}

/// From there on to the end of its section.
fn cursor(image: &Image, at: u64) -> Option<Cursor<'_>> {
    let (start, bytes) = image.loaded(".gcc_except_table")?;
    let offset = usize::try_from(at.checked_sub(start)?).ok()?;
    let rest = bytes.get(offset..)?;
    let end = at.checked_add(rest.len() as u64)?;
    image.memory.is_never_written(at, rest.len() as u64).then_some(())?;
    Some(Cursor { rest: EndianSlice::new(rest, LittleEndian), end })
}

fn width(form: DwEhPe) -> Option<u64> {
    match form.format() {
        constants::DW_EH_PE_udata2 | constants::DW_EH_PE_sdata2 => Some(2),
        constants::DW_EH_PE_udata4 | constants::DW_EH_PE_sdata4 => Some(4),
        constants::DW_EH_PE_absptr | constants::DW_EH_PE_udata8 | constants::DW_EH_PE_sdata8 => Some(8),
        _ => None,
    }
}
