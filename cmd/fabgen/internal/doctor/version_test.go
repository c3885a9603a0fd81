package doctor

import "testing"

func TestVersionsAreFoundInWhatToolsPrint(t *testing.T) {
	for text, want := range map[string]string{
		"go1.26.8\n": "1.26.8", "v20.19.4": "20.19.4", "git version 2.47.3 (Apple Git-154)": "2.47.3", "11.6": "11.6.0",
		"go1.27rc1": "1.27.0", "2.80.0": "2.80.0",
	} {
		if v, found := findVersion(text); !found || v.String() != want {
			t.Errorf("%q: %s, %t, want %s", text, v, found, want)
		}
	}
	if _, found := findVersion("devel"); found {
		t.Error("a version was found where there is none")
	}
}

func TestRanges(t *testing.T) {
	for _, c := range []struct {
		wanted   string
		in, outs []string
	}{
		{"^20.19.0 || >=22.12.0", []string{"20.19.0", "20.99.1", "22.12.0", "25.0.0"}, []string{"20.18.9", "21.7.0", "22.11.0"}},
		{">=10", []string{"10.0.0", "11.1.1"}, []string{"9.9.9"}},
		{"~1.2.3", []string{"1.2.3", "1.2.9"}, []string{"1.3.0", "1.2.2"}},
		{"^0.2.3", []string{"0.2.3", "0.2.9"}, []string{"0.3.0", "1.0.0"}},
		{"^0.0.3", []string{"0.0.3"}, []string{"0.0.4"}},
		{"20", []string{"20.0.0", "20.5.1"}, []string{"21.0.0", "19.9.9"}},
		{"20.1", []string{"20.1.7"}, []string{"20.2.0"}},
		{">=18.0.0 <20", []string{"18.0.0", "19.9.9"}, []string{"20.0.0", "17.1.1"}},
		{">20", []string{"21.0.0"}, []string{"20.9.9"}},
		{"<=20", []string{"20.9.9"}, []string{"21.0.0"}},
		{"=20.1.1", []string{"20.1.1"}, []string{"20.1.2"}},
	} {
		for want, texts := range map[bool][]string{true: c.in, false: c.outs} {
			for _, text := range texts {
				v, _ := findVersion(text)
				if yes, known := v.satisfies(c.wanted); yes != want || !known {
					t.Errorf("%s in %q: %t, %t", text, c.wanted, yes, known)
				}
			}
		}
	}
	for _, odd := range []string{"1.x", "1.0.0 - 2.0.0", "latest"} {
		if _, known := (version{1}).satisfies(odd); known {
			t.Errorf("%q was taken for known", odd)
		}
	}
}

func TestDotEnv(t *testing.T) {
	got := parseDotEnv("\ufeff# a comment\nA=1\nexport B = \"two # words\" # why\nC='x'\nD=y # z\n\nnonsense\n=1\r\nE=\"\"\n")
	want := map[string]string{"A": "1", "B": "two # words", "C": "x", "D": "y", "E": ""}
	if len(got) != len(want) {
		t.Errorf("%q", got)
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
}
