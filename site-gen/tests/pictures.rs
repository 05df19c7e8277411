//! Pictures of a site as a whole: what is made of them, when it is made again,
//! and that nobody can tell how it came about.

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, Mutex};

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};
use site_gen::{
    Built, Cache, Caching, Compression, Diagnostic, Listener, Options, Pictures, Progress,
};

/// A site in a directory that goes when it goes.
struct Site(tempfile::TempDir);

impl Site {
    fn new(text: &str) -> Self {
        let site = Self(tempfile::tempdir().expect("a directory"));
        let config = "base_url = \"https://a.org\"\ntheme = \"t\"\n[images]\nwidths = [120, 240]\n";
        site.write("content/site.toml", config);
        site.write("content/_index.md", text);
        let template = "{% if page %}{{ page.content | safe }}{% else %}{{ section.content | safe }}{% endif %}";
        for name in ["index.html", "section.html", "page.html"] {
            site.write(&format!("themes/t/templates/{name}"), template);
        }
        site
    }

    fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, bytes).expect("a file");
    }

    fn build(&self, options: &Options) -> Result<Built, Vec<Diagnostic>> {
        site_gen::build(self.0.path(), options).map_err(|told| told.diagnostics)
    }
}

fn options(cache: &Arc<Cache>) -> Options {
    Options {
        compression: Compression::None,
        cache: Arc::clone(cache),
        ..Options::default()
    }
}

/// A photo, as different as its seed.
fn photo(width: u32, height: u32, seed: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let wave = |n: u32| (128.0 + 100.0 * (n as f32 / 9.0).sin()) as u8;
        let grain = ((x * 7919 + y * 104_729 + seed * 31) % 20) as u8;
        Rgb([wave(x + seed) + grain, wave(y) + grain, wave(x + y) + grain])
    })
}

fn jpeg(seed: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    let encoded = photo(400, 300, seed).write_with_encoder(encoder);
    encoded.expect("a photo");
    bytes
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let written = photo(width, height, 1).write_to(&mut bytes, ImageFormat::Png);
    written.expect("a picture");
    bytes.into_inner()
}

fn page(built: &Built, path: &str) -> String {
    let file = built.file(path).expect("a page");
    String::from_utf8(built.read(file).expect("a page")).expect("text")
}

/// The paths in the attributes `src` and `srcset` of a page.
fn shown(html: &str) -> BTreeSet<String> {
    let quoted = html.split("src=\"").chain(html.split("srcset=\"")).skip(1);
    let values = quoted.filter_map(|rest| rest.split('"').next());
    let choices = values.flat_map(|value| value.split(", "));
    let paths = choices.filter_map(|choice| choice.split(' ').next());
    let own = paths.filter(|path| path.starts_with('/'));
    own.map(str::to_owned).collect()
}

#[test]
fn every_choice_is_served_small_and_for_ever() {
    let site = Site::new("Text.\n\n![A hill](photo.jpg)\n");
    site.write("content/photo.jpg", jpeg(1));
    let built = site.build(&options(&Arc::default())).expect("a site");
    let html = page(&built, "/");
    let avif = html.find("image/avif").expect("AVIF");
    assert!(avif < html.find("image/webp").expect("WebP"), "{html}");
    let paths = shown(&html);
    assert_eq!(paths.len(), 6, "three formats in two widths: {paths:?}");
    for path in &paths {
        let file = built.file(path).expect("a picture");
        assert_eq!(file.caching, Caching::Immutable, "{path}");
        let bytes = built.read(file).expect("a picture");
        assert!(bytes.len() < jpeg(1).len(), "{path}");
        if file.content_type != "image/avif" {
            let small = image::load_from_memory(&bytes)
                .expect("a picture")
                .into_rgb8();
            let named = format!("-{}x{}.", small.width(), small.height());
            assert!(path.contains(&named), "{path}");
        }
    }
    assert!(built.file("/photo.jpg").is_some(), "links to it lead on");
}

#[test]
fn however_it_came_about_the_pack_is_the_same() {
    let site = Site::new("![A](a.jpg) ![B](b.png) {{ small() }}\n");
    site.write("content/a.jpg", jpeg(1));
    site.write("content/b.png", png(200, 100));
    let shortcode = "{{ resize_image(path='a.jpg', width=50, height=50) | json_encode | safe }}";
    site.write("themes/t/templates/shortcodes/small.html", shortcode);
    let pack = |cache: &Arc<Cache>| {
        let built = site.build(&options(cache)).expect("a site");
        built.pack().expect("a pack")
    };
    let expected = pack(&Arc::default());
    let directory = tempfile::tempdir().expect("a directory");
    let fresh = || Arc::new(Cache::in_directory(directory.path()));
    let cache = fresh();
    assert!(pack(&cache) == expected, "with a store");
    assert!(pack(&cache) == expected, "again");
    assert!(pack(&fresh()) == expected, "in another run");
    // What is lost or damaged is made again.
    for kind in ["pictures", "picture-choices"] {
        let kept = fs::read_dir(directory.path().join(kind)).expect("what is kept");
        for (number, entry) in kept.enumerate() {
            let path = entry.expect("an entry").path();
            if number % 2 == 0 {
                fs::remove_file(path).expect("a file");
            } else {
                fs::write(path, "damaged").expect("a file");
            }
        }
        assert!(pack(&fresh()) == expected, "without some {kind}");
    }
    // The edit loop deletes nothing that a whole build needs.
    let edit = Options {
        pictures: Pictures::Originals,
        ..options(&fresh())
    };
    site.build(&edit).expect("a site");
    let made = Mutex::new(Vec::new());
    let told = Options {
        progress: Listener::new(Arc::new(Told(made))),
        ..options(&fresh())
    };
    assert!(site.build(&told).expect("a site").pack().expect("a pack") == expected);
}

/// Fails when a picture is made.
struct Told(Mutex<Vec<&'static str>>);

impl Progress for Told {
    fn begin(&self, step: &'static str, parts: usize) {
        // What templates want is looked for, and is there.
        let known = step != "making pictures" || parts <= 1;
        assert!(known, "{parts} pictures are made again");
        self.0.lock().expect("a list").push(step);
    }

    fn advance(&self) {}
}

#[test]
fn another_photo_is_another_page_and_nothing_else() {
    let site = Site::new("No picture.\n");
    site.write("content/a.md", "![A](photo.jpg)\n");
    site.write("content/b.md", "Words.\n");
    site.write("content/photo.jpg", jpeg(1));
    let cache = Arc::default();
    let first = site.build(&options(&cache)).expect("a site");
    assert_eq!(first.rendered, 3);
    assert_eq!(site.build(&options(&cache)).expect("a site").rendered, 0);

    site.write("content/photo.jpg", jpeg(2));
    let second = site.build(&options(&cache)).expect("a site");
    // The page, and the front page, which lists it with its text.
    assert_eq!(second.rendered, 2);
    let (before, after) = (shown(&page(&first, "/a/")), shown(&page(&second, "/a/")));
    assert!(before.is_disjoint(&after), "{after:?}");
    assert!(before.iter().all(|path| second.file(path).is_none()));
    let fresh = site.build(&options(&Arc::default())).expect("a site");
    assert!(second.pack().expect("a pack") == fresh.pack().expect("a pack"));

    // Back again: what was made is still known.
    site.write("content/photo.jpg", jpeg(1));
    let third = site.build(&options(&cache)).expect("a site");
    assert!(third.pack().expect("a pack") == first.pack().expect("a pack"));
}

/// Authors often write the text first.
#[test]
fn a_photo_that_comes_after_its_text_is_shown_as_ever() {
    let site = Site::new("![A](/a.jpg)\n");
    let options = options(&Arc::default());
    let faults = site.build(&options).expect_err("a link to nothing");
    assert_eq!(faults.len(), 1, "{faults:?}");
    site.write("content/a.jpg", jpeg(1));
    let again = site.build(&options).expect("a site");
    assert_eq!(shown(&page(&again, "/")).len(), 6);
    let first = site.build(&self::options(&Arc::default()));
    let pack = |built: &Built| built.pack().expect("a pack");
    assert!(pack(&again) == pack(&first.expect("a site")));
}

#[test]
fn the_edit_loop_encodes_nothing_slow() {
    let site = Site::new("![A](a.jpg)\n\n{{ small() }}\n");
    site.write("content/a.jpg", jpeg(1));
    let shortcode = "{{ resize_image(path='a.jpg', width=50, height=50, format='avif').url }}";
    let shortcode = shortcode
        .replace("{{ resize", "{% set s = resize")
        .replace(".url }}", " %}{{ s.url }}");
    site.write("themes/t/templates/shortcodes/small.html", shortcode);
    let edit = Options {
        pictures: Pictures::Originals,
        ..options(&Arc::default())
    };
    let built = site.build(&edit).expect("a site");
    let pictures = built
        .files
        .iter()
        .filter(|file| file.content_type.starts_with("image/"));
    let types: Vec<_> = pictures
        .map(|file| (file.path.len(), file.content_type))
        .collect();
    assert_eq!(types.len(), 2, "{types:?}");
    assert_eq!(types[1], ("/a.jpg".len(), "image/jpeg"));
    assert_eq!(types[0].1, "image/webp", "instead of AVIF");
    assert!(
        page(&built, "/").contains("<img src=\"/a.jpg\" alt=\"A\" width=\"400\" height=\"300\"")
    );
}

#[test]
fn pictures_can_be_only_linked_to() {
    let site = Site::new("![A](a.jpg \"title\")\n");
    site.write("content/a.jpg", "no picture at all");
    let config =
        "base_url = \"https://a.org\"\ntheme = \"t\"\n[images]\nprocess = false\nfigures = false\n";
    site.write("content/site.toml", config);
    let built = site.build(&options(&Arc::default())).expect("a site");
    let expected = "<p><img src=\"/a.jpg\" alt=\"A\" title=\"title\" /></p>\n";
    assert_eq!(page(&built, "/"), expected);
}

#[test]
fn faults_of_functions_are_at_the_call() {
    let site = Site::new("Text.\n");
    site.write("content/a.jpg", jpeg(1));
    site.write("content/d.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    let mut broken = png(100, 100);
    broken.truncate(500);
    site.write("content/broken.png", broken);
    let fault = |call: &str| {
        site.write(
            "themes/t/templates/index.html",
            format!("\n{{{{ {call} | json_encode }}}}"),
        );
        let faults = site.build(&options(&Arc::default())).expect_err(call);
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults[0].to_string()
    };
    for (call, expected) in [
        (
            "resize_image(path='b.jpg', width=1, height=1)",
            "did you mean `/a.jpg`?",
        ),
        ("resize_image(path='a.jpg', width=1)", "needs `height`"),
        (
            "resize_image(path='a.jpg', width=0, height=1)",
            "`width` is 0",
        ),
        (
            "resize_image(path='a.jpg', width=9, height=1, op='fil')",
            "did you mean `fill`?",
        ),
        (
            "resize_image(path='a.jpg', width=9, height=1, format='gif')",
            "cannot be `gif`",
        ),
        (
            "resize_image(path='a.jpg', width=9, height=1, quality=0)",
            "from 1 to 100",
        ),
        (
            "resize_image(path='d.svg', width=9, height=1)",
            "cannot be resized",
        ),
        ("get_image_metadata(path='b.jpg')", "no picture `/b.jpg`"),
        ("get_image_metadata(path='site.toml')", "no picture"),
    ] {
        let told = fault(call);
        assert!(told.contains(expected), "{call}: {told}");
        assert!(told.contains("templates/index.html:2:"), "{told}");
    }
    // Only the pixels tell.
    let told = fault("resize_image(path='broken.png', width=9, height=9)");
    assert!(
        told.contains("--> content/broken.png") && told.contains("whole"),
        "{told}"
    );
}

#[test]
fn check_knows_the_pictures_that_pages_choose_from() {
    let site = Site::new("![A](photo.jpg) ![](b.png)\n");
    site.write("content/photo.jpg", jpeg(1));
    site.write("content/b.png", png(200, 100));
    site.write("content/unused.png", png(200, 100));
    let mut broken = png(200, 100);
    broken.truncate(2000);
    site.write("content/broken.png", broken);
    for pictures in [Pictures::Variants, Pictures::Originals] {
        let options = Options {
            pictures,
            ..options(&Arc::default())
        };
        let checked = site_gen::check(site.0.path(), &options);
        let told = checked.diagnostics.iter().filter(|told| {
            // What the templates of this test lack.
            told.file.starts_with(Path::new("content")) && !told.message.contains("HTML")
        });
        let told: Vec<String> = told
            .map(|told| format!("{}: {}", told.file.display(), told.message))
            .filter(|told| !told.contains("_index.md") || told.contains("alternative"))
            .collect();
        assert_eq!(told.len(), 4, "{told:#?}");
        assert!(told[0].starts_with("content/_index.md: this image has no alternative text"));
        assert!(
            told[1].starts_with("content/broken.png: nothing refers to this file"),
            "{told:?}"
        );
        assert!(
            told[2].starts_with("content/broken.png: this PNG picture is broken"),
            "{told:?}"
        );
        assert!(
            told[3].starts_with("content/unused.png: nothing refers"),
            "{told:?}"
        );
    }
}
