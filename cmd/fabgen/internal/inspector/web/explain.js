// What the page says about codes and claims, in plain words.

/** What to do about an error, by a code that is in it; the first that fits counts. */
const advice = [
  ["AADSTS65001", "The user has not consented to this resource. The front-end calls acquireAccessToken with additionalScopesToConsent, and then makes its call once more."],
  ["AADSTS650052", "The user's tenant has no service principal of the resource, so nobody there can consent. An administrator has to add it."],
  ["AADSTS650053", "The application asks for a scope that the resource does not have. Compare fabgen.yaml with the resource's scopes."],
  ["AADSTS65004", "The user declined. Asking again at once only annoys: show why, with the address of an administrator's consent."],
  ["AADSTS500011", "There is no such resource. Compare the resource's URI in fabgen.yaml with its registration."],
  ["AADSTS500133", "The user's token that was to be exchanged has expired. The front-end gets a new one by acquireAccessToken."],
  ["AADSTS50013", "The user's token that was to be exchanged is not valid: it has another audience, or is signed by another key."],
  ["AADSTS7000215", "The back-end's client secret is wrong. Compare it with the registration's."],
  ["AADSTS7000222", "The back-end's client secret has expired. Make a new one."],
  ["AADSTS90055", "Entra has too many requests and says when to come back. The back-end waits, and then answers 503."],
  ["AADSTS90033", "Entra is away for a while. The back-end tries again, and then answers 503."],
  ["AADSTS50076", "Conditional access wants more of the user, such as a second factor. The claims go to the front-end, which hands them to acquireAccessToken, and then makes its call once more."],
  ["AADSTS50079", "Conditional access wants the user to register a second factor. The claims go to the front-end, which hands them to acquireAccessToken."],
  ["AADSTS53", "A policy of conditional access refuses the user or the device. The claims go to the front-end, which hands them to acquireAccessToken."],
  ["AuthUIRequired", "The front-end has to ask the user: acquireAccessToken with what this answer demands, and then the call once more."],
  ["insufficient_claims", "The resource wants claims that the token lacks: acquireAccessToken with them, and then the call once more."],
  ["insufficient_scope", "The token has none of the scopes that the route allows. Compare its scp with the route's scopes in fabgen.yaml."],
  ["The token is not valid.", "The token's form or signature is not one that the back-end takes. Where Entra's keys were rotated a moment ago, it does not have the new key yet: it asks Entra for keys at most every 30 s. Make the call again after that."],
  ["invalid_token", "The back-end does not take the token: compare its aud, iss, exp and scp below with what is expected."],
  ["AuthError", "The back-end does not take a token, or misses one: compare aud, tid, exp and scp below with what is expected. The back-end's log names the claim, under the activity ID."],
  ["AccessDenied", "Who calls is known, and may not do this."],
  ["TokenMissing", "The call has no token of the form that this service takes."],
  ["TokenNotValid", "The service does not take the token: it was issued for another audience, has expired, or lacks the scope."],
  ["ItemMetadataNotFound", "The back-end does not have this item in the caller's tenant."],
  ["TooManyRequests", "Retry-After says how long to wait."],
  ["ServiceUnavailable", "Something that the back-end needs is away. Its log, under the activity ID, says what."],
  ["InternalError", "The back-end hides the cause from its callers. Its log has it, under the activity ID."],
];

export const adviceFor = (hop) => advice.find(([code]) => `${hop.code ?? ""} ${hop.reason ?? ""}`.includes(code))?.[1];

const microsofts = {
  "00000009-0000-0000-c000-000000000000": "the Fabric service",
  "d2450708-699c-41e3-8077-b0c8341509aa": "Fabric's client for workloads",
  "871c010f-5e61-4fb1-83ac-98610a7e9110": "Fabric's front-end",
  "e406a681-f3d4-42a8-90b6-c2b029497af1": "Azure Storage (OneLake)",
  "https://storage.azure.com": "Azure Storage (OneLake)",
  "https://analysis.windows.net/powerbi/api": "Fabric",
  "https://graph.microsoft.com": "Microsoft Graph",
  "https://database.windows.net": "Azure SQL Database",
  "https://vault.azure.net": "Azure Key Vault",
  "https://api.kusto.windows.net": "Azure Data Explorer",
};

/** A length of time, in seconds, for people. */
export function span(seconds) {
  const s = Math.abs(Math.round(seconds));
  if (s < 120) {
    return `${s} s`;
  }
  const m = Math.round(s / 60);
  return m < 120 ? `${m} min` : m < 2880 ? `${Math.round(m / 60)} h` : `${Math.round(m / 1440)} days`;
}

const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString();
const list = (value) => (Array.isArray(value) ? value : String(value).split(" "));

/**
 * The claims that decide about a token, in the order in which one reads them, each with what it means. names are what
 * people call IDs and URIs. A note that tells of something wrong begins with "!".
 */
export function explain({ claims }, names, now = Date.now() / 1000) {
  const named = (id) => {
    const plain = String(id).replace(/\/$/, "");
    return names[id] ?? names[plain] ?? microsofts[plain.toLowerCase()];
  };
  const isApp = claims.idtyp === "app" || (claims.scp === undefined && claims.idtyp !== "user");
  const notes = {
    aud: (v) => (named(v) ? `who it is for: ${named(v)}` : "!who it is for: nobody that is known here"),
    iss: (v) => (String(v).includes(claims.tid) ? "who issued it" : "!who issued it: another tenant than tid"),
    tid: (v) => `the ${isApp ? "application's" : "user's"} tenant${named(v) ? `: ${named(v)}` : ""}`,
    appid: (v) => `the application that asked for it: ${named(v) ?? "unknown here"}`,
    azp: (v) => `the application that asked for it: ${named(v) ?? "unknown here"}`,
    scp: (v) => `delegated: what the application may do in the user's name (${list(v).length} ${list(v).length === 1 ? "scope" : "scopes"})`,
    roles: () => "what the application may do in its own name",
    idtyp: (v) => (v === "app" ? "an application's own token: no user stands behind it" : "a user's token"),
    oid: (v) => (isApp ? "the application's service principal in the tenant" : `the user${named(v) ? `: ${named(v)}` : ""}`),
    name: () => "for people; never to decide by",
    upn: () => "for people; never to decide by",
    preferred_username: () => "for people; never to decide by",
    acrs: () => "what conditional access has seen satisfied",
    amr: (v) => (list(v).includes("mfa") ? "how the user signed in: with a second factor" : "how the user signed in: without a second factor"),
    ver: (v) => (v === "2.0" ? "version 2: aud is a client ID, the caller is in azp" : "version 1: aud is a URI, the caller is in appid"),
    exp: (v) => (v > now ? `${clock(v)}, in ${span(v - now)}` : `!${clock(v)}, ${span(now - v)} ago`),
  };
  return Object.entries(notes)
    .filter(([name]) => claims[name] !== undefined)
    .map(([name, note]) => ({ name, value: claims[name], note: note(claims[name]) }));
}

const titles = {
  bearer: "Bearer token",
  subject: "Subject token",
  app: "App token",
  access: "Access token",
  id: "ID token",
  refresh: "Refresh token",
};

/** What a token is, in a line. */
export function titleOf({ role, issued, claims }) {
  const title = titles[role] ?? role;
  const whose = { subject: " (the user's)", app: " (the caller's own)" }[role] ?? (claims?.idtyp === "app" ? " (an application's)" : "");
  return issued ? `Issued: ${title.toLowerCase().replace("id token", "ID token")}${whose}` : title + whose;
}
