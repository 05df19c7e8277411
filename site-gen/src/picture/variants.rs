//! Which smaller pictures stand in for one in a text, so that a browser can
//! take the smallest that is sharp on its screen.
//!
//! A picture is offered in steps of width, none wider than itself: in its own
//! format, and in others that browsers may prefer. The rules by which some of
//! them are left out:
//!
//! * In the picture's own format, a step has to be smaller in bytes than the
//!   next wider one; the last is compared with the picture itself.
//! * In another format, every step has to be smaller than what a browser would
//!   load without that format. One that is not takes the format with it:
//!   browsers choose the format before the step, and would else be left with a
//!   step too wide or too narrow.

use std::fmt::Write as _;

use super::Format;

/// What there is of a picture, besides itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variants {
    /// Widths in its own format, the smallest first; none of them is its own.
    pub(crate) own: Vec<u32>,
    /// Whether it is offered itself, above those.
    pub(crate) itself: Itself,
    /// Widths in others, the preferred format first.
    pub(crate) others: Vec<(Format, Vec<u32>)>,
}

/// Whether a picture is offered among its variants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Itself {
    #[default]
    Offered,
    /// A variant that is wide enough for any screen stands in for it.
    Replaced,
}

/// The widths a picture is offered in, its own among them if it is not wider
/// than all that were asked for. None if it needs no variants.
pub(crate) fn steps(width: u32, widths: &[u32]) -> Vec<u32> {
    let Some((first, last)) = widths.first().zip(widths.last()) else {
        return Vec::new();
    };
    if width <= *first {
        return Vec::new();
    }
    let narrower = widths.iter().copied().filter(|step| *step < width);
    let own = (width <= *last).then_some(width);
    narrower.chain(own).collect()
}

/// Chooses among the variants of a picture. `encode` says how long each is that
/// it can make in a format and some widths.
pub(crate) fn choose(
    (width, format, length): (u32, Format, usize),
    steps: &[u32],
    formats: &[Format],
    encode: impl Fn(Format, &[u32]) -> Vec<Option<usize>>,
) -> Variants {
    let narrower: Vec<u32> = steps.iter().copied().filter(|step| *step < width).collect();
    let lengths = encode(format, &narrower);
    let mut variants = Variants::default();
    // What browsers take: widths and lengths, the widest first.
    let mut taken = Vec::new();
    if steps.last() == Some(&width) {
        taken.push((width, length));
    }
    let mut least = length;
    for (step, length) in narrower.iter().zip(&lengths).rev() {
        if let Some(length) = length.filter(|length| *length < least) {
            least = length;
            taken.push((*step, length));
            variants.own.insert(0, *step);
        }
    }
    if steps.last() != Some(&width) {
        if variants.own.last() == steps.last() {
            variants.itself = Itself::Replaced;
        } else {
            taken.insert(0, (width, length));
        }
    }
    for other in formats.iter().rev().filter(|other| **other != format) {
        let lengths = encode(*other, steps);
        let lengths: Option<Vec<usize>> = lengths.into_iter().collect();
        let better = lengths.filter(|lengths| {
            let mut steps = steps.iter().zip(lengths);
            steps.all(|(step, length)| *length < load(&taken, *step))
        });
        if let Some(lengths) = better {
            taken = steps.iter().copied().zip(lengths).rev().collect();
            variants.others.insert(0, (*other, steps.to_vec()));
        }
    }
    variants
}

/// What a browser loads of some choices where a width is needed: the narrowest
/// that is wide enough, or else the widest.
fn load(taken: &[(u32, usize)], width: u32) -> usize {
    let enough = taken.iter().rev().find(|(step, _)| *step >= width);
    enough.or(taken.first()).map_or(0, |(_, length)| *length)
}

impl Variants {
    /// As a text, which is kept for later builds.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        let itself = match self.itself {
            Itself::Offered => "offered",
            Itself::Replaced => "replaced",
        };
        text.push_str(itself);
        let mut line = |name: &str, widths: &[u32]| {
            // Writing to a string cannot fail.
            _ = write!(text, "\n{name}");
            for width in widths {
                _ = write!(text, " {width}");
            }
        };
        line("own", &self.own);
        for (format, widths) in &self.others {
            line(format.extensions()[0], widths);
        }
        text
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let itself = match lines.next()? {
            "offered" => Itself::Offered,
            "replaced" => Itself::Replaced,
            _ => return None,
        };
        let widths = |line: &str| -> Option<Vec<u32>> {
            line.split(' ')
                .skip(1)
                .map(|word| word.parse().ok())
                .collect()
        };
        let own = widths(lines.next()?)?;
        let other = |line: &str| {
            let formats = [Format::Avif, Format::Webp];
            let name = line.split(' ').next()?;
            let format = formats.into_iter().find(|f| f.extensions()[0] == name)?;
            Some((format, widths(line)?))
        };
        Some(Self {
            own,
            itself,
            others: lines.map(other).collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTHS: [u32; 3] = [480, 960, 1920];
    const FORMATS: [Format; 2] = [Format::Avif, Format::Webp];

    /// As in `offered | own 480 960 | avif 480 960 1000`.
    fn chosen(width: u32, length: usize, encode: impl Fn(Format, u32) -> Option<usize>) -> String {
        let steps = steps(width, &WIDTHS);
        let all = |format, widths: &[u32]| widths.iter().map(|w| encode(format, *w)).collect();
        let variants = choose((width, Format::Jpeg, length), &steps, &FORMATS, all);
        assert_eq!(
            Variants::from_text(&variants.to_text()).as_ref(),
            Some(&variants)
        );
        variants.to_text().replace('\n', " | ")
    }

    #[test]
    fn steps_end_at_the_picture() {
        assert_eq!(steps(480, &WIDTHS), [0; 0]);
        assert_eq!(steps(481, &WIDTHS), [480, 481]);
        assert_eq!(steps(1920, &WIDTHS), [480, 960, 1920]);
        assert_eq!(steps(4000, &WIDTHS), [480, 960, 1920]);
        assert_eq!(steps(4000, &[]), [0; 0]);
    }

    #[test]
    fn a_photo_has_all_variants() {
        let encode = |format, width: u32| {
            let part = match format {
                Format::Avif => 3,
                Format::Webp => 2,
                _ => 1,
            };
            Some(width as usize * 100 / part)
        };
        assert_eq!(
            chosen(1000, 100_000, encode),
            "offered | own 480 960 | avif 480 960 1000 | webp 480 960 1000"
        );
        assert_eq!(
            chosen(4000, 400_000, encode),
            "replaced | own 480 960 1920 | avif 480 960 1920 | webp 480 960 1920"
        );
    }

    #[test]
    fn what_is_not_smaller_is_left_out() {
        // A drawing of few colours: smaller sizes have more of them.
        let large = |format, width: u32| match format {
            Format::Jpeg => Some(width as usize * 50),
            _ => Some(width as usize * 40),
        };
        assert_eq!(chosen(4000, 30_000, large), "offered | own 480");
        // One format saves, the other does not.
        let mixed = |format, width: u32| match format {
            Format::Avif => Some(width as usize * 101),
            Format::Webp => Some(width as usize * 100),
            _ => Some(width as usize * 110),
        };
        assert_eq!(
            chosen(1000, 110_000, mixed),
            "offered | own 480 960 | webp 480 960 1000"
        );
        // A format that cannot hold the picture.
        let tall = |format, width: u32| match format {
            Format::Webp => None,
            Format::Avif => Some(width as usize / 4),
            _ => Some(width as usize / 2),
        };
        assert_eq!(
            chosen(1000, 1000, tall),
            "offered | own 480 960 | avif 480 960 1000"
        );
    }

    #[test]
    fn other_texts_are_none() {
        for text in [
            "",
            "x",
            "offered",
            "offered\nown x",
            "offered\nown 1\njxl 1",
        ] {
            assert_eq!(Variants::from_text(text), None, "{text}");
        }
    }
}
