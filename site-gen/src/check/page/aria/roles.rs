//! The roles of WAI-ARIA 1.2, with those of its modules for books and graphics: the
//! states that each has, and where it may stand.

/// What is known of a role.
#[derive(Debug)]
pub(in crate::check::page) struct Role {
    pub(in crate::check::page) name: &'static str,
    /// Its own states, without `aria-`; behind `!`, those it has to have.
    states: &'static str,
    /// One of these roles has to be around it, if there are any.
    pub(in crate::check::page) within: &'static str,
}

impl Role {
    /// The states that it has to have.
    pub(super) fn required(&self) -> impl Iterator<Item = &'static str> {
        let all = self.states.split_ascii_whitespace();
        all.filter_map(|state| state.strip_prefix('!'))
    }

    /// Whether it has a state, besides those of all elements.
    pub(super) fn has(&self, state: &str) -> bool {
        let mut all = self.states.split_ascii_whitespace();
        all.any(|own| own.trim_start_matches('!') == state)
    }

    /// Whether it cannot have a name (WAI-ARIA 1.2, 5.2.8.6).
    pub(super) fn is_nameless(&self) -> bool {
        let nameless = [
            "caption",
            "code",
            "deletion",
            "emphasis",
            "generic",
            "insertion",
            "paragraph",
            "presentation",
            "strong",
            "subscript",
            "superscript",
        ];
        nameless.contains(&self.name)
    }
}

const fn role(name: &'static str, states: &'static str) -> Role {
    Role {
        name,
        states,
        within: "",
    }
}

const fn inside(name: &'static str, states: &'static str, within: &'static str) -> Role {
    Role {
        name,
        states,
        within,
    }
}

const HEADER: &str = "colindex colspan expanded readonly required rowindex rowspan selected sort";
const RANGE: &str = "!valuenow valuemax valuemin valuetext";
const WRITTEN: &str = "activedescendant autocomplete multiline placeholder readonly required";

/// All roles, in order of name, but for those of books.
static ROLES: [Role; 85] = [
    role("alert", "expanded"),
    role("alertdialog", "expanded modal"),
    role("application", "activedescendant expanded"),
    role("article", "expanded posinset setsize"),
    role("banner", "expanded"),
    role("blockquote", ""),
    role("button", "expanded pressed"),
    role("caption", ""),
    inside("cell", "colindex colspan rowindex rowspan", "row"),
    role("checkbox", "!checked expanded readonly required"),
    role("code", ""),
    inside("columnheader", HEADER, "row"),
    role(
        "combobox",
        "!expanded activedescendant autocomplete orientation readonly required",
    ),
    role("complementary", "expanded"),
    role("contentinfo", "expanded"),
    role("definition", "expanded"),
    role("deletion", ""),
    role("dialog", "expanded modal"),
    role("directory", "expanded"),
    role("document", "expanded"),
    role("emphasis", ""),
    role("feed", "expanded"),
    role("figure", "expanded"),
    role("form", "expanded"),
    role(
        "grid",
        "activedescendant colcount expanded level multiselectable readonly rowcount",
    ),
    inside(
        "gridcell",
        "colindex colspan expanded level readonly required rowindex rowspan selected",
        "row",
    ),
    role("group", "activedescendant expanded"),
    role("graphics-document", ""),
    role("graphics-object", ""),
    role("graphics-symbol", ""),
    role("heading", "!level expanded"),
    role("image", "expanded"),
    role("img", "expanded"),
    role("insertion", ""),
    role("link", "expanded"),
    role("list", "expanded"),
    role(
        "listbox",
        "activedescendant multiselectable orientation readonly required",
    ),
    inside(
        "listitem",
        "expanded level posinset setsize",
        "list directory",
    ),
    role("log", "expanded"),
    role("main", "expanded"),
    role("marquee", "expanded"),
    role("math", "expanded"),
    role("menu", "activedescendant expanded orientation"),
    role("menubar", "activedescendant expanded orientation"),
    inside("menuitem", "expanded posinset setsize", "menu menubar"),
    inside(
        "menuitemcheckbox",
        "!checked expanded posinset setsize",
        "menu menubar",
    ),
    inside(
        "menuitemradio",
        "!checked expanded posinset selected setsize",
        "menu menubar",
    ),
    role("meter", RANGE),
    role("navigation", "expanded"),
    role("none", ""),
    role("note", "expanded"),
    inside("option", "checked posinset selected setsize", "listbox"),
    role("paragraph", ""),
    role("presentation", ""),
    role("progressbar", "valuemax valuemin valuenow valuetext"),
    role("radio", "!checked posinset selected setsize"),
    role(
        "radiogroup",
        "activedescendant expanded orientation readonly required",
    ),
    role("region", "expanded"),
    inside(
        "row",
        "activedescendant colindex expanded level posinset rowindex selected setsize",
        "grid rowgroup table treegrid",
    ),
    inside(
        "rowgroup",
        "activedescendant expanded",
        "grid table treegrid",
    ),
    inside("rowheader", HEADER, "row"),
    role(
        "scrollbar",
        "!valuenow orientation valuemax valuemin valuetext",
    ),
    role("search", "expanded orientation"),
    role("searchbox", WRITTEN),
    role(
        "separator",
        "expanded orientation valuemax valuemin valuenow valuetext",
    ),
    role(
        "slider",
        "!valuenow orientation readonly valuemax valuemin valuetext",
    ),
    role(
        "spinbutton",
        "activedescendant readonly required valuemax valuemin valuenow valuetext",
    ),
    role("status", "expanded"),
    role("strong", ""),
    role("subscript", ""),
    role("superscript", ""),
    role("switch", "!checked expanded readonly required"),
    inside("tab", "expanded posinset selected setsize", "tablist"),
    role("table", "colcount rowcount"),
    role(
        "tablist",
        "activedescendant expanded level multiselectable orientation",
    ),
    role("tabpanel", "expanded"),
    role("term", "expanded"),
    role("textbox", WRITTEN),
    role("time", ""),
    role("timer", "expanded"),
    role("toolbar", "activedescendant expanded orientation"),
    role("tooltip", "expanded"),
    role(
        "tree",
        "activedescendant expanded multiselectable orientation required",
    ),
    role(
        "treegrid",
        "activedescendant colcount expanded level multiselectable orientation readonly required \
         rowcount",
    ),
    inside(
        "treeitem",
        "checked expanded level posinset selected setsize",
        "group tree",
    ),
];

/// Roles of books (DPUB-ARIA 1.1).
static BOOKS: [Role; 39] = [
    role("doc-abstract", ""),
    role("doc-acknowledgments", ""),
    role("doc-afterword", ""),
    role("doc-appendix", ""),
    role("doc-backlink", ""),
    role("doc-biblioentry", ""),
    role("doc-bibliography", ""),
    role("doc-biblioref", ""),
    role("doc-chapter", ""),
    role("doc-colophon", ""),
    role("doc-conclusion", ""),
    role("doc-cover", ""),
    role("doc-credit", ""),
    role("doc-credits", ""),
    role("doc-dedication", ""),
    role("doc-endnote", ""),
    role("doc-endnotes", ""),
    role("doc-epigraph", ""),
    role("doc-epilogue", ""),
    role("doc-errata", ""),
    role("doc-example", ""),
    role("doc-footnote", ""),
    role("doc-foreword", ""),
    role("doc-glossary", ""),
    role("doc-glossref", ""),
    role("doc-index", ""),
    role("doc-introduction", ""),
    role("doc-noteref", ""),
    role("doc-notice", ""),
    role("doc-pagebreak", ""),
    role("doc-pagelist", ""),
    role("doc-part", ""),
    role("doc-preface", ""),
    role("doc-prologue", ""),
    role("doc-pullquote", ""),
    role("doc-qna", ""),
    role("doc-subtitle", ""),
    role("doc-tip", ""),
    role("doc-toc", ""),
];

fn all() -> impl Iterator<Item = &'static Role> {
    ROLES.iter().chain(&BOOKS)
}

/// What is known of a role; nothing if there is none.
pub(in crate::check::page) fn find(name: &str) -> Option<&'static Role> {
    all().find(|role| role.name == name)
}

/// The names of all roles.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    all().map(|role| role.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::page::vocabulary::ARIA;

    #[test]
    fn states_are_those_there_are() {
        for role in all() {
            for state in role.states.split_ascii_whitespace() {
                assert!(ARIA.contains(&state.trim_start_matches('!')), "{state}");
            }
            let mut within = role.within.split_ascii_whitespace();
            assert!(within.all(|name| find(name).is_some()), "{}", role.name);
        }
    }
}
