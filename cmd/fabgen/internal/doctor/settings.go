package doctor

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/runtime/workload"
)

// checkSettings lets the back-end's own code read the settings: what it refuses would keep the back-end from starting.
func (c *checkup) checkSettings(context.Context) []Result {
	const name = "back-end"
	own := make([]workload.Setting, 0, len(c.Model.OwnResources()))
	var address string
	for _, r := range c.Model.OwnResources() {
		own = append(own, workload.URLSetting(r.EnvName, r.BaseURL, r.Name, &address))
	}
	e := c.Model.Env // whose values are built into the back-end
	defaults := workload.Defaults{TenantID: e.TenantID, ClientID: e.ClientID, Audience: e.Audience, Endpoint: e.BackendURL,
		Origin: e.FrontendOrigin(), FabricURL: c.Model.FabricURL(), OneLakeURL: c.Model.OneLakeURL()}
	var s workload.Settings
	err := s.Load(defaults, own, nil, func(name string) string { return c.setting(name).value }, io.Discard)
	if err == nil {
		return ok(name, "every setting is of its form")
	}
	var out []Result
	for problem := range strings.Lines(err.Error()) {
		problem = strings.TrimSpace(problem)
		if strings.Contains(problem, "no credential") {
			out = append(out, warn(name, "no credential is set here, and the back-end does not start without one",
				"set "+c.Env.CredentialSetting()+" in its environment"+c.getSecret())...)
			continue
		}
		out = append(out, fail(name, problem, "change it in the environment or in "+backendEnv)...)
	}
	return out
}

func (c *checkup) getSecret() string {
	if c.Env.Credential != config.CredentialSecret {
		return ""
	}
	return "; entra/provision.sh --new-secret makes a secret"
}

// checkIdentity holds tenant, client ID and audience of the back-end against the environment's. Those of the default
// environment are built in; another's have to be set.
func (c *checkup) checkIdentity(context.Context) []Result {
	const name = "identity"
	var out []Result
	for _, v := range []struct{ setting, builtIn, want string }{
		{"FABRIC_TENANT_ID", c.Model.Env.TenantID, c.Env.TenantID},
		{"FABRIC_CLIENT_ID", c.Model.Env.ClientID, c.Env.ClientID},
		{"FABRIC_AUDIENCE", c.Model.Env.Audience, c.Env.Audience},
	} {
		found := c.setting(v.setting)
		same := found.value == v.want || v.setting != "FABRIC_AUDIENCE" && strings.EqualFold(found.value, v.want)
		switch {
		case found.value == "" && v.builtIn != v.want:
			out = append(out, warn(name, fmt.Sprintf("%s is not set here, and the back-end has that of %s built in", v.setting,
				c.Model.Env.Name), fmt.Sprintf("set %s to %s where the back-end of %s runs", v.setting, v.want, c.Env.Name))...)
		case found.value != "" && !same:
			out = append(out, fail(name, fmt.Sprintf("%s is %q, and fabgen.yaml says %q: the back-end refuses this "+
				"workload's tokens", found.where, found.value, v.want), "take it out, or set it to what fabgen.yaml says")...)
		}
	}
	for _, local := range []string{"ENTRA_AUTHORITY", "ENTRA_V1_ISSUER"} {
		if found := c.setting(local); found.value != "" {
			out = append(out, warn(name, found.where+" is set: the back-end trusts another Entra than Microsoft's",
				"take it out to run against Microsoft's")...)
		}
	}
	if len(out) > 0 {
		return out
	}
	return ok(name, "tenant, client ID and audience are those of fabgen.yaml")
}

// The settings that hold a credential, by its kind.
var credentialSettings = []struct{ name, kind string }{
	{"FABRIC_CLIENT_SECRET", config.CredentialSecret}, {"FABRIC_CLIENT_SECRET_FILE", config.CredentialSecret},
	{"FABRIC_CLIENT_CERTIFICATE_FILE", config.CredentialCertificate},
	{"FABRIC_FEDERATED_TOKEN_FILE", config.CredentialFederated},
}

// checkCredential looks at the credentials that are set. It shows none of them.
func (c *checkup) checkCredential(context.Context) []Result {
	const name = "credential"
	var out []Result
	for _, s := range credentialSettings {
		found := c.setting(s.name)
		switch {
		case found.value == "":
		case s.kind != c.Env.Credential:
			out = append(out, fail(name, fmt.Sprintf("%s is set, and entra.credential of %s is %s", found.where, c.Env.Name,
				c.Env.Credential), "set "+c.Env.CredentialSetting()+", or set entra.credential to "+s.kind)...)
		case s.name == "FABRIC_CLIENT_SECRET":
			out = append(out, checkSecret(found.where, found.value)...)
		case s.kind == config.CredentialCertificate:
			out = append(out, checkCertificate(found.where, found.value, c.Now())...)
		default:
			out = append(out, checkCredentialFile(s.kind, found.where, found.value)...)
		}
	}
	return out // of none checkSettings tells
}

var guid = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// checkSecret knows a secret's form alone: whether Entra takes it cannot be told without asking.
func checkSecret(where, secret string) []Result {
	const name = "credential"
	switch trimmed := strings.TrimSpace(secret); {
	case guid.MatchString(trimmed):
		return fail(name, where+" is a GUID, as the secret's ID is: Entra answers AADSTS7000215",
			"take the secret's value, which is shown once; entra/provision.sh --new-secret makes a new one")
	case trimmed == "" || trimmed != secret || strings.ContainsAny(secret, "\r\n"):
		return fail(name, where+" has white space around it, or nothing else", "set it to the secret alone")
	}
	return ok(name, where+" is set; when it expires `fabgen entra diff` tells")
}

// checkCredentialFile looks at a file with a secret or a federated token.
func checkCredentialFile(kind, where, file string) []Result {
	const name = "credential"
	data, err := readFile(file)
	if err != nil {
		return fail(name, where+": "+err.Error(), "set it to the path of the file with the "+kind)
	}
	if kind == config.CredentialSecret {
		if results := checkSecret(where, strings.TrimSpace(string(data))); results[0].Status != OK {
			return results
		}
	} else if len(strings.TrimSpace(string(data))) == 0 {
		return fail(name, where+": the file is empty", "let the platform write the token there")
	}
	return append(ok(name, where+" can be read"), checkMode(where, file)...)
}

// expiresSoon is how long before its end a certificate is told of.
const expiresSoon = 30 * 24 * time.Hour

// checkCertificate looks at the dates of the certificate; that the back-end can use the file, checkSettings has found.
func checkCertificate(where, file string, now time.Time) []Result {
	const name = "credential"
	data, err := readFile(file)
	if err != nil {
		return fail(name, where+": "+err.Error(), "set it to the path of a PEM file with certificate and key")
	}
	certificate := firstCertificate(data)
	if certificate == nil {
		return fail(name, where+": the file holds no certificate in PEM form", "put certificate and key into it as PEM")
	}
	end := certificate.NotAfter.UTC().Format(time.DateOnly)
	const renew = "make a new certificate, upload it to the application, and put it there with its key"
	mode := checkMode(where, file)
	switch {
	case now.Before(certificate.NotBefore):
		return append(fail(name, where+": the certificate is valid from "+certificate.NotBefore.UTC().Format(time.DateOnly)+
			" on", "wait, check this machine's clock, or put the former one there"), mode...)
	case !now.Before(certificate.NotAfter):
		return append(fail(name, where+": the certificate expired on "+end+" (AADSTS700027)", renew), mode...)
	case certificate.NotAfter.Before(now.Add(expiresSoon)):
		return append(warn(name, where+": the certificate expires on "+end, renew), mode...)
	}
	return append(ok(name, where+": the certificate is good until "+end), mode...)
}

// firstCertificate is the application's own: those above it follow.
func firstCertificate(data []byte) *x509.Certificate {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return nil
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
			return certificate
		}
	}
}

// checkMode warns of a credential that everybody on the machine can read.
func checkMode(where, file string) []Result {
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm()&0o004 == 0 || os.PathSeparator == '\\' {
		return nil
	}
	return warn("credential", where+": everybody on this machine can read the file", "run: chmod o-r "+file)
}
