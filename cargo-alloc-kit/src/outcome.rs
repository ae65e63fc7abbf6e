//! What a run comes to, as `test` and `merge` show it.

use std::fmt::Write;

use crate::blocks;
use crate::caveats::{Caveat, Kind};
use crate::cli::{MessageFormat, Output};
use crate::exit::{Exit, Failure};
use crate::json;
use crate::ratchet;
use crate::shell::{BOLD, Shell};
use crate::table::{self, Look};
use crate::untrusted;
use crate::view::Platform;

/// Shows all that is known, or of all only what is wrong.
pub(crate) fn show(
    platforms: &[Platform],
    exit: Exit,
    compared: Option<&ratchet::Outcome>,
    caveats: &[Caveat],
    output: &Output,
    shell: &mut Shell,
) {
    match output.message_format {
        MessageFormat::Json => shell.result(json::of(platforms, Some(exit), compared, caveats)),
        MessageFormat::Human => {
            let look = Look { width: shell.width(), all: shell.is_verbose() };
            shell.result(text(&untrusted::cleaned(platforms), exit, look, shell.is_quiet()));
            if let Some(compared) = compared {
                shell.result(compared.text());
            }
        }
    }
    say(platforms, exit, caveats, shell);
}

/// Why it does not pass, where the table does not say so.
pub(crate) fn say(platforms: &[Platform], exit: Exit, caveats: &[Caveat], shell: &mut Shell) {
    match exit {
        // Cargo has said so, above of the table.
        Exit::Worse => shell.error("a function uses more than what is saved"),
        Exit::TestsFailed => shell.error("the tests failed, for another reason than a budget"),
        Exit::NotVerified if caveats.iter().any(|caveat| caveat.kind == Kind::Lost) => {
            shell.error("what test programs knew is lost in part: it is not shown that every budget holds");
        }
        Exit::NotVerified => shell.error("budgets were not verified (`--allow not-verified` lets that pass)"),
        Exit::NeverExercised => shell.error("budgets were never exercised, and that is denied"),
        Exit::NoBudgets if platforms.iter().any(|platform| !platform.budgets.is_empty()) => {
            shell.error("no budget was judged: nothing was shown to hold");
        }
        _ => {}
    }
}

/// All that is known; or, if it is to be `quiet`, what is wrong, and what it comes to.
pub(crate) fn text(platforms: &[Platform], exit: Exit, look: Look, quiet: bool) -> String {
    let mut text = String::new();
    for platform in platforms {
        let wrong = [blocks::broken(platform), blocks::not_verified(platform)].concat();
        let mut part = String::new();
        if !quiet {
            part += &table::of(platform, look);
        }
        part += &wrong;
        if !quiet || exit == Exit::NeverExercised {
            part += &blocks::never_exercised(platform);
        }
        if !quiet {
            part += &blocks::exceptions(platform);
        }
        // The line between two blocks is none in front of the first.
        let part = part.trim_start_matches('\n');
        if !part.is_empty() {
            if platforms.len() > 1 {
                let _ = writeln!(text, "{BOLD}{}{BOLD:#}", platform.name());
            }
            text += part;
            text.push('\n');
        }
    }
    text + &blocks::summary(platforms)
}

/// That nothing was shown to hold.
pub(crate) fn no_budgets(message: &str) -> Failure {
    Failure {
        exit: Exit::NoBudgets,
        message: message.to_owned(),
        help: Some(
            "`#[no_alloc]` or `#[alloc_budget(n)]` on a function, and `cargo add alloc-kit --dev --features enforce`".to_owned(),
        ),
    }
}

/// That all which was known is lost.
pub(crate) fn nothing_left() -> Failure {
    Failure {
        exit: Exit::NotVerified,
        message: "what all test programs knew is lost: nothing was shown to hold".to_owned(),
        help: None,
    }
}
