//! A recursion
//!
//! A walk of a tree joins the path anew at each level. It is judged at its outermost call, with all that the inner ones did.
//!
//! ```text
//! $ cargo test recursion::longest_path_of_a_tree
//! ```
//!
//! Mended: all levels share one path, and each takes its name off again.

use alloc_kit::alloc_budget;

struct Folder {
    name: &'static str,
    folders: Vec<Folder>,
}

#[alloc_budget(1)]
fn longest_path(folder: &Folder, path: &str) -> usize {
    let path = [path, "/", folder.name].concat();
    let below = folder.folders.iter().map(|folder| longest_path(folder, &path)).max();
    below.unwrap_or(path.len())
}

#[test]
fn longest_path_of_a_tree() {
    let src = Folder { name: "src", folders: vec![] };
    let home = Folder { name: "home", folders: vec![src] };
    assert_eq!(longest_path(&home, ""), "/home/src".len());
}

mod mended {
    use alloc_kit::alloc_budget;

    use super::Folder;

    #[alloc_budget(1)]
    fn longest_path(folder: &Folder, path: &mut String) -> usize {
        let length = path.len();
        path.reserve(64);
        path.push('/');
        path.push_str(folder.name);
        let below = folder.folders.iter().map(|folder| longest_path(folder, path)).max();
        let longest = below.unwrap_or(path.len());
        path.truncate(length);
        longest
    }

    #[test]
    fn longest_path_of_a_tree() {
        let src = Folder { name: "src", folders: vec![] };
        let home = Folder { name: "home", folders: vec![src] };
        assert_eq!(longest_path(&home, &mut String::with_capacity(256)), "/home/src".len());
    }
}
