//! Files that were cut off or changed anywhere: they are read or refused, and nothing panics.

use super::*;
use crate::prove::image::made::of_c;
use crate::prove::lines::Lines;

fn program() -> Option<Vec<u8>> {
    let source = "#include <stdlib.h>\nvoid done(int *p) { rand(); }\n\
        int main(void) { int n __attribute__((cleanup(done))) = rand(); return malloc(rand()) == 0; }";
    of_c(source, &["-g", "-fexceptions", "-Wl,-z,pack-relative-relocs"])
        .or_else(|| of_c(source, &["-g", "-fexceptions"]))
        .map(|(bytes, _)| bytes)
}

/// Asks everything of what was read.
fn ask(bytes: Vec<u8>) -> bool {
    let Ok(image) = Image::read(bytes) else { return false };
    let lines = Lines::new(&image, std::path::Path::new("/"));
    for function in &image.functions {
        let _ = image.catches((function.start, function.end));
        let asked = [function.start, function.end, function.end.wrapping_sub(1)];
        for at in asked {
            let _ =
                (image.code(at), image.function(at), image.plt(at), image.word(at), image.constant(at, 9));
            let _ =
                (image.initial_word(at), image.object(at), image.is_data(at), image.names(function).count());
        }
    }
    for &(at, address) in image.addresses_in_data().iter().take(1000) {
        let _ = (image.word(at), image.is_exported((at, address)), image.plt(address));
    }
    let _ = (image.unloaded(".debug_info"), image.unloaded(".comment"));
    if let Some(function) = image.functions.first() {
        let _ = lines.at(function.start);
    }
    true
}

#[test]
fn cut_off_anywhere() {
    let Some(program) = program() else { return };
    assert!(ask(program.clone()));
    for length in (0..program.len()).step_by(211).chain(0..100) {
        assert!(!ask(program[..length].to_vec()), "{length} of {} bytes", program.len());
    }
}

/// Each byte of the tables, and others here and there, each with a few values.
#[test]
fn changed_anywhere() {
    let Some(program) = program() else { return };
    let sections_at = usize::try_from(u64::from_le_bytes(program[40..48].try_into().unwrap())).unwrap();
    let dense = (0..64 + 56 * 14).chain(sections_at..program.len());
    let (mut read, mut refused) = (0, 0);
    for at in dense.step_by(5).chain((0..program.len()).step_by(67)) {
        for value in [0xff, program[at].wrapping_add(1)] {
            let mut changed = program.clone();
            changed[at] = value;
            if ask(changed) { read += 1 } else { refused += 1 }
        }
    }
    println!("{read} read, {refused} refused");
    assert!(read > 0 && refused > 0);
}
