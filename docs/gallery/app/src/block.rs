//! The attribute on a block
//!
//! All methods of a decoder are to do without the heap. One of them does not.
//!
//! ```text
//! $ cargo test block::decoder_decodes
//! ```
//!
//! Mended: the caller gives the place for the result.

use alloc_kit::no_alloc;

struct Decoder {
    key: u8,
}

#[no_alloc]
impl Decoder {
    fn byte(&self, byte: u8) -> u8 {
        byte ^ self.key
    }

    fn packet(&self, packet: &[u8]) -> Vec<u8> {
        packet.iter().map(|&byte| self.byte(byte)).collect()
    }
}

#[test]
fn decoder_decodes() {
    let decoder = Decoder { key: 1 };
    assert_eq!(decoder.byte(2), 3);
    assert_eq!(decoder.packet(&[2, 3]), [3, 2]);
}

mod mended {
    use alloc_kit::no_alloc;

    struct Decoder {
        key: u8,
    }

    #[no_alloc]
    impl Decoder {
        fn byte(&self, byte: u8) -> u8 {
            byte ^ self.key
        }

        fn packet(&self, packet: &mut [u8]) {
            for byte in packet {
                *byte = self.byte(*byte);
            }
        }
    }

    #[test]
    fn decoder_decodes() {
        let (decoder, mut packet) = (Decoder { key: 1 }, [2, 3]);
        decoder.packet(&mut packet);
        assert_eq!(packet, [3, 2]);
    }
}
