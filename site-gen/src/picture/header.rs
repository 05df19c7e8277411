//! What a picture says of itself before its first pixel: what it is, how large,
//! which way up. No pixel is decoded, and no more is read than that takes.
//!
//! A format is told by the first bytes, never by the name: browsers do the same
//! (WHATWG MIME Sniffing, 6.1). Each format has a file here, which follows its
//! specification; all of them accept any bytes.

mod avif;
mod bmp;
mod bytes;
mod gif;
mod jpeg;
mod png;
mod svg;
mod webp;

use image::metadata::Orientation;

use super::Format;
use crate::diagnostic::Reason;
use crate::limits::{MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE};

/// What is known of a picture without decoding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) format: Format,
    /// Width and height in pixels as it is seen, turned upright; none if a
    /// drawing leaves its size to the page.
    pub(crate) size: Option<(u32, u32)>,
    /// How the pixels in the file have to be turned.
    pub(crate) orientation: Orientation,
    pub(crate) use_as: UseAs,
}

/// What may be made of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UseAs {
    /// It can be decoded, and other pictures made of it.
    Source,
    /// The same, and none of its pixels was changed to make it small.
    LosslessSource,
    /// Only itself: it moves, is a drawing, or has colours that would be lost.
    Itself,
}

/// What is wrong with a file that begins like a picture and goes on otherwise.
const BROKEN: &str = "a picture that is whole";

/// The formats that browsers show.
const SHOWN: &str = "an AVIF, GIF, JPEG, PNG, SVG or WebP picture";

impl Header {
    /// Reads the header of a file. None is a picture that browsers show, and of
    /// which nothing is known here.
    pub(crate) fn read(path: &str, bytes: &[u8]) -> Result<Option<Self>, Reason> {
        let name = crate::url::decode(path.rsplit('/').next().unwrap_or(path));
        let Some(kind) = Kind::of(&name, bytes) else {
            let message = match bytes.len() {
                0 => format!("`{name}` is empty"),
                _ => format!("`{name}` is not a picture that browsers show"),
            };
            return Err(Reason::new(message, SHOWN));
        };
        let format = match kind {
            Kind::Known(format) => format,
            Kind::Foreign => return Ok(None),
            Kind::Bitmap if bmp::is_whole(bytes) => return Ok(None),
            Kind::Bitmap => {
                return Err(Reason::new(
                    format!("`{name}` is a broken BMP picture"),
                    BROKEN,
                ));
            }
        };
        if let Some(fault) = misnamed(&name, format) {
            return Err(fault);
        }
        let read = match format {
            Format::Avif => avif::read,
            Format::Gif => gif::read,
            Format::Jpeg => jpeg::read,
            Format::Png => png::read,
            Format::Svg => svg::read,
            Format::Webp => webp::read,
        };
        let header = read(bytes).ok_or_else(|| {
            let message = format!("`{name}` is a broken {} picture", format.name());
            Reason::new(message, BROKEN)
        })?;
        header.check_size(&name)?;
        Ok(Some(header))
    }

    /// A picture in a format that says nothing of which way up it is.
    fn upright(format: Format, (width, height): (u32, u32), use_as: UseAs) -> Self {
        Self {
            format,
            size: Some((width, height)),
            orientation: Orientation::NoTransforms,
            use_as,
        }
    }

    /// The same picture, with what its Exif data says of which way up it is.
    fn turned(mut self, exif: Option<&[u8]>) -> Self {
        self.orientation = exif
            .and_then(Orientation::from_exif_chunk)
            .unwrap_or(Orientation::NoTransforms);
        let lies = matches!(
            self.orientation,
            Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH
        );
        if lies {
            self.size = self.size.map(|(width, height)| (height, width));
        }
        self
    }

    /// A few bytes can claim any size; memory is taken for what they claim.
    fn check_size(&self, name: &str) -> Result<(), Reason> {
        let Some((width, height)) = self.size else {
            return Ok(());
        };
        let pixels = u64::from(width) * u64::from(height);
        if self.format == Format::Svg {
            return Ok(());
        }
        if pixels == 0 {
            let message = format!("`{name}` is a broken {} picture", self.format.name());
            return Err(Reason::new(message, BROKEN));
        }
        if pixels > MAX_PICTURE_PIXELS || width.max(height) > MAX_PICTURE_SIDE {
            let message = format!("`{name}` has {width} × {height} pixels");
            let expected = format!(
                "at most {} million pixels, and {MAX_PICTURE_SIDE} in a row",
                MAX_PICTURE_PIXELS / 1_000_000
            );
            return Err(Reason::new(message, expected));
        }
        Ok(())
    }
}

/// What the first bytes of a file say.
enum Kind {
    Known(Format),
    /// Not to be made anything of, but all browsers show them.
    Bitmap,
    /// Icons and JPEG XL: some browsers show them.
    Foreign,
}

impl Kind {
    fn of(name: &str, bytes: &[u8]) -> Option<Self> {
        let begins = |mark: &[u8]| bytes.starts_with(mark);
        let known = if begins(b"\x89PNG\r\n\x1a\n") {
            Format::Png
        } else if begins(b"\xff\xd8\xff") {
            Format::Jpeg
        } else if begins(b"GIF87a") || begins(b"GIF89a") {
            Format::Gif
        } else if begins(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Format::Webp
        } else if avif::is(bytes) {
            Format::Avif
        } else if svg::is(name, bytes) {
            Format::Svg
        } else if begins(b"BM") {
            return Some(Self::Bitmap);
        } else {
            let foreign: [&[u8]; 3] = [b"\0\0\x01\0", b"\xff\x0a", b"\0\0\0\x0cJXL "];
            return foreign.into_iter().any(begins).then_some(Self::Foreign);
        };
        Some(Self::Known(known))
    }
}

/// A server tells browsers what a file is by its name.
fn misnamed(name: &str, format: Format) -> Option<Reason> {
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
    let extension = extension.to_ascii_lowercase();
    if format.extensions().contains(&extension.as_str()) {
        return None;
    }
    let message = format!("`{name}` is a {} picture by what is in it", format.name());
    let expected = format!("a name that ends with `.{}`", format.extensions()[0]);
    Some(Reason::new(message, expected))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::picture::samples;

    static FILES: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| samples::all_of(9, 6));

    fn size(path: &str, bytes: &[u8]) -> Option<(u32, u32)> {
        Header::read(path, bytes).unwrap().unwrap().size
    }

    #[test]
    fn every_format_tells_its_size() {
        for (path, bytes) in samples::all_of(7, 5) {
            assert_eq!(size(path, &bytes), Some((7, 5)), "{path}");
        }
    }

    #[test]
    fn a_picture_on_its_side_is_measured_upright() {
        let lying = samples::jpeg_with_orientation(7, 5, 6);
        let header = Header::read("/a.jpg", &lying).unwrap().unwrap();
        assert_eq!(header.size, Some((5, 7)));
        assert_eq!(header.orientation, Orientation::Rotate90);
        let mirrored = samples::jpeg_with_orientation(7, 5, 2);
        assert_eq!(size("/a.jpg", &mirrored), Some((7, 5)));
    }

    #[test]
    fn faults_say_what_was_expected() {
        let fault = |path: &str, bytes: &[u8]| {
            let fault = Header::read(path, bytes).unwrap_err();
            format!("{}; {}", fault.message, fault.expected)
        };
        let png = samples::png(7, 5);
        assert_eq!(
            fault("/x/a%20b.jpg", &png),
            "`a b.jpg` is a PNG picture by what is in it; a name that ends with `.png`"
        );
        assert_eq!(
            fault("/a.png", &png[..20]),
            "`a.png` is a broken PNG picture; a picture that is whole"
        );
        assert_eq!(
            fault("/a.tiff", b"II*\0"),
            "`a.tiff` is not a picture that browsers show; \
             an AVIF, GIF, JPEG, PNG, SVG or WebP picture"
        );
        let expected = "`a.png` has 100000 × 100000 pixels; \
             at most 100 million pixels, and 65535 in a row";
        assert_eq!(fault("/a.png", &samples::bomb(100_000, 100_000)), expected);
        assert!(fault("/a.png", &samples::bomb(0, 9)).contains("broken"));
        assert!(fault("/a.png", b"").contains("empty"));
    }

    #[test]
    fn what_moves_stays_itself() {
        for (path, bytes) in [
            ("/a.gif", samples::gif(3, 3, 2)),
            ("/a.png", samples::moving_png(3, 3)),
            ("/a.webp", samples::moving_webp(3, 3)),
        ] {
            let header = Header::read(path, &bytes).unwrap().unwrap();
            assert_eq!(header.use_as, UseAs::Itself, "{path}");
            assert_eq!(header.size, Some((3, 3)), "{path}");
        }
        let still = Header::read("/a.gif", &samples::gif(3, 3, 1));
        assert_eq!(still.unwrap().unwrap().use_as, UseAs::LosslessSource);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0..7_usize) {
            let marks: [&[u8]; 7] = [
                b"", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff", b"GIF89a",
                b"RIFF\0\0\0\0WEBPVP8X", b"\0\0\0\x0cftypavif", b"<svg ",
            ];
            let mut file = marks[kind].to_vec();
            file.extend(bytes);
            for path in ["/a.png", "/a.jpg", "/a.gif", "/a.webp", "/a.avif", "/a.svg"] {
                let _ = Header::read(path, &file);
            }
        }

        #[test]
        fn no_damage_panics(at in 0..4000_usize, value: u8, length in 0..4000_usize) {
            for (path, mut bytes) in FILES.clone() {
                let index = at % bytes.len();
                bytes[index] = value;
                bytes.truncate(1 + length % bytes.len());
                let _ = Header::read(path, &bytes);
            }
        }
    }
}
