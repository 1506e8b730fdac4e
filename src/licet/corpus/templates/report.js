"use strict";
// Unpacks the items that travel in this page, and lets a reader search, sort and open them. Nothing is ever fetched, and
// no text of an item is ever read as markup. Without this script the page still says everything but the whole list.
(async () => {
  const ROWS = 50;
  const list = document.getElementById("list");
  if (!list || typeof DecompressionStream === "undefined") return;

  const unpack = async (id) => {
    const raw = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
    const plain = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(plain).text());
  };

  // Elements: text is always text.
  const make = (name, facts = {}, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(facts)) {
      if (key === "on") for (const [event, does] of Object.entries(value)) element.addEventListener(event, does);
      else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...inside.flat(9).filter((one) => one !== null && one !== ""));
    return element;
  };
  const bdi = (text) => make("bdi", {}, text);
  const mark = (verdict) => {
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    picture.setAttribute("class", `mark ink-${verdict}`);
    picture.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#mark-${verdict}`);
    picture.append(use);
    return picture;
  };
  const badge = (verdict) => make("span", { class: `badge is-${verdict}` }, mark(verdict), verdict);
  const count = (number) => number.toLocaleString("en-GB");

  const copy = async (text, button) => {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", { class: "unseen" });
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "copied";
    setTimeout(() => { button.textContent = label; }, 1200);
  };
  const digest = (value) => make("button", {
    type: "button", class: "digest", title: `SHA-256 ${value}: copy it`, "aria-label": `Copy SHA-256 ${value}`,
    on: { click: (event) => copy(value, event.currentTarget) },
  }, `${value.slice(0, 12)}…`);

  const index = await unpack("index");
  const { texts, verdict, item } = index;
  const total = item.length;
  const text = (name, i) => texts[index[name][i]];
  const flagged = (name) => 1 << index.flags.indexOf(name);

  // What the reader asked for.
  const state = { words: "", verdict: "", facet: null, sort: "item", down: false, page: 0 };
  let rows = [];

  let haystacks = null;
  const haystack = (i) => {
    haystacks ??= new Array(total);
    return haystacks[i] ??= ["item", "title", "artist", "licence", "family", "source"].map((name) => text(name, i))
      .concat(["holders", "recordings", "rules"].flatMap((name) => index[name][i].map((place) => texts[place])))
      .join("\n").toLowerCase();
  };

  const facets = {
    rule: (value) => (i) => index.rules[i].some((place) => texts[place] === value),
    holder: (value) => (i) => index.holders[i].some((place) => texts[place] === value),
    flag: (value) => (i) => (index.flagged[i] & flagged(value)) !== 0,
    family: (value) => (i) => text("family", i) === value,
    source: (value) => (i) => text("source", i) === value,
    found: (value) => (i) => text("found", i) === value,
  };

  const ranks = (name) => {
    if (name === "item") return null; // the manifest is sorted by item
    const column = index[name];
    const order = [...new Set(column)].sort((a, b) => texts[a].localeCompare(texts[b], "en"));
    const rank = new Map(order.map((place, at) => [place, at]));
    return column.map((place) => rank.get(place));
  };

  const choose = () => {
    const words = state.words.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = state.facet ? facets[state.facet.kind](state.facet.value) : () => true;
    rows = [];
    for (let i = 0; i < total; i++) {
      if (state.verdict && texts[verdict[i]] !== state.verdict) continue;
      if (!fits(i) || !words.every((word) => haystack(i).includes(word))) continue;
      rows.push(i);
    }
    const rank = ranks(state.sort);
    if (rank) rows.sort((a, b) => rank[a] - rank[b] || a - b);
    if (state.down) rows.reverse();
    state.page = 0;
    draw();
  };

  // One opened item.
  const chunks = new Map();
  const details = async (i) => {
    const at = Math.floor(i / index.chunk);
    if (!chunks.has(at)) {
      if (chunks.size > 3) chunks.delete(chunks.keys().next().value);
      chunks.set(at, unpack(`chunk-${at}`));
    }
    const { texts: own, items } = await chunks.get(at);
    return { own, facts: items[i % index.chunk] };
  };

  const part = (title, ...inside) => inside.flat(9).length ? [make("h4", {}, title), ...inside] : [];
  const bullets = (all) => all.length ? make("ul", {}, all.map((one) => make("li", {}, one))) : [];

  const inside = async (i) => {
    const { own, facts } = await details(i);
    const [readings, reasons, statements, conditions, [changes, hints, notes], matches, about, credit, trouble] = facts;
    const said = (place) => bdi(own[place]);
    const names = (places) => places.map((place) => own[place]).join(", ");
    const belongs = (decides, heard) => [decides.length ? `decides under ${names(decides)}` : "", heard.length ? `heard under ${names(heard)}` : ""].filter(Boolean).join("; ");
    const reasonOf = ([points, rule, says, cites, status, decides, heard, recordings, evidence]) => [
      make("p", {}, said(says), recordings.length ? [" ", make("span", { class: "quiet" }, "(", bdi(names(recordings)), ")")] : ""),
      make("p", { class: "source" }, badge(own[points]), make("span", { class: `status is-${own[status]}` }, own[status]),
        make("span", {}, belongs(decides, heard)), make("span", { class: "rule" }, own[rule]),
        make("span", {}, "evidence ", evidence.map((place) => [digest(own[place]), " "])), make("cite", {}, own[cites])),
    ];
    const side = ([name, outcome, standing, ground]) => make("tr", {}, make("th", { scope: "row" }, own[name]), make("td", {}, badge(own[outcome])),
      make("td", {}, ground === null || !reasons[ground] ? "" : said(reasons[ground][2])), make("td", {}, own[standing] ? make("span", { class: `status is-${own[standing]}` }, own[standing]) : ""));
    const statement = ([voice, recording, words, licence, source, where, captured, evidence]) => make("figure", { class: "statement" },
      make("h4", {}, own[voice]),
      make("blockquote", {}, own[words] ? said(words) : make("em", {}, "says nothing")),
      make("figcaption", {}, make("b", {}, own[licence]), own[recording] ? [" · on record for ", said(recording)] : "", make("br"),
        own[source], ", ", said(where), ", captured ", own[captured], make("br"), "evidence ", digest(own[evidence])));
    return make("div", { class: "inside" },
      trouble ? part("Could not be looked at", make("p", {}, make("code", {}, own[trouble[0]]), " ", said(trouble[1])), make("p", { class: "quiet" }, said(trouble[2]))) : [],
      part("Under each reading", readings.length ? make("table", { class: "sides-by-reading" }, make("tbody", {}, readings.map(side))) : []),
      part("Every reason, once", bullets(reasons.map(reasonOf))),
      part("What is said of it", statements.length ? make("div", { class: "sides" }, statements.map(statement)) : []),
      part("Asked in return", bullets(conditions.map(([name, binds, accepted, says]) => [
        make("b", {}, own[name]), ` (${own[binds] === "now" ? "binds now" : own[binds] === "on-sharing" ? "binds when something is shared" : own[binds]}, ${accepted ? "accepted" : "not accepted"}): `, said(says)]))),
      part("What would change it", bullets(changes.map(said))),
      part("Heard in it", bullets(matches.map(said))),
      part("Hints, which prove nothing", bullets(hints.map(said))),
      part("Notes", bullets(notes.map(said))),
      own[credit] ? part("Credit", make("p", {}, said(credit))) : [],
      part("What it is", make("dl", { class: "terms" }, about.map(([label, value]) => make("div", {}, make("dt", {}, own[label]),
        make("dd", {}, own[label] === "File SHA-256" ? digest(own[value]) : said(value)))))),
    );
  };

  const toggle = async (button, i) => {
    const row = button.closest("tr");
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) return row.nextElementSibling.remove();
    const cell = make("td", { colspan: 5 });
    row.after(make("tr", { class: "opened", id: `opened-${i}` }, cell));
    cell.append(await inside(i));
  };

  // The table.
  const flags = (i) => index.flags.filter((name) => index.flagged[i] & flagged(name))
    .map((name) => make("span", { class: "flag" }, name));
  const rowOf = (i) => make("tr", {},
    make("td", {}, badge(texts[verdict[i]]), flags(i)),
    make("th", { scope: "row" },
      make("button", { type: "button", class: "link open", "aria-expanded": "false", "aria-controls": `opened-${i}`, on: { click: (event) => toggle(event.currentTarget, i) } },
        bdi(text("item", i)), index.row[i] ? make("small", {}, `row ${count(index.row[i])}`) : "",
        text("title", i) ? make("small", {}, bdi(text("title", i)), text("artist", i) ? [" by ", bdi(text("artist", i))] : "") : "")),
    make("td", {}, bdi(text("licence", i))),
    make("td", {}, bdi(text("source", i))),
    make("td", {}, make("span", { class: "why" }, bdi(text("why", i)))));

  const columns = [["verdict", "Verdict"], ["item", "Item"], ["licence", "Licence"], ["source", "Source"], ["why", "Why"]];
  const heads = columns.map(([name, label]) => make("th", { scope: "col" }, make("button", {
    type: "button", class: "link",
    on: { click: () => { state.down = state.sort === name && !state.down; state.sort = name; choose(); } },
  }, label)));
  const body = make("tbody");
  const table = make("table", { class: "items" }, make("caption", { class: "unseen" }, "Items, with their reasons inside each"), make("thead", {}, make("tr", {}, heads)), body);
  const found = make("p", { class: "found", role: "status" });
  const page = make("span");
  const turn = (by) => { state.page += by; draw(); document.getElementById("files").scrollIntoView(); };
  const back = make("button", { type: "button", on: { click: () => turn(-1) } }, "Earlier");
  const on = make("button", { type: "button", on: { click: () => turn(1) } }, "Later");

  const search = make("input", { type: "search", placeholder: "Search item, title, artist, holder, licence, rule", "aria-label": "Search items", autocomplete: "off", spellcheck: "false" });
  let typing = 0;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => { state.words = search.value; choose(); }, 120);
  });
  const chips = ["", "permitted", "refused", "unknown", "error"].map((name) => make("button", {
    type: "button", class: "chip", "data-verdict": name, on: { click: () => { state.verdict = name; choose(); } },
  }, name ? mark(name) : "", name || "all"));
  const facetChip = make("button", { type: "button", class: "chip", "aria-pressed": "true", on: { click: () => { state.facet = null; choose(); } } });

  const draw = () => {
    const pages = Math.max(1, Math.ceil(rows.length / ROWS));
    body.replaceChildren(...rows.slice(state.page * ROWS, (state.page + 1) * ROWS).map(rowOf));
    found.textContent = rows.length === total ? `${count(total)} items` : rows.length ? `${count(rows.length)} of ${count(total)} items` : "No item fits. Take a filter away.";
    page.textContent = `Page ${count(state.page + 1)} of ${count(pages)}`;
    back.disabled = state.page === 0;
    on.disabled = state.page >= pages - 1;
    chips.forEach((chip) => chip.setAttribute("aria-pressed", String(chip.dataset.verdict === state.verdict)));
    facetChip.hidden = !state.facet;
    if (state.facet) facetChip.textContent = `${state.facet.kind}: ${state.facet.value} ✕`;
    heads.forEach((head, at) => {
      if (columns[at][0] === state.sort) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  };

  list.replaceChildren(make("div", { class: "tools" }, search, chips, facetChip), found, table, make("div", { class: "pages" }, back, page, on));
  choose();

  // Names elsewhere on the page lead into the list.
  for (const name of document.querySelectorAll("[data-facet]")) {
    const { facet: kind, value } = name.dataset;
    const button = make("button", { type: "button", class: "link", title: "Show these items" });
    button.append(...name.childNodes);
    button.addEventListener("click", () => {
      Object.assign(state, { words: "", verdict: kind === "verdict" ? value : "", facet: kind === "verdict" ? null : { kind, value } });
      search.value = "";
      choose();
      document.getElementById("files").scrollIntoView();
      search.focus({ preventScroll: true });
    });
    name.append(button);
  }
  for (const code of document.querySelectorAll("code[data-copy]")) code.replaceWith(digest(code.dataset.copy));
  const credits = document.getElementById("credit-text");
  credits.before(make("button", { type: "button", class: "copy", on: { click: (event) => copy(credits.textContent, event.currentTarget) } }, "Copy the credits"));
})();
