package config

// CheckText says what is wrong with a text by the rule of its place in fabgen.yaml, such as entra.audience, for those
// who find the same value elsewhere. The problem has no place. The path must be that of a text, outside of lists.
func CheckText(path, value string) (Problem, bool) {
	f, bad := placeOf(path).shape.(textShape).rule.check(value)
	return Problem{Found: f.found, Want: f.want, Hint: f.hint}, bad
}
