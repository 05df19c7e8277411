// Drives Chromium for the tests in Rust beside this file: it loads pages and
// tells what it found, one JSON object in each line. It judges nothing.
//
// Standard input has one JSON object, the task:
//   chromium   the browser's program
//   resolver   Chromium's --host-resolver-rules: the site's name leads to the
//              server under test
//   kind       "lighthouse", "look", "arrive" or "edit"
//   pages      what to load: name, url; for "lighthouse" its categories; for
//              "look" width, features (of media queries), take (what to measure),
//              and where a screenshot and a PDF go; for "arrive" widths; for "edit"
//              urls in place of one, and what is done to files meanwhile
//
// Written for puppeteer-core, Lighthouse and axe-core as package.json pins them.

import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import lighthouse, { defaultConfig } from "lighthouse";
import Trace from "lighthouse/core/gather/gatherers/trace.js";
import puppeteer from "puppeteer-core";

/** How long a page may take, in milliseconds: the machine may be busy. */
const PATIENCE_MS = 60_000;
/** How long a page is watched after it has shown an edit, for what it does besides. */
const AFTERWARDS_MS = 700;
/** The most Tab keys that are pressed on one page. */
const MAX_STOPS = 400;
/** The height of the window for each width. */
const HEIGHTS = { 320: 640, 640: 640, 1024: 768, 3840: 2160 };

/** What the score for performance is made of, in milliseconds but for the
 * layout shift. */
const METRICS = [
  "first-contentful-paint",
  "largest-contentful-paint",
  "speed-index",
  "total-blocking-time",
  "cumulative-layout-shift",
];

/** What Lighthouse computes from: the tasks of the page without what they waited
 * for a processor. Lighthouse takes the time between a task's begin and its end
 * for work, and makes four times as much of it. */
class TraceOfWork extends Trace {
  getArtifact() {
    const trace = super.getArtifact();
    takeWaitsOut(trace.traceEvents);
    return trace;
  }
}

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const task = JSON.parse(await readFile("/dev/stdin", "utf8"));
const browser = await puppeteer.launch({
  executablePath: task.chromium,
  headless: true,
  protocolTimeout: PATIENCE_MS,
  args: [
    // Tests run as root in containers, where the sandbox cannot be made.
    "--no-sandbox",
    // The server made its certificate itself a moment ago.
    "--ignore-certificate-errors",
    `--host-resolver-rules=${task.resolver}`,
    "--force-color-profile=srgb",
    "--hide-scrollbars",
  ],
});
try {
  for (const page of task.pages) {
    const found = await { lighthouse: score, look, arrive, edit }[task.kind](page);
    process.stdout.write(`${JSON.stringify({ name: page.name, ...found })}\n`);
  }
} finally {
  await browser.close();
}

/** One run of Lighthouse: a phone, on its simulated network. */
async function score({ url, categories }) {
  const port = Number(new URL(browser.wsEndpoint()).port);
  const flags = {
    port,
    output: "json",
    logLevel: "silent",
    onlyCategories: categories,
    disableFullPageScreenshot: true,
  };
  const artifacts = defaultConfig.artifacts.map((artifact) =>
    artifact.id === "Trace" ? { ...artifact, gatherer: { instance: new TraceOfWork() } } : artifact,
  );
  const { lhr } = await lighthouse(url, flags, { ...defaultConfig, artifacts });
  const scores = Object.entries(lhr.categories).map(([id, { score }]) => [id, score]);
  const counted = Object.values(lhr.categories).flatMap((category) =>
    category.auditRefs.filter((reference) => reference.weight > 0).map(({ id }) => id),
  );
  const failed = counted
    .map((id) => lhr.audits[id])
    .filter(({ score }) => score !== null && score < 1)
    .map(({ id, title, score, displayValue, details }) => ({
      id,
      title,
      score,
      displayValue,
      items: JSON.stringify(details?.items?.slice(0, 3) ?? null),
    }));
  const metrics = {};
  for (const id of METRICS) {
    if (lhr.audits[id]) metrics[id] = lhr.audits[id].numericValue;
  }
  return {
    error: lhr.runtimeError?.message ?? null,
    scores: Object.fromEntries(scores),
    failed,
    metrics,
  };
}

/** Within each task of a main thread, counts the time by the thread's own clock
 * (`tts`, `tdur`), which stands while the thread waits. All that happens within
 * the task keeps its order. The next task begins when it began. */
function takeWaitsOut(events) {
  const thread = ({ pid, tid }) => `${pid}:${tid}`;
  const isMain = ({ name, args }) => name === "thread_name" && args.name === "CrRendererMain";
  const tasks = new Map(events.filter(isMain).map((event) => [thread(event), null]));
  const timed = events.filter((event) => event.tts !== undefined && tasks.has(thread(event)));
  // Of two that begin at once, the longer one is around the other.
  timed.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  for (const event of timed) {
    let task = tasks.get(thread(event));
    if (event.name === "RunTask" && !(event.ts < task?.end)) {
      task = { begin: event.ts, end: event.ts + event.dur, clock: event.tts };
      tasks.set(thread(event), task);
    }
    if (task && event.ts < task.end) event.ts = task.begin + (event.tts - task.clock);
    if (event.tdur !== undefined) event.dur = event.tdur;
  }
}

/** One page at one width, with what its reader prefers. */
async function look({ url, width, features, screenshot, pdf, take }) {
  // A context of its own has a cache and connections of its own: each page is
  // somebody's first.
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  try {
    const session = await page.createCDPSession();
    const { requests, messages } = await watch(page, session);
    await session.send("Emulation.setEmulatedMedia", { features });
    await page.setViewport({ width, height: HEIGHTS[width] });
    await page.evaluateOnNewDocument(noteMoves);
    const response = await page.goto(url, { waitUntil: "load", timeout: PATIENCE_MS });
    const found = { status: response.status(), moved: await moved(page) };
    found.requests = [...requests];
    found.messages = [...messages];
    found.overflow = await overflow(page);
    found.ragged = await ragged(page);
    if (take.includes("paper")) found.paper = await paper(page, session, features);
    if (take.includes("axe")) found.violations = await violations(page);
    if (take.includes("keyboard")) found.stops = await stops(page);
    if (screenshot) await page.screenshot({ path: screenshot, fullPage: width < 3000 });
    if (pdf) await page.pdf({ path: pdf, format: "A4", timeout: PATIENCE_MS });
    if (take.includes("no script")) found.texts = await texts(page, url);
    if (take.includes("large text")) found.overflowOfLargeText = await largeText(page, session);
    return found;
  } finally {
    await context.close();
  }
}

/** Runs in a page before anything else does: takes note of what moves in it. */
function noteMoves() {
  globalThis.moved = [];
  const box = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
  const note = ({ value, sources }) => {
    for (const { node, previousRect, currentRect } of sources) {
      const isText = node?.nodeType === Node.TEXT_NODE;
      // A space at the end of what has come takes no room, until more comes.
      if (isText && !node.data.trim()) continue;
      const element = isText ? node.parentElement : node;
      // A table's columns are as wide as all of its rows need.
      if (element?.closest("table")) continue;
      const what = element?.cloneNode(false).outerHTML ?? "what has gone";
      globalThis.moved.push(
        `${what} by ${value}, from ${box(previousRect)} to ${box(currentRect)}`,
      );
    }
  };
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(note));
  observer.observe({ type: "layout-shift", buffered: true });
}

/** Runs in a page before anything else does: counts in how many steps it is painted. */
function countPaints() {
  globalThis.paints = 0;
  let last = 0;
  const painted = () => {
    const length = document.body?.innerHTML.length ?? 0;
    if (length > last) globalThis.paints += 1;
    last = length;
    requestAnimationFrame(painted);
  };
  painted();
}

/** What has moved, from the first paint until the reader has seen the end of the
 * page: pictures are loaded on the way. */
async function moved(page) {
  return page.evaluate(async () => {
    const painted = () =>
      new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await painted();
    for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight) {
      scrollTo(0, top);
      await painted();
    }
    scrollTo(0, 0);
    await painted();
    return globalThis.moved;
  });
}

/** What moves while a page arrives, at several widths at once. */
async function arrive({ url, widths }) {
  return { views: await Promise.all(widths.map((width) => movedAt(url, width))) };
}

async function movedAt(url, width) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  try {
    await page.setViewport({ width, height: HEIGHTS[width] });
    await page.evaluateOnNewDocument(noteMoves);
    await page.evaluateOnNewDocument(countPaints);
    await page.goto(url, { waitUntil: "load", timeout: PATIENCE_MS });
    const found = { moved: await moved(page) };
    found.paints = await page.evaluate(() => globalThis.paints);
    return { width, ...found };
  } finally {
    await context.close();
  }
}

/** How soon each of some open pages shows an edit, in milliseconds after the file is
 * written; and, until then and a while afterwards, how often it was asked for again, and
 * how often it was left for that. */
async function edit({ urls, edits }) {
  const pages = await Promise.all(urls.map(open));
  const found = [];
  for (const { file, text, seen } of edits) {
    const before = pages.map(({ loads, leaves }) => ({ loads, leaves }));
    await writeFile(file, text);
    const began = performance.now();
    const times = await Promise.all(
      pages.map(async ({ page }) => {
        await page.waitForFunction(seen, { polling: 5, timeout: PATIENCE_MS });
        return performance.now() - began;
      }),
    );
    await new Promise((done) => setTimeout(done, AFTERWARDS_MS));
    const since = (what) => pages.map((page, index) => page[what] - before[index][what]);
    found.push({ times, loads: since("loads"), leaves: since("leaves") });
  }
  return { edits: found };
}

/** A page in a window of its own, which counts how often its document is asked for. It
 * is not at its begin. */
async function open(url) {
  const context = await browser.createBrowserContext();
  const withoutHash = (url) => url.split("#")[0];
  const opened = { page: await context.newPage(), loads: 0, leaves: 0 };
  opened.page.on("request", (request) => {
    if (withoutHash(request.url()) === withoutHash(url)) opened.loads += 1;
    if (request.isNavigationRequest()) opened.leaves += 1;
  });
  await opened.page.goto(url, { waitUntil: "load", timeout: PATIENCE_MS });
  await opened.page.evaluate(() => scrollTo(0, 50));
  return opened;
}

/** By how many pixels the page is wider than its window. */
async function overflow(page) {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

/** By how many pixels the right edges of marked lines differ within a block of code. */
async function ragged(page) {
  return page.evaluate(() => {
    const edges = (block) =>
      [...block.querySelectorAll("mark")].map((mark) => mark.getBoundingClientRect().right);
    const blocks = [...document.querySelectorAll("pre")].map(edges).filter(({ length }) => length);
    return Math.max(0, ...blocks.map((all) => Math.max(...all) - Math.min(...all)));
  });
}

/** Which part of the paper's width texts have when they are printed. */
async function paper(page, session, features) {
  await session.send("Emulation.setEmulatedMedia", { media: "print", features });
  const widths = await page.evaluate(() => {
    const main = document.querySelector("main").getBoundingClientRect().width;
    const texts = [...document.querySelectorAll("main .prose")];
    return texts.map((text) => text.getBoundingClientRect().width / main);
  });
  await session.send("Emulation.setEmulatedMedia", { media: "", features });
  return widths;
}

/** Every request with its size on the wire, fields and all, and every message
 * that a developer would see. */
async function watch(page, session) {
  const [requests, messages, byId] = [[], [], new Map()];
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", ({ requestId, request, type }) => {
    byId.set(requestId, { url: request.url, type, bytes: 0, encoding: null });
    requests.push(byId.get(requestId));
  });
  session.on("Network.responseReceived", ({ requestId, response }) => {
    const request = byId.get(requestId);
    request.encoding = response.headers["content-encoding"] ?? null;
    request.protocol = response.protocol;
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    byId.get(requestId).bytes = encodedDataLength;
  });
  page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => messages.push(`error: ${error.message}`));
  return { requests, messages };
}

async function violations(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
    }),
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => ({ id, help, html, why: failureSummary })),
  );
}

/** Where the Tab key stops, and whether one can see that it did. */
async function stops(page) {
  const stops = [];
  await page.evaluate(() => window.scrollTo(0, 0));
  for (let count = 0; count < MAX_STOPS; count += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body || element.dataset.stopped) return null;
      element.dataset.stopped = "yes";
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      return {
        html: element.cloneNode(false).outerHTML,
        // "auto" is the browser's own ring, as wide as it thinks fit.
        ring: style.outlineStyle === "auto",
        outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        inside:
          box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
      };
    });
    if (!stop) break;
    stops.push(stop);
  }
  return stops;
}

/** By how many pixels the page is wider than its window when text is twice as
 * large, as a reader sets it in the browser (WCAG 2.2, 1.4.4). */
async function largeText(page, session) {
  await session.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
  await page.reload({ waitUntil: "load", timeout: PATIENCE_MS });
  return overflow(page);
}

/** What can be read with scripts, and without. */
async function texts(page, url) {
  const texts = [];
  for (const enabled of [true, false]) {
    await page.setJavaScriptEnabled(enabled);
    await page.goto(url, { waitUntil: "load", timeout: PATIENCE_MS });
    texts.push(await page.evaluate(() => document.body.innerText));
  }
  return texts;
}
