package model

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
