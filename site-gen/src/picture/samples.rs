//! Pictures for tests, made when they are needed.

use image::codecs::gif::GifEncoder;
use image::{Frame, RgbaImage};

use super::encode::Encoding;
use super::pixels::{Colors, Pixels};

/// Soft colours, as photos have them.
pub(crate) fn pixels(width: u32, height: u32, colors: Colors) -> Pixels {
    let color = |x: u32, y: u32| {
        let wave = |n: u32, of: u32| (128.0 + 100.0 * (n as f32 / of as f32 * 5.0).sin()) as u8;
        let (red, green, blue) = (wave(x, width), wave(y, height), wave(x + y, width + height));
        match colors {
            Colors::Gray => [red, red, red, 255],
            Colors::Opaque => [red, green, blue, 255],
            Colors::Transparent => [red, green, blue, 100 + green / 2],
        }
    };
    drawn(width, height, colors, color)
}

/// Pixels whose colours are computed.
pub(crate) fn drawn(
    width: u32,
    height: u32,
    colors: Colors,
    color: impl Fn(u32, u32) -> [u8; 4],
) -> Pixels {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    Pixels {
        width,
        height,
        rgba: places.flat_map(|(x, y)| color(x, y)).collect(),
        colors,
    }
}

fn encoded(width: u32, height: u32, encoding: Encoding) -> Vec<u8> {
    encoding
        .encode(&pixels(width, height, Colors::Opaque))
        .unwrap()
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, Encoding::Png)
}

pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, Encoding::Jpeg { quality: 90 })
}

/// With Exif data: which way up, as Exif numbers it, and a place.
pub(crate) fn jpeg_with_orientation(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 48.8584 N 2.2945 E");
    let mut with = b"\xff\xd8\xff\xe1".to_vec();
    with.extend((exif.len() as u16 + 2).to_be_bytes());
    with.extend(exif);
    with.extend(&jpeg(width, height)[2..]);
    with
}

pub(crate) fn gif(width: u32, height: u32, pictures: usize) -> Vec<u8> {
    let pixels = pixels(width, height, Colors::Opaque);
    let image = RgbaImage::from_raw(width, height, pixels.rgba).unwrap();
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    let frames = std::iter::repeat_n(Frame::new(image), pictures);
    encoder.encode_frames(frames).unwrap();
    drop(encoder);
    bytes
}

/// A PNG with a chunk before its pixels.
fn png_with(png: &[u8], name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut with = png[..33].to_vec();
    with.extend((data.len() as u32).to_be_bytes());
    with.extend(name);
    with.extend(data);
    let mut crc = flate2::Crc::new();
    crc.update(name);
    crc.update(data);
    with.extend(crc.sum().to_be_bytes());
    with.extend(&png[33..]);
    with
}

pub(crate) fn moving_png(width: u32, height: u32) -> Vec<u8> {
    png_with(&png(width, height), b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0])
}

pub(crate) fn png_with_profile(width: u32, height: u32, profile: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut data = b"a profile\0\0".to_vec();
    let mut encoder = flate2::write::ZlibEncoder::new(&mut data, flate2::Compression::fast());
    encoder.write_all(profile).unwrap();
    encoder.finish().unwrap();
    png_with(&png(width, height), b"iCCP", &data)
}

pub(crate) fn moving_webp(width: u32, height: u32) -> Vec<u8> {
    let mut header = vec![0x02, 0, 0, 0];
    header.extend(&(width - 1).to_le_bytes()[..3]);
    header.extend(&(height - 1).to_le_bytes()[..3]);
    let mut bytes = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0".to_vec();
    bytes.extend(header);
    bytes
}

/// A PNG that claims a size, and has no pixels.
pub(crate) fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(1, 1)[..16].to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(&png(1, 1)[24..]);
    bytes
}

/// One of each format, under a name of its own.
pub(crate) fn all_of(width: u32, height: u32) -> Vec<(&'static str, Vec<u8>)> {
    let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'/>");
    vec![
        ("/a.png", png(width, height)),
        ("/a.jpg", jpeg(width, height)),
        ("/a.gif", gif(width, height, 1)),
        (
            "/a.webp",
            encoded(width, height, Encoding::Webp { quality: 80 }),
        ),
        (
            "/b.webp",
            encoded(width, height, Encoding::WebpOfLossless { quality: 99 }),
        ),
        (
            "/a.avif",
            encoded(width, height, Encoding::Avif { quality: 80 }),
        ),
        ("/a.svg", svg.into_bytes()),
    ]
}

/// How far two pictures are apart: the mean over all bytes.
pub(crate) fn distance(one: &[u8], other: &[u8]) -> f64 {
    assert_eq!(one.len(), other.len());
    let apart = one
        .iter()
        .zip(other)
        .map(|(a, b)| u64::from(a.abs_diff(*b)));
    apart.sum::<u64>() as f64 / one.len() as f64
}
