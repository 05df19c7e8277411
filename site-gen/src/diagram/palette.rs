//! The colours of drawings: those of the page around them, whether it is light or
//! dark. merman computes with colours, so that it is given ones that nobody chooses
//! ([`ROLES`]), and what stands for each of them in CSS takes their places
//! ([`restore`]). A theme may say them itself; what it does not say follows from the
//! colour of text.

use merman::svg::ThemeRole;

/// What a colour is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Role {
    /// As red, green and blue; no two are alike, nor the opposite of one another.
    rgb: [u8; 3],
    pub(super) for_merman: Option<ThemeRole>,
    css: &'static str,
}

const fn role(rgb: [u8; 3], for_merman: ThemeRole, css: &'static str) -> Role {
    Role {
        rgb,
        for_merman: Some(for_merman),
        css,
    }
}

const TEXT: &str = "var(--diagram-text,currentColor)";
const LINE: &str = "var(--diagram-line,currentColor)";
pub(super) const PAPER: &str = "var(--diagram-paper,transparent)";
const FILL: &str =
    "var(--diagram-fill,color-mix(in srgb,currentColor 8%,var(--diagram-paper,transparent)))";
const GROUP: &str =
    "var(--diagram-group,color-mix(in srgb,currentColor 4%,var(--diagram-paper,transparent)))";
const NOTE: &str =
    "var(--diagram-note,color-mix(in srgb,#fb0 22%,var(--diagram-paper,transparent)))";

/// All of them. Light, as what merman derives of them then needs no more than they.
pub(super) const ROLES: [Role; 18] = [
    role([0xfe, 0xfd, 0xfb], ThemeRole::Canvas, PAPER),
    role([0xee, 0xf1, 0xf5], ThemeRole::Surface, FILL),
    role([0xe4, 0xe8, 0xee], ThemeRole::SurfaceAlt, GROUP),
    role([0xe5, 0xe9, 0xef], ThemeRole::SurfaceMuted, GROUP),
    role([0x1a, 0x1b, 0x1d], ThemeRole::Text, TEXT),
    role([0x2a, 0x2b, 0x2d], ThemeRole::SubtleText, TEXT),
    role([0x7a, 0x7b, 0x7d], ThemeRole::Border, LINE),
    role([0x5a, 0x5b, 0x5d], ThemeRole::Line, LINE),
    role([0xfe, 0xfd, 0xfa], ThemeRole::EdgeLabelBackground, PAPER),
    role([0xe6, 0xea, 0xf0], ThemeRole::ClusterBackground, GROUP),
    role([0x7c, 0x7b, 0x7e], ThemeRole::ClusterBorder, LINE),
    role([0xff, 0xf5, 0xae], ThemeRole::NoteBackground, NOTE),
    role([0x7e, 0x7b, 0x7f], ThemeRole::NoteBorder, LINE),
    role([0x1c, 0x1b, 0x1e], ThemeRole::NoteText, TEXT),
    role([0xed, 0xf1, 0xf4], ThemeRole::ActorBackground, FILL),
    role([0x7d, 0x7b, 0x7c], ThemeRole::ActorBorder, LINE),
    role([0x1d, 0x1b, 0x1f], ThemeRole::ActorText, TEXT),
    // The opposite of a line, which merman writes on it.
    Role {
        rgb: [0xa5, 0xa4, 0xa2],
        for_merman: None,
        css: "var(--diagram-paper,Canvas)",
    },
];

/// Colours of what is told apart by colour, as in a pie: on light and on dark paper.
pub(super) const SERIES: [&str; 8] = [
    "#5b8fc7", "#e0933c", "#5fa86a", "#cf6a6a", "#9a7fc4", "#b3a13a", "#4fa5a8", "#c477a4",
];

impl Role {
    pub(super) fn color(self) -> String {
        let [red, green, blue] = self.rgb;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// A value or a style sheet in which each colour of ours is what it stands for.
pub(super) fn restore(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['#', 'r']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match color(rest) {
            Some((role, length)) => {
                out.push_str(role.css);
                rest = &rest[length..];
            }
            None => {
                out.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The colour of ours that a text begins with, and how long it is there.
fn color(text: &str) -> Option<(Role, usize)> {
    let (rgb, length) = hex(text).or_else(|| function(text))?;
    let role = ROLES.into_iter().find(|role| role.rgb == rgb)?;
    Some((role, length))
}

fn hex(text: &str) -> Option<([u8; 3], usize)> {
    let digits = text.strip_prefix('#')?;
    if digits.as_bytes().get(6).is_some_and(u8::is_ascii_hexdigit) {
        return None;
    }
    let part = |index: usize| u8::from_str_radix(digits.get(index..index + 2)?, 16).ok();
    Some(([part(0)?, part(2)?, part(4)?], "#rrggbb".len()))
}

fn function(text: &str) -> Option<([u8; 3], usize)> {
    let inside = text.strip_prefix("rgb(")?;
    let (numbers, _) = inside.split_once(')')?;
    let mut parts = numbers.split(',').map(|number| number.trim().parse());
    let mut part = || parts.next()?.ok();
    let rgb = [part()?, part()?, part()?];
    Some((rgb, "rgb()".len() + numbers.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_colors_become_others() {
        let text = "stroke:#1A1B1D;fill:rgb(26, 27, 29);a:#1a1b1d00;b:#333;c:rgb(1,2,3);d:rgb(;é#";
        let expected =
            format!("stroke:{TEXT};fill:{TEXT};a:#1a1b1d00;b:#333;c:rgb(1,2,3);d:rgb(;é#");
        assert_eq!(restore(text), expected);
    }

    #[test]
    fn no_two_roles_are_mixed_up() {
        for (index, role) in ROLES.iter().enumerate() {
            assert!(
                ROLES[..index].iter().all(|other| other.rgb != role.rgb),
                "{role:?}"
            );
        }
    }
}
