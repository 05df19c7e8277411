//! What can be seen of a template of Go without running it.

use super::split_action;

/// What a template says to Hugo about itself, as in `$_hugo_config := …`.
pub(super) const OF_THE_TEMPLATE: &str = "$_hugo_config";

/// Elements that have words in them, and no paragraphs.
const OF_WORDS: [&str; 19] = [
    "a", "abbr", "b", "button", "cite", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i",
    "kbd", "p", "span", "strong", "summary",
];

/// Whether what follows stands in such an element.
pub(in super::super) fn is_among_words(before: &str) -> bool {
    let before = before.trim_end();
    let tag = before.rfind('<').map(|at| &before[at + 1..]);
    let name = tag.and_then(|tag| {
        tag.strip_suffix('>')?
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
    });
    name.is_some_and(|name| OF_WORDS.contains(&name))
}

/// Whether a template says that it is as templates of Hugo 0.54 were.
pub(in super::super) fn is_of_version_1(text: &str) -> bool {
    let said = text
        .split_once(OF_THE_TEMPLATE)
        .and_then(|(_, rest)| rest.split_once('`'));
    said.and_then(|(_, rest)| rest.split_once('`'))
        .is_some_and(|(said, _)| said.replace(' ', "").contains("\"version\":1"))
}

/// Whether a template has markdown in it, which `{{% %}}` shows as that.
pub(in super::super) fn has_markdown(text: &str) -> bool {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        plain.push_str(before);
        let Some((_, behind)) = split_action(after) else {
            return false;
        };
        plain.push('a');
        rest = behind;
    }
    plain.push_str(rest);
    let begins = |line: &str| {
        let line = line.trim_start();
        [
            "# ", "## ", "### ", "#### ", "- ", "* ", "> ", "```", "1. ", "|",
        ]
        .iter()
        .any(|start| line.starts_with(start))
    };
    ["](", "**", "`", "]["]
        .iter()
        .any(|sign| plain.contains(sign))
        || plain.lines().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_in_a_template_is_seen() {
        for text in [
            "<sup>[{{ .Get 0 }}](/a/)</sup>",
            "{{ with .Get 0 }}\n## {{ . }}{{ end }}",
            "**{{ .Inner }}**",
        ] {
            assert!(has_markdown(text), "{text}");
        }
        for text in [
            "<b>{{ .Get `a` }}</b>",
            "{{ .Inner }}",
            "<a href=\"{{ .Get 0 }}\">a</a>",
        ] {
            assert!(!has_markdown(text), "{text}");
        }
    }

    #[test]
    fn a_template_says_its_version() {
        assert!(is_of_version_1(
            "{{ $_hugo_config := `{ \"version\": 1 }` }}a"
        ));
        assert!(!is_of_version_1(
            "{{ $_hugo_config := `{ \"version\": 2 }` }}a"
        ));
        assert!(!is_of_version_1("a `\"version\":1`"));
    }
}
