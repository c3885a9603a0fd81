// A workload in Chromium as `fabgen dev` runs it: the local portal, the front-end by Vite, the pages of the local Entra,
// and the inspector. golden/dev_test.go starts all of it and runs this file.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";

import { accessible, ending, frameIn, launch, pictureOf, PORTAL, shownIn } from "./support.mjs";

const { INSPECTOR } = process.env;

let browser;
let context;
let page;
let inspector;
let problems;

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
  problems = [];
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(PORTAL);
  await shown().getByRole("heading", { name: "Contoso Forecast", level: 1 }).waitFor({ timeout: 40_000 });
  inspector = await context.newPage();
  inspector.setDefaultTimeout(15_000);
  inspector.on("pageerror", (error) => problems.push(String(error)));
  await inspector.goto(INSPECTOR);
  await inspector.getByText("live", { exact: true }).waitFor();
  await inspector.getByRole("button", { name: "Clear" }).click();
  await inspector.getByText("Nothing yet.").waitFor();
  await page.bringToFront();
});

afterEach(async ({ name, passed }) => {
  for (const [n, of] of passed ? [] : context.pages().entries()) {
    await picture(`failed-${n}: ${name}`, of);
  }
  await context.close();
  assert.deepEqual(problems, []);
});

const shown = () => shownIn(page);
const picture = (name, of = page) => pictureOf(of, `dev-${name}`);
const rows = (name) => inspector.getByRole("option", { name });

/** Has the portal be another person's. */
async function as(name) {
  const user = page.getByLabel("User");
  const [value] = await user.locator("option", { hasText: name }).evaluateAll((found) => found.map((option) => option.value));
  await Promise.all([page.waitForURL(/user=/), user.selectOption(value)]);
  await shown().getByRole("heading", { name: "Contoso Forecast", level: 1 }).waitFor();
}

/** Fills in a new item's name; gives the window that Create opens. */
async function create(name) {
  await page.getByRole("button", { name: "+ Forecast" }).click();
  await shown().getByRole("textbox", { name: "Name" }).fill(name);
  return opening(() => shown().getByRole("button", { name: "Create", exact: true }).click());
}

/** Gives the window that an act opens. */
async function opening(act) {
  const [popup] = await Promise.all([page.waitForEvent("popup"), act()]);
  popup.setDefaultTimeout(15_000);
  return popup;
}

const press = (popup, name) => popup.getByRole("button", { name }).click();

/** Presses the button that ends a window, and waits until the front-end's own page has shut it. */
const end = (popup, name) => ending(popup, () => press(popup, name));

/** Presses one of the inspector's buttons that have something go wrong. */
async function fault(name) {
  const answered = inspector.waitForResponse((response) => response.url().includes("/faults/"));
  await inspector.getByRole("group").getByRole("button", { name, exact: true }).click();
  assert.equal((await answered).status(), 200);
}

/** Waits until the inspector tells something of the selected call. */
const told = (text) => inspector.getByRole("complementary", { name: "The selected call" }).getByText(text).first().waitFor();

/** Opens the page on which each route can be tried, with one of them chosen. */
async function openRoute(name, parameters = {}) {
  await page.getByRole("navigation").getByRole("button", { name: "Authentication" }).click();
  await shown().getByLabel("Route", { exact: true }).selectOption(name);
  for (const [parameter, value] of Object.entries(parameters)) {
    await shown().getByRole("textbox", { name: parameter }).fill(value);
  }
}

/** The parameters that lead to the first item of the workspace. */
async function first() {
  await page.getByRole("navigation").getByRole("button", { name: "Spring sales" }).click();
  await shown().getByRole("heading", { name: "Spring sales", level: 1 }).waitFor();
  const { state } = await page.evaluate(async () => {
    const { described, own } = await import("/server.js");
    return { state: { workspaceId: described.workspaceId, ...(await own("state", { after: -1 })).resolve } };
  });
  return { workspaceId: state.workspaceId, itemId: state.artifacts[0].objectId };
}

const send = () => shown().getByRole("button", { name: "Send" }).click();

test("an item is made after sign-in and consent, is saved, and its job runs", async () => {
  const popup = await create("Spring sales");
  await popup.getByRole("heading", { name: "Sign in", level: 1 }).waitFor();
  await accessible(popup.mainFrame());
  await picture("sign-in", popup);
  await press(popup, /Hanna Holm/);
  await popup.getByText("This application would like to:").waitFor();
  await accessible(popup.mainFrame());
  await picture("consent", popup);
  await end(popup, "Accept");
  await shown().getByRole("heading", { name: "Spring sales", level: 1 }).waitFor();
  await shown().getByRole("textbox", { name: "Notes" }).fill("What the shops in the north will need from March on");
  await shown().getByRole("button", { name: "Save" }).click();
  await shown().getByText("Everything is saved").waitFor();
  await shown().getByRole("button", { name: "Run Train" }).click();
  await shown().getByText("Done").waitFor();
  await page.getByRole("button", { name: "Jobs", exact: true }).click();
  await page.getByText("Completed", { exact: true }).waitFor();
  await accessible(page.mainFrame());
  await picture("portal");

  await rows(/Browser to Entra/).first().waitFor();
  await rows(/Fabric to Back-end, accepted: .*POST .*✓ 200/).first().waitFor();
  await rows(/Back-end to OneLake/).first().waitFor();
  await accessible(inspector.mainFrame());
  await picture("inspector-item", inspector);
});

test("who must prove more for OneLake does, and the call goes on", async () => {
  await as("Mina Sato");
  await openRoute("getForecast", await first());
  const popup = await opening(send);
  await popup.getByRole("heading", { level: 1 }).waitFor();
  await press(popup, /Mina Sato/);
  await popup.getByText("asks for a second proof").waitFor();
  await accessible(popup.mainFrame());
  await picture("mfa", popup);
  await end(popup, "Approve");
  await shown().locator("pre", { hasText: "files" }).waitFor();
  await picture("mfa-done");
});

test("consent that is declined is told", async () => {
  await as("Dario Conti");
  const popup = await create("Autumn");
  await press(popup, /Dario Conti/);
  await popup.getByText("This application would like to:").waitFor();
  await end(popup, "Cancel");
  await shown().getByText("The permission was not given").waitFor();
  await picture("declined");
  const [tab] = await Promise.all([
    page.context().waitForEvent("page"),
    shown().getByText("Open the page for administrators").click(),
  ]);
  await tab.getByText("Hanna Holm").waitFor(); // of the local Entra, and not of Microsoft's
  await tab.close();
});

test("a person of a foreign tenant makes an item", async () => {
  await as("Farid Osei");
  const popup = await create("Harvest");
  await press(popup, /Farid Osei/);
  await end(popup, "Accept");
  await shown().getByRole("heading", { name: "Harvest", level: 1 }).waitFor();
  await picture("foreign");
});

test("Fabric's throttling is told", async () => {
  await openRoute("listSources", { workspaceId: crypto.randomUUID() });
  await fault("Fabric throttles");
  await send();
  await shown().getByText("Too many requests").waitFor();
  await picture("throttled");
  await inspector.getByLabel("Refused only").check();
  await rows(/Front-end to Back-end, refused: .*429/).click();
  await told("Refused: TooManyRequests");
  await picture("inspector-throttled", inspector);
});

test("OneLake's throttling is told, and counted until it has been", async () => {
  await openRoute("getForecast", await first());
  await fault("OneLake throttles");
  const waits = inspector.getByRole("button", { name: "OneLake throttles × 1" });
  await waits.waitFor();
  await send();
  await shown().getByText("Too many requests").waitFor();
  await rows(/Back-end to OneLake, refused: .*429 TooManyRequests on purpose/).waitFor();
  await waits.waitFor({ state: "hidden" });
});

test("the inspector tells why a call was refused, and what it writes down holds no token", async () => {
  await openRoute("listSources", { workspaceId: crypto.randomUUID() });
  await fault("Lacks consent");
  await end(await opening(send), /Hanna Holm/); // who has consented before
  await shown().locator("pre", { hasText: "workspaces" }).waitFor();
  await rows(/Front-end to Back-end, refused: .*401 AuthUIRequired/).click();
  await told("Refused: AuthUIRequired");
  await told("AADSTS65001");
  await accessible(inspector.mainFrame());
  await picture("inspector", inspector);
  await inspector.getByRole("button", { name: "Export" }).click();
  for (const [name, start] of [
    ["Mermaid file", "sequenceDiagram"],
    ["HAR (JSON)", "{"],
    ["Text", ""],
  ]) {
    const [download] = await Promise.all([
      inspector.waitForEvent("download"),
      inspector.getByRole("button", { name, exact: true }).click(),
    ]);
    const text = await readFile(await download.path(), "utf8");
    assert.ok(text.startsWith(start), `${name} begins with ${text.slice(0, 20)}`);
    assert.ok(text.includes("AADSTS65001"), `${name} tells of the refusal`);
    assert.doesNotMatch(text, /eyJ|contoso\.example|Hanna/, name);
  }
});

test("the portal and the pages in it are dark, and in another language, at once", async () => {
  await page.getByLabel("Theme").selectOption("dark");
  await (await frameIn(page)).waitForFunction(() => document.documentElement.style.colorScheme === "dark");
  await page.getByLabel("Language").selectOption("es");
  await page.getByRole("button", { name: "+ Forecast" }).click();
  await shown().getByRole("button", { name: "Crear", exact: true }).waitFor();
  await accessible(await frameIn(page));
  await accessible(page.mainFrame());
  await picture("dark-es");
});

/** Has the front-end begin anew, so that it has no token yet. */
async function withoutToken(route) {
  await page.reload();
  await shown().getByRole("heading", { name: "Contoso Forecast", level: 1 }).waitFor();
  await openRoute(route);
}

test("Entra's new keys are learnt in the middle of a session, and the inspector says when", async () => {
  await openRoute("getModels");
  const answered = shown().locator("pre", { hasText: "userId" });
  await send();
  await answered.waitFor();
  await fault("Rotate keys");
  await withoutToken("getModels");
  // The back-end asks for keys at most each half minute, and so may refuse the new one until then.
  for (const until = Date.now() + 40_000; ; await new Promise((resolve) => setTimeout(resolve, 1000))) {
    const [answer] = await Promise.all([page.waitForResponse((response) => response.url().includes("/api/models")), send()]);
    if (answer.ok()) {
      break;
    }
    assert.ok(Date.now() < until, "the new key is refused for ever");
  }
  await answered.waitFor();
  await fault("Rotate keys");
  await inspector.getByText("The back-end asks for keys at most every 30 s").waitFor();
  await withoutToken("getModels");
  await send(); // right after the back-end has asked
  await shown().getByText("The service says: The token is not valid.").waitFor();
  await rows(/Front-end to Back-end, refused: .*GET \/api\/models.*401/).last().click();
  await told("it does not have the new key yet");
  await picture("inspector-keys", inspector);
});
