//! A WAV file of one channel, 16 bits a sample.

use crate::score::FRAMES_A_SECOND;

const SAMPLE_BYTES: u32 = 2;
const HEADER_BYTES: u32 = 44;

/// The whole file; `None` if the samples are more than such a file can have.
pub(crate) fn wav(samples: &[f32]) -> Option<Vec<u8>> {
    let rate = u32::try_from(FRAMES_A_SECOND).ok()?;
    let data_bytes = u32::try_from(samples.len()).ok()?.checked_mul(SAMPLE_BYTES)?;
    let file_bytes = data_bytes.checked_add(HEADER_BYTES)?;
    let mut file = Vec::with_capacity(usize::try_from(file_bytes).ok()?);
    file.extend(b"RIFF");
    file.extend((file_bytes - 8).to_le_bytes());
    file.extend(b"WAVEfmt ");
    // What follows is 16 bytes: PCM, one channel.
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(rate.to_le_bytes());
    file.extend((rate * SAMPLE_BYTES).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(data_bytes.to_le_bytes());
    for sample in samples {
        file.extend(as_pcm(*sample).to_le_bytes());
    }
    Some(file)
}

#[expect(clippy::cast_possible_truncation, reason = "it saturates, and the fraction is not to be heard")]
fn as_pcm(sample: f32) -> i16 {
    (sample * 32_767.0) as i16
}

/// FNV-1a: to compare what was rendered here with what was rendered elsewhere.
pub(crate) fn hash(file: &[u8]) -> u64 {
    file.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
