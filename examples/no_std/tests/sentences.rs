//! The library under its budgets: what receivers say, and what comes over a bad line.

use nmea::{Decoder, Fix, Malformed, SENTENCE_BYTES_MAX, Sentence};

const GGA: &str = "GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,";

/// A line with its checksum.
fn line(text: &str) -> String {
    let sum = text.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${text}*{sum:02X}\r\n")
}

/// What a decoder makes of bytes: the name of each sentence, or why there is none.
fn decoded(bytes: &[u8]) -> Vec<Result<String, Malformed>> {
    let mut decoder = Decoder::new();
    let mut all = Vec::new();
    for &byte in bytes {
        if let Some(sentence) = decoder.push(byte) {
            all.push(sentence.map(|sentence| sentence.name().to_owned()));
        }
    }
    all
}

fn fix(text: &str) -> Option<Fix> {
    let line = line(text);
    Fix::parse(&Sentence::parse(line[1..].trim_end().as_bytes()).unwrap())
}

#[test]
fn a_stream_of_sentences_and_noise() {
    assert!(line(GGA).ends_with("*47\r\n"));
    let stream =
        [&line(GGA)[20..], "\0\u{7f}", &line(GGA), &line("GPRMC,x"), "$GPGLL,4", &line("GPGSA,A")].concat();
    let names = ["GPGGA", "GPRMC", "GPGSA"].map(|name| Ok(name.to_owned()));
    assert_eq!(decoded(stream.as_bytes()), names);
}

#[test]
fn lines_that_are_not_whole() {
    let longest = "x".repeat(SENTENCE_BYTES_MAX - 3);
    for (text, outcome) in [
        (line(GGA).replace("4807", "4808"), Err(Malformed::WrongChecksum)),
        (line(GGA).replace('*', ","), Err(Malformed::NoChecksum)),
        (line(GGA).replace("*47", "*4"), Err(Malformed::NoChecksum)),
        (line(GGA).replace("*47", "*+7"), Err(Malformed::NoChecksum)),
        (line("GPGGA,\u{7f}"), Err(Malformed::NotText)),
        (line(&(longest.clone() + "x")), Err(Malformed::TooLong)),
        (line(&longest), Ok(longest)),
        ("$\n".into(), Err(Malformed::NoChecksum)),
    ] {
        assert_eq!(decoded(text.as_bytes()), [outcome], "{text}");
    }
}

#[test]
fn fixes() {
    let munich = fix(GGA).unwrap();
    assert_eq!((munich.time_seconds, munich.satellites), (45_319, 8));
    assert_eq!((munich.latitude_e7, munich.longitude_e7), (481_173_000, 115_166_667));
    let south_west = fix("GNGGA,000000.00,3351.5,S,15112.99999999,W,2,12,,,,,,,").unwrap();
    assert_eq!((south_west.latitude_e7, south_west.longitude_e7), (-338_583_333, -1_512_166_667));
    assert_eq!(south_west.text().as_str(), "00:00:00 -33.8583333 -151.2166667 12 satellites");
    for (part, other) in [
        ("GPGGA", "GPRMC"),
        ("GPGGA", "G"),
        (",1,08", ",0,00"),
        ("123519", "243519"),
        ("123519", "1235"),
        ("123519", "+23519"),
        ("4807.038", ""),
        ("4807.038", "4860.0"),
        ("4807.038", "9000.001"),
        ("4807.038", "4807.x"),
        ("01131.000", "99999999999"),
        (",N,", ",X,"),
        (",08,0.9,545.4,M,46.9,M,,", ""),
    ] {
        assert_eq!(fix(&GGA.replace(part, other)), None, "{other}");
    }
}

#[test]
fn the_longest_text_fits() {
    let text = fix("GPGGA,235959,8959.9999999,S,17959.9999999,W,1,255,,,,,,,").unwrap().text();
    assert!(text.ends_with(" 255 satellites") && text.len() < text.capacity(), "{text}");
}

/// Each sentence with each of its bits turned: none is taken for another, and nothing panics.
#[test]
fn a_bit_that_is_lost_is_noticed() {
    let line = line(GGA).into_bytes();
    let inside = 1..line.len() - 5;
    for bit in inside.start * 8..inside.end * 8 {
        let mut damaged = line.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(decoded(&damaged).iter().all(Result::is_err), "{}", damaged.escape_ascii());
    }
}
