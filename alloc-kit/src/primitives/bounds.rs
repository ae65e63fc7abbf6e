//! How much memory is kept between two uses, unless it is told: a buffer that was large once is given back.

/// Of one buffer.
pub(crate) const BUFFER_BYTES: usize = 64 << 10;

/// Of a collection of buffers, all together.
pub(crate) const TOTAL_BYTES: usize = 1 << 20;
