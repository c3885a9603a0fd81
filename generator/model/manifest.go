package model

import (
	"hash/fnv"
	"strings"
)

// IconStyles counts the styles of a placeholder picture: its colours times its shapes.
const IconStyles = 72

// IconPath is the item's picture, relative to the manifest.
func (i *Item) IconPath() string { return "assets/images/item-" + i.File + ".png" }

// chooseIcons gives each item the style that its name hashes to, or the next one that no item before it has with the
// same letters: no two items of a workload look the same while there are styles left.
func (m *Model) chooseIcons() {
	type look struct {
		letters string
		style   uint32
	}
	taken := map[look]bool{}
	for _, item := range m.Items {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(item.Name)) // a hash never fails
		l := look{initials(item.Name), hash.Sum32() % IconStyles}
		for tries := 0; taken[l] && tries < IconStyles; tries++ {
			l.style = (l.style + 1) % IconStyles
		}
		taken[l] = true
		item.IconLetters, item.IconStyle = l.letters, int(l.style)
	}
}

// initials gives the first letters of up to two words of a name, in capitals.
func initials(name string) string {
	out := ""
	for _, w := range words(name) {
		if len(out) < 2 {
			out += strings.ToUpper(w[:1])
		}
	}
	return out
}

// EditorPath is the path of the item's editor under the front-end's address: the manifest names it, Fabric appends a
// slash and the item's object ID, and the front-end's router answers EditorPath and EditorPath/<object ID>.
func (i *Item) EditorPath() string { return "/items/" + i.Slug }

// Action is the name of something that the Fabric portal asks the front-end's worker to do for this item type, such
// as forecast.create. The manifest names actions and the worker answers them; the verbs are
//
//	create                         a card of the create experience was chosen
//	settings                       list the item's own tabs in the settings pane
//	job.detail job.cancel job.retry   buttons of the monitoring hub; only for items with jobs
//	tab.onInit tab.onDeactivate tab.canDeactivate tab.canDestroy tab.onDestroy tab.onDelete   the editor tab's life
//
// and those of RunAction.
func (i *Item) Action(verb string) string { return i.Slug + "." + verb }

// RunAction is the action of the menu entry that starts a job of the item, such as forecast.run.train.
func (i *Item) RunAction(job *Job) string { return i.Action("run." + job.TSName) }

// TextKey is the key of one of the item's texts in the manifest's translations, such as Item_Forecast_DisplayName.
func (i *Item) TextKey(text string) string { return "Item_" + i.Name + "_" + text }

// JobTextKey is the key of one of a job's texts in the manifest's translations, such as
// Item_Forecast_Train_DisplayName.
func (i *Item) JobTextKey(job *Job, text string) string { return i.TextKey(job.Name + "_" + text) }

// About is the workload's description, or its display name where it has none: the portal refuses an empty text.
func (w Workload) About() string {
	if w.Description == "" {
		return w.DisplayName
	}
	return w.Description
}

// PublisherName is the publisher that the portal shows, or the workload's display name where none is configured.
func (w Workload) PublisherName() string {
	if w.Publisher == "" {
		return w.DisplayName
	}
	return w.Publisher
}
