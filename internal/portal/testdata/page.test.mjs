// The portal's own page in Chromium: items, jobs, schedules, notes and people. internal/portal/page_test.go starts all of
// it and runs this file.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { accessible, control, launch, pictureOf, PORTAL, shownIn } from "./support.mjs";

let browser;
let page;

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

beforeEach(async () => {
  await control("reset");
  await page?.context().close();
  page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(PORTAL);
  await shown().getByRole("heading", { name: "Page /", exact: true }).waitFor();
});

const shown = () => shownIn(page);
const button = (name) => page.getByRole("button", { name, exact: true });
const jobs = () => page.getByRole("complementary", { name: "Jobs of Note 1" });
const note = (text) => page.getByRole("status").getByText(text);

async function create() {
  await button("+ Note").click();
  await shown().getByRole("heading", { name: "Page /items/note/ID" }).waitFor();
}

test("a job is run, watched and cancelled beside its item", async () => {
  await create();
  await button("Jobs").click();
  await jobs().getByText("No job has run yet.").waitFor();
  await jobs().getByRole("button", { name: "Run now" }).click();
  await jobs().getByText("In progress").waitFor();
  await page.getByRole("navigation").getByText("running").waitFor();
  await control("complete");
  await jobs().getByText("Completed").waitFor();
  await note("Sum of Note 1 is completed").waitFor();
  await jobs().getByRole("button", { name: "Run now" }).click();
  await jobs().getByRole("button", { name: "Cancel" }).click();
  await jobs().getByText("Cancelled").waitFor();
  await jobs().getByRole("button", { name: "Run now" }).click();
  await jobs().getByText("In progress").waitFor();
  await control("break");
  await jobs().getByText("OutOfPaper: no paper").waitFor();
  for (const theme of ["dark", "highContrast", "light"]) {
    await page.getByLabel("Theme").selectOption(theme);
    await accessible(page.mainFrame());
    await pictureOf(page, `portal-jobs-${theme}`);
  }
  await button("Close the jobs").click();
  assert.equal(await jobs().isVisible(), false);
});

test("what a front-end learns of a job, the panel shows too", async () => {
  await create();
  await button("Jobs").click();
  await jobs().getByRole("button", { name: "Run now" }).click();
  await jobs().getByText("In progress").waitFor();
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000); // the page itself asks once more at most
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await control("complete");
  await shown().getByRole("button", { name: "Ask for its jobs" }).click();
  await shown().getByText("Completed").waitFor();
  await jobs().getByText("Completed").waitFor();
});

test("a schedule runs a job again and again", async () => {
  await create();
  await button("Jobs").click();
  await jobs().getByLabel("Every", { exact: true }).fill("1");
  await jobs().getByRole("button", { name: "Schedule" }).click();
  await jobs().getByText("Sum every 1 s").waitFor();
  await jobs().getByText(/, scheduled, as Hanna/).waitFor();
  await pictureOf(page, "portal-schedule");
  await jobs().getByRole("button", { name: "Remove" }).click();
  await jobs().getByText("Sum every 1 s").waitFor({ state: "hidden" });
});

test("an item is deleted from its menu, with a user and without", async () => {
  for (const entry of ["Delete", "Delete as Fabric (no user)"]) {
    await create();
    const menus = page.getByRole("navigation").getByRole("button", { name: "More" });
    const before = await menus.count();
    await menus.last().click();
    await page.getByRole("menu").waitFor();
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Run Sum");
    await accessible(page.mainFrame());
    await pictureOf(page, "portal-menu");
    await page.getByRole("menuitem", { name: entry, exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await note("Note 1 is deleted").last().waitFor();
    assert.equal(await menus.count(), before - 1);
    await shown().getByRole("heading", { name: "Page /", exact: true }).waitFor(); // the item's page is shut
    await page.reload();
    await shown().getByRole("heading", { name: "Page /", exact: true }).waitFor();
  }
});

test("what is not supported is told to the front-end each time, and to the person once", async () => {
  for (let n = 0; n < 2; n++) {
    await shown().getByRole("button", { name: "Open a panel" }).click();
    await shown().getByText("[Reject] OpenPanel OpenPanel is not supported by the local portal").waitFor();
  }
  assert.equal(await note("OpenPanel is not supported by the local portal").count(), 1);
  await shown().getByRole("button", { name: "Notify" }).click();
  await note("by the front-end").waitFor();
  await shown().getByRole("button", { name: "Open what is gone" }).click();
  await note("ItemNotFound").waitFor();
  await accessible(page.mainFrame());
  await pictureOf(page, "portal-notes");
  await page.getByRole("button", { name: "Dismiss" }).first().click();
});

test("a failure of the workload is told with its code and the call's ID", async () => {
  await create();
  await button("Jobs").click();
  await control("refuse");
  await jobs().getByRole("button", { name: "Run now" }).click();
  await note("Sum was not started").waitFor();
  await note(/^AccessDenied · request [0-9a-f-]{36}$/).first().waitFor(); // the page may have met the same
  await pictureOf(page, "portal-failure");
});

test("another person is another page, with the same look", async () => {
  await page.getByText("of the publisher's tenant").waitFor();
  await page.getByLabel("Theme").selectOption("dark");
  await page.getByLabel("User").selectOption({ label: "Farid Osei, Fabrikam" });
  await page.getByText("of a foreign tenant").waitFor();
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  await shown().getByRole("heading", { name: "Page /", exact: true }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Inspector" }).getAttribute("href"), "http://localhost:60300/");
  await pictureOf(page, "portal-other-person");
});

test("a portal that goes away is told, and the page goes on when it is back", async () => {
  await control("stop");
  await page.getByText("The local portal does not answer.").waitFor();
  await control("reset");
  await page.getByText("The local portal does not answer.").waitFor({ state: "hidden" });
});
