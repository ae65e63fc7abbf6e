//! The library where there is no std. With the C library of Linux in the place of a device, so that it can be run:
//!
//! ```sh
//! cargo run --manifest-path examples/no_std/bare/Cargo.toml   # exits with 0 if the fix is right
//! ```
//!
//! alloc-kit has `alloc` in it, so that a program has to name an allocator. A device without a heap names one that has nothing.

#![no_std]
#![no_main]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;
use core::ptr;
use nmea::{Decoder, Fix};

struct NoHeap;

// SAFETY: null is how an allocator says that it has no memory, and nothing is given back that was not given.
unsafe impl GlobalAlloc for NoHeap {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static HEAP: NoHeap = NoHeap;

#[link(name = "c")]
unsafe extern "C" {
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    abort()
}

/// `core` comes compiled for unwinding, and names it; nothing unwinds here.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    let line = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n";
    let mut decoder = Decoder::new();
    for &byte in line {
        if let Some(Ok(sentence)) = decoder.push(byte) {
            let is_right = Fix::parse(&sentence).is_some_and(|fix| fix.text().ends_with(" 8 satellites"));
            return i32::from(!is_right);
        }
    }
    2
}
