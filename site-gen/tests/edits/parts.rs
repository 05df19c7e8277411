//! What the parts of a site may say: edits put one in place of another.

/// Files that documents are in: pages of three sections, a bundle, and what
/// some configurations take for a translation.
pub(crate) const PAGES: [&str; 8] = [
    "p.md",
    "q.md",
    "a/p.md",
    "a/q.md",
    "b/p.md",
    "b/r.md",
    "b/bundle/index.md",
    "p.fr.md",
];
pub(crate) const SECTIONS: [&str; 3] = ["_index.md", "a/_index.md", "b/_index.md"];
pub(crate) const README: &str = "content/a/README.md";

/// Which of [`TEXTS`] leads to the readme.
pub(crate) const TO_README: usize = 19;

/// Texts of pages. Some are at fault, as long as something else is missing.
pub(crate) const TEXTS: [&str; 20] = [
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
    "[a](@/a/README.md) and [its list](/a/)\n",
];

/// The text with a word of the theme's in it.
pub(crate) const ALERT: usize = 15;

/// The text that shows what its shortcode sees.
pub(crate) const GALLERY: usize = 7;

/// The text that shows a picture, which may come later.
pub(crate) const PICTURE: usize = 16;

/// The text whose shortcode shows the configuration.
pub(crate) const TINT: usize = 17;

/// The text whose shortcode asks too early.
pub(crate) const TAGS: usize = 18;

/// Where that picture may be.
pub(crate) const PICTURES: [&str; 2] = ["static/p.svg", "content/p.svg"];

/// Files that are all the same.
pub(crate) const COPIES: [&str; 3] = ["static/a.zip", "static/b.txt", "static/c.zip"];

pub(crate) const FRONTS: [&str; 10] = [
    "title = \"One\"\n",
    "title = \"Two\"\ndate = 2024-01-02\n",
    "title = \"Two\"\ndate = 2025-01-02\nweight = 2\n[taxonomies]\ntags = [\"x\", \"y\"]\n",
    "date = 2023-05-06\nweight = 1\n[taxonomies]\ntags = [\"y\"]\n",
    "title = \"Three\"\nweight = 3\ndescription = \"Said of it.\"\n[extra]\nb = 1\na = 2\n",
    "title = \"Draft\"\ndraft = true\n",
    "title = \"Elsewhere\"\nslug = \"elsewhere\"\n",
    "title = \"Old\"\naliases = [\"old\"]\ntemplate = \"other.html\"\n",
    "title = \"Unseen\"\nrender = false\n",
    "title = \"Another\"\n",
];

/// That of a page that is not published.
pub(crate) const DRAFT: usize = 5;

pub(crate) const SECTION_FRONTS: [&str; 7] = [
    "title = \"S\"\n",
    "title = \"S\"\nsort_by = \"date\"\n",
    "title = \"T\"\nsort_by = \"weight\"\ntransparent = true\n",
    "title = \"T\"\nsort_by = \"title\"\npaginate_by = 2\n",
    "title = \"U\"\ngenerate_feeds = true\nsort_by = \"date\"\n",
    "title = \"U\"\npage_template = \"other.html\"\ninsert_anchor_links = \"right\"\n",
    "title = \"V\"\ninsert_anchor_links = \"left\"\nsort_by = \"weight\"\n[cascade]\nrender = false\n",
];

/// Texts of sections: the last one shows the files beside it.
pub(crate) const SECTION_TEXTS: [&str; 3] = ["Text.\n", "# Own\n", "{{ gallery() }}\n"];

pub(crate) const CONFIGS: [&str; 5] = [
    "title = \"Site\"\ngenerate_feeds = true\ntaxonomies = [{ name = \"tags\" }]\n",
    "title = \"Other\"\ntaxonomies = [{ name = \"tags\", feed = true, sort_by = \"weight\" }]\n",
    "title = \"Site\"\ntaxonomies = [{ name = \"tags\", paginate_by = 1 }]\n\
     [markdown]\nhighlight_code = false\n",
    "title = \"Site\"\ntaxonomies = [{ name = \"tags\" }]\n[extra]\nx = 1\n",
    "title = \"Site\"\ntaxonomies = [{ name = \"tags\" }]\n\
     [languages.fr]\ntitle = \"Le site\"\n[markdown]\ninsert_anchor_links = \"left\"\n",
];

/// Templates, each in several versions.
pub(crate) const TEMPLATES: [(&str, [&str; 3]); 10] = [
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
             {% if page.higher %}{{ page.higher.path }}{% endif %}\
             {% if page.previous %}{{ page.previous.title }}{% endif %}\
             {% if page.next %}{{ page.next.path }}{% endif %}{% endblock %}",
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
            "{{ get_section(path=\"b/_index.md\").pages | length }}\
             {% for page in get_pages() %}{{ page.path }}{{ page.word_count }}{% endfor %}",
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
pub(crate) const ANCHOR_LINK: &str = "themes/t/templates/anchor-link.html";

pub(crate) const ANCHOR_LINKS: [&str; 3] = [
    "<a href=\"#{{ id }}\">{{ level }}</a>",
    "<a id=\"own\" href=\"#{{ id }}\">{{ config.title }}{{ config.extra }}</a>",
    "{{ load_data(path=\"d.toml\").x }}",
];
