package model

import (
	"fmt"
	"testing"
)

func TestItemNamesInManifest(t *testing.T) {
	item := &Item{Name: "ForecastModel", Slug: "forecast-model"}
	job := &Job{Name: "TrainAll", TSName: "trainAll"}
	got := fmt.Sprintln(item.EditorPath(), item.Action("create"), item.RunAction(job), item.TextKey("CardTitle"),
		item.JobTextKey(job, "Tooltip"))
	want := "/items/forecast-model forecast-model.create forecast-model.run.trainAll Item_ForecastModel_CardTitle " +
		"Item_ForecastModel_TrainAll_Tooltip\n"
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestThePortalGetsNoEmptyText(t *testing.T) {
	w := Workload{DisplayName: "Tea"}
	if w.About() != "Tea" || w.PublisherName() != "Tea" {
		t.Errorf("%q, %q", w.About(), w.PublisherName())
	}
	w.Description, w.Publisher = "For two", "Pot"
	if w.About() != "For two" || w.PublisherName() != "Pot" {
		t.Errorf("%q, %q", w.About(), w.PublisherName())
	}
}

func TestItemsLookDifferent(t *testing.T) {
	m := &Model{}
	for i := range IconStyles {
		m.Items = append(m.Items, &Item{Name: fmt.Sprintf("Item%d", i), File: fmt.Sprintf("item%d", i)})
	}
	m.chooseIcons()
	alone := &Model{Items: []*Item{{Name: "Item0"}}}
	alone.chooseIcons()
	if m.Items[0].IconStyle != alone.Items[0].IconStyle {
		t.Error("the first item's picture depends on the others")
	}
	seen := map[int]bool{}
	for _, item := range m.Items {
		if seen[item.IconStyle] || item.IconLetters != "I" {
			t.Errorf("%s: style %d with the letters %s is another item's, too", item.Name, item.IconStyle, item.IconLetters)
		}
		seen[item.IconStyle] = true
	}
	if got := m.Items[3].IconPath(); got != "assets/images/item-item3.png" {
		t.Error(got)
	}
	for name, want := range map[string]string{"Forecast": "F", "DataSet": "DS", "XMLFeedReader": "XF", "a1": "A"} {
		if got := initials(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
