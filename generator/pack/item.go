package pack

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The most characters of names (Fabric Workload Development Kit, "Backend manifest").
const (
	maxTypeName = 64
	maxJobName  = 96
)

// item is what other rules need of one item's XML manifest.
type item struct {
	name string   // without the workload's
	jobs []string // full names
}

// checkItems checks each item's XML and JSON manifest, which stand beside each other.
func (c *checker) checkItems() {
	for _, s := range c.list(folder, ".xml") {
		if _, ok := environmentOf(s.file); ok {
			continue
		}
		it := c.checkItemXML(s)
		c.items = append(c.items, it)
		file := strings.TrimSuffix(s.file, ".xml") + ".json"
		if c.files[file] == nil {
			c.absent(file, "the JSON manifest beside "+s.file)
			continue
		}
		c.checkItemJSON(c.files[file], it)
	}
	for _, s := range c.list(folder, ".json") {
		beside := strings.TrimSuffix(s.file, ".json") + ".xml"
		if s.file != productFile && c.files[beside] == nil && !c.reported(beside) {
			c.addFile(s.file, "a JSON manifest without "+path.Base(beside), "an XML and a JSON manifest for each item",
				"add the item to fabgen.yaml and run `fabgen generate`, or remove the file")
		}
	}
}

func (c *checker) checkItemXML(s *source) item {
	it := item{name: strings.TrimSuffix(path.Base(s.file), ".xml")}
	root := c.parseXML(s, "ItemManifestConfiguration")
	if root == nil || !c.childrenOf(root, "Item") {
		return it
	}
	e := root.child("Item")
	c.attributes(e, "TypeName", "Category", "CreateOneLakeFoldersOnArtifactCreation")
	c.attrOneOf(e, "Category", "Code", "Data", "Unknown")
	c.attrOneOf(e, "CreateOneLakeFoldersOnArtifactCreation", "true", "false")
	typeName := e.attr("TypeName")
	c.checkName(e, "TypeName", c.workload.name, maxTypeName)
	if own, ok := strings.CutPrefix(typeName, c.workload.name+"."); ok && own != it.name {
		c.attribute(e, "TypeName", quote(typeName), quote(c.workload.name+"."+it.name)+", since the file is "+path.Base(s.file), "")
	}
	if c.childrenOf(e, "Workload", "JobScheduler?") {
		c.attributes(e.child("Workload"), "WorkloadName")
		if c.workload.name != "" {
			c.attrOneOf(e.child("Workload"), "WorkloadName", c.workload.name)
		}
	}
	if scheduler := e.child("JobScheduler"); scheduler != nil {
		it.jobs = c.checkScheduler(scheduler, typeName)
	}
	return it
}

func (c *checker) checkScheduler(e *element, typeName string) []string {
	if !c.childrenOf(e, "OnDemandJobDeduplicateOptions", "ScheduledJobDeduplicateOptions", "ItemJobTypes") {
		return nil
	}
	for _, name := range []string{"OnDemandJobDeduplicateOptions", "ScheduledJobDeduplicateOptions"} {
		c.oneOf(e.child(name), "None", "PerItem", "PerUser")
	}
	types := e.child("ItemJobTypes")
	c.childrenOf(types, "ItemJobType*")
	if len(types.children) == 0 {
		c.element(types, "no element", "at least one ItemJobType, or no JobScheduler", "")
	}
	var jobs []string
	for _, job := range types.children {
		c.attributes(job, "Name")
		c.checkName(job, "Name", typeName, maxJobName)
		name := job.attr("Name")
		if name != "" && slices.Contains(jobs, name) {
			c.attribute(job, "Name", quote(name)+" a second time", "each job once", "")
		}
		jobs = append(jobs, name)
	}
	return jobs
}

var segment = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// checkName checks an attribute that is its parent's name, a dot and one more segment.
func (c *checker) checkName(e *element, attr, parent string, most int) {
	name := e.attr(attr)
	if name == "" || parent == "" {
		return // reported already
	}
	last, ok := strings.CutPrefix(name, parent+".")
	switch {
	case !ok || !segment.MatchString(last):
		c.attribute(e, attr, quote(name), parent+".<name>, the name of letters, digits and dashes", "")
	case len(name) > most:
		c.attribute(e, attr, fmt.Sprintf("%s, %d characters", quote(name), len(name)), fmt.Sprintf("at most %d characters", most), "")
	}
}

// checkItemJSON checks what the portal is told of an item.
func (c *checker) checkItemJSON(s *source, it item) {
	o := c.parseJSON(s)
	if o == nil {
		return
	}
	o.reference(o.value, "")
	if name := o.text("name"); name != "" && name != it.name {
		o.add("name", quote(name), quote(it.name)+", as in the XML manifest beside it", "")
	}
	o.key("displayName")
	o.key("displayNamePlural")
	if p := o.text("editor.path"); p != "" && !strings.HasPrefix(p, "/") {
		o.add("editor.path", quote(p), "a path that begins with a slash", "")
	}
	o.icon("icon.name")
	o.icon("activeIcon.name")
	o.boolean("supportedInMonitoringHub")
	o.boolean("supportedInDatahubL1")
	for _, menu := range []string{"contextMenuItems", "quickActionItems"} {
		for _, entry := range o.objects(menu) {
			c.checkMenuEntry(o, entry)
		}
	}
	if actions := o.object("itemJobActionConfig.registeredActions"); actions != nil && len(it.jobs) > 0 {
		for _, name := range []string{"detail", "cancel", "retry"} {
			actions.text(name + ".action")
		}
	}
	c.checkSettings(o, it)
	for _, name := range []string{"onInit", "onDeactivate", "canDeactivate", "canDestroy", "onDestroy", "onDelete"} {
		o.text("editorTab." + name)
	}
}

// checkMenuEntry checks an entry of a menu. Fabric's own ones have a name alone, and a setting.
func (c *checker) checkMenuEntry(o, entry *object) {
	switch entry.text("name") {
	case "":
	case "schedule":
		o.object("itemSettings.schedule")
	case "recentruns":
		o.object("itemSettings.recentRun")
	default:
		entry.key("displayName")
		entry.key("tooltip")
		entry.icon("icon.name")
		entry.text("handler.action")
	}
}

func (c *checker) checkSettings(o *object, it item) {
	o.text("itemSettings.getItemSettings.action")
	if !o.has("itemSettings.schedule") {
		return
	}
	if job := o.text("itemSettings.schedule.itemJobType"); job != "" && !slices.Contains(it.jobs, job) {
		o.add("itemSettings.schedule.itemJobType", quote(job), "one of the item's jobs: "+strings.Join(it.jobs, ", "),
			didYouMean(job, it.jobs, ""))
	}
	o.oneOf("itemSettings.schedule.refreshType", "None", "Refresh", "Run")
}
