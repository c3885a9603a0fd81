// The portal's server: what it says of itself, and calls of it.

export const $ = (id) => document.getElementById(id);

export const described = await (await fetch("workload.json")).json();

/** The ID of who is signed in. Another person has other tokens, and frames keep theirs: so the page begins anew for one. */
export const user =
  described.workload.users.find(({ id }) => id === new URLSearchParams(location.search).get("user")) ??
  described.workload.users[0];

async function post(path, name, fields) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name, user: user.id, fields }),
  });
  return response.ok
    ? response.json()
    : { reject: { error: { statusCode: response.status, message: { code: "Refused", message: await response.text() } } } };
}

/** Passes a call of the front-end on. */
export const call = (name, fields) => post("call", name, fields);

/** Makes a call of the page's own. */
export const own = (name, fields) => post("page", name, fields);
