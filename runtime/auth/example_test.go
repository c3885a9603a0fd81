package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// localEntra starts what these examples run against: in production there is Entra itself.
func localEntra() (*entratest.Server, *auth.Authenticator) {
	entra, err := entratest.Start(entratest.Options{})
	if err != nil {
		panic(err)
	}
	settings := entra.Settings()
	settings.Logger = slog.New(slog.DiscardHandler)
	authenticator, err := auth.New(settings)
	if err != nil {
		panic(err)
	}
	return entra, authenticator
}

// Flow A: the front-end calls the workload's own API.
func ExampleAuthenticator_DataPlane() {
	entra, authenticator := localEntra()
	defer entra.Close()

	forecasts := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, _ := auth.CallerFrom(r.Context())
		fmt.Fprintf(w, "forecasts of tenant %s", caller.TenantID)
	})
	handler := authenticator.DataPlane("Forecast.Read.All")(forecasts)

	for _, scope := range []string{"Forecast.Read.All", "Something.Else"} {
		r := httptest.NewRequest(http.MethodGet, "/api/forecasts", nil)
		r.Header.Set("Authorization", "Bearer "+entra.SubjectToken(entratest.Scopes(scope)))
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code == http.StatusOK {
			fmt.Println(w.Code, w.Body)
			continue
		}
		fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"))
	}
	// Output:
	// 200 forecasts of tenant 2c8e6a3d-90f1-4f57-b1a8-7d2e5c4f6b90
	// 403 Bearer error="insufficient_scope", error_description="The token lacks a scope that this operation needs.", scope="Forecast.Read.All"
}

// Flow B: Fabric calls the Workload REST contract.
func ExampleAuthenticator_ControlPlane() {
	entra, authenticator := localEntra()
	defer entra.Close()

	remove := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		caller, _ := auth.CallerFrom(r.Context())
		fmt.Println("tenant", caller.TenantID, "user", caller.HasSubject())
	})
	handler := authenticator.ControlPlane(auth.ControlPlaneRules{SubjectOptional: true})(remove)

	r := httptest.NewRequest(http.MethodDelete, "/workload/workspaces/…", nil)
	r.Header.Set("Authorization", auth.SubjectAndApp{App: entra.AppToken()}.HeaderValue())
	r.Header.Set("x-ms-client-tenant-id", entratest.DefaultUserTenantID)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Println(w.Code)
	// Output:
	// tenant 2c8e6a3d-90f1-4f57-b1a8-7d2e5c4f6b90 user false
	// 200
}

// Flow C: the workload calls Fabric's workload control with both tokens in one header.
func ExampleAuthenticator_SubjectAndAppHeader() {
	entra, authenticator := localEntra()
	defer entra.Close()

	header, err := authenticator.SubjectAndAppHeader(contextOfACall(entra, authenticator))
	if err != nil {
		panic(err)
	}
	tokens, err := auth.ParseSubjectAndApp(http.Header{"Authorization": {header}})
	fmt.Println(tokens, err)
	// Output:
	// SubjectAndApp{subject: true, app: true} <nil>
}

// Flows D and E: the workload calls a service for the user. The client is made once; each request carries the token of
// the caller in its context.
func ExampleAuthenticator_Client() {
	entra, authenticator := localEntra()
	defer entra.Close()
	service := localService(entra)
	defer service.Close()

	client := authenticator.Client(auth.Resource{
		Name: "onelake", URI: "https://storage.azure.com", Scopes: []string{"user_impersonation"},
		BaseURL: service.URL, // tokens go nowhere else
	})

	request, err := http.NewRequestWithContext(contextOfACall(entra, authenticator), http.MethodGet, service.URL, nil)
	if err != nil {
		panic(err)
	}
	response, err := client.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	fmt.Println(string(text))
	// Output:
	// a token for https://storage.azure.com with [user_impersonation]
}

// What the user has not consented to becomes an answer on which the front-end asks for consent.
func ExampleErrorFor() {
	entra, authenticator := localEntra()
	defer entra.Close()
	entra.SetConsent("https://storage.azure.com", false)

	ctx := contextOfACall(entra, authenticator)
	_, err := authenticator.Token(ctx, auth.Resource{Name: "onelake", URI: "https://storage.azure.com",
		Scopes: []string{"user_impersonation"}})

	var exchange *auth.ExchangeError
	fmt.Println(errors.As(err, &exchange), exchange.Kind)
	answer := auth.ErrorFor(err, auth.ControlPlane)
	fmt.Println(answer.Status, answer.ErrorCode == apierror.AuthUIRequired, answer.MoreDetails[0].AdditionalParameters)
	// Output:
	// true consent_required
	// 401 true [{additionalScopesToConsent https://storage.azure.com/user_impersonation}]
}

// A job takes the caller's context along and goes on after the caller's token has expired.
func ExampleAuthenticator_LongRunning() {
	entra, authenticator := localEntra()
	defer entra.Close()

	onelake := auth.Resource{Name: "onelake", URI: "https://storage.azure.com"}
	requestContext := contextOfACall(entra, authenticator)
	job, err := authenticator.LongRunning(context.WithoutCancel(requestContext), onelake)
	if err != nil {
		panic(err)
	}
	_, err = authenticator.Token(job, onelake) // hours later, too
	fmt.Println(err)
	// Output:
	// <nil>
}

// A job is taken up by another process: its store has the session's ID and nothing else of the user.
func ExampleAuthenticator_Resume() {
	entra, authenticator := localEntra()
	defer entra.Close()

	onelake := auth.Resource{Name: "onelake", URI: "https://storage.azure.com"}
	started, err := authenticator.LongRunning(contextOfACall(entra, authenticator), onelake)
	if err != nil {
		panic(err)
	}
	sessionID := auth.SessionID(started) // kept beside the job

	job, err := authenticator.Resume(context.Background(), sessionID)
	if err != nil {
		panic(err)
	}
	_, err = authenticator.Token(job, onelake)
	fmt.Println(err)
	authenticator.EndLongRunning(job)
	_, err = authenticator.Resume(context.Background(), sessionID)
	fmt.Println(errors.Is(err, auth.ErrNoSession))
	// Output:
	// <nil>
	// true
}

// contextOfACall is the context that a handler has behind DataPlane.
func contextOfACall(entra *entratest.Server, authenticator *auth.Authenticator) context.Context {
	r := httptest.NewRequest(http.MethodGet, "/api/forecasts", nil)
	r.Header.Set("Authorization", "Bearer "+entra.SubjectToken(entratest.Scopes("Forecast.Read.All")))
	caller, err := authenticator.AuthenticateData(r, "Forecast.Read.All")
	if err != nil {
		panic(err)
	}
	return auth.WithCaller(r.Context(), caller)
}

// localService is a service that checks its tokens.
func localService(entra *entratest.Server) *httptest.Server {
	service := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, err := auth.ParseBearer(r.Header)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		verified, err := entra.VerifyFor(token, "https://storage.azure.com")
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, "a token for %s with %v", verified.Audience, verified.Scopes)
	}))
	config, err := entra.Certify()
	if err != nil {
		panic(err)
	}
	service.TLS = config
	service.StartTLS()
	return service
}
