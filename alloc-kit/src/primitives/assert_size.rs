//! What `assert_size!` expands to: a comparison at compile time, and the text for when it fails.

/// What a size is to be, in bytes.
#[derive(Debug, Clone, Copy)]
pub enum SizeIs {
    /// `<=`
    AtMost(usize),
    /// `<`
    Below(usize),
    /// `==`
    Exactly(usize),
}

/// Compares the size of a type, while compiling.
///
/// # Panics
///
/// If the size is another, at the place of the caller.
#[track_caller]
pub const fn assert_size(name: &str, size_bytes: usize, is: SizeIs) {
    let (holds, wanted, bytes) = match is {
        SizeIs::AtMost(bytes) => (size_bytes <= bytes, "at most ", bytes),
        SizeIs::Below(bytes) => (size_bytes < bytes, "less than ", bytes),
        SizeIs::Exactly(bytes) => (size_bytes == bytes, "exactly ", bytes),
    };
    if !holds {
        let mut text = Text::new();
        text.push("`");
        text.push_name(name);
        text.push("` is ");
        text.push_number(size_bytes);
        text.push(if size_bytes == 1 { " byte" } else { " bytes" });
        text.push("; assert_size! wants ");
        text.push(wanted);
        text.push_number(bytes);
        panic!("{}", text.as_str());
    }
}

/// The most of a type's name that is shown.
const NAME_BYTES: usize = 200;

/// Text that a constant can hold; nothing that formats can be called in one. What is beyond its end is left out.
struct Text {
    bytes: [u8; NAME_BYTES + 128],
    len: usize,
}

impl Text {
    const fn new() -> Self {
        Self { bytes: [0; NAME_BYTES + 128], len: 0 }
    }

    const fn push(&mut self, text: &str) {
        self.push_start(text.as_bytes(), text.len());
    }

    /// The name, or as much of it as there is room for.
    const fn push_name(&mut self, name: &str) {
        let mut end = name.len();
        if end > NAME_BYTES {
            end = NAME_BYTES;
            while !name.is_char_boundary(end) {
                end -= 1;
            }
        }
        self.push_start(name.as_bytes(), end);
        if end < name.len() {
            self.push("..");
        }
    }

    const fn push_start(&mut self, bytes: &[u8], end: usize) {
        let mut at = 0;
        while at < end {
            self.bytes[self.len] = bytes[at];
            self.len += 1;
            at += 1;
        }
    }

    const fn push_number(&mut self, number: usize) {
        if number >= 10 {
            self.push_number(number / 10);
        }
        #[expect(clippy::cast_possible_truncation, reason = "a digit")]
        let digit = b'0' + (number % 10) as u8;
        self.push_start(&[digit], 1);
    }

    const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "the size is another",
        }
    }
}
