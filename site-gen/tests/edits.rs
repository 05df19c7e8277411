//! Builds in a row: after any edits, a build that remembers those before it is
//! a first build, byte for byte, or fails with the same faults; and so is one
//! that keeps nothing.
//!
//! Every kind of thing that a build reads is edited here: texts, titles, what
//! pages ask for, sections, templates, shortcodes, configuration, data, files,
//! the zone.

use std::cell::Cell;
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use proptest::prelude::*;
use site_gen::{Compression, Keep, Options};

/// Files that documents are in: pages of three sections, a bundle, and what
/// some configurations take for a translation.
const PAGES: [&str; 8] = [
    "p.md",
    "q.md",
    "a/p.md",
    "a/q.md",
    "b/p.md",
    "b/r.md",
    "b/bundle/index.md",
    "p.fr.md",
];
const SECTIONS: [&str; 3] = ["_index.md", "a/_index.md", "b/_index.md"];

/// Texts of pages. Some are at fault, as long as something else is missing.
const TEXTS: [&str; 19] = [
    "Words.\n",
    "# One\n\n## Two {#two}\n\nMore words here.\n",
    "[p](@/p.md) and [two](@/q.md#two)\n",
    "[r](/b/r/)\n",
    "```rust\nfn main() {}\n```\n",
    "{{ box(path=\"t.css\") }}\n",
    "{% frame() %}*inside*{% end %}\n",
    "{{ gallery() }}\n",
    "Above.\n\n<!-- more -->\n\nBelow.[^1]\n\n[^1]: Note.\n",
    "",
    "## A {{ soft(word=\"heading\") }}\n\nIn {{ soft(word=\"text\") }}.\n",
    "{% quoted() %}\n# Two {#two}\n\n[q](@/q.md)\n{% end %}\n",
    "[two](@/b/r.md#two), [one](/q/#one), [a](@/a/_index.md#own)\n",
    "```mermaid\ngraph TD\n    A --> B\n```\n",
    "[text](@/p.md#text)\n",
    "> [!NOTE]\n> Words.\n",
    "![one](/p.svg)\n\n![two](/p.svg)\n",
    "{{ tint() }}\n",
    "{{ tags() }}\n",
];

/// The text with a word of the theme's in it.
const ALERT: usize = 15;

/// The text that shows what its shortcode sees.
const GALLERY: usize = 7;

/// The text that shows a picture, which may come later.
const PICTURE: usize = 16;

/// The text whose shortcode shows the configuration.
const TINT: usize = 17;

/// The text whose shortcode asks too early.
const TAGS: usize = 18;

/// Where that picture may be.
const PICTURES: [&str; 2] = ["static/p.svg", "content/p.svg"];

/// Files that are all the same.
const COPIES: [&str; 3] = ["static/a.zip", "static/b.txt", "static/c.zip"];

const FRONTS: [&str; 9] = [
    "title = \"One\"\n",
    "title = \"Two\"\ndate = 2024-01-02\n",
    "title = \"Two\"\ndate = 2025-01-02\nweight = 2\n[taxonomies]\ntags = [\"x\", \"y\"]\n",
    "date = 2023-05-06\nweight = 1\n[taxonomies]\ntags = [\"y\"]\n",
    "title = \"Three\"\nweight = 3\ndescription = \"Said of it.\"\n[extra]\nb = 1\na = 2\n",
    "title = \"Draft\"\ndraft = true\n",
    "title = \"Elsewhere\"\nslug = \"elsewhere\"\n",
    "title = \"Old\"\naliases = [\"old\"]\ntemplate = \"other.html\"\n",
    "title = \"Unseen\"\nrender = false\n",
];

const SECTION_FRONTS: [&str; 7] = [
    "title = \"S\"\n",
    "title = \"S\"\nsort_by = \"date\"\n",
    "title = \"T\"\nsort_by = \"weight\"\ntransparent = true\n",
    "title = \"T\"\nsort_by = \"title\"\npaginate_by = 2\n",
    "title = \"U\"\ngenerate_feeds = true\nsort_by = \"date\"\n",
    "title = \"U\"\npage_template = \"other.html\"\ninsert_anchor_links = \"right\"\n",
    "title = \"V\"\ninsert_anchor_links = \"left\"\nsort_by = \"weight\"\n[cascade]\nrender = false\n",
];

/// Texts of sections: the last one shows the files beside it.
const SECTION_TEXTS: [&str; 3] = ["Text.\n", "# Own\n", "{{ gallery() }}\n"];

const CONFIGS: [&str; 5] = [
    "title = \"Site\"\ngenerate_feeds = true\ntaxonomies = [{ name = \"tags\" }]\n",
    "title = \"Other\"\ntaxonomies = [{ name = \"tags\", feed = true, sort_by = \"weight\" }]\n",
    "title = \"Site\"\ntaxonomies = [{ name = \"tags\", paginate_by = 1 }]\n\
     [markdown]\nhighlight_code = false\n",
    "title = \"Site\"\ntaxonomies = [{ name = \"tags\" }]\n[extra]\nx = 1\n",
    "title = \"Site\"\ntaxonomies = [{ name = \"tags\" }]\n\
     [languages.fr]\ntitle = \"Le site\"\n[markdown]\ninsert_anchor_links = \"left\"\n",
];

/// Templates, each in several versions.
const TEMPLATES: [(&str, [&str; 3]); 10] = [
    (
        "base.html",
        [
            "<title>{{ config.title }}</title>{% block main %}{% endblock %}",
            "{{ trans(key=\"alert-note\", default=\"none\") }}{{ current_path }}\
             {% set tags = get_taxonomy(kind=\"tags\", required=false) %}\
             {% if tags %}{{ tags.items | length }}{% endif %}{% block main %}{% endblock %}",
            "{{ get_section(path=\"a/_index.md\", metadata_only=true).title }}\
             {% block main %}{% endblock %}",
        ],
    ),
    (
        "page.html",
        [
            "{% extends \"base.html\" %}{% block main %}{{ page.title }}{{ page.content | safe }}\
             {% if page.lower %}{{ page.lower.title }}{% endif %}\
             {% if page.higher %}{{ page.higher.path }}{% endif %}{% endblock %}",
            "{{ page.content | safe }}{{ page.toc | length }}{{ page.extra }}{{ page.word_count }}\
             {{ load_data(path=\"d.toml\").x }}",
            "{{ page.title }}{{ get_url(path=\"t.css\", cachebust=true) }}\
             {{ page.summary | default(value=\"\") | safe }}{{ page.ancestors }}",
        ],
    ),
    (
        "other.html",
        [
            "other {{ page.path }}",
            "{{ get_page(path=\"p.md\").title }}",
            "{{ page.content | safe }}{{ get_hash(path=\"t.css\") }}",
        ],
    ),
    (
        "section.html",
        [
            "{% for page in section.pages %}{{ page.title }} {{ page.permalink }}{% endfor %}",
            "{% if paginator %}{{ paginator.current_index }}\
             {% for page in paginator.pages %}{{ page.content | safe }}{% endfor %}{% endif %}",
            "{{ section.title }}{% for path in section.subsections %}\
             {{ get_section(path=path).title }}{% endfor %}",
        ],
    ),
    (
        "index.html",
        [
            "{{ section.content | safe }}{% for page in section.pages %}{{ page.title }}{% endfor %}",
            "{{ get_section(path=\"b/_index.md\").pages | length }}",
            "{{ section.title }}{{ config.extra }}",
        ],
    ),
    (
        "taxonomy_list.html",
        [
            "{% for term in terms %}{{ term.name }}{{ term.page_count }}{% endfor %}",
            "{{ taxonomy.name }}",
            "{% for term in terms %}{{ term.permalink }}{% endfor %}",
        ],
    ),
    (
        "taxonomy_single.html",
        [
            "{% for page in term.pages %}{{ page.title }}{% endfor %}",
            "{{ term.name }}{{ term.page_count }}{% if paginator %}{{ paginator.current_index }}\
             {% for page in paginator.pages %}{{ page.content | safe }}{% endfor %}{% endif %}",
            "{{ get_taxonomy_url(kind=\"tags\", name=term.name) }}",
        ],
    ),
    (
        "shortcodes/box.html",
        [
            "<b>{{ get_url(path=path, cachebust=true) }}</b>",
            "<i id=\"two\">{{ nth }}</i>",
            "{{ load_data(path=\"d.toml\").x }}",
        ],
    ),
    (
        "shortcodes/soft.md",
        [
            "*{{ word }}*",
            "[{{ word }}](@/p.md) {{ box(path=\"t.css\") }}",
            "{% include \"part.md\" %}",
        ],
    ),
    (
        "part.md",
        [
            "part {{ word }}",
            "## {{ word }}",
            "{{ current_path }} `{{ lang }}`",
        ],
    ),
];

/// The template that need not be there.
const ANCHOR_LINK: &str = "themes/t/templates/anchor-link.html";

const ANCHOR_LINKS: [&str; 3] = [
    "<a href=\"#{{ id }}\">{{ level }}</a>",
    "<a id=\"own\" href=\"#{{ id }}\">{{ config.title }}{{ config.extra }}</a>",
    "{{ load_data(path=\"d.toml\").x }}",
];

/// What an author does.
#[derive(Clone, Debug)]
enum Edit {
    Page(usize, usize, usize),
    RemovePage(usize),
    RenamePage(usize, usize),
    Section(usize, usize, usize),
    RemoveSection(usize),
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

fn edit() -> impl Strategy<Value = Edit> {
    let page = 0..PAGES.len();
    prop_oneof![
        8 => (page.clone(), 0..FRONTS.len(), 0..TEXTS.len())
            .prop_map(|(page, front, text)| Edit::Page(page, front, text)),
        2 => page.clone().prop_map(Edit::RemovePage),
        2 => (page.clone(), page).prop_map(|(from, to)| Edit::RenamePage(from, to)),
        3 => (0..SECTIONS.len(), 0..SECTION_FRONTS.len(), 0..SECTION_TEXTS.len())
            .prop_map(|(section, front, text)| Edit::Section(section, front, text)),
        1 => (0..SECTIONS.len()).prop_map(Edit::RemoveSection),
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

struct Site {
    directory: tempfile::TempDir,
    writes: Cell<u64>,
}

impl Site {
    fn new() -> Self {
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

    fn path(&self, file: &str) -> PathBuf {
        self.directory.path().join(file)
    }

    /// Writes a file that is an hour old, so that builds trust its time; no two
    /// have the same.
    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(&path, text).expect("a file");
        self.writes.set(self.writes.get() + 1);
        let age = Duration::from_secs(3600) - Duration::from_millis(self.writes.get());
        let file = File::options().write(true).open(&path).expect("a file");
        file.set_modified(SystemTime::now() - age).expect("a time");
    }

    fn make(&self, edit: &Edit) {
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
    fn build(&self, options: &Options) -> Result<Vec<u8>, String> {
        match site_gen::build(self.directory.path(), options) {
            Ok(built) => Ok(built.pack().expect("the pack")),
            Err(faults) => Err(format!("{faults:#?}")),
        }
    }
}

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
    for count in 0..=edits.len() {
        if let Some(edit) = count.checked_sub(1).map(|last| &edits[last]) {
            site.make(edit);
        }
        let again = site.build(&warm);
        let first = site.build(&options(Keep::Everything));
        prop_assert!(count > 0 || first.is_ok(), "{:?}", first.err());
        let alone = site.build(&options(Keep::Nothing));
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
