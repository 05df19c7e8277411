//! Keys that Zola has and Fata has not: whoever brings a site from there is told
//! what to do instead.

/// Those of `content/site.toml`.
pub(crate) const CONFIG: [(&str, &str); 11] = [
    ("generate_feed", "`generate_feeds = true`"),
    ("feed_filename", "`feed_filenames = [\"atom.xml\"]`"),
    ("rss_limit", "`feed_limit`"),
    (
        "output_dir",
        "`fata build --out DIR`, or `--html DIR` for pages alone",
    ),
    (
        "preserve_dotfiles_in_output",
        "no such key: a directory is replaced as a whole",
    ),
    (
        "hard_link_static",
        "no such key: files are packed, not linked",
    ),
    (
        "slugify",
        "`slug` or `path` in the front matter of a page, where its name will not do",
    ),
    ("highlight_code", "it in the table `[markdown]`"),
    (
        "highlight_theme",
        "colours in the theme's style sheet: code has classes",
    ),
    (
        "extra_syntaxes",
        "a language that is known: others are shown plain",
    ),
    (
        "mode",
        "no such key: `fata serve` and `fata build` make the same pages",
    ),
];

/// Those of front matter.
pub(crate) const FRONT_MATTER: [(&str, &str); 2] = [
    ("generate_feed", "`generate_feeds = true`"),
    ("order", "`weight`"),
];

/// Those of `[link_checker]`.
pub(crate) const LINK_CHECKER: [(&str, &str); 3] = [
    (
        "skip_anchor_prefixes",
        "no such key: anchors of other sites are not looked for",
    ),
    (
        "internal_level",
        "no such key: a link to nothing is an error",
    ),
    (
        "external_level",
        "no such key: other sites are only asked by `fata check --external`",
    ),
];

/// Functions, and what to write in their place.
pub(crate) const FUNCTIONS: [(&str, &str); 4] = [
    (
        "now",
        "the same files make the same site on any day; give a date in `[extra]` of site.toml",
    ),
    (
        "get_env",
        "the same files make the same site on any machine; give the value in `[extra]` of site.toml",
    ),
    ("get_random", "the same files make the same site"),
    ("get_file_hash", "`get_hash` says the same"),
];
