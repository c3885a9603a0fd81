// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.
//
// The environment dev. No secret belongs here: they come from the variables of whoever deploys.

using 'main.bicep'

param image = 'registry.example.com/tiny:1.0.0'
param registry = '' // such as contoso.azurecr.io, where the identity pulls from one of Azure's

param tenantId = '11111111-2222-4333-8444-555555555555'
param clientId = '66666666-7777-4888-9999-aaaaaaaaaaaa'
param audience = 'api://localdevinstance/11111111-2222-4333-8444-555555555555/Org.Tiny'
param endpoint = 'http://127.0.0.1:5000/workload'
param origin = 'http://localhost:60006'

param credential = 'secret'
param credentialValue = readEnvironmentVariable('FABRIC_CREDENTIAL')
param databaseUrl = readEnvironmentVariable('DATABASE_URL')
param tokenCacheUrl = readEnvironmentVariable('TOKEN_CACHE_URL')
param tokenCacheKeys = readEnvironmentVariable('TOKEN_CACHE_KEYS')
