// Searches the site in the browser, in the index that was made with it. The
// format of the index is told in the generator's search/format.rs, what a word
// is in search/words.rs.
//
// A page that searches has
//
//   form[data-search]         with the path of an index, and a field named q
//   [data-search-status]      told how many results there are (a live region)
//   ol[data-search-results]   where they go
//   [data-search-more]        a button for more of them; may be missing
//   [data-search-contents]    what stands there while nothing is found
//
// and says in attributes of the form what it says: data-none, data-one and
// data-many for the number of results ({count}, {query}), data-some if no page
// has all words, data-failed if the index cannot be read.

(() => {
  "use strict";

  const VERSION = 1;
  // As in the generator's limits.rs.
  const LONGEST_WORD = 32;
  const MOST_WORDS = 16;
  // Files of the index that the beginning of a word may need.
  const MOST_FILES = 3;
  // Letters that may be wrong at the end of a word, and how many must be right.
  const MOST_DROPPED = 3;
  const FEWEST_LETTERS = 4;
  const RESULTS_AT_ONCE = 10;
  const TYPING_PAUSE_MS = 120;
  // How long results wait for what is around their words.
  const SNIPPET_PAUSE_MS = 300;
  const SNIPPET_LETTERS = 220;
  const BEFORE_MARK = 50;

  // How much a word counts that is not quite the one that was looked for.
  const RELATED = 0.8;
  const BEGINS = 0.7;
  const SHORTENED = 0.5;

  /* Words ---------------------------------------------------------------- */

  const SPELT = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ł: "l", ı: "i", þ: "th", ς: "σ" };
  const WORD = /[\p{Alphabetic}\p{N}\u0300-\u036f]+/gu;
  const DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    + "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}";
  const RUN = new RegExp(`[${DENSE}]+|[^${DENSE}]+`, "gu");
  const IS_DENSE = new RegExp(`^[${DENSE}]`, "u");

  function fold(text) {
    const lower = text.toLowerCase();
    if (/^[\0-\x7f]*$/.test(lower)) return lower;
    return lower.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]/g, "")
      .replace(/[ßæœøđłıþς]/g, (letter) => SPELT[letter]).normalize("NFC");
  }

  // The pairs of a run of letters that no space divides.
  function pairs(run) {
    const letters = [...run];
    return letters.slice(1).map((letter, index) => letters[index] + letter);
  }

  // What to look for: words, and whether a word may only be the beginning of one.
  function terms(query) {
    const found = new Map();
    const add = (text, open) => {
      const word = [...text].slice(0, LONGEST_WORD).join("");
      if (found.size < MOST_WORDS) found.set(word, open || (found.get(word) ?? false));
    };
    const text = fold(query);
    for (const { 0: word, index } of text.matchAll(WORD)) {
      for (const [run] of word.matchAll(RUN)) {
        const ends = index + word.length === text.length && word.endsWith(run);
        if (!IS_DENSE.test(run)) add(run, ends);
        else if ([...run].length === 1) add(run, true);
        else pairs(run).forEach((pair) => add(pair, false));
      }
    }
    return [...found].map(([word, open]) => ({ word, open }));
  }

  /* The index ------------------------------------------------------------ */

  // A file is not there: another index has taken the place of this one.
  class Replaced extends Error {}

  class Index {
    static async open(address) {
      const response = await fetch(address, { cache: "no-cache" });
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      const root = await response.json();
      if (root.version !== VERSION) throw new Error(`${address}: version ${root.version}`);
      return new Index(root);
    }

    constructor(root) {
      this.root = root;
      this.files = new Map();
      // The page of each part, and the first part of each page.
      this.begins = [];
      this.pages = [];
      root.parts.forEach((count, page) => {
        this.begins.push(this.pages.length);
        for (let part = 0; part < count; part++) this.pages.push(page);
      });
    }

    // A file, read once.
    file(name, read) {
      if (!this.files.has(name)) {
        const loaded = fetch(this.root.files + name).then((response) => {
          if (!response.ok) throw new Replaced(name);
          return read(response);
        });
        loaded.catch(() => this.files.delete(name));
        this.files.set(name, loaded);
      }
      return this.files.get(name);
    }

    words(number) {
      return this.file(`${number}.words`, async (response) =>
        readWords(new Uint8Array(await response.arrayBuffer())));
    }

    // The path, the title and the headings of a page.
    async page(number) {
      const { pages } = this.root;
      const file = await this.file(`${Math.floor(number / pages)}.json`,
        (response) => response.json());
      const [path, title, headings] = file[number % pages];
      return { path, title, headings };
    }

    // The files that have a word, or words that begin like it.
    async filesOf(word, open) {
      const firsts = this.root.words;
      let low = 0;
      let high = firsts.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (firsts[middle] <= word) low = middle + 1;
        else high = middle;
      }
      const wanted = low > 0 ? [low - 1] : [];
      while (open && low < firsts.length && wanted.length < MOST_FILES
        && firsts[low].startsWith(word)) wanted.push(low++);
      return Promise.all(wanted.map((number) => this.words(number)));
    }

    // The words of the index that answer to a word, and how well.
    async like(word, open) {
      const answers = new Map();
      for (const words of await this.filesOf(word, open)) {
        const family = words.find((one) => one.text === word)?.family;
        for (const one of words) {
          const begins = open && one.text.startsWith(word);
          if (one.text === word) answers.set(one, 1);
          else if (family && one.family === family) answers.set(one, RELATED);
          else if (begins) answers.set(one, BEGINS * word.length / one.text.length);
        }
      }
      return answers;
    }

    // The same, or else what begins like the word, or like the most of it.
    async answers(word, open) {
      let found = await this.like(word, open);
      if (!found.size && !open) found = await this.like(word, true);
      const letters = [...word];
      for (let dropped = 1; !found.size && dropped <= MOST_DROPPED; dropped++) {
        const left = letters.slice(0, -dropped);
        if (left.length < FEWEST_LETTERS) break;
        found = await this.like(left.join(""), true);
        found.forEach((strength, one) => found.set(one, strength * SHORTENED));
      }
      return found;
    }
  }

  function readWords(bytes) {
    let at = 0;
    const number = () => {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at++];
        value += (byte & 127) * scale;
        if (!(byte & 128)) return value;
      }
    };
    const decoder = new TextDecoder();
    const letters = new Uint8Array(LONGEST_WORD * 4);
    const words = [];
    const count = number();
    for (let index = 0; index < count; index++) {
      const shared = number();
      const more = number();
      letters.set(bytes.subarray(at, at + more), shared);
      at += more;
      const text = decoder.decode(letters.subarray(0, shared + more));
      words.push({ text, family: number(), parts: number(), length: number() });
    }
    let place = at;
    for (const word of words) {
      const begin = place;
      place += word.length;
      // Parts and weights, one after the other.
      word.places = () => {
        const places = [];
        let part = 0;
        for (at = begin; at < begin + word.length;) {
          const value = number();
          part += Math.floor(value / 16);
          places.push(part, value % 16);
        }
        return places;
      };
    }
    return words;
  }

  // Pages that have the words of a query, or as many of them as any page has:
  // the best first. Words that are in very many places are listed in some of
  // them only, so they choose no pages, unless there are no others.
  async function search(index, query) {
    const wanted = terms(query);
    const answers = await Promise.all(wanted.map(({ word, open }) => index.answers(word, open)));
    const marked = new Set();
    const rows = answers.map((words) => {
      const parts = new Map();
      let most = 0;
      let listed = true;
      words.forEach((strength, word) => {
        marked.add(word.text);
        most = Math.max(most, word.parts);
        const places = word.places();
        listed &&= places.length / 2 === word.parts;
        for (let at = 0; at < places.length; at += 2) {
          const weight = places[at + 1] * strength;
          if (weight > (parts.get(places[at]) ?? 0)) parts.set(places[at], weight);
        }
      });
      const rarity = Math.log(1 + index.pages.length / (1 + Math.max(most, parts.size)));
      return { parts, rarity, listed };
    });
    if (rows.every((row) => !row.listed)) rows.forEach((row) => { row.listed = true; });

    const pages = new Map();
    rows.forEach(({ parts, rarity, listed }, row) => {
      parts.forEach((weight, part) => {
        const number = index.pages[part];
        if (!pages.has(number)) pages.set(number, { number, best: [], parts: new Map(), has: 0 });
        const page = pages.get(number);
        const value = weight * rarity;
        if (page.best[row] === undefined) page.has += listed ? 1 : 0;
        page.best[row] = Math.max(page.best[row] ?? 0, value);
        page.parts.set(part, (page.parts.get(part) ?? 0) + value);
      });
    });
    let most = 0;
    for (const page of pages.values()) most = Math.max(most, page.has);
    const found = [...pages.values()].filter((page) => page.has === most);
    for (const page of found) {
      let together = 0;
      page.parts.forEach((value, part) => {
        if (value > together) [together, page.part] = [value, part - index.begins[page.number]];
      });
      page.score = page.best.reduce((sum, value) => sum + value, together);
    }
    found.sort((a, b) => b.score - a.score || a.number - b.number);
    return { found, marked, all: most >= rows.filter((row) => row.listed).length };
  }

  /* What is around a word ------------------------------------------------- */

  const SKIPPED = "script, style, template, noscript, svg, math, nav, select, form, button, h1";
  const INLINE = "a, abbr, b, bdi, bdo, cite, code, data, del, dfn, em, font, i, ins, kbd, mark, q, "
    + "s, samp, small, span, strong, sub, u, var, wbr";

  const texts = new Map();

  // The page as it is served, taken apart at its headings as the index did.
  function textsOf({ path, headings }) {
    if (!texts.has(path)) {
      const loaded = fetch(path).then(async (response) => {
        if (!response.ok) return [];
        const served = new DOMParser().parseFromString(await response.text(), "text/html");
        return takeApart(served, headings.map(([anchor]) => anchor));
      }).catch(() => []);
      texts.set(path, loaded);
    }
    return texts.get(path);
  }

  function takeApart(served, anchors) {
    const main = served.querySelector("main") ?? served.body;
    const articles = main.querySelectorAll("article");
    const root = articles.length === 1 ? articles[0] : main;
    const numbers = new Map(anchors.map((anchor, index) => [anchor, index + 1]));
    const parts = Array.from({ length: anchors.length + 1 }, () => "");
    let part = 0;
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) parts[part] += node.data;
      if (node.nodeType !== Node.ELEMENT_NODE) return;
      if (/^H[1-6]$/.test(node.tagName) && numbers.has(node.id)) {
        part = numbers.get(node.id);
        return;
      }
      const gap = node.matches(INLINE) ? "" : " ";
      parts[part] += gap;
      if (node.matches("img")) parts[part] += node.alt;
      if (!node.matches(SKIPPED)) node.childNodes.forEach(walk);
      parts[part] += gap;
    };
    walk(root);
    const description = served.querySelector("meta[name=description]")?.content ?? "";
    const squeezed = parts.map((text) => text.replace(/\s+/g, " ").trim());
    squeezed[0] ||= description;
    return squeezed;
  }

  // Where a text has marked words: from, to, and which one.
  function marksIn(text, marked) {
    const marks = [];
    for (const { 0: word, index } of text.matchAll(WORD)) {
      let from = index;
      for (const [run] of word.matchAll(RUN)) {
        const folded = fold(run);
        if (marked.has([...folded].slice(0, LONGEST_WORD).join(""))) {
          marks.push([from, from + run.length, folded]);
        } else if (IS_DENSE.test(run) && folded.length === run.length) {
          let at = from;
          for (const pair of pairs(run)) {
            if (marked.has(fold(pair))) marks.push([at, at + pair.length, pair]);
            at += String.fromCodePoint(pair.codePointAt(0)).length;
          }
        }
        from += run.length;
      }
    }
    return marks;
  }

  // The stretch of a text that has most of the marked words, as nodes.
  function snippet(text, marked) {
    const marks = marksIn(text, marked);
    let best = 0;
    let most = 0;
    marks.forEach(([from], index) => {
      const near = marks.slice(index, index + MOST_WORDS * 4)
        .filter(([, to]) => to <= from + SNIPPET_LETTERS - BEFORE_MARK);
      const different = new Set(near.map(([, , word]) => word)).size;
      if (different > most) [best, most] = [from, different];
    });
    let begin = Math.max(0, best - BEFORE_MARK);
    if (begin > 0) {
      const space = text.indexOf(" ", begin);
      if (space >= 0 && space < best) begin = space + 1;
    }
    let end = Math.min(text.length, begin + SNIPPET_LETTERS);
    if (end < text.length) {
      const space = text.lastIndexOf(" ", end);
      if (space > best) end = space;
    }
    const nodes = [begin > 0 ? "… " : ""];
    let at = begin;
    for (const [from, to] of marks) {
      if (from < begin || to > end) continue;
      if (from > at) nodes.push(text.slice(at, from));
      if (to > at) {
        const mark = document.createElement("mark");
        mark.textContent = text.slice(Math.max(at, from), to);
        nodes.push(mark);
        at = to;
      }
    }
    nodes.push(text.slice(at, end), end < text.length ? " …" : "");
    return nodes;
  }

  /* The page ------------------------------------------------------------- */

  function pause(ms) {
    return new Promise((done) => { setTimeout(done, ms); });
  }

  class Search {
    constructor(form) {
      const one = (name) => document.querySelector(`[data-search-${name}]`);
      this.form = form;
      this.field = form.elements.namedItem("q");
      this.status = one("status");
      this.results = one("results");
      this.more = one("more");
      this.contents = one("contents");
      this.turn = 0;

      this.field.addEventListener("input", () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.run(), TYPING_PAUSE_MS);
      });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        clearTimeout(this.timer);
        this.run();
      });
      this.more?.addEventListener("click", () => this.showMore());
      addEventListener("popstate", () => this.readAddress());
      addEventListener("keydown", (event) => this.onKey(event));
      this.readAddress();
    }

    onKey(event) {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.field.focus();
      this.field.select();
    }

    readAddress() {
      const query = new URLSearchParams(location.search).get("q");
      // What was typed before this script came counts, too.
      if (query !== null) this.field.value = query;
      this.run();
    }

    async run() {
      const turn = ++this.turn;
      const query = this.field.value.trim();
      const address = new URL(location.href);
      if (query) address.searchParams.set("q", query);
      else address.searchParams.delete("q");
      if (address.href !== location.href) history.replaceState(null, "", address);
      if (!terms(query).length) {
        this.show([], "", new Set());
        return;
      }
      try {
        const { index, found, marked, all } = await this.find(query);
        // With what is around the words, results are as high as they stay.
        const pages = found.slice(0, RESULTS_AT_ONCE).map(textsOf);
        await Promise.race([Promise.all(pages), pause(SNIPPET_PAUSE_MS)]);
        if (turn !== this.turn) return;
        this.index = index;
        this.show(found, this.count(found.length, query, all), marked);
      } catch (error) {
        if (turn === this.turn) this.show([], this.form.dataset.failed, new Set());
        console.error(error);
      }
    }

    // Searches, and once more if another index has taken the place of the one
    // that was open. The pages that it will show are part of it.
    async find(query, isLast = false) {
      this.opened ??= Index.open(this.form.dataset.search);
      try {
        const index = await this.opened;
        const { found, ...more } = await search(index, query);
        await Promise.all(found.slice(0, RESULTS_AT_ONCE)
          .map(async (page) => Object.assign(page, await index.page(page.number))));
        return { index, found, ...more };
      } catch (error) {
        this.opened = null;
        if (isLast || !(error instanceof Replaced)) throw error;
        texts.clear();
        return this.find(query, true);
      }
    }

    count(count, query, all) {
      const { none = "{count}", one = none, many = none } = this.form.dataset;
      const some = all || count === 0 ? undefined : this.form.dataset.some;
      const text = some ?? (count === 0 ? none : count === 1 ? one : many);
      return text.replace("{count}", count).replace("{query}", () => query);
    }

    show(found, status, marked) {
      this.found = found;
      this.marked = marked;
      this.results.replaceChildren();
      this.results.hidden = found.length === 0;
      if (this.contents) this.contents.hidden = found.length > 0;
      this.status.textContent = status;
      this.append();
    }

    append() {
      const begin = this.results.children.length;
      for (const page of this.found.slice(begin, begin + RESULTS_AT_ONCE)) {
        this.results.append(this.result(page));
      }
      if (this.more) this.more.hidden = this.found.length <= begin + RESULTS_AT_ONCE;
    }

    async showMore() {
      const { index, found, turn } = this;
      const begin = this.results.children.length;
      try {
        await Promise.all(found.slice(begin, begin + RESULTS_AT_ONCE)
          .map(async (page) => Object.assign(page, await index.page(page.number))));
      } catch {
        this.run();
        return;
      }
      if (turn !== this.turn || begin !== this.results.children.length) return;
      this.append();
      this.results.children[begin]?.querySelector("a").focus();
    }

    // A result; what is around the words comes when the page has come.
    result(page) {
      const [anchor, heading] = page.headings[page.part - 1] ?? ["", ""];
      const link = document.createElement("a");
      link.href = anchor ? `${page.path}#${encodeURIComponent(anchor)}` : page.path;
      link.textContent = page.title;
      if (heading) {
        const part = document.createElement("span");
        part.textContent = heading;
        link.append(" › ", part);
      }
      const around = document.createElement("p");
      around.textContent = "\u00a0";
      const item = document.createElement("li");
      item.append(link, around);
      const { marked } = this;
      textsOf(page).then((parts) => {
        // Where a title was found, there may be no text before the first heading.
        const text = parts[page.part] || parts.find((part) => part);
        if (text) around.replaceChildren(...snippet(text, marked));
      });
      return item;
    }
  }

  document.querySelectorAll("form[data-search]").forEach((form) => new Search(form));
})();
