//! `ALLOC_KIT_MODE`, whatever it holds: one of the modes in the docs, or an error that names them all and shows the value.

use std::ffi::OsStr;

use alloc_kit::__private::Fuzzed;

pub(crate) fn environment(input: &[u8]) {
    assert_eq!(Fuzzed::mode(None), Ok("fail"));
    let value = of_bytes(input);
    match Fuzzed::mode(Some(value)) {
        Ok("fail") => assert!(value.is_empty() || value == "fail"),
        Ok(mode) => assert_eq!(value, mode),
        Err(why) => {
            assert!(!["", "fail", "warn", "abort", "off"].iter().any(|mode| value == *mode), "{why}");
            assert!(why.starts_with(&format!("`ALLOC_KIT_MODE={}` is no mode", value.display())), "{why}");
            for mode in ["fail", "warn", "abort", "off"] {
                assert!(why.contains(&format!("\n    {mode}")), "{why}");
            }
        }
    }
}

/// Of any bytes, where the system lets a value be that.
#[cfg(unix)]
pub(crate) fn of_bytes(bytes: &[u8]) -> &OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(bytes)
}

#[cfg(not(unix))]
pub(crate) fn of_bytes(bytes: &[u8]) -> &OsStr {
    super::bytes::Bytes(bytes).rest_as_text().as_ref()
}
