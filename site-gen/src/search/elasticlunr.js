// Searches the index `elasticlunr_javascript` or `elasticlunr_json` in a browser. It
// answers as elasticlunr.js 0.9 does to what themes made for Zola ask:
//
//   const index = elasticlunr.Index.load(window.searchIndex);
//   index.search("words", { bool: "AND", expand: true, fields: { title: { boost: 2 } } });
//
// gives [{ ref, score, doc }], the best first. What makes indexes is not here.
// Words are reduced to stems by Porter's algorithm (1980), as the index has them;
// scripts for other languages add their functions with `Pipeline.registerFunction`.
(function () {
  "use strict";

  const registered = Object.create(null);
  let separator = /[\s-]+/;
  const STOP_WORDS = (
    " a able about across after all almost also am among an and any are as at be because been but by can cannot " +
    "could dear did do does either else ever every for from get got had has have he her hers him his how however i " +
    "if in into is it its just least let like likely may me might most must my neither no nor not of off often on " +
    "only or other our own rather said say says she should since so some than that the their them then there these " +
    "they this tis to too twas us wants was we were what when where which while who whom why will with would yet you your"
  ).split(" ");
  let stopWords = new Set(STOP_WORDS);

  /** The words of a text, or of several. */
  function tokenizer(text) {
    if (text === null || text === undefined) return [];
    if (Array.isArray(text)) return text.flatMap(tokenizer);
    return String(text).trim().toLowerCase().split(separator);
  }
  tokenizer.setSeperator = (other) => { separator = other; };
  tokenizer.resetSeperator = () => { separator = /[\s-]+/; };
  tokenizer.getSeperator = () => separator;

  // Porter's algorithm. A stem is a list of letters, each a vowel or a consonant.

  const isVowel = (word, at) =>
    "aeiou".includes(word[at]) || (word[at] === "y" && at > 0 && !isVowel(word, at - 1));

  /** How often consonants follow vowels. */
  function measure(word) {
    let times = 0;
    for (let at = 1; at < word.length; at++) {
      if (isVowel(word, at - 1) && !isVowel(word, at)) times++;
    }
    return times;
  }

  const hasVowel = (word) => [...word].some((_, at) => isVowel(word, at));

  /** Consonant, vowel, and a consonant that is not w, x or y. */
  function isShort(word) {
    const end = word.length - 1;
    return end >= 2 && !isVowel(word, end) && !"wxy".includes(word[end]) &&
      isVowel(word, end - 1) && !isVowel(word, end - 2);
  }

  const STEP_2 = pairs(
    "ational ate tional tion enci ence anci ance izer ize bli ble alli al entli ent eli e ousli ous ization ize " +
    "ation ate ator ate alism al iveness ive fulness ful ousness ous aliti al iviti ive biliti ble logi log");
  const STEP_3 = pairs("icate ic ative - alize al iciti ic ical ic ful - ness -");
  const STEP_4 = (
    "ement ance ence able ible ment ant ent ion ism ate iti ous ive ize al er ic ou").split(" ");

  function pairs(text) {
    const words = text.split(" ");
    const found = [];
    for (let at = 0; at < words.length; at += 2) {
      found.push([words[at], words[at + 1].replace("-", "")]);
    }
    return found;
  }

  /** Puts the right ending in place of the longest that a word has. */
  function exchange(word, endings) {
    let best = ["", ""];
    for (const pair of endings) {
      if (word.endsWith(pair[0]) && pair[0].length > best[0].length) best = pair;
    }
    const stem = word.slice(0, word.length - best[0].length);
    return best[0] && measure(stem) > 0 ? stem + best[1] : word;
  }

  function withoutPast(word) {
    if (/.eed$/.test(word)) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
    const ending = ["ed", "ing"].find((ending) => word.endsWith(ending));
    const stem = ending && word.slice(0, -ending.length);
    if (!stem || !hasVowel(stem)) return word;
    if (/(at|bl|iz)$/.test(stem)) return stem + "e";
    if (/([^aeiouylsz])\1$/.test(stem)) return stem.slice(0, -1);
    return measure(stem) === 1 && isShort(stem) ? stem + "e" : stem;
  }

  function withoutSuffix(word) {
    let ending = "";
    for (const other of STEP_4) {
      if (word.endsWith(other) && other.length > ending.length) ending = other;
    }
    const stem = word.slice(0, word.length - ending.length);
    const may = ending !== "ion" || /[st]$/.test(stem);
    return ending && may && measure(stem) > 1 ? stem : word;
  }

  function stemmer(word) {
    if (word.length < 3) return word;
    let stem = word.replace(/(.(?:ss|i))es$/, "$1").replace(/([^s])s$/, "$1");
    stem = withoutPast(stem);
    if (/.[^aeiou]y$/.test(stem)) stem = stem.slice(0, -1) + "i";
    stem = withoutSuffix(exchange(exchange(stem, STEP_2), STEP_3));
    if (stem.endsWith("e")) {
      const shorter = stem.slice(0, -1);
      const times = measure(shorter);
      if (times > 1 || (times === 1 && !isShort(shorter))) stem = shorter;
    }
    return stem.endsWith("ll") && measure(stem) > 1 ? stem.slice(0, -1) : stem;
  }

  const trimmer = (word) => word.replace(/^\W+/, "").replace(/\W+$/, "");
  const stopWordFilter = (word) => (word && !stopWords.has(word) ? word : undefined);

  /** What is done with each word, one after the other. */
  class Pipeline {
    constructor() { this._queue = []; }
    static registerFunction(step, name) { step.label = name; registered[name] = step; }
    static getRegisteredFunction(name) { return registered[name] || null; }
    static load(names) {
      const pipeline = new Pipeline();
      pipeline.add(...names.map(Pipeline.getRegisteredFunction).filter(Boolean));
      return pipeline;
    }
    add(...steps) { this._queue.push(...steps); }
    get() { return this._queue; }
    reset() { this._queue = []; }
    run(words) {
      const found = [];
      for (let word of words) {
        for (const step of this._queue) {
          if (word === undefined || word === null) break;
          word = step(word);
        }
        if (word !== undefined && word !== null) found.push(word);
      }
      return found;
    }
  }
  Pipeline.registeredFunctions = registered;
  Pipeline.registerFunction(trimmer, "trimmer");
  Pipeline.registerFunction(stopWordFilter, "stopWordFilter");
  Pipeline.registerFunction(stemmer, "stemmer");

  /** The words of a field: a tree with a letter at each branch. */
  class InvertedIndex {
    constructor(root) { this.root = root; }
    static load(data) { return new InvertedIndex(data.root); }
    getNode(word) {
      let node = word ? this.root : null;
      for (const letter of word || "") node = node && node[letter];
      return node || null;
    }
    hasToken(word) { return this.getNode(word) !== null; }
    getDocs(word) { const node = this.getNode(word); return (node && node.docs) || {}; }
    getDocFreq(word) { const node = this.getNode(word); return (node && node.df) || 0; }
    getTermFrequency(word, ref) { const doc = this.getDocs(word)[ref]; return doc ? doc.tf : 0; }
    /** All words that begin like this one. */
    expandToken(word, found = [], node = this.getNode(word)) {
      if (!node) return found;
      if (node.df > 0) found.push(word);
      for (const key of Object.keys(node)) {
        if (key !== "docs" && key !== "df") this.expandToken(word + key, found, node[key]);
      }
      return found;
    }
  }

  class DocumentStore {
    constructor(data) { Object.assign(this, data); }
    static load(data) { return new DocumentStore(data); }
    isDocStored() { return this.save !== false; }
    hasDoc(ref) { return Object.hasOwn(this.docs, ref); }
    getDoc(ref) { return this.hasDoc(ref) ? this.docs[ref] : null; }
    getFieldLength(ref, field) { return (this.docInfo[ref] || {})[field] || 0; }
  }

  class Index {
    static load(data) {
      const index = new Index();
      index.version = data.version;
      index._fields = data.fields;
      index._ref = data.ref;
      index.documentStore = DocumentStore.load(data.documentStore);
      index.pipeline = Pipeline.load(data.pipeline);
      index.index = {};
      for (const field of Object.keys(data.index)) {
        index.index[field] = InvertedIndex.load(data.index[field]);
      }
      return index;
    }
    getFields() { return this._fields.slice(); }

    search(query, options) {
      if (!query) return [];
      query = typeof query === "string" ? { any: query } : { ...query };
      const config = settings(options, this.getFields());
      const scores = {};
      for (const field of Object.keys(config)) {
        const text = query[field] || query.any;
        if (!text || config[field].boost === 0) continue;
        const found = this.searchField(this.pipeline.run(tokenizer(text)), field, config[field]);
        for (const ref of Object.keys(found)) {
          scores[ref] = (scores[ref] || 0) + found[ref] * config[field].boost;
        }
      }
      const results = Object.keys(scores).map((ref) => ({ ref, score: scores[ref] }));
      for (const result of results) {
        if (this.documentStore.hasDoc(result.ref)) result.doc = this.documentStore.getDoc(result.ref);
      }
      return results.sort((a, b) => b.score - a.score);
    }

    /** How rare a word is. */
    idf(word, field) {
      return 1 + Math.log(this.documentStore.length / (this.index[field].getDocFreq(word) + 1));
    }

    /** The scores of pages for the words in one field. */
    searchField(words, field, { bool, expand }) {
      const index = this.index[field];
      let scores = null;
      const hits = {};
      for (const word of words) {
        const found = {};
        for (const other of expand ? index.expandToken(word) : [word]) {
          const rarity = this.idf(other, field);
          // What is only the beginning of a word counts less.
          const part = other === word ? 1 : (word.length / other.length) * 0.15;
          for (const [ref, { tf }] of Object.entries(index.getDocs(other))) {
            if (bool === "AND" && scores && !(ref in scores)) continue;
            if (other === word) (hits[ref] = hits[ref] || []).push(word);
            const length = this.documentStore.getFieldLength(ref, field);
            const norm = length ? 1 / Math.sqrt(length) : 1;
            found[ref] = (found[ref] || 0) + tf * rarity * norm * part;
          }
        }
        scores = merge(scores, found, bool);
      }
      for (const ref of Object.keys(scores || {})) {
        // A page with more of the words comes first.
        if (hits[ref]) scores[ref] = (scores[ref] * hits[ref].length) / words.length;
      }
      return scores || {};
    }
  }

  function merge(scores, found, bool) {
    if (!scores) return found;
    const merged = {};
    for (const ref of Object.keys(bool === "AND" ? found : { ...scores, ...found })) {
      if (bool !== "AND" || ref in scores) merged[ref] = (scores[ref] || 0) + (found[ref] || 0);
    }
    return merged;
  }

  /** What is asked for of each field: those that are named, or else all. */
  function settings(options, fields) {
    const asked = typeof options === "string" ? JSON.parse(options) : options || {};
    const all = { bool: asked.bool || "OR", expand: asked.expand || false };
    const config = {};
    for (const [field, own] of Object.entries(asked.fields || {})) {
      if (!fields.includes(field)) continue;
      config[field] = {
        boost: own.boost || own.boost === 0 ? own.boost : 1,
        bool: own.bool || all.bool,
        expand: typeof own.expand === "undefined" ? all.expand : own.expand,
      };
    }
    if (!asked.fields) {
      for (const field of fields) config[field] = { boost: 1, ...all };
    }
    return config;
  }

  const elasticlunr = {
    version: "0.9.5", Index, DocumentStore, InvertedIndex, Pipeline,
    tokenizer, trimmer, stemmer, stopWordFilter,
    addStopWords: (words) => { for (const word of words) stopWords.add(word); },
    clearStopWords: () => { stopWords = new Set(); },
    resetStopWords: () => { stopWords = new Set(STOP_WORDS); },
  };
  if (typeof module === "object" && module.exports) module.exports = elasticlunr;
  else globalThis.elasticlunr = elasticlunr;
})();
