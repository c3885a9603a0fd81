package entratest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// A handler behind the middleware, called with a real token. In a test, entratest.New(t) starts and closes the server.
func Example() {
	entra, err := entratest.Start(entratest.Options{})
	if err != nil {
		panic(err)
	}
	defer entra.Close()
	authenticator, err := auth.New(entra.Settings())
	if err != nil {
		panic(err)
	}
	handler := authenticator.DataPlane("Forecast.Read.All")(http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }))

	request := httptest.NewRequest(http.MethodGet, "/", nil)
	request.Header.Set("Authorization", "Bearer "+entra.SubjectToken(entratest.Scopes("Forecast.Read.All")))
	response := httptest.NewRecorder()
	handler.ServeHTTP(response, request)
	fmt.Println(response.Code, response.Body)
	// Output:
	// 200 hello
}
