//! Pictures: what is known of them, and what is made of them.
//!
//! * `header`: format, size and orientation, without a pixel being decoded;
//! * `pixels`: a decoded picture, upright and in sRGB, and its `scale`;
//! * `encode`: pixels in the formats of the web;
//! * `recipe`: one picture made of another: its name, and its bytes;
//! * `variants`: which smaller pictures stand in for one in a text;
//! * `workshop`: makes them, several at once, and keeps them for later builds;
//! * `gallery`: what texts and templates of a build can ask of all this.
//!
//! Whatever is in a file, nothing here panics or takes memory without limit.

mod encode;
mod gallery;
mod header;
mod pixels;
mod recipe;
#[cfg(test)]
mod samples;
mod scale;
mod variants;
mod workshop;

pub(crate) use encode::Encoding;
pub(crate) use gallery::{Drawing, Files, Gallery, undecodable};
pub(crate) use header::{Header, UseAs};
pub(crate) use recipe::{Part, Recipe};
pub(crate) use workshop::in_proportion;

/// A format that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Format {
    Avif,
    Gif,
    Jpeg,
    Png,
    Svg,
    Webp,
}

impl Format {
    /// As people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Avif => "AVIF",
            Self::Gif => "GIF",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Svg => "SVG",
            Self::Webp => "WebP",
        }
    }

    /// The ends of its files' names, the usual one first.
    pub(crate) fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Avif => &["avif"],
            Self::Gif => &["gif"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png", "apng"],
            Self::Svg => &["svg"],
            Self::Webp => &["webp"],
        }
    }

    /// Its media type.
    pub(crate) fn mime(self) -> &'static str {
        match self {
            Self::Avif => "image/avif",
            Self::Gif => "image/gif",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
            Self::Webp => "image/webp",
        }
    }
}
