//! What templates and texts ask of pictures: Zola's functions, and ours.
//!
//! * `get_image_metadata(path)`: `width`, `height`, `format`, `mime`; with
//!   `allow_missing=true`, none where there is no such file.
//! * `resize_image(path, width, height, op, format, quality)`: a map of `url`,
//!   `static_path`, `width`, `height`, `orig_width`, `orig_height`. Nothing is
//!   made while a template waits: the answer follows from the header of the
//!   file, and the picture is made when all pages are rendered.
//!
//! A path is that of a static file, as it is served, or in `content/`.

use std::path::{Path, PathBuf};

use tera::value::Key;
use tera::{Error, Kwargs, TeraResult, Value};

use crate::diagnostic::{Reason, did_you_mean};
use crate::functions::calls::want;
use crate::functions::{Knowledge, PICTURE, Wanted};
use crate::limits::{MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE};
use crate::picture::{Drawing, Encoding, Format, Header, Part, Recipe, UseAs, in_proportion};
use crate::values::map;

/// Words for what `resize_image` does with width and height.
const OPERATIONS: [(&str, Operation); 5] = [
    ("scale", Operation::Scale),
    ("fit_width", Operation::FitWidth),
    ("fit_height", Operation::FitHeight),
    ("fit", Operation::Fit),
    ("fill", Operation::Fill),
];

/// Words for what it writes.
const FORMATS: [(&str, Option<Format>); 6] = [
    ("auto", None),
    ("avif", Some(Format::Avif)),
    ("jpg", Some(Format::Jpeg)),
    ("jpeg", Some(Format::Jpeg)),
    ("png", Some(Format::Png)),
    ("webp", Some(Format::Webp)),
];

/// Where files lie in a project of Zola's.
const PREFIXES: [&str; 4] = ["", "content/", "static/", "public/"];

/// How a picture in a text is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Elements before it, from which browsers choose.
    pub(crate) sources: String,
    pub(crate) src: String,
    /// More attributes of it, each with a space in front.
    pub(crate) attributes: String,
}

/// What is known of a picture when a text asks.
pub(crate) enum Look {
    /// It is no static file yet, or pictures are only linked to.
    Nothing,
    /// It has to be made first.
    Wait,
    Shown(Shown),
}

impl Knowledge {
    /// How a text shows the picture under a path.
    pub(crate) fn look(&self, path: &str) -> Result<Look, Reason> {
        // No file of the site ever has another path.
        if !self.gallery.config.process || !path.starts_with('/') {
            return Ok(Look::Nothing);
        }
        // As a call, so that it is remembered what was answered.
        let arguments = [("path".into(), path.into())].into_iter().collect();
        if let Ok(answer) = self.ask(&PICTURE, arguments) {
            return Ok(Shown::from_value(&answer).map_or(Look::Nothing, Look::Shown));
        }
        // What is no answer is not remembered, and the text is not kept.
        match self.files.get(path) {
            Some(body) => self.gallery.drawing(path, body).map(|_| Look::Wait),
            None => Ok(Look::Nothing),
        }
    }

    /// The function that texts call. That there is no such file is an answer, too: one
    /// may come later.
    pub(crate) fn picture(&self, kwargs: &Kwargs) -> TeraResult<Value> {
        let path: &str = kwargs.must_get("path")?;
        let Some(body) = self.files.get(path) else {
            return Ok(Value::none());
        };
        let drawing = self
            .gallery
            .drawing(path, body)
            .map_err(|fault| to_error(&fault))?;
        let drawing = drawing.ok_or_else(|| Error::message("this picture has to be made first"))?;
        for (recipe, name) in &drawing.made {
            want(Wanted::Picture {
                path: path.to_owned(),
                recipe: *recipe,
                name: name.clone(),
            });
        }
        Ok(Shown::new(&drawing, &self.gallery.config.sizes).to_value())
    }

    pub(crate) fn image_metadata(&self, kwargs: &Kwargs) -> TeraResult<Value> {
        let wanted: &str = kwargs.must_get("path")?;
        let path = match self.find_picture(wanted) {
            Ok(path) => path,
            Err(_) if kwargs.get::<bool>("allow_missing")?.unwrap_or_default() => {
                return Ok(Value::none());
            }
            Err(error) => return Err(error),
        };
        let header = self.header(&path)?;
        let (width, height) = header.size.unzip();
        Ok(map([
            ("width", width.into()),
            ("height", height.into()),
            ("format", header.format.extensions()[0].into()),
            ("mime", header.format.mime().into()),
        ]))
    }

    pub(crate) fn resize_image(&self, kwargs: &Kwargs) -> TeraResult<Value> {
        let path = self.find_picture(kwargs.must_get("path")?)?;
        let header = self.header(&path)?;
        let (Some(size), UseAs::Source | UseAs::LosslessSource) = (header.size, header.use_as)
        else {
            let message = format!(
                "`{path}` cannot be resized; expected a picture in JPEG, PNG, GIF or WebP that \
                 does not move"
            );
            return Err(Error::message(message));
        };
        let operation = word("op", kwargs.get("op")?.unwrap_or("fill"), &OPERATIONS)?;
        let (part, (width, height)) =
            operation.apply(size, side(kwargs, "width")?, side(kwargs, "height")?)?;
        let format = word("format", kwargs.get("format")?.unwrap_or("auto"), &FORMATS)?;
        let encoding = self.encoding(&header, format, kwargs)?;
        let recipe = Recipe {
            part,
            width,
            height,
            encoding,
        };
        let name = recipe.path(&path, &self.file(&path)?.digest());
        let answer = map([
            ("url", format!("{}{name}", self.base(kwargs)?).into()),
            ("static_path", name.trim_start_matches('/').into()),
            ("width", width.into()),
            ("height", height.into()),
            ("orig_width", size.0.into()),
            ("orig_height", size.1.into()),
        ]);
        want(Wanted::Picture { path, recipe, name });
        Ok(answer)
    }

    /// The file that is served under a path, for people.
    pub(crate) fn file_of(&self, path: &str) -> PathBuf {
        // What the site does not have is one of the theme's.
        let place = self.base.place(path).unwrap_or(path);
        let of_theme = || Path::new("themes").join(place.trim_start_matches('/'));
        self.gallery
            .file_of(path)
            .map_or_else(of_theme, Path::to_owned)
    }

    /// What is written, and how well.
    fn encoding(
        &self,
        header: &Header,
        format: Option<Format>,
        kwargs: &Kwargs,
    ) -> TeraResult<Encoding> {
        let default = i64::from(self.gallery.config.quality);
        let quality = kwargs.get::<i64>("quality")?.unwrap_or(default);
        let range = "expected a whole number from 1 to 100";
        let quality = u8::try_from(quality).ok().filter(|q| (1..=100).contains(q));
        let quality =
            quality.ok_or_else(|| Error::message(format!("`quality` is out of range; {range}")))?;
        let format = format.unwrap_or(match header.format {
            Format::Jpeg => Format::Jpeg,
            Format::Webp => Format::Webp,
            _ => Format::Png,
        });
        let encoding = self.gallery.encoding(format, quality);
        encoding.ok_or_else(|| Error::message(format!("{} is not written", format.name())))
    }

    /// The path under which a picture is served.
    fn find_picture(&self, wanted: &str) -> TeraResult<String> {
        let place = match wanted.strip_prefix("@/") {
            Some(file) => format!("/{file}"),
            None => self.place(wanted),
        };
        let wanted = place.trim_start_matches('/');
        let found = PREFIXES.iter().find_map(|prefix| {
            let rest = wanted.strip_prefix(prefix)?;
            let served = [format!("/{rest}"), format!("/{}", crate::url::encode(rest))];
            let served = served
                .into_iter()
                .map(|place| self.base.address(&place))
                .find(|path| self.files.contains_key(path));
            served.or_else(|| self.paths.get(rest).cloned())
        });
        found.ok_or_else(|| {
            let path = self.base.address(&format!("/{wanted}"));
            let help = did_you_mean(&path, self.files.keys().map(String::as_str));
            let help = help.map_or(String::new(), |help| format!("; {help}"));
            Error::message(format!("there is no picture `{path}`{help}"))
        })
    }

    fn header(&self, path: &str) -> TeraResult<Header> {
        let header = self.file(path)?.header(path);
        let header = header.map_err(|fault| to_error(&fault))?;
        header.ok_or_else(|| Error::message(format!("nothing is known of pictures like `{path}`")))
    }
}

fn to_error(fault: &Reason) -> Error {
    Error::message(format!("{}; expected {}", fault.message, fault.expected))
}

/// A word out of a few.
fn word<T: Copy>(argument: &str, word: &str, words: &[(&str, T)]) -> TeraResult<T> {
    let found = words.iter().find(|(known, _)| *known == word);
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
        let help = did_you_mean(word, known.iter().copied());
        let help = help.map_or(String::new(), |help| format!("; {help}"));
        let known = known.join("`, `");
        Error::message(format!(
            "`{argument}` cannot be `{word}`; expected one of `{known}`{help}"
        ))
    })
}

fn side(kwargs: &Kwargs, name: &str) -> TeraResult<Option<u32>> {
    let Some(side) = kwargs.get::<i64>(name)? else {
        return Ok(None);
    };
    let valid = u32::try_from(side)
        .ok()
        .filter(|side| (1..=MAX_PICTURE_SIDE).contains(side));
    let message = format!("`{name}` is {side}; expected a number from 1 to {MAX_PICTURE_SIDE}");
    valid.map(Some).ok_or_else(|| Error::message(message))
}

/// What is done with a picture to make it as wide and high as is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    /// Exactly so, whatever shape it had.
    Scale,
    FitWidth,
    FitHeight,
    /// At most so, in its own shape.
    Fit,
    /// Exactly so, in its own shape: what is too much is cut off on both sides.
    Fill,
}

/// Width and height.
type Size = (u32, u32);

impl Operation {
    fn apply(
        self,
        own: Size,
        width: Option<u32>,
        height: Option<u32>,
    ) -> TeraResult<(Option<Part>, Size)> {
        let missing =
            |name: &str| Error::message(format!("`resize_image` needs `{name}` for this `op`"));
        let width = || width.ok_or_else(|| missing("width"));
        let height = || height.ok_or_else(|| missing("height"));
        let (part, size) = match self {
            Self::Scale => (None, (width()?, height()?)),
            Self::FitWidth => (None, to_width(own, width()?)),
            Self::FitHeight => (None, to_height(own, height()?)),
            Self::Fit => (None, fit(own, (width()?, height()?))),
            Self::Fill => {
                let size = (width()?, height()?);
                (middle(own, size), size)
            }
        };
        let pixels = u64::from(size.0) * u64::from(size.1);
        if pixels > MAX_PICTURE_PIXELS {
            let million = MAX_PICTURE_PIXELS / 1_000_000;
            let message = format!(
                "{} × {} pixels; expected at most {million} million",
                size.0, size.1
            );
            return Err(Error::message(message));
        }
        Ok((part, size))
    }
}

fn to_width(own: Size, width: u32) -> Size {
    (width, in_proportion(own.1, width, own.0))
}

fn to_height(own: Size, height: u32) -> Size {
    (in_proportion(own.0, height, own.1), height)
}

/// A picture that fits already stays as it is.
fn fit(own: Size, (width, height): Size) -> Size {
    if own.0 <= width && own.1 <= height {
        return own;
    }
    let wide = u64::from(own.0) * u64::from(height) > u64::from(own.1) * u64::from(width);
    if wide {
        to_width(own, width)
    } else {
        to_height(own, height)
    }
}

/// The largest part in the middle that has the shape of some size; none if that
/// is all of it.
fn middle(own: Size, (width, height): Size) -> Option<Part> {
    let part_width = in_proportion(width, own.1, height).min(own.0);
    let part_height = in_proportion(height, own.0, width).min(own.1);
    let part = Part {
        left: (own.0 - part_width) / 2,
        top: (own.1 - part_height) / 2,
        width: part_width,
        height: part_height,
    };
    ((part_width, part_height) != own).then_some(part)
}

impl Shown {
    fn new(drawing: &Drawing, sizes: &str) -> Self {
        let sizes = crate::url::escape(sizes);
        let srcset = |choices: &[(u32, String)]| {
            let choices = choices.iter();
            let choices: Vec<String> = choices
                .map(|(width, path)| format!("{path} {width}w"))
                .collect();
            crate::url::escape(&choices.join(", ")).into_owned()
        };
        let sources = drawing.others.iter().map(|(format, choices)| {
            let (mime, srcset) = (format.mime(), srcset(choices));
            format!("<source type=\"{mime}\" srcset=\"{srcset}\" sizes=\"{sizes}\">")
        });
        let mut attributes = String::new();
        if let Some((width, height)) = drawing.size {
            attributes = format!(" width=\"{width}\" height=\"{height}\"");
        }
        if !drawing.own.is_empty() {
            let srcset = srcset(&drawing.own);
            attributes.push_str(&format!(" srcset=\"{srcset}\" sizes=\"{sizes}\""));
        }
        Self {
            sources: sources.collect(),
            src: drawing.src.clone(),
            attributes,
        }
    }

    fn to_value(&self) -> Value {
        map([
            ("sources", self.sources.as_str().into()),
            ("src", self.src.as_str().into()),
            ("attributes", self.attributes.as_str().into()),
        ])
    }

    fn from_value(value: &Value) -> Option<Self> {
        let map = value.as_map()?;
        let text = |name: &'static str| map.get(&Key::from(name))?.as_str().map(str::to_owned);
        Some(Self {
            sources: text("sources")?,
            src: text("src")?,
            attributes: text("attributes")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn operations_are_those_of_zola() {
        let apply = |operation: Operation, width, height| {
            let (part, size) = operation.apply((400, 200), width, height).unwrap();
            (
                part.map(|part| (part.left, part.top, part.width, part.height)),
                size,
            )
        };
        assert_eq!(
            apply(Operation::Scale, Some(50), Some(60)),
            (None, (50, 60))
        );
        assert_eq!(
            apply(Operation::FitWidth, Some(100), None),
            (None, (100, 50))
        );
        assert_eq!(
            apply(Operation::FitHeight, None, Some(50)),
            (None, (100, 50))
        );
        assert_eq!(
            apply(Operation::Fit, Some(100), Some(100)),
            (None, (100, 50))
        );
        assert_eq!(
            apply(Operation::Fit, Some(1000), Some(50)),
            (None, (100, 50))
        );
        assert_eq!(
            apply(Operation::Fit, Some(1000), Some(900)),
            (None, (400, 200))
        );
        let square = (Some((100, 0, 200, 200)), (50, 50));
        assert_eq!(apply(Operation::Fill, Some(50), Some(50)), square);
        let band = (Some((0, 75, 400, 50)), (80, 10));
        assert_eq!(apply(Operation::Fill, Some(80), Some(10)), band);
        assert_eq!(apply(Operation::Fill, Some(40), Some(20)), (None, (40, 20)));
        for (operation, expected) in [
            (Operation::FitWidth.apply((4, 2), None, Some(1)), "`width`"),
            (Operation::Fill.apply((4, 2), Some(1), None), "`height`"),
            (
                Operation::Scale.apply((4, 2), Some(60_000), Some(60_000)),
                "100 million",
            ),
        ] {
            let error = operation.unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    proptest! {
        #[test]
        fn parts_lie_inside_of_pictures(
            own in (1..70_000_u32, 1..70_000_u32),
            (width, height) in (1..5000_u32, 1..5000_u32),
        ) {
            for (_, operation) in OPERATIONS {
                let Ok((part, size)) = operation.apply(own, Some(width), Some(height)) else {
                    continue;
                };
                prop_assert!(size.0 > 0 && size.1 > 0);
                if let Some(part) = part {
                    prop_assert!(part.width > 0 && part.left + part.width <= own.0);
                    prop_assert!(part.height > 0 && part.top + part.height <= own.1);
                }
            }
        }
    }
}
