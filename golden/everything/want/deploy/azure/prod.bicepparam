// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.
//
// The environment prod. No secret belongs here: they come from the variables of whoever deploys.

using 'main.bicep'

param image = 'registry.example.com/everything:12.34.56-rc.1'
param registry = '' // such as contoso.azurecr.io, where the identity pulls from one of Azure's

param tenantId = '853d9f4f-c71b-4420-b6ec-60e503458946'
param clientId = '0c7f8d2b-7b1f-4e1c-9b4a-3e6b1f6c8d33'
param audience = 'https://contoso.com/everything/Org.Everything'
param endpoint = 'https://everything-api.contoso.com/workload'
param origin = 'https://everything.contoso.com'

param credential = 'federated'
param databaseUrl = readEnvironmentVariable('DATABASE_URL')
param tokenCacheUrl = readEnvironmentVariable('TOKEN_CACHE_URL')
param tokenCacheKeys = readEnvironmentVariable('TOKEN_CACHE_KEYS')
