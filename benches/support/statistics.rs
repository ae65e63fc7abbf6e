//! Medians and quartiles.

/// The lower quartile, the median and the upper quartile.
pub(crate) fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let middle = |values: &[f64]| {
        let half = values.len() / 2;
        if values.len().is_multiple_of(2) {
            f64::midpoint(values[half - 1], values[half])
        } else {
            values[half]
        }
    };
    let half = values.len().div_ceil(2);
    [middle(&values[..half]), middle(&values), middle(&values[values.len() - half..])]
}
