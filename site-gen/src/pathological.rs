//! HTML that nobody writes, for all that read pages by hand: each mark many times over,
//! and behind what goes on to its end. What markdown becomes of such texts is told in
//! `markdown::pathological`.

use rayon::prelude::*;

use crate::growth::{self, spent};
use crate::output::feed::absolute::absolute;
use crate::{check, minify, search};

/// How long pages are, in bytes.
const SHORTEST: usize = 10_000;
const LONGEST: usize = 1 << 21;

/// What is repeated.
pub(crate) const REPEATED: [&str; 38] = [
    "<",
    ">",
    "&",
    "&amp",
    "\"",
    "'",
    "=",
    "</",
    "<!",
    "<?",
    "<!--",
    "-->",
    "<a ",
    "<a \"",
    "<a '",
    "<a href=",
    "<a href=\"",
    "<a href='x'>",
    "<a href=/x>a</a>",
    "<b>",
    "</b>",
    "<p>",
    "<b></p>",
    "<svg>",
    "<svg \"",
    "<svg></svg>",
    "<nav><nav/>",
    "<style>",
    "<style></style>",
    "<script></scrip",
    "<script></script>",
    "<textarea></a>",
    "<img srcset=\"a 1x,",
    "<img srcset=\"a, b 2x\">",
    "<h2 id=a>b</h2>",
    "<h1>",
    "<table><tr>",
    " \n",
];

/// What begins a page that something else then goes on with.
pub(crate) const BEGUN: [(&str, &str); 15] = [
    ("<svg>", "<a \""),
    ("<svg>", "</a '"),
    ("<style>", "</styl"),
    ("<style>", "<!--"),
    ("<nav>", "<navy "),
    ("<script>", "</"),
    ("<img srcset=\"", "a 1x,"),
    ("<img srcset=\"", "a (,"),
    ("<a ", "a=b "),
    ("<a ", "href=/b "),
    ("<a href=\"", "../"),
    ("<a ping=\"", "/b "),
    ("<style>", "url("),
    ("<b ", "id=\"a\" "),
    ("<pre>", "\n <"),
];

fn faults(reader: &str, read: impl Fn(&str) + Sync) -> Vec<String> {
    let repeated = REPEATED.iter().map(|piece| ("", *piece));
    let all: Vec<_> = repeated.chain(BEGUN).collect();
    let faults = all.into_par_iter().filter_map(|(begun, piece)| {
        let run = |length: usize| {
            let page = format!("{begun}{}", piece.repeat(length / piece.len()));
            spent(|| read(&page))
        };
        growth::fault(
            &format!("{reader}: {begun}{piece}"),
            SHORTEST..=LONGEST,
            run,
        )
    });
    faults.collect()
}

#[test]
fn the_index_reads_any_page_in_time() {
    let wrong = faults("parts", |page| _ = search::parts(page));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn feeds_take_any_page_in_time() {
    let wrong = faults("absolute", |page| {
        _ = absolute(page, "https://a.org", "/b/");
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn any_page_is_made_short_in_time() {
    let wrong = faults("minify", |page| _ = minify::html::minify(page.as_bytes()));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn any_page_is_checked_in_time() {
    let wrong = faults("check", |page| {
        _ = check::Page::read("/b/", page.as_bytes());
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}
