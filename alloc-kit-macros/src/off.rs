//! Off mode: the item comes back token for token. Only in the crate's own tests an error is put beside it, since
//! there a budget that nobody enforces would pass whatever the function does.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Error;

use crate::wrap::Wrap;

/// The item, and under `cfg(test)` an error, if something would be judged.
pub(crate) fn expand(wrap: &Wrap, what: &str, span: Span, original: &TokenStream) -> TokenStream {
    let untested = match wrap {
        Wrap::Judge(..) => in_tests(span, what),
        Wrap::Allow(..) => TokenStream::new(),
    };
    quote!(#original #untested)
}

/// An error in the crate's own tests only.
pub(crate) fn in_tests(span: Span, what: &str) -> TokenStream {
    let message = format!("{what} is not enforced in these tests: {}", in_tests_fix());
    // `compile_error!` takes its place from the invocation's tokens.
    let span = span.resolved_at(Span::mixed_site());
    quote_spanned!(span=> #[cfg(test)] ::core::compile_error! { #message })
}

/// What to do for it to be enforced.
pub(crate) fn in_tests_fix() -> String {
    format!(
        "run `cargo add alloc-kit --dev --features enforce`, \
         or put into Cargo.toml, under [dev-dependencies]: \
         alloc-kit = {{ version = \"{}\", features = [\"enforce\"] }}",
        env!("CARGO_PKG_VERSION")
    )
}

/// The item as it came, so that the error is the only one.
pub(crate) fn with_error(error: &Error, original: &TokenStream) -> TokenStream {
    let error = error.to_compile_error();
    quote!(#original #error)
}
