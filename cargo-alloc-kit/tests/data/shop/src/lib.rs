//! What the records beside it are of. It is not built: reports show lines of it.

pub fn total(cart: &[Item]) -> String {
    let mut lines = Vec::new();
    for item in cart {
        lines.push(format!("{} x {}", item.count, item.name));
    }
    lines.join("\n")
}

impl<T> Parser<T> {
    pub fn line(&mut self, line: &str) -> Vec<&str> {
        line.split(',').collect()
    }
}
