//! What is put round a function's work: a budget, or an exception from those around it.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::parse::{ParseStream, Parser};
use syn::{Error, LitStr, Path, Result, Token};

use crate::args::{self, Budget, Which};

/// A budget, or the reason of an exception.
pub(crate) enum Wrap {
    Judge(Which, Budget),
    Allow(LitStr, Option<Path>),
}

impl Wrap {
    /// The reason of `#[alloc_allowed("..")]`, and the path of alloc-kit where it has another name.
    pub(crate) fn allow(args: TokenStream) -> Result<Self> {
        const EXPECTED: &str = "expected the reason why it may allocate: `#[alloc_allowed(\"grows once\")]`";
        if args.is_empty() {
            return Err(Error::new(Span::call_site(), EXPECTED));
        }
        let parse = |input: ParseStream<'_>| {
            let span = input.span();
            let reason = input.parse::<LitStr>().map_err(|_| Error::new(span, EXPECTED))?;
            let comma: Option<Token![,]> = input.parse()?;
            if comma.is_none() || input.is_empty() {
                return Ok(Wrap::Allow(reason, None));
            }
            if !input.peek(Token![crate]) {
                return Err(input.error("not expected here; accepted after the reason: `crate = path`"));
            }
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            Ok(Wrap::Allow(reason, Some(args::krate(input.parse()?)?)))
        };
        let allow = parse.parse2(args)?;
        if let Wrap::Allow(reason, _) = &allow {
            check_reason(reason)?;
        }
        Ok(allow)
    }

    /// The attribute's name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Wrap::Judge(which, _) => which.name(),
            Wrap::Allow(..) => "alloc_allowed",
        }
    }

    /// The path of what generated code uses.
    pub(crate) fn private(&self, span: Span) -> TokenStream {
        match self {
            Wrap::Judge(_, budget) => budget.private(span),
            Wrap::Allow(_, krate) => args::private(krate.as_ref(), span),
        }
    }
}

/// What is put round a function's work, in one of the modes that put something there.
pub(crate) trait Region {
    /// The path of what generated code uses.
    fn private(&self, span: Span) -> TokenStream;

    /// Whether it is a budget, and not an exception.
    fn judges(&self) -> bool;

    /// Whether a look at what a function gives, once that is there, has to say that it is done.
    fn looks(&self) -> bool;

    /// The items that register it.
    fn register(&self, private: &TokenStream, name: &str, form: &str, span: Span) -> TokenStream;

    /// The statement that begins it, with `__alloc_kit_guard` as its guard.
    fn begin(&self, private: &TokenStream, span: Span) -> TokenStream;

    /// The expression that ends it where the work is done.
    fn end(&self, private: &TokenStream, span: Span) -> TokenStream;

    /// The statement that begins the making of a future in place.
    fn begin_making(&self, private: &TokenStream, span: Span) -> TokenStream;

    /// The future that was made so, wrapped.
    fn end_making(&self, private: &TokenStream, how: &str, made: &TokenStream, span: Span) -> TokenStream;

    /// The call that wraps a future: it itself, what makes it (`_from`), or what makes it in a box (`_box`).
    fn future(&self, private: &TokenStream, how: &str, future: &TokenStream, span: Span) -> TokenStream;
}

/// In on mode.
impl Region for Wrap {
    fn private(&self, span: Span) -> TokenStream {
        self.private(span)
    }

    fn judges(&self) -> bool {
        matches!(self, Wrap::Judge(..))
    }

    fn looks(&self) -> bool {
        self.judges()
    }

    fn register(&self, private: &TokenStream, name: &str, form: &str, span: Span) -> TokenStream {
        match self {
            Wrap::Judge(_, budget) => site(private, budget, name, form, span),
            Wrap::Allow(reason, _) => exception(private, reason, span),
        }
    }

    fn begin(&self, private: &TokenStream, span: Span) -> TokenStream {
        match self {
            Wrap::Judge(_, budget) => {
                let limits = budget.limits(private);
                quote_spanned! {span=>
                    let __alloc_kit_guard =
                        #private::enter(&__ALLOC_KIT_SITE, #private::path_of(&|| ()), #limits);
                }
            }
            Wrap::Allow(..) => {
                quote_spanned!(span=> let __alloc_kit_guard = #private::allow(&__ALLOC_KIT_EXCEPTION);)
            }
        }
    }

    fn end(&self, private: &TokenStream, span: Span) -> TokenStream {
        match self {
            Wrap::Judge(..) => quote_spanned!(span=> #private::Guard::finish(__alloc_kit_guard)),
            Wrap::Allow(..) => quote_spanned!(span=> ::core::mem::drop(__alloc_kit_guard)),
        }
    }

    fn begin_making(&self, private: &TokenStream, span: Span) -> TokenStream {
        match self {
            Wrap::Judge(_, budget) => {
                let limits = budget.limits(private);
                quote_spanned! {span=>
                    let __alloc_kit_guard =
                        #private::making(&__ALLOC_KIT_SITE, #private::path_of(&|| ()), #limits);
                }
            }
            Wrap::Allow(..) => self.begin(private, span),
        }
    }

    fn end_making(&self, private: &TokenStream, how: &str, made: &TokenStream, span: Span) -> TokenStream {
        match self {
            Wrap::Judge(..) => {
                let wrap = syn::Ident::new(if how == "_box" { "judged_box" } else { "judged" }, span);
                quote_spanned!(span=> #private::Making::#wrap(__alloc_kit_guard, #made))
            }
            Wrap::Allow(..) => self.future(private, how, &quote_spanned!(span=> move || #made), span),
        }
    }

    fn future(&self, private: &TokenStream, how: &str, future: &TokenStream, span: Span) -> TokenStream {
        match self {
            Wrap::Judge(_, budget) => {
                let limits = budget.limits(private);
                let wrap = syn::Ident::new(&format!("judged{how}"), span);
                quote_spanned! {span=>
                    #private::#wrap(&__ALLOC_KIT_SITE, #private::path_of(&|| ()), #limits, #future)
                }
            }
            Wrap::Allow(..) => {
                let wrap = syn::Ident::new(&format!("allowed{how}"), span);
                quote_spanned!(span=> #private::#wrap(&__ALLOC_KIT_EXCEPTION, #future))
            }
        }
    }
}

/// A reason has to say something.
pub(crate) fn check_reason(reason: &LitStr) -> Result<()> {
    if reason.value().trim().is_empty() {
        return Err(Error::new(reason.span(), "an exception without a reason; say why it may allocate"));
    }
    Ok(())
}

/// The static that registers a budget.
pub(crate) fn site(
    private: &TokenStream,
    budget: &Budget,
    name: &str,
    form: &str,
    span: Span,
) -> TokenStream {
    let (texts, process) = (budget.texts(), budget.process);
    quote_spanned! {span=>
        #[#private::linkme::distributed_slice(#private::SITES)]
        #[linkme(crate = #private::linkme)]
        static __ALLOC_KIT_SITE: #private::Site = #private::Site {
            name: #name,
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            column: ::core::column!(),
            form: #form,
            budget: #texts,
            process: #process,
            raise: |message| #private::raise(message),
            stats: #private::Stats::new(),
        };
    }
}

/// The static that registers an exception.
pub(crate) fn exception(private: &TokenStream, reason: &LitStr, span: Span) -> TokenStream {
    quote_spanned! {span=>
        #[#private::linkme::distributed_slice(#private::EXCEPTIONS)]
        #[linkme(crate = #private::linkme)]
        static __ALLOC_KIT_EXCEPTION: #private::Exception = #private::Exception {
            reason: #reason,
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
        };
    }
}
