package flowtest

import "github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"

// The people of Seed, by their object IDs.
const (
	willing  = "5d0f3a1e-8b27-4c69-9e14-2a6b7c8d9e01" // has consented to everything
	asked    = "5d0f3a1e-8b27-4c69-9e14-2a6b7c8d9e02" // has not, and will
	decliner = "5d0f3a1e-8b27-4c69-9e14-2a6b7c8d9e03" // has not, and will not
	failing  = "5d0f3a1e-8b27-4c69-9e14-2a6b7c8d9e04" // has consented, and fails a second proof
	foreign  = "5d0f3a1e-8b27-4c69-9e14-2a6b7c8d9e05" // of another tenant
)

// Seed is who a Bench's Entra knows: a person for each way of answering.
func Seed() *localentra.Seed {
	return &localentra.Seed{
		Tenants: []localentra.Tenant{
			{Name: "Contoso", Domain: "contoso.example", Home: true},
			{Name: "Fabrikam", Domain: "fabrikam.example", ID: "2c8e6a3d-90f1-4f57-b1a8-7d2e5c4f6b90", Installed: true},
		},
		Users: []localentra.User{
			{ID: willing, Name: "Wanda Willingham", UserName: "wanda.willingham", Tenant: "contoso.example", Consented: true},
			{ID: asked, Name: "Asta Askeland", UserName: "asta.askeland", Tenant: "contoso.example", Admin: true},
			{ID: decliner, Name: "Declan Decliner", UserName: "declan.decliner", Tenant: "contoso.example", Admin: true,
				DeclinesConsent: true},
			{ID: failing, Name: "Finn Failington", UserName: "finn.failington", Tenant: "contoso.example", Consented: true,
				FailsMFA: true},
			{ID: foreign, Name: "Frida Fremdling", UserName: "frida.fremdling", Tenant: "fabrikam.example", Consented: true},
		},
	}
}
