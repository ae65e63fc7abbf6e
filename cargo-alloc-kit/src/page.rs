//! A page that needs nothing else: its policy lets no script and no style run but its own two, and loads nothing.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

/// The whole page.
pub(crate) fn of(title: &str, styles: &[&str], scripts: &[&str], body: &Markup) -> String {
    let (style, script) = (joined(styles), joined(scripts));
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        sum(&style),
        sum(&script)
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(&style)) }
            }
            body {
                (body)
                script { (PreEscaped(&script)) }
            }
        }
    };
    page.into_string() + "\n"
}

/// As a browser has it, in which line ends are of one kind.
fn joined(texts: &[&str]) -> String {
    texts.concat().replace('\r', "")
}

/// `sha256-` and the sum of a style or a script, as a policy names it.
fn sum(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sum = Sha256::digest(text.as_bytes());
    let mut base64 = String::from("sha256-");
    for bytes in sum.chunks(3) {
        let at = |index: usize| u32::from(bytes.get(index).copied().unwrap_or_default());
        let group = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..4 {
            let of = (group >> (18 - 6 * digit)) & 63;
            base64.push(if digit > bytes.len() { '=' } else { char::from(DIGITS[of as usize]) });
        }
    }
    base64
}
