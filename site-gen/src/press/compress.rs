//! Step 9: each file in every encoding in which it is smaller, as tightly as
//! the encoders can: it is done once, and read many times.

use std::io::Write;

use site_pack::Encoding;
use site_pack::plan::Digest;

use crate::limits::MIN_COMPRESSED_BYTES;
use crate::output::media_type;
use crate::store;
use crate::store::Store;

/// Brotli's window, as a power of two: all that its format allows without an
/// extension.
const BROTLI_WINDOW: u32 = 24;
const BROTLI_QUALITY: u32 = 11;
const BROTLI_BUFFER_BYTES: usize = 1 << 16;
/// Above 19, decoders need more than the 8 MB that RFC 9659 grants browsers.
const ZSTD_LEVEL: i32 = 19;
const GZIP_LEVEL: u32 = 9;

/// Tells stored results apart that were made by other encoders or parameters.
const RECIPE: &[u8] = b"br 11, zstd 19, gzip 9; version 2";

/// A file in several encodings.
pub(crate) type Encoded = Vec<(Encoding, Vec<u8>)>;

/// What encodings are kept as.
const KIND: &str = "compressed";

/// The encodings of a file that are smaller than it.
pub(crate) fn encode(
    content_type: &str,
    (body, digest): (&[u8], &Digest),
    store: &Store,
) -> Encoded {
    if body.len() < MIN_COMPRESSED_BYTES || media_type::is_compressed(content_type) {
        return Encoded::new();
    }
    let joined = store.get_or_make(KIND, &[RECIPE, digest], || {
        join(&Encoding::ALL.map(|encoding| (encoding, compress(encoding, body))))
    });
    // What is stored was checked to be what was written; if it is not, that is
    // an encoder of ours, and the file goes without.
    let encoded = split(&joined).unwrap_or_default();
    encoded
        .into_iter()
        .filter(|(_, bytes)| bytes.len() < body.len())
        .collect()
}

/// Says that the encodings of a file are used, though it is not packed anew.
pub(crate) fn keep(digest: &Digest, store: &Store) {
    if store.keeps() {
        store.keep(KIND, &store::name(&[RECIPE, digest]));
    }
}

/// All encodings in one piece: the length of each, and its bytes.
fn join(encoded: &[(Encoding, Vec<u8>)]) -> Vec<u8> {
    let mut joined = Vec::new();
    for (_, bytes) in encoded {
        joined.extend((bytes.len() as u64).to_le_bytes());
        joined.extend_from_slice(bytes);
    }
    joined
}

fn split(mut joined: &[u8]) -> Option<Encoded> {
    let mut encoded = Encoded::new();
    for encoding in Encoding::ALL {
        let (length, rest) = joined.split_first_chunk()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (bytes, rest) = rest.split_at_checked(length)?;
        encoded.push((encoding, bytes.to_vec()));
        joined = rest;
    }
    Some(encoded)
}

fn compress(encoding: Encoding, body: &[u8]) -> Vec<u8> {
    const INFALLIBLE: &str = "memory takes whatever an encoder writes";
    match encoding {
        Encoding::Brotli => {
            let mut encoder = brotli::CompressorWriter::new(
                Vec::new(),
                BROTLI_BUFFER_BYTES,
                BROTLI_QUALITY,
                BROTLI_WINDOW,
            );
            encoder.write_all(body).expect(INFALLIBLE);
            encoder.into_inner()
        }
        Encoding::Zstd => zstd::bulk::compress(body, ZSTD_LEVEL).expect(INFALLIBLE),
        Encoding::Gzip => {
            // No name and no time in the header: the same bytes every time.
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(GZIP_LEVEL));
            encoder.write_all(body).expect(INFALLIBLE);
            encoder.finish().expect(INFALLIBLE)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use site_pack::plan::digest;

    fn encode(content_type: &str, body: &[u8]) -> Encoded {
        super::encode(content_type, (body, &digest(body)), &Store::default())
    }

    #[test]
    fn every_encoding_can_be_decoded_and_is_smaller() {
        let body = "<p>Programs that carry their own operating system.</p>\n"
            .repeat(100)
            .into_bytes();
        let encoded = encode("text/html; charset=utf-8", &body);
        assert_eq!(encoded.len(), 3);
        for (encoding, bytes) in encoded.iter() {
            assert!(bytes.len() < body.len());
            let mut decoded = Vec::new();
            let read = match encoding {
                Encoding::Brotli => {
                    brotli::Decompressor::new(&bytes[..], 4096).read_to_end(&mut decoded)
                }
                Encoding::Zstd => zstd::Decoder::new(&bytes[..])
                    .unwrap()
                    .read_to_end(&mut decoded),
                Encoding::Gzip => {
                    flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut decoded)
                }
            };
            assert_eq!(read.unwrap(), body.len());
            assert_eq!(decoded, body, "{encoding:?}");
        }
    }

    #[test]
    fn what_does_not_shrink_is_left_out() {
        assert!(encode("image/png", &[0; 4000]).is_empty());
        assert!(encode("text/plain", b"short").is_empty());
        let hashes = (0..100_u8).map(|n| <sha2::Sha256 as sha2::Digest>::digest([n]));
        let noise: Vec<u8> = hashes.flatten().collect();
        assert!(encode("application/octet-stream", &noise).is_empty());
    }
}
