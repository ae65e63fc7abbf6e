//! The page of the gallery.

use std::fmt::Write;

use crate::kind::Kind;

const HEAD: &str = "\
# What a broken budget looks like

Each kind of failure, as a terminal shows it: the function, what is printed, and how it is mended. The functions are in
[`app/`](app), a package of its own; where code mends it, that has a test there that passes.

All of this is printed by the commands that the pictures show. `docs/gallery/make` runs them and writes this page, and the test
`gallery` fails where something else is printed now. Lines are those of the linked sources. Left out are the numbers of threads, paths of the machine, lines of alloc-kit's
own, and, with `...`, what cargo and the test harness print around it.

";

/// The page, with all kinds in their order.
pub(crate) fn of(kinds: &[Kind]) -> String {
    let mut page = HEAD.to_owned();
    // NOTE: a String takes whatever is written.
    for Kind { title, .. } in kinds {
        let _ = writeln!(page, "- [{title}](#{})", anchor(title));
    }
    for kind in kinds {
        let Kind { name, file, title, what_broke, how_mended, code, mended, .. } = kind;
        let _ = write!(
            page,
            "\n## {title}\n\n{what_broke}\n\n```rust\n{code}\n```\n\n\
             ![{title}: what is printed]({name}.svg)\n\n([as text]({name}.txt), [source](app/{file}))\n\n{how_mended}\n"
        );
        if let Some(mended) = mended {
            let _ = write!(page, "\n```rust\n{mended}\n```\n");
        }
    }
    page
}

/// As GitHub makes it of a heading.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|&letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter.to_ascii_lowercase() }).collect()
}
