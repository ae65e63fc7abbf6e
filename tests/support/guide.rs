//! The guide to heap allocations, its part on Rust, row by row.

/// What allocates, quick wins and anti-patterns: each has workloads, and a recipe.
pub(crate) const GUIDE: [(&str, &str); 15] = [
    ("allocates", "`Box<T>`"),
    ("allocates", "`Vec<T>`"),
    ("allocates", "`String`"),
    ("allocates", "`HashMap<K,V>`"),
    ("allocates", "`Rc<T>`/`Arc<T>`"),
    ("quick win", "`Vec::with_capacity(n)`"),
    ("quick win", "`clone_from(&b)`"),
    ("quick win", "`buf.clear()`"),
    ("quick win", "`&str` not `String`"),
    ("quick win", "`Cow<'static, str>`"),
    ("quick win", "Avoid `format!()` for static strings"),
    ("anti-pattern", "`.clone()` in hot loops"),
    ("anti-pattern", "`.to_string()` on literals"),
    ("anti-pattern", "`collect::<Vec<_>>()` mid-iterator"),
    ("anti-pattern", "`Box<Vec<T>>`"),
];
