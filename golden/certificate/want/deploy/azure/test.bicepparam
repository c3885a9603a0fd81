// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.
//
// The environment test. No secret belongs here: they come from the variables of whoever deploys.

using 'main.bicep'

param image = 'registry.example.com/ledger:1.0.0'
param registry = '' // such as contoso.azurecr.io, where the identity pulls from one of Azure's

param tenantId = '2b3c4d5e-6f70-4812-93a4-b5c6d7e8f901'
param clientId = '0f1e2d3c-4b5a-4697-8879-6a5b4c3d2e1f'
param audience = 'api://localdevinstance/2b3c4d5e-6f70-4812-93a4-b5c6d7e8f901/Org.Ledger'
param endpoint = 'http://127.0.0.1:5000/workload'
param origin = 'http://localhost:60006'

param credential = 'certificate'
param credentialValue = readEnvironmentVariable('FABRIC_CREDENTIAL')
param databaseUrl = readEnvironmentVariable('DATABASE_URL')
param tokenCacheUrl = readEnvironmentVariable('TOKEN_CACHE_URL')
param tokenCacheKeys = readEnvironmentVariable('TOKEN_CACHE_KEYS')
