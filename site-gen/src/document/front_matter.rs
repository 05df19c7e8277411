//! What an author says about a page, above its text: TOML between two lines
//! of `+++`, or YAML between two lines of `---`. The keys are Zola's.

mod foreign;
mod split;

use std::ops::Range;
use std::time::SystemTime;

pub(crate) use split::{body, line_for_path, line_of, line_of_path};

use crate::config::zola_keys;
use crate::data::{Data, Fields, Key, Language, Table};
use crate::data::{toml_data, yaml_data};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::cascade::{self, Inherited};
use crate::document::date::Date;
use crate::document::readme;
use crate::limits::{MAX_DIAGNOSTICS, MAX_NAME_BYTES};
use crate::output::redirects;
use crate::source::Source;
use crate::url::slugify;
use split::split;

/// The keys of a page or a section.
#[derive(Clone, Debug, Default)]
pub(crate) struct FrontMatter {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) date: Option<Date>,
    pub(crate) updated: Option<Date>,
    pub(crate) authors: Vec<String>,
    pub(crate) weight: Option<i64>,
    pub(crate) draft: bool,
    /// Whether there is a page to see; it is listed all the same.
    pub(crate) render: Option<bool>,
    /// `in_search_index = false`.
    pub(crate) hidden_from_search: bool,
    pub(crate) slug: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) aliases: Vec<(String, Range<usize>)>,
    pub(crate) template: Option<(String, Range<usize>)>,
    /// Each taxonomy's name, the page's terms in it, and where they stand.
    pub(crate) taxonomies: Vec<(String, Vec<String>, Range<usize>)>,
    pub(crate) extra: Table,
    /// The keys in `extra` that stand beside the known ones: other generators'.
    pub(crate) foreign: Vec<Key>,
    /// What only a section says.
    pub(crate) section: SectionKeys,
}

impl FrontMatter {
    /// Whether there is a page to see.
    pub(crate) fn is_rendered(&self) -> bool {
        self.render.unwrap_or(true)
    }
}

/// The keys that only a section has.
#[derive(Clone, Debug, Default)]
pub(crate) struct SectionKeys {
    pub(crate) sort_by: SortBy,
    pub(crate) paginate_by: Option<usize>,
    pub(crate) paginate_path: Option<String>,
    pub(crate) paginate_reversed: bool,
    pub(crate) page_template: Option<(String, Range<usize>)>,
    pub(crate) insert_anchor_links: Option<AnchorLinks>,
    pub(crate) transparent: bool,
    pub(crate) generate_feeds: bool,
    /// And where it says so.
    pub(crate) redirect_to: Option<(String, Range<usize>)>,
    /// What is said for everything below.
    pub(crate) cascade: Table,
}

/// The order of a section's pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SortBy {
    /// By file name.
    #[default]
    None,
    /// Newest first.
    Date,
    /// Last changed first.
    UpdateDate,
    /// By title, as people sort: 2 before 10.
    Title,
    /// By title, in the order of characters.
    TitleBytes,
    /// Lightest first.
    Weight,
    /// By slug.
    Slug,
}

/// Where a heading gets a link to itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AnchorLinks {
    #[default]
    None,
    Left,
    Right,
    /// The heading's whole text.
    Heading,
}

impl AnchorLinks {
    pub(crate) const CHOICES: [(&'static str, Self); 4] = [
        ("none", Self::None),
        ("left", Self::Left),
        ("right", Self::Right),
        ("heading", Self::Heading),
    ];
}

pub(crate) const SORT_CHOICES: [(&str, SortBy); 7] = [
    ("none", SortBy::None),
    ("date", SortBy::Date),
    ("update_date", SortBy::UpdateDate),
    ("title", SortBy::Title),
    ("title_bytes", SortBy::TitleBytes),
    ("weight", SortBy::Weight),
    ("slug", SortBy::Slug),
];

/// What pages and sections say.
const COMMON_KEYS: [&str; 9] = [
    "title",
    "description",
    "weight",
    "draft",
    "render",
    "in_search_index",
    "aliases",
    "template",
    "extra",
];

/// What a page says, and a section does not.
const PAGE_KEYS: [&str; 7] = [
    "date",
    "updated",
    "authors",
    "author",
    "taxonomies",
    "slug",
    "path",
];

/// What a section says, and a page does not.
const SECTION_KEYS: [&str; 9] = [
    "sort_by",
    "paginate_by",
    "paginate_path",
    "paginate_reversed",
    "page_template",
    "insert_anchor_links",
    "transparent",
    "generate_feeds",
    "redirect_to",
];

/// Whether a file describes a page or a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    Section,
}

impl Kind {
    /// By the name of a file alone, where it is not known which languages there are:
    /// `_index.md`, and `_index.fr.md`, too.
    pub(crate) fn of_name(name: &str) -> Self {
        let of_index = name.strip_prefix("_index.");
        let language = of_index.and_then(|rest| rest.strip_suffix(".md"));
        let is_translated = language.is_some_and(|language| !language.contains('.'));
        match name == "_index.md" || is_translated {
            true => Self::Section,
            false => Self::Page,
        }
    }
}

/// Whether a page or a section has such a key.
pub(crate) fn is_key(name: &str, kind: Kind) -> bool {
    let own: &[&str] = match kind {
        Kind::Page => &PAGE_KEYS,
        Kind::Section => &SECTION_KEYS,
    };
    COMMON_KEYS.contains(&name) || own.contains(&name)
}

/// Reads the front matter of a file, and adds what it inherits; says where its
/// text is. `taxonomies` are those there are, if that is known.
pub(crate) fn parse(
    source: &Source,
    kind: Kind,
    inherited: Option<&Inherited>,
    taxonomies: Option<&[&str]>,
) -> Result<(FrontMatter, Range<usize>), Vec<Diagnostic>> {
    let parts = split(source).map_err(|fault| vec![fault])?;
    let mut table = match &parts.front {
        Some((Language::Toml, range)) => toml_data::parse(source, range.clone())?,
        Some((Language::Yaml, range)) => yaml_data::parse(source, range.clone())?,
        None => Table::new(),
    };
    // What is called otherwise is said all the same: it is not inherited.
    let mut faults = match kind {
        Kind::Page => foreign::move_terms(source, &mut table, taxonomies.unwrap_or_default()),
        Kind::Section => Vec::new(),
    };
    let times = foreign::times(&table);
    if let Some(inherited) = inherited {
        inherited.add_to(&mut table, kind);
    }
    let mut fields = match parts.front {
        Some((Language::Yaml, _)) => Fields::with_plain_strings(source, table),
        _ => Fields::new(source, table),
    };
    let mut front = read(&mut fields, source, kind);
    fields.refuse_keys(&zola_keys::FRONT_MATTER);
    if !front.draft {
        faults.extend(foreign::check_times(source, &times, SystemTime::now()));
    }
    if let Some(known) = taxonomies {
        faults.extend(check_taxonomies(source, &front, known));
        faults.extend(cascade::check_taxonomies(source, &front, known));
    }
    foreign::adopt(
        &mut front,
        fields.take_foreign(match kind {
            Kind::Page => &SECTION_KEYS,
            Kind::Section => &[],
        }),
    );
    faults.extend(fields.finish(match kind {
        Kind::Page => "the front matter of a page",
        Kind::Section => "the front matter of a section",
    }));
    if faults.is_empty() {
        Ok((front, parts.body))
    } else {
        Err(faults)
    }
}

/// Reads the keys of a table.
pub(crate) fn read(fields: &mut Fields<'_>, source: &Source, kind: Kind) -> FrontMatter {
    let mut front = FrontMatter {
        title: fields.string("title"),
        description: fields.string("description"),
        weight: fields.integer("weight"),
        draft: fields.boolean("draft").unwrap_or_default() || foreign::is_unpublished(fields),
        render: fields.boolean("render"),
        hidden_from_search: fields.boolean("in_search_index") == Some(false),
        aliases: fields.paths("aliases"),
        template: fields.spanned_string("template"),
        extra: fields.table("extra"),
        ..FrontMatter::default()
    };
    match kind {
        Kind::Page => read_page(fields, source, &mut front),
        Kind::Section => front.section = read_section(fields, source),
    }
    front
}

fn read_page(fields: &mut Fields<'_>, source: &Source, front: &mut FrontMatter) {
    front.date = fields.date("date");
    front.updated = fields.date("updated");
    front.slug = fields.path("slug");
    front.path = fields.path("path");
    foreign::read_authors(fields, source, front);
    for (key, node) in fields.table("taxonomies") {
        if fields.is_full() {
            break;
        }
        let Data::Array(terms) = node.value else {
            let message = format!("the taxonomy `{}` is not an array", key.name);
            fields.fault(
                source
                    .at(node.span, message)
                    .expected("an array of strings"),
            );
            continue;
        };
        let mut names = Vec::new();
        for term in terms {
            if fields.is_full() {
                break;
            }
            match term.value {
                Data::String(name) if slugify(&name).len() > MAX_NAME_BYTES => {
                    let fault = source.at(term.span, "this term is too long for an address");
                    fields.fault(fault.expected(format!("at most {MAX_NAME_BYTES} bytes")));
                }
                Data::String(name) if slugify(&name).is_empty() => {
                    let fault = source.at(term.span, "this term has no address");
                    fields.fault(fault.expected("a term with letters or digits"));
                }
                Data::String(name) => names.push(name),
                _ => fields.fault(
                    source
                        .at(term.span, "this term is not a string")
                        .expected("a string"),
                ),
            }
        }
        names.shrink_to_fit();
        front.taxonomies.push((key.name, names, key.span));
    }
    front.taxonomies.shrink_to_fit();
}

fn read_section(fields: &mut Fields<'_>, source: &Source) -> SectionKeys {
    let cascade = fields.table("cascade");
    if !cascade.is_empty() {
        for fault in cascade::check(fields, source, &cascade) {
            fields.fault(fault);
        }
    }
    let keys = SectionKeys {
        sort_by: fields.choice("sort_by", &SORT_CHOICES).unwrap_or_default(),
        paginate_by: fields.count("paginate_by").filter(|count| *count > 0),
        paginate_path: fields.path("paginate_path"),
        paginate_reversed: fields.boolean("paginate_reversed").unwrap_or_default(),
        page_template: fields.spanned_string("page_template"),
        insert_anchor_links: fields.choice("insert_anchor_links", &AnchorLinks::CHOICES),
        transparent: fields.boolean("transparent").unwrap_or_default(),
        generate_feeds: fields.boolean("generate_feeds").unwrap_or_default(),
        redirect_to: read_target(fields, source),
        cascade,
    };
    // Who writes a readme writes a page: what a section has no use for stays beside its keys.
    if !readme::is_one(&source.file) {
        refuse_page_keys(fields, source);
    }
    keys
}

fn refuse_page_keys(fields: &mut Fields<'_>, source: &Source) {
    for page_key in PAGE_KEYS {
        if let Some(node) = fields.take(page_key) {
            let message = format!("a section has no `{page_key}`");
            fields.fault(
                source
                    .at(node.span, message)
                    .expected("this key in the pages of the section"),
            );
        }
    }
}

fn read_target(fields: &mut Fields<'_>, source: &Source) -> Option<(String, Range<usize>)> {
    let (to, span) = fields.spanned_string("redirect_to")?;
    if redirects::is_section_target(&to) {
        return Some((to, span));
    }
    let fault = source.at(span, "nobody can be sent there");
    fields.fault(fault.expected("a path of the site, or an address with `https:`"));
    None
}

/// Checks that the taxonomies a page names are those of the configuration.
pub(crate) fn check_taxonomies(
    source: &Source,
    front: &FrontMatter,
    known: &[&str],
) -> Vec<Diagnostic> {
    let unknown = front
        .taxonomies
        .iter()
        .filter(|(name, _, _)| !known.contains(&name.as_str()));
    unknown
        .take(MAX_DIAGNOSTICS)
        .map(|(name, _, span)| {
            source
                .at(span.clone(), format!("unknown taxonomy `{name}`"))
                .expected("a taxonomy that content/site.toml defines")
                .suggestion(did_you_mean(name, known.iter().copied()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn source(text: &str) -> Source {
        Source {
            file: "content/a.md".into(),
            text: text.into(),
        }
    }

    #[test]
    fn reads_every_key_of_a_page() {
        let text = "+++\ntitle = \"T\"\ndate = 2015-02-25 12:00\nauthors = [\"A\", \"B\"]\nweight = -3\n\
                    draft = true\nslug = \"s\"\naliases = [\"old\"]\ntemplate = \"t.html\"\n\
                    [taxonomies]\ntags = [\"x\"]\n[extra]\na = { b = [1, 2.5, true] }\n+++\nText\n";
        let source = source(text);
        let (front, body) = parse(&source, Kind::Page, None, None).unwrap();
        assert_eq!(front.title.as_deref(), Some("T"));
        assert_eq!(front.date.unwrap().text, "2015-02-25T12:00:00");
        assert_eq!(front.authors, ["A", "B"]);
        assert_eq!(front.weight, Some(-3));
        assert!(front.draft);
        assert_eq!(front.taxonomies[0].0, "tags");
        assert_eq!(front.extra.len(), 1);
        assert_eq!(&source.text[body], "Text\n");
    }

    #[test]
    fn yaml_means_the_same() {
        let text = "---\ntitle: 2015 in review\nslug: 2015\ndate: 2015-02-25 12:00\nauthors: [A, B]\n\
                    extra:\n  a: {b: [1, 2.5, true]}\n---\nText\n";
        let source = source(text);
        let (front, body) = parse(&source, Kind::Page, None, None).unwrap();
        assert_eq!(front.title.as_deref(), Some("2015 in review"));
        assert_eq!(
            front.slug.as_deref(),
            Some("2015"),
            "a word without quotes may be a string"
        );
        assert_eq!(front.date.unwrap().text, "2015-02-25T12:00:00");
        assert_eq!(front.authors, ["A", "B"]);
        assert_eq!(front.extra.len(), 1);
        assert_eq!(&source.text[body], "Text\n");
    }

    #[test]
    fn jekylls_front_matter_is_read() {
        let text = "---\ndate:   2020-01-02 03:04:05 +0200\ndraft: no\n...\nText\n";
        let source = source(text);
        let (front, body) = parse(&source, Kind::Page, None, None).unwrap();
        assert_eq!(front.date.unwrap().text, "2020-01-02T03:04:05+02:00");
        assert!(!front.draft);
        assert_eq!(&source.text[body], "Text\n");
    }

    #[test]
    fn all_faults_are_reported_with_their_place() {
        let faults = parse(
            &source(
                "+++\ntitel = \"T\"\nweight = \"x\"\ndate = 2015-02-25\nupdated = \"soon\"\n+++\n",
            ),
            Kind::Page,
            None,
            None,
        )
        .unwrap_err();
        let mut shown: Vec<_> = faults
            .iter()
            .map(|fault| {
                let place = fault.place.as_ref().unwrap();
                (
                    place.line,
                    place.column,
                    place.length,
                    fault.message.as_str(),
                )
            })
            .collect();
        shown.sort_unstable();
        assert_eq!(
            shown,
            [
                (2, 1, 5, "unknown key `titel` in the front matter of a page"),
                (3, 10, 3, "`weight` is a string"),
                (5, 11, 6, "`soon` is not a date"),
            ]
        );
        let spelling = faults.iter().find_map(|fault| fault.suggestion.clone());
        assert_eq!(spelling.as_deref(), Some("did you mean `title`?"));
    }

    #[test]
    fn bad_toml_is_placed_in_the_file() {
        let fault = parse(
            &source("+++\ntitle = \"a\"\nweight = = 3\n+++\n"),
            Kind::Page,
            None,
            None,
        )
        .unwrap_err()
        .remove(0);
        let place = fault.place.unwrap();
        assert_eq!((place.line, place.text.as_str()), (3, "weight = = 3"));
        let fault = parse(&source("+++\ntitle = \"a\"\n"), Kind::Page, None, None)
            .unwrap_err()
            .remove(0);
        assert_eq!(fault.message, "this front matter has no end");
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(\\+\\+\\+\n|---\n)?[a-z\\[\\]=\"'{}0-9\\-: \n#.é\u{0}]{0,80}(\n\\+\\+\\+\n)?.{0,20}") {
            let _ = parse(&source(&text), Kind::Page, None, Some(&["a"]));
            let _ = parse(&source(&text), Kind::Section, None, None);
        }
    }
}
