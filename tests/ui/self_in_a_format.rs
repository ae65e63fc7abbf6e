#[derive(Clone, Copy, Debug)]
struct At(usize);

impl At {
    #[alloc_kit::alloc_budget(3)]
    #[track_caller]
    fn shown(mut self) -> String {
        self.0 += 1;
        format!("{self:?}")
    }
}

fn main() {}
