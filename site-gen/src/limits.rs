//! The limits of a build: what goes over one is refused, with a diagnostic.

use std::time::Duration;

/// Longest markdown, template, configuration or zone file, in bytes.
pub const MAX_TEXT_BYTES: u64 = 16 << 20;

/// Longest static file, in bytes.
pub const MAX_STATIC_BYTES: u64 = 1 << 30;

/// Deepest nesting of directories under `content/` or a theme.
pub const MAX_DEPTH: usize = 32;

/// Longest name in a path, in bytes: file systems take no longer ones.
pub const MAX_NAME_BYTES: usize = 255;

/// Longest address that is served or led to, in bytes, as it stands in a URL: a pack
/// takes no longer one.
pub const MAX_PATH_BYTES: usize = site_pack::limits::MAX_STRING_BYTES;

/// How many characters of a longer one are told.
pub const MAX_SHOWN_PATH: usize = 60;

/// Longest path of a file, in bytes (`PATH_MAX` of Linux): what is longer cannot be
/// there.
pub const MAX_FILE_PATH_BYTES: usize = 4096;

/// Memory that a regular expression which somebody wrote may take, in bytes.
pub const MAX_REGEX_BYTES: usize = 1 << 20;

/// Most files of a site.
pub const MAX_FILES: usize = 1 << 20;

/// Longest page a template may make, in bytes: ends a template that repeats
/// itself without end.
pub const MAX_PAGE_BYTES: usize = 64 << 20;

/// What a template may take while it makes a page or a part of one, in bytes: the
/// page itself may grow to twice its limit before it is cut. One that takes more ends
/// where it repeats itself.
pub const MAX_STEP_BYTES: usize = 160 << 20;

/// What a template may take until then, in bytes: while the engine doubles a
/// text, five times as much is there. A thread that takes more is stopped for good.
pub const MAX_RENDER_BYTES: usize = 5 * MAX_STEP_BYTES;

/// How deep a value of a template may be, counted with each variable that is set to
/// one which has others in it: a value needs stack for all of its levels when it goes.
pub const MAX_LEVELS: usize = 100_000;

/// The stack of a thread that renders templates, in bytes; what is not used takes no
/// memory.
pub const TEMPLATE_STACK_BYTES: usize = 256 << 20;

/// Longest time until the next page is rendered, and that a template of a part of a
/// text may take: one that takes longer repeats itself without end.
pub const MAX_RENDER_TIME: Duration = Duration::from_secs(20);

/// Deepest nesting of elements in a page that is checked, of those that need an
/// end: browsers flatten what is deeper.
pub const MAX_ELEMENT_DEPTH: usize = 512;

/// How many elements a page that is checked may have for each tag in it, and how
/// often the parser may look at one: what was opened wrongly is opened again, and
/// looked through, at each tag that follows.
pub const MAX_ELEMENTS_PER_TAG: usize = 8;
/// See [`MAX_ELEMENTS_PER_TAG`].
pub const MAX_LOOKS_PER_TAG: usize = 256;

/// Tags that a page may have in any case before that counts.
pub const UNCOUNTED_TAGS: usize = 1024;

/// Most references to ids on a page that are looked after.
pub const MAX_WANTED: usize = 10_000;

/// Most header cells that the cells of one table name which are looked after.
pub const MAX_HEADERS: usize = 10_000;

/// Most cells of a table that reach into a row at a time: where there are more, its
/// grid is not looked into.
pub const MAX_SPANNING_CELLS: usize = 100;

/// Longest text of an element, or of a `style`, that is looked into, in bytes.
pub const MAX_ELEMENT_TEXT: usize = 64 << 10;

/// Most pictures to choose from, of one image, that are looked into.
pub const MAX_CANDIDATES: usize = 1000;

/// Deepest nesting of brackets in CSS of a page that is looked into.
pub const MAX_STYLE_NESTING: usize = 32;

/// Most values of `style` of a page that are remembered to be good.
pub const MAX_STYLES: usize = 1000;

/// Most pairs of a tag in a text and one in its page that are compared for where a
/// fault stands: where there are more, it is found by counting.
pub const MAX_COMPARED_PAIRS: usize = 4096;

/// How many signs before and after a tag are compared for that.
pub const MAX_SURROUNDINGS: usize = 160;

/// The longest line of a template or page, in bytes, that is compared with one of the
/// other; the longer ones are found by their tags alone.
pub const MAX_COMPARED_LINE: usize = 4096;

/// Most tags of a template, and of a line of a page, that are compared with each other.
pub const MAX_COMPARED_TAGS: usize = 200;

/// Deepest nesting of tables and arrays in front matter and configuration.
pub const MAX_DATA_DEPTH: usize = 64;

/// Longest value in a BibTeX file, in bytes, with what its variables say: longer
/// than any abstract.
pub const MAX_BIBTEX_VALUE_BYTES: usize = 1 << 20;

/// All values of a BibTeX file together, in bytes: several times what the longest
/// file says itself.
pub const MAX_BIBTEX_BYTES: usize = 64 << 20;

/// Unknown variables of a BibTeX file for which a known one is suggested: all that
/// are known are compared with each.
pub const MAX_BIBTEX_SUGGESTIONS: usize = 8;

/// Most shortcodes that one text calls: their numbers have four digits.
pub const MAX_SHORTCODES: usize = 10_000;

/// Deepest nesting of shortcodes with bodies.
pub const MAX_SHORTCODE_DEPTH: usize = 8;

/// Most markdown that templates make for one text, in bytes: what they make may
/// call others, several at each step.
pub const MAX_MADE_BYTES: usize = 8 << 20;

/// What each of them counts at least, in bytes: short ones take time, too.
pub const MIN_MADE_BYTES: usize = 512;

/// Files shorter than this are not worth compressing, in bytes: they fit into
/// the packet that carries the response's head.
pub const MIN_COMPRESSED_BYTES: usize = 256;

/// Longest code block that is highlighted, in bytes: grammars take time.
pub const MAX_HIGHLIGHTED_BYTES: usize = 256 << 10;

/// Longest line that is highlighted, in bytes: some grammars' time grows faster
/// than a line.
pub const MAX_HIGHLIGHTED_LINE_BYTES: usize = 4 << 10;

/// Deepest nesting of a grammar's contexts, as in Sublime Text: rules that lead deeper
/// do not match.
pub const MAX_CONTEXTS: usize = 100;

/// Deepest nesting of groups in an expression of a grammar that is followed.
pub const MAX_GROUP_DEPTH: usize = 32;

/// Deepest nesting of brackets there.
pub const MAX_BRACKET_DEPTH: usize = 8;

/// Longest name of a host, in bytes (RFC 1035, 2.3.4): what is longer is no
/// address, and is not read to its end.
pub const MAX_DOMAIN_BYTES: usize = 255;

/// Most records of one name and type: a message of 65,535 bytes (RFC 1035,
/// 4.2.2) holds no more of the shortest ones, and the server's reader compares
/// each with all of them.
pub const MAX_SET_RECORDS: usize = 4096;

/// Longest time to live, in seconds (RFC 2181, 8).
pub const MAX_TTL_SECONDS: u32 = i32::MAX as u32;

/// Longest character string of a zone, in bytes (RFC 1035, 3.3).
pub const MAX_ZONE_STRING_BYTES: usize = 255;

/// Longest formula, in bytes.
pub const MAX_FORMULA_BYTES: usize = 8 << 10;

/// Formulas with no more commands than this are converted on any stack.
pub const MAX_SHALLOW_COMMANDS: usize = 48;

/// What the deepest formula needs, in bytes.
pub const MAX_FORMULA_STACK_BYTES: usize = 64 << 20;

/// Deepest nesting of formulas in texts in formulas.
pub const MAX_FORMULA_DEPTH: usize = 8;

/// Longest MathML that is made of a formula, in bytes.
pub const MAX_MATHML_BYTES: usize = 1 << 20;

/// What may be kept of a history while it is read, in bytes: of two million
/// commits, or of ten thousand that change a thousand files each.
pub const MAX_HISTORY_BYTES: usize = 512 << 20;

/// Largest commit or tree that is read for it, in bytes: a directory of a million
/// files.
pub const MAX_HISTORY_OBJECT_BYTES: usize = 64 << 20;

/// Longest time that it may take.
pub const MAX_HISTORY_TIME: Duration = Duration::from_secs(60);

/// Longest time that a style sheet may take to be compiled.
pub const MAX_SASS_TIME: Duration = Duration::from_secs(20);

/// Deepest nesting of brackets in a style sheet.
pub const MAX_SASS_NESTING: usize = 256;

/// Deepest stack of its compiler, in bytes: it calls itself for each rule in a
/// rule.
pub const MAX_SASS_STACK_BYTES: usize = 32 << 20;

/// Longest answer of a compiler in a process of its own, in bytes: a style
/// sheet, and what it was made from.
pub const MAX_SASS_ANSWER_BYTES: u64 = 64 << 20;

/// Longest diagram, in bytes: as Mermaid has it. Some take a time that grows faster
/// than they.
pub const MAX_DIAGRAM_BYTES: usize = 50_000;

/// Longest time that a diagram may take to be drawn.
pub const MAX_DIAGRAM_TIME: Duration = Duration::from_secs(20);

/// Deepest stack of who draws it, in bytes.
pub const MAX_DIAGRAM_STACK_BYTES: usize = 32 << 20;

/// Longest drawing, in bytes: it is part of its page.
pub const MAX_DRAWING_BYTES: usize = 2 << 20;

/// Longest answer of who draws in a process of its own, in bytes: a drawing, with
/// what JSON adds to it.
pub const MAX_DRAWING_ANSWER_BYTES: u64 = 2 * MAX_DRAWING_BYTES as u64;

/// Longest name that a drawing without one is given, in characters.
pub const MAX_DRAWING_NAME: usize = 200;

/// How far before a bracket the call of a shortcode may begin that it is in, in bytes.
pub const MAX_CALL_BEFORE: usize = 1024;

/// How many characters of what may be an address with a space are looked at.
pub const MAX_ADDRESS_LOOKED_AT: usize = 256;

/// How far braces may end from where they begin to be taken for those of a tool, in bytes.
pub const MAX_BRACES_LOOKED_AT: usize = 256;

/// Longest comment that may have been meant to end a summary, in bytes.
pub const MAX_MARK_BYTES: usize = 32;

/// Words a reader reads in a minute, as Zola counts.
pub const WORDS_PER_MINUTE: usize = 200;

/// Longest part of a page's line that a diagnostic shows, in characters.
pub const MAX_EXCERPT: usize = 80;

/// Longest part of a line that a diagnostic keeps, in characters.
pub const MAX_SHOWN_LINE: usize = 1024;

/// Most faults of one template that are looked for one after the other, each
/// without those before it; and of one page.
pub const MAX_FAULTS_OF_TEMPLATE: usize = 20;

/// Most pages that are rendered again at once, to find what else is wrong with them.
pub const MAX_PAGES_AGAIN: usize = 50;

/// Most diagnostics of a run that are told; and of one kind that are kept before it is
/// known which. A step that looks for faults of one kind in one file ends at so many.
pub const MAX_DIAGNOSTICS: usize = 1000;

/// Most kinds of faults that are told apart in a run: there are fewer messages than that,
/// and a name in one may look like a part of it.
pub const MAX_KINDS_OF_FAULTS: usize = 2 * MAX_DIAGNOSTICS;

/// Bytes that are copied at once inside a pack.
pub const COPY_BYTES: usize = 1 << 20;

/// A pack is patched when at most one page in this many was rendered again.
pub const MAX_PATCHED_PART: usize = 8;

/// Pages that may wait for one before them, which takes longer.
pub const MAX_WAITING_PAGES: usize = 128;

/// Pages that are looked at and made before others; they wait, too.
pub const MAX_EARLY_PAGES: usize = 16;

/// When no more pages than this are to be made, none of them is shown before the rest.
pub const FEW_PAGES: usize = 4;

/// Most places of one word that the search index lists, the best ones: who looks
/// for a word that is nearly everywhere is told of some places only.
pub const MAX_LISTED_PLACES: usize = 4096;

/// Longest word that the search index tells from others, in characters. The
/// script that reads it has the same limit.
pub const MAX_INDEXED_WORD: usize = 32;

/// A part of the search index is complete when it has as many bytes: a browser
/// loads one or two of them for each word.
pub const INDEX_PART_BYTES: usize = 16 << 10;

/// How much longer a part may become, so that words of one stem stay together.
pub const INDEX_PART_SLACK: usize = 4;

/// Pages of which one file of the search index has the titles and headings.
pub const INDEX_PAGES: usize = 32;

/// Most text of one language that is made into an index for elasticlunr.js, in bytes:
/// some forty times as much memory is taken, and a browser loads three times as much.
pub const MAX_ELASTICLUNR_BYTES: usize = 128 << 20;

/// Longest time until Pagefind has read a page.
pub const MAX_PAGEFIND_PAGE_TIME: Duration = Duration::from_secs(20);

/// Longest time until Pagefind says the first of its index, and then the next: a
/// site of 50,000 pages takes a minute.
pub const MAX_PAGEFIND_TIME: Duration = Duration::from_secs(600);

/// Deepest stack of Pagefind, in bytes: it goes back through elements that are in
/// each other.
pub const MAX_PAGEFIND_STACK_BYTES: usize = 32 << 20;

/// Longest file of Pagefind's index, in bytes, with what its encoding adds: what it
/// knows of all pages together.
pub const MAX_PAGEFIND_ANSWER_BYTES: u64 = 256 << 20;

/// Largest picture that is looked into, in pixels: a photo of the largest
/// cameras. Eight bytes of memory are taken for each while it is decoded.
pub const MAX_PICTURE_PIXELS: u64 = 100_000_000;

/// Longest side of a picture, in pixels: what JPEG can have.
pub const MAX_PICTURE_SIDE: u32 = 65_535;

/// Most memory that the decoder of one picture may take, in bytes.
pub const MAX_PICTURE_BYTES: u64 = 8 * MAX_PICTURE_PIXELS;

/// Most memory that the pictures hold which are made at one time, in bytes.
pub const MAX_PICTURES_BYTES: u64 = 1 << 30;

/// Highest number that the first line of a block of code may have.
pub const MAX_LINE_NUMBER: usize = 1_000_000;

/// Most widths in which a picture is offered.
pub const MAX_PICTURE_WIDTHS: usize = 16;

const _: () = assert!(MAX_PICTURE_BYTES <= MAX_PICTURES_BYTES);
const _: () = assert!(MAX_PAGE_BYTES as u64 >= MAX_TEXT_BYTES);
const _: () = assert!(MAX_STEP_BYTES >= 2 * MAX_PAGE_BYTES);
