//! The functions `before` and `after` of a sample, without the marks of what the rule must find.

use ast_grep_language::LanguageExt;
use serde::Serialize;

use crate::audit::language::Language;
use crate::audit::rules::Rule;
use crate::audit::rules::measured;
use crate::audit::scan::Tree;

/// What a rule finds, and what its advice makes of it.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Example {
    pub(super) before: String,
    /// Not known of a rule without a sample that was measured.
    pub(super) after: Option<String>,
}

/// That of a rule: of its program, or else the first text that it must match.
pub(super) fn of(rule: &Rule) -> Option<Example> {
    let of_program = measured::sample(&rule.id).and_then(|program| of_text(rule.language, program));
    of_program.or_else(|| {
        let text = rule.matches.first()?;
        Some(Example { before: unmarked(text.trim_end()), after: None })
    })
}

/// The two functions, each with what only it makes use of: its own types.
fn of_text(language: Language, text: &str) -> Option<Example> {
    let tree = language.grammars()[0].ast_grep(text);
    let root = tree.root();
    let items: Vec<(String, String)> =
        root.children().filter_map(|node| Some((name(&node)?, node.text().into_owned()))).collect();
    let find = |wanted: &str| items.iter().find(|(name, _)| name == wanted).map(|(_, text)| text.as_str());
    let (before, after) = (find("before")?, find("after")?);
    let with_own = |function: &str, other: &str| {
        let is_own = |name: &str| mentions(function, name) && !mentions(other, name);
        let own = items
            .iter()
            .filter(|(name, _)| !["before", "after", "main"].contains(&name.as_str()) && is_own(name));
        let mut parts: Vec<&str> = own.map(|(_, text)| text.as_str()).collect();
        parts.push(function);
        unmarked(&parts.join("\n\n"))
    };
    Some(Example { before: with_own(before, after), after: Some(with_own(after, before)) })
}

/// What a piece at the top of a program is called.
fn name(node: &Tree<'_>) -> Option<String> {
    let named = |node: &Tree<'_>| {
        node.field("name").or_else(|| node.field("type")).map(|name| name.text().into_owned())
    };
    named(node).or_else(|| {
        // `const before = () => ..`, `@dataclass class ..`, `export function ..`, `TABLE = ..`
        let inner = node
            .children()
            .find(|child| child.is_named() && (named(child).is_some() || child.kind() == "assignment"))?;
        named(&inner).or_else(|| inner.field("left").map(|left| left.text().into_owned()))
    })
}

/// Whether a text has a word.
fn mentions(text: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Without the comments `~` at the ends of lines.
fn unmarked(text: &str) -> String {
    let line = |line: &str| {
        let end = line.trim_end();
        let code = end.strip_suffix("// ~").or_else(|| end.strip_suffix("# ~"));
        code.unwrap_or(end).trim_end().to_owned()
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_functions_are_taken_with_what_is_their_own() {
        let rust = "//! A sample.\nuse std::fmt;\n\nconst N: u32 = 9;\nstruct Boxed(Box<Vec<u8>>);\n\nfn before() -> u32 {\n    let b = Boxed(make()); // ~\n    \
                    N\n}\n\nfn after() -> u32 {\n    N // a comment\n}\n\nfn main() { before(); after(); }\n";
        let example = of_text(Language::Rust, rust).expect("one");
        assert_eq!(
            example.before,
            "struct Boxed(Box<Vec<u8>>);\n\nfn before() -> u32 {\n    let b = Boxed(make());\n    N\n}"
        );
        assert_eq!(example.after.as_deref(), Some("fn after() -> u32 {\n    N // a comment\n}"));

        let python = "class Before:\n    pass\n\n\n@dataclass\nclass After:\n    x: int\n\nTABLE = [1]\n\ndef before():\n    return Before()  # ~\n\n\
                      def after():\n    return After(TABLE)\n";
        let example = of_text(Language::Python, python).expect("one");
        assert_eq!(example.before, "class Before:\n    pass\n\ndef before():\n    return Before()");
        assert_eq!(
            example.after.as_deref(),
            Some(
                "@dataclass\nclass After:\n    x: int\n\nTABLE = [1]\n\ndef after():\n    return After(TABLE)"
            )
        );

        let javascript = "function before() {\n  return 1; // ~\n}\nconst after = () => 2;\n";
        let example = of_text(Language::JavaScript, javascript).expect("one");
        assert_eq!(
            (example.before.as_str(), example.after.as_deref()),
            ("function before() {\n  return 1;\n}", Some("const after = () => 2;"))
        );
        assert_eq!(of_text(Language::JavaScript, "function before() {}"), None);
    }

    #[test]
    fn words_are_whole() {
        assert!(
            mentions("f(Row)", "Row")
                && !mentions("f(Rows)", "Row")
                && !mentions("$Row", "Row")
                && !mentions("", "Row")
        );
    }

    #[test]
    fn every_rule_with_a_pattern_has_an_example() {
        for rule in crate::audit::rules::all().iter().filter(|rule| rule.has_pattern()) {
            let example = of(rule).unwrap_or_else(|| panic!("{} has none", rule.id));
            assert!(
                !example.before.is_empty()
                    && !example.before.contains("// ~")
                    && !example.before.contains("# ~"),
                "{}",
                rule.id
            );
        }
        for rule in crate::audit::rules::all() {
            if let Some(program) = measured::sample(&rule.id) {
                let example = of_text(rule.language, program);
                assert!(
                    example.is_some_and(|example| example.after.is_some()),
                    "{}: no `before` and `after`",
                    rule.id
                );
            }
        }
    }
}
