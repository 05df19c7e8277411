//! Random bytes fit for keys.
//!
//! A ChaCha20 generator, seeded by the CPU (RDSEED, else RDRAND) and by a
//! virtio entropy device where `linux` finds one. It fails closed: the machine
//! does not serve before [`is_seeded`].

use core::arch::x86_64::{_rdrand64_step, _rdseed64_step};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::{Lock, cpu, limits};

struct Generator {
    stream: ChaCha20Rng,
    given: u64,
}

static GENERATOR: Lock<Option<Generator>> = Lock::new(None);

/// Seeds the generator from the CPU, if that can.
pub(crate) fn init() {
    if let Some(seed) = cpu_seed() {
        *GENERATOR.lock() = Some(Generator {
            stream: ChaCha20Rng::from_seed(seed),
            given: 0,
        });
    }
}

/// Whether there is entropy.
pub fn is_seeded() -> bool {
    GENERATOR.lock().is_some()
}

/// Adds the bytes of another good source, a virtio entropy device. Bytes that
/// are all the same are no entropy, and are not taken.
pub fn add_seed(seed: &[u8; 32]) {
    if seed.iter().all(|&byte| byte == seed[0]) {
        return;
    }
    let mut generator = GENERATOR.lock();
    let mut mixed = *seed;
    if let Some(old) = generator.as_mut() {
        let mut current = [0; 32];
        old.stream.fill_bytes(&mut current);
        for (byte, other) in mixed.iter_mut().zip(current) {
            *byte ^= other;
        }
    }
    *generator = Some(Generator {
        stream: ChaCha20Rng::from_seed(mixed),
        given: 0,
    });
}

/// Fills `buffer`.
///
/// # Panics
/// Before [`is_seeded`]: the caller has to see to that first.
pub fn fill(buffer: &mut [u8]) {
    let mut generator = GENERATOR.lock();
    let generator = generator
        .as_mut()
        .expect("the machine is seeded before it serves");
    generator.fill(buffer);
}

impl Generator {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.given += buffer.len() as u64;
        if self.given > limits::RESEED_BYTES {
            self.reseed();
        }
        self.stream.fill_bytes(buffer);
        self.erase();
    }

    /// Takes a new key from the generator's own output: what was given out
    /// cannot be computed from what is in memory (fast key erasure).
    fn erase(&mut self) {
        let mut key = [0; 32];
        self.stream.fill_bytes(&mut key);
        self.stream = ChaCha20Rng::from_seed(key);
    }

    /// Mixes new bytes of the CPU in. When the CPU has none at the moment, the
    /// old state is good enough.
    fn reseed(&mut self) {
        let mut key = [0; 32];
        self.stream.fill_bytes(&mut key);
        if let Some(fresh) = cpu_seed() {
            for (byte, other) in key.iter_mut().zip(fresh) {
                *byte ^= other;
            }
        }
        *self = Self {
            stream: ChaCha20Rng::from_seed(key),
            given: 0,
        };
    }
}

/// 32 bytes from the CPU's generator.
fn cpu_seed() -> Option<[u8; 32]> {
    const RDRAND: u32 = 1 << 30;
    const RDSEED: u32 = 1 << 18;
    let has_rdseed = cpu::cpuid(0).eax >= 7 && cpu::cpuid_count(7, 0).ebx & RDSEED != 0;
    let has_rdrand = cpu::cpuid(1).ecx & RDRAND != 0;
    let mut words = [0_u64; 4];
    for word in &mut words {
        *word = has_rdseed
            .then(rdseed)
            .flatten()
            .or_else(|| has_rdrand.then(rdrand).flatten())?;
    }
    // Some CPUs have answered all ones, or one word for ever, and called it
    // success.
    let is_stuck = words.iter().any(|&word| word == 0 || word == u64::MAX)
        || words.windows(2).any(|pair| pair[0] == pair[1]);
    if is_stuck {
        return None;
    }
    let mut seed = [0; 32];
    for (place, word) in seed.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    Some(seed)
}

fn rdseed() -> Option<u64> {
    #[target_feature(enable = "rdseed")]
    fn word() -> Option<u64> {
        let mut word = 0;
        retry(|| _rdseed64_step(&mut word)).then_some(word)
    }
    // SAFETY: called only when the CPU has RDSEED.
    unsafe { word() }
}

fn rdrand() -> Option<u64> {
    #[target_feature(enable = "rdrand")]
    fn word() -> Option<u64> {
        let mut word = 0;
        retry(|| _rdrand64_step(&mut word)).then_some(word)
    }
    // SAFETY: called only when the CPU has RDRAND.
    unsafe { word() }
}

fn retry(mut step: impl FnMut() -> i32) -> bool {
    (0..limits::ENTROPY_ATTEMPTS).any(|_| {
        core::hint::spin_loop();
        step() == 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::vec;

    fn generator(given: u64) -> Generator {
        let stream = ChaCha20Rng::from_seed([7; 32]);
        Generator { stream, given }
    }

    #[test]
    fn the_key_changes_with_every_use() {
        let (mut one, mut two) = (generator(0), generator(0));
        let (mut first, mut second) = ([0; 32], [0; 32]);
        one.fill(&mut first);
        one.fill(&mut second);
        assert_ne!(first, second);
        two.fill(&mut second);
        assert_eq!(first, second, "the same seed gives the same bytes");
        assert_eq!((one.given, two.given), (64, 32));
    }

    /// Where the CPU has entropy, as it has where these tests run.
    #[test]
    fn a_generator_that_gave_much_is_seeded_again() {
        let (mut old, mut young) = (generator(limits::RESEED_BYTES - 5), generator(0));
        let (mut first, mut second) = (vec![0; 32], vec![0; 32]);
        old.fill(&mut first);
        young.fill(&mut second);
        assert_eq!(old.given, 0);
        if cpu_seed().is_some() {
            assert_ne!(first, second);
        }
    }

    #[test]
    fn a_seed_of_nothing_is_not_taken() {
        add_seed(&[0; 32]);
        assert!(!is_seeded());
    }
}
