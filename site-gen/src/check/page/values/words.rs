//! Values that are made of words: what a field is filled with, names of windows,
//! kinds of files.

use std::collections::HashSet;

use super::{Bad, Kind, require};
use crate::diagnostic::closest;

pub(super) const NOT_EMPTY: Kind = Kind {
    expected: "at least one sign",
    judge: |value| require(!value.is_empty()),
};

/// What refers to an element has its id, which has no spaces.
pub(in crate::check::page) const ID: Kind = Kind {
    expected: "the id of an element of this page",
    judge: |value| require(!value.is_empty() && !value.contains(|c: char| c.is_ascii_whitespace())),
};

pub(in crate::check::page) const IDS: Kind = Kind {
    expected: "ids of elements of this page, with spaces between them",
    judge: |value| require(!value.trim_ascii().is_empty()),
};

pub(super) const MAP: Kind = Kind {
    expected: "`#` and the name of a <map>",
    judge: |value| require(value.len() > 1 && value.starts_with('#')),
};

/// Words of an author's own, each once.
pub(super) const WORDS: Kind = Kind {
    expected: "words with spaces between them, each once",
    judge: |value| {
        let mut seen = HashSet::new();
        let mut words = value.split_ascii_whitespace();
        match words.find(|word| !seen.insert(word.to_ascii_lowercase())) {
            Some(word) => Err(Bad::because(format!("`{word}` stands there twice"))),
            None => Ok(()),
        }
    },
};

/// Keys that lead to an element.
pub(super) const KEYS: Kind = Kind {
    expected: "single signs with spaces between them, each once",
    judge: |value| {
        let mut seen = HashSet::new();
        let mut keys = value.split_ascii_whitespace();
        require(keys.all(|key| key.chars().count() == 1 && seen.insert(key)))
    },
};

pub(super) const ONE_LINE: Kind = Kind {
    expected: "a text without line breaks",
    judge: |value| require(!value.contains(['\n', '\r'])),
};

/// The name of a window; those of browsers begin with `_`.
pub(super) const FRAME: Kind = Kind {
    expected: "a name that does not begin with `_`",
    judge: |value| require(!value.is_empty() && !value.starts_with('_')),
};

const WINDOWS: [&str; 5] = ["_blank", "_parent", "_self", "_top", "_unfencedtop"];

pub(super) const WINDOW: Kind = Kind {
    expected: "`_blank`, `_self`, `_parent`, `_top`, or a name without `_` before it",
    judge: |value| {
        let is_known = WINDOWS.iter().any(|own| own.eq_ignore_ascii_case(value));
        if is_known || !value.is_empty() && !value.starts_with('_') {
            return Ok(());
        }
        let meant = closest(value, WINDOWS).map(str::to_owned);
        Err(Bad {
            meant,
            ..Bad::default()
        })
    },
};

pub(super) const COMMAND: Kind = Kind {
    expected: "`show-modal`, `close`, `request-close`, `show-popover`, `hide-popover`, \
               `toggle-popover`, or an own name that begins with `--`",
    judge: |value| {
        let known = [
            "close",
            "hide-popover",
            "request-close",
            "show-modal",
            "show-popover",
            "toggle-popover",
        ];
        let is_known = known.iter().any(|own| own.eq_ignore_ascii_case(value));
        require(is_known || value.starts_with("--"))
    },
};

/// The name of an element of an author's own.
pub(super) const CUSTOM: Kind = Kind {
    expected: "a name in small letters with a hyphen in it",
    judge: |value| {
        let begins = value.starts_with(|c: char| c.is_ascii_lowercase());
        let is_bad = |c: char| c.is_ascii_uppercase() || c.is_ascii_whitespace();
        require(begins && value.contains('-') && !value.contains(is_bad))
    },
};

pub(super) const PREFIXES: Kind = Kind {
    expected: "pairs of a prefix and an address, such as `og: https://ogp.me/ns#`",
    judge: |value| {
        let words: Vec<&str> = value.split_ascii_whitespace().collect();
        let are_pairs = words
            .chunks(2)
            .all(|pair| pair.len() == 2 && pair[0].ends_with(':'));
        require(are_pairs)
    },
};

pub(super) const PROPERTIES: Kind = Kind {
    expected: "names of properties, without `.` in them, or whole addresses",
    judge: |value| {
        let is_good = |name: &str| name.contains(':') || !name.contains('.');
        let mut names = value.split_ascii_whitespace();
        require(!value.trim_ascii().is_empty() && names.all(is_good))
    },
};

pub(super) const MIME: Kind = Kind {
    expected: "a type of files, such as `image/webp` or `text/css`",
    judge: |value| require(is_mime(value)),
};

pub(super) const MIMES: Kind = Kind {
    expected: "types of files such as `image/png`, `image/*` or `.pdf`, with commas between them",
    judge: |value| {
        let is_good = |part: &str| {
            let part = part.trim_ascii();
            part.len() > 1 && part.starts_with('.') || is_mime(part)
        };
        require(value.split(',').all(is_good))
    },
};

/// A type and a subtype, with parameters or without.
fn is_mime(value: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(is_sign);
    let (kind, parameters) = match value.split_once(';') {
        Some((kind, parameters)) => (kind.trim_ascii_end(), Some(parameters)),
        None => (value, None),
    };
    let names = kind.split_once('/');
    let is_parameter = |text: &str| {
        let parts = text.trim_ascii().split_once('=');
        parts.is_some_and(|(name, value)| {
            let is_quoted = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
            is_token(name) && (is_token(value) || is_quoted)
        })
    };
    names.is_some_and(|(kind, sub)| is_token(kind) && is_token(sub))
        && parameters.is_none_or(|all| all.contains('"') || all.split(';').all(is_parameter))
}

/// Types of JavaScript (MIME Sniffing, 4.6).
const SCRIPTS: [&str; 16] = [
    "application/ecmascript",
    "application/javascript",
    "application/x-ecmascript",
    "application/x-javascript",
    "text/ecmascript",
    "text/javascript",
    "text/javascript1.0",
    "text/javascript1.1",
    "text/javascript1.2",
    "text/javascript1.3",
    "text/javascript1.4",
    "text/javascript1.5",
    "text/jscript",
    "text/livescript",
    "text/x-ecmascript",
    "text/x-javascript",
];

/// Whether it says that a script is one of JavaScript, to be run as it is.
pub(in crate::check::page) fn is_script(value: &str) -> bool {
    value.is_empty() || SCRIPTS.iter().any(|own| own.eq_ignore_ascii_case(value))
}

pub(super) const SCRIPT: Kind = Kind {
    expected: "`module`, `importmap`, `speculationrules`, or a type of data such as \
               `application/json`",
    judge: |value| {
        let own = ["importmap", "module", "speculationrules"];
        if own.iter().any(|own| own.eq_ignore_ascii_case(value)) || is_script(value) {
            return Ok(());
        }
        let name = value.split(';').next().unwrap_or_default().trim_ascii();
        if name.len() < value.len() && is_script(name) {
            return Err(Bad::because("nothing may follow the type of JavaScript"));
        }
        require(is_mime(value))
    },
};

pub(super) const REFERRERS: [&str; 9] = [
    "",
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];

pub(super) const SANDBOX: [&str; 14] = [
    "allow-downloads",
    "allow-forms",
    "allow-modals",
    "allow-orientation-lock",
    "allow-pointer-lock",
    "allow-popups",
    "allow-popups-to-escape-sandbox",
    "allow-presentation",
    "allow-same-origin",
    "allow-scripts",
    "allow-storage-access-by-user-activation",
    "allow-top-navigation",
    "allow-top-navigation-by-user-activation",
    "allow-top-navigation-to-custom-protocols",
];

/// What a resource is loaded as (Fetch, 2.2.6).
pub(in crate::check::page) const DESTINATIONS: [&str; 22] = [
    "audio",
    "audioworklet",
    "document",
    "embed",
    "fetch",
    "font",
    "frame",
    "iframe",
    "image",
    "json",
    "manifest",
    "object",
    "paintworklet",
    "report",
    "script",
    "serviceworker",
    "sharedworker",
    "style",
    "track",
    "video",
    "worker",
    "xslt",
];

pub(super) const INTEGRITY: Kind = Kind {
    expected: "`sha256-`, `sha384-` or `sha512-` and the hash in base64",
    judge: |value| {
        let is_hash = |word: &str| {
            let word = word.split('?').next().unwrap_or_default();
            let hashes = [("sha256-", 44), ("sha384-", 64), ("sha512-", 88)];
            hashes.iter().any(|(name, length)| {
                let hash = word.strip_prefix(name);
                hash.is_some_and(|hash| hash.len() == *length)
            })
        };
        require(value.split_ascii_whitespace().all(is_hash))
    },
};

/// Sizes of icons.
pub(super) const ICONS: Kind = Kind {
    expected: "sizes such as `32x32`, or `any`",
    judge: |value| {
        let is_number = |text: &str| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            digits && !text.is_empty() && !text.starts_with('0')
        };
        let is_size = |word: &str| {
            let parts = word.split_once('x');
            parts.is_some_and(|(width, height)| is_number(width) && is_number(height))
        };
        let mut words = value.split_ascii_whitespace();
        let is_any = value.eq_ignore_ascii_case("any");
        require(is_any || !value.trim_ascii().is_empty() && words.all(is_size))
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_files_have_two_parts() {
        for good in [
            "a/b",
            "image/svg+xml",
            "text/plain; charset=utf-8",
            "video/mp4;codecs=\"a, b\"",
        ] {
            assert!(is_mime(good), "{good}");
        }
        for bad in [
            "", "image", "image/", "/png", "a b/c", "a/b/c", "a/b;c", "é/é",
        ] {
            assert!(!is_mime(bad), "{bad}");
        }
    }
}
