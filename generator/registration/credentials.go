package registration

import (
	"time"

	"github.com/fabgen/fabgen/generator/config"
)

// soon is how long before its end a credential is told of: long enough to renew it in working hours.
const soon = 30 * 24 * time.Hour

// checkCredentials looks at the dates of what the back-end proves itself with. That there is none is no fault: an
// application is made before its secret.
func (c *comparison) checkCredentials() {
	switch c.env.Credential {
	case config.CredentialCertificate:
		c.checkDates("keyCredentials", "certificate", c.app.Certificates,
			"upload a new certificate, and mount it where the back-end reads FABRIC_CLIENT_CERTIFICATE_FILE")
	case config.CredentialFederated:
		c.note("an export has no federated credentials; `az ad app federated-credential list --id " + c.env.ClientID +
			"` lists them")
	default:
		c.checkDates("passwordCredentials", "client secret", c.app.Secrets,
			c.provision()+" --new-secret, and give the new secret to the back-end")
	}
}

// checkDates tells of credentials none of which will last. Where one does, the others are of no account.
func (c *comparison) checkDates(member, kind string, all []Credential, fix string) {
	if len(all) == 0 {
		c.note("the export has no " + kind + ", which the back-end of " + c.env.Name + " needs: " + fix)
		return
	}
	var last time.Time
	for _, credential := range all {
		if credential.Start.After(c.now) {
			continue
		}
		if credential.End.IsZero() {
			return
		}
		if credential.End.After(last) {
			last = credential.End
		}
	}
	f := Fault{Member: member, Want: "a " + kind + " that is good for 30 days or more", Fix: fix}
	switch {
	case last.IsZero():
		f.Found = "none that is valid yet"
		f.Symptom = "every exchange fails with invalid_client (AADSTS7000215, AADSTS700027): 500 for the caller"
	case !c.now.Before(last):
		f.Found = "the last one expired on " + day(last)
		f.Symptom = "every exchange fails with invalid_client (AADSTS7000222, AADSTS700027): 500 for the caller"
	case last.Before(c.now.Add(soon)):
		f.Found = "the last one expires on " + day(last)
		f.Symptom = "from that day on every exchange fails with invalid_client (AADSTS7000222): 500 for the caller"
	default:
		return
	}
	c.fault(f)
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
