//! Text with colours of a terminal, as a picture: one element for each run of a style, at the place of its column.

use std::fmt::Write;
use std::iter;

/// Columns of the terminal; what is longer goes on in the next line.
const COLUMNS: usize = 116;
/// The narrowest picture, in columns.
const AT_LEAST: usize = 60;
const COLUMN: f64 = 8.4;
const LINE: usize = 19;
const MARGIN: usize = 16;
/// The bar with the three buttons.
const BAR: usize = 30;

/// The look of a letter.
#[derive(Clone, Copy, Default, PartialEq)]
struct Style {
    bold: bool,
    /// One of the sixteen colours.
    colour: Option<u8>,
}

/// Letters of one style.
struct Run {
    style: Style,
    column: usize,
    text: String,
}

/// The text without its colours.
pub(crate) fn plain(coloured: &str) -> String {
    parts(coloured).map(|(_, text)| text).collect()
}

/// The lines as a terminal shows them, without the ends that nobody sees.
pub(crate) fn wrapped(text: &str) -> String {
    let rows = rows(text);
    let lines = rows.iter().map(|row| {
        let mut line = String::new();
        for run in row {
            line.extend(iter::repeat_n(' ', run.column - line.chars().count()));
            line.push_str(&run.text);
        }
        line + "\n"
    });
    lines.collect()
}

/// The picture of a text with colours.
pub(crate) fn picture(title: &str, coloured: &str) -> String {
    let rows = rows(coloured);
    let end = |row: &Vec<Run>| row.last().map_or(0, |run| run.column + run.text.chars().count());
    let columns = rows.iter().map(end).max().unwrap_or(0).max(AT_LEAST);
    let width = left(columns) + pixels(MARGIN);
    let height = BAR + rows.len() * LINE + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height}\" \
         viewBox=\"0 0 {width:.0} {height}\" xml:space=\"preserve\" role=\"img\">\n<title>{}</title>\n{STYLE}\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1c2128\"/>\n{BUTTONS}",
        escaped(title)
    );
    for (row, runs) in rows.iter().enumerate() {
        let y = BAR + row * LINE + 14;
        if runs.is_empty() {
            // NOTE: a String takes whatever is written.
            let _ = writeln!(svg, "<text y=\"{y}\"></text>");
        }
        for Run { style, column, text } in runs {
            let (x, length) = (left(*column), pixels(text.chars().count()) * COLUMN);
            let class = style.class();
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y}\" textLength=\"{length:.1}\"{class}>{}</text>",
                escaped(text)
            );
        }
    }
    svg + "</svg>\n"
}

/// The text that a picture shows.
pub(crate) fn text_of(svg: &str) -> String {
    let mut rows: Vec<(usize, String)> = Vec::new();
    for element in svg.lines().filter(|line| line.starts_with("<text ")) {
        let attribute = |name: &str| element.split_once(&format!(" {name}=\""))?.1.split('"').next();
        let y = attribute("y").and_then(|y| y.parse().ok()).expect("a line");
        if rows.last().is_none_or(|row| row.0 != y) {
            rows.push((y, String::new()));
        }
        let line = &mut rows.last_mut().expect("a row").1;
        if let Some(x) = attribute("x") {
            let columns = (0..COLUMNS).find(|&column| format!("{:.1}", left(column)) == x).expect("a column");
            line.extend(iter::repeat_n(' ', columns - line.chars().count()));
        }
        let inside =
            element.split_once('>').and_then(|(_, rest)| rest.strip_suffix("</text>")).expect("a text");
        line.push_str(&inside.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
    }
    rows.into_iter().map(|(_, line)| line + "\n").collect()
}

/// Where a column begins.
fn left(column: usize) -> f64 {
    pixels(MARGIN) + pixels(column) * COLUMN
}

fn pixels(n: usize) -> f64 {
    f64::from(u32::try_from(n).expect("a picture of this world"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Each line's runs, without spaces at their ends.
fn rows(coloured: &str) -> Vec<Vec<Run>> {
    let mut rows = vec![Vec::new()];
    let mut column = 0;
    for (style, text) in parts(coloured) {
        for letter in text.chars() {
            if letter == '\n' || column == COLUMNS {
                rows.push(Vec::new());
                column = 0;
            }
            if letter == '\n' {
                continue;
            }
            let row: &mut Vec<Run> = rows.last_mut().expect("a row");
            match row.last_mut().filter(|run| run.style == style) {
                Some(run) => run.text.push(letter),
                None => row.push(Run { style, column, text: letter.to_string() }),
            }
            column += 1;
        }
    }
    // The last line has an end.
    rows.pop_if(|row| row.is_empty());
    for row in &mut rows {
        for run in row.iter_mut() {
            run.column += run.text.chars().take_while(|&letter| letter == ' ').count();
            run.text = run.text.trim_matches(' ').to_owned();
        }
        row.retain(|run| !run.text.is_empty());
    }
    rows
}

/// The text between escape sequences, with the style that they make.
fn parts(coloured: &str) -> impl Iterator<Item = (Style, &str)> {
    let mut style = Style::default();
    coloured.split('\x1b').enumerate().map(move |(at, part)| {
        if at == 0 {
            return (style, part);
        }
        if let Some(rest) = part.strip_prefix("(B") {
            return (style, rest);
        }
        let end =
            part.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or_else(|| panic!("{part:?}"));
        let (sequence, rest) = part.split_at(end);
        if rest.starts_with('m') {
            style.change(sequence.trim_start_matches('['));
        }
        (style, &rest[1..])
    })
}

impl Style {
    /// As `1;31` and `38;5;9` do.
    fn change(&mut self, codes: &str) {
        let mut codes = codes.split(';').map(|code| code.parse().unwrap_or(0_u8));
        while let Some(code) = codes.next() {
            match code {
                0 => *self = Self::default(),
                1 => self.bold = true,
                22 => self.bold = false,
                30..=37 => self.colour = Some(code - 30),
                90..=97 => self.colour = Some(code - 90 + 8),
                38 => self.colour = codes.by_ref().nth(1),
                39 => self.colour = None,
                _ => panic!("a style that has no picture: {code}"),
            }
        }
    }

    fn class(self) -> String {
        let colour = self.colour.map(|colour| format!("c{}", colour % 8));
        let bold = self.bold.then(|| "b".to_owned());
        let classes: Vec<String> = bold.into_iter().chain(colour).collect();
        if classes.is_empty() { String::new() } else { format!(" class=\"{}\"", classes.join(" ")) }
    }
}

/// Bright and dark ones look the same.
const STYLE: &str = "<style>
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre; fill: #cdd5df }
.b { font-weight: bold } .c1 { fill: #ff7b72 } .c2 { fill: #56d364 } .c3 { fill: #e3b341 }
.c4 { fill: #6cb6ff } .c5 { fill: #d2a8ff } .c6 { fill: #56d4dd } .c7 { fill: #ffffff }
</style>
";
const BUTTONS: &str = "<circle cx=\"20\" cy=\"16\" r=\"5\" fill=\"#ff5f57\"/>\n\
    <circle cx=\"38\" cy=\"16\" r=\"5\" fill=\"#febc2e\"/>\n<circle cx=\"56\" cy=\"16\" r=\"5\" fill=\"#28c840\"/>\n";
