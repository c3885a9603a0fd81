package config

// EnvironmentNames are the environments of the workload: DefaultEnvironment first, then the overlays by name.
func (c *Config) EnvironmentNames() []string {
	return append([]string{DefaultEnvironment}, sortedKeys(c.Environments)...)
}

// Environment is the application and the addresses in one environment: the base with the environment's overlay on
// it. An audience that is the default one follows the tenant of the overlay. It is false for a name that is neither
// DefaultEnvironment nor in Environments.
func (c *Config) Environment(name string) (Entra, Endpoints, bool) {
	if name == DefaultEnvironment {
		return c.Entra, c.Endpoints, true
	}
	overlay, ok := c.Environments[name]
	if !ok {
		return Entra{}, Endpoints{}, false
	}
	return overlay.Entra.over(c.Entra, c.Workload.Name), overlay.Endpoints.over(c.Endpoints), true
}

// over is the base with what e gives in its place.
func (e Entra) over(base Entra, workload string) Entra {
	if base.Audience == developmentAudience(base.TenantID, workload) {
		base.Audience = ""
	}
	orElse(&e.TenantID, base.TenantID)
	orElse(&e.ClientID, base.ClientID)
	orElse(&e.Audience, base.Audience)
	orElse(&e.Audience, developmentAudience(e.TenantID, workload))
	orElse(&e.RedirectURI, base.RedirectURI)
	orElse(&e.Credential, base.Credential)
	if e.TokenVersion == 0 {
		e.TokenVersion = base.TokenVersion
	}
	return e
}

func (e Endpoints) over(base Endpoints) Endpoints {
	orElse(&e.Backend, base.Backend)
	orElse(&e.Frontend, base.Frontend)
	return e
}
