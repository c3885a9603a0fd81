// What is told of the selected hop.

import { $, button, make } from "./dom.js";
import { adviceFor, explain, span, titleOf } from "./explain.js";
import { clockOf, isBackground, ms, outcome, related, shortPath, titleOfActor, tone } from "./hop.js";

/** Draws it; hops are all that are held, and select is what a button for another one does. */
export function drawDetail(hop, hops, names, select) {
  const aside = $("detail");
  aside.hidden = hop === undefined;
  if (hop === undefined) {
    aside.replaceChildren();
    return;
  }
  const end = button("✕", () => select(undefined));
  end.className = "close";
  end.title = "Close";
  end.setAttribute("aria-label", "Close");
  end.setAttribute("aria-keyshortcuts", "Escape");
  const head = make(
    "header",
    "",
    end,
    make("h2", "mono", [hop.method, hop.path].filter(Boolean).join(" ") || hop.about || hop.kind),
    make("span", "between", `${titleOfActor(hop.from)} → ${titleOfActor(hop.to)}`),
    make("span", `mark ${tone(hop)}`, outcome(hop)),
    hop.injected ? make("span", "mark warn", "on purpose") : "",
  );
  const tokens = (hop.tokens ?? []).map((token) => drawToken(token, hop, names));
  aside.replaceChildren(head, why(hop), within(hop, hops, select), facts(hop), ...tokens);
  if (tokens.length === 0) {
    aside.append(make("p", "between", tokensMissing(hop)));
  }
}

const tokensMissing = (hop) =>
  hop.to === "entra" ? "No token was issued." : ["data", "control", "resource"].includes(hop.kind) ? "The call carries no token." : "";

const sentences = {
  pending: "It goes on: there is no answer yet.",
  accepted: "Accepted.",
  refused: "Refused",
  failed: "It failed",
  aborted: "Aborted",
  issued: "Entra issued a token.",
  shown: "The person is shown a page.",
  redirected: "Entra sent the browser back to the application.",
};

function why(hop) {
  const bad = tone(hop) === "bad";
  const sentence = sentences[hop.decision] ?? "Answered.";
  const box = make("div", `why ${tone(hop)}`, make("strong", "", bad ? `${sentence}${hop.code ? `: ${hop.code}` : ""}` : sentence));
  const add = (className, text) => text && box.append(make("p", className, text));
  add("", hop.reason);
  if (hop.challenge) {
    add("", "It says what to ask the user for, in a challenge.");
  }
  if (hop.injected) {
    add("", "Somebody had it fail on purpose.");
  }
  if (bad) {
    add("next", adviceFor(hop));
  }
  return box;
}

function within(hop, hops, select) {
  const others = related(hop, hops).filter((other) => !isBackground(other));
  if (others.length === 0) {
    return "";
  }
  const buttons = others.map((other) => {
    const made = button("", () => select(other.id, true));
    const words = [`${titleOfActor(other.from)} → ${titleOfActor(other.to)}`, other.method, shortPath(other), other.named];
    made.append(make("span", "", words.filter(Boolean).join(" ")), make("span", `mark ${tone(other)}`, outcome(other)));
    return make("li", "", made);
  });
  const title = hop.to === "backend" ? "What the back-end called meanwhile" : "What the back-end was answering meanwhile";
  return make("div", "within", make("h3", "", title), make("ul", "", ...buttons));
}

function facts(hop) {
  const dl = make("dl", "facts");
  const add = (name, ...value) => dl.append(make("dt", "", name), make("dd", "", ...value));
  add("Began", clockOf(hop));
  if (hop.duration) {
    add("Took", ms(hop.duration));
  }
  add("Kind", hop.kind);
  if (hop.about) {
    add("About", hop.named);
  }
  if (hop.activity) {
    const copy = button("Copy", async () => {
      await navigator.clipboard.writeText(hop.activity);
      copy.textContent = "Copied";
    });
    copy.title = "The back-end's log has the call under it";
    add("Activity", make("code", "", hop.activity), " ", copy);
  }
  return dl;
}

function drawToken(token, hop, names) {
  const card = make("section", "token", make("h3", "", titleOf(token)));
  if (token.problem) {
    card.append(make("p", tone(hop) === "bad" ? "problem" : "between", token.problem));
  }
  if (!token.claims) {
    if (!token.problem) {
      card.append(make("p", "between", token.role === "refresh" ? "Only Entra can read it." : "Its claims are not known."));
    }
    return card;
  }
  const dl = make("dl", "claims");
  for (const { name, value, note } of explain(token, names)) {
    const late = note.startsWith("!");
    const text = typeof value === "string" ? value : JSON.stringify(value);
    dl.append(
      make("dt", "mono", name),
      make("dd", "", make("code", "", text), make("span", late ? "note late" : "note", late ? note.slice(1) : note)),
    );
  }
  const left = token.claims.exp - hop.at / 1e6;
  const lived = Number.isFinite(left) ? `At the time of the call it ${left > 0 ? `had ${span(left)} left` : `had ended ${span(left)} before`}.` : "";
  if (lived) {
    card.append(make("p", left > 0 ? "between" : "problem", lived));
  }
  card.append(dl);
  const all = make("details", "", make("summary", "", "All of it"));
  if (token.header) {
    all.append(make("pre", "", JSON.stringify(token.header, null, 2)));
  }
  all.append(make("pre", "", JSON.stringify(token.claims, null, 2)));
  card.append(all);
  return card;
}
