// A person in front of a real browser, who uses the keyboard alone. Prints what the page got to know.
import { chromium } from "playwright-core";

const settings = JSON.parse(process.env.SETTINGS);
// The root of the local Entra is never installed, and this browser does not know it.
const browser = await chromium.launch({ executablePath: settings.chromium });
const outcomes = {};
try {
  for (const [name, { query, keys }] of Object.entries(settings.cases)) {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    await page.goto(`${settings.page}?${new URLSearchParams(query)}`);
    const opened = page.waitForEvent("popup");
    await page.click("#signIn");
    const popup = await opened;
    const warnings = [];
    popup.on("console", (message) => warnings.push(message.text()));
    await popup.waitForSelector("form");
    for (const [title, ...pressed] of keys) {
      await popup.waitForSelector(`h1:text-is("${title}")`);
      for (const key of pressed) {
        // The last key ends the window, at times before it is let go.
        await popup.keyboard.press(key).catch((error) => popup.isClosed() || Promise.reject(error));
      }
    }
    await page
      .waitForFunction(() => document.getElementById("result").textContent !== "")
      .catch((error) => Promise.reject(new Error(`${name}: the page got no answer`, { cause: error })));
    const closed = popup.isClosed() || (await popup.waitForEvent("close").then(() => true, () => false));
    outcomes[name] = { ...JSON.parse(await page.textContent("#result")), closed, warnings };
    await context.close();
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(outcomes));
