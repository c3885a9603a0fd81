package merge

// TwoWay merges two contents whose common base is lost: what only one of them has is taken, and where both have
// something, both stand between conflict markers. Nothing that yours has gets lost.
func TwoWay(yours, theirs []byte) Result {
	words := dictionary{}
	y, t := words.split(yours), words.split(theirs)
	var base []byte
	at := 0
	for _, c := range append(changes(y.keys, t.keys), change{from: len(y.keys)}) {
		for _, line := range y.lines[at:c.from] {
			base = append(append(base, trimEnd(line)...), '\n')
		}
		at = c.to
	}
	return Text(base, yours, theirs)
}
