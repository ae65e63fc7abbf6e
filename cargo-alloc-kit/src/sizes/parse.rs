//! What `-Zprint-type-sizes` prints: a line for a type, and lines below it for its variants, and for what is in each.

use serde::Serialize;

/// A type as one crate has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Type {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) align: u64,
    /// Of an enum or a future; a struct has one without a name.
    pub(crate) variants: Vec<Variant>,
    pub(crate) end_padding: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) padding: u64,
    pub(crate) parts: Vec<Part>,
}

/// A field, or what a future holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// Of a future's contents, where it is known.
    pub(crate) of_type: Option<String>,
}

/// What a part is to its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Field,
    /// An argument or a captured variable of a future, which it has from the beginning.
    Upvar,
    /// A variable that lives across an `.await`, or what is awaited.
    Local,
}

impl Type {
    /// Whether it is a future, or another thing that can be left and gone on with.
    pub(crate) fn is_future(&self) -> bool {
        self.name.starts_with('{') && !self.is_closure()
    }

    /// Of which the compiler says no contents.
    pub(crate) fn is_closure(&self) -> bool {
        self.name.starts_with("{closure@") || self.name.starts_with("{async closure@")
    }

    /// Bytes that hold nothing, in the largest variant; not known of a closure.
    pub(crate) fn padding(&self) -> u64 {
        let largest = self.variants.iter().max_by_key(|variant| variant.bytes);
        if self.is_closure() { 0 } else { self.end_padding + largest.map_or(0, |variant| variant.padding) }
    }
}

/// The types of a compiler's output. A line that nobody knows is an error: what is not understood is not left out.
pub(crate) fn parse(text: &str) -> Result<Vec<Type>, String> {
    let mut types: Vec<Type> = Vec::new();
    for line in text.lines() {
        let Some(rest) = line.strip_prefix("print-type-size ") else { continue };
        let known = line_of(rest.trim_start(), &mut types);
        known.ok_or_else(|| format!("the compiler prints a line that is not known here: {line}"))?;
    }
    Ok(types)
}

fn line_of(line: &str, types: &mut Vec<Type>) -> Option<()> {
    if let Some(named) = line.strip_prefix("type: `") {
        let (name, figures) = named.rsplit_once("`: ")?;
        types.push(Type {
            name: name.to_owned(),
            bytes: bytes(figures)?,
            align: figures.split(", ").find_map(|figure| bytes(figure.strip_prefix("alignment: ")?))?,
            ..Type::default()
        });
        return Some(());
    }
    let of = types.last_mut()?;
    if let Some(padding) = line.strip_prefix("end padding: ") {
        of.end_padding += bytes(padding)?;
    } else if line.starts_with("discriminant: ") {
        bytes(line.strip_prefix("discriminant: ")?)?;
    } else if let Some(named) = line.strip_prefix("variant `") {
        let (name, figures) = named.split_once("`: ")?;
        of.variants.push(Variant { name: name.to_owned(), bytes: bytes(figures)?, ..Variant::default() });
    } else {
        let bytes_of_struct = of.bytes;
        if of.variants.is_empty() {
            of.variants.push(Variant { bytes: bytes_of_struct, ..Variant::default() });
        }
        let variant = of.variants.last_mut()?;
        if let Some(padding) = line.strip_prefix("padding: ") {
            variant.padding += bytes(padding)?;
        } else {
            let (kind, named) = line.split_once(" `.")?;
            let kind = match kind {
                "field" => Kind::Field,
                "upvar" => Kind::Upvar,
                "local" => Kind::Local,
                _ => return None,
            };
            let (name, figures) = named.split_once("`: ")?;
            let of_type = figures.split_once(", type: ").map(|(_, of_type)| of_type.to_owned());
            variant.parts.push(Part { kind, name: name.to_owned(), bytes: bytes(figures)?, of_type });
        }
    }
    Some(())
}

/// `12` of `12 bytes, ..`
fn bytes(figure: &str) -> Option<u64> {
    figure.split_once(" bytes")?.0.parse().ok()
}
