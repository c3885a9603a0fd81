// The local portal's page: its header, and how it begins.

import { openPage, settings, tellPages, theme } from "./frames.js";
import { $, described, user } from "./server.js";
import { follow, refresh } from "./workspace.js";

const { workload, inspector } = described;

/** Has a choice outlive the page, which begins anew with each user. */
function keep(select, fallback) {
  const kept = sessionStorage.getItem(select.id) ?? fallback;
  if ([...select.options].some(({ value }) => value === kept)) {
    select.value = kept;
  }
  select.addEventListener("change", () => sessionStorage.setItem(select.id, select.value));
}

function applyTheme() {
  document.documentElement.dataset.theme = $("theme").value;
  tellPages({ type: "OnThemeChange", ...theme() });
}

const initials = (name) =>
  name
    .split(/\s+/)
    .map((word) => [...word][0])
    .slice(0, 2)
    .join("");

$("workload").textContent = document.title = workload.displayName;
$("user").append(...workload.users.map(({ id, name, tenant }) => new Option(tenant ? `${name}, ${tenant}` : name, id)));
$("user").value = user.id;
$("avatar").textContent = initials(user.name);
$("about").textContent = user.about ?? "";
$("locale").append(...workload.locales.map((locale) => new Option(locale, locale)));
keep($("theme"), matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
keep($("locale"), workload.locales[0]);
if (inspector) {
  $("inspector").href = inspector;
  $("inspector").hidden = false;
}
for (const link of document.querySelectorAll("[data-path]")) {
  link.addEventListener("click", () => openPage(link.dataset.path, true));
}
$("theme").addEventListener("change", applyTheme);
$("locale").addEventListener("change", () => tellPages({ type: "OnSettingsChange", ...settings() }));
$("user").addEventListener("change", () => location.assign(`?user=${encodeURIComponent($("user").value)}`));

applyTheme();
await refresh();
await openPage("/", true);
void follow();
