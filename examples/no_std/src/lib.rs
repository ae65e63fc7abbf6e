//! What a GNSS receiver says over its serial line, in NMEA 0183: lines such as
//! `$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47`, decoded byte by byte as they come in.
//!
//! For interrupt handlers and devices without a heap: there is no std, nothing is allocated, and `cargo test` holds the crate to
//! that. Numbers are integers in small units, since not every device has floating point.
//!
//! ```
//! use nmea::{Decoder, Fix, Sentence};
//!
//! let mut decoder = Decoder::new();
//! let mut last = None;
//! for &byte in b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n" {
//!     if let Some(Ok(sentence)) = decoder.push(byte) {
//!         last = Fix::parse(&sentence);
//!     }
//! }
//! let fix = last.unwrap();
//! assert_eq!((fix.latitude_e7, fix.longitude_e7), (481_173_000, 115_166_667));
//! assert_eq!(fix.text().as_str(), "12:35:19 48.1173000 11.5166667 8 satellites");
//! ```

#![no_std]
#![forbid(unsafe_code)]

mod decoder;
mod fix;

pub use decoder::{Decoder, Malformed, SENTENCE_BYTES_MAX, Sentence};
pub use fix::{Fix, FixText};
