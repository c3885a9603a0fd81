package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/mod/module"
)

// The rules of every text in fabgen.yaml but addresses, which have their own file.
var (
	apiVersionRule = oneOf("fabgen/v1")
	anyText        = &rule{want: "a text", max: 256}
	longText       = &rule{want: "a text", max: 1000}
	categoryRule   = oneOf("Data", "Code", "Unknown")
	credentialRule = oneOf(CredentialSecret, CredentialCertificate, CredentialFederated)
	asRule         = oneOf(AsUser, AsApp)

	workloadNameRule = &rule{
		want: "two segments of letters, digits and dashes with a dot between, a letter or digit first in each, such as " +
			"Org.ContosoForecast",
		max:     32,
		pattern: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*\.[A-Za-z0-9][A-Za-z0-9-]*$`),
		explain: explainWorkloadName,
	}
	versionRule = &rule{
		want: "a semantic version, such as 1.0.0",
		max:  16,
		pattern: regexp.MustCompile(`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)` +
			`(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?` +
			`(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`),
		suggest: suggestVersion,
	}
	moduleRule = &rule{
		want:    "a Go module path, such as example.com/contoso/forecast",
		max:     200,
		pattern: regexp.MustCompile(`^[A-Za-z0-9._~/-]+$`),
		also:    explainModule,
	}
	guidRule = &rule{
		want:    "a GUID, such as 853d9f4f-c71b-4420-b6ec-60e503458946",
		max:     36,
		pattern: regexp.MustCompile(`^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$`),
		normal:  strings.ToLower,
		suggest: suggestGUID,
	}
	scopeNameRule = &rule{
		want:    "letters, digits, dots, dashes and underscores, a letter or digit first, such as Forecast.Read.All",
		max:     120,
		pattern: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`),
		also:    explainScope,
	}
	resourceScopeRule = &rule{
		want:    "a scope of the resource, such as user_impersonation or .default, without its URI",
		max:     120,
		pattern: regexp.MustCompile(`^(\.default|[A-Za-z0-9][A-Za-z0-9._-]*)$`),
		suggest: suggestResourceScope,
	}
	resourceNameRule = &rule{
		want:    "letters, digits and dashes, a letter first, such as onelake or pricing-api",
		max:     64,
		pattern: regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`),
	}
	itemNameRule  = identifierRule("an item name of letters and digits, a letter first, such as Forecast")
	jobNameRule   = identifierRule("a job name of letters and digits, a letter first, such as Train")
	routeNameRule = identifierRule("a route name of letters and digits, a letter first, such as getForecast")
	methodRule    = oneOf("GET", "POST", "PUT", "PATCH", "DELETE")
	pathRule      = &rule{
		want:    "a path such as /forecasts/{forecastId}",
		max:     500,
		pattern: regexp.MustCompile(`^(/([A-Za-z0-9._~-]+|\{[A-Za-z_][A-Za-z0-9_]*\}))+$`),
		explain: explainPath,
		also:    explainSegments,
	}
	permissionRule = &rule{
		want:    "an item permission of Fabric, such as " + strings.Join(permissions[:4], ", "),
		max:     64,
		pattern: regexp.MustCompile(`^[A-Za-z]+$`),
		also:    explainPermission,
		suggest: func(s string) string { return Nearest(s, permissions) },
	}
	environmentRule = &rule{
		want:    "an environment name of lower-case letters, digits and dashes, a letter first, such as prod",
		max:     32,
		pattern: regexp.MustCompile(`^[a-z][a-z0-9-]*$`),
		also:    explainEnvironment,
		suggest: strings.ToLower,
	}
)

// permissions are the words that Fabric answers with when it is asked what a user may do with an item.
var permissions = []string{"Read", "Write", "Reshare", "Execute", "Explore", "ReadAll", "Build", "Share", "ViewOutput",
	"ViewLogs", "SubscribeOneLakeEvents"}

// controlPlaneScope is the scope that Fabric itself calls with; the application always has it.
const controlPlaneScope = "FabricWorkloadControl"

func identifierRule(want string) *rule {
	return &rule{want: want, max: 64, pattern: regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`), also: explainFileName}
}

func explainWorkloadName(s string) string {
	switch n := strings.Count(s, ".") + 1; {
	case n == 1:
		return ", which has one segment"
	case n > 2:
		return fmt.Sprintf(", which has %d segments", n)
	}
	return ""
}

func explainModule(s string) string {
	if err := module.CheckPath(s); err != nil {
		reason := err.Error()
		var inner *module.InvalidPathError
		if errors.As(err, &inner) && inner.Err != nil {
			reason = inner.Err.Error()
		}
		return ", which Go does not take (" + reason + ")"
	}
	const own = "github.com/fabgen/fabgen"
	if s == own || strings.HasPrefix(s, own+"/") {
		return ", which is fabgen's own"
	}
	return ""
}

func explainScope(s string) string {
	if strings.EqualFold(s, controlPlaneScope) {
		return ", which Fabric's own calls use and which fabgen adds"
	}
	return ""
}

func explainPath(s string) string {
	switch {
	case !strings.HasPrefix(s, "/"):
		return ", which does not begin with a slash"
	case strings.HasSuffix(s, "/"):
		return ", which ends with a slash"
	case strings.Contains(s, "//"):
		return ", which has an empty segment"
	case strings.Contains(s, "...}"), strings.Contains(s, "{$}"):
		return ", which has a wildcard that is not one segment"
	case strings.ContainsAny(s, "?#"):
		return ", which has a query or a fragment"
	case strings.ContainsAny(s, "{}"):
		return ", which has a parameter that is no name in braces, or beside other text"
	}
	return ""
}

// explainSegments finds what the pattern of a path lets through: dot segments and a parameter that comes twice.
func explainSegments(s string) string {
	seen := map[string]bool{}
	for _, segment := range strings.Split(s, "/") {
		switch {
		case segment == "." || segment == "..":
			return ", which has the segment " + segment
		case segment == "{_}":
			return ", which has a parameter without a name"
		case strings.HasPrefix(segment, "{") && seen[segment]:
			return ", which has the parameter " + segment + " twice"
		}
		seen[segment] = true
	}
	return ""
}

// explainPermission refuses a word that is one slip away from a permission, since a route with it would let nobody in.
func explainPermission(s string) string {
	if len(s) < 4 {
		return ""
	}
	for _, p := range permissions {
		if strings.EqualFold(s, p) {
			return ""
		}
	}
	for _, p := range permissions {
		if edits(strings.ToLower(s), strings.ToLower(p), 2) < 2 {
			return ", which Fabric does not know"
		}
	}
	return ""
}

func explainEnvironment(s string) string {
	if s == DefaultEnvironment {
		return ", which is what stands outside environments"
	}
	return explainFileName(s)
}

// explainFileName refuses the names that Windows keeps for devices: a file of that name cannot be checked out there.
func explainFileName(s string) string {
	if deviceName.MatchString(s) {
		return ", which Windows keeps for a device"
	}
	return ""
}

var deviceName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

func suggestVersion(s string) string {
	s = strings.TrimPrefix(s, "v")
	for strings.Count(s, ".") < 2 {
		s += ".0"
	}
	return s
}

// suggestGUID puts dashes where they were left out, and takes braces away.
func suggestGUID(s string) string {
	hex := strings.NewReplacer("-", "", "{", "", "}", "", " ", "").Replace(s)
	if len(hex) != 32 {
		return ""
	}
	return strings.ToLower(strings.Join([]string{hex[:8], hex[8:12], hex[12:16], hex[16:20], hex[20:]}, "-"))
}

// suggestResourceScope takes the URI off a scope that was written in full.
func suggestResourceScope(s string) string {
	return s[strings.LastIndex(s, "/")+1:]
}
