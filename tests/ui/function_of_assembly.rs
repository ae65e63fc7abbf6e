#[alloc_kit::no_alloc]
#[unsafe(naked)]
extern "C" fn trap() -> ! {
    std::arch::naked_asm!("")
}

fn main() {}
