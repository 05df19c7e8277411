//! The table `[images]` of `content/site.toml`: what is made of pictures in
//! texts.

use std::ops::RangeInclusive;

use crate::data::{Data, Fields};
use crate::diagnostic::did_you_mean;
use crate::limits::{MAX_PICTURE_SIDE, MAX_PICTURE_WIDTHS};
use crate::picture::Format;
use crate::source::Source;

const FORMATS: [(&str, Format); 2] = [("avif", Format::Avif), ("webp", Format::Webp)];
const WIDTHS: [u32; 4] = [480, 960, 1440, 1920];
const QUALITY: u8 = 80;
const QUALITIES: RangeInclusive<i64> = 1..=100;
const SIZES: &str = "100vw";

/// What is made of pictures.
#[derive(Clone, Debug)]
pub(crate) struct PictureConfig {
    /// `process`: whether pictures are looked at, or only linked to.
    pub(crate) process: bool,
    /// Those that browsers are offered besides a picture's own, the preferred
    /// one first.
    pub(crate) formats: Vec<Format>,
    /// In pixels, the smallest first.
    pub(crate) widths: Vec<u32>,
    /// From 1 to 100, of every encoder.
    pub(crate) quality: u8,
    /// The value of the attribute `sizes`: how wide pictures are on a page.
    pub(crate) sizes: String,
    /// `lazy`: whether browsers load pictures only when they come into view.
    pub(crate) lazy: bool,
    /// `figures`: whether a picture that is alone and has a title gets it as
    /// its caption.
    pub(crate) figures: bool,
}

impl Default for PictureConfig {
    fn default() -> Self {
        Self {
            process: true,
            formats: FORMATS.map(|(_, format)| format).to_vec(),
            widths: WIDTHS.to_vec(),
            quality: QUALITY,
            sizes: SIZES.to_owned(),
            lazy: true,
            figures: true,
        }
    }
}

impl PictureConfig {
    pub(crate) fn read(fields: &mut Fields<'_>, source: &Source) -> Self {
        let mut images = Fields::new(source, fields.table("images"));
        let default = Self::default();
        let config = Self {
            process: images.boolean("process").unwrap_or(default.process),
            formats: read_formats(&mut images, source).unwrap_or(default.formats),
            widths: read_widths(&mut images, source).unwrap_or(default.widths),
            quality: read_quality(&mut images, source).unwrap_or(default.quality),
            sizes: read_sizes(&mut images, source).unwrap_or(default.sizes),
            lazy: images.boolean("lazy").unwrap_or(default.lazy),
            figures: images.boolean("figures").unwrap_or(default.figures),
        };
        for fault in images.finish("[images]") {
            fields.fault(fault);
        }
        config
    }
}

fn read_formats(images: &mut Fields<'_>, source: &Source) -> Option<Vec<Format>> {
    let node = images.take("formats")?;
    let mut formats = Vec::new();
    let words = FORMATS.map(|(word, _)| word);
    let expected = format!("some of \"{}\", or none", words.join("\", \""));
    let Data::Array(items) = node.value else {
        let fault = source.at(node.span, "`formats` is not an array");
        images.fault(fault.expected(expected));
        return None;
    };
    for item in items {
        if images.is_full() {
            break;
        }
        let word = match &item.value {
            Data::String(word) => word.as_str(),
            _ => &source.text[item.span.clone()],
        };
        match FORMATS.iter().find(|(known, _)| *known == word) {
            Some((_, format)) if !formats.contains(format) => formats.push(*format),
            Some(_) => {}
            None => {
                let fault = source.at(item.span.clone(), format!("no format `{word}` is written"));
                let fault = fault.expected(&expected);
                images.fault(fault.suggestion(did_you_mean(word, words)));
            }
        }
    }
    Some(formats)
}

fn read_widths(images: &mut Fields<'_>, source: &Source) -> Option<Vec<u32>> {
    let node = images.take("widths")?;
    let expected = format!("at most {MAX_PICTURE_WIDTHS} numbers from 1 to {MAX_PICTURE_SIDE}");
    let Data::Array(items) = node.value else {
        let fault = source.at(node.span, "`widths` is not an array");
        images.fault(fault.expected(expected));
        return None;
    };
    if items.len() > MAX_PICTURE_WIDTHS {
        let fault = source.at(node.span, format!("`widths` has {} steps", items.len()));
        images.fault(fault.expected(expected));
        return None;
    }
    let mut widths = Vec::new();
    for item in items {
        let width = match item.value {
            Data::Integer(width) => u32::try_from(width).ok(),
            _ => None,
        };
        match width.filter(|width| (1..=MAX_PICTURE_SIDE).contains(width)) {
            Some(width) => widths.push(width),
            None => {
                let fault = source.at(item.span, "this is not a width in pixels");
                images.fault(fault.expected(&expected));
            }
        }
    }
    widths.sort_unstable();
    widths.dedup();
    Some(widths)
}

fn read_quality(images: &mut Fields<'_>, source: &Source) -> Option<u8> {
    let node = images.take("quality")?;
    match node.value {
        Data::Integer(quality) if QUALITIES.contains(&quality) => u8::try_from(quality).ok(),
        _ => {
            let written = &source.text[node.span.clone()];
            let fault = source.at(node.span.clone(), format!("`quality` cannot be {written}"));
            images.fault(fault.expected("a whole number from 1 to 100"));
            None
        }
    }
}

fn read_sizes(images: &mut Fields<'_>, source: &Source) -> Option<String> {
    let (sizes, span) = images.spanned_string("sizes")?;
    if sizes.trim().is_empty() {
        let fault = source.at(span, "`sizes` is empty");
        images.fault(
            fault.expected("how wide pictures are, as in \"(min-width: 50em) 40em, 100vw\""),
        );
        return None;
    }
    Some(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::diagnostic::Diagnostic;

    fn read(images: &str) -> Result<PictureConfig, Vec<Diagnostic>> {
        let text = format!("base_url = \"https://a.org\"\ntheme = \"t\"\n[images]\n{images}\n");
        let file = "content/site.toml".into();
        Config::parse(Source { file, text }).map(|config| config.pictures)
    }

    #[test]
    fn values_are_read_and_put_in_order() {
        let config =
            read("formats = [\"webp\"]\nwidths = [900, 300, 900]\nquality = 60\nlazy = false")
                .unwrap();
        assert_eq!(config.formats, [Format::Webp]);
        assert_eq!(config.widths, [300, 900]);
        assert_eq!(
            (config.quality, config.lazy, config.process),
            (60, false, true)
        );
        let config = read("formats = []\nwidths = []\nprocess = false").unwrap();
        assert!(config.formats.is_empty() && config.widths.is_empty() && !config.process);
        assert_eq!(read("").unwrap().sizes, "100vw");
    }

    #[test]
    fn every_wrong_value_is_told() {
        let faults = read(
            "formats = [\"avfi\", \"jxl\"]\nwidths = [0, 480.5, 70000]\nquality = 101\n\
             sizes = \"\"\nlazy = 1\nwidht = [1]",
        )
        .unwrap_err();
        let mut told: Vec<String> = faults
            .iter()
            .map(|fault| {
                let line = fault.place.as_ref().map_or(0, |place| place.line);
                format!("{line}: {}", fault.message)
            })
            .collect();
        told.sort();
        assert_eq!(
            told,
            [
                "4: no format `avfi` is written",
                "4: no format `jxl` is written",
                "5: this is not a width in pixels",
                "5: this is not a width in pixels",
                "5: this is not a width in pixels",
                "6: `quality` cannot be 101",
                "7: `sizes` is empty",
                "8: `lazy` is a whole number",
                "9: unknown key `widht` in [images]",
            ]
        );
        let suggestions = faults
            .iter()
            .filter_map(|fault| fault.suggestion.as_deref());
        let mut suggestions: Vec<&str> = suggestions.collect();
        suggestions.sort_unstable();
        assert_eq!(
            suggestions,
            ["did you mean `avif`?", "did you mean `widths`?"]
        );
        let many = read("widths = [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]").unwrap_err();
        assert_eq!(many[0].message, "`widths` has 17 steps");
    }
}
