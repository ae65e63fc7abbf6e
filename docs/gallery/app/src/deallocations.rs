//! `deallocations`
//!
//! An audio callback may neither allocate nor free: the allocator may take a lock. It takes a new impulse response, and drops the one
//! it had.
//!
//! ```text
//! $ cargo test deallocations::callback_takes_a_response
//! ```
//!
//! Mended: it hands the old one back, and the thread that made the new one frees it.

use alloc_kit::no_alloc;

struct Reverb {
    response: Vec<f32>,
}

impl Reverb {
    #[no_alloc(deallocations = 0)]
    fn callback(&mut self, new: Option<Vec<f32>>, samples: &mut [f32]) {
        if let Some(response) = new {
            self.response = response;
        }
        for (sample, factor) in samples.iter_mut().zip(&self.response) {
            *sample *= factor;
        }
    }
}

#[test]
fn callback_takes_a_response() {
    let mut reverb = Reverb { response: vec![1.0; 64] };
    reverb.callback(Some(vec![0.5; 64]), &mut [1.0; 64]);
}

mod mended {
    use std::mem;

    use alloc_kit::no_alloc;

    struct Reverb {
        response: Vec<f32>,
    }

    impl Reverb {
        #[no_alloc(deallocations = 0)]
        fn callback(&mut self, new: Option<Vec<f32>>, samples: &mut [f32]) -> Option<Vec<f32>> {
            let old = new.map(|response| mem::replace(&mut self.response, response));
            for (sample, factor) in samples.iter_mut().zip(&self.response) {
                *sample *= factor;
            }
            old
        }
    }

    #[test]
    fn callback_takes_a_response() {
        let mut reverb = Reverb { response: vec![1.0; 64] };
        assert!(reverb.callback(Some(vec![0.5; 64]), &mut [1.0; 64]).is_some());
    }
}
