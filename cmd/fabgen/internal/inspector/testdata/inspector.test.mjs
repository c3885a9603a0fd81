// The inspector in Chromium: inspector/browser_test.go starts it and does what control asks for.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { accessible, control, launch, pictureOf, PORTAL } from "./support.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 860 }, permissions: ["clipboard-read", "clipboard-write"], ...options });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && console.error(message.text()));
  await page.goto(PORTAL);
  return page;
}

test("pictures", async () => {
  await control("story");
  for (const colorScheme of ["light", "dark"]) {
    const page = await open({ colorScheme });
    await page.locator(".row").first().waitFor();
    await pictureOf(page, `inspector-${colorScheme}`);
    await page.getByRole("option", { name: /AADSTS50076 on purpose/ }).click();
    await pictureOf(page, `inspector-${colorScheme}-entra`);
    await page.getByRole("option", { name: /GET \/api.*AuthError/ }).click();
    await pictureOf(page, `inspector-${colorScheme}-detail`);
    await accessible(page);
    await page.getByRole("button", { name: "Export" }).click();
    await pictureOf(page, `inspector-${colorScheme}-export`);
    await accessible(page);
    await page.setViewportSize({ width: 420, height: 800 });
    await page.keyboard.press("Escape");
    await pictureOf(page, `inspector-${colorScheme}-narrow`);
    await page.context().close();
  }
});
