// Keeps an open page what `fata serve` shows: exchanges it, or its style sheets where
// only these changed, loads it again where that is not enough, and lays what is wrong
// with the site over it, or below it if the page is up to date all the same. It
// is in no file and no pack.
"use strict";
(() => {
  const self = new URL(document.currentScript.src).searchParams;
  const missing = self.has("missing");
  const kept = "fata: scroll position";
  const hidden = "fata: hidden faults";
  let version = self.get("version");
  let events = null;

  function path(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  function reload() {
    sessionStorage.setItem(kept, JSON.stringify([location.href, scrollX, scrollY]));
    location.reload();
  }

  function scrollBack() {
    const [place, x, y] = JSON.parse(sessionStorage.getItem(kept)) ?? [];
    sessionStorage.removeItem(kept);
    if (place === location.href) scrollTo({ left: x, top: y, behavior: "instant" });
  }

  // The page as it is now takes the place of the one that is shown, or its style
  // alone does. That takes a part of the time in which it is loaded, and nothing
  // flickers; but scripts would not run.
  async function renew(part) {
    if (part === "page" && hasScripts(document)) return reload();
    const wanted = version;
    const response = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    // The next one is on its way.
    if (version !== wanted) return;
    // To a parser without scripts these have elements in them; here they are text.
    for (const element of fresh.querySelectorAll("noscript")) {
      element.textContent = element.innerHTML;
    }
    const isOther = response.ok === missing || response.redirected;
    const isAlive = part === "page" && hasScripts(fresh);
    if (isOther || isAlive || !renewHead(fresh.head, part)) return reload();
    if (part === "style") return;
    const [before, after] = [document.documentElement, fresh.documentElement];
    for (const { name } of [...before.attributes]) before.removeAttribute(name);
    for (const { name, value } of after.attributes) before.setAttribute(name, value);
    const [left, top] = [scrollX, scrollY];
    document.body.replaceWith(document.adoptNode(fresh.body));
    // What the address names is another element now.
    if (location.hash) location.replace(location.href);
    scrollTo({ left, top, behavior: "instant" });
  }

  function hasScripts(page) {
    const isData = ({ type }) => type.includes("json");
    const isOwn = (script) => script.getAttribute("src")?.startsWith("/.fata/");
    return [...page.scripts].some((script) => !isData(script) && !isOwn(script));
  }

  // New style sheets are loaded before old ones go, so that nothing is ever shown
  // without style. Whether it could be done is told.
  function renewHead(head, part) {
    const sheets = "link[rel~=stylesheet]";
    const isIn = (element) => part === "page" || element.matches(`${sheets}, style`);
    const [before, after] = [document.head, head].map((head) => [...head.children].filter(isIn));
    if (before.length !== after.length) return false;
    after.forEach((element, index) => {
      const old = before[index];
      const isSheet = element.matches(sheets);
      // One may be another though its name is the same.
      if (old.isEqualNode(element) && !(isSheet && part === "style")) return;
      const fresh = document.adoptNode(element);
      if (!isSheet) return old.replaceWith(fresh);
      const address = new URL(fresh.href);
      if (part === "style" && address.origin === location.origin) {
        address.searchParams.set("version", version);
        fresh.href = address.href;
      }
      fresh.onload = fresh.onerror = () => old.remove();
      old.after(fresh);
    });
    return true;
  }

  // What is not there may be any page that is.
  function isAmong(pages) {
    return pages.some((page) => missing || path(page) === path(location.pathname));
  }

  function hear(state) {
    // Of the next site, other pages are there already: this one will be.
    if (state.early && (missing || !isAmong(state.early))) return;
    show(state);
    if (state.version === version) return;
    const next = state.before === version;
    version = state.version;
    if (!next || state.change === "everything") return reload();
    if (state.change === "style") renew("style");
    else if (isAmong(state.change)) renew("page");
  }

  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { all: initial }
    .veil { position: fixed; inset: 0; z-index: 2147483647; overflow: auto; padding: 4vmin;
      background: rgb(15 18 25 / 94%); color: #e8eaf0; font: 16px/1.5 system-ui, sans-serif }
    .bar { position: fixed; inset: auto 0 0; z-index: 2147483647; overflow: auto; max-height: 30vh;
      padding: 1rem 4vmin; background: rgb(15 18 25 / 94%); color: #e8eaf0;
      font: 16px/1.5 system-ui, sans-serif; box-shadow: 0 0 1rem rgb(0 0 0 / 40%) }
    .box { max-width: 60rem; margin: auto }
    header { display: flex; align-items: center; justify-content: space-between; gap: 1rem }
    h1 { font-size: 1.25rem; margin: 0 }
    button { font: inherit; color: inherit; background: none; border: 1px solid #8a93a6;
      border-radius: .3rem; padding: .2rem .8rem; cursor: pointer }
    section { margin: 1.25rem 0; padding: 1rem 1.25rem; background: #1b2030;
      border-left: .3rem solid #ff7a85; border-radius: .3rem }
    section.warning { border-color: #f0c04f }
    h2 { font-size: 1rem; margin: 0 0 .25rem }
    p { margin: .25rem 0 }
    .place { color: #9fb4d8; overflow-wrap: anywhere }
    pre { margin: .75rem 0; overflow: auto; font: 14px/1.5 ui-monospace, monospace; tab-size: 4 }
    .caret { color: #ff7a85; font-weight: bold }
    .suggestion { color: #8fd6a8 }`);

  let host = null;

  function element(name, text, kind) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  // The line, and a caret under the characters at fault. Tabs stay tabs, so
  // that the two line up.
  function excerpt(fault) {
    const number = String(fault.line);
    const margin = " ".repeat(number.length);
    const indent = [...fault.text].slice(0, fault.column - 1)
      .map((letter) => (letter === "\t" ? letter : " ")).join("");
    const shown = element("pre", `${number} | ${fault.text}\n${margin} | ${indent}`);
    shown.append(element("span", "^".repeat(fault.length), "caret"));
    return shown;
  }

  function section(fault) {
    const shown = element("section", "", fault.severity);
    shown.append(element("h2", `${fault.severity}: ${fault.message}`));
    const place = fault.line ? `:${fault.line}:${fault.column}` : "";
    if (fault.file) shown.append(element("p", fault.file + place, "place"));
    if (fault.line) shown.append(excerpt(fault));
    if (fault.expected) shown.append(element("p", `expected ${fault.expected}`));
    if (fault.suggestion) shown.append(element("p", fault.suggestion, "suggestion"));
    return shown;
  }

  function hide() {
    host?.remove();
    host = null;
  }

  function show({ faults, more, stale }) {
    hide();
    const all = JSON.stringify(faults);
    // Who has put aside what does not change the page need not do so again.
    if (faults.length === 0 || !stale && sessionStorage.getItem(hidden) === all) return;
    host = element("fata-faults");
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    const veil = element("div", "", stale ? "veil" : "bar");
    veil.setAttribute("role", "alert");
    const box = element("div", "", "box");
    const head = element("header");
    const sum = faults.length + more;
    const count = sum === 1 ? "an error" : `${sum} errors`;
    const close = element("button", "Hide");
    close.onclick = () => {
      sessionStorage.setItem(hidden, all);
      hide();
    };
    head.append(element("h1", `The site has ${count}`), close);
    box.append(head, ...faults.map(section));
    if (more > 0) box.append(element("p", `and ${more} more`));
    veil.append(box);
    root.append(veil);
    document.documentElement.append(host);
  }

  addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });

  // A browser has few connections for one server: pages that nobody sees give
  // theirs back, and catch up when they are seen again.
  function listen() {
    events?.close();
    events = null;
    if (document.hidden) return;
    const page = missing ? "" : `?page=${encodeURIComponent(location.pathname)}`;
    events = new EventSource(`/.fata/events${page}`);
    events.onmessage = (message) => hear(JSON.parse(message.data));
  }

  document.addEventListener("visibilitychange", listen);
  addEventListener("pageshow", (event) => event.persisted && listen());
  addEventListener("pagehide", () => events?.close());
  if (document.readyState === "complete") scrollBack();
  else addEventListener("load", scrollBack);
  listen();
})();
