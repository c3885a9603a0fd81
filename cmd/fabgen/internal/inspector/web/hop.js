// What there is to say about a hop, wherever it is shown.

const titles = {
  browser: "Browser",
  portal: "Portal",
  frontend: "Front-end",
  backend: "Back-end",
  entra: "Entra",
  fabric: "Fabric",
  onelake: "OneLake",
};

export const titleOfActor = (actor) => titles[actor] ?? actor;

/** The lanes from left to right. Those of the workload's own resources come after them. */
const order = Object.keys(titles);
const always = new Set(["frontend", "backend", "entra", "fabric", "onelake"]);

export function lanesOf(actors) {
  const others = [...actors].filter((actor) => !order.includes(actor)).sort();
  return [...order.filter((actor) => always.has(actor) || actors.has(actor)), ...others];
}

export const isBad = ({ decision }) => ["refused", "failed", "aborted"].includes(decision);
export const isPending = ({ decision }) => decision === "pending";

/** How a hop looks: good, bad, pending, or none where nothing was to decide. */
export function tone(hop) {
  if (isPending(hop)) {
    return "pending";
  }
  return isBad(hop) ? "bad" : ["accepted", "issued"].includes(hop.decision) ? "good" : "none";
}

const signs = { good: "✓", bad: "✕", pending: "…", none: "" };

/** The code as short as tells it: of Entra's the number, of others the word. */
const shortCode = (code = "") => {
  const [word, number] = code.split(" ");
  return number && word === word.toLowerCase() ? number : word;
};

/** What became of it, in a word or two. */
export function outcome(hop) {
  const word = shortCode(hop.code) || (hop.status ? "" : hop.decision === "pending" ? "waiting" : hop.decision);
  return [signs[tone(hop)], hop.status || "", word].filter(Boolean).join(" ");
}

export const isBackground = ({ kind }) => ["preflight", "probe", "discovery", "keys"].includes(kind);

const isPoll = (hop) =>
  (hop.kind === "control" && hop.method === "GET" && hop.path.includes("/jobTypes/")) ||
  (hop.kind === "portal" && hop.path === "getArtifactJobHistory");

/** What makes a hop the same question and answer as another one; nothing where it is no poll. */
export const pollKey = (hop) => (isPoll(hop) ? [hop.from, hop.path] : undefined);

const guid = /\b([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** The path without what is the same in every one: IDs are cut short, and so are the names of types. */
export const shortPath = (hop) =>
  (hop.path ?? "")
    .replace(/^.*\/workspaces\/[^/]+\/items\//, "…/items/")
    .replace(/^\/[^/]+\/oauth2\/v2\.0\//, "…/")
    .replace(/\/[\w-]+\.[\w-]+\.(?=[A-Z])/g, "/")
    .replace(guid, "$1…");

export const ms = (nanoseconds) => {
  const value = nanoseconds / 1e6;
  return value < 10 ? `${value.toFixed(1)} ms` : value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
};

export const clockOf = (hop) => {
  const date = new Date(hop.at / 1000);
  const two = (n) => String(n).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
};

/** When it ended, in microseconds. */
export const end = (hop) => (isPending(hop) ? Infinity : hop.at + hop.duration / 1000);

/** The calls that the back-end made while it worked on this one, or, of such a call, that on which it worked. */
export function related(hop, hops) {
  const during = (inner, outer) => outer.at <= inner.at && inner.at < end(outer);
  if (hop.to === "backend") {
    return hops.filter((other) => other.from === "backend" && during(other, hop));
  }
  return hop.from === "backend" ? hops.filter((other) => other.to === "backend" && during(hop, other)) : [];
}

/** What a hop is about, with the names that people call IDs and URIs by. */
export const named = ({ about = "" }, names) =>
  Object.entries(names)
    .reduce((text, [id, name]) => text.replaceAll(id, name), about)
    .replace(guid, "$1…");

/** All that a filter looks into. */
export const textOf = (hop) =>
  [hop.method, hop.path, hop.about, hop.named, hop.status, hop.code, hop.reason, hop.kind, hop.decision, hop.activity, titleOfActor(hop.from),
    titleOfActor(hop.to), hop.injected ? "on purpose" : "", JSON.stringify(hop.tokens ?? "")].join(" ").toLowerCase();

/** What the diagram shows by its lanes and colours, for those who do not see it. */
export const spoken = (hop) => ` ${titleOfActor(hop.from)} to ${titleOfActor(hop.to)}, ${hop.decision || "answered"}: `;
