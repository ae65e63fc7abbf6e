//! The id of a shard: FNV-1a of 128 bits over its platform and its processes, in the order of these.
//!
//! The same on every machine and of every build, which std's hasher does not promise. A text goes in with its length in front, and a
//! number as eight bytes, the least first.

use crate::record::Process;

/// <http://www.isthe.com/chongo/tech/comp/fnv/>
const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

#[derive(Debug)]
pub(crate) struct Identity(u128);

impl Identity {
    pub(crate) fn of(target: &str, profile: &str) -> Self {
        let mut identity = Self(OFFSET);
        identity.text(target);
        identity.text(profile);
        identity
    }

    pub(crate) fn add(&mut self, process: &Process) {
        let Process { program, pid, started, target, debug_assertions } = process;
        self.text(program);
        self.number(*pid);
        self.number(*started);
        self.text(target);
        self.bytes(&[u8::from(*debug_assertions)]);
    }

    pub(crate) fn finish(self) -> String {
        format!("{:032x}", self.0)
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(PRIME);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the vectors of its authors.
    #[test]
    fn is_fnv_1a() {
        let mut identity = Identity(OFFSET);
        identity.bytes(b"a");
        assert_eq!(identity.finish(), "d228cb696f1a8caf78912b704e4a8964");
        let mut identity = Identity(OFFSET);
        identity.bytes(b"foobar");
        assert_eq!(identity.finish(), "343e1662793c64bf6f0d3597ba446f18");
    }

    /// A changed id would make two shards of one.
    #[test]
    fn stays_what_it_is() {
        let process = |pid| Process {
            program: "/app/target/debug/deps/app-0".to_owned(),
            pid,
            started: 1_700_000_000_000_000_000,
            target: "x86_64-linux-gnu".to_owned(),
            debug_assertions: true,
        };
        let id = |pids: &[u64]| {
            let mut identity = Identity::of("x86_64-linux-gnu", "dev");
            for pid in pids {
                identity.add(&process(*pid));
            }
            identity.finish()
        };
        assert_eq!(id(&[7, 8]), "a2f78c5d986598ec6f13a8649499be4f");
        assert_ne!(id(&[7, 8]), id(&[7]));
        assert_ne!(id(&[7]), id(&[8]));
    }
}
