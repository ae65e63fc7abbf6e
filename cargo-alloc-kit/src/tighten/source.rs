//! A source file: which budget stands at a place, and where its literals are. By tokens, so that nothing but what they say
//! matters: not comments between them, line ends, or what stands before them on the line.
//!
//! Places are those of `line!()` and `column!()`: of an attribute its `#`, inside of `cfg_attr` its path, of a macro its
//! path, and of a function in a block with an attribute its name.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use super::literal::Literal;
use crate::record::Site;

/// A line and a column, both from 1, the column in characters.
pub(super) type Place = (u32, u32);

/// What stands at a place.
#[derive(Debug)]
enum Spot {
    /// An attribute, and the function behind it.
    Attribute { arguments: Rc<Arguments>, function: Option<String> },
    /// A call of a macro.
    Call { name: String, arguments: Arguments },
    /// The name of a function, and the attributes of the blocks around it, the innermost last.
    Function { name: String, blocks: Vec<Rc<Arguments>> },
}

/// What stands between the parentheses of an attribute or a macro.
#[derive(Debug)]
pub(super) struct Arguments {
    /// Whether they are of an attribute of alloc-kit, by its name: it may have been imported under another one.
    is_ours: bool,
    /// Without white space.
    text: String,
    /// Those whose value is a literal.
    literals: Vec<Argument>,
}

/// `bytes = 4096`, or `12`.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub(super) key: String,
    /// Of the literal.
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// A file that was taken apart.
#[derive(Debug)]
pub(super) struct Source {
    spots: BTreeMap<Place, Spot>,
    /// Each token with its text, for a look at what was changed.
    tokens: Vec<String>,
}

/// What is known of a budget in the source.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// The literals of its limits.
    Budget(Vec<&'a Argument>),
    /// Made by a macro: what is written there is used elsewhere, too.
    Made(&'a str),
    /// It is not there.
    Changed,
}

impl Source {
    /// Takes a text apart.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let stream: TokenStream = readable(text)
            .parse()
            .map_err(|error: proc_macro2::LexError| at_line(error.span(), &error.to_string()))?;
        let mut source = Self { spots: BTreeMap::new(), tokens: Vec::new() };
        flatten(stream.clone(), &mut source.tokens);
        // Of a byte order mark the tokens know nothing.
        let shift = text.len() - without_mark(text).len();
        source.walk(stream, &[], shift);
        Ok(source)
    }

    /// What a record says of a budget is looked for where it says that it is.
    pub(super) fn find(&self, site: &Site) -> Found<'_> {
        let name = site.path.rsplit("::").next().unwrap_or_default();
        let is_named = |function: &String| function == name || function.strip_prefix("r#") == Some(name);
        let matching = |arguments: &'_ Arguments| arguments.say(site);
        match self.spots.get(&(site.line, site.column)) {
            Some(Spot::Attribute { arguments, function }) => {
                if function.as_ref().is_some_and(is_named) && matching(arguments) {
                    return Found::Budget(arguments.limits(site));
                }
                Found::Changed
            }
            Some(Spot::Function { name, blocks }) if is_named(name) => {
                let mut by_name = blocks.iter().rev().filter(|arguments| matching(arguments));
                let ours = by_name.clone().find(|arguments| arguments.is_ours);
                match ours.or_else(|| by_name.next()) {
                    Some(arguments) => Found::Budget(arguments.limits(site)),
                    None => Found::Changed,
                }
            }
            Some(Spot::Call { name: called, arguments }) if format!("{called}!") == name => {
                if matching(arguments) { Found::Budget(arguments.limits(site)) } else { Found::Changed }
            }
            Some(Spot::Call { name, .. }) => Found::Made(name),
            _ => Found::Changed,
        }
    }

    /// Whether the other has the same tokens but for so many, and those integer literals.
    pub(super) fn differs_in_literals(&self, other: &Source, count: usize) -> bool {
        let mut differing = 0;
        let are_like = self.tokens.iter().zip(&other.tokens).all(|(one, other)| {
            let is_same = one == other;
            differing += usize::from(!is_same);
            is_same || (Literal::parse(one).is_some() && Literal::parse(other).is_some())
        });
        are_like && self.tokens.len() == other.tokens.len() && differing == count
    }

    fn walk(&mut self, stream: TokenStream, blocks: &[Rc<Arguments>], shift: usize) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        // Attributes of the item that comes.
        let mut pending: Vec<(Place, Rc<Arguments>)> = Vec::new();
        let mut is_function = false;
        for (index, token) in tokens.iter().enumerate() {
            self.call(&tokens[index..], shift);
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    if let Some(TokenTree::Group(group)) = tokens.get(index + 1)
                        && group.delimiter() == Delimiter::Bracket
                    {
                        attribute(group.stream(), place(punct.span()), &mut pending, shift);
                    }
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => (pending, is_function) = (vec![], false),
                TokenTree::Ident(word) if word == "fn" => {
                    let Some(TokenTree::Ident(name)) = tokens.get(index + 1) else { continue };
                    is_function = true;
                    for (place, arguments) in &pending {
                        let (arguments, function) = (Rc::clone(arguments), Some(name.to_string()));
                        self.spots.insert(*place, Spot::Attribute { arguments, function });
                    }
                    let spot = Spot::Function { name: name.to_string(), blocks: blocks.to_vec() };
                    self.spots.insert(place(name.span()), spot);
                }
                // What stands in it are no items.
                TokenTree::Group(group) if is_function || group.delimiter() != Delimiter::Brace => {
                    self.walk(group.stream(), &[], shift);
                    if group.delimiter() == Delimiter::Brace && !is_in_generics(tokens.get(index + 1)) {
                        (pending, is_function) = (vec![], false);
                    }
                }
                TokenTree::Group(group) => {
                    let of_block = pending.iter().map(|(_, arguments)| Rc::clone(arguments));
                    let inside: Vec<_> = blocks.iter().cloned().chain(of_block).collect();
                    self.walk(group.stream(), &inside, shift);
                    if !is_in_generics(tokens.get(index + 1)) {
                        pending.clear();
                    }
                }
                _ => {}
            }
        }
    }

    /// A call of a macro, if the tokens begin with one.
    fn call(&mut self, tokens: &[TokenTree], shift: usize) {
        let Some((name, length)) = path(tokens) else { return };
        let [TokenTree::Punct(bang), TokenTree::Group(group), ..] = &tokens[length..] else { return };
        if bang.as_char() == '!' {
            let arguments = Arguments::of(&name, group.stream(), shift);
            self.spots.insert(place(tokens[0].span()), Spot::Call { name, arguments });
        }
    }
}

/// What stands in the brackets of an attribute that begins at a place.
fn attribute(inside: TokenStream, begin: Place, pending: &mut Vec<(Place, Rc<Arguments>)>, shift: usize) {
    let tokens: Vec<TokenTree> = inside.into_iter().collect();
    let Some((name, length)) = path(&tokens) else { return };
    let arguments = match tokens.get(length) {
        None => None,
        Some(TokenTree::Group(group)) => Some(group),
        // `doc = ".."`
        Some(_) => return,
    };
    if name == "cfg_attr" {
        let stream = arguments.map(Group::stream).unwrap_or_default();
        // Behind the condition.
        for inner in pieces(stream).into_iter().skip(1) {
            if let Some(first) = inner.first() {
                let begin = place(first.span());
                attribute(inner.into_iter().collect(), begin, pending, shift);
            }
        }
        return;
    }
    let arguments = Arguments::of(&name, arguments.map(Group::stream).unwrap_or_default(), shift);
    pending.push((begin, Rc::new(arguments)));
}

impl Arguments {
    fn of(name: &str, stream: TokenStream, shift: usize) -> Self {
        let text = without_space(&stream.to_string());
        let literal = |piece: Vec<TokenTree>| {
            let (key, value) = match piece.as_slice() {
                [TokenTree::Literal(value)] => ("allocations".to_owned(), value),
                [TokenTree::Ident(key), TokenTree::Punct(is), TokenTree::Literal(value)]
                    if is.as_char() == '=' =>
                {
                    (key.to_string(), value)
                }
                _ => return None,
            };
            let text = value.to_string();
            Literal::parse(&text)?;
            let range = value.span().byte_range();
            Some(Argument { key, range: range.start + shift..range.end + shift, text })
        };
        let is_ours = ["no_alloc", "alloc_budget"].contains(&name);
        Self { is_ours, text, literals: pieces(stream).into_iter().filter_map(literal).collect() }
    }

    /// The literal of a limit.
    fn literal(&self, key: &str, text: &str) -> Option<&Argument> {
        let key = key.strip_prefix("r#").unwrap_or(key);
        self.literals.iter().find(|literal| {
            literal.key.strip_prefix("r#").unwrap_or(&literal.key) == key && literal.text == text
        })
    }

    /// Whether they are what a record says.
    fn say(&self, site: &Site) -> bool {
        site.budget.iter().all(|(key, text)| {
            // What `no_alloc` says by itself is not written.
            let is_implied = key == "allocations" && text == "0";
            match Literal::parse(text) {
                Some(_) => is_implied || self.literal(key, text).is_some(),
                None => self.text.contains(&without_space(text)),
            }
        })
    }

    /// The literals of its limits.
    fn limits(&self, site: &Site) -> Vec<&Argument> {
        site.budget.iter().filter_map(|(key, text)| self.literal(key, text)).collect()
    }
}

/// A path at the beginning: its last name, and how many tokens it has.
fn path(tokens: &[TokenTree]) -> Option<(String, usize)> {
    let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    let colons = |at: usize| colon(at) && colon(at + 1);
    let mut length = if colons(0) { 2 } else { 0 };
    loop {
        let TokenTree::Ident(name) = tokens.get(length)? else { return None };
        length += 1;
        if !colons(length) {
            return Some((name.to_string(), length));
        }
        length += 2;
    }
}

/// Tokens between commas.
fn pieces(stream: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut pieces = vec![Vec::new()];
    for token in stream {
        match (&token, pieces.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => pieces.push(Vec::new()),
            (_, Some(piece)) => piece.push(token),
            (_, None) => {}
        }
    }
    pieces
}

/// Whether braces before this are of a type's argument, and not the body of an item.
fn is_in_generics(next: Option<&TokenTree>) -> bool {
    matches!(next, Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), '>' | ','))
}

fn place(span: Span) -> Place {
    let start = span.start();
    let number = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
    (number(start.line), number(start.column + 1))
}

fn at_line(span: Span, what: &str) -> String {
    format!("line {}: {what}", span.start().line)
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The text without a byte order mark, and with spaces where a first line is for the shell.
fn readable(text: &str) -> String {
    let text = without_mark(text);
    let is_for_shell = text.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
    let end = if is_for_shell { text.find('\n').unwrap_or(text.len()) } else { 0 };
    format!("{}{}", " ".repeat(end), &text[end..])
}

fn flatten(stream: TokenStream, tokens: &mut Vec<String>) {
    for token in stream {
        match token {
            TokenTree::Group(group) => {
                tokens.push(format!("{:?}", group.delimiter()));
                flatten(group.stream(), tokens);
                tokens.push("end".to_owned());
            }
            token => tokens.push(token.to_string()),
        }
    }
}
