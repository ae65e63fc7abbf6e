//! `ALLOC_KIT_MODE=abort`
//!
//! The process aborts in the allocation that breaks the budget, with all of the stack there for a debugger: a breakpoint at the first
//! allocation that should not be.
//!
//! ```text
//! $ ALLOC_KIT_MODE=abort cargo test abort::frame_draws
//! ```
//!
//! Mended: the list of what is visible is kept from frame to frame.

use alloc_kit::no_alloc;

#[derive(Default)]
struct World {
    heights: Vec<i32>,
}

impl World {
    #[no_alloc]
    fn frame(&mut self) -> usize {
        let visible: Vec<_> = self.heights.iter().filter(|height| **height > 0).collect();
        visible.len()
    }
}

#[test]
fn frame_draws() {
    assert_eq!(World { heights: vec![1, -1, 2] }.frame(), 2);
}

mod mended {
    use alloc_kit::no_alloc;

    struct World {
        heights: Vec<i32>,
        visible: Vec<i32>,
    }

    impl World {
        #[no_alloc]
        fn frame(&mut self) -> usize {
            self.visible.clear();
            self.visible.extend(self.heights.iter().filter(|height| **height > 0));
            self.visible.len()
        }
    }

    #[test]
    fn frame_draws() {
        let mut world = World { heights: vec![1, -1, 2], visible: Vec::with_capacity(8) };
        assert_eq!(world.frame(), 2);
    }
}
