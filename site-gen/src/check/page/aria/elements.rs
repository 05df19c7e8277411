//! What elements of HTML are without a `role`, and which roles they may have (ARIA in
//! HTML, 4).

use crate::check::page::attributes::Attributes;

/// The roles that an element may have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Roles {
    Any,
    /// These, with spaces between them; there may be none.
    Of(&'static str),
}

const BUTTON: &str = "button checkbox combobox gridcell link menuitem menuitemcheckbox \
    menuitemradio option radio separator slider switch tab treeitem";
const LIST: &str = "group list listbox menu menubar presentation radiogroup tablist \
    toolbar tree";
const SECTION: &str = "alert alertdialog application banner complementary contentinfo dialog \
    document feed group log main marquee navigation note presentation region search status \
    tabpanel doc-abstract doc-acknowledgments doc-afterword doc-appendix doc-bibliography \
    doc-chapter doc-colophon doc-conclusion doc-credit doc-credits doc-dedication doc-endnotes \
    doc-epigraph doc-epilogue doc-errata doc-example doc-foreword doc-glossary doc-index \
    doc-introduction doc-notice doc-pagelist doc-part doc-preface doc-prologue doc-pullquote \
    doc-qna doc-toc";

/// The roles that an element may have; of an <input>, by its type.
pub(super) fn allowed(element: &str, kind: &str, all: Attributes<'_>) -> Roles {
    Roles::Of(match element {
        "a" if all.has("href") => {
            "button checkbox link menuitem menuitemcheckbox menuitemradio option radio switch tab \
             treeitem doc-backlink doc-biblioref doc-glossref doc-noteref"
        }
        "area" => "button link",
        "article" => "application article document feed main presentation region",
        "aside" => {
            "complementary feed note presentation region search doc-dedication doc-example \
             doc-footnote doc-glossary doc-pullquote doc-tip"
        }
        "audio" | "video" => "application",
        "base" | "caption" | "col" | "colgroup" | "datalist" | "head" | "html" | "legend" => "",
        "map" | "meta" | "meter" | "noscript" | "picture" | "script" | "source" => "",
        "style" | "template" | "title" | "track" => "",
        "body" => "application document presentation",
        "br" | "wbr" => "presentation",
        "button" => match kind {
            "button" => BUTTON,
            "reset" => {
                "button checkbox combobox gridcell link menuitem menuitemcheckbox menuitemradio \
                 option radio separator slider switch treeitem"
            }
            _ => {
                "button checkbox combobox gridcell link menuitem menuitemcheckbox menuitemradio \
                 option radio separator slider tab treeitem"
            }
        },
        "dd" => "definition",
        "details" => "group",
        "dialog" => "alertdialog dialog",
        "dl" => "group list presentation",
        "dt" => "listitem term",
        "embed" | "iframe" => "application document img presentation",
        "fieldset" => "group presentation radiogroup",
        "figcaption" => "group presentation",
        "footer" => "contentinfo group presentation doc-footnote",
        "form" => "form presentation search",
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "heading presentation tab doc-subtitle",
        "header" => "banner group presentation doc-footnote",
        "hr" => "presentation separator doc-pagebreak",
        "img" => {
            "button checkbox img link math menuitem menuitemcheckbox menuitemradio option \
             progressbar radio scrollbar separator slider switch tab treeitem doc-cover"
        }
        "input" => return input(kind),
        "link" => "link menuitem presentation",
        "main" => "main",
        "math" => "math",
        "menu" | "ol" | "ul" => LIST,
        "nav" => "menu menubar navigation presentation tablist doc-index doc-pagelist doc-toc",
        "object" => "application document img",
        "optgroup" => "group",
        "option" => "option",
        "progress" => "progressbar",
        "search" => "form group presentation region search",
        "section" => SECTION,
        "select" if is_list(all) => "listbox",
        "select" => "combobox menu",
        "textarea" => "textbox",
        _ => return Roles::Any,
    })
}

/// Whether a <select> shows more than one line.
fn is_list(all: Attributes<'_>) -> bool {
    let size = all.value("size").and_then(|size| size.parse::<u32>().ok());
    all.has("multiple") || size.is_some_and(|size| size > 1)
}

fn input(kind: &str) -> Roles {
    Roles::Of(match kind {
        "button" | "image" => BUTTON,
        "reset" | "submit" => {
            "button checkbox combobox gridcell link menuitem menuitemcheckbox menuitemradio \
             option radio slider switch tab treeitem"
        }
        "checkbox" => "button checkbox menuitemcheckbox option switch",
        "email" | "tel" | "url" => "combobox textbox",
        "number" => "spinbutton",
        "radio" => "menuitemradio radio",
        "range" => "slider",
        "search" => "combobox searchbox",
        "text" => "combobox searchbox spinbutton textbox",
        _ => "",
    })
}

const WRITTEN: &str = "activedescendant autocomplete multiline placeholder readonly required";

/// The states that an element has without a `role`, besides those that all have.
pub(super) fn implied(element: &str, kind: &str, all: Attributes<'_>) -> &'static str {
    match element {
        "a" | "area" if all.has("href") => "expanded",
        "article" | "aside" | "body" | "dd" | "dt" | "figure" | "footer" | "form" | "header"
        | "img" | "main" | "math" | "menu" | "nav" | "ol" | "output" | "search" | "section"
        | "ul" => "expanded",
        "button" => "expanded pressed",
        "details" | "fieldset" | "optgroup" => "activedescendant expanded",
        "dialog" => "expanded modal",
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "expanded level",
        "hr" => "orientation valuemax valuemin valuenow valuetext",
        "input" => match kind {
            "button" | "image" | "reset" | "submit" => "expanded pressed",
            "checkbox" => "expanded readonly required",
            "email" | "tel" | "url" if all.has("list") => {
                "activedescendant autocomplete expanded multiline placeholder readonly required"
            }
            "number" => "placeholder readonly required valuemax valuemin valuenow valuetext",
            "radio" => "posinset required selected setsize",
            "range" => "orientation valuemax valuemin valuenow valuetext",
            _ => WRITTEN,
        },
        "li" => "expanded level posinset setsize",
        "meter" => "valuemax valuemin",
        "option" => "checked posinset selected setsize",
        "progress" => "valuemax valuemin valuenow valuetext",
        "select" => {
            "activedescendant autocomplete expanded multiselectable placeholder readonly required"
        }
        "table" => "colcount rowcount",
        "tbody" | "tfoot" | "thead" => "activedescendant expanded",
        "td" => "colindex colspan expanded level readonly required rowindex rowspan selected",
        "textarea" => WRITTEN,
        "th" => "colindex colspan expanded readonly required rowindex rowspan selected sort",
        "tr" => "activedescendant colindex expanded level posinset rowindex selected setsize",
        _ => "",
    }
}

/// Whether an element without a `role` cannot have a name.
pub(super) fn is_nameless(element: &str, all: Attributes<'_>) -> bool {
    let plain = [
        "abbr",
        "b",
        "bdi",
        "bdo",
        "body",
        "br",
        "caption",
        "cite",
        "code",
        "data",
        "del",
        "div",
        "em",
        "figcaption",
        "i",
        "ins",
        "kbd",
        "legend",
        "mark",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "var",
        "wbr",
    ];
    plain.contains(&element) || element == "a" && !all.has("href")
}
