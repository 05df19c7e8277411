//! Pixels in the formats of the web. No encoder here writes anything but
//! pixels: no place, no time, no camera. The same pixels give the same bytes,
//! on however many cores.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};
use ravif::{Img, RGB8, RGBA8};

use super::Format;
use super::pixels::{Colors, Pixels};
use crate::diagnostic::Reason;

/// How hard the AVIF encoder tries: 1 takes longest, 10 is fastest. Measured on
/// a photo of 12 megapixels with all its default variants; ARCHITECTURE.md says
/// what came of it.
const AVIF_SPEED: u8 = 9;

/// How the bytes of a picture are made from its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Encoding {
    Avif {
        quality: u8,
    },
    Jpeg {
        quality: u8,
    },
    Png,
    Webp {
        quality: u8,
    },
    /// As WebP keeps it smaller: every pixel as it is, or nearly.
    WebpOfLossless {
        quality: u8,
    },
}

impl Encoding {
    /// The usual encoding in a format; none if nothing is written in it here.
    pub(crate) fn in_format(format: Format, quality: u8) -> Option<Self> {
        match format {
            Format::Avif => Some(Self::Avif { quality }),
            Format::Jpeg => Some(Self::Jpeg { quality }),
            Format::Png => Some(Self::Png),
            Format::Webp => Some(Self::Webp { quality }),
            Format::Gif | Format::Svg => None,
        }
    }

    pub(crate) fn format(self) -> Format {
        match self {
            Self::Avif { .. } => Format::Avif,
            Self::Jpeg { .. } => Format::Jpeg,
            Self::Png => Format::Png,
            Self::Webp { .. } | Self::WebpOfLossless { .. } => Format::Webp,
        }
    }

    /// The bytes of a picture.
    pub(super) fn encode(self, pixels: &Pixels) -> Result<Vec<u8>, Reason> {
        let encoded = match self {
            Self::Avif { quality } => avif(pixels, quality),
            Self::Jpeg { quality } => jpeg(pixels, quality),
            Self::Png => png(pixels),
            Self::Webp { quality } => webp(pixels, quality, Loss::Some),
            Self::WebpOfLossless { quality } => {
                webp(pixels, quality, Loss::None).and_then(|whole| {
                    let nearly = webp(pixels, quality, Loss::Some)?;
                    Ok(if nearly.len() < whole.len() {
                        nearly
                    } else {
                        whole
                    })
                })
            }
        };
        encoded.map_err(|error| {
            let (format, width, height) = (self.format().name(), pixels.width, pixels.height);
            let message = format!("{width} × {height} pixels cannot be made {format}: {error}");
            Reason::new(message, "a smaller picture, or another format")
        })
    }
}

fn avif(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, String> {
    let encoder = ravif::Encoder::new()
        .with_quality(quality.into())
        .with_alpha_quality(quality.into())
        .with_speed(AVIF_SPEED)
        // More would divide the picture into tiles, by the number of cores.
        .with_num_threads(Some(1));
    let size = (pixels.width as usize, pixels.height as usize);
    let encoded = if pixels.colors == Colors::Transparent {
        let colors: Vec<RGBA8> = pixels
            .rgba
            .chunks_exact(4)
            .map(|pixel| RGBA8::new(pixel[0], pixel[1], pixel[2], pixel[3]))
            .collect();
        encoder.encode_rgba(Img::new(&colors, size.0, size.1))
    } else {
        let colors: Vec<RGB8> = pixels
            .rgba
            .chunks_exact(4)
            .map(|pixel| RGB8::new(pixel[0], pixel[1], pixel[2]))
            .collect();
        encoder.encode_rgb(Img::new(&colors, size.0, size.1))
    };
    let encoded = encoded.map_err(|error| error.to_string())?;
    Ok(encoded.avif_file)
}

fn jpeg(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, String> {
    let (bytes, color) = match pixels.colors {
        Colors::Gray => (pixels.gray(), ExtendedColorType::L8),
        // There is no opacity in JPEG: a page is white where nothing is.
        Colors::Transparent => (on_white(pixels), ExtendedColorType::Rgb8),
        Colors::Opaque => (pixels.rgb(), ExtendedColorType::Rgb8),
    };
    let mut encoded = Vec::new();
    JpegEncoder::new_with_quality(&mut encoded, quality)
        .encode(&bytes, pixels.width, pixels.height, color)
        .map_err(|error| error.to_string())?;
    Ok(encoded)
}

fn on_white(pixels: &Pixels) -> Vec<u8> {
    let blend = |color: u8, opacity: u8| {
        let (color, opacity) = (u32::from(color), u32::from(opacity));
        ((color * opacity + 255 * (255 - opacity) + 127) / 255) as u8
    };
    let pixels = pixels.rgba.chunks_exact(4);
    pixels
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]].map(|color| blend(color, pixel[3])))
        .collect()
}

fn png(pixels: &Pixels) -> Result<Vec<u8>, String> {
    let mut encoded = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut encoded, CompressionType::Best, FilterType::Adaptive);
    let (bytes, color) = match pixels.colors {
        Colors::Gray => (pixels.gray(), ExtendedColorType::L8),
        Colors::Opaque => (pixels.rgb(), ExtendedColorType::Rgb8),
        Colors::Transparent => (pixels.rgba.clone(), ExtendedColorType::Rgba8),
    };
    encoder
        .write_image(&bytes, pixels.width, pixels.height, color)
        .map_err(|error| error.to_string())?;
    Ok(encoded)
}

/// Whether an encoder may change pixels.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    None,
    Some,
}

fn webp(pixels: &Pixels, quality: u8, loss: Loss) -> Result<Vec<u8>, String> {
    let (width, height) = (pixels.width, pixels.height);
    let rgb;
    let encoder = if pixels.colors == Colors::Transparent {
        webp::Encoder::from_rgba(&pixels.rgba, width, height)
    } else {
        rgb = pixels.rgb();
        webp::Encoder::from_rgb(&rgb, width, height)
    };
    let encoded = encoder.encode_simple(loss == Loss::None, quality.into());
    Ok(encoded.map_err(|error| format!("{error:?}"))?.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Header;
    use crate::picture::samples;

    const ALL: [Encoding; 5] = [
        Encoding::Avif { quality: 80 },
        Encoding::Jpeg { quality: 80 },
        Encoding::Png,
        Encoding::Webp { quality: 80 },
        Encoding::WebpOfLossless { quality: 80 },
    ];

    #[test]
    fn what_is_written_can_be_read_and_has_the_colours_it_had() {
        for colors in [Colors::Gray, Colors::Opaque, Colors::Transparent] {
            let pixels = samples::pixels(40, 24, colors);
            for encoding in ALL {
                let bytes = encoding.encode(&pixels).unwrap();
                assert_eq!(bytes, encoding.encode(&pixels).unwrap(), "{encoding:?}");
                let path = format!("/a.{}", encoding.format().extensions()[0]);
                let header = Header::read(&path, &bytes).unwrap().unwrap();
                assert_eq!(header.size, Some((40, 24)), "{encoding:?} {colors:?}");
                if encoding.format() == Format::Avif {
                    continue;
                }
                let again = Pixels::decode(&header, &bytes).unwrap();
                let (wanted, found) = if encoding.format() == Format::Jpeg {
                    (on_white(&pixels), again.rgb())
                } else {
                    (pixels.rgba.clone(), again.rgba)
                };
                let distance = samples::distance(&wanted, &found);
                assert!(distance < 6.0, "{encoding:?} {colors:?}: {distance}");
            }
        }
    }

    #[test]
    fn too_large_a_picture_is_a_fault() {
        let wide = Pixels {
            width: 20_000,
            height: 1,
            rgba: vec![9; 80_000],
            colors: Colors::Transparent,
        };
        let fault = Encoding::Webp { quality: 50 }.encode(&wide).unwrap_err();
        assert!(fault.message.contains("20000 × 1"), "{}", fault.message);
    }
}
