// The local portal's page: frames, and the messages that they and the portal exchange. What a message says is by the
// wire's names, where items are artifacts and workloads are extensions.

const $ = (id) => document.getElementById(id);
const described = await (await fetch("workload.json")).json();
const { frontend, workload, workspaceId } = described;

const frames = new Map(); // by iframeId
const asked = new Map(); // what the portal has asked and the front-end has not answered, by asyncId
let active; // the frame whose page is shown
let spoken = false; // whether the front-end has said anything

const themes = {
  light: { name: "light", colorScheme: "light", tokens: {}, accentColors: {} },
  dark: { name: "dark", colorScheme: "dark", tokens: {}, accentColors: {} },
  highContrast: { name: "highContrast", colorScheme: "dark", tokens: {}, accentColors: {} },
};

const theme = () => themes[$("theme").value];
const settings = () => ({
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

/** Shows a page: in its tab where it is open, otherwise in place of the shown one, or in a tab of its own. */
async function openPage(path, beside) {
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

async function close(frame) {
  if (await mayLeave(frame, "")) {
    frame.element.remove();
    frames.delete(frame.id);
    show([...frames.values()].findLast((f) => f.type === "page"));
  }
}

function show(frame) {
  active = frame;
  for (const f of frames.values()) {
    f.element.hidden = f !== frame;
  }
  drawTabs();
}

// What is drawn

function button(text, click) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", click);
  return made;
}

const ownPages = { "/": "Home", "/auth": "Authentication" };

function titleOf({ path }) {
  const item = items.find(({ objectId }) => path.includes(objectId));
  const type = workload.items.find(({ editorPath }) => path.startsWith(editorPath));
  return item?.displayName ?? ownPages[path] ?? (type === undefined ? path : `New ${type.displayName}`);
}

function drawTabs() {
  const pages = [...frames.values()].filter(({ type }) => type === "page");
  $("tabs").replaceChildren(
    ...pages.map((frame) => {
      const tab = document.createElement("div");
      tab.className = "tab";
      tab.toggleAttribute("data-active", frame === active);
      const name = button(titleOf(frame), () => show(frame));
      name.ariaCurrent = String(frame === active);
      const shut = button("×", () => close(frame));
      shut.ariaLabel = `Close ${titleOf(frame)}`;
      tab.append(name, shut);
      frame.element.title = titleOf(frame);
      return tab;
    }),
  );
}

let items = [];

async function drawItems() {
  items = (await call("listArtifacts", {})).resolve?.artifacts ?? [];
  $("noItems").hidden = items.length > 0;
  $("items").replaceChildren(
    ...items.map(({ objectId, artifactType, displayName }) => {
      const type = workload.items.find((t) => t.type === artifactType);
      const entry = document.createElement("li");
      entry.append(button(displayName, () => openPage(`${type?.editorPath}/${objectId}`, true)));
      return entry;
    }),
  );
  drawTabs();
}

function notify({ title, message, notificationType }) {
  const note = document.createElement("div");
  note.className = notificationType === 2 || notificationType === "error" ? "note bad" : "note";
  const heading = document.createElement("strong");
  heading.textContent = title;
  const text = document.createElement("span");
  text.textContent = message ?? "";
  note.append(heading, text, button("Dismiss", () => note.remove()));
  $("notes").append(note);
  return note;
}

/** Shows a box with buttons; gives the name of the one that was chosen, nothing where the box was shut. */
function box(title, text, buttons) {
  $("boxTitle").textContent = title;
  $("boxText").textContent = text ?? "";
  return new Promise((resolve) => {
    $("boxButtons").replaceChildren(
      ...buttons.map(({ name, label }) =>
        button(label, () => {
          resolve(name);
          $("box").close();
        }),
      ),
    );
    $("box").addEventListener("close", () => resolve(undefined), { once: true });
    $("box").showModal();
  });
}

// Calls of the front-end

/** Passes a call on to the server. */
async function call(name, fields) {
  const response = await fetch("call", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name, user: $("user").value, fields }),
  });
  return response.ok ? response.json() : { reject: { error: { statusCode: response.status, message: {} } } };
}

async function passOn(name, fields) {
  const answer = await call(name, fields);
  const done = answer.window === undefined ? answer : await throughWindow(answer.window);
  if (/^(create|update|delete)Artifact$/.test(name) && done.resolve !== undefined) {
    await drawItems();
  }
  return done;
}

/** Opens a window for the person and waits until it is answered or shut. */
async function throughWindow({ url, state }) {
  const open = () => window.open(url, "_blank", "popup,width=480,height=640");
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
    const shut = opened === null || opened.closed;
    const answer = await call("windowOutcome", { state, shut });
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
    notify(message);
    return { notificationId: crypto.randomUUID() };
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
      throw unsupported(`a tab for ${url}`);
    }
    window.open(url, "_blank", "noopener");
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

const unsupported = (what) => ({
  error: { statusCode: 501, message: { code: "NotSupported", message: `The local portal does not support ${what}.` } },
});

/** What the server knows; the page's own calls are not the front-end's. */
const passedOn =
  /^(acquireAADToken|(create|get|update|delete)Artifact|(run|cancel)ArtifactJob|getArtifactJobHistory)$/;

async function answer(frame, name, message) {
  const { type: _type, iframeId: _id, asyncId, ...fields } = message;
  let stage = "Resolve";
  let result;
  try {
    if (Object.hasOwn(answers, name)) {
      result = await answers[name](fields, frame);
    } else if (passedOn.test(name)) {
      const { resolve, reject } = await passOn(name, fields);
      [stage, result] = reject === undefined ? ["Resolve", resolve] : ["Reject", reject];
    } else {
      throw unsupported(name);
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
}

// The portal's own controls

function tellPages(message) {
  for (const frame of frames.values()) {
    if (frame.ready) {
      post(frame, message);
    }
  }
}

function applyTheme() {
  document.documentElement.dataset.theme = $("theme").value;
  tellPages({ type: "OnThemeChange", ...theme() });
}

const option = (value, text) => new Option(text, value);
$("workload").textContent = document.title = workload.displayName;
$("user").append(...workload.users.map(({ id, name }) => option(id, name)));
$("user").value = new URLSearchParams(location.search).get("user") ?? workload.users[0].id;
$("locale").append(...workload.locales.map((locale) => option(locale, locale)));
$("create").append(
  ...workload.items.map(({ displayName, createAction }) => {
    const entry = document.createElement("li");
    const data = { workspaceObjectId: workspaceId };
    entry.append(button(`+ ${displayName}`, () => ask(worker, "OnAction", { action: createAction, data })));
    return entry;
  }),
);
for (const link of document.querySelectorAll("[data-path]")) {
  link.addEventListener("click", () => openPage(link.dataset.path, true));
}
$("theme").addEventListener("change", applyTheme);
$("locale").addEventListener("change", () => tellPages({ type: "OnSettingsChange", ...settings() }));
// Another person has other tokens, and frames keep theirs: so the page begins anew.
$("user").addEventListener("change", () => location.assign(`?user=${encodeURIComponent($("user").value)}`));

setTimeout(() => {
  if (!spoken) {
    $("silent").hidden = false;
    $("silent").textContent =
      `The front-end at ${frontend} has said nothing for five seconds. Does it run there? ` +
      `It must be built for this workload, ${workload.name}, and allow ${location.origin} to frame it.`;
  }
}, 5000);

applyTheme();
await drawItems();
await openPage("/", true);
