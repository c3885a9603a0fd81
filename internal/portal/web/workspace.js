// The workspace beside the pages: its items, and the jobs of the item that is shown.

import { act, active, close, frames, on, openPage, show, shut } from "./frames.js";
import { box, button, element, notify, tellFailure } from "./notes.js";
import { $, described, own, user } from "./server.js";

const { workload, workspaceId } = described;
const ownPages = { "/": "Home", "/auth": "Authentication" };

let state = { artifacts: [], jobs: [], schedules: [] };
let drawn = ""; // the state that is shown
let lastNote; // the last note that was shown

const typeOf = ({ artifactType }) => workload.items.find(({ type }) => type === artifactType);
const itemOf = (frame) => state.artifacts.find(({ objectId }) => frame?.path.includes(objectId));
const running = ({ status }) => status < 2;
const shortName = (type) => type.slice(type.lastIndexOf(".") + 1);
const jobName = (type) => workload.items.flatMap(({ jobs }) => jobs ?? []).find((j) => j.type === type)?.displayName ?? shortName(type);
const personOf = (id) => workload.users.find((u) => u.id === id)?.name ?? "somebody who is gone";

/** Does something by a call of the page's own, and tells where it fails. */
async function doing(failure, name, fields) {
  const { reject } = await own(name, fields);
  if (reject !== undefined) {
    tellFailure(failure, reject);
  }
  await refresh();
  return reject === undefined;
}

// Pages

function titleOf({ path }) {
  const type = workload.items.find(({ editorPath }) => path.startsWith(editorPath));
  return itemOf({ path })?.displayName ?? ownPages[path] ?? (type === undefined ? path : `New ${type.displayName}`);
}

function drawTabs() {
  const pages = [...frames.values()].filter(({ type }) => type === "page");
  $("tabs").replaceChildren(
    ...pages.map((frame) => {
      const tab = element("div", "tab");
      tab.toggleAttribute("data-active", frame === active);
      const name = button(titleOf(frame), () => show(frame));
      name.ariaCurrent = String(frame === active);
      const x = button("×", () => close(frame), "quiet");
      x.ariaLabel = `Close ${titleOf(frame)}`;
      tab.append(name, x);
      frame.element.title = titleOf(frame);
      return tab;
    }),
  );
  drawJobs();
}

// Items

function drawItems() {
  $("noItems").hidden = state.artifacts.length > 0;
  $("items").replaceChildren(
    ...state.artifacts.map((item) => {
      const type = typeOf(item);
      const name = element("span", "name", item.displayName);
      name.id = `item-${item.objectId}`;
      const glyph = element("span", "glyph", (type?.displayName ?? "?").slice(0, 1));
      glyph.ariaHidden = "true";
      const open = button("", () => openItem(item), "open");
      open.append(glyph, name, element("span", "kind", type?.displayName ?? shortName(item.artifactType)));
      if (state.jobs.some((j) => j.artifactObjectId === item.objectId && running(j))) {
        open.append(element("span", "busy", "running"));
      }
      const more = button("⋯", () => openMenu(more, item), "quiet");
      more.ariaLabel = "More";
      more.setAttribute("aria-describedby", name.id);
      more.ariaHasPopup = "menu";
      return element("li", "item", open, more);
    }),
  );
}

const openItem = (item) => openPage(`${typeOf(item)?.editorPath}/${item.objectId}`, true);

function openMenu(from, item) {
  const entries = [
    ["Open", () => openItem(item)],
    ...(typeOf(item)?.jobs ?? []).map(({ type, displayName }) => [`Run ${displayName}`, () => run(item, type)]),
    ["Jobs and schedules", () => openItem(item).then(() => openJobs(true))],
    ["Delete", () => drop(item, "deleteArtifact", "Fabric calls the workload on your behalf.")],
    ["Delete as Fabric (no user)", () => drop(item, "deleteAsFabric", "Fabric calls the workload with no user's token, as it does when a workspace goes.")],
  ];
  $("menu").replaceChildren(
    ...entries.map(([text, act]) => {
      const entry = button(text, () => {
        $("menu").hidePopover();
        act();
      });
      entry.role = "menuitem";
      return entry;
    }),
  );
  const { left, bottom } = from.getBoundingClientRect();
  $("menu").showPopover();
  $("menu").style.left = `${left}px`;
  $("menu").style.top = `${Math.max(0, Math.min(bottom, innerHeight - $("menu").offsetHeight - 8))}px`;
  $("menu").firstChild.focus();
}

$("menu").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined) {
    event.preventDefault();
    const entries = [...$("menu").children];
    entries[(entries.indexOf(document.activeElement) + step + entries.length) % entries.length].focus();
  }
});

async function drop(item, name, how) {
  const choice = await box(`Delete ${item.displayName}?`, `${how} What the item has is gone with it.`, [
    { name: "yes", label: "Delete" },
    { name: "no", label: "Keep" },
  ]);
  if (choice === "yes" && (await doing(`${item.displayName} was not deleted`, name, { objectId: item.objectId }))) {
    for (const frame of [...frames.values()].filter(({ path }) => path?.includes(item.objectId))) {
      shut(frame);
    }
    notify({ title: `${item.displayName} is deleted`, notificationType: 4 });
  }
}

// Jobs

const run = (item, type) =>
  doing(`${jobName(type)} was not started`, "runArtifactJob", { artifactObjectId: item.objectId, artifactJobType: type, payload: {} });

let jobsWanted = sessionStorage.getItem("jobs") === "open";

function openJobs(wanted) {
  jobsWanted = wanted;
  sessionStorage.setItem("jobs", wanted ? "open" : "shut");
  drawJobs();
}

let formOf; // the item that the forms are for

function drawJobs() {
  const item = itemOf(active);
  const types = item === undefined ? [] : (typeOf(item)?.jobs ?? []);
  const jobs = state.jobs.filter((j) => j.artifactObjectId === item?.objectId).toReversed();
  const possible = types.length > 0 || jobs.length > 0;
  const open = possible && jobsWanted;
  $("jobsButton").hidden = !possible;
  $("jobsButton").ariaExpanded = String(open);
  $("jobs").hidden = !open;
  if (!open) {
    return;
  }
  $("jobsTitle").textContent = `Jobs of ${item.displayName}`;
  $("runForm").hidden = $("scheduleForm").hidden = types.length === 0;
  if (formOf !== item.objectId) {
    formOf = item.objectId;
    $("runType").replaceChildren(...types.map(({ type, displayName }) => new Option(displayName, type)));
  }
  drawSchedules(state.schedules.filter((s) => s.artifactObjectId === item.objectId));
  $("noHistory").hidden = jobs.length > 0;
  $("history").replaceChildren(...jobs.map(runEntry));
}

const unitOf = (every) => (every % 60 === 0 ? `${every / 60} min` : `${every} s`);
const clock = (text) => new Date(/Z$/.test(text) ? text : `${text}Z`).toLocaleTimeString();

function drawSchedules(schedules) {
  $("schedulesSection").hidden = schedules.length === 0;
  $("schedules").replaceChildren(
    ...schedules.map((s) => {
      const remove = button("Remove", () => doing("The schedule was not removed", "dropArtifactSchedule", { id: s.id }));
      const facts = element("span", "facts", `next at ${clock(s.next)}, as ${personOf(s.user)}`);
      return element("li", "run", element("strong", "", `${jobName(s.artifactJobType)} every ${unitOf(s.every)}`), facts, remove);
    }),
  );
}

function runEntry(job) {
  const words = { NotStarted: "Not started", InProgress: "In progress" };
  const pill = element("span", `pill ${job.statusString}`, words[job.statusString] ?? job.statusString);
  const how = job.jobDefinitionObjectId === undefined ? "" : ", scheduled";
  const facts = element("span", "facts", `${clock(job.jobScheduleTimeUtc)}${took(job)}${how}, as ${personOf(job.user)}`);
  const entry = element("li", "run", element("strong", "", jobName(job.artifactJobType)), pill, facts);
  if (job.serviceExceptionJson != null) {
    const { errorCode, message } = job.serviceExceptionJson;
    entry.append(element("span", "why", [errorCode, message].filter(Boolean).join(": ")));
  }
  if (running(job)) {
    const fields = { artifactObjectId: job.artifactObjectId, jobInstanceId: job.artifactJobInstanceId };
    entry.append(button("Cancel", () => doing("The job was not cancelled", "cancelArtifactJob", fields)));
  }
  return entry;
}

function took({ jobStartTimeUtc, jobEndTimeUtc }) {
  if (jobStartTimeUtc === undefined || jobEndTimeUtc === undefined) {
    return "";
  }
  const seconds = (new Date(jobEndTimeUtc) - new Date(jobStartTimeUtc)) / 1000;
  return seconds >= 0 ? `, took ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s` : "";
}

$("runForm").addEventListener("submit", (event) => {
  event.preventDefault();
  run(itemOf(active), $("runType").value);
});

$("scheduleForm").addEventListener("submit", (event) => {
  event.preventDefault();
  const every = Number($("every").value) * Number($("unit").value);
  const fields = { artifactObjectId: itemOf(active).objectId, artifactJobType: $("runType").value, every };
  doing("The job was not scheduled", "scheduleArtifactJob", fields);
});

$("jobsButton").addEventListener("click", () => openJobs(!jobsWanted));
$("jobsClose").addEventListener("click", () => {
  openJobs(false);
  $("jobsButton").focus();
});

// What goes on

/** Asks the server what there is now, and draws what is different. */
export async function refresh() {
  const { resolve } = await own("state", { after: lastNote ?? -1 }).catch(() => ({}));
  $("gone").hidden = resolve !== undefined;
  if (resolve === undefined) {
    return;
  }
  const { notes, noted, ...rest } = resolve;
  lastNote = noted;
  for (const { title, message, code, requestId, bad, user: whom } of notes) {
    const other = whom !== "" && whom !== user.id ? ` (${personOf(whom)})` : "";
    notify({ title: title + other, message, code, requestId, notificationType: bad ? 2 : 4 });
  }
  const text = JSON.stringify(rest);
  if (text !== drawn) {
    drawn = text;
    state = rest;
    drawItems();
    drawTabs();
  }
}

/** Keeps asking: often while something runs, and seldom while nobody looks. */
export async function follow() {
  for (;;) {
    const lively = state.jobs.some(running) || state.schedules.length > 0;
    const wait = document.hidden ? 10_000 : lively ? 1000 : 3000;
    await new Promise((resolve) => setTimeout(resolve, wait));
    await refresh();
  }
}

on.pages = drawTabs;
on.items = refresh;

$("create").append(
  ...workload.items.map(({ displayName, createAction }) =>
    element("li", "", button(`+ ${displayName}`, () => act(createAction, { workspaceObjectId: workspaceId }))),
  ),
);
