//! Every form of function that the attributes take: it does what it did, and its allocations are all inside.
//!
//! `forbid(unsafe_code)` and the denied lints hold for what the attributes write, too. Functions that are `unsafe`
//! are in `unsafe_forms.rs`.
//! Run with: `cargo test -p alloc-kit-tests --test attributes`, also with `--release`.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]
use std::fmt::Debug;
use std::hint::black_box;
use std::num::ParseIntError;
use std::panic::{self, AssertUnwindSafe, Location};
use std::pin::Pin;
use std::rc::Rc;

use alloc_kit::{alloc_budget, no_alloc};

/// The first line of the message with which the call fails.
fn broken<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a broken budget");
    let message = payload.downcast::<String>().expect("a message");
    message.lines().next().expect("a first line").to_owned()
}

/// Something whose drop frees one block.
#[derive(Debug)]
struct Owner(#[expect(dead_code, reason = "what counts is its drop")] Box<u64>);

impl Default for Owner {
    fn default() -> Self {
        // An optimising build would leave the block out where it could see that nobody looks at it.
        Self(black_box(Box::new(0)))
    }
}

#[no_alloc]
fn free_function(a: u32, b: u32) -> u32 {
    a + b
}

#[alloc_budget(1)]
fn no_result(list: &mut Vec<u32>) {
    list.push(1);
}

#[no_alloc]
fn generic<T: Clone + Debug, const N: usize>(items: [T; N]) -> T {
    items[N / 2].clone()
}

#[no_alloc]
fn with_where<'a, T>(first: &'a T, second: &'a T) -> &'a T
where
    T: PartialOrd,
{
    if first < second { first } else { second }
}

#[no_alloc]
fn takes_and_gives_impl(items: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> + Clone
where
{
    let sum: u32 = items.sum();
    std::iter::repeat_n(sum, 2)
}

#[no_alloc]
fn nested_impl(n: u8) -> Result<impl Iterator<Item = u8>, Box<dyn std::error::Error>> {
    let end = n.checked_add(1).ok_or("too many")?;
    Ok(1..end)
}

#[alloc_budget(1)]
fn coerces(n: usize) -> Box<dyn Fn(usize) -> usize> {
    Box::new(move |more| n + more)
}

#[no_alloc]
fn elided(text: &str) -> Option<&str> {
    let text = text.strip_prefix('a')?;
    Some(text.trim())
}

#[no_alloc]
fn question_mark(text: &str) -> Result<i32, ParseIntError> {
    let n: i32 = text.parse()?;
    if n > 100 {
        return Ok(100);
    }
    Ok(n)
}

#[no_alloc]
extern "C" fn of_c(n: i32) -> i32 {
    n + 1
}

#[no_alloc]
fn opaque_closure(n: usize) -> impl Fn(&str) -> bool {
    move |text| text.len() > n
}

#[no_alloc]
fn opaque_higher_ranked() -> impl for<'a> Fn(&'a str) -> &'a str {
    |text: &str| text
}

#[no_alloc]
fn opaque_that_allocates(n: u32) -> impl Copy {
    let kept = Temporary(n);
    kept.value()
}

#[no_alloc]
fn lints_of_parameters(
    #[allow(unused_variables)] a: Vec<u8>,
    #[expect(unused_variables)] b: Vec<u8>,
    #[allow(unused_mut)] mut c: Vec<u8>,
    #[cfg_attr(test, allow(unused_variables))] d: Vec<u8>,
    #[cfg(any())] e: Nothing,
) -> usize {
    c.len()
}

#[test]
fn functions_do_what_they_did() {
    assert!(opaque_closure(1)("ab") && opaque_higher_ranked()("ab") == "ab");
    let allocated = "alloc-kit: `opaque_that_allocates` made 1 heap allocation (4 bytes); its budget is 0";
    assert_eq!(broken(|| opaque_that_allocates(1)), allocated);
    assert_eq!(lints_of_parameters(Vec::new(), Vec::new(), Vec::new(), Vec::new()), 0);
    assert_eq!(free_function(1, 2), 3);
    let mut list = Vec::new();
    no_result(&mut list);
    assert_eq!(list, [1]);
    assert_eq!(generic([1, 2, 3]), 2);
    assert_eq!(with_where(&3, &2), &2);
    assert_eq!(takes_and_gives_impl([1, 2].into_iter()).collect::<Vec<_>>(), [3, 3]);
    assert_eq!(nested_impl(3).unwrap().count(), 3);
    assert_eq!(coerces(2)(3), 5);
    assert_eq!(elided("a b "), Some("b"));
    assert_eq!(elided("b"), None);
    assert_eq!((question_mark("7"), question_mark("700")), (Ok(7), Ok(100)));
    assert!(question_mark("x").is_err());
    assert_eq!(of_c(1), 2);
}

#[no_alloc(deallocations = 0)]
fn drops_parameter(_owner: Owner) {}

#[no_alloc(deallocations = 0)]
fn drops_unnamed(_: Owner) {}

#[no_alloc(deallocations = 0)]
fn drops_rest_of_a_pattern((n, _): (u32, Owner)) -> u32 {
    n
}

#[no_alloc(deallocations = 0)]
fn keeps_parameter(owner: Owner) -> Owner {
    owner
}

#[no_alloc]
fn patterns(
    mut n: u32,
    (a, b): (u32, u32),
    [first, ..]: [u32; 3],
    &c: &u32,
    whole @ (_, _): (u8, u8),
) -> u32 {
    n += a + b + first + c;
    n + u32::from(whole.0)
}

#[test]
fn parameters_are_dropped_inside() {
    let freed =
        |what: &str| format!("alloc-kit: `{what}` made 1 deallocation; its budget is `deallocations = 0`");
    assert_eq!(broken(|| drops_parameter(Owner::default())), freed("drops_parameter"));
    assert_eq!(broken(|| drops_unnamed(Owner::default())), freed("drops_unnamed"));
    let of_pattern = broken(|| drops_rest_of_a_pattern((1, Owner::default())));
    assert_eq!(of_pattern, freed("drops_rest_of_a_pattern"));
    drop(keeps_parameter(Owner::default()));
    assert_eq!(patterns(1, (2, 3), [4, 0, 0], &5, (6, 0)), 21);
}

/// Its drop allocates; a tail expression keeps it as a temporary.
struct Temporary(u32);

impl Drop for Temporary {
    fn drop(&mut self) {
        black_box(Box::new(self.0));
    }
}

impl Temporary {
    fn value(&self) -> u32 {
        self.0
    }
}

#[no_alloc]
fn tail_temporary(n: u32) -> u32 {
    Temporary(n).value()
}

#[no_alloc]
fn early_return_drops(n: u32) -> u32 {
    let kept = Temporary(n);
    if n > 0 {
        return kept.value();
    }
    0
}

#[test]
fn temporaries_and_locals_are_dropped_inside() {
    let allocated =
        |what: &str| format!("alloc-kit: `{what}` made 1 heap allocation (4 bytes); its budget is 0");
    assert_eq!(broken(|| tail_temporary(1)), allocated("tail_temporary"));
    assert_eq!(broken(|| early_return_drops(1)), allocated("early_return_drops"));
}

#[derive(Default)]
struct Parser {
    text: String,
    owner: Owner,
}

impl Parser {
    #[no_alloc]
    fn by_ref(&self) -> usize {
        self.text.len()
    }

    #[alloc_budget(1, bytes = 64)]
    fn by_mut(&mut self, n: usize) -> &mut str {
        self.text.reserve_exact(n);
        &mut self.text
    }

    #[no_alloc(deallocations = 0)]
    fn by_value(self) -> String {
        self.text
    }

    #[no_alloc(deallocations = 0)]
    fn by_value_mut(mut self, other: Owner) -> Self {
        std::mem::forget(std::mem::replace(&mut self.owner, other));
        self
    }

    #[no_alloc(deallocations = 1)]
    fn boxed(self: Box<Self>) -> (String, Owner) {
        let this = *self;
        (this.text, this.owner)
    }

    #[no_alloc]
    fn counted(self: &Rc<Self>) -> usize {
        Rc::strong_count(self)
    }

    #[no_alloc]
    fn pinned(self: Pin<&mut Self>, text: &str) -> bool {
        self.text == text
    }

    #[no_alloc]
    #[track_caller]
    fn tracked(self) -> (&'static Location<'static>, Self) {
        let here = Location::caller();
        (here, self)
    }

    #[no_alloc]
    #[track_caller]
    fn tracked_and_changed(mut self, more: usize) -> (usize, u32) {
        use std::mem::{self, size_of_val};
        let _ = (mem::discriminant(&Some(1)), size_of_val(&self));
        self.text.truncate(more);
        (self.text.len(), Location::caller().line())
    }

    #[no_alloc]
    fn splits(self: Box<Self>, buffer: &mut [u8]) -> (&mut [u8], &mut [u8]) {
        buffer.split_at_mut(self.text.len())
    }

    #[no_alloc]
    fn associated() -> Self
    where
        Self: Sized,
    {
        std::mem::take(&mut Spare::default().0).expect("a parser without memory")
    }
}

#[derive(Default)]
struct Spare(Option<Parser>);

#[test]
fn every_receiver() {
    let mut parser = Parser { text: String::from("ab"), ..Parser::default() };
    assert_eq!(parser.by_ref(), 2);
    assert_eq!(parser.by_mut(60), "ab");
    let message = broken(|| Parser::default().by_value());
    assert!(
        message.ends_with("`Parser::by_value` made 1 deallocation; its budget is `deallocations = 0`"),
        "{message}"
    );
    let parser = parser.by_value_mut(Owner::default());
    let parser = Box::new(parser);
    let (text, owner) = parser.boxed();
    let mut parser = Parser { text, owner };
    assert!(Pin::new(&mut parser).pinned("ab"));
    assert_eq!(Rc::new(parser).counted(), 1);
    let parser = Parser { text: String::from("abc"), ..Parser::default() };
    assert_eq!(parser.tracked_and_changed(2), (2, line!()));
    let parser = Box::new(Parser { text: String::from("a"), ..Parser::default() });
    assert_eq!(parser.splits(&mut [1, 2, 3]).1, [2, 3]);
    let missing = panic::catch_unwind(Parser::associated);
    assert!(missing.is_err());
}

#[no_alloc]
#[track_caller]
fn tracked() -> &'static Location<'static> {
    Location::caller()
}

#[test]
fn callers_are_tracked() {
    assert_eq!(tracked().line(), line!());
    let (at, parser) = Parser::default().tracked();
    assert_eq!(at.line(), line!() - 1);
    drop(parser);
}

trait Shape {
    fn area(&self) -> f64;

    #[alloc_budget(1)]
    fn name(&self) -> String {
        String::from("shape")
    }
}

struct Square(f64);

impl Shape for Square {
    #[no_alloc]
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

#[test]
fn methods_of_traits() {
    let square: &dyn Shape = &Square(2.0);
    assert!((square.area() - 4.0).abs() < 1e-9);
    assert_eq!(square.name(), "shape");
}

#[alloc_budget(depth)]
fn recursive(depth: usize) -> usize {
    if depth == 0 {
        return 0;
    }
    drop(black_box(Box::new(depth)));
    1 + recursive(depth - 1)
}

#[alloc_budget(0)]
fn ping(n: u32) {
    if n > 0 {
        pong(n - 1);
    }
}

#[alloc_budget(1)]
fn pong(n: u32) {
    if n > 0 {
        ping(n - 1);
    } else {
        drop(black_box(Box::new(n)));
    }
}

#[test]
fn recursion_is_judged_at_the_outermost_call() {
    assert_eq!(recursive(10), 10);
    pong(0);
    let message = broken(|| ping(5));
    assert_eq!(message, "alloc-kit: `ping` made 1 heap allocation (4 bytes); its budget is 0");
}

#[alloc_budget(budget)]
fn spends(budget: usize, depth: usize) {
    let _ = budget;
    drop(black_box(Box::new(depth)));
    if depth > 0 {
        spends(0, depth - 1);
    }
}

#[test]
fn the_budget_of_a_recursion_is_that_of_the_outermost_call() {
    spends(3, 2);
    let message = broken(|| spends(2, 2));
    assert_eq!(message, "alloc-kit: `spends` made 3 heap allocations (24 bytes); its budget is 2");
}

#[alloc_budget(limit)]
fn within<T>(limit: u32, work: impl FnOnce() -> T) -> T {
    let _ = limit;
    work()
}

#[test]
fn another_instance_of_a_generic_function_is_no_recursion() {
    let allocates = || *black_box(Box::new(1_u8));
    assert_eq!(within(1, || within(1, allocates)), 1);
    let message = broken(|| within(100, || u16::from(within(0, allocates))));
    assert_eq!(message, "alloc-kit: `within` made 1 heap allocation (1 byte); its budget is 0");
}

#[alloc_budget(items.len() + 1)]
fn copies(items: &[&str]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

#[alloc_budget(n, bytes = u64::from(n) * 8, peak_bytes = 4 << 1)]
fn as_said(n: u8) {
    for _ in 0..n {
        drop(black_box(Box::new(0_u64)));
    }
}

#[test]
fn budgets_are_expressions_over_the_arguments() {
    assert_eq!(copies(&["a", "b"]), ["a", "b"]);
    as_said(0);
    as_said(200);
}

mod shadowed {
    //! The expansion names nothing that a module may have of its own.
    #![allow(non_camel_case_types, dead_code, reason = "they stand in the expansion's way")]

    struct Option;
    struct Vec;
    struct String;
    struct Some;
    struct Limits;
    struct u64;
    mod std {}
    mod core {}
    mod alloc_kit {}

    #[::alloc_kit::alloc_budget(2, bytes = 1 + 1)]
    pub(super) fn function(a: usize, (b, _): (usize, usize)) -> usize {
        a + b
    }
}

#[test]
fn shadowed_names_do_not_disturb() {
    assert_eq!(shadowed::function(1, (2, 3)), 3);
}

macro_rules! make {
    ($name:ident, $result:ty, $body:expr) => {
        #[no_alloc]
        fn $name(n: u32) -> $result {
            let _ = n;
            $body
        }
    };
}

make!(made, u32, 7);

#[test]
fn functions_made_by_macros_and_nested_ones() {
    #[no_alloc]
    fn nested() -> u32 {
        #[no_alloc]
        fn inner() -> u32 {
            1
        }
        inner() + 1
    }
    assert_eq!(made(1) + nested(), 9);
}
