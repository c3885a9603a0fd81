package config

import "fmt"

// The longest names that Fabric's manifest schemas take.
const (
	maxItemType = 64
	maxJobType  = 96
)

// checkItem applies the limits on full names: <workload>.<Item> and <workload>.<Item>.<Job>.
func (r *reader) checkItem(c *Config, i int) {
	item, path := &c.Items[i], fmt.Sprintf("items[%d]", i)
	if !r.sound("workload.name", path, path+".name") || item.Name == "" {
		return
	}
	full := c.Workload.Name + "." + item.Name
	if len(full) > maxItemType {
		r.reportAt(path+".name", fault{fmt.Sprintf("the item type %s of %d characters", quote(full), len(full)),
			fmt.Sprintf("at most %d characters with the workload's name", maxItemType), "shorten one of the two names"})
		return
	}
	for j, job := range item.Jobs {
		p := fmt.Sprintf("%s.jobs[%d]", path, j)
		if name := full + "." + job; len(name) > maxJobType && r.sound(p) {
			r.reportAt(p, fault{fmt.Sprintf("the job type %s of %d characters", quote(name), len(name)),
				fmt.Sprintf("at most %d characters with the names of workload and item", maxJobType), "shorten the job's name"})
		}
	}
}
