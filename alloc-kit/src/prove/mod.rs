//! Prove mode (`--cfg alloc_kit_prove`): what the attributes and macros write into a program that `cargo alloc-kit prove` looks at.
//!
//! Nothing is judged when it runs. `marks` are the records of which instructions mean something, `site` the inventory of all annotated
//! places, whether they were compiled or not, `region` and `future` put marks around work. The format of both is known to
//! `cargo-alloc-kit/src/prove/records.rs`: whoever changes it raises `VERSION`.

mod future;
mod marks;
mod region;
mod site;

pub use future::{Allowed, Proved, allowed, allowed_box, allowed_from, proved, proved_box, proved_from};
pub use marks::function;
pub(crate) use marks::{allocates, frees};
pub use region::{Allowing, Judging};
pub use site::{Note, Site};

/// Of the format of records and of the inventory.
const VERSION: u32 = 1;

/// "AKP" and the version: what each record and each note begins with.
const MAGIC: u32 = 0x414b_5000 | VERSION;

#[cfg(not(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_endian = "little",
    any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd",
        target_os = "dragonfly",
        target_os = "none"
    )
)))]
compile_error!(
    "alloc-kit: `--cfg alloc_kit_prove` is for x86_64 and aarch64, on systems whose programs are ELF files (Linux, Android, the BSDs); \
     this target is another: build for one of them (`--target x86_64-unknown-linux-gnu`), or without the cfg"
);
