//! A field that can't be cloned must not compile, and the error is at its type.

struct Socket;

#[derive(alloc_kit::CloneFrom)]
struct Connection {
    name: String,
    socket: Socket, //~ E0277
}

#[derive(alloc_kit::CloneFrom)]
enum State {
    Closed,
    Open(Socket), //~ E0277
}

fn main() {
    let _ = (Connection { name: String::new(), socket: Socket }, State::Closed, State::Open(Socket));
}
