// The sequence diagram: a lane for each actor, and a row for each hop.

import { $, button, make } from "./dom.js";
import { clockOf, end, isPending, lanesOf, ms, outcome, related, shortPath, spoken, titleOfActor, tone } from "./hop.js";

/** Draws the lanes' names, which are buttons: with some pressed, only their calls are shown. */
export function drawLanes(lanes, chosen, toggle) {
  document.documentElement.style.setProperty("--lanes", lanes.length);
  const focused = document.activeElement?.dataset?.actor;
  $("lanes").replaceChildren(
    ...lanes.map((actor) => {
      const made = button(titleOfActor(actor), () => toggle(actor));
      made.dataset.actor = actor;
      made.setAttribute("aria-pressed", chosen.has(actor));
      made.title = `Show only calls of ${titleOfActor(actor)}`;
      return make("span", "", made);
    }),
  );
  $("lanes").querySelector(`[data-actor="${CSS.escape(focused ?? "")}"]`)?.focus();
}

const slow = 1e9; // nanoseconds
const drawn = new Map(); // rows by ID: the element, and what it was drawn from

/** Draws rows for hops, which are in order; again only where something of them has changed. */
export function drawRows(hops, lanes, selected, animate) {
  const chosen = hops.find(({ id }) => id === selected);
  const others = new Set((chosen ? related(chosen, hops) : []).map(({ id }) => id));
  const calls = activity(hops);
  const laneKey = lanes.join();
  const keep = new Set();
  let before = null;
  hops.forEach((hop, i) => {
    keep.add(hop.id);
    const first = i > 0 && hop.at - hops[i - 1].at > 1_000_000; // a second of silence
    const key = `${laneKey}|${hop.change}|${calls[i].map((c) => Object.values(c).join()).join(";")}|${first}|${hop.times ?? 1}`;
    let entry = drawn.get(hop.id);
    if (entry?.key !== key) {
      const element = row(hop, lanes, calls[i], first);
      element.classList.toggle("new", animate && !entry);
      entry?.element.replaceWith(element);
      entry = { key, element };
      drawn.set(hop.id, entry);
    }
    entry.element.setAttribute("aria-selected", hop.id === selected);
    entry.element.classList.toggle("related", others.has(hop.id));
    const next = before ? before.nextSibling : $("rows").firstChild;
    if (next !== entry.element) {
      $("rows").insertBefore(entry.element, next);
    }
    before = entry.element;
  });
  for (const [id, { element }] of drawn) {
    if (!keep.has(id)) {
      element.remove();
      drawn.delete(id);
    }
  }
  $("rows").setAttribute("aria-activedescendant", drawn.has(selected) ? `hop-${selected}` : "");
}

/** For each row, which actors are at work on a call: it begins in the row, goes through it, or ends in it. */
function activity(hops) {
  const rows = hops.map(() => []);
  hops.forEach((hop, i) => {
    let last = i;
    while (last + 1 < hops.length && hops[last + 1].at < end(hop)) {
      last++;
    }
    for (let j = i; j <= last; j++) {
      rows[j].push({ actor: hop.to, begins: j === i, ends: j === last && !isPending(hop) });
    }
  });
  return rows;
}

function row(hop, lanes, calls, first) {
  const at = (actor) => ((lanes.indexOf(actor) + 0.5) / lanes.length) * 100;
  const field = make("span", "field");
  for (const actor of lanes) {
    const line = make("i", "life");
    line.style.left = `${at(actor)}%`;
    field.append(line);
  }
  for (const call of calls) {
    const bar = make("i", `life active${call.begins ? " begins" : ""}${call.ends ? " ends" : ""}`);
    bar.style.left = `${at(call.actor)}%`;
    field.append(bar);
  }
  field.append(arrow(hop, at), words(hop, at));
  const element = make(
    "div",
    first ? "row first" : "row",
    make("span", "when", clockOf(hop), make("span", "spoken", spoken(hop))),
    field,
    make("span", hop.duration > slow ? "took slow" : "took", hop.duration ? ms(hop.duration) : ""),
  );
  element.id = `hop-${hop.id}`;
  element.setAttribute("role", "option");
  element.dataset.id = hop.id;
  return element;
}

function arrow(hop, at) {
  const [from, to] = [at(hop.from), at(hop.to)];
  const line = make("i", `arrow ${tone(hop)}${to < from ? " back" : ""}`);
  line.style.left = `${Math.min(from, to)}%`;
  line.style.width = `${Math.abs(to - from)}%`;
  return line;
}

/** What stands above the arrow. It begins where the arrow does or ends where it does: on the side with more room. */
function words(hop, at) {
  const [left, right] = [at(hop.from), at(hop.to)].sort((a, b) => a - b);
  const about = make("span", "about", hop.named || (hop.path ? "" : hop.kind));
  const label = make("span", "label", make("b", "", hop.method), " ", shortPath(hop), " ", about);
  label.title = [hop.method, hop.path, hop.about].filter(Boolean).join(" ");
  const marks = [make("span", `mark ${tone(hop)}`, outcome(hop))];
  if (hop.injected) {
    marks.push(make("span", "mark warn", "on purpose"));
  }
  if (hop.times > 1) {
    marks.push(make("span", "mark", `× ${hop.times}`));
  }
  const text = make("span", "text", label, ...marks);
  if (left <= 100 - right) {
    text.style.left = `calc(${left}% + 6px)`;
    text.style.maxWidth = `calc(${100 - left}% - 8px)`;
  } else {
    text.style.right = `calc(${100 - right}% + 6px)`;
    text.style.maxWidth = `calc(${right}% - 8px)`;
  }
  return text;
}
