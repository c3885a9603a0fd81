// Package scenario plays stories: files that say what people do with a workload, what goes wrong meanwhile, and how each
// step must end. A story is played against a back-end and a local cloud, gives a verdict for each step, and a
// transcript that is the same each time. docs/stories.md is the format for those who write them.
package scenario

import (
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/yamlfile"
)

// Story is a story that Parse has read.
type Story struct {
	File  string
	Name  string
	Steps []Step
}

// Step is one thing that happens. One of its members besides Who, Within and Expect is set, or none where it only says
// who acts from here on.
type Step struct {
	Line int `yaml:"-"`
	// Who acts, by the user name of the seed; holds for the steps that follow, too.
	Who string `yaml:"as"`

	Call       *Call           `yaml:"call"`
	Create     *Create         `yaml:"create"`
	Read       *Target         `yaml:"read"`
	Update     *Update         `yaml:"update"`
	Delete     *Delete         `yaml:"delete"`
	Run        *RunJob         `yaml:"run"`
	Wait       *Wait           `yaml:"wait"`
	Cancel     *JobTarget      `yaml:"cancel"`
	Schedule   *Schedule       `yaml:"schedule"`
	Due        *Due            `yaml:"due"`
	Unschedule *ScheduleTarget `yaml:"unschedule"`

	Resolve map[string]string `yaml:"resolve"` // endpoint resolution, by the contract's properties

	Fault         *Fault    `yaml:"fault"`
	Outage        *Outage   `yaml:"outage"`
	ExpireSecret  *bool     `yaml:"expireSecret"`
	RotateKeys    bool      `yaml:"rotateKeys"`
	ExpireTokens  bool      `yaml:"expireTokens"`
	RevokeConsent bool      `yaml:"revokeConsent"`
	RequireProof  *Proof    `yaml:"requireProof"`
	Grant         *Grant    `yaml:"grant"`
	Role          *Role     `yaml:"role"`
	Pause         *Duration `yaml:"pause"`

	// Within bounds the step. Default 30 s.
	Within *Duration `yaml:"within"`
	// Expect is how the step must end. Default: well.
	Expect *Expect `yaml:"expect"`
}

// Call is a call of a route, as the front-end makes it.
type Call struct {
	Route  string            `yaml:"route"`
	Of     string            `yaml:"of"`     // the item that workspaceId and itemId name
	Params map[string]string `yaml:"params"` // of path and query
	Body   yamlfile.JSON     `yaml:"body"`   // sent as JSON
}

// Create makes an item.
type Create struct {
	Item        string        `yaml:"item"` // its type, as in fabgen.yaml
	Name        string        `yaml:"name"`
	Description string        `yaml:"description"`
	Payload     yamlfile.JSON `yaml:"payload"`
	As          string        `yaml:"as"` // what later steps call it
}

// Target names an item.
type Target struct {
	Of string `yaml:"of"`
}

// Update changes an item. What is left out stays as it is.
type Update struct {
	Of          string        `yaml:"of"`
	Name        *string       `yaml:"name"`
	Description *string       `yaml:"description"`
	Payload     yamlfile.JSON `yaml:"payload"`
}

// Delete drops an item. Without a subject Fabric does so on nobody's behalf.
type Delete struct {
	Of      string `yaml:"of"`
	Subject *bool  `yaml:"subject"`
}

// RunJob starts a job.
type RunJob struct {
	Job     string        `yaml:"job"`
	Of      string        `yaml:"of"`
	Payload yamlfile.JSON `yaml:"payload"`
	As      string        `yaml:"as"` // what later steps call the run; default: the job's name
}

// Wait watches a run until it has ended.
type Wait struct {
	Job string `yaml:"job"`
	For string `yaml:"for"` // how it must end; default Completed
}

// JobTarget names a run.
type JobTarget struct {
	Job string `yaml:"job"`
}

// Schedule has a job run again and again, each time that Due says so.
type Schedule struct {
	Job string `yaml:"job"`
	Of  string `yaml:"of"`
	As  string `yaml:"as"` // what later steps call the schedule; default: the job's name
}

// Due has the time of a schedule come.
type Due struct {
	Schedule string `yaml:"schedule"`
	As       string `yaml:"as"` // what later steps call the run; default: the schedule's name
}

// ScheduleTarget names a schedule.
type ScheduleTarget struct {
	Schedule string `yaml:"schedule"`
}

// Fault has the next exchanges, or the next calls of Fabric or OneLake, fail.
type Fault struct {
	Entra      string    `yaml:"entra"`   // a localentra.Fault
	Fabric     string    `yaml:"fabric"`  // throttled
	OneLake    string    `yaml:"onelake"` // throttled
	Times      int       `yaml:"times"`   // default 1
	RetryAfter *Duration `yaml:"retryAfter"`
}

// Outage has all of Entra, Fabric or OneLake be away, until another step ends it.
type Outage struct {
	Entra   *bool `yaml:"entra"`
	Fabric  *bool `yaml:"fabric"`
	OneLake *bool `yaml:"onelake"`
}

// Proof asks a second proof of somebody for a resource, or no longer.
type Proof struct {
	Of       string `yaml:"of"`       // user name
	For      string `yaml:"for"`      // the resource, by its name in fabgen.yaml
	Required *bool  `yaml:"required"` // default true
}

// Grant sets the permissions that everybody has on an item.
type Grant struct {
	Of          string   `yaml:"of"`
	Permissions []string `yaml:"permissions"`
}

// Role gives somebody a role in the workspace. The first of a story has everybody else have the seed's.
type Role struct {
	Of   string `yaml:"of"`   // user name
	Role string `yaml:"role"` // one of localentra.Roles
}

// Expect is how a step must end. What is left out may be anything.
type Expect struct {
	Outcome    string    `yaml:"outcome"`
	Status     int       `yaml:"status"`
	Code       string    `yaml:"code"`       // errorCode, or Entra's AADSTS…
	Asked      *[]string `yaml:"asked"`      // consent and MFA, in their order
	RetryAfter string    `yaml:"retryAfter"` // as it is sent
}

// Duration is a time.Duration as Go writes it: 2s.
type Duration struct{ time.Duration }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(text))
	return err
}
