// The front-end's frames, and the messages that they and the portal exchange. What a message says is by the wire's names,
// where items are artifacts and workloads are extensions.

import { box, notify, reasonOf, tellFailure, tellUnsupported } from "./notes.js";
import { $, call, described, own } from "./server.js";

const { frontend, workload, workspaceId, instead } = described;

export const frames = new Map(); // by iframeId
const asked = new Map(); // what the portal has asked and the front-end has not answered, by asyncId
export let active; // the frame whose page is shown
let spoken = false; // whether the front-end has said anything

/** What the rest of the page wants to know of: pages that open, move and shut, and items that changed. */
export const on = { pages: () => {}, items: async () => {} };

const themes = {
  light: { name: "light", colorScheme: "light", tokens: {}, accentColors: {} },
  dark: { name: "dark", colorScheme: "dark", tokens: {}, accentColors: {} },
  highContrast: { name: "highContrast", colorScheme: "dark", tokens: {}, accentColors: {} },
};

export const theme = () => themes[$("theme").value];
export const settings = () => ({
  currentLanguageLocale: $("locale").value,
  apiUri: location.origin,
  featureSwitches: [],
});

// Frames

function openFrame(type, path) {
  const id = crypto.randomUUID();
  const element = document.createElement("iframe");
  const url = new URL(path ?? "/", frontend);
  for (const [name, value] of Object.entries({
    __iframeId: id,
    __iframeType: type,
    __environmentName: "DEFAULT",
    __extensionName: workload.name,
    __extensionHostOrigin: location.origin,
    ...(path === undefined ? {} : { __bootstrapPath: path }),
  })) {
    url.searchParams.set(name, value);
  }
  element.title = type === "worker" ? "Worker" : path;
  element.setAttribute("sandbox", "allow-same-origin allow-scripts");
  element.hidden = true;
  element.src = new URL(`/${url.search}`, frontend).href;
  const frame = { id, type, element, path, ready: false, leave: false };
  frames.set(id, frame);
  $("frames").append(element);
  return frame;
}

function post(frame, message) {
  frame.element.contentWindow?.postMessage({ ...message, iframeId: frame.id }, frontend);
}

/** Asks the front-end; gives the fields of its answer, or nothing where it takes too long. */
function ask(frame, type, fields) {
  const asyncId = crypto.randomUUID();
  const answered = new Promise((resolve) => {
    asked.set(asyncId, resolve);
    setTimeout(resolve, 30_000);
  });
  post(frame, { ...fields, type: `[Start] ${type}`, asyncId });
  return answered.finally(() => asked.delete(asyncId));
}

const worker = openFrame("worker");

/** Has the front-end do something of its own. */
export const act = (action, data) => ask(worker, "OnAction", { action, data });

/** Shows a page: in its tab where it is open, otherwise in place of the shown one, or in a tab of its own. */
export async function openPage(path, beside) {
  const open = [...frames.values()].find((f) => f.type === "page" && f.path === path);
  if (open !== undefined) {
    show(open);
  } else if (beside || active === undefined) {
    show(openFrame("page", path));
  } else if (await mayLeave(active, path)) {
    active.path = path;
    navigate(active);
    show(active);
  }
}

function navigate(frame) {
  if (frame.ready) {
    post(frame, { type: "OnNavigate", targetUrl: frame.path, isDeepLink: false, workspaceObjectIdHint: workspaceId });
  }
}

async function mayLeave(frame, nextUrl) {
  return !frame.leave || (await ask(frame, "OnLeave", { nextUrl }))?.canLeave !== false;
}

export async function close(frame) {
  if (await mayLeave(frame, "")) {
    shut(frame);
  }
}

/** Shuts a page without a question, since what it shows is gone. */
export function shut(frame) {
  frame.element.remove();
  frames.delete(frame.id);
  show([...frames.values()].findLast((f) => f.type === "page"));
}

export function show(frame) {
  active = frame;
  for (const f of frames.values()) {
    f.element.hidden = f !== frame;
  }
  $("loading").hidden = frame === undefined || frame.ready;
  on.pages();
}

/** Tells all pages of something that changed. */
export function tellPages(message) {
  for (const frame of frames.values()) {
    if (frame.ready) {
      post(frame, message);
    }
  }
}

// Calls of the front-end

const failures = {
  createArtifact: "The item was not created",
  getArtifact: "The item was not opened",
  updateArtifact: "The item was not saved",
  deleteArtifact: "The item was not deleted",
  runArtifactJob: "The job was not started",
  cancelArtifactJob: "The job was not cancelled",
  getArtifactJobHistory: "The jobs are not known",
};

async function passOn(name, fields) {
  const answer = await call(name, fields);
  const done = answer.window === undefined ? answer : await throughWindow(answer.window);
  if (done.resolve !== undefined && /^(create|update|delete)Artifact$|Job(History)?$/.test(name)) {
    await on.items();
  }
  if (done.reject !== undefined) {
    tellRejected(name, done.reject);
  }
  return done;
}

/** Tells the person of what went wrong, unless the front-end is about to ask for consent because of it. */
function tellRejected(name, reject) {
  const { code } = reasonOf(reject);
  if (code === "NotSupported") {
    tellUnsupported(name);
  } else if (code !== "AuthUIRequired" && Object.hasOwn(failures, name)) {
    tellFailure(failures[name], reject);
  }
}

/** Opens a window for the person and waits until it is answered or shut. */
async function throughWindow({ url, state }) {
  const open = () => window.open(url, "_blank", "popup,width=480,height=720");
  let opened = open();
  if (opened === null) {
    // The browser lets a window open only soon after a click.
    const choice = await box("Sign-in needed", "The workload asks you to sign in or to consent.", [
      { name: "go", label: "Continue" },
      { name: "no", label: "Cancel" },
    ]);
    opened = choice === "go" ? open() : null;
  }
  for (;;) {
    const ended = opened === null || opened.closed;
    const answer = await own("windowOutcome", { state, shut: ended });
    if (answer.resolve !== undefined || answer.reject !== undefined) {
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** The keys of a query are renamed on the wire as all keys are. */
const ownName = (key) =>
  key.replace("artifact", "item").replace("Artifact", "Item").replace("extension", "workload").replace("Extension", "Workload");

const ignored = new Set(["LogEvent", "PostLifecycleEvent", "PostDOMEvent", "ReportPackageMetadata"]);

/** What the page answers by itself; of all else the server knows whether it is supported. */
const answers = {
  GetTheme: () => theme(),
  GetSettings: () => settings(),
  ListenAction: () => ({}),
  ListenLeave: (_, frame) => {
    frame.leave = true;
    return {};
  },
  ListenLeaveEnd: () => ({}),
  OpenNotification: (message) => {
    if (message.buttons?.length > 0) {
      tellUnsupported("A notification with buttons"); // it is shown without them
    }
    return { notificationId: notify(message) };
  },
  OpenPage: async ({ route, mode }) => {
    const query = new URLSearchParams(
      Object.entries(route.queryParams ?? {}).map(([key, value]) => [ownName(key), value]),
    );
    await openPage(query.size > 0 ? `${route.path}?${query}` : route.path, mode === 1);
    return {};
  },
  ExecuteAction: async ({ action, data, iframeType }, from) => {
    const to = iframeType === undefined || iframeType === "worker" ? worker : from;
    return { result: (await ask(to, "OnAction", { action, data }))?.result };
  },
  OpenBrowserTabAsync: ({ url }) => {
    if (!/^https?:$/.test(new URL(url).protocol)) {
      throw unsupported("OpenBrowserTabAsync of what is no web page");
    }
    const [from, to] = Object.entries(instead ?? {}).find(([start]) => url.startsWith(start)) ?? ["", ""];
    window.open(to + url.slice(from.length), "_blank", "noopener");
    return { success: true };
  },
  OpenDialog: async ({ dialogType, messageBoxOptions }) => {
    if (dialogType !== 1) {
      throw unsupported("OpenDialog with a page");
    }
    const { title, content, actionButtons } = messageBoxOptions;
    return { value: { clickedButton: await box(title, content, actionButtons) } };
  },
};

function unsupported(what) {
  tellUnsupported(what);
  return { error: { statusCode: 501, message: { code: "NotSupported", message: `${what} is not supported by the local portal` } } };
}

async function answer(frame, name, message) {
  const { type: _type, iframeId: _id, asyncId, ...fields } = message;
  let stage = "Resolve";
  let result;
  try {
    if (Object.hasOwn(answers, name)) {
      result = await answers[name](fields, frame);
    } else {
      const { resolve, reject } = await passOn(name, fields);
      [stage, result] = reject === undefined ? ["Resolve", resolve] : ["Reject", reject];
    }
  } catch (error) {
    [stage, result] = ["Reject", error instanceof Error ? { error: { message: error.message } } : error];
  }
  post(frame, { ...result, type: `[${stage}] ${name}`, asyncId });
}

addEventListener("message", ({ data, origin, source }) => {
  const frame = frames.get(data?.iframeId);
  if (origin !== frontend || frame === undefined || source !== frame.element.contentWindow) {
    return;
  }
  spoken = true;
  $("silent").hidden = true;
  const { type, asyncId } = data;
  const stage = /^\[(Start|Resolve|Reject)\] (.*)$/.exec(type);
  if (stage?.[1] === "Start") {
    void answer(frame, stage[2], data);
  } else if (stage !== null) {
    asked.get(asyncId)?.(data);
  } else if (type === "PostLifecycleEvent") {
    lifecycle(frame, data);
  } else if (type === "LogEvent" && /exception/i.test(JSON.stringify(data))) {
    console.error("The front-end reports", data); // it takes failures off the console
  } else if (!ignored.has(type)) {
    console.warn(`The local portal does not know the message ${type}`);
  }
});

function lifecycle(frame, { name, properties }) {
  if (name === 1) {
    frame.ready = true;
    if (frame.type === "page") {
      navigate(frame);
    }
  } else if (name === 2) {
    notify({ title: "A page of the front-end did not start", message: properties?.errMessage, notificationType: 2 });
  }
  if (frame === active) {
    $("loading").hidden = true;
  }
}

setTimeout(() => {
  if (!spoken) {
    $("loading").hidden = true;
    $("silent").hidden = false;
    $("silent").textContent =
      `The front-end at ${frontend} has said nothing for five seconds. Does it run there? ` +
      `It must be built for this workload, ${workload.name}, and allow ${location.origin} to frame it.`;
  }
}, 5000);
