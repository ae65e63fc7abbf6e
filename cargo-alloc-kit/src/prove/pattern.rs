//! Patterns of functions' names, of `--function` and the trust list: `*` stands for any characters, `::` among them, and all else for
//! itself.

use crate::view::without_arguments;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(String);

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Whether a demangled name is meant, with its type arguments or without: `app::make::<u8>` by `app::make`.
    pub(super) fn is_of(&self, name: &str) -> bool {
        matches(&self.0, name) || matches(&self.0, &without_arguments(name))
    }

    /// Whether just that is meant.
    pub(super) fn is(&self, name: &str) -> bool {
        matches(&self.0, name)
    }

    /// Names that are alike, the nearest first, for who mistyped one.
    pub(super) fn near<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<String> {
        const MOST: usize = 3;
        let wanted = self.0.replace('*', "");
        let mut near: Vec<(f64, String)> = names
            .map(without_arguments)
            .map(|name| {
                // One that is written without its path is near, too.
                let last = name.rsplit("::").next().unwrap_or_default();
                let alike = |name: &str| strsim::normalized_damerau_levenshtein(&wanted, name);
                let alike = alike(&name).max(alike(last));
                (alike, name)
            })
            .filter(|(alike, _)| *alike > 0.6)
            .collect();
        near.sort_by(|(one, name), (other, another)| other.total_cmp(one).then_with(|| name.cmp(another)));
        near.dedup();
        near.truncate(MOST);
        near.into_iter().map(|(_, name)| name).collect()
    }
}

/// By the last `*` alone it is gone back to, so that a long name takes no longer than its length by the pattern's.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut of) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while of < name.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at, of));
            at += 1;
        } else if pattern.get(at) == Some(&name[of]) {
            at += 1;
            of += 1;
        } else if let Some((back, taken)) = star {
            star = Some((back, taken + 1));
            at = back + 1;
            of = taken + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_characters() {
        let is_of = |pattern: &str, name: &str| Pattern::new(pattern).is_of(name);
        for (pattern, name) in [
            ("app::f", "app::f"),
            ("app::f", "app::f::<u8>"),
            ("app::f::<u8>", "app::f::<u8>"),
            ("app::*", "app::a::b"),
            ("*::f", "app::a::f"),
            ("a*b*c", "a-b-b-c"),
            ("**", ""),
            ("app::P::run", "<app::P<u8> as app::T>::run"),
        ] {
            assert!(is_of(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("app::f", "app::ff"),
            ("f", "app::f"),
            ("app::f::<u8>", "app::f::<u16>"),
            ("a*b", "a-b-c"),
            ("", "a"),
        ] {
            assert!(!is_of(pattern, name), "{pattern} {name}");
        }
        // Not by trying all ways to divide it.
        assert!(!is_of(&"a*".repeat(40), &("a".repeat(4_000) + "b").replace('a', "b")));
    }

    #[test]
    fn what_is_mistyped_is_near() {
        let names = ["app::decode::<u8>", "app::decode::<u16>", "app::encode", "core::fmt::write"];
        let near = |pattern: &str| Pattern::new(pattern).near(names.into_iter());
        assert_eq!(near("app::decod").first().map(String::as_str), Some("app::decode"));
        assert_eq!(near("decode"), ["app::decode", "app::encode"]);
        assert_eq!(near("app::decod*")[0], "app::decode");
        assert!(near("zzz").is_empty());
    }
}
