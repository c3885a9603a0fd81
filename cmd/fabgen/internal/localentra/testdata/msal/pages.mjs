// Looks at each page in a real browser: light and dark, wide and narrow. Prints what it measured, and keeps a picture of
// each where settings.pictures names a folder.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

const settings = JSON.parse(process.env.SETTINGS);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: settings.chromium });

// What a page is measured by runs in the page.
function measure() {
  const luminance = (color) => {
    const [r, g, b] = color
      .match(/[\d.]+/g)
      .slice(0, 3)
      .map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (!color.startsWith("rgba(0, 0, 0, 0")) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (element) => {
    const pair = [luminance(getComputedStyle(element).color), luminance(background(element))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  };
  const withText = [...document.querySelectorAll("body *")].filter((e) =>
    [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim() !== "" && e.tagName !== "STYLE"),
  );
  return {
    title: document.querySelector("h1").textContent,
    controls: document.querySelectorAll("button").length,
    focused: document.activeElement.tagName,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    contrast: Math.min(...withText.map(contrast)),
    lines: new Set([...document.querySelectorAll(".actions button")].map((b) => Math.round(b.getBoundingClientRect().top))).size,
  };
}

/** The rules of axe that the page breaks. Evaluating passes the page's content security policy by. */
async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => (await globalThis.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`));
}

/** Tabs through the controls of a page, and gives the narrowest outline of one that has the focus. */
async function outline(page, controls) {
  let least = Infinity;
  for (let i = 0; i < controls; i++) {
    least = Math.min(least, await page.evaluate(() => parseFloat(getComputedStyle(document.activeElement).outlineWidth)));
    await page.keyboard.press("Tab");
  }
  return controls ? least : 0;
}

const seen = [];
try {
  for (const scheme of ["light", "dark"]) {
    for (const width of scheme === "light" ? [320, 480, 1200] : [480]) { // colours take no room
      for (const [name, { url, choose }] of Object.entries(settings.pages)) {
        const context = await browser.newContext({ viewport: { width, height: 640 }, colorScheme: scheme });
        const page = await context.newPage();
        const complaints = [];
        page.on("console", (message) => complaints.push(message.text()));
        await page.goto(url);
        for (const text of choose) await page.getByRole("button", { name: text }).click();
        // A page takes its focus once it is drawn.
        await page
          .waitForFunction(() => document.activeElement.autofocus || !document.querySelector("[autofocus]"), undefined, {
            timeout: 5_000,
          })
          .catch(() => undefined); // what is measured says so
        const measured = await page.evaluate(measure);
        if (settings.pictures) await page.screenshot({ path: `${settings.pictures}/${name}-${scheme}-${width}.png`, fullPage: true });
        const complained = [...complaints];
        seen.push({
          name, scheme, width, complaints: complained, ...measured,
          outline: await outline(page, measured.controls), violations: width === 480 ? await violations(page) : [],
        });
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
