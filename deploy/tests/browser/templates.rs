//! A page for each template of the theme `mirage`.

use std::collections::BTreeSet;
use std::fs;

use deploy::workspace::Workspace;

/// A page that stands for all that its template draws.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// What its pictures are called.
    pub(crate) name: &'static str,
    /// The file in `themes/mirage/templates`.
    pub(crate) template: &'static str,
    pub(crate) path: &'static str,
}

pub(crate) const PAGES: [Page; 16] = [
    page("home", "index.html", "/"),
    page("docs", "section.html", "/docs/"),
    page("docs-page", "page.html", "/docs/getting-started/"),
    page("text", "page.html", "/docs/text/"),
    page("blog", "blog.html", "/blog/"),
    page("post", "post.html", "/blog/one-file-two-lives/"),
    page("weekly", "blog.html", "/weekly/"),
    page("tags", "taxonomy_list.html", "/tags/"),
    page("tag", "taxonomy_single.html", "/tags/design/"),
    page("search", "search.html", "/search/"),
    page("note", "note.html", "/weekly/2015-02-25/"),
    page("roadmap", "article.html", "/roadmap/"),
    page("projects", "projects.html", "/projects/"),
    page("community", "article.html", "/community/"),
    page("about", "article.html", "/about/"),
    // The page itself: at an address that leads nowhere its status is an error,
    // which is right, and which Lighthouse would count as a fault.
    page("lost", "404.html", "/404.html"),
];

const fn page(name: &'static str, template: &'static str, path: &'static str) -> Page {
    Page {
        name,
        template,
        path,
    }
}

#[test]
fn every_template_has_a_page() {
    let directory = Workspace::find()
        .unwrap()
        .root()
        .join("themes/mirage/templates");
    let mut draw_pages = BTreeSet::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        // Shortcodes and pieces of pages are in directories, or extend nothing.
        if path.is_file() && fs::read_to_string(&path).unwrap().contains("{% extends") {
            draw_pages.insert(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    let measured = PAGES.iter().map(|page| page.template.to_owned()).collect();
    assert_eq!(draw_pages, measured, "templates, and those in PAGES");
}
