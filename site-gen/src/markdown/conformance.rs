//! The examples of the CommonMark specification and of GitHub's, as the parser
//! brings them along in its package, through all that happens here to its
//! events: what an author wrote for another program means the same to this one.
//!
//! What is different on purpose is listed, and has to be different.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use super::tests::render_with;
use crate::config::Config;

/// The files of the suite, how many examples each has at least, and those that
/// become something else.
const SUITE: [(&str, usize, &[usize]); 4] = [
    // A link to a markdown file has to lead to one that exists; GitHub links
    // addresses without brackets.
    ("spec.rs", 652, &[484, 602, 608, 611, 612]),
    ("gfm_table.rs", 8, &[]),
    ("gfm_strikethrough.rs", 3, &[]),
    ("gfm_tasklist.rs", 2, &[]),
];

#[test]
fn markdown_means_what_it_means_elsewhere() {
    let mut wrong = Vec::new();
    for (file, least, different) in SUITE {
        let text = fs::read_to_string(suite().join(file)).unwrap();
        let examples: Vec<Example<'_>> = text.split("#[test]").filter_map(Example::read).collect();
        assert!(examples.len() >= least, "{file}: {}", examples.len());
        let failed: BTreeSet<usize> = (1..)
            .zip(&examples)
            .filter(|(_, example)| !example.holds())
            .map(|(number, _)| number)
            .collect();
        let expected: BTreeSet<usize> = different.iter().copied().collect();
        for number in failed.symmetric_difference(&expected) {
            let Example { markdown, html } = &examples[number - 1];
            let found = render(markdown);
            wrong.push(format!(
                "== {file} {number}\n{markdown}\n-- expected\n{html}\n-- found\n{found}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Some markdown, and the HTML that it is.
struct Example<'a> {
    markdown: &'a str,
    html: &'a str,
}

impl<'a> Example<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (_, rest) = text.split_once("let original = r##\"")?;
        let (markdown, rest) = rest.split_once("\"##;")?;
        let (_, rest) = rest.split_once("let expected = r##\"")?;
        let (html, _) = rest.split_once("\"##;")?;
        Some(Self { markdown, html })
    }

    fn holds(&self) -> bool {
        normal(&render(self.markdown)) == normal(self.html)
    }
}

/// The HTML of a text on a site whose settings leave it as it is, without the
/// anchors that headings get.
fn render(markdown: &str) -> String {
    let text = "base_url = \"https://a.org\"\ntheme = \"t\"\n[markdown]\n\
                smart_punctuation = false\nhighlight_code = false\n";
    let config = Config::for_text(text);
    match render_with(markdown, config.markdown) {
        Ok(rendered) => without_ids(&rendered.html),
        Err(faults) => format!("{faults:?}"),
    }
}

fn without_ids(html: &str) -> String {
    let mut without = String::new();
    let mut rest = html;
    for level in html
        .match_indices("<h")
        .map(|(at, _)| at)
        .collect::<Vec<_>>()
    {
        let start = level + "<h1".len();
        let Some(id) = html[start..].strip_prefix(" id=\"") else {
            continue;
        };
        let end = html.len() - id.len() + id.find('"').unwrap() + 1;
        without.push_str(&rest[..start - (html.len() - rest.len())]);
        rest = &html[end..];
    }
    without + rest
}

/// HTML without what can be written in two ways.
fn normal(html: &str) -> String {
    html.replace("<br>", "<br />")
        .replace("<hr>", "<hr />")
        .replace(">\n<", "><")
}

/// Where the parser's package has its examples.
fn suite() -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        // Packages for other systems may not be here.
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let parser = packages
        .iter()
        .find(|package| package["name"] == "pulldown-cmark")
        .unwrap();
    let manifest = PathBuf::from(parser["manifest_path"].as_str().unwrap());
    manifest.parent().unwrap().join("tests/suite")
}
