//! Resident memory around one large buffer.

use std::fs;

/// Puts a buffer of so many bytes through a helper that was used for small ones before, and calls the probe thrice:
/// before, with the buffer in use, and after, while the helper is still there.
pub(crate) type Large = fn(usize, &mut Probe<'_>);

/// What is called at each of the three moments.
pub(crate) type Probe<'a> = dyn FnMut() + 'a;

/// Resident bytes at the three moments.
pub(crate) fn around(large: Large, bytes: usize) -> [u64; 3] {
    let (mut seen, mut moment) = ([0; 3], 0);
    large(bytes, &mut || {
        seen[moment] = resident_bytes();
        moment += 1;
    });
    assert_eq!(moment, 3, "before, with and after");
    seen
}

/// `VmRSS` of this process.
fn resident_bytes() -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("Linux's, which is where memory is looked at");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a process has memory");
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kibibytes << 10
}

/// Fills a buffer: each page of it is written to.
pub(crate) fn fill(buffer: &mut Vec<u8>, bytes: usize) {
    buffer.resize(bytes, b'x');
    std::hint::black_box(buffer);
}
