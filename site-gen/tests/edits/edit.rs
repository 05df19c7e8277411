//! What an author does to a site.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use site_gen::{Options, Part, Viewer, Viewers};

use crate::parts::*;

/// Pages that are open while the site is built, and one that never is.
const OPEN: [&str; 4] = ["/", "/a/", "/a/p/", "/nowhere/"];

/// What an author does.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Page(usize, usize, usize),
    RemovePage(usize),
    RenamePage(usize, usize),
    Section(usize, usize, usize),
    RemoveSection(usize),
    /// A page, or the section of a directory that has no other.
    Readme(u8),
    RemoveReadme,
    Template(usize, usize),
    Config(usize),
    Data(u8),
    Static(u8),
    /// What `theme.toml` says: words, and defaults of the configuration.
    Theme(u8, u8),
    Picture(usize, u8),
    RemovePicture(usize),
    Copy(usize),
    RemoveCopy(usize),
    OwnTemplate(usize, usize),
    RemoveOwnTemplate(usize),
    OwnStatic(u8),
    RemoveOwnStatic,
    AnchorLink(usize),
    RemoveAnchorLink,
    Asset(u8),
    RemoveAsset(u8),
    Zone(u8),
    Nothing,
}

pub(crate) fn edit() -> impl Strategy<Value = Edit> {
    let page = 0..PAGES.len();
    prop_oneof![
        8 => (page.clone(), 0..FRONTS.len(), 0..TEXTS.len())
            .prop_map(|(page, front, text)| Edit::Page(page, front, text)),
        2 => page.clone().prop_map(Edit::RemovePage),
        2 => (page.clone(), page).prop_map(|(from, to)| Edit::RenamePage(from, to)),
        3 => (0..SECTIONS.len(), 0..SECTION_FRONTS.len(), 0..SECTION_TEXTS.len())
            .prop_map(|(section, front, text)| Edit::Section(section, front, text)),
        1 => (0..SECTIONS.len()).prop_map(Edit::RemoveSection),
        2 => (0..3_u8).prop_map(Edit::Readme),
        1 => Just(Edit::RemoveReadme),
        4 => (0..TEMPLATES.len(), 0..3_usize)
            .prop_map(|(template, version)| Edit::Template(template, version)),
        1 => (0..CONFIGS.len()).prop_map(Edit::Config),
        1 => (0..3_u8).prop_map(Edit::Data),
        1 => (0..3_u8).prop_map(Edit::Static),
        2 => (0..3_u8, 0..3_u8).prop_map(|(words, extra)| Edit::Theme(words, extra)),
        2 => (0..PICTURES.len(), 1..4_u8)
            .prop_map(|(place, width)| Edit::Picture(place, width)),
        1 => (0..PICTURES.len()).prop_map(Edit::RemovePicture),
        1 => (0..COPIES.len()).prop_map(Edit::Copy),
        1 => (0..COPIES.len()).prop_map(Edit::RemoveCopy),
        3 => (0..TEMPLATES.len(), 0..4_usize)
            .prop_map(|(template, version)| Edit::OwnTemplate(template, version)),
        3 => (0..TEMPLATES.len()).prop_map(Edit::RemoveOwnTemplate),
        1 => (0..3_u8).prop_map(Edit::OwnStatic),
        1 => Just(Edit::RemoveOwnStatic),
        2 => (0..ANCHOR_LINKS.len()).prop_map(Edit::AnchorLink),
        1 => Just(Edit::RemoveAnchorLink),
        2 => (0..6_u8).prop_map(Edit::Asset),
        2 => (0..6_u8).prop_map(Edit::RemoveAsset),
        1 => (0..3_u8).prop_map(Edit::Zone),
        1 => Just(Edit::Nothing),
    ]
}

/// A file beside a page's `index.md`, or a section's `_index.md`.
fn asset(number: u8) -> String {
    match number {
        0..3 => format!("content/b/bundle/{number}.bin"),
        _ => format!("content/b/{number}.bin"),
    }
}

/// Somebody who has some pages open.
#[derive(Default)]
pub(crate) struct Visitor(Mutex<Option<Part>>);

impl Visitor {
    /// What was shown before the site was whole, if anything was.
    pub(crate) fn seen(&self) -> Option<Part> {
        self.0.lock().expect("a part").take()
    }
}

impl Viewer for Visitor {
    fn pages(&self) -> BTreeSet<String> {
        OPEN.map(str::to_owned).into()
    }

    fn show(&self, part: Part) {
        let before = self.0.lock().expect("a part").replace(part);
        assert!(before.is_none(), "one part of each site is shown");
    }
}

pub(crate) struct Site {
    pub(crate) directory: tempfile::TempDir,
    writes: Cell<u64>,
}

impl Site {
    pub(crate) fn new() -> Self {
        let site = Self {
            directory: tempfile::tempdir().expect("a directory"),
            writes: Cell::default(),
        };
        for (template, versions) in TEMPLATES {
            site.write(&format!("themes/t/templates/{template}"), versions[0]);
        }
        let frame = "<div>{{ body | safe }}</div>";
        site.write("themes/t/templates/shortcodes/frame.html", frame);
        let quoted = "> {{ nth }}\n\n{{ body_source }}";
        site.write("themes/t/templates/shortcodes/quoted.md", quoted);
        let gallery = "{% if page %}{{ page.title }} {{ page.permalink }} {{ page.taxonomies }} \
            {{ page.extra }}{% set shown = page %}{% else %}{% set shown = section %}{% endif %}\
            {% for asset in shown.assets %}<img src=\"{{ asset }}\" alt=\"\">{% endfor %}";
        site.write("themes/t/templates/shortcodes/gallery.html", gallery);
        let tint = "{{ config.extra }}{{ config.theme }}";
        site.write("themes/t/templates/shortcodes/tint.html", tint);
        let tags = "{% set tags = get_taxonomy(kind=\"tags\", required=false) %}\
            {% if tags %}{{ tags.items | length }}{% endif %}";
        site.write("themes/t/templates/shortcodes/tags.html", tags);
        let first = [
            Edit::Config(0),
            Edit::Data(0),
            Edit::Static(0),
            Edit::Theme(0, 0),
            Edit::Zone(0),
        ];
        for edit in first {
            site.make(&edit);
        }
        for section in 0..SECTIONS.len() {
            site.make(&Edit::Section(section, section, 0));
        }
        for page in 0..PAGES.len() {
            site.make(&Edit::Page(page, page % 5, page));
        }
        site
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.directory.path().join(file)
    }

    /// Writes a file that is an hour old, so that builds trust its time; no two
    /// have the same.
    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(&path, text).expect("a file");
        self.writes.set(self.writes.get() + 1);
        let age = Duration::from_secs(3600) - Duration::from_millis(self.writes.get());
        let file = File::options().write(true).open(&path).expect("a file");
        file.set_modified(SystemTime::now() - age).expect("a time");
    }

    pub(crate) fn make(&self, edit: &Edit) {
        match *edit {
            Edit::Page(page, front, text) => {
                let text = format!("+++\n{}+++\n{}", FRONTS[front], TEXTS[text]);
                self.write(&format!("content/{}", PAGES[page]), &text);
            }
            Edit::RemovePage(page) => _ = fs::remove_file(self.path("content").join(PAGES[page])),
            Edit::RenamePage(from, to) => {
                let content = self.path("content");
                _ = fs::rename(content.join(PAGES[from]), content.join(PAGES[to]));
            }
            Edit::Section(section, front, text) => {
                let text = format!("+++\n{}+++\n{}", SECTION_FRONTS[front], SECTION_TEXTS[text]);
                self.write(&format!("content/{}", SECTIONS[section]), &text);
            }
            Edit::RemoveSection(section) => {
                _ = fs::remove_file(self.path("content").join(SECTIONS[section]));
            }
            Edit::Readme(title) => {
                self.write(README, &format!("# Read me {title}\n\n[p](p.md)\n"));
            }
            Edit::RemoveReadme => _ = fs::remove_file(self.path(README)),
            Edit::Template(template, version) => {
                let (name, versions) = TEMPLATES[template];
                self.write(&format!("themes/t/templates/{name}"), versions[version]);
            }
            Edit::Config(version) => {
                let head = "base_url = \"https://example.org\"\ntheme = \"t\"\n";
                let text = format!("{head}{}", CONFIGS[version]);
                self.write("content/site.toml", &text);
            }
            Edit::Data(version) => self.write("data/d.toml", &format!("x = {version}\n")),
            Edit::Static(version) => {
                let text = format!("a {{ margin: {version}px }}\n");
                self.write("themes/t/static/t.css", &text);
            }
            Edit::OwnTemplate(template, version) => {
                let (name, versions) = TEMPLATES[template];
                let of_theme = format!("{{% extends \"t/templates/{name}\" %}}");
                let text = versions.get(version).map_or(of_theme.as_str(), |text| text);
                self.write(&format!("templates/{name}"), text);
            }
            Edit::RemoveOwnTemplate(template) => {
                _ = fs::remove_file(self.path("templates").join(TEMPLATES[template].0));
            }
            Edit::OwnStatic(version) => {
                let text = format!("a {{ padding: {version}px }}\n");
                self.write("static/t.css", &text);
            }
            Edit::RemoveOwnStatic => _ = fs::remove_file(self.path("static/t.css")),
            Edit::AnchorLink(version) => self.write(ANCHOR_LINK, ANCHOR_LINKS[version]),
            Edit::RemoveAnchorLink => _ = fs::remove_file(self.path(ANCHOR_LINK)),
            Edit::Zone(version) => {
                let text = format!(
                    "$TTL 1h\n@ SOA ns hostmaster 1 2h 15m 2w 5m\n@ NS ns\nns A 192.0.2.{version}\n"
                );
                self.write("content/example.org.zone", &text);
            }
            _ => self.make_beside(edit),
        }
    }

    /// Edits of what is beside texts and templates.
    fn make_beside(&self, edit: &Edit) {
        match *edit {
            // None of them, to begin with.
            Edit::Theme(words, extra) => {
                let mut text = String::new();
                if extra > 0 {
                    text += &format!("[extra]\ncolour = {extra}\n");
                }
                if words > 0 {
                    text += &format!("[languages.en.translations]\nalert-note = \"N{words}\"\n");
                }
                self.write("themes/t/theme.toml", &text);
            }
            Edit::Picture(place, width) => {
                let namespace = "http://www.w3.org/2000/svg";
                let text = format!("<svg xmlns=\"{namespace}\" viewBox=\"0 0 {width} 3\"/>\n");
                self.write(PICTURES[place], &text);
            }
            Edit::RemovePicture(place) => _ = fs::remove_file(self.path(PICTURES[place])),
            Edit::Copy(place) => self.write(COPIES[place], &"The same again.\n".repeat(200)),
            Edit::RemoveCopy(place) => _ = fs::remove_file(self.path(COPIES[place])),
            Edit::Asset(number) => self.write(&asset(number), "data"),
            Edit::RemoveAsset(number) => _ = fs::remove_file(self.path(&asset(number))),
            _ => {}
        }
    }

    /// The pack, or what is wrong, as it is told.
    pub(crate) fn build(&self, options: &Options) -> Result<Vec<u8>, String> {
        match site_gen::build(self.directory.path(), options) {
            Ok(built) => Ok(built.pack().expect("the pack")),
            Err(faults) => Err(format!("{faults:#?}")),
        }
    }

    /// What those see who write it: the pack, if there is one, and what is wrong. What
    /// they saw of it before it was whole is the same.
    pub(crate) fn preview(&self, options: &Options) -> (Option<Vec<u8>>, String) {
        let viewer = Arc::new(Visitor::default());
        let options = Options {
            viewers: Viewers::new(viewer.clone()),
            ..options.clone()
        };
        let preview = site_gen::preview(self.directory.path(), &options);
        if let (Some(built), Some(part)) = (&preview.built, viewer.seen()) {
            for (path, digest) in &part.pages {
                let file = built.file(path).expect("a page that was seen");
                assert_eq!(file.digest, *digest, "{path}");
            }
            for file in &built.files {
                if let Some(body) = part.read(&file.path) {
                    let (body, whole) = (body.expect("a file"), built.read(file));
                    assert_eq!(body, whole.expect("a file"), "{}", file.path);
                }
            }
        }
        let pack = preview.built.map(|built| built.pack().expect("the pack"));
        (pack, format!("{:#?}", preview.faults))
    }
}
