//! A decoded picture: upright, in sRGB, eight bits for each colour.
//!
//! What else the file says, as where and by whom a photo was taken, ends here:
//! pixels have no metadata. A colour profile is applied and then needed no
//! more, as pixels without one are sRGB on the web (CSS Color 4, 4.1). That
//! library chooses its vector code by the CPU, so that a colour of a converted
//! picture may differ by one step between machines.

use std::io::Cursor;

use image::codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::{DynamicImage, ImageDecoder, ImageResult, Limits};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::{Format, Header};
use crate::diagnostic::Reason;
use crate::limits::{MAX_PICTURE_BYTES, MAX_PICTURE_SIDE};

/// The pixels of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Red, green, blue, opacity; row by row.
    pub(super) rgba: Vec<u8>,
    pub(super) colors: Colors,
}

/// What is in the four bytes of each pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colors {
    /// Red, green and blue are the same; all is opaque.
    Gray,
    /// All is opaque.
    Opaque,
    /// Some of it can be seen through.
    Transparent,
}

/// Which colours a file has, whatever is in its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Gray,
    Colored,
}

/// Bytes that are converted at once.
const PIECE_BYTES: usize = 4 << 12;

impl Pixels {
    /// Decodes a picture of which the header was read.
    pub(super) fn decode(header: &Header, bytes: &[u8]) -> Result<Self, Reason> {
        let reader = Cursor::new(bytes);
        let decoded = match header.format {
            Format::Gif => GifDecoder::new(reader).and_then(read),
            Format::Jpeg => JpegDecoder::new(reader).and_then(read),
            Format::Png => PngDecoder::with_limits(reader, limits()).and_then(read),
            Format::Webp => WebPDecoder::new(reader).and_then(read),
            Format::Avif | Format::Svg => {
                let message = format!("{} pictures are not decoded", header.format.name());
                return Err(Reason::new(message, "a GIF, JPEG, PNG or WebP picture"));
            }
        };
        let (mut image, profile) = decoded.map_err(|error| {
            let message = format!("this {} picture is broken: {error}", header.format.name());
            Reason::new(message, "a picture that is whole")
        })?;
        image.apply_orientation(header.orientation);
        Ok(Self::from_image(image, profile.as_deref()))
    }

    fn from_image(image: DynamicImage, profile: Option<&[u8]>) -> Self {
        let source = match image.color().has_color() {
            true => Source::Colored,
            false => Source::Gray,
        };
        let rgba = image.into_rgba8();
        let (width, height) = rgba.dimensions();
        let mut rgba = rgba.into_raw();
        if let Some(profile) = profile {
            convert(&mut rgba, profile, source);
        }
        let opaque = rgba.chunks_exact(4).all(|pixel| pixel[3] == u8::MAX);
        let colors = match (opaque, source) {
            (true, Source::Gray) => Colors::Gray,
            (true, Source::Colored) => Colors::Opaque,
            (false, _) => Colors::Transparent,
        };
        Self {
            width,
            height,
            rgba,
            colors,
        }
    }

    /// Without opacity: as encoders want what has none.
    pub(super) fn rgb(&self) -> Vec<u8> {
        let pixels = self.rgba.chunks_exact(4);
        pixels
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect()
    }

    /// One byte for each pixel, of a gray picture.
    pub(super) fn gray(&self) -> Vec<u8> {
        self.rgba.chunks_exact(4).map(|pixel| pixel[0]).collect()
    }
}

/// The pixels, and the colour profile.
fn read(mut decoder: impl ImageDecoder) -> ImageResult<(DynamicImage, Option<Vec<u8>>)> {
    decoder.set_limits(limits())?;
    // A profile that cannot be read is none: so browsers do it.
    let profile = decoder.icc_profile().ok().flatten();
    Ok((DynamicImage::from_decoder(decoder)?, profile))
}

/// The header was checked; these are for what it does not tell.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_PICTURE_SIDE);
    limits.max_image_height = Some(MAX_PICTURE_SIDE);
    limits.max_alloc = Some(MAX_PICTURE_BYTES);
    limits
}

/// Converts colours to sRGB. A profile that makes no sense, or is for others,
/// changes nothing: so browsers do it.
fn convert(rgba: &mut [u8], profile: &[u8], colors: Source) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else {
        return;
    };
    let options = TransformOptions {
        prefer_fixed_point: true,
        ..TransformOptions::default()
    };
    let srgb = ColorProfile::new_srgb();
    let from = match (profile.color_space, colors) {
        (DataColorSpace::Rgb, _) => Layout::Rgba,
        (DataColorSpace::Gray, Source::Gray) => Layout::Gray,
        _ => return,
    };
    let Ok(transform) = profile.create_transform_8bit(from, &srgb, Layout::Rgba, options) else {
        return;
    };
    if from == Layout::Gray {
        let levels: [u8; 256] = std::array::from_fn(|level| level as u8);
        let mut converted = [0; 4 * 256];
        if transform.transform(&levels, &mut converted).is_ok() {
            for pixel in rgba.chunks_exact_mut(4) {
                let level = converted[pixel[0] as usize * 4];
                pixel[..3].fill(level);
            }
        }
        return;
    }
    // In pieces, so that no second picture is in memory.
    let mut piece = [0_u8; PIECE_BYTES];
    for chunk in rgba.chunks_mut(PIECE_BYTES) {
        let piece = &mut piece[..chunk.len()];
        if transform.transform(chunk, piece).is_ok() {
            chunk.copy_from_slice(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::picture::samples;

    static FILES: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| samples::all_of(9, 6));

    fn decode(bytes: &[u8]) -> Pixels {
        let header = Header::read("/a.png", bytes).unwrap().unwrap();
        Pixels::decode(&header, bytes).unwrap()
    }

    #[test]
    fn colours_become_those_of_srgb() {
        let plain = decode(&samples::png(20, 10));
        let with = |profile: ColorProfile| {
            let profile = profile.encode().unwrap();
            decode(&samples::png_with_profile(20, 10, &profile))
        };
        let srgb = with(ColorProfile::new_srgb());
        let most = plain
            .rgba
            .iter()
            .zip(&srgb.rgba)
            .map(|(a, b)| a.abs_diff(*b))
            .max();
        assert!(most <= Some(1), "sRGB is not shifted: {most:?}");
        // The same numbers are stronger colours where the primaries are.
        let mut wide = vec![200, 100, 50, 255];
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        convert(&mut wide, &profile, Source::Colored);
        for (found, expected) in wide.iter().zip([215, 93, 31, 255_u8]) {
            assert!(found.abs_diff(expected) <= 2, "{wide:?}");
        }
        assert!(samples::distance(&plain.rgba, &with(ColorProfile::new_display_p3()).rgba) > 1.0);
    }

    #[test]
    fn a_gray_picture_has_a_gray_profile() {
        let linear = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let mut gray = vec![55, 55, 55, 9];
        convert(&mut gray, &linear, Source::Gray);
        // 55/255 of the light is about half way as eyes see it.
        assert!(
            gray[0].abs_diff(128) <= 2 && gray[0] == gray[2] && gray[3] == 9,
            "{gray:?}"
        );
        let mut colored = vec![55, 55, 55, 9];
        convert(&mut colored, &linear, Source::Colored);
        assert_eq!(colored, [55, 55, 55, 9]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn no_damage_panics(at in 0..4000_usize, value: u8, length in 0..8000_usize) {
            for (path, mut bytes) in FILES.clone() {
                let index = at % bytes.len();
                bytes[index] = value;
                if length < 4000 {
                    bytes.truncate(1 + length % bytes.len());
                }
                if let Ok(Some(header)) = Header::read(path, &bytes) {
                    let _ = Pixels::decode(&header, &bytes);
                }
            }
        }

        #[test]
        fn no_profile_panics(profile in proptest::collection::vec(any::<u8>(), 0..300), at in 0..600_usize, value: u8) {
            convert(&mut [1, 2, 3, 4], &profile, Source::Colored);
            let mut known = ColorProfile::new_display_p3().encode().unwrap();
            let index = at % known.len();
            known[index] = value;
            convert(&mut [1, 2, 3, 4], &known, Source::Colored);
        }
    }
}
