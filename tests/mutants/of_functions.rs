//! Mutants of the macros, which write the guards, and of `assert_growth!`.

use super::list::Mutant;

const ARGS: &str = "alloc-kit-macros/src/args.rs";
const ASSERTS: &str = "alloc-kit-macros/src/asserts.rs";
const BLOCKS: &str = "alloc-kit-macros/src/blocks.rs";
const CLASS: &str = "alloc-kit/src/on/class.rs";
const GROWTH: &str = "alloc-kit/src/on/growth.rs";
const ON: &str = "alloc-kit-macros/src/on.rs";
const RETURNS: &str = "alloc-kit-macros/src/returns.rs";
const WRAP: &str = "alloc-kit-macros/src/wrap.rs";

pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "register-site-not-in-the-slice",
        file: WRAP,
        text: "        #[#private::linkme::distributed_slice(#private::SITES)]\n        #[linkme(crate = #private::linkme)]\n",
        instead: "",
        tests: &["report"],
    },
    Mutant {
        name: "register-exception-not-in-the-slice",
        file: WRAP,
        text: "        #[#private::linkme::distributed_slice(#private::EXCEPTIONS)]\n        #[linkme(crate = #private::linkme)]\n",
        instead: "",
        tests: &["report"],
    },
    Mutant {
        name: "register-const-fn-left-out",
        file: ON,
        text: "wrap.register(&wrap.private(span), &sig.ident.to_string(), \"const fn\", span)",
        instead: "TokenStream::new()",
        tests: &["report"],
    },
    Mutant {
        name: "macro-async-fn-passed-through",
        file: ON,
        text: "return waits(wrap, function, span);",
        instead: "return passed_through(wrap, function, span);",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "macro-async-trait-passed-through",
        file: ON,
        text: "Returns::AsyncTrait => of_async_trait(wrap, function, span),",
        instead: "Returns::AsyncTrait => passed_through(wrap, function, span),",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "macro-polls-of-impl-future-not-judged",
        file: RETURNS,
        text: "Type::ImplTrait(opaque) if opaque.bounds.iter().any(is_future) => Returns::Future,",
        instead: "Type::ImplTrait(opaque) if opaque.bounds.iter().any(is_future) => Returns::Value,",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "macro-polls-of-boxed-future-not-judged",
        file: RETURNS,
        text: "if by_macro { Returns::AsyncTrait } else { Returns::BoxedFuture }",
        instead: "if by_macro { Returns::AsyncTrait } else { Returns::Value }",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "macro-awaits-in-an-assertion-not-seen",
        file: ASSERTS,
        text: "(is_name && is_theirs) || has_await(mac.tokens.clone())",
        instead: "(is_name && is_theirs) && has_await(mac.tokens.clone())",
        tests: &["polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "macro-impl-block-functions-skipped",
        file: BLOCKS,
        text: "if !is_left_out(&attrs) {",
        instead: "if !is_left_out(&attrs) && matches!(of, Of::Module) {",
        tests: &["blocks"],
    },
    Mutant {
        name: "macro-impl-blocks-of-a-module-skipped",
        file: BLOCKS,
        text: "Item::Impl(_) => Some(Of::Impl),",
        instead: "Item::Impl(_) => None,",
        tests: &["blocks"],
    },
    Mutant {
        name: "macro-traits-of-a-module-skipped",
        file: BLOCKS,
        text: "Item::Trait(_) => Some(Of::Trait),",
        instead: "Item::Trait(_) => None,",
        tests: &["blocks"],
    },
    Mutant {
        name: "macro-budget-expression-ignored",
        file: ARGS,
        text: "quote!(.#key(#limit))",
        instead: "quote!(.#key({ let _ = #limit; ::core::primitive::u64::MAX }))",
        tests: &["verdicts"],
    },
    Mutant {
        name: "macro-no-alloc-allows-one",
        file: ARGS,
        text: "syn::parse_quote!(0_u64)",
        instead: "syn::parse_quote!(1_u64)",
        tests: &["verdicts"],
    },
    Mutant {
        name: "macro-later-keys-ignored",
        file: ARGS,
        text: "quote!(#private::Limits::NONE #(#setters)* #process)",
        instead: "{ let setters = setters.take(1); quote!(#private::Limits::NONE #(#setters)* #process) }",
        tests: &["verdicts"],
    },
    Mutant {
        name: "macro-process-scope-ignored",
        file: ARGS,
        text: "self.process.then(|| quote!(.process()))",
        instead: "(self.process && false).then(|| quote!(.process()))",
        tests: &["budgets"],
    },
    Mutant {
        name: "macro-parameters-dropped-outside",
        file: ON,
        text: "    let (output, is_opaque) = match &sig.output {",
        instead: "    let (begin, moves) = (quote!(#begin #moves), TokenStream::new());\n    let (output, is_opaque) = match &sig.output {",
        tests: &["attributes"],
    },
    Mutant {
        name: "macro-self-dropped-outside",
        file: ON,
        text: "let _ = &#this;",
        instead: "",
        tests: &["attributes", "polls", "async_forms", "async_tokio"],
    },
    Mutant {
        name: "growth-constant-always-holds",
        file: CLASS,
        text: "return if last.1 > middle.1 {",
        instead: "return if false {",
        tests: &["growth"],
    },
    Mutant {
        name: "growth-too-few-steps-hold",
        file: CLASS,
        text: "return Verdict::FlatUntil(growing[0].0);",
        instead: "return Verdict::Holds;",
        tests: &["growth"],
    },
    Mutant {
        name: "growth-twice-as-steep-holds",
        file: CLASS,
        text: "let allowed = self.tolerance() * steepest * last_half + as_f64(slack);",
        instead: "let allowed = 2.0 * self.tolerance() * steepest * last_half + as_f64(slack);",
        tests: &["growth"],
    },
    Mutant {
        name: "growth-any-slack",
        file: CLASS,
        text: "if last.1 - first.1 <= slack {",
        instead: "if last.1 - first.1 <= 1_000 * slack {",
        tests: &["growth"],
    },
    Mutant {
        name: "growth-only-the-first-claim",
        file: GROWTH,
        text: "let broken: Vec<(&Claim, Verdict)> = claims\n            .iter()",
        instead: "let broken: Vec<(&Claim, Verdict)> = claims\n            .iter().take(1)",
        tests: &["growth"],
    },
    Mutant {
        name: "growth-sizes-not-checked",
        file: GROWTH,
        text: "if let Some(wrong) = series.wrong_sizes() {",
        instead: "if let Some(wrong) = series.wrong_sizes().filter(|_| false) {",
        tests: &["growth"],
    },
    Mutant {
        name: "growth-without-the-allocator",
        file: GROWTH,
        text: "mode::require(\"assert_growth!\");",
        instead: "",
        tests: &["other_allocators"],
    },
    Mutant {
        name: "macro-boxed-future-by-another-name-not-seen",
        file: ON,
        text: "#private::Gives(&__alloc_kit_out).is_done(&__ALLOC_KIT_SITE);",
        instead: "",
        tests: &["polls", "async_forms", "async_tokio"],
    },
];
