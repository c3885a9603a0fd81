// The inspector's page: it hears what happens, and keeps and shows what the filter lets through.

import { ask, drawFaults, prepareExport } from "./controls.js";
import { drawDetail } from "./detail.js";
import { drawLanes, drawRows } from "./diagram.js";
import { $ } from "./dom.js";
import { isBackground, isBad, lanesOf, named, pollKey, related, textOf } from "./hop.js";

const { workload, names: unsorted } = await (await fetch("about.json")).json();
const names = Object.fromEntries(Object.entries(unsorted ?? {}).sort(([a], [b]) => b.length - a.length)); // URIs hold IDs
$("workload").textContent = workload;
document.title = workload ? `Inspector · ${workload}` : "Inspector";

const held = new Map(); // hops by ID
const chosen = new Set(); // the actors whose calls alone are shown, if any
let shown = []; // in order
let selected; // its ID
let paused = null; // what is held while the page stands still
let changes = 0;
let following = true; // the end of the diagram

// Hearing

const source = new EventSource("events");
source.addEventListener("message", ({ data }) => {
  const { anew, oldest, hops } = JSON.parse(data);
  for (const id of held.keys()) {
    if (anew || id < oldest) {
      held.delete(id);
    }
  }
  for (const hop of hops) {
    const now = { ...hop, change: ++changes, named: named(hop, names) };
    held.set(hop.id, { ...now, text: textOf(now) });
  }
  if (paused && (anew || hops.length === 0)) {
    paused = [...held.values()];
  }
  if (hops.some(({ injected }) => injected)) {
    drawFaults(); // one that waited has happened
  }
  setState("live");
  soon();
});
source.addEventListener("open", () => setState("live"));
source.addEventListener("error", () => setState("away"));
source.addEventListener("beat", () => drawFaults());
document.addEventListener("visibilitychange", () => document.hidden || drawFaults());

function setState(state) {
  const now = state === "live" && paused ? "paused" : state;
  const texts = { live: "live", paused: "paused", away: "reconnecting" };
  if ($("state").dataset.state !== now) {
    $("state").dataset.state = now;
    $("state").textContent = texts[now];
  }
}

// Showing

let scheduled = false;

function soon() {
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      draw();
    });
  }
}

let drewBefore = false;

function draw() {
  const all = (paused ?? [...held.values()]).toSorted((a, b) => a.at - b.at || a.id - b.id);
  shown = withoutPolls(all.filter(wanted));
  const lanes = lanesOf(new Set(all.flatMap(({ from, to }) => [from, to])));
  drawLanes(lanes, chosen, (actor) => {
    chosen.delete(actor) || chosen.add(actor);
    soon();
  });
  drawRows(shown, lanes, selected, drewBefore);
  drewBefore = true;
  const current = held.get(selected) ?? (paused ?? []).find(({ id }) => id === selected);
  const others = current ? related(current, all).map(({ change }) => change) : [];
  const key = [current?.change, ...others].join();
  if (key !== detailed) {
    detailed = key;
    drawDetail(current, all, names, select);
  }
  $("empty").hidden = shown.length > 0;
  $("empty").textContent = all.length
    ? "No call fits the filter."
    : "Nothing yet. Use the workload in the portal: each call that follows appears here.";
  const bad = shown.filter(isBad).length;
  const waiting = paused ? held.size - paused.length : 0;
  $("counts").textContent =
    `${shown.length}${shown.length === all.length ? "" : ` of ${all.length}`} calls, ${bad} refused or failed` +
    (waiting > 0 ? `; ${waiting} more since the pause` : "");
  if (following) {
    $("scroll").scrollTop = $("scroll").scrollHeight;
  }
  $("latest").hidden = following || atEnd();
}

function atEnd() {
  const { scrollTop, scrollHeight, clientHeight } = $("scroll");
  return scrollHeight - scrollTop - clientHeight < 30;
}

let detailed;

const words = () => $("search").value.toLowerCase().split(/\s+/).filter(Boolean);

const wanted = (hop) =>
  (chosen.size === 0 || chosen.has(hop.from) || chosen.has(hop.to)) &&
  (!$("refused").checked || isBad(hop)) &&
  ($("background").checked || !isBackground(hop)) &&
  words().every((word) => hop.text.includes(word));

/** Has the latest of polls with the same answer stand for those before it. */
function withoutPolls(hops) {
  if ($("background").checked) {
    return hops;
  }
  const latest = new Map(); // by question
  const out = [];
  for (const hop of hops) {
    const key = pollKey(hop)?.join(" ");
    const before = key && latest.get(key);
    if (before && before.status === hop.status && before.code === hop.code) {
      before.times = (before.times ?? 1) + 1;
      continue;
    }
    const one = key ? { ...hop } : hop;
    if (key) {
      latest.set(key, one);
    }
    out.push(one);
  }
  return out;
}

function select(id, scroll) {
  selected = id;
  if (id !== undefined) {
    following = false;
  }
  draw();
  if (scroll) {
    $(`hop-${id}`)?.scrollIntoView({ block: "nearest" });
  }
}

// Controls

$("rows").addEventListener("click", ({ target }) => {
  const row = target.closest(".row");
  if (row) {
    select(Number(row.dataset.id));
  }
});
$("rows").addEventListener("keydown", (event) => {
  const at = shown.findIndex(({ id }) => id === selected);
  const last = shown.length - 1;
  const to = { ArrowDown: Math.min(at + 1, last), ArrowUp: at < 0 ? last : Math.max(at - 1, 0), Home: 0, End: last }[event.key];
  if (to !== undefined && last >= 0) {
    event.preventDefault();
    select(shown[to].id, true);
  } else if (event.key === "Enter" && selected !== undefined) {
    $("detail").focus();
  }
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input[type=search]");
  if (event.key === "/" && !typing) {
    event.preventDefault();
    $("search").focus();
  } else if (event.key === "Escape" && !typing && selected !== undefined && !$("export").matches(":popover-open")) {
    select(undefined);
    $("rows").focus();
  }
});
$("scroll").addEventListener("scroll", () => {
  following = atEnd();
  $("latest").hidden = following;
});
$("latest").addEventListener("click", () => {
  following = true;
  draw();
});
for (const id of ["search", "refused", "background"]) {
  $(id).addEventListener("input", draw);
}
$("pause").addEventListener("click", () => {
  paused = paused ? null : [...held.values()];
  $("pause").setAttribute("aria-pressed", paused !== null);
  setState("live");
  draw();
});
$("clear").addEventListener("click", async () => {
  if (await ask("clear", {})) {
    selected = undefined;
    soon();
  }
});

const filtered = () => chosen.size > 0 || words().length > 0 || $("refused").checked;
prepareExport(() => (filtered() ? shown.map(({ id }) => id) : undefined));
drawFaults();
draw();
