#[alloc_kit::no_alloc]
mod table {
    #[derive(Debug)]
    pub struct At(usize);

    impl At {
        #[track_caller]
        pub fn shown(self) -> String {
            format!("{self:?}")
        }
    }
}

fn main() {}
