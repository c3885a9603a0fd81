// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.
//
// The environment prod. No secret belongs here: they come from the variables of whoever deploys.

using 'main.bicep'

param image = 'registry.example.com/contoso-forecast:1.0.0'
param registry = '' // such as contoso.azurecr.io, where the identity pulls from one of Azure's

param tenantId = '853d9f4f-c71b-4420-b6ec-60e503458946'
param clientId = '0b6f7c1a-6a0e-4f0b-8a39-2d5a0f5b7c22'
param audience = 'https://contoso.com/forecast/Org.ContosoForecast'
param endpoint = 'https://forecast-api.contoso.com/workload'
param origin = 'https://forecast.contoso.com'

param credential = 'certificate'
param credentialValue = readEnvironmentVariable('FABRIC_CREDENTIAL')
param databaseUrl = readEnvironmentVariable('DATABASE_URL')
param tokenCacheUrl = readEnvironmentVariable('TOKEN_CACHE_URL')
param tokenCacheKeys = readEnvironmentVariable('TOKEN_CACHE_KEYS')
