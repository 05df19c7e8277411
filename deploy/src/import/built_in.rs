//! Shortcodes that generators bring along, as templates of their own.

/// Their names, and the templates.
pub(super) const TEMPLATES: [(&str, &str); 4] = [
    (
        "youtube",
        "<iframe src=\"https://www.youtube-nocookie.com/embed/{{ id }}\" title=\"{{ title | default(value=\"Video\") }}\" loading=\"lazy\" allowfullscreen></iframe>\n",
    ),
    (
        "vimeo",
        "<iframe src=\"https://player.vimeo.com/video/{{ id }}?dnt=1\" title=\"{{ title | default(value=\"Video\") }}\" loading=\"lazy\" allowfullscreen></iframe>\n",
    ),
    (
        "streamable",
        "<iframe src=\"https://streamable.com/e/{{ id }}\" title=\"Video\" loading=\"lazy\" allowfullscreen></iframe>\n",
    ),
    ("gist", "<p><a href=\"{{ url }}\">{{ url }}</a></p>\n"),
];
