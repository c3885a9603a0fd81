package rediscache_test

import (
	"os"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/rediscache"
)

// Every replica of a workload has the same address and keys.
func Example() {
	keys, err := auth.ParseEncryptionKeys(os.Getenv("TOKEN_CACHE_KEYS")) // openssl rand -base64 32
	if err != nil {
		panic(err)
	}
	cache, err := rediscache.Open(os.Getenv("TOKEN_CACHE_URL")) // redis://cache:6379/0
	if err != nil {
		panic(err)
	}
	defer cache.Close()
	authenticator, err := auth.New(auth.Settings{
		TenantID: "853d9f4f-c71b-4420-b6ec-60e503458946", ClientID: "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11",
		Audience:   "api://localdevinstance/853d9f4f-c71b-4420-b6ec-60e503458946/Org.Forecast",
		Credential: auth.SecretFile("/run/secrets/fabric"),
		TokenCache: cache, TokenCacheKeys: keys,
	})
	_, _ = authenticator, err
}
