#[alloc_kit::no_alloc]
#[path = "module_in_another_file/parser.rs"]
mod parser;

fn main() {
    parser::parse();
}
