// Every page of the workload that has everything loads in Chromium, whatever its names are. golden/browser_test.go starts
// all of it and runs this file.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { accessible, frameIn, launch, pictureOf, PORTAL, shownIn } from "./support.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("every page loads", async () => {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  page.setDefaultTimeout(15_000);
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(PORTAL);
  const heading = (name) => shownIn(page).getByRole("heading", { name, level: 1, exact: true });
  const navigation = page.getByRole("navigation");
  await shownIn(page).getByRole("heading", { level: 1 }).waitFor();
  await accessible(await frameIn(page));
  await pictureOf(page, "everything-home");

  const creates = (await navigation.getByRole("button").allInnerTexts()).filter((text) => text.startsWith("+ "));
  assert.equal(creates.length, 12);
  for (const create of creates) {
    await navigation.getByRole("button", { name: create, exact: true }).click();
    await heading(`New ${create.slice(2)}`).waitFor();
  }

  const name = `</x> "\${y}" 日本`;
  await shownIn(page).getByRole("textbox", { name: "Name" }).fill(name);
  const [popup] = await Promise.all([
    page.waitForEvent("popup"),
    shownIn(page).getByRole("button", { name: "Create", exact: true }).click(),
  ]);
  const ended = popup.waitForEvent("close");
  await popup
    .getByRole("link", { name: "Accept" })
    .click()
    .catch((error) => popup.isClosed() || Promise.reject(error));
  await ended;
  await heading(name).waitFor();
  await accessible(await frameIn(page));
  await pictureOf(page, "everything-editor");

  await navigation.getByRole("button", { name: "Authentication" }).click();
  await shownIn(page).getByRole("button", { name: "Get a token" }).click();
  await shownIn(page).getByText(/^Expires/).waitFor();
  await accessible(await frameIn(page));
  await pictureOf(page, "everything-authentication");
  assert.deepEqual(problems, []);
});
