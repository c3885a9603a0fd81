// The inspector in Chromium: inspector/browser_test.go starts it and does what control asks for.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";

import { accessible, control, launch, pictureOf, PORTAL } from "./support.mjs";

let browser;
let context;
let page;
let complaints;

before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(() => control("clear"));
afterEach(async () => {
  await context?.close();
  assert.deepEqual(complaints, []);
});

async function open(options = {}) {
  context = await browser.newContext({
    viewport: { width: 1400, height: 860 },
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  page = await context.newPage();
  complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("net::ERR_")) {
      complaints.push(message.text());
    }
  });
  await page.goto(PORTAL);
  await page.getByText("live", { exact: true }).waitFor();
}

const rows = () => page.getByRole("option");
const row = (name) => page.getByRole("option", { name });
const detail = () => page.getByRole("complementary", { name: "The selected call" });
const counted = (n) => page.waitForFunction((n) => document.querySelectorAll(".row").length === n, n);
const exports_ = () => page.locator("#export");

/** What a download has in it. */
async function downloaded(click) {
  const [download] = await Promise.all([page.waitForEvent("download"), click]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

for (const colorScheme of ["light", "dark"]) {
  test(`everybody can read it, ${colorScheme}`, async () => {
    await open({ colorScheme });
    await pictureOf(page, `inspector-${colorScheme}-empty`);
    await accessible(page);
    await control("story");
    await row(/AuthError/).click();
    await page.getByRole("button", { name: "Consent missing" }).click();
    await page.getByRole("button", { name: "Drop Fabric" }).click();
    await page.getByRole("button", { name: "Drop Fabric", pressed: true }).waitFor();
    await page.getByRole("button", { name: "Entra", exact: true }).click();
    await pictureOf(page, `inspector-${colorScheme}-filtered`);
    await accessible(page);
    await page.getByRole("button", { name: "Entra", exact: true, pressed: true }).click();
    await row(/GET \/api.*401 AuthUIRequired/).first().click();
    await page.mouse.move(0, 0);
    await pictureOf(page, `inspector-${colorScheme}`);
    await accessible(page);
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByLabel("HAR with tokens").check();
    await pictureOf(page, `inspector-${colorScheme}-export`);
    await accessible(page);
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 420, height: 800 });
    await pictureOf(page, `inspector-${colorScheme}-narrow`);
    await accessible(page);
    await page.getByRole("button", { name: "Drop Fabric", pressed: true }).click();
    await page.getByRole("button", { name: "Take back what waits (1)" }).click();
    await page.getByRole("button", { name: "Consent missing", exact: true }).waitFor();
  });
}

test("calls appear as they happen, and change as they are answered", async () => {
  await open();
  await page.getByText("Nothing yet.").waitFor();
  await control("pending");
  await row(/Front-end to Back-end, pending: .*PUT \/api\/slow … waiting/).click();
  await detail().getByText("there is no answer yet").waitFor();
  await control("answered");
  await row(/accepted: .*PUT \/api\/slow ✓ 200 90 ms/).waitFor();
  await detail().getByText("Accepted.").waitFor();
  await counted(1);
});

test("a call's tokens are explained, and why it was refused", async () => {
  await open();
  await control("story");
  await row(/AuthError/).click();
  await detail().getByText("Refused: AuthError invalid_token").waitFor();
  await detail().getByText("The access token has expired.").waitFor();
  await detail().getByText("At the time of the call it had ended 3 min before.").waitFor();
  await detail().getByText("who it is for: this workload").waitFor();
  await detail().getByText("the application that asked for it: Fabric's front-end").waitFor();
  await detail().getByText("All of it").click();
  await detail().getByText('"kid": "local-1"').waitFor();
  assert.equal((await page.content()).includes("eyJ"), false);
  await row(/Fabric to Back-end, accepted: .*POST …\/items\/Forecast\/c2a5… ✓ 200/).click();
  await detail().getByRole("heading", { name: "Subject token (the user's)" }).waitFor();
  await detail().getByRole("heading", { name: "App token (the caller's own)" }).waitFor();
  await detail().getByText("an application's own token: no user stands behind it").waitFor();
  await row(/401 AuthUIRequired/).first().click();
  await detail().getByRole("button", { name: /Back-end → Entra POST …\/token .*AADSTS65001/ }).click();
  await detail().getByText("additionalScopesToConsent, and then makes its call once more").waitFor();
  await detail().getByRole("button", { name: "Close" }).click();
  await detail().waitFor({ state: "hidden" });
});

test("filters narrow down what is shown", async () => {
  await open();
  await control("story");
  await counted(19); // without keys and preflights, and one for three polls
  await row(/jobTypes.*× 3/).waitFor();
  await row(/Portal, accepted: acquireAADToken as Hanna/).waitFor();
  await page.getByLabel("Background").check();
  await counted(23);
  await page.getByLabel("Refused only").check();
  await counted(7);
  await page.getByText("7 of 23 calls, 7 refused or failed").waitFor();
  await page.keyboard.press("/"); // in a checkbox, too
  await page.keyboard.type("aadsts50076 purpose");
  await counted(1);
  await page.getByLabel("Refused only").uncheck();
  await page.getByRole("searchbox").fill("pairwise pricing");
  await counted(1);
  await page.getByRole("searchbox").fill("nowhere");
  await page.getByText("No call fits the filter.").waitFor();
  await page.getByRole("searchbox").fill("");
  await page.getByRole("button", { name: "OneLake" }).click();
  await counted(2);
  await page.getByRole("button", { name: "Browser" }).click();
  await counted(4);
});

test("the page can be used by keyboard alone", async () => {
  await open();
  await control("story");
  await counted(19);
  await page.getByRole("listbox").focus();
  await page.keyboard.press("End");
  assert.match(await page.locator("[aria-selected=true]").innerText(), /out\.csv/);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await detail().getByText("OneLake did not answer.").waitFor();
  assert.equal(await page.getByRole("listbox").getAttribute("aria-activedescendant"), await page.locator("[aria-selected=true]").getAttribute("id"));
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await detail().getByText("AADSTS65001: consent to Azure Storage is missing").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "detail");
  await page.keyboard.press("Escape");
  await detail().waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "rows");
});

test("a pause has the page stand still, and all of it can be cleared", async () => {
  await open();
  await control("pending");
  await counted(1);
  await page.getByRole("button", { name: "Pause" }).click();
  await control("story");
  await page.getByText("; 23 more since the pause").waitFor();
  await counted(1);
  await page.getByRole("button", { name: "Pause", pressed: true }).click();
  await counted(20);
  await page.getByRole("button", { name: "Clear" }).click();
  await counted(0);
});

test("exports are of what is shown, and have tokens where they are asked for", async () => {
  await open();
  await control("story");
  await page.getByRole("searchbox").fill("AuthError");
  await counted(1);
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByText("What the filter shows: 1 of all calls.").waitFor();
  const plain = await downloaded(page.getByRole("button", { name: "HAR (JSON)" }).click());
  assert.equal(plain.name, "hops.har");
  assert.equal(JSON.parse(plain.text).log.entries.length, 1);
  assert.equal(plain.text.includes("eyJ") || plain.text.includes("hanna@"), false);
  await exports_().getByLabel("HAR with tokens").check();
  await page.getByText("Keep it to yourself").waitFor();
  const whole = await downloaded(page.getByRole("button", { name: "HAR (JSON)" }).click());
  assert.match(whole.text, /"raw": "eyJ/);
  await exports_().getByRole("button", { name: "Copy Mermaid" }).click();
  await page.getByText("Copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^```mermaid\nsequenceDiagram\n[^]*401 AuthError invalid_token/);
  assert.equal(copied.includes("eyJ"), false);
  const text = await downloaded(page.getByRole("button", { name: "Text" }).click());
  assert.match(text.text, /^frontend -> backend: GET \/api\/forecasts\/2026-q1 = 401 AuthError invalid_token\n$/);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Export" }).click();
  assert.equal(await exports_().getByLabel("HAR with tokens").isChecked(), false);
});

test("what is still to fail is counted until it has, and can be taken back", async () => {
  await open();
  const consent = (times) => page.getByRole("button", { name: times ? `Consent missing × ${times}` : "Consent missing", exact: true });
  await consent().click();
  await page.getByRole("status").getByText("The next exchange fails with AADSTS65001.").waitFor();
  await consent(1).click();
  await consent(2).waitFor();
  await control("met"); // and the page hears of it
  await consent().click();
  await page.getByRole("button", { name: "Claims challenge" }).click();
  await page.getByRole("button", { name: "Take back what waits (2)" }).click();
  await page.getByText("Nothing waits any longer.").waitFor();
  await consent().waitFor();
  assert.equal(await page.getByRole("button", { name: /Take back/ }).count(), 0);
});

test("a fault that cannot be triggered says why", async () => {
  await open();
  await page.getByRole("button", { name: "Broken" }).click();
  await page.getByRole("alert").getByText("permission denied").waitFor();
  complaints = complaints.filter((text) => !text.includes("500"));
});

test("the page comes back by itself where the program starts anew", async () => {
  await open();
  await control("story");
  await counted(19);
  await control("down");
  await page.getByText("reconnecting").waitFor();
  await control("up");
  await page.getByText("live", { exact: true }).waitFor({ timeout: 30_000 });
  await counted(1);
});

test("a thousand calls do not make it slow", async () => {
  await open();
  await control("many");
  await counted(900);
  assert.equal(await page.evaluate(() => document.getElementById("scroll").scrollTop > 30_000), true); // it follows
  await page.locator("#scroll").evaluate((e) => (e.scrollTop = 0));
  await page.getByRole("button", { name: "Latest" }).waitFor();
  const took = await page.evaluate(async () => {
    const begin = performance.now();
    document.getElementById("search").value = "onelake";
    document.getElementById("search").dispatchEvent(new Event("input"));
    return performance.now() - begin;
  });
  console.log(`a filter over 900 calls takes ${Math.round(took)} ms`);
  assert.ok(took < 1000, `${took} ms`);
  await page.getByRole("button", { name: "Latest" }).click();
  await page.getByRole("button", { name: "Latest" }).waitFor({ state: "hidden" });
});
