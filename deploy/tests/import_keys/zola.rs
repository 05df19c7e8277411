//! Keys of Zola, 0.22.

use super::Fate::{Across, Same, Told};
use super::{Lines, check};

/// All keys of the configuration.
const ZOLA: &Lines = &[
    (
        r#"base_url = "https://a.org/sub""#,
        Across("base_url = \"https://a.org/sub\""),
    ),
    (r#"title = "T""#, Across("\ntitle = \"T\"\n")),
    (r#"description = "D""#, Across("\ndescription = \"D\"\n")),
    (
        r#"default_language = "en""#,
        Across("\ndefault_language = \"en\"\n"),
    ),
    (r#"author = "A""#, Across("\nauthor = \"A\"\n")),
    (r#"output_dir = "out""#, Told),
    ("preserve_dotfiles_in_output = true", Told),
    (
        r#"ignored_content = ["*.tmp", "drafts/*"]"#,
        Across("\nignored_content = [\"*.tmp\", \"drafts/*\"]\n"),
    ),
    (r#"ignored_static = ["*.psd"]"#, Same),
    ("generate_feeds = true", Across("\ngenerate_feeds = true\n")),
    (
        r#"feed_filenames = ["rss.xml"]"#,
        Across("\nfeed_filenames = [\"rss.xml\"]\n"),
    ),
    ("feed_limit = 3", Across("\nfeed_limit = 3\n")),
    ("hard_link_static = true", Told),
    ("compile_sass = true", Across("\ncompile_sass = true\n")),
    ("minify_html = true", Across("\nminify_html = true\n")),
    (
        "build_search_index = true",
        Across("\nbuild_search_index = true\n"),
    ),
    (
        "generate_sitemap = false",
        Across("\ngenerate_sitemap = false\n"),
    ),
    (
        "generate_robots_txt = false",
        Across("\ngenerate_robots_txt = false\n"),
    ),
    (r#"exclude_paginated_pages_in_sitemap = "all""#, Told),
    (
        r#"taxonomies = [{ name = "tags", feed = true, paginate_by = 2, paginate_path = "p", render = true, lang = "en" }]"#,
        Told,
    ),
    (r#"mode = "build""#, Told),
    ("[markdown]", Same),
    ("highlight_code = true", Across("\nhighlight_code = true\n")),
    (r#"highlight_theme = "x""#, Told),
    (
        r#"highlight_themes_css = [{ theme = "a", filename = "b.css" }]"#,
        Told,
    ),
    (r#"extra_syntaxes_and_themes = ["x"]"#, Told),
    ("render_emoji = true", Across("Text 😄")),
    (
        r#"external_links_class = "ext""#,
        Across("\nexternal_links_class = \"ext\"\n"),
    ),
    (
        "external_links_target_blank = true",
        Across("\nexternal_links_target_blank = true\n"),
    ),
    (
        "external_links_no_follow = true",
        Across("\nexternal_links_no_follow = true\n"),
    ),
    (
        "external_links_no_referrer = true",
        Across("\nexternal_links_no_referrer = true\n"),
    ),
    (
        "smart_punctuation = true",
        Across("\nsmart_punctuation = true\n"),
    ),
    (
        "definition_list = true",
        Across("\ndefinition_list = true\n"),
    ),
    (
        "bottom_footnotes = true",
        Across("\nbottom_footnotes = true\n"),
    ),
    (
        r#"insert_anchor_links = "left""#,
        Across("\ninsert_anchor_links = \"left\"\n"),
    ),
    ("github_alerts = true", Across("\ngithub_alerts = true\n")),
    ("lazy_async_image = true", Told),
    ("[markdown.highlighting]", Same),
    (r#"theme = "github-dark""#, Across("/* Colours of code. */")),
    (r#"style = "class""#, Told),
    (r#"extra_grammars = ["x"]"#, Told),
    ("error_on_missing_language = true", Told),
    (r#"data_attr_position = "both""#, Told),
    ("[link_checker]", Same),
    (
        r#"skip_prefixes = ["http://x"]"#,
        Across("\nskip_prefixes = [\"http://x\"]\n"),
    ),
    (r#"skip_anchor_prefixes = ["http://x"]"#, Told),
    (r#"internal_level = "warn""#, Told),
    (r#"external_level = "warn""#, Told),
    ("[slugify]", Same),
    (r#"paths = "safe""#, Same),
    (r#"taxonomies = "off""#, Same),
    (r#"anchors = "on""#, Same),
    ("paths_keep_dates = true", Same),
    ("[search]", Same),
    ("include_title = false", Across("\ninclude_title = false\n")),
    (
        "include_description = true",
        Across("\ninclude_description = true\n"),
    ),
    ("include_date = true", Across("\ninclude_date = true\n")),
    ("include_path = true", Across("\ninclude_path = true\n")),
    (
        "include_content = false",
        Across("\ninclude_content = false\n"),
    ),
    (
        "truncate_content_length = 3",
        Across("\ntruncate_content_length = 3\n"),
    ),
    (
        r#"index_format = "fuse_json""#,
        Across("\nindex_format = \"fuse_json\"\n"),
    ),
    ("[translations]", Same),
    (r#"a = "b""#, Across("\na = \"b\"\n")),
    ("[languages.fr]", Same),
    (r#"title = "F""#, Across("\ntitle = \"F\"\n")),
    (r#"description = "D""#, Across("\ndescription = \"D\"\n")),
    ("generate_feeds = true", Across("\ngenerate_feeds = true\n")),
    (
        r#"feed_filenames = ["atom.xml"]"#,
        Across("\nfeed_filenames = [\"atom.xml\"]\n"),
    ),
    (
        "build_search_index = true",
        Across("\nbuild_search_index = true\n"),
    ),
    (
        r#"taxonomies = [{ name = "tags" }]"#,
        Across("\ntaxonomies = [{ name = \"tags\" }]\n"),
    ),
    ("[languages.fr.search]", Same),
    ("include_title = false", Across("\ninclude_title = false\n")),
    ("[languages.fr.translations]", Same),
    (r#"a = "c""#, Across("\na = \"c\"\n")),
    ("[extra]", Same),
    ("x = 1", Across("\nx = 1\n")),
];

#[test]
fn each_key_of_the_configuration_of_zola_has_its_fate() {
    let site = [("content/a.md", "+++\ntitle = \"A\"\n+++\nText :smile:\n")];
    check("zola", "config.toml", ("", ""), ZOLA, &site);
}

/// What Zola does where nobody says otherwise.
#[test]
fn what_nobody_said_is_as_it_was() {
    let lines: &Lines = &[
        ("base_url = \"https://a.org\"", Same),
        ("generate_feeds = true", Same),
        ("feed_filenames = [\"rss.xml\"]", Same),
        ("taxonomies = [{ name = \"tags\", paginate_by = 1 }]", Same),
        (
            "[languages.fr]",
            Across("[languages.fr]\nfeed_filenames = [\"atom.xml\"]\n"),
        ),
        ("generate_feeds = true", Same),
    ];
    let page = |weight: u8| {
        format!(
            "+++\ntitle = \"A\"\nweight = {weight}\n[taxonomies]\ntags = [\"Ü b\"]\n+++\na\n: b\n"
        )
    };
    let (one, other) = (page(1), page(2));
    let site = [
        ("content/a.md", one.as_str()),
        ("content/b.md", other.as_str()),
        ("content/c/_index.md", "+++\nredirect_to = \"c/d\"\n+++\n"),
        ("content/c/d.md", "+++\n+++\n"),
    ];
    check("zola", "config.toml", ("", ""), lines, &site);
    for text in [
        "redirect_to = \"c/d/\"",
        "a\n\\: b",
        "\"/tags/u-b/page/1/\" = \"/tags/ü-b/\"",
        "\"/tags/u-b/page/2/\" = \"/tags/ü-b/page/2/\"",
    ] {
        check(
            "zola",
            "config.toml",
            ("", ""),
            &[(
                "base_url = \"https://a.org\"\ntaxonomies = [{ name = \"tags\", paginate_by = 1 }]",
                Across(text),
            )],
            &site,
        );
    }
}
