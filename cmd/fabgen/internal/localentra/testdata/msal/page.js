// A front-end as @azure/msal-browser has it. Its settings are in the query.
const query = new URLSearchParams(location.search);
const authority = query.get("authority");
const client = new msal.PublicClientApplication({
  auth: {
    clientId: query.get("clientId"),
    authority,
    knownAuthorities: [new URL(authority).host],
    redirectUri: `${location.origin}/redirect.html`,
  },
  cache: { cacheLocation: "sessionStorage" },
});
const scopes = [query.get("scope")];
const ready = client.initialize();

async function signIn() {
  await ready;
  const first = await client.acquireTokenPopup({ scopes, prompt: query.get("prompt") ?? undefined });
  const renewed = await client.acquireTokenSilent({ scopes, account: first.account, forceRefresh: true });
  return {
    token: first.accessToken,
    renewed: renewed.accessToken,
    idTokenClaims: first.idTokenClaims,
    username: first.account.username,
    tenantId: first.account.tenantId,
    scopes: first.scopes,
  };
}

document.getElementById("signIn").addEventListener("click", async () => {
  const outcome = await signIn().catch((error) => ({
    error: error.errorCode,
    message: error.message ?? String(error),
    stack: error.stack,
  }));
  document.getElementById("result").textContent = JSON.stringify(outcome);
});
