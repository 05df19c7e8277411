//! A site below a path of its host: it is what it would be on a host of its own, and
//! every address of it has that path in front, once.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use site_gen::{Built, Checked, Compression, Indexing, Options, Pictures, decode_path};
use support::copy;

/// Where the sites are: the path is in no text of theirs.
const WHOLE: &str = "https://example.org";
const BELOW: &str = "https://example.org/below/here";
const ROOT: &str = "/below/here";

/// A site in a directory, as files.
struct Site(tempfile::TempDir);

impl Site {
    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    fn options(base_url: &str) -> Options {
        Options {
            compression: Compression::None,
            base_url: Some(base_url.to_owned()),
            pictures: Pictures::Variants,
            ..Options::default()
        }
    }

    fn build(&self, base_url: &str) -> Built {
        let built = site_gen::build(self.path(), &Self::options(base_url));
        built.unwrap_or_else(|faults| panic!("{faults:#?}"))
    }

    fn check(&self, base_url: &str) -> Checked {
        site_gen::check(self.path(), &Self::options(base_url))
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A site that has one of all that makes addresses, with a theme of ours.
fn full(theme: &str) -> Site {
    let site = Site(tempfile::tempdir().expect("a directory"));
    let inside = Path::new("themes").join(theme);
    copy(&workspace().join(&inside), &site.path().join(&inside));
    let language = "generate_feeds = true\nbuild_search_index = true\n\
                    feed_filenames = [\"atom.xml\", \"rss.xml\", \"feed.json\"]\n";
    site.write(
        "content/site.toml",
        &format!(
            "base_url = \"{WHOLE}\"\ntheme = \"{theme}\"\ntitle = \"T\"\n{language}\
             taxonomies = [{{ name = \"tags\", feed = true, paginate_by = 1 }}]\n\
             [redirects]\n\"/old/\" = \"/posts/one/#y1\"\n\"/far/\" = \"https://example.com/\"\n\
             [extra]\nmenu = [{{ name = \"P\", path = \"@/posts/_index.md\" }}, {{ name = \"Q\", path = \"/posts/\" }}]\n\
             [languages.de]\n{language}"
        ),
    );
    let list =
        "+++\ntitle = \"Posts\"\nsort_by = \"date\"\npaginate_by = 1\ngenerate_feeds = true\n+++\n";
    for end in ["", ".de"] {
        site.write(
            &format!("content/_index{end}.md"),
            "+++\ntitle = \"H\"\n+++\n[p](@/posts/_index.md)\n",
        );
        site.write(&format!("content/posts/_index{end}.md"), list);
        for (file, day, beside) in [("one/index", 1, "../two.md"), ("two", 2, "one/index.md")] {
            let front = format!(
                "title = \"{file}\"\ndate = 2026-05-0{day}\naliases = [\"was/{day}{end}\"]\n\
                 [taxonomies]\ntags = [\"A b\"]"
            );
            site.write(
                &format!("content/posts/{file}{end}.md"),
                &format!("+++\n{front}\n+++\n{}", TEXT.replace("BESIDE", beside)),
            );
        }
    }
    site.write(
        "content/moved/_index.md",
        "+++\nredirect_to = \"posts/\"\n+++\n",
    );
    site.write("content/posts/one/data.csv", "a,b\n1,2\n");
    site.write(
        "content/posts/one/d.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"/>",
    );
    site.write("static/own.css", "a { background: url(\"d.svg\") }\n");
    site.write(
        "static/d.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"/>",
    );
    site.write("sass/more.scss", "a { b { color: red } }\n");
    site.write("templates/shortcodes/files.html", SHORTCODE);
    site
}

/// Links of every kind; what a shortcode makes of addresses that it has been given.
const TEXT: &str = "[a](@/posts/two.md#y1) [b](BESIDE) [c](#y1) ![d](@/posts/one/d.svg)\n\n\
    <a href=\"@/posts/one/index.md\">e</a> <img src=\"@/posts/one/d.svg\" alt=\"f\">\n\n\
    [g](https://example.org/posts/) [h](https://example.com/x/)\n\n{{ files() }}\n\n## Y1\n\nMore.\n";

const SHORTCODE: &str = "{% for asset in page.assets %}<i title=\"{{ asset }}\"></i>{% endfor %}\
    {% if page.colocated_path %}{% for asset in page.assets %}{% if asset is ending_with(pat=\"csv\") %}\
    {% set rows = load_data(path=asset) %}{{ rows.headers | join(sep=\"+\") }}{% else %}\
    {% set about = get_image_metadata(path=asset) %}{{ about.format }}{% endif %}{% endfor %}{% endif %}\
    <a href=\"{{ current_path }}\" title=\"{{ current_url }}\">u</a>\
    <a href=\"{{ get_url(path=current_path) }}\">x</a><a href=\"{{ get_url(path=\"/posts/\", lang=lang) }}\">y</a>\
    <a href=\"{{ get_url(path=\"posts\", trailing_slash=true, absolute=true) }}\">z</a>\
    <a href=\"{{ get_url(path=\"/\", trailing_slash=false) }}\">h</a>\
    <a href=\"{{ get_url(path=\"own.css\", cachebust=true) }}\">c</a>\
    <a href=\"{{ get_url(path=\"more.css\") }}\" title=\"{{ get_hash(path=\"own.css\") }}\">m</a>";

/// What is served, as text, by path.
fn files(built: &Built) -> BTreeMap<String, String> {
    let files = built.files.iter();
    files
        .map(|file| {
            let bytes = built.read(file).expect("a file");
            (
                file.path.to_string(),
                String::from_utf8_lossy(&bytes).into_owned(),
            )
        })
        .collect()
}

/// Texts of a site as they are on a host of its own. The names of the files of a search
/// index are a hash of what is in these, addresses too.
fn raised(built: &Built) -> impl Fn(&str) -> String {
    let files = built.files.iter().map(|file| &*file.path);
    let indexes = files.filter_map(|path| path.strip_suffix("/0.words"));
    let indexes: Vec<String> = indexes.map(|path| path.replace(ROOT, "")).collect();
    move |text| {
        let mut text = text.replace(ROOT, "");
        for (number, index) in indexes.iter().enumerate() {
            text = text.replace(index, &format!("/INDEX{number}"));
        }
        text
    }
}

#[test]
fn a_site_below_a_path_is_what_it_is_on_a_host_of_its_own() {
    for theme in ["plain", "mirage"] {
        let site = full(theme);
        let (whole, below) = (site.build(WHOLE), site.build(BELOW));
        assert_eq!((&*whole.root, &*below.root), ("", ROOT));
        let raise = |built: &Built| -> BTreeMap<String, String> {
            let raised = raised(built);
            let all = files(built).into_iter();
            all.map(|(path, text)| (raised(&path), raised(&text)))
                .collect()
        };
        let found = files(&below);
        assert!(
            found
                .keys()
                .all(|path| path.starts_with(&format!("{ROOT}/"))),
            "{:?}",
            found.keys()
        );
        let twice = format!("{ROOT}{ROOT}");
        for (path, text) in &found {
            assert!(!text.contains(&twice), "{theme}: {path}: {text}");
        }
        let (expected, found) = (raise(&whole), raise(&below));
        assert_eq!(
            expected.keys().collect::<Vec<_>>(),
            found.keys().collect::<Vec<_>>()
        );
        for (path, text) in &expected {
            assert_eq!(*text, found[path], "{theme}: {path}");
        }
        let redirects = |built: &Built| -> Vec<(String, String)> {
            let raised = raised(built);
            let all = built.redirects.iter();
            all.map(|(from, to)| (raised(from), raised(to))).collect()
        };
        assert_eq!(redirects(&whole), redirects(&below), "{theme}");
        let old = (format!("{ROOT}/old/"), format!("{ROOT}/posts/one/#y1"));
        assert!(below.redirects.contains(&old), "{:?}", below.redirects);
        // Written as files, both have the same names.
        let names = |built: &Built| {
            let out = tempfile::tempdir().expect("a directory");
            let directory = out.path().join("html");
            let nobody = site_gen::Listener::default();
            built.write_site(&directory, &nobody).expect("files");
            let mut names = BTreeSet::new();
            walk(&directory, &directory, &mut names);
            let raised = raised(built);
            names
                .iter()
                .map(|name| raised(name))
                .collect::<BTreeSet<String>>()
        };
        assert_eq!(names(&whole), names(&below), "{theme}");
    }
}

fn walk(root: &Path, directory: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(root, &path, names);
        } else {
            let inside = path.strip_prefix(root).expect("inside");
            names.insert(format!("/{}", inside.display()));
        }
    }
}

/// What a web server has that serves a directory below the path.
struct Server(PathBuf);

impl Server {
    fn get(&self, address: &str) -> Option<Vec<u8>> {
        let path = address.split(['#', '?']).next()?;
        let inside = path.strip_prefix(ROOT)?.strip_prefix('/')?;
        let file = self.0.join(&*decode_path(inside));
        let file = if path.ends_with('/') {
            file.join("index.html")
        } else {
            file
        };
        fs::read(file).ok()
    }
}

/// The addresses in a page or sheet that lead to this host, without the host.
fn addresses(text: &str) -> Vec<String> {
    let marks = [
        "href=\"",
        "src=\"",
        "data-search=\"",
        "action=\"",
        "url(\"",
        "srcset=\"",
        "content=\"https",
        "url=",
        "<loc>",
        "<link>",
        "<id>",
    ];
    let mut found = Vec::new();
    for mark in marks {
        for piece in text.split(mark).skip(1) {
            let end = piece.find(['"', ' ', '<', ')']).unwrap_or(piece.len());
            let address = piece[..end].replace("&amp;", "&");
            let address = match mark {
                "content=\"https" => format!("https{address}"),
                _ => address,
            };
            match address.strip_prefix("https://example.org") {
                Some(own) => found.push(own.to_owned()),
                None if address.starts_with('/') => found.push(address),
                None => {}
            }
        }
    }
    found
}

#[test]
fn every_address_of_the_files_is_answered_below_the_path() {
    for theme in ["plain", "mirage"] {
        let site = full(theme);
        let built = site.build(BELOW);
        let out = tempfile::tempdir().expect("a directory");
        let server = Server(out.path().join("html"));
        built
            .write_site(&server.0, &site_gen::Listener::default())
            .expect("files");
        let mut next = vec![
            format!("{ROOT}/"),
            format!("{ROOT}/404.html"),
            format!("{ROOT}/de/404.html"),
            format!("{ROOT}/sitemap.xml"),
            format!("{ROOT}/was/1/"),
            format!("{ROOT}/old/"),
        ];
        let mut seen: BTreeSet<String> = BTreeSet::new();
        while let Some(address) = next.pop() {
            let address = address
                .split(['#', '?'])
                .next()
                .unwrap_or_default()
                .to_owned();
            // What the text itself names as another place of the host.
            if !seen.insert(address.clone()) || address == "/posts/" {
                continue;
            }
            let body = server.get(&address);
            let body = body.unwrap_or_else(|| panic!("{theme}: nothing at {address}"));
            next.extend(addresses(&String::from_utf8_lossy(&body)));
        }
        let home = String::from_utf8(server.get(&format!("{ROOT}/")).unwrap()).unwrap();
        assert!(home.contains(&format!("{BELOW}/")), "{home}");
        for one in [
            "/de/posts/two/",
            "/tags/a-b/page/2/",
            "/posts/page/2/",
            "/de/rss.xml",
            "/search/",
        ] {
            assert!(
                seen.contains(&format!("{ROOT}{one}")),
                "{theme}: {one} not in {seen:#?}"
            );
        }
    }
}

#[test]
fn links_out_of_the_path_are_told() {
    let site = full("plain");
    let own = "[out](/posts/two/) ![p](/d.svg) [o](/elsewhere/) <a href=\"/was/1/\">x</a>\n";
    site.write("content/out.md", own);
    assert_eq!(
        site.check(WHOLE)
            .diagnostics
            .iter()
            .filter(|d| d.message.contains("outside"))
            .count(),
        0
    );
    let found = site.check(BELOW).diagnostics;
    let told: Vec<String> = found
        .iter()
        .filter(|fault| fault.message.contains("outside of the site"))
        .map(|fault| {
            let place = fault.place.as_ref().expect("a place");
            format!(
                "{}: {}",
                place.column,
                fault.suggestion.clone().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "7: did you mean `@/posts/two.md`?",
            "25: did you mean `/below/here/d.svg`?",
            "37: ",
            "59: did you mean `/below/here/was/1/`?",
        ],
        "{found:#?}"
    );
    // In style sheets.
    site.write("content/out.md", "None.\n");
    let sheet = "a { b: url(\"/d.svg?x\") url(d.svg) url('/below/here/d.svg') url(//c.d/e) }";
    for file in ["static/own.css", "themes/plain/sass/t.scss"] {
        site.write(file, sheet);
        let found = site.check(BELOW).diagnostics;
        let mut told = found.iter().filter(|fault| fault.file == Path::new(file));
        let fault = told.next().unwrap_or_else(|| panic!("{found:#?}"));
        assert_eq!(
            fault.message,
            "`/d.svg` is outside of the site, which is below `/below/here/`"
        );
        assert_eq!(told.next(), None);
        assert!(
            site.check(WHOLE)
                .diagnostics
                .iter()
                .all(|other| other.message != fault.message)
        );
        site.write(file, "");
    }
    // In a template.
    site.write("content/out.md", "{{ out() }}\n");
    site.write(
        "templates/shortcodes/out.html",
        "<a href=\"/posts/two/\">x</a>\n",
    );
    let found = site.check(BELOW).diagnostics;
    let fault = found
        .iter()
        .find(|fault| fault.message.contains("outside of the site"));
    let fault = fault.unwrap_or_else(|| panic!("{found:#?}"));
    assert_eq!(
        fault.suggestion.as_deref(),
        Some("did you mean `{{ get_url(path=\"/posts/two/\") }}`?")
    );
    assert_eq!(fault.file, Path::new("templates/shortcodes/out.html"));
}

#[test]
fn what_is_just_begun_is_good_below_a_path() {
    for theme in ["plain", "mirage"] {
        let site = full(theme);
        fs::remove_dir_all(site.path().join("content")).expect("removed");
        fs::remove_dir_all(site.path().join("templates")).expect("removed");
        for file in ["own.css", "d.svg"] {
            fs::remove_file(site.path().join("static").join(file)).expect("removed");
        }
        fs::remove_file(site.path().join("sass/more.scss")).expect("removed");
        copy(
            &workspace().join("deploy/starter/content"),
            &site.path().join("content"),
        );
        fs::remove_file(site.path().join("content/zone")).expect("removed");
        let config = fs::read_to_string(site.path().join("content/site.toml")).expect("text");
        let config = config.replace("theme = \"plain\"", &format!("theme = \"{theme}\""));
        site.write("content/site.toml", &config);
        let checked = site.check(BELOW);
        assert!(
            checked.diagnostics.is_empty(),
            "{theme}: {:#?}",
            checked.diagnostics
        );
    }
}

#[test]
fn our_own_site_could_be_below_a_path() {
    let checked = site_gen::check(&workspace(), &Site::options(BELOW));
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
}

#[test]
fn another_host_keeps_the_path() {
    let site = full("plain");
    let options = Options {
        origin: Some("http://127.0.0.1:1".to_owned()),
        indexing: Indexing::OnDemand,
        ..Site::options(BELOW)
    };
    let built = site_gen::build(site.path(), &options).expect("a site");
    let home = files(&built)[&format!("{ROOT}/")].clone();
    assert!(
        home.contains("href=\"http://127.0.0.1:1/below/here/\""),
        "{home}"
    );
    let index = format!("{ROOT}/search_index.en.json");
    assert!(matches!(built.search_file(&index), Some(Ok(_))));
    assert!(built.search_file("/search_index.en.json").is_none());
}

/// A machine has all of its host, and leads to the path.
#[test]
fn a_pack_leads_from_the_host_to_the_site() {
    let site = full("plain");
    for (base_url, leads) in [(BELOW, true), (WHOLE, false)] {
        let pack = site.build(base_url).pack().expect("a pack").leak();
        let pack = site_pack::Pack::open(pack).expect("a pack");
        for place in ["/", "/robots.txt"] {
            let target = match pack.entry(place) {
                Some(site_pack::Entry::Redirect(target)) => Some(target.to_owned()),
                _ => None,
            };
            assert_eq!(
                target,
                leads.then(|| format!("{ROOT}{place}")),
                "{base_url}"
            );
        }
    }
}

/// A place that begins like an address is one where the site has such places.
#[test]
fn a_directory_may_be_called_as_the_path_is() {
    let site = full("plain");
    site.write(
        "templates/shortcodes/files.html",
        "<i>{{ get_url(path=\"/posts/two/\") }}</i>",
    );
    let at = "https://example.org/posts";
    let built = site.build(at);
    assert!(files(&built)["/posts/posts/two/"].contains("<i>/posts/posts/two/</i>"));
}
