// Buttons that change something on the other side: faults, and exports.

import { $, button, make } from "./dom.js";

let problemTimer;

/** Tells of a failure, for a while. */
export function tell(problem) {
  $("problem").textContent = problem;
  $("problem").hidden = false;
  clearTimeout(problemTimer);
  problemTimer = setTimeout(() => ($("problem").hidden = true), 8000);
}

/** Asks the inspector; gives its answer, or nothing where it failed, which is told. */
export async function ask(path, body) {
  try {
    const response = await fetch(path, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
    if (response.ok) {
      return response;
    }
    tell(await response.text());
  } catch {
    tell("The inspector does not answer: fabgen dev has ended, or is starting.");
  }
}

let shown = "";

/** Draws the faults as they are now. */
export async function drawFaults(response = ask("faults")) {
  const text = await (await response)?.text();
  if (text === undefined || text === shown) {
    return;
  }
  shown = text;
  const focused = document.activeElement?.dataset?.fault;
  const groups = new Map();
  const all = JSON.parse(text);
  for (const fault of all) {
    const name = fault.group ?? "";
    groups.set(name, [...(groups.get(name) ?? []), fault]);
  }
  $("faults").hidden = groups.size === 0;
  $("faults").replaceChildren(
    ...[...groups].map(([name, faults]) => {
      const group = make("div", "group", name ? make("h2", "", name) : "", ...faults.map(faultButton));
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", name || "Faults");
      return group;
    }),
    make("div", "told", told, forgetButton(all.reduce((sum, { waiting = 0 }) => sum + waiting, 0))),
  );
  $("faults").querySelector(`[data-fault="${CSS.escape(focused ?? "")}"]`)?.focus();
}

const told = make("span", "", "Each button has something fail. Press one, and then use the workload."); // or what the last one did
told.setAttribute("role", "status");

function faultButton(fault) {
  const made = button(fault.label, async () => {
    const response = await ask(`faults/${encodeURIComponent(fault.id)}`, {});
    if (response) {
      await drawFaults(response);
      told.textContent = fault.on ? `${fault.label}: no longer.` : fault.help;
    }
  });
  made.title = fault.help;
  made.dataset.fault = fault.id;
  if (fault.toggle) {
    made.setAttribute("aria-pressed", Boolean(fault.on));
  }
  if (fault.waiting) {
    made.append(make("span", "count", ` × ${fault.waiting}`));
  }
  if (fault.on || fault.waiting) {
    made.dataset.on = "";
  }
  return made;
}

/** Takes back what is still to happen, where anything is. */
function forgetButton(waiting) {
  if (waiting === 0) {
    return "";
  }
  const made = button(`Take back what waits (${waiting})`, async () => {
    const response = await ask("forget", {});
    if (response) {
      await drawFaults(response);
      told.textContent = "Nothing waits any longer.";
      $("faults").querySelector("button").focus();
    }
  });
  made.dataset.fault = "forget";
  return made;
}

/** Has the export's buttons work. ids gives the hops that are shown, or nothing where all are. */
export function prepareExport(ids) {
  $("tokens").addEventListener("change", () => {
    const danger = $("tokens").checked;
    $("warning").textContent = danger
      ? "The file lets whoever has it act as these users until the tokens end. Keep it to yourself."
      : "Without it, tokens, e-mail addresses and names are left out.";
    $("warning").classList.toggle("danger", danger);
  });
  $("export").addEventListener("toggle", ({ newState }) => {
    const some = ids();
    $("scope").textContent = some ? `What the filter shows: ${some.length} of all calls.` : "All calls that are held.";
    $("exported").textContent = "";
    if (newState === "closed") {
      $("tokens").checked = false; // it is asked for each time
      $("tokens").dispatchEvent(new Event("change"));
    }
  });
  for (const element of document.querySelectorAll("[data-format]")) {
    element.addEventListener("click", () => writeDown(element.dataset, ids()));
  }
}

async function writeDown({ format, copy, file }, ids) {
  const response = await ask(`export/${format}`, { ids, tokens: format === "json" && $("tokens").checked });
  const text = await response?.text();
  if (text === undefined) {
    return;
  }
  if (copy !== undefined) {
    await navigator.clipboard.writeText("```mermaid\n" + text + "```\n");
    $("exported").textContent = "Copied: paste it into an issue.";
    return;
  }
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([text]));
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  $("exported").textContent = `Written to ${file}.`;
}
