//! How long `fata` waits, and how much it takes in.

use std::time::Duration;

/// How much memory who compiles style sheets or draws diagrams may have, in bytes: it is
/// this program too, whose stack and code count.
pub const COMPILER_MEMORY_BYTES: u64 = 512 << 20;

/// How far above a directory the site that it is in is looked for.
pub const MAX_ANCESTORS: usize = 32;

/// The same for who makes an index of Pagefind, which holds all that it is given, several
/// times: a site of 30,000 pages of 4 kB.
pub const PAGEFIND_MEMORY_BYTES: u64 = 8 << 30;

/// How many directories above a path that leads nowhere, from the root on, are asked for
/// a page that says so: as many as the real server asks.
pub const NOT_FOUND_DEPTH: usize = 8;

/// How long a guest may take to answer its first requests. Generous: it may
/// be emulated on a machine that is busy with other things.
pub const READY_TIMEOUT: Duration = Duration::from_secs(60);

/// How long one probe of a guest that says it listens may take.
pub const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait before a failed probe is tried again.
pub const PROBE_PAUSE: Duration = Duration::from_millis(20);

/// How long a guest that was asked to power off may take before it is killed.
pub const STOP_PATIENCE: Duration = Duration::from_secs(3);

/// The same when a new image waits for its ports: visitors of an edit loop are
/// its author.
pub const RELOAD_PATIENCE: Duration = Duration::from_millis(300);

/// How long the files must have been left alone before an edit is built.
/// Editors write in several steps.
pub const EDIT_SETTLED: Duration = Duration::from_millis(25);

/// The same for `fata serve`: what it builds for nothing is soon done.
pub const SERVE_SETTLED: Duration = Duration::from_millis(4);

/// How long edits that go on and on may keep `fata serve` from building.
pub const SERVE_PATIENCE: Duration = Duration::from_millis(100);

/// How long a site must stay broken before an author is told: a file that is
/// being replaced is missing for a moment.
pub const FAULT_SETTLED: Duration = Duration::from_millis(60);

/// The port of `fata serve`.
pub const SERVE_PORT: u16 = 1111;

/// The most connections to `fata serve`: more wait.
pub const SERVE_CONNECTIONS: usize = 256;

/// How long a connection to `fata serve` may take to send a request's head.
pub const REQUEST_PATIENCE: Duration = Duration::from_secs(30);

/// How often a page is told that nothing happened: who has gone is noticed.
pub const HEARTBEAT: Duration = Duration::from_secs(20);

/// The most changed pages that are named to an open page; when there are more,
/// each one is loaded again.
pub const NAMED_PAGES: usize = 1000;

/// How many days the good answer of another site counts.
pub const LINK_DAYS: u32 = 7;

/// How many other sites are asked at a time, and how many questions one of
/// them is asked at a time.
pub const LINK_SITES: usize = 16;
/// See [`LINK_SITES`].
pub const LINK_LANES: usize = 2;

/// How long another site is left alone between two questions.
pub const LINK_PAUSE: Duration = Duration::from_millis(200);

/// How long it may take to ask about a link, with all that is asked again.
pub const LINK_PATIENCE: Duration = Duration::from_secs(20);

/// How often another site is asked until its failure is believed, and how long
/// it is left alone before the second time; then twice as long, and so on.
pub const LINK_ATTEMPTS: u32 = 3;
/// See [`LINK_ATTEMPTS`].
pub const LINK_RETRY_PAUSE: Duration = Duration::from_millis(500);

/// After how many links without any answer, and none with one, the network is
/// believed to lead nowhere.
pub const LINK_SILENCES: usize = 24;

/// The most redirects that one link leads through.
pub const LINK_REDIRECTS: u32 = 10;

/// How often directories are listed to be watched when one of them goes
/// meanwhile.
pub const WATCH_ATTEMPTS: u32 = 16;

/// The longest name that a title gives to a new page's file, in bytes.
pub const PAGE_NAME: usize = 100;

/// How long something may take before its progress is shown.
pub const PROGRESS_DELAY: Duration = Duration::from_millis(500);

/// How often a second progress is drawn.
pub const PROGRESS_RATE: u8 = 10;

/// The longest line of a console that is shown whole, in bytes.
pub const CONSOLE_LINE: usize = 4096;

/// How many of the last lines of a console are kept for messages.
pub const CONSOLE_HISTORY: usize = 200;

/// The most bytes of an HTTP response head, and of its body.
pub const RESPONSE_HEAD: usize = 64 * 1024;
/// See [`RESPONSE_HEAD`].
pub const RESPONSE_BODY: usize = 64 * 1024 * 1024;

/// The largest DNS answer taken over UDP: what the query offers (RFC 6891).
pub const DNS_ANSWER: usize = 1232;

/// The memory of a guest when none was asked for, in MiB.
pub const DEFAULT_MEMORY_MIB: u32 = 64;

/// How often a guest is started anew when a port that was free a moment ago is
/// taken.
pub const PORT_ATTEMPTS: u32 = 5;

/// How many places of one kind of note a terminal is shown after an import.
pub const REPORTED_PLACES: usize = 5;

/// How often what the generator refuses is taken out of a file. What is left
/// after that is left to its author.
pub const ADAPTING_ROUNDS: usize = 8;

/// The longest input that fuzzing begins with, in bytes.
pub const MAX_SEED_BYTES: usize = 64 * 1024;

/// The longest input that fuzzing makes, in bytes.
pub const FUZZ_INPUT_BYTES: usize = MAX_SEED_BYTES;

/// How long a parser may take for one input. Generous: code that counts is
/// slow, and the machine may be busy.
pub const FUZZ_PATIENCE: Duration = Duration::from_secs(10);

/// The most memory that the fuzzer and what it runs may take, in MiB.
pub const FUZZ_MEMORY_MIB: u32 = 2048;

const _: () = assert!(PROBE_TIMEOUT.as_millis() < READY_TIMEOUT.as_millis());
const _: () = assert!(RELOAD_PATIENCE.as_millis() < STOP_PATIENCE.as_millis());
const _: () = assert!(SERVE_SETTLED.as_millis() < SERVE_PATIENCE.as_millis());
const _: () = assert!(SERVE_SETTLED.as_millis() < FAULT_SETTLED.as_millis());

/// The longest tag of a shortcode of Hugo, in bytes: what is longer has no end.
pub const SHORTCODE_TAG: usize = 16 * 1024;

/// The most parentheses of one action in a template of Hugo: they are read one
/// inside the other.
pub const MAX_PARENTHESES: usize = 64;

/// How many shortcodes of Hugo may stand inside each other: the end of one in
/// which there are more belongs to nothing.
pub const SHORTCODE_NESTING: usize = 64;

/// How deep templates of Hugo may draw each other, and how long one of them may
/// become by that, in bytes.
pub const MAX_PARTIAL_DEPTH: usize = 8;
/// See [`MAX_PARTIAL_DEPTH`].
pub const MAX_TEMPLATE_BYTES: usize = 64 * 1024;

/// How deep brackets of a template of Zola may stand in each other: each of them
/// is looked through for its own end.
pub const EXPRESSION_NESTING: usize = 256;

/// What one run of a template of Hugo may do, in steps; how deep its parts may
/// stand inside each other, and how deep templates may draw each other.
pub const TEMPLATE_STEPS: usize = 200_000;
/// The steps of all runs of an import.
pub const ALL_TEMPLATE_STEPS: usize = 50_000_000;
/// How large a regular expression of a template may become, in bytes.
pub const TEMPLATE_REGEX: usize = 256 * 1024;
/// See [`TEMPLATE_STEPS`].
pub const TEMPLATE_NESTING: usize = 64;
/// See [`TEMPLATE_STEPS`].
pub const TEMPLATE_DEPTH: usize = 12;

/// How deep texts of Hugo may include each other, and how many of them one may.
pub const INCLUDED_DEPTH: usize = 8;
/// See [`INCLUDED_DEPTH`].
pub const INCLUDED_PAGES: usize = 256;
