//! Programs of a few lines, and files that are refused.

use super::*;

fn own() -> Image {
    let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let begun = std::time::Instant::now();
    let bytes_len = bytes.len();
    let image = Image::read(bytes).unwrap();
    eprintln!("{bytes_len} {:?} {:?} static {}", begun.elapsed(), image.form, image.is_static);
    image
}

#[test]
fn smoke() {
    let image = own();
    eprintln!("{} functions, {} imports", image.functions.len(), image.imports.len());
    eprintln!("{:?}", &image.imports[..10]);
    let main = image.functions.iter().find(|f| image.name(f).contains("prove5image5tests5smoke")).unwrap();
    eprintln!("{:?} {}", main, image.name(main));
    eprintln!("{:?}", image.addresses_in_data().len());
    eprintln!("{:?}", image.unloaded(".debug_str").map(<[u8]>::len));
}
