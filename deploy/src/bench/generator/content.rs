//! The pages of a synthetic site, before any generator's dialect: headings,
//! paragraphs, lists, a table, two code blocks, links to other pages; about
//! 4 kB of markdown each. The same number and seed make the same page.

use super::random::Random;
use super::words;

/// Pages of one section.
pub(super) const SECTION_PAGES: usize = 100;
/// Terms for each section's worth of pages, so that a term has about as many
/// pages whatever the size of the site.
const TAGS_A_SECTION: usize = 3;
/// Tags of one page.
const TAGS_A_PAGE: usize = 3;

/// A site of so many pages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content {
    pub(super) pages: usize,
    pub(super) seed: u64,
}

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) title: String,
    pub(super) description: String,
    /// As in `2024-03-31`.
    pub(super) date: String,
    pub(super) tags: Vec<String>,
    pub(super) blocks: Vec<Block>,
}

/// A part of a page, as markdown but for the links.
#[derive(Debug)]
pub(super) enum Block {
    /// All of it, as it is.
    Markdown(String),
    /// A paragraph that ends with a link.
    Link {
        before: String,
        text: String,
        /// The page that it leads to.
        page: usize,
        /// A heading there.
        anchor: Option<&'static str>,
    },
}

/// A heading of every page, and its id.
const NOTES: (&str, &str) = ("Notes", "notes");

impl Content {
    /// How many sections there are.
    pub(super) fn sections(&self) -> usize {
        self.pages.div_ceil(SECTION_PAGES)
    }

    /// The section of a page.
    pub(super) fn section(page: usize) -> usize {
        page / SECTION_PAGES
    }

    /// The title of a section.
    pub(super) fn section_title(&self, section: usize) -> String {
        words::title(&mut self.random(u64::MAX - section as u64))
    }

    /// A page.
    pub(super) fn page(&self, number: usize) -> Page {
        let random = &mut self.random(number as u64);
        let day = random.below(28) + 1;
        let month = random.below(12) + 1;
        let tags = self.sections() * TAGS_A_SECTION;
        let mut tags: Vec<String> = (0..TAGS_A_PAGE)
            .map(|_| format!("tag-{}", random.below(tags)))
            .collect();
        tags.sort();
        tags.dedup();
        Page {
            title: words::title(random),
            description: words::sentences(1, random).replace(['*', '`'], ""),
            date: format!("{}-{month:02}-{day:02}", 2010 + random.below(15)),
            tags,
            blocks: self.blocks(number, random),
        }
    }

    fn blocks(&self, number: usize, random: &mut Random) -> Vec<Block> {
        vec![
            Block::Markdown(words::sentences(3, random)),
            self.link(number, None, random),
            heading(2, random),
            Block::Markdown(words::sentences(4, random)),
            list("*", random),
            heading(3, random),
            self.link(number, None, random),
            code(random),
            Block::Markdown(words::sentences(3, random)),
            heading(2, random),
            table(random),
            Block::Markdown(format!("> {}", words::sentences(2, random))),
            Block::Markdown(format!("## {}", NOTES.0)),
            list("1.", random),
            self.link(number, Some(NOTES.1), random),
            code(random),
            heading(3, random),
            Block::Markdown(words::sentences(4, random)),
            Block::Markdown(words::sentences(3, random)),
        ]
    }

    /// Most links lead to a neighbour, as they do.
    fn link(&self, from: usize, anchor: Option<&'static str>, random: &mut Random) -> Block {
        let page = match random.below(4) {
            0 => random.below(self.pages),
            _ => (from + random.below(10)) % self.pages,
        };
        Block::Link {
            before: words::sentences(2, random),
            text: format!("the {} of {page}", words::noun(random)),
            page,
            anchor,
        }
    }

    fn random(&self, what: u64) -> Random {
        Random::new(self.seed ^ what.wrapping_mul(0xd6e8_feb8_6659_fd93))
    }
}

fn heading(level: usize, random: &mut Random) -> Block {
    Block::Markdown(format!("{} {}", "#".repeat(level), words::title(random)))
}

fn list(mark: &str, random: &mut Random) -> Block {
    let items: Vec<String> = (0..4)
        .map(|_| format!("{mark} {}", words::sentences(1, random)))
        .collect();
    Block::Markdown(items.join("\n"))
}

fn table(random: &mut Random) -> Block {
    let mut rows = vec![
        "| name | value | meaning |".to_owned(),
        "|---|--:|---|".to_owned(),
    ];
    rows.extend((0..5).map(|_| {
        let cells: Vec<String> = (0..3).map(|_| words::cell(random)).collect();
        format!("| {} |", cells.join(" | "))
    }));
    Block::Markdown(rows.join("\n"))
}

fn code(random: &mut Random) -> Block {
    let (language, text) = words::code(random);
    Block::Markdown(format!("```{language}\n{text}```"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_the_same_each_time_and_no_two_alike() {
        let content = Content {
            pages: 1000,
            seed: 7,
        };
        let text = |number| format!("{:?}", content.page(number));
        assert_eq!(text(3), text(3));
        assert_ne!(text(3), text(4));
        let lengths: usize = (0..1000).map(|number| text(number).len()).sum();
        let mean = lengths / 1000;
        assert!((3500..5000).contains(&mean), "{mean} bytes");
    }
}
