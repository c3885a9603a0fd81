package config

import (
	"regexp"
	"strconv"
	"strings"
)

// The parts that the patterns of addresses are made of. An address holds no user, query, fragment, percent sign or
// slash at the end: none of them has a meaning here, and each breaks something somewhere.
const (
	hostPart     = `[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*`
	portPart     = `(:[0-9]+)?`
	segmentPart  = `(/[A-Za-z0-9._~-]+)`
	securePart   = `https://(` + hostPart + `|\[::1\])` + portPart
	loopbackPart = `http://(localhost|127\.0\.0\.1|\[::1\])` + portPart
)

// development is how the application ID URI of a workload in development begins; the tenant ID and the workload name
// follow (Fabric Workload Development Kit, "Authentication setup").
const development = "api://localdevinstance/"

var (
	audienceRule = &rule{
		want: development + "<tenant ID>/<workload name>[/<subpath>], or an https:// URI of a verified domain that " +
			"ends with the workload name",
		max: 255,
		pattern: regexp.MustCompile(`^(` + development + `[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/` +
			`[A-Za-z0-9-]+\.[A-Za-z0-9-]+(/[A-Za-z0-9-]{1,36})?|https://` + hostPart + segmentPart + `+)$`),
		explain: explainAudience,
		also:    explainAddress,
		suggest: suggestAudience,
	}
	redirectRule = &rule{
		want: "the absolute https:// address of the page that closes the pop-up (http:// on this machine), such as " +
			defaultRedirectURI,
		max: 255,
		pattern: regexp.MustCompile(`^(` + securePart + `|http://(localhost|127\.0\.0\.1)` + portPart + `)` +
			segmentPart + `+$`),
		normal:  lowerHost,
		explain: explainRedirect,
		also:    explainAddress,
	}
	endpointRule = &rule{
		want: "an absolute https:// address without a slash at the end (http:// on this machine), such as " +
			defaultBackend,
		max:     255,
		pattern: regexp.MustCompile(`^(` + securePart + `|` + loopbackPart + `)` + segmentPart + `*$`),
		normal:  lowerHost,
		explain: explainAddress,
		also:    explainAddress,
		suggest: withoutSlash,
	}
	resourceURIRule = &rule{
		want:    "the resource's application ID URI, https://… or api://…, without a slash at the end",
		max:     255,
		pattern: regexp.MustCompile(`^(https|api)://` + hostPart + portPart + segmentPart + `*$`),
		explain: explainAddress,
		also:    explainAddress,
		suggest: withoutSlash,
	}
)

// explainAudience says which of the two forms was meant, and what keeps it from being that.
func explainAudience(s string) string {
	rest, dev := strings.CutPrefix(s, development)
	parts := strings.Split(rest, "/")
	switch {
	case strings.HasSuffix(s, "/"):
		return ", which ends with a slash"
	case dev && len(parts) > 3:
		return ", whose subpath has " + strconv.Itoa(len(parts)-2) + " segments"
	case dev && len(parts) == 3 && len(parts[2]) > 36:
		return ", whose subpath has " + strconv.Itoa(len(parts[2])) + " characters, more than 36"
	case dev && parts[0] != strings.ToLower(parts[0]):
		return ", whose tenant ID is not in lower case"
	case !dev && strings.HasPrefix(s, "api://"):
		return ", which Fabric takes neither in development nor in production"
	case dev:
		return ""
	}
	return explainAddress(s)
}

func withoutSlash(s string) string { return strings.TrimRight(s, "/") }

// suggestAudience mends case and slashes.
func suggestAudience(s string) string {
	tenant, rest, _ := strings.Cut(strings.TrimPrefix(withoutSlash(s), development), "/")
	if !isDevelopment(s) {
		return withoutSlash(s)
	}
	return development + strings.ToLower(tenant) + "/" + rest
}

func explainRedirect(s string) string {
	_, rest, _ := strings.Cut(s, "://")
	if !strings.Contains(strings.TrimSuffix(rest, "/"), "/") && explainAddress(strings.TrimSuffix(s, "/")) == "" {
		return ", which has no path"
	}
	return explainAddress(s)
}

// explainAddress says why an address is not one, or "" where it is.
func explainAddress(s string) string {
	scheme, rest, absolute := strings.Cut(s, "://")
	host, path, _ := strings.Cut(rest, "/")
	switch {
	case !absolute:
		return ", which is not absolute"
	case strings.ContainsAny(s, "?#"):
		return ", which has a query or a fragment"
	case strings.Contains(host, "@"):
		return ", which has a user name"
	case strings.HasSuffix(s, "/"):
		return ", which ends with a slash"
	case strings.Contains(path, "//"):
		return ", which has an empty segment"
	case scheme == "http" && !isLoopback(host):
		return ", which is http:// on another machine"
	}
	for _, segment := range strings.Split(path, "/") {
		if segment == "." || segment == ".." {
			return ", which has the segment " + segment
		}
	}
	return explainPort(host)
}

func explainPort(host string) string {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.HasSuffix(host, "]") {
		return ""
	}
	if port, err := strconv.ParseUint(host[i+1:], 10, 16); err != nil || port == 0 {
		return ", whose port is not from 1 to 65535"
	}
	return ""
}

func isLoopback(host string) bool {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return host == "localhost" || host == "127.0.0.1" || host == "[::1]"
}

// lowerHost writes scheme and host in lower case, as browsers send them in Origin.
func lowerHost(s string) string {
	scheme, rest, _ := strings.Cut(s, "://")
	host, path, slash := strings.Cut(rest, "/")
	if slash {
		path = "/" + path
	}
	return strings.ToLower(scheme+"://"+host) + path
}

// isDevelopment tells whether an audience is one that Fabric takes from workloads in development alone.
func isDevelopment(audience string) bool {
	return strings.HasPrefix(audience, development)
}
