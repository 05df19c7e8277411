//! Sets of characters, as far as a table of the first ones tells them apart.

/// Some of the kinds of a character: 128 of ASCII, and one for all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Characters {
    pub(super) ascii: u128,
    pub(super) others: bool,
}

impl Characters {
    pub(super) const NONE: Self = Self {
        ascii: 0,
        others: false,
    };
    pub(super) const ALL: Self = Self {
        ascii: u128::MAX,
        others: true,
    };

    /// Those of ASCII that fit, and all others or none.
    pub(super) fn of(others: bool, fits: impl Fn(char) -> bool) -> Self {
        let ascii = (0..128_u8).filter(|&byte| fits(char::from(byte)));
        Self {
            ascii: ascii.fold(0, |ascii, byte| ascii | 1 << byte),
            others,
        }
    }

    pub(super) fn one(character: char) -> Self {
        Self::of(!character.is_ascii(), |c| c == character)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            ascii: self.ascii | other.ascii,
            others: self.others || other.others,
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            ascii: self.ascii & other.ascii,
            others: self.others && other.others,
        }
    }

    /// With the other case of each. Some letters outside of ASCII are another
    /// case of one inside, or of two.
    pub(super) fn in_any_case(self) -> Self {
        Self::of(true, |c| {
            let is_any = self.others && c.is_ascii_alphabetic();
            is_any || self.has(c.to_ascii_lowercase()) || self.has(c.to_ascii_uppercase())
        })
    }

    pub(super) fn has(self, character: char) -> bool {
        if character.is_ascii() {
            self.ascii >> u32::from(character) & 1 == 1
        } else {
            self.others
        }
    }
}
