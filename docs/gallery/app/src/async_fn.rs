//! An `async fn`
//!
//! All polls of a call count together, whatever runs between them. The handler waits, and then greets with a text of its own.
//!
//! ```text
//! $ cargo test async_fn::handler_greets
//! ```
//!
//! Mended: the greeting is written into the connection's buffer.

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use alloc_kit::no_alloc;

#[no_alloc]
async fn greet(user: impl Future<Output = &str>) -> String {
    let user = user.await;
    ["Hello, ", user].concat()
}

#[test]
fn handler_greets() {
    let greeting = pin!(greet(ready("Ann")));
    let answer = greeting.poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(answer, Poll::Ready("Hello, Ann".to_string()));
}

mod mended {
    use std::future::{Future, ready};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use alloc_kit::no_alloc;

    #[no_alloc]
    async fn greet(user: impl Future<Output = &str>, answer: &mut String) {
        answer.push_str("Hello, ");
        answer.push_str(user.await);
    }

    #[test]
    fn handler_greets() {
        let mut answer = String::with_capacity(64);
        {
            let greeting = pin!(greet(ready("Ann"), &mut answer));
            assert_eq!(greeting.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()));
        }
        assert_eq!(answer, "Hello, Ann");
    }
}
