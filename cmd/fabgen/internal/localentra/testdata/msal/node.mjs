// A back-end as @azure/msal-node has it: on behalf of a user, and as the application. Reads its settings, prints what
// came of each request.
import { ConfidentialClientApplication } from "@azure/msal-node";

const settings = JSON.parse(process.env.SETTINGS);
const client = new ConfidentialClientApplication({
  auth: {
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    authority: `${settings.authority}/${settings.tenantId}`,
    knownAuthorities: [new URL(settings.authority).host],
  },
});

const outcome = (promise) =>
  promise.then(
    (result) => ({ token: result.accessToken, scopes: result.scopes }),
    (error) => ({ error: error.errorCode, suberror: error.subError, claims: error.claims, message: error.message }),
  );

const onBehalfOf = (oboAssertion) =>
  outcome(client.acquireTokenOnBehalfOf({ oboAssertion, scopes: settings.scopes, skipCache: true }));

console.log(
  JSON.stringify({
    consented: await onBehalfOf(settings.assertions.consented),
    unconsented: await onBehalfOf(settings.assertions.unconsented),
    challenged: await onBehalfOf(settings.assertions.challenged),
    application: await outcome(client.acquireTokenByClientCredential({ scopes: [settings.applicationScope] })),
  }),
);
