//! Highlights code by classes, so that a theme's style decides on colours and
//! dark and light are a matter of CSS.
//!
//! The grammars are those of Sublime Text, whose scopes are fine: a word can
//! be in ten of them. A theme needs few, so each piece of code gets the class
//! of the innermost scope that [`CLASSES`] knows, and pieces of the same class
//! are joined.

use syntect::parsing::{ParseState, Scope, ScopeStack, ScopeStackOp, SyntaxReference, SyntaxSet};

use crate::limits::{MAX_HIGHLIGHTED_BYTES, MAX_HIGHLIGHTED_LINE_BYTES};
use crate::url::escape_text;

/// Scopes and the classes they become; of two that fit, the first counts.
const CLASSES: [(&str, &str); 30] = [
    ("comment", "comment"),
    ("constant.character.escape", "constant escape"),
    ("constant.other.placeholder", "constant escape"),
    ("string", "string"),
    ("constant.numeric", "constant number"),
    ("constant", "constant"),
    ("keyword.operator", "operator"),
    ("keyword", "keyword"),
    ("storage", "keyword storage"),
    ("entity.name.function", "entity function"),
    ("entity.name.macro", "entity function"),
    ("support.function", "support function"),
    ("support.macro", "support function"),
    ("variable.function", "entity function"),
    ("variable.language", "constant"),
    ("entity.name.tag", "entity tag"),
    ("entity.other.attribute-name", "entity attribute"),
    ("entity.name.section", "entity heading"),
    ("entity.name", "entity type"),
    ("entity.other.inherited-class", "entity type"),
    ("support.type", "support type"),
    ("support.class", "support type"),
    ("support", "support"),
    ("meta.annotation", "annotation"),
    ("markup.inserted", "inserted"),
    ("markup.deleted", "deleted"),
    ("markup.changed", "changed"),
    ("markup.heading", "entity heading"),
    ("markup.raw", "string"),
    ("meta.diff", "entity heading"),
];

/// The grammars, and the scopes that get a class.
pub(crate) struct Highlighter {
    syntaxes: SyntaxSet,
    classes: Vec<(Scope, &'static str)>,
}

impl Highlighter {
    pub(crate) fn load() -> Self {
        let scope = |name| Scope::new(name).expect("the scopes above are well-formed");
        Self {
            syntaxes: two_face::syntax::extra_newlines(),
            classes: CLASSES
                .iter()
                .map(|&(name, class)| (scope(name), class))
                .collect(),
        }
    }

    /// The lines of a piece of code as HTML, without their ends; none if the
    /// language is not known, or the code is not worth its time.
    pub(crate) fn lines(&self, language: &str, code: &str) -> Option<Vec<String>> {
        let too_long = |line: &str| line.len() > MAX_HIGHLIGHTED_LINE_BYTES;
        if code.len() > MAX_HIGHLIGHTED_BYTES || code.lines().any(too_long) {
            return None;
        }
        let mut state = ParseState::new(self.syntax(language)?);
        let mut stack = ScopeStack::new();
        let mut lines = Vec::new();
        for line in code.split_inclusive('\n') {
            // A grammar that gives up on a line has lost its way for good.
            let changes = state.parse_line(line, &self.syntaxes).ok()?;
            lines.push(self.line(line, &changes, &mut stack)?);
        }
        Some(lines)
    }

    fn syntax(&self, language: &str) -> Option<&SyntaxReference> {
        // Names that authors use and the grammars do not.
        let name = match language {
            "shell" | "console" => "sh",
            "dockerfile" => "Dockerfile",
            other => other,
        };
        let syntax = self.syntaxes.find_syntax_by_token(name)?;
        (syntax.name != "Plain Text").then_some(syntax)
    }

    fn line(
        &self,
        line: &str,
        changes: &[(usize, ScopeStackOp)],
        stack: &mut ScopeStack,
    ) -> Option<String> {
        let text = line.trim_end_matches(['\n', '\r']);
        let mut pieces = Pieces::default();
        let mut at = 0;
        for (offset, change) in changes {
            pieces.push(self.class(stack), text.get(at..(*offset).min(text.len()))?);
            at = (*offset).min(text.len());
            stack.apply(change).ok()?;
        }
        pieces.push(self.class(stack), &text[at..]);
        Some(pieces.finish())
    }

    fn class(&self, stack: &ScopeStack) -> Option<&'static str> {
        let known = |scope: &Scope| {
            self.classes
                .iter()
                .find(|(prefix, _)| prefix.is_prefix_of(*scope))
                .map(|(_, class)| *class)
        };
        stack.as_slice().iter().rev().find_map(known)
    }
}

/// Joins neighbours of the same class.
#[derive(Default)]
struct Pieces {
    html: String,
    class: Option<&'static str>,
}

impl Pieces {
    fn push(&mut self, class: Option<&'static str>, text: &str) {
        if text.is_empty() {
            return;
        }
        // Space has no colour: it stays with what is before it.
        if class != self.class && !text.trim().is_empty() {
            self.close();
            if let Some(class) = class {
                self.html.push_str(&format!("<span class=\"{class}\">"));
            }
            self.class = class;
        }
        self.html.push_str(&escape_text(text));
    }

    fn close(&mut self) {
        if self.class.take().is_some() {
            self.html.push_str("</span>");
        }
    }

    fn finish(mut self) -> String {
        self.close();
        self.html
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static HIGHLIGHTER: LazyLock<Highlighter> = LazyLock::new(Highlighter::load);

    fn strip(html: &str) -> String {
        let text = crate::functions::strip_tags(html)
            .as_str()
            .unwrap()
            .to_owned();
        let text = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"");
        text.replace("&#39;", "'").replace("&amp;", "&")
    }

    #[test]
    fn languages_of_the_site_are_known() {
        let highlighter = &*HIGHLIGHTER;
        for language in [
            "rust",
            "ocaml",
            "sh",
            "bash",
            "shell",
            "toml",
            "diff",
            "json",
            "yaml",
            "html",
            "css",
            "js",
            "c",
            "markdown",
            "dockerfile",
            "nix",
        ] {
            assert!(highlighter.syntax(language).is_some(), "{language}");
        }
        assert!(highlighter.lines("no such language", "x").is_none());
        assert!(highlighter.lines("text", "x").is_none());
    }

    #[test]
    fn words_get_the_class_of_their_innermost_scope() {
        let highlighter = &*HIGHLIGHTER;
        let lines = highlighter
            .lines(
                "rust",
                "fn main() { // \"no\"\n    let x = \"a\\n\" + 1;\n}\n",
            )
            .unwrap();
        assert_eq!(lines.len(), 3);
        assert!(
            lines[0].contains("<span class=\"entity function\">main</span>"),
            "{}",
            lines[0]
        );
        assert!(
            lines[0].ends_with("<span class=\"comment\">// \"no\"</span>"),
            "{}",
            lines[0]
        );
        assert!(
            lines[1].contains("<span class=\"constant escape\">\\n</span>"),
            "{}",
            lines[1]
        );
        assert!(
            lines[1].contains("<span class=\"constant number\">1</span>"),
            "{}",
            lines[1]
        );
        let lines = highlighter.lines("diff", "-old\n+new\n").unwrap();
        assert_eq!(lines[1], "<span class=\"inserted\">+new</span>");
    }

    proptest! {
        #[test]
        fn the_text_stays_what_it_was(code in "[a-z(){}<>&\"'/*#=+ \té0-9]{0,60}(\n[a-z(){}<\"'/* ]{0,30}){0,4}") {
            let highlighter = &*HIGHLIGHTER;
            for language in ["rust", "ocaml", "html"] {
                if let Some(lines) = highlighter.lines(language, &code) {
                    let text: Vec<String> = lines.iter().map(|line| strip(line)).collect();
                    let expected: Vec<&str> = code.split_inclusive('\n').map(|line| line.trim_end_matches('\n')).collect();
                    prop_assert_eq!(text, expected);
                }
            }
        }
    }
}
