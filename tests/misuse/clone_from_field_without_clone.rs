//! A field that can't be cloned must not compile, and the error is at its type.

#[derive(Default)]
struct Socket;

#[derive(alloc_kit::CloneFrom)]
struct Connection {
    name: String,
    socket: Socket, //~ E0277 fix: socket: u16,
}

#[derive(alloc_kit::CloneFrom)]
enum State {
    Closed,
    Open(Socket), //~ E0277 fix: Open(u16),
}

fn main() {
    let _ = (Connection { name: String::new(), socket: Default::default() }, State::Closed);
    let _ = State::Open(Default::default());
}
