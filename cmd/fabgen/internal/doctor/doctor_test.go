package doctor_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/doctor"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/render"
	"github.com/fabgen/fabgen/internal/modeltest"
)

const theSecret = "s3cret~of.the-test"

// patient is a workload on disk, and a machine on which all is well.
type patient struct {
	t        *testing.T
	workload doctor.Workload
	machine  *doctor.Machine
	env      map[string]string
	versions map[string]string
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	m := modeltest.Demo(t)
	dir := t.TempDir()
	for _, env := range m.Environments {
		for template, path := range map[string]string{
			"backend/go.mod": "backend/go.mod", "frontend/package.json": "frontend/package.json",
			"frontend/.env.dev":             "frontend/.env." + env.Name,
			"manifest/WorkloadManifest.xml": "manifest/WorkloadManifest" + env.Suffix + ".xml",
		} {
			data, err := render.One(m, template, env)
			path = filepath.Join(dir, path)
			if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o600)); err != nil {
				t.Fatal(err)
			}
		}
	}
	p := &patient{t: t, env: map[string]string{"FABRIC_CLIENT_SECRET": theSecret}, versions: map[string]string{
		"go": "go1.26.0", "node": "v22.12.0", "npm": "10.9.0", "git": "git version 2.47.3", "az": "2.80.0"}}
	p.workload = doctor.Workload{Dir: dir, Model: m, Env: m.Env, Pending: func(context.Context) (int, error) { return 0, nil },
		Package: func() error { return nil }}
	p.machine = &doctor.Machine{
		LookPath: func(name string) (string, error) {
			if p.versions[name] == "" {
				return "", exec.ErrNotFound
			}
			return name, nil
		},
		Output: func(_ context.Context, name string, _ ...string) (string, error) { return p.versions[name], nil },
		Getenv: func(name string) string { return p.env[name] },
		Environ: func() (list []string) {
			for name, value := range p.env {
				list = append(list, name+"="+value)
			}
			return list
		},
		Free: func(string) error { return nil },
		Get:  func(context.Context, string) (int, string, error) { return 0, "", errors.New("nobody there") },
		Now:  time.Now,
	}
	return p
}

// results runs the checks, and gives those that did not end as ok.
func (p *patient) results() (unwell []doctor.Result) {
	p.t.Helper()
	n := 0
	err := doctor.Run(p.t.Context(), p.machine, p.workload, func(r doctor.Result) {
		n++
		if r.Group == "" || r.Name == "" || r.Found == "" || (r.Next == "") != (r.Status == doctor.OK) {
			p.t.Errorf("a result lacks something: %+v", r)
		}
		if strings.Contains(r.Found+r.Next, theSecret) {
			p.t.Error("a result shows the secret")
		}
		if r.Status != doctor.OK {
			unwell = append(unwell, r)
		}
	})
	if err != nil || n < 10 {
		p.t.Fatalf("%d results, %v", n, err)
	}
	return unwell
}

func (p *patient) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.workload.Dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// replace changes a text of a file.
func (p *patient) replace(name, old, with string) {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.workload.Dir, name))
	if err != nil || !strings.Contains(string(data), old) {
		p.t.Fatalf("%s does not hold %s: %v", name, old, err)
	}
	p.write(name, strings.ReplaceAll(string(data), old, with))
}

func (p *patient) file(name, text string) string {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func (p *patient) credential(kind, setting, value string) {
	env := *p.workload.Env
	env.Credential = kind
	p.workload.Env = &env
	delete(p.env, "FABRIC_CLIENT_SECRET")
	p.env[setting] = value
}

func TestNothingIsWrongWithAWorkloadThatIsWell(t *testing.T) {
	if unwell := newPatient(t).results(); len(unwell) > 0 {
		t.Errorf("%+v", unwell)
	}
}

func TestWhatIsWrongIsFound(t *testing.T) {
	const clientID, other = "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11", "11111111-2222-3333-4444-555555555555"
	for _, c := range []struct {
		name   string
		ail    func(*patient)
		status doctor.Status
		says   string
	}{
		{"no Go", func(p *patient) { p.versions["go"] = "" }, doctor.Failed, "go: it is not in PATH"},
		{"old Go", func(p *patient) { p.versions["go"] = "go1.20.1" }, doctor.Failed, "go: 1.20.1; backend/go.mod wants 1.26.0"},
		{"Go that gets another", func(p *patient) { p.versions["go"] = "go1.24.0" }, doctor.Warning, "downloads"},
		{"Go that may not", func(p *patient) {
			p.versions["go"] = "go1.24.0"
			p.env["GOTOOLCHAIN"] = "local"
		}, doctor.Failed, "wants 1.26.0"},
		{"a later line of go.mod", func(p *patient) { p.replace("backend/go.mod", "go 1.26.0", "go 1.99.0") }, doctor.Warning,
			"wants 1.99.0"},
		{"old Node", func(p *patient) { p.versions["node"] = "v21.0.0" }, doctor.Failed, "node: 21.0.0; frontend/package.json"},
		{"old npm", func(p *patient) { p.versions["npm"] = "9.0.0" }, doctor.Failed, "wants >=10"},
		{"npm that says nothing", func(p *patient) { p.versions["npm"] = "error" }, doctor.Failed, "does not tell its version"},
		{"no git", func(p *patient) { p.versions["git"] = "" }, doctor.Warning, "git: it is not in PATH"},
		{"no Azure CLI", func(p *patient) { p.versions["az"] = "" }, doctor.Warning, "az: the Azure CLI"},
		{"a range of another form", func(p *patient) { p.replace("frontend/package.json", ">=10", "10.x") }, doctor.Warning,
			"npm: 10.9.0"},
		{"a port that is taken", func(p *patient) {
			p.machine.Free = func(a string) error {
				if strings.HasSuffix(a, ":5000") {
					return errors.New("in use")
				}
				return nil
			}
		}, doctor.Failed, "127.0.0.1:5000 is taken"},
		{"another's front-end", func(p *patient) {
			p.machine.Free = func(a string) error {
				if strings.HasSuffix(a, ":60006") {
					return errors.New("in use")
				}
				return nil
			}
			p.machine.Get = func(context.Context, string) (int, string, error) { return 200, `{"name": "Org.Other"}`, nil }
		}, doctor.Failed, "127.0.0.1:60006 is taken"},
		{"files out of date", func(p *patient) {
			p.workload.Pending = func(context.Context) (int, error) { return 3, nil }
		}, doctor.Failed, "3 of them differ"},
		{"a state that cannot be read", func(p *patient) {
			p.workload.Pending = func(context.Context) (int, error) { return 0, errors.New("state is broken") }
		}, doctor.Failed, "state is broken"},
		{"manifests that break a rule", func(p *patient) {
			p.workload.Package = func() error { return errors.New("Product.json: no name") }
		}, doctor.Failed, "Product.json: no name"},
		{"a manifest of another application", func(p *patient) {
			p.replace("manifest/WorkloadManifest.xml", clientID, other)
		}, doctor.Failed, "AppId is \"" + other},
		{"no manifest", func(p *patient) { p.write("manifest/WorkloadManifest.xml", "<a") }, doctor.Failed, "WorkloadManifest.xml"},
		{"front-end settings changed", func(p *patient) { p.replace("frontend/.env.dev", clientID, other) }, doctor.Failed,
			"VITE_CLIENT_ID is \"" + other},
		{"front-end settings of one's own", func(p *patient) {
			p.write("frontend/.env.dev.local", "VITE_AUDIENCE=api://x\n")
		}, doctor.Failed, "(frontend/.env.dev.local)"},
		{"a secret in the front-end", func(p *patient) { p.write("frontend/.env.local", "VITE_CLIENT_SECRET="+theSecret) },
			doctor.Failed, "for everybody to read"},
		{"another tenant", func(p *patient) { p.env["FABRIC_TENANT_ID"] = other }, doctor.Failed, "FABRIC_TENANT_ID is \"" + other},
		{"another audience in .env", func(p *patient) { p.write("backend/.env", "FABRIC_AUDIENCE=api://x") }, doctor.Failed,
			"FABRIC_AUDIENCE in backend/.env is"},
		{"a client ID of no form", func(p *patient) { p.env["FABRIC_CLIENT_ID"] = "x" }, doctor.Failed, "a GUID is right"},
		{"an address of no form", func(p *patient) { p.env["PRICING_URL"] = "http://pricing.contoso.com" }, doctor.Failed,
			"PRICING_URL"},
		{"another Entra", func(p *patient) { p.env["ENTRA_AUTHORITY"] = "https://localhost:8443" }, doctor.Warning,
			"another Entra"},
		{"no credential", func(p *patient) { delete(p.env, "FABRIC_CLIENT_SECRET") }, doctor.Warning, "no credential"},
		{"two credentials", func(p *patient) { p.env["FABRIC_CLIENT_SECRET_FILE"] = p.file("secret", theSecret) }, doctor.Failed,
			"one is right"},
		{"the secret's ID", func(p *patient) { p.env["FABRIC_CLIENT_SECRET"] = other }, doctor.Failed, "AADSTS7000215"},
		{"a secret with a line break", func(p *patient) { p.env["FABRIC_CLIENT_SECRET"] = theSecret + "\n" }, doctor.Failed,
			"white space"},
		{"a secret where a certificate belongs", func(p *patient) {
			p.credential(config.CredentialCertificate, "FABRIC_CLIENT_SECRET", theSecret)
		}, doctor.Failed, "entra.credential of dev is certificate"},
		{"an expired certificate", func(p *patient) {
			p.credential(config.CredentialCertificate, "FABRIC_CLIENT_CERTIFICATE_FILE", p.certificate(-time.Hour))
		}, doctor.Failed, "the certificate expired on"},
		{"a certificate that expires soon", func(p *patient) {
			p.credential(config.CredentialCertificate, "FABRIC_CLIENT_CERTIFICATE_FILE", p.certificate(10*24*time.Hour))
		}, doctor.Warning, "the certificate expires on"},
		{"a certificate that all can read", func(p *patient) {
			file := p.certificate(365 * 24 * time.Hour)
			if err := os.Chmod(file, 0o644); err != nil {
				p.t.Fatal(err)
			}
			p.credential(config.CredentialCertificate, "FABRIC_CLIENT_CERTIFICATE_FILE", file)
		}, doctor.Warning, "everybody on this machine"},
		{"no certificate in the file", func(p *patient) {
			p.credential(config.CredentialCertificate, "FABRIC_CLIENT_CERTIFICATE_FILE", p.file("x.pem", "nothing"))
		}, doctor.Failed, "no certificate in PEM form"},
		{"no file", func(p *patient) {
			p.credential(config.CredentialFederated, "FABRIC_FEDERATED_TOKEN_FILE", "/no/such/file")
		}, doctor.Failed, "/no/such/file"},
		{"another environment", func(p *patient) {
			p.workload.Env = p.workload.Model.Environment("prod")
			p.credential(config.CredentialSecret, "FABRIC_CLIENT_SECRET", theSecret)
		}, doctor.Warning, "set FABRIC_CLIENT_ID to 0b6f7c1a-6a0e-4f0b-8a39-2d5a0f5b7c22"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t)
			c.ail(p)
			unwell := p.results()
			for _, r := range unwell {
				if r.Status == c.status && strings.Contains(r.Name+": "+r.Found+"\n"+r.Next, c.says) {
					return
				}
			}
			t.Errorf("%q as %s is not among %+v", c.says, c.status, unwell)
		})
	}
}

// certificate makes a file with a key and a certificate that is good for that long from now on.
func (p *patient) certificate(good time.Duration) string {
	p.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		p.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-48 * time.Hour),
		NotAfter: time.Now().Add(good)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		p.t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return p.file("certificate.pem", string(text)+string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

// A workload that runs has its ports, and a good certificate is well.
func TestWhatRunsIsWell(t *testing.T) {
	p := newPatient(t)
	p.machine.Free = func(string) error { return errors.New("in use") }
	p.machine.Get = func(_ context.Context, url string) (int, string, error) {
		if strings.HasSuffix(url, "/healthz") {
			return 200, `{"status":"ok"}`, nil
		}
		return 200, `{"extension":{"name":"Org.ContosoForecast"}}`, nil
	}
	p.credential(config.CredentialCertificate, "FABRIC_CLIENT_CERTIFICATE_FILE", p.certificate(365*24*time.Hour))
	if unwell := p.results(); len(unwell) > 0 {
		t.Errorf("%+v", unwell)
	}
}

// The machine is this one: a port that is listened on is taken, and a tool that is there tells its version.
func TestThisMachine(t *testing.T) {
	m := doctor.ThisMachine()
	out, err := m.Output(t.Context(), "go", "env", "GOVERSION")
	if err != nil || !strings.HasPrefix(out, "go1.") {
		t.Errorf("%q, %v", out, err)
	}
	if err := m.Free("127.0.0.1:0"); err != nil {
		t.Error(err)
	}
	if _, _, err := m.Get(t.Context(), "http://127.0.0.1:1/"); err == nil {
		t.Error("somebody answers at port 1")
	}
}
