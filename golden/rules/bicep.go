package rules

import (
	"path"
	"regexp"
	"strings"
)

const (
	azureFolder = "deploy/azure"
	mainBicep   = azureFolder + "/main.bicep"
)

var (
	bicepDeclared = regexp.MustCompile(`(?m)((?:^@.*\n)*)^param (\w+) \w+(?: = (.*))?$`)
	bicepAssigned = regexp.MustCompile(`(?m)^param (\w+) = (.*)$`)
	bicepSetting  = regexp.MustCompile(`(?:name|setting): '([A-Z][A-Z0-9_]+)'`)
	bicepImage    = regexp.MustCompile(`(?m)^param \w*[iI]mage(?: string)? = '(.*)'$`)
	bicepText     = regexp.MustCompile(`(?s)'''.*?'''|'(?:\\.|[^'\\\n])*'|//[^\n]*`)
)

// checkAzure checks that each environment gives the template what it asks for, and that no secret stands in a file.
func (c *checker) checkAzure(workloads []workload) {
	source, ok := c.read(mainBicep)
	if !ok {
		return
	}
	c.checkBicep(mainBicep, string(source))
	for _, m := range bicepSetting.FindAllStringSubmatch(string(source), -1) {
		if m[1] != "TOKEN_FOLDER" && m[1] != "IDENTITY_CLIENT_ID" { // of the container that fetches tokens
			c.setting(mainBicep, m[1])
		}
	}
	declared := bicepDeclared.FindAllStringSubmatch(string(source), -1)
	for _, d := range declared {
		if strings.Contains(d[1], "@secure()") && d[3] != "" && d[3] != "''" {
			c.add(mainBicep, d[2], d[3], "no value for a secret")
		}
	}
	for _, w := range workloads {
		name := w.environment
		if name == "" {
			name = "dev"
		}
		c.checkParameters(path.Join(azureFolder, name+".bicepparam"), declared, w)
	}
}

func (c *checker) checkParameters(file string, declared [][]string, w workload) {
	source, ok := c.read(file)
	if !ok {
		return
	}
	c.checkBicep(file, string(source))
	assigned := map[string]string{}
	for _, m := range bicepAssigned.FindAllStringSubmatch(string(source), -1) {
		assigned[m[1]] = m[2]
	}
	for _, d := range declared {
		value, given := assigned[d[2]]
		delete(assigned, d[2])
		switch {
		case !given && d[3] == "":
			c.add(file, d[2], "nothing", "a value, since main.bicep has none")
		case given && strings.Contains(d[1], "@secure()") && !strings.HasPrefix(value, "readEnvironmentVariable("):
			c.add(file, d[2], "a secret", "readEnvironmentVariable")
		}
		if want := map[string]string{"clientId": w.appID, "audience": w.resourceID}[d[2]]; want != "" {
			c.equal(file, d[2], strings.Trim(value, "'"), want)
		}
	}
	for name := range assigned {
		c.add(file, name, "a parameter", "one that main.bicep has")
	}
}

// checkBicep checks that brackets close what they open, and that images have tags.
func (c *checker) checkBicep(file, source string) {
	for _, m := range bicepImage.FindAllStringSubmatch(source, -1) {
		c.checkTag(file, "image", m[1])
	}
	var open []rune
	closes := map[rune]rune{'}': '{', ']': '[', ')': '('}
	for _, r := range bicepText.ReplaceAllString(source, "") {
		switch r {
		case '{', '[', '(':
			open = append(open, r)
		case '}', ']', ')':
			if len(open) == 0 || open[len(open)-1] != closes[r] {
				c.add(file, "", "a "+string(r)+" too many", "brackets in pairs")
				return
			}
			open = open[:len(open)-1]
		case '\'':
			c.add(file, "", "a quote without its other half", "quotes in pairs")
			return
		}
	}
	if len(open) > 0 {
		c.add(file, "", "a "+string(open[len(open)-1])+" that nothing closes", "brackets in pairs")
	}
}
