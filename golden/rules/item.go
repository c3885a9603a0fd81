package rules

import (
	"path"
	"slices"
	"strings"
)

// item is what the product manifest must agree with in one item's manifests.
type item struct {
	name string   // the type's name without the workload's
	jobs []string // full names
}

const product = "Product"

// checkItems checks the XML and the JSON manifest of every item; each file has the other beside it.
func (c *checker) checkItems(workloads []workload) []item {
	if len(workloads) == 0 {
		return nil
	}
	var out []item
	seen := map[string]bool{}
	for _, file := range c.list(manifestFolder, ".xml") {
		if _, ok := environmentOf(file, workloadManifest); ok {
			continue
		}
		root := c.parse(file)
		if root == nil || !c.root(file, root, "ItemManifestConfiguration") {
			continue
		}
		it := c.checkItemXML(file, root, workloads[0].name)
		if seen[it.name] {
			c.add(file, "TypeName", quote(it.name), "a type of its own")
		}
		seen[it.name] = true
		c.checkItemJSON(strings.TrimSuffix(file, ".xml")+".json", it)
		out = append(out, it)
	}
	for _, file := range c.list(manifestFolder, ".json") {
		name := strings.TrimSuffix(path.Base(file), ".json")
		if name != product && !slices.ContainsFunc(out, func(it item) bool { return it.name == name }) {
			c.add(file, "", "no XML manifest of the item "+name, "one XML and one JSON manifest an item")
		}
	}
	return out
}

func (c *checker) checkItemXML(file string, root *node, workloadName string) item {
	c.expect(file, root, "Item")
	n := root.child("Item")
	c.attributes(file, n, "TypeName", "Category", "CreateOneLakeFoldersOnArtifactCreation")
	c.oneOf(file, "Category", n.attr("Category"), "Code", "Data", "Unknown")
	c.oneOf(file, "CreateOneLakeFoldersOnArtifactCreation", n.attr("CreateOneLakeFoldersOnArtifactCreation"),
		"true", "false")
	c.expect(file, n, "Workload", "JobScheduler?")
	c.attributes(file, n.child("Workload"), "WorkloadName")
	c.equal(file, "WorkloadName", n.child("Workload").attr("WorkloadName"), workloadName)

	typeName := n.attr("TypeName")
	it := item{name: c.nameUnder(file, "TypeName", typeName, workloadName, 64)}
	c.equal(file, "TypeName", it.name, strings.TrimSuffix(path.Base(file), ".xml"))
	scheduler := n.child("JobScheduler")
	if len(scheduler.children) == 0 {
		return it
	}
	c.expect(file, scheduler, "OnDemandJobDeduplicateOptions", "ScheduledJobDeduplicateOptions", "ItemJobTypes")
	for _, option := range []string{"OnDemandJobDeduplicateOptions", "ScheduledJobDeduplicateOptions"} {
		c.oneOf(file, option, scheduler.child(option).value(), "None", "PerItem", "PerUser")
	}
	it.jobs = c.checkJobs(file, scheduler.child("ItemJobTypes"), typeName)
	return it
}

func (c *checker) checkJobs(file string, n *node, typeName string) []string {
	c.expect(file, n, "ItemJobType*")
	if len(n.children) == 0 {
		c.add(file, n.name, "no element", "at least one ItemJobType")
	}
	var out []string
	for _, job := range n.children {
		c.attributes(file, job, "Name")
		name := job.attr("Name")
		c.nameUnder(file, "ItemJobType Name", name, typeName, 96)
		if slices.Contains(out, name) {
			c.add(file, "ItemJobType Name", quote(name), "each job once")
		}
		out = append(out, name)
	}
	return out
}

// nameUnder checks a name that is its parent's, a dot and one segment, and gives that segment.
func (c *checker) nameUnder(file, where, name, parent string, most int) string {
	rest, ok := strings.CutPrefix(name, parent+".")
	if !ok || rest == "" || strings.ContainsAny(rest, ". ") {
		c.add(file, where, quote(name), quote(parent+".<name>"))
	}
	if len(name) > most {
		c.add(file, where, quote(name), "at most "+number(most)+" characters")
	}
	return rest
}

func (c *checker) checkItemJSON(file string, it item) {
	m := c.object(file)
	if m == nil {
		return
	}
	c.equal(file, "name", m.text("name"), it.name)
	m.key("displayName")
	m.key("displayNamePlural")
	if p := m.text("editor.path"); !strings.HasPrefix(p, "/") {
		m.add("editor.path", quote(p), "a path that begins with a slash")
	}
	m.image("icon.name")
	m.image("activeIcon.name")
	c.checkMenu(m, "contextMenuItems")
	c.checkMenu(m, "quickActionItems")
	m.boolean("supportedInMonitoringHub")
	m.boolean("supportedInDatahubL1")
	actions := m.at("itemJobActionConfig.registeredActions")
	if len(it.jobs) > 0 {
		for _, name := range []string{"detail", "cancel", "retry"} {
			actions.required(name + ".action")
		}
	}
	c.checkItemSettings(m.at("itemSettings"), it)
	for _, name := range []string{"onInit", "onDeactivate", "canDeactivate", "canDestroy", "onDestroy", "onDelete"} {
		m.required("editorTab." + name)
	}
}

// checkMenu checks the entries of a menu: Fabric's own ones need a name alone, and a setting.
func (c *checker) checkMenu(m *members, name string) {
	for _, entry := range m.list(name) {
		switch entry.text("name") {
		case "":
			entry.add("name", "none", "a name")
		case "schedule":
			m.required("itemSettings.schedule.itemJobType")
		case "recentruns":
			m.required("itemSettings.recentRun")
		default:
			entry.key("displayName")
			entry.key("tooltip")
			entry.image("icon.name")
			entry.required("handler.action")
		}
	}
}

func (c *checker) checkItemSettings(m *members, it item) {
	m.required("getItemSettings.action")
	if !m.has("schedule") {
		return
	}
	if job := m.text("schedule.itemJobType"); !slices.Contains(it.jobs, job) {
		m.add("schedule.itemJobType", quote(job), "one of the item's jobs")
	}
	c.oneOf(m.file, m.path+".schedule.refreshType", m.text("schedule.refreshType"), "None", "Refresh", "Run")
}
