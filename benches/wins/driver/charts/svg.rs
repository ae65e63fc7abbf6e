//! As much of SVG as charts need.

use std::fmt::Write as _;

/// Behind all.
pub(crate) const GROUND: &str = "#ffffff";
/// What is written and drawn in the first place.
pub(crate) const INK: &str = "#24292f";
/// What is less important.
pub(crate) const PALE: &str = "#57606a";
/// Lines behind all.
pub(crate) const GRID: &str = "#d8dee4";
/// The naive way.
pub(crate) const BEFORE: &str = "#e69f00";
/// alloc-kit's.
pub(crate) const AFTER: &str = "#0072b2";
/// The same, under another allocator.
pub(crate) const AFTER_TOO: &str = "#56b4e9";

/// How wide a chart is.
pub(crate) const WIDTH: f64 = 800.0;

const FONT: &str = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, 'DejaVu Sans', sans-serif";

/// A chart that is being drawn.
#[derive(Debug)]
pub(crate) struct Svg {
    height: f64,
    body: String,
}

/// Which part of a text is where it is put.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) pixels: u32,
    pub(crate) colour: &'static str,
    pub(crate) bold: bool,
}

impl Style {
    pub(crate) const TITLE: Self = Self { pixels: 17, colour: INK, bold: true };
    pub(crate) const STRONG: Self = Self { pixels: 13, colour: INK, bold: true };
    pub(crate) const PLAIN: Self = Self { pixels: 13, colour: INK, bold: false };
    pub(crate) const SMALL: Self = Self { pixels: 12, colour: PALE, bold: false };
}

impl Svg {
    /// With a title, and what is to be seen in some words.
    pub(crate) fn new(height: f64, title: &str, words: &str) -> Self {
        let mut svg = Self { height, body: String::new() };
        svg.put(format_args!("<title>{}</title>\n<desc>{}</desc>", escape(title), escape(words)));
        svg.put(format_args!(
            r#"<rect x="0.5" y="0.5" width="{}" height="{}" rx="6" fill="{GROUND}" stroke="{GRID}"/>"#,
            WIDTH - 1.0,
            height - 1.0
        ));
        svg.text(20.0, 32.0, Anchor::Start, Style::TITLE, title);
        svg.text(20.0, 53.0, Anchor::Start, Style::SMALL, words);
        svg
    }

    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, style: Style, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if style.bold { r#" font-weight="600""# } else { "" };
        let (pixels, colour, words) = (style.pixels, style.colour, escape(words));
        // A rim in the colour of the ground keeps lines that are behind it off.
        self.put(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" font-size="{pixels}" fill="{colour}"{weight} stroke="{GROUND}" stroke-width="3" paint-order="stroke">{words}</text>"#
        ));
    }

    pub(crate) fn line(&mut self, from: [f64; 2], to: [f64; 2], colour: &str, width: f64) {
        let ([x1, y1], [x2, y2]) = (from, to);
        self.put(format_args!(
            r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" stroke="{colour}" stroke-width="{width}"/>"#
        ));
    }

    /// From the left to the right.
    pub(crate) fn bar(&mut self, left: f64, right: f64, y: f64, height: f64, colour: &str) {
        let width = (right - left).max(0.0);
        self.put(format_args!(
            r#"<rect x="{left:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{colour}"/>"#
        ));
    }

    /// Points, with lines between them.
    pub(crate) fn path(&mut self, points: &[[f64; 2]], colour: &str) {
        let list: Vec<String> = points.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect();
        let list = list.join(" ");
        self.put(format_args!(
            r#"<polyline points="{list}" fill="none" stroke="{colour}" stroke-width="2"/>"#
        ));
        for point in points {
            self.dot(*point, colour);
        }
    }

    pub(crate) fn dot(&mut self, [x, y]: [f64; 2], colour: &str) {
        self.put(format_args!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="3" fill="{colour}"/>"#));
    }

    /// What was drawn.
    pub(crate) fn finish(self) -> String {
        let Self { height, body } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{WIDTH}\" height=\"{height}\" \
             viewBox=\"0 0 {WIDTH} {height}\" font-family=\"{FONT}\">\n{body}</svg>\n"
        )
    }

    fn put(&mut self, element: std::fmt::Arguments<'_>) {
        writeln!(self.body, "{element}").expect("a String takes all");
    }
}

/// Two lines: as many words as fit in the first, and the rest.
pub(crate) fn two_lines(words: &str, characters: usize) -> [String; 2] {
    let mut lines = [String::new(), String::new()];
    for word in words.split_whitespace() {
        let fits = lines[1].is_empty() && lines[0].chars().count() + word.chars().count() < characters;
        let line = &mut lines[usize::from(!fits)];
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}

/// Backquotes are for Markdown.
fn escape(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('`', "")
}
