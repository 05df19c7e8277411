//! Builds in a row: after any edits, a build that remembers those before it is
//! a first build, byte for byte, or fails with the same faults; and so is one
//! that keeps nothing.
//!
//! Every kind of thing that a build reads is edited here: texts, titles, what
//! pages ask for, sections, templates, shortcodes, configuration, data, files,
//! the zone.

mod edit;
mod parts;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use site_gen::{Compression, File, Keep, Mode, Options, Viewers};

use edit::{Edit, Site, Visitor, edit};
use parts::{ALERT, DRAFT, GALLERY, PICTURE, TAGS, TINT, TO_README};

fn options(keep: Keep, compression: Compression) -> Options {
    Options {
        compression,
        keep,
        ..Options::default()
    }
}

fn check(edits: &[Edit]) -> Result<(), TestCaseError> {
    check_compressed(Compression::None, edits)
}

fn check_compressed(compression: Compression, edits: &[Edit]) -> Result<(), TestCaseError> {
    let site = Site::new();
    let options = |keep| options(keep, compression);
    let warm = options(Keep::Everything);
    let written = |keep| Options {
        mode: Mode::Serve,
        ..options(keep)
    };
    let warm_preview = written(Keep::Everything);
    for count in 0..=edits.len() {
        if let Some(edit) = count.checked_sub(1).map(|last| &edits[last]) {
            site.make(edit);
        }
        let again = site.build(&warm);
        let first = site.build(&options(Keep::Everything));
        prop_assert!(count > 0 || first.is_ok(), "{:?}", first.err());
        let alone = site.build(&options(Keep::Nothing));
        let again_preview = site.preview(&warm_preview);
        let first_preview = site.preview(&written(Keep::Everything));
        let made = &edits[..count];
        // Packs are long: they are not shown.
        let shown = |result: &Result<Vec<u8>, String>| result.clone().map(|pack| pack.len());
        prop_assert!(
            again == first,
            "{made:?}: {:?}, not {:?}",
            shown(&again),
            shown(&first)
        );
        prop_assert!(
            again_preview == first_preview,
            "{made:?}: {}, not {}",
            again_preview.1,
            first_preview.1
        );
        prop_assert_eq!(first.is_ok(), first_preview.1 == "None");
        prop_assert!(
            alone == first,
            "{made:?}: {:?}, not {:?}",
            shown(&alone),
            shown(&first)
        );
    }
    Ok(())
}

/// New cases are tried for so long, unless `PROPTEST_CASES` says how many.
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn a_build_after_any_edits_is_a_first_build() {
    let started = Instant::now();
    let is_long = std::env::var_os("PROPTEST_CASES").is_some();
    let usual = ProptestConfig::default();
    let config = ProptestConfig {
        cases: if is_long { usual.cases } else { 48 },
        max_shrink_time: 30_000,
        failure_persistence: None,
        ..usual
    };
    let edits = proptest::collection::vec(edit(), 1..10);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let tried = Cell::new(0);
    let result = runner.run(&edits, |edits| {
        // There is always a first one, so this cannot pass without a look.
        if !is_long && tried.get() > 0 && started.elapsed() > PATIENCE {
            return Ok(());
        }
        tried.set(tried.get() + 1);
        check(&edits)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Edits that once led astray, or easily could.
#[test]
fn edits_that_meet_each_other() {
    let all = [
        // A page goes, and another takes its path.
        vec![
            Edit::RemovePage(0),
            Edit::RenamePage(1, 0),
            Edit::Page(1, 6, 2),
        ],
        // A fault, and its repair.
        vec![
            Edit::Page(0, 0, 2),
            Edit::RemovePage(2),
            Edit::Page(2, 0, 1),
        ],
        // What a text links to becomes a draft, goes, comes as one, and is published.
        vec![
            Edit::Page(4, 0, 2),
            Edit::Page(1, DRAFT, 1),
            Edit::RemovePage(1),
            Edit::Page(1, DRAFT, 1),
            Edit::Page(1, 0, 1),
        ],
        // A word of the theme's is in a text.
        vec![
            Edit::Page(3, 0, ALERT),
            Edit::Theme(1, 0),
            Edit::Template(0, 1),
            Edit::Theme(2, 0),
            Edit::Theme(0, 0),
        ],
        // Lists change their order, and neighbours with it.
        vec![
            Edit::Section(1, 2, 0),
            Edit::Page(2, 2, 0),
            Edit::Section(1, 1, 0),
            Edit::Page(3, 3, 0),
        ],
        // Nothing but a title changes, which is what a list is sorted by.
        vec![
            Edit::Page(1, 0, 0),
            Edit::Page(2, 0, 0),
            Edit::Section(0, 3, 0),
            Edit::Section(1, 3, 0),
            Edit::Page(2, 9, 0),
            Edit::Page(1, 9, 0),
        ],
        // The template of the links of headings comes, changes, and goes.
        vec![
            Edit::Page(0, 0, 1),
            Edit::Section(0, 5, 0),
            Edit::AnchorLink(0),
            Edit::AnchorLink(1),
            Edit::AnchorLink(2),
            Edit::Data(1),
            Edit::RemoveAnchorLink,
        ],
        // So does a file beside a section that shows it.
        vec![
            Edit::Section(2, 0, 2),
            Edit::Asset(3),
            Edit::Asset(4),
            Edit::RemoveAsset(3),
        ],
        // What markdown of a template is made of.
        vec![
            Edit::Page(0, 0, 10),
            Edit::Template(8, 1),
            Edit::Static(1),
            Edit::Page(0, 6, 10),
            Edit::Template(8, 2),
            Edit::Template(9, 1),
            Edit::Template(9, 2),
        ],
    ];
    for edits in all {
        check(&edits).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// The same, of what templates of texts see, and ask.
#[test]
fn edits_of_what_shortcodes_see() {
    let all = [
        // What shortcodes asked changes.
        vec![
            Edit::Page(3, 1, 5),
            Edit::Static(1),
            Edit::Template(7, 2),
            Edit::Data(2),
        ],
        // A shortcode, and a link of a heading, show what the theme offers.
        vec![
            Edit::Page(3, 0, TINT),
            Edit::Theme(0, 1),
            Edit::Page(0, 0, 1),
            Edit::Section(0, 5, 0),
            Edit::AnchorLink(1),
            Edit::Theme(0, 2),
            Edit::Theme(1, 0),
        ],
        // A shortcode asks too early what templates of pages ask, and goes.
        vec![
            Edit::Page(0, 2, 0),
            Edit::Template(0, 1),
            Edit::Page(3, 0, TAGS),
            Edit::Page(3, 0, 0),
            Edit::Page(3, 0, TAGS),
            Edit::RemovePage(3),
        ],
        // A shortcode sees its page, and the files beside it.
        vec![
            Edit::Page(6, 1, GALLERY),
            Edit::Asset(1),
            Edit::Asset(0),
            Edit::RemoveAsset(1),
            Edit::Page(6, 6, GALLERY),
            Edit::RenamePage(6, 0),
        ],
    ];
    for edits in all {
        check(&edits).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// The same, of links and what they lead to.
#[test]
fn edits_of_what_is_linked_to() {
    let all = [
        // A heading that a template makes is linked to, goes, and comes again.
        vec![
            Edit::Template(8, 2),
            Edit::Template(9, 1),
            Edit::Page(0, 0, 10),
            Edit::Page(1, 0, 14),
            Edit::Template(9, 0),
            Edit::Template(9, 1),
        ],
        // Links lose what they lead to, and find it again.
        vec![
            Edit::Page(5, 0, 1),
            Edit::Page(1, 0, 1),
            Edit::Section(1, 0, 1),
            Edit::Page(0, 0, 12),
            Edit::Page(5, 0, 0),
            Edit::Page(5, 8, 1),
            Edit::Page(5, 0, 11),
            Edit::Section(2, 6, 0),
            Edit::RemoveSection(2),
        ],
        // A readme is the section while there is no other.
        vec![
            Edit::Readme(0),
            Edit::Page(1, 0, TO_README),
            Edit::RemoveSection(1),
            Edit::Readme(1),
            Edit::Section(1, 2, 0),
            Edit::RemoveSection(1),
            Edit::RemoveReadme,
            Edit::Readme(2),
        ],
    ];
    for edits in all {
        check(&edits).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// The same, of pictures that come after the text that shows them, change, and go.
#[test]
fn edits_of_what_is_shown() {
    let all = [
        vec![
            Edit::Page(0, 0, PICTURE),
            Edit::Picture(0, 1),
            Edit::Picture(0, 2),
            Edit::RemovePicture(0),
            Edit::Picture(1, 1),
            Edit::Picture(1, 3),
        ],
        vec![
            Edit::Picture(1, 1),
            Edit::Page(6, 0, PICTURE),
            Edit::RemovePicture(1),
            Edit::Picture(0, 1),
        ],
    ];
    for edits in all {
        check(&edits).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// What is compressed follows from the name of a file, and not from what an equal
/// one is called, or was.
#[test]
fn edits_of_files_that_are_the_same() {
    let all = [
        vec![
            Edit::Copy(0),
            Edit::Copy(1),
            Edit::Copy(2),
            Edit::RemoveCopy(0),
            Edit::RemoveCopy(1),
        ],
        vec![
            Edit::Copy(1),
            Edit::Copy(2),
            Edit::RemoveCopy(1),
            Edit::Copy(1),
        ],
    ];
    for edits in all {
        let checked = check_compressed(Compression::Full, &edits);
        checked.unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Who looks at pages sees them before the others, and what they need.
#[test]
fn pages_that_are_open_are_made_first() {
    let site = Site::new();
    let viewer = Arc::new(Visitor::default());
    let options = Options {
        viewers: Viewers::new(viewer.clone()),
        ..options(Keep::Everything, Compression::None)
    };
    let build = || site_gen::build(site.directory.path(), &options).expect("a site");
    let seen = || {
        let part = viewer.seen()?;
        let pages = part.pages.iter().map(|(path, _)| path.to_string());
        Some((pages.collect::<BTreeSet<_>>(), part))
    };
    let first = build();
    let (pages, part) = seen().expect("a part of the first site");
    assert_eq!(pages, ["/", "/a/", "/a/p/"].map(str::to_owned).into());
    let (there, others): (Vec<_>, Vec<_>) =
        first.files.iter().partition(|file| part.has(&file.path));
    let is_made = |file: &&&File| file.is_page() && &*file.path != "/404.html";
    assert_eq!(there.iter().filter(is_made).count(), pages.len());
    assert!(others.iter().filter(is_made).count() > pages.len());
    assert!(there.len() > pages.len() + 1, "files that are no pages");
    // An edit that changes one page, and one that changes all.
    site.make(&Edit::Page(0, 0, 2));
    build();
    assert!(seen().is_none());
    site.make(&Edit::Config(1));
    build();
    assert!(seen().is_some());
}

/// Of a section's list in parts only that is made again which has the page.
#[test]
fn an_edit_makes_one_part_of_a_list_again() {
    const PARTS: usize = 26;
    let site = Site::new();
    let options = options(Keep::Everything, Compression::None);
    let rendered = || {
        let built = site_gen::build(site.directory.path(), &options);
        built.expect("a site").rendered
    };
    // The template of the list shows texts of one part.
    site.make(&Edit::Template(3, 1));
    site.make(&Edit::Section(1, 3, 0));
    let page = |number: usize, text: &str| {
        let file = format!("content/a/{number}.md");
        site.write(
            &file,
            &format!("+++\ntitle = \"{number:02}\"\n+++\n{text}\n"),
        );
    };
    for number in 0..PARTS {
        page(number, "Words.");
    }
    assert!(rendered() > 2 * PARTS);
    page(PARTS / 2, "Other words.");
    // The page, and its part.
    assert_eq!(rendered(), 2);
    assert_eq!(rendered(), 0);
}
