//! `unsafe` functions keep their unsafe context, whatever receiver they have.
//!
//! Run with: `cargo test -p alloc-kit-tests --test unsafe_forms`.

use alloc_kit::no_alloc;

struct Table([u8; 4]);

impl Table {
    /// # Safety
    ///
    /// `at` is below 4.
    #[no_alloc]
    unsafe fn get(&self, at: usize) -> u8 {
        // SAFETY: the caller's promise.
        unsafe { *self.0.get_unchecked(at) }
    }

    /// # Safety
    ///
    /// `at` is below 4.
    #[no_alloc]
    unsafe fn into_byte(self, at: usize) -> u8 {
        // SAFETY: the caller's promise.
        unsafe { self.get(at) }
    }
}

/// # Safety
///
/// None; C calls it.
#[no_alloc]
#[unsafe(no_mangle)]
unsafe extern "C" fn alloc_kit_tests_add(a: u8, b: u8) -> u8 {
    a.wrapping_add(b)
}

#[test]
fn unsafe_functions() {
    let table = Table([1, 2, 3, 4]);
    // SAFETY: 2 is below 4.
    assert_eq!(unsafe { table.get(2) }, 3);
    // SAFETY: 3 is below 4.
    assert_eq!(unsafe { table.into_byte(3) }, 4);
    // SAFETY: it has no requirement.
    assert_eq!(unsafe { alloc_kit_tests_add(1, 2) }, 3);
}
