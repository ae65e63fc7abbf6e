//! Pointers into a frame that go through what is not followed: wide vectors, masks, registers of mmx and x87, parts of words.

use super::{Question, in_short, verdicts};
use crate::prove::image::Image;
use crate::prove::image::made::of_rust;

/// Each of these makes a pointer to its function pointer, which then may be another.
const PROGRAM: &str = r#"
use std::arch::asm;
use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

type Called<'a> = &'a Cell<fn()>;

static KEPT: AtomicUsize = AtomicUsize::new(0);

#[inline(never)]
fn boxes() {
    drop(black_box(Box::new(black_box(5_u64))));
}

#[inline(never)]
fn fine() {
    black_box(1);
}

#[inline(never)]
fn set_kept() {
    unsafe { *(KEPT.load(Relaxed) as *mut fn()) = boxes }
}

#[inline(never)]
fn to_reversed<'a>(from: &[Called<'a>; 8], to: &mut [Called<'a>; 8]) {
    for at in 0..8 {
        to[at] = from[7 - at];
    }
}

#[inline(never)]
fn reversed() {
    let (f, g) = (Cell::new(fine as fn()), Cell::new(fine as fn()));
    let mut to = [&g; 8];
    to_reversed(&[&g, &g, &f, &g, &g, &g, &g, &g], &mut to);
    to[5].set(boxes);
    f.get()()
}

#[inline(never)]
fn to_copied<'a>(from: &[Called<'a>; 8], to: &mut [Called<'a>; 8]) {
    *to = *from;
}

#[inline(never)]
fn copied() {
    let (f, g) = (Cell::new(fine as fn()), Cell::new(fine as fn()));
    let mut to = [&g; 8];
    to_copied(&[&g, &g, &g, &g, &g, &g, &f, &g], &mut to);
    to[6].set(boxes);
    f.get()()
}

macro_rules! through {
    ($name:ident, $from:ident, $pointer:expr, $($asm:tt)*) => {
        #[inline(never)]
        fn $name() {
            let mut f: fn() = fine;
            let $from = &raw mut f;
            unsafe { asm!($($asm)*, p = in(reg) $pointer, k = in(reg) KEPT.as_ptr(), options(nostack)) };
            set_kept();
            f()
        }
    };
}

through!(by_mmx, from, from, "movq mm0, {p}", "movq [{k}], mm0", "emms");
through!(by_mmx_of_memory, from, &from, "movq mm0, [{p}]", "movq [{k}], mm0", "emms");
through!(by_x87, from, &from, "fild qword ptr [{p}]", "fistp qword ptr [{k}]");
through!(by_mask, from, from, "kmovq k1, {p}", "kmovq [{k}], k1");
through!(by_gather, from, &from, "vpxor xmm0, xmm0, xmm0", "vpcmpeqd xmm1, xmm1, xmm1",
    "vpgatherqq xmm2, [{p} + xmm0*8], xmm1", "vmovq [{k}], xmm2");
through!(by_pair, from, from, "movq xmm0, {p}", "vpextrq rax, xmm0, 0", "movq mm0, rax", "movq [{k}], mm0", "emms", out("rax") _);
through!(by_upper_lanes, from, from, "vpbroadcastq zmm0, {p}", "vpxor xmm1, xmm1, xmm1", "movaps xmm0, xmm1",
    "vextracti64x4 ymm2, zmm0, 1", "vmovq [{k}], xmm2");

#[inline(never)]
fn by_parts() {
    let mut f: fn() = fine;
    let from = [0, &raw mut f as usize, 0];
    let mut to = [0_usize; 3];
    unsafe {
        asm!("movups xmm0, [{p} + 4]", "movups [{k} + 4], xmm0", p = in(reg) &from, k = in(reg) &mut to);
        *(to[1] as *mut fn()) = boxes;
    }
    f()
}

#[inline(never)]
fn kept() {
    let f = Cell::new(fine as fn());
    let to = black_box(7);
    f.get()();
    black_box(to);
}

fn main() {
    let all: [fn(); 11] = [reversed, copied, by_mmx, by_mmx_of_memory, by_x87, by_mask, by_gather, by_pair, by_upper_lanes,
        by_parts, kept];
    for function in black_box(all) {
        function();
    }
}
"#;

const LOST: [&str; 10] = [
    "reversed",
    "copied",
    "by_mmx",
    "by_mmx_of_memory",
    "by_x87",
    "by_mask",
    "by_gather",
    "by_pair",
    "by_upper_lanes",
    "by_parts",
];

#[test]
fn what_is_not_followed_is_lost() {
    let wide: &[&str] = &["-Ctarget-cpu=x86-64-v4", "-Ctarget-feature=-prefer-256-bit"];
    for flags in [&[][..], &["-Ctarget-cpu=x86-64-v3"], wide] {
        let flags = [&["-Copt-level=3", "-Csymbol-mangling-version=v0"], flags].concat();
        let Some((bytes, _folder)) = of_rust(PROGRAM, &flags) else { return };
        let image = Image::read(bytes).unwrap();
        let judged = |name: &str| {
            let name = format!("1p{}{name}", name.len());
            in_short(&verdicts(&image, &Question::default(), &[&name])[0])
        };
        for name in LOST {
            let verdict = judged(name);
            assert!(
                !verdict.contains("proven") && !verdict.contains("panicking"),
                "{flags:?} {name} {verdict}"
            );
        }
        assert_eq!(judged("kept"), "proven", "{flags:?}");
    }
}
