// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.
//
// The environment prod. No secret belongs here: they come from the variables of whoever deploys.

using 'main.bicep'

param image = 'registry.example.com/ledger:1.0.0'
param registry = '' // such as contoso.azurecr.io, where the identity pulls from one of Azure's

param tenantId = '2b3c4d5e-6f70-4812-93a4-b5c6d7e8f901'
param clientId = '3d4e5f60-7182-4394-a5b6-c7d8e9f0a1b2'
param audience = 'https://fabrikam.com/ledger/Org.Ledger'
param endpoint = 'https://ledger-api.fabrikam.com/workload'
param origin = 'https://ledger.fabrikam.com'

param credential = 'federated'
param databaseUrl = readEnvironmentVariable('DATABASE_URL')
param tokenCacheUrl = readEnvironmentVariable('TOKEN_CACHE_URL')
param tokenCacheKeys = readEnvironmentVariable('TOKEN_CACHE_KEYS')
