//! The languages of the audit, and the grammars that their files are read with.

use std::path::Path;

use ast_grep_language::SupportLang;
use serde::{Deserialize, Serialize};

/// A language as the guide and the reports have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    Rust,
    JavaScript,
    Python,
}

/// What the kinds of nodes are called that the engine itself has to know.
#[derive(Debug)]
pub(crate) struct Kinds {
    pub(crate) functions: &'static [&'static str],
    pub(crate) loops: &'static [&'static str],
    pub(crate) classes: &'static [&'static str],
    /// What of a class runs outside of its functions.
    pub(crate) fields: &'static [&'static str],
    /// What may or may not be done, where somebody asks.
    pub(crate) branches: &'static [&'static str],
}

impl Language {
    pub(crate) const ALL: [Self; 3] = [Self::Rust, Self::JavaScript, Self::Python];

    /// As it is shown.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::JavaScript => "TypeScript/JavaScript",
            Self::Python => "Python",
        }
    }

    /// Every grammar that files of the language are read with: rules are compiled for each.
    pub(crate) fn grammars(self) -> &'static [SupportLang] {
        match self {
            Self::Rust => &[SupportLang::Rust],
            Self::JavaScript => &[SupportLang::Tsx, SupportLang::TypeScript],
            Self::Python => &[SupportLang::Python],
        }
    }

    /// The language of a file, by its ending, and the grammar. JavaScript is read as TSX, which holds it and JSX; TypeScript
    /// has a grammar of its own, since `<T>x` means something else in it.
    pub(crate) fn of(path: &Path) -> Option<(Self, SupportLang)> {
        Some(match path.extension()?.to_str()? {
            "rs" => (Self::Rust, SupportLang::Rust),
            "js" | "jsx" | "mjs" | "cjs" | "tsx" => (Self::JavaScript, SupportLang::Tsx),
            "ts" | "mts" | "cts" => (Self::JavaScript, SupportLang::TypeScript),
            "py" | "pyi" => (Self::Python, SupportLang::Python),
            _ => return None,
        })
    }

    pub(crate) fn kinds(self) -> &'static Kinds {
        match self {
            Self::Rust => &Kinds {
                functions: &["function_item", "closure_expression"],
                loops: &["for_expression", "while_expression", "loop_expression"],
                classes: &["impl_item", "trait_item"],
                fields: &[],
                branches: &["if_expression", "match_arm"],
            },
            Self::JavaScript => &Kinds {
                functions: &[
                    "function_declaration",
                    "function_expression",
                    "arrow_function",
                    "method_definition",
                    "generator_function",
                    "generator_function_declaration",
                ],
                loops: &["for_statement", "for_in_statement", "while_statement", "do_statement"],
                classes: &["class_declaration", "class"],
                fields: &["public_field_definition", "class_static_block"],
                branches: &[],
            },
            Self::Python => &Kinds {
                functions: &["function_definition", "lambda"],
                loops: &[
                    "for_statement",
                    "while_statement",
                    "list_comprehension",
                    "set_comprehension",
                    "dictionary_comprehension",
                    "generator_expression",
                ],
                classes: &["class_definition"],
                fields: &[],
                branches: &[],
            },
        }
    }
}
