trait Parse {
    #[alloc_kit::no_alloc]
    fn parse(&self) -> u32;
}

fn main() {}
