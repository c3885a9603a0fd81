// What the tests of all scenarios share.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium } from "playwright-core";

export const { PORTAL } = process.env;
const { CONTROL, PICTURES, CHROMIUM } = process.env;
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Starts the browser as a person has it. */
export function launch() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox"], // Chromium has none for root
    ignoreDefaultArgs: ["--disable-popup-blocking"], // the pop-ups of a person's browser are blocked
  });
}

const visible = "#frames iframe:not([hidden])";

/** The page of the front-end that the portal shows. */
export const shownIn = (page) => page.frameLocator(visible);

/** The frame of that page. */
export const frameIn = async (page) => (await page.locator(visible).elementHandle()).contentFrame();

/** Has something go wrong, or all go well again: golden/browser_test.go knows what. */
export const control = (what) => fetch(`${CONTROL}/${what}`, { method: "POST" });

/** Keeps a picture of the portal and what it shows. */
export const pictureOf = (page, name) => page.screenshot({ path: join(PICTURES, `${name}.png`), animations: "disabled" });

/** Waits until nothing moves but what moves for ever, such as a bar of progress. */
const settled = () =>
  Promise.all(
    document
      .getAnimations()
      .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
      .map((animation) => animation.finished.catch(() => {})),
  ).then(() => {});

/** Holds that axe finds nothing serious in a frame; evaluating passes its content security policy by. */
export async function accessible(frame) {
  await frame.evaluate(settled);
  await frame.evaluate(axe);
  const { violations } = await frame.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(
    serious.map(({ id, nodes }) => ({ id, html: nodes.map(({ html }) => html) })),
    [],
  );
}

/** Does what ends a window, which may end before the doing is over, and waits for that. */
export async function ending(popup, act) {
  const ended = popup.waitForEvent("close");
  await act().catch((error) => popup.isClosed() || Promise.reject(error));
  await ended;
}
