// What the person is told: notes at the side, and boxes with buttons.

import { $ } from "./server.js";

export function button(text, click, className) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  if (className !== undefined) {
    made.className = className;
  }
  made.addEventListener("click", click);
  return made;
}

export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

const maxNotes = 5;
const brief = 8000; // milliseconds that a note stays which tells of nothing bad

const kinds = { 2: "bad", error: "bad", 4: "good", success: "good", 5: "warn", warning: "warn" };

/** Shows a note, in place of the one of its ID where there is one. */
export function notify({ notificationId = crypto.randomUUID(), title, message, notificationType, code, requestId }) {
  const kind = kinds[notificationType] ?? "info";
  const note = element("div", `note ${kind}`, element("strong", "", title));
  note.dataset.id = notificationId;
  if (message) {
    note.append(element("span", "", message));
  }
  const facts = [code, requestId && `request ${requestId}`].filter(Boolean).join(" · ");
  if (facts !== "") {
    note.append(element("code", "", facts));
  }
  const dismiss = button("×", () => note.remove(), "quiet");
  dismiss.ariaLabel = "Dismiss";
  note.append(dismiss);
  const before = [...$("notes").children].find(({ dataset }) => dataset.id === notificationId);
  if (before === undefined) {
    $("notes").append(note);
  } else {
    before.replaceWith(note);
  }
  while ($("notes").children.length > maxNotes) {
    $("notes").firstChild.remove();
  }
  if (kind === "info" || kind === "good") {
    setTimeout(() => note.remove(), brief);
  }
  return notificationId;
}

/** What a rejected call says: the workload's own words where it has any. */
export function reasonOf({ error, response } = {}) {
  const { code, message } = error?.message ?? {};
  const reason = { code, message, requestId: response?.headers?.requestId };
  try {
    const body = JSON.parse(error.message["pbi.error"].parameters.ErrorResponse);
    return { ...reason, code: body.errorCode ?? code, message: body.message ?? message };
  } catch {
    return reason; // it is not the workload's failure
  }
}

/** Tells of a call that was rejected. */
export function tellFailure(title, reject) {
  notify({ title, notificationType: 2, ...reasonOf(reject) });
}

const toldOnce = new Set();

/** Tells, once of each, of what the portal does not support. */
export function tellUnsupported(what) {
  if (!toldOnce.has(what)) {
    toldOnce.add(what);
    notify({
      title: `${what} is not supported by the local portal`,
      message: "The front-end has called it, and was told so. Fabric itself may support it.",
      notificationType: 5,
      code: "NotSupported",
    });
  }
}

/** Shows a box with buttons; gives the name of the one that was chosen, nothing where the box was shut. */
export function box(title, text, buttons) {
  $("boxTitle").textContent = title;
  $("boxText").textContent = text ?? "";
  return new Promise((resolve) => {
    $("boxButtons").replaceChildren(
      ...buttons.map(({ name, label }) =>
        button(label, () => {
          resolve(name);
          $("box").close();
        }),
      ),
    );
    $("box").addEventListener("close", () => resolve(undefined), { once: true });
    $("box").showModal();
  });
}
