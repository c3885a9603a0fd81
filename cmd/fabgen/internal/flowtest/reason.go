package flowtest

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
	"github.com/fabgen/fabgen/runtime/apierror"
)

// hint says where flows.yaml can give what a flow's handler wants; "" where the flow is given nothing.
func (f flow) hint() string {
	const can = "; flows.yaml can give what it wants, under "
	switch f.op {
	case callRoute:
		return can + "routes." + f.route.Name
	case createItem:
		return can + "items." + f.item.Name + ".create"
	case updateItem:
		return can + "items." + f.item.Name + ".update"
	case runJob:
		return can + "items." + f.item.Name + ".jobs." + f.job.Name
	case resolveEndpoint:
		return can + "resolve"
	}
	return ""
}

// refused is the hint where the answer says that the input is to blame.
func (f flow) refused(got play.Result) string {
	switch got.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return f.hint()
	case http.StatusNotFound:
		if f.data() && len(freeParams(f.route)) > 0 { // the test has made their values up
			return f.hint()
		}
	}
	return ""
}

// ofInput are the codes of what refuses its input.
var ofInput = []string{apierror.InvalidItemPayload, apierror.InvalidRequest}

// gave is how something ended that had to be done first.
func (f flow) gave(got play.Result) string {
	text := fmt.Sprintf(", which gave %q (status %d %s)", got.Outcome, got.Status, got.Code)
	if got.Detail != "" {
		text += ": " + got.Detail
	}
	return text + f.refused(got)
}

// refusedInput is the same of all that came of a flow.
func (f flow) refusedInput(got found) string {
	if got.job == nil {
		return f.refused(got.Result)
	}
	if slices.Contains(ofInput, got.job.Code) {
		return f.hint()
	}
	return ""
}

// ofItsOwn is what a handler, or a job, answered of its own; "" where all went well.
func ofItsOwn(f flow, got found) string {
	switch {
	case got.job != nil && got.job.Status != "Completed":
		return "the job's own affair: " + got.job.Status + facts("", got.job.Code, "") + f.refusedInput(got)
	case got.job == nil && got.Status >= http.StatusBadRequest:
		return fmt.Sprintf("the handler's own answer: %d %s%s", got.Status, got.Code, f.refusedInput(got))
	}
	return ""
}

// tokenless is why Entra refused the back-end a token, where nobody arranged that and no person can help; "" where it did
// not. What comes of it is not the handler's own affair, whatever a back-end makes of it.
func tokenless(all trace) string {
	for _, e := range all.events {
		if e.Error != "" && !e.Injected && !slices.Contains(ofPersons, e.Error) {
			return fmt.Sprintf("%s AADSTS%d", e.Error, e.Code)
		}
	}
	return ""
}

// ofPersons are the errors of Entra's that a person can help with.
var ofPersons = []string{"invalid_grant", "interaction_required"}

// unmet says why nothing ran into what was arranged.
func unmet(f flow, got found, all trace) string {
	if own := ofItsOwn(f, got); own != "" {
		return "the fault was not reached: " + own
	}
	if len(all.events)+len(all.calls) == 0 {
		return "the handler asked Entra for no token and called nobody, so no fault could reach it"
	}
	return fmt.Sprintf("the handler asked Entra for tokens %d times and made %d calls, and met the fault in none of them",
		len(all.events), len(all.calls))
}
