package model

import (
	"testing"

	"github.com/fabgen/fabgen/generator/config"
)

// A made handler asks Fabric for what the configured permissions are enough for, and for no more.
func TestBehaviourOfFabric(t *testing.T) {
	for _, c := range []struct{ scope, as, onNone, onItem string }{
		{"Workspace.Read.All", config.AsUser, behaviourFabric, behaviourFabric},
		{"Item.ReadWrite.All", config.AsUser, behaviourToken, behaviourFabricItem},
		{"Lakehouse.Read.All", config.AsUser, behaviourToken, behaviourToken},
		{everyPermission, config.AsUser, behaviourFabric, behaviourFabricItem},
		{everyPermission, config.AsApp, behaviourFabric, behaviourFabricItem},
	} {
		fabric := resource(fabricServiceApp, c.as, true, Permission{Name: c.scope})
		fabric.Name, fabric.BaseURL = fabricName, "https://api.fabric.microsoft.com"
		onNone, onItem := &Route{Resource: fabric}, &Route{Resource: fabric, Item: &Item{}}
		if onNone.Behaviour() != c.onNone || onItem.Behaviour() != c.onItem || fabric.Sample() != c.onItem {
			t.Errorf("%s as %s: %s, %s and %s", c.scope, c.as, onNone.Behaviour(), onItem.Behaviour(), fabric.Sample())
		}
	}
}
