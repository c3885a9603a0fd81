// The demo's built pages in Chromium, in the local portal, over the demo's own back-end. golden/browser_test.go starts
// all of it and runs this file.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";

import { accessible, control, ending, frameIn, launch, pictureOf, PORTAL, shownIn } from "./support.mjs";

let browser;
let page;
let problems;

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

beforeEach(async () => {
  await control("reset");
  await page?.context().close();
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/the server responded with a status of/.test(message.text())) {
      problems.push(message.text());
    }
  });
  await page.goto(PORTAL);
  await shown().getByRole("heading", { name: "Contoso Forecast", level: 1 }).waitFor();
});

afterEach(({ name, passed }) => passed || picture(`failed: ${name}`));

const shown = () => shownIn(page);
const frameOfShown = () => frameIn(page);
const picture = (name) => pictureOf(page, name);
const portalButton = (name) => page.getByRole("button", { name, exact: true });

async function create(name) {
  await page.getByRole("button", { name: "+ Forecast" }).click();
  await shown().getByRole("textbox", { name: "Name" }).fill(name);
  const [popup] = await Promise.all([
    page.waitForEvent("popup"),
    shown().getByRole("button", { name: "Create", exact: true }).click(),
  ]);
  return popup;
}

async function created(name) {
  const popup = await create(name);
  await answer(popup, "Accept");
  await shown().getByRole("heading", { name, level: 1 }).waitFor();
}

/** Answers in the window that the portal has opened, and waits until the front-end's own page has shut it. */
async function answer(popup, choice) {
  await ending(popup, () => popup.getByRole("link", { name: choice }).click());
}

test("an item is made, saved, opened again, and its job runs", async () => {
  await created("First");
  await shown().getByRole("textbox", { name: "Notes" }).fill("so it goes");
  await shown().getByText("Changes are not saved yet").waitFor();
  await picture("editor-unsaved");
  await shown().getByRole("button", { name: "Save" }).click();
  await shown().getByText("Everything is saved").waitFor();
  await shown().getByRole("button", { name: "Run Train" }).click();
  await shown().getByText("Done").waitFor();
  await picture("editor-job-done");
  await accessible(await frameOfShown());
  await page.getByRole("button", { name: "Close First" }).click();
  await page.getByRole("navigation").getByRole("button", { name: "First" }).click();
  await shown().getByRole("textbox", { name: "Notes" }).waitFor();
  assert.equal(await shown().getByRole("textbox", { name: "Notes" }).inputValue(), "so it goes");
  assert.deepEqual(problems, []);
});

test("unsaved changes are not left without a question", async () => {
  await created("Unsaved");
  await shown().getByRole("textbox", { name: "Notes" }).fill("do not lose me");
  await page.getByRole("button", { name: "Close Unsaved" }).click();
  await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
  await picture("leave");
  await portalButton("Stay").click();
  assert.equal(await shown().getByRole("textbox", { name: "Notes" }).inputValue(), "do not lose me");
});

test("consent that is declined is told, and asked for again when the person wants it", async () => {
  const popup = await create("Declined");
  await popup.getByRole("link", { name: "Accept" }).waitFor();
  await pictureOf(popup, "consent");
  await answer(popup, "Decline");
  await shown().getByText("The permission was not given").waitFor();
  await picture("consent-declined");
  await accessible(await frameOfShown());
  const [again] = await Promise.all([
    page.waitForEvent("popup"),
    shown().getByRole("button", { name: "Try again" }).or(shown().getByRole("button", { name: "Continue" })).click(),
  ]);
  await answer(again, "Accept");
  await shown().getByRole("heading", { name: "Declined", level: 1 }).waitFor();
});

test("a window that is shut is told", async () => {
  const popup = await create("Shut");
  await popup.close();
  await shown().getByText("The sign-in window did not finish").waitFor();
  await picture("window-shut");
});

test("a call that lacks consent asks for it once and goes on", async () => {
  await openRoutes();
  await control("withdraw-consent");
  const [popup] = await Promise.all([page.waitForEvent("popup"), send()]);
  await answer(popup, "Accept");
  await answered();
  await picture("route-after-consent");
});

test("conditional access is satisfied in a window, and the call goes on", async () => {
  await openRoutes();
  await control("require-claims");
  const [popup] = await Promise.all([page.waitForEvent("popup"), send()]);
  await answer(popup, "Accept");
  await answered();
});

test("a refusal that stays is told, and opens no second window", async () => {
  await openRoutes();
  await control("withdraw-consent-for-good");
  let windows = 0;
  page.on("popup", () => windows++);
  const [popup] = await Promise.all([page.waitForEvent("popup"), send()]);
  await answer(popup, "Accept");
  await shown().getByText("It did not help").waitFor();
  assert.equal(windows, 1);
  await picture("still-refused");
});

test("a window that the browser blocks, since the click is long ago, opens with another click", async () => {
  await openRoutes();
  await control("withdraw-consent");
  await control("slow");
  // Looking at the page counts as a person's gesture, which lets windows open: nothing looks until it was tried.
  await Promise.all([page.waitForResponse((response) => response.status() === 401), send()]);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await page.getByRole("dialog", { name: "Sign-in needed" }).waitFor();
  await control("reset");
  await control("withdraw-consent");
  await picture("window-blocked");
  const [popup] = await Promise.all([page.waitForEvent("popup"), portalButton("Continue").click()]);
  await answer(popup, "Accept");
  await answered();
});

test("what an administrator has to do is told, with the page for it", async () => {
  await openRoutes();
  await control("refuse-tenant");
  await send();
  await shown().getByText("An administrator has to act").waitFor();
  await accessible(await frameOfShown());
  await picture("administrator");
  await page.context().route(/adminconsent/, (route) => route.fulfill({ body: "consent" }));
  const [opened] = await Promise.all([
    page.context().waitForEvent("page"),
    shown().getByRole("button", { name: "Open the page for administrators" }).click(),
  ]);
  assert.match(opened.url(), /^https:\/\/login\.microsoftonline\.com\/[0-9a-f-]+\/adminconsent\?client_id=/);
});

test("home leads to a new item", async () => {
  await accessible(await frameOfShown());
  await picture("home-light");
  await shown().getByRole("button", { name: "New Forecast" }).click();
  await shown().getByRole("heading", { name: "New Forecast", level: 1 }).waitFor();
  await shown().getByRole("button", { name: "Create", exact: true }).click();
  await shown().getByText("A name is needed").waitFor();
  await accessible(await frameOfShown());
  await picture("create-name-missing");
});

test("an item's editor is accessible in each theme", async () => {
  await created("Painted");
  for (const theme of ["light", "dark", "highContrast"]) {
    await page.getByLabel("Theme").selectOption(theme);
    const scheme = theme === "light" ? "light" : "dark";
    await (await frameOfShown()).waitForFunction((s) => document.documentElement.style.colorScheme === s, scheme);
    await accessible(await frameOfShown());
    await picture(`editor-${theme}`);
  }
});

test("throttling and an outage are told", async () => {
  await openRoutes();
  await control("throttle");
  await send();
  await shown().getByText(/Too many requests|The service cannot be reached/).waitFor();
  await picture("throttled");
});

test("themes are followed live, and each page is accessible in both", async () => {
  await openRoutes();
  const background = () => shown().locator("h1").evaluate((e) => getComputedStyle(e).color);
  const light = await background();
  await accessible(await frameOfShown());
  await picture("authentication-light");
  await page.getByLabel("Theme").selectOption("dark");
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  await assert.doesNotReject(async () => {
    for (let tries = 0; (await background()) === light; tries++) {
      assert.ok(tries < 50, "the page stays light");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
  await accessible(await frameOfShown());
  await accessible(page.mainFrame());
  await picture("authentication-dark");
  await page.getByRole("navigation").getByRole("button", { name: "Home" }).click();
  await accessible(await frameOfShown());
  await picture("home-dark");
  await page.getByRole("button", { name: "+ Forecast" }).click();
  await shown().getByRole("textbox", { name: "Name" }).waitFor();
  await accessible(await frameOfShown());
  await picture("create-dark");
});

test("the language is followed live", async () => {
  await page.getByLabel("Language").selectOption("es");
  await shown().getByRole("heading", { name: "Qué crea esta carga de trabajo" }).or(shown().locator("html[lang=es]")).first().waitFor();
  await page.getByRole("button", { name: "+ Forecast" }).click();
  await shown().getByRole("button", { name: "Crear", exact: true }).waitFor();
  await picture("spanish");
});

test("all of it works with the keyboard", async () => {
  await page.getByRole("button", { name: "+ Forecast" }).focus();
  await page.keyboard.press("Enter");
  await shown().getByRole("textbox", { name: "Name" }).focus();
  await page.keyboard.type("Typed");
  const [popup] = await Promise.all([page.waitForEvent("popup"), page.keyboard.press("Enter")]);
  await popup.getByRole("link", { name: "Accept" }).waitFor();
  await ending(popup, () => popup.keyboard.press("Enter")); // Accept has the focus
  await shown().getByRole("heading", { name: "Typed", level: 1 }).waitFor();
  await shown().getByRole("textbox", { name: "Notes" }).focus();
  await page.keyboard.type("by keys");
  await page.keyboard.press("Tab");
  const reached = [];
  for (let n = 0; n < 5; n++) {
    reached.push(await (await frameOfShown()).evaluate(() => document.activeElement?.textContent));
    await page.keyboard.press("Tab");
  }
  assert.ok(reached.includes("Run Train"), `Tab reaches ${reached.join(", ")}`);
});

/** Opens the page on which each route can be tried, with one chosen that calls Fabric on the person's behalf. */
async function openRoutes() {
  await page.getByRole("navigation").getByRole("button", { name: "Authentication" }).click();
  await shown().getByLabel("Route", { exact: true }).selectOption("listSources");
  await shown().getByRole("textbox", { name: "workspaceId" }).fill(crypto.randomUUID());
}

const answered = () => shown().locator("pre", { hasText: "workspaces" }).waitFor();

const send = () => shown().getByRole("button", { name: "Send" }).click();
