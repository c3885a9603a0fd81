// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.
//
// The environment dev. No secret belongs here: they come from the variables of whoever deploys.

using 'main.bicep'

param image = 'registry.example.com/everything:12.34.56-rc.1'
param registry = '' // such as contoso.azurecr.io, where the identity pulls from one of Azure's

param tenantId = '853d9f4f-c71b-4420-b6ec-60e503458946'
param clientId = '5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11'
param audience = 'api://localdevinstance/853d9f4f-c71b-4420-b6ec-60e503458946/Org.Everything/sub-path1'
param endpoint = 'https://everything-api.contoso.com/workload'
param origin = 'https://everything.contoso.com'

param credential = 'secret'
param credentialValue = readEnvironmentVariable('FABRIC_CREDENTIAL')
param databaseUrl = readEnvironmentVariable('DATABASE_URL')
param tokenCacheUrl = readEnvironmentVariable('TOKEN_CACHE_URL')
param tokenCacheKeys = readEnvironmentVariable('TOKEN_CACHE_KEYS')
