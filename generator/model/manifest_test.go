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
