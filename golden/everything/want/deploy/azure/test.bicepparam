// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.
//
// The environment test. No secret belongs here: they come from the variables of whoever deploys.

using 'main.bicep'

param image = 'registry.example.com/everything:12.34.56-rc.1'
param registry = '' // such as contoso.azurecr.io, where the identity pulls from one of Azure's

param tenantId = '0b6f7c1a-6a0e-4f0b-8a39-2d5a0f5b7c22'
param clientId = '4a5b6c7d-8e9f-4011-8223-344556677889'
param audience = 'api://localdevinstance/0b6f7c1a-6a0e-4f0b-8a39-2d5a0f5b7c22/Org.Everything'
param endpoint = 'https://everything-api.contoso.com/workload'
param origin = 'https://everything.contoso.com'

param credential = 'secret'
param credentialValue = readEnvironmentVariable('FABRIC_CREDENTIAL')
param databaseUrl = readEnvironmentVariable('DATABASE_URL')
param tokenCacheUrl = readEnvironmentVariable('TOKEN_CACHE_URL')
param tokenCacheKeys = readEnvironmentVariable('TOKEN_CACHE_KEYS')
