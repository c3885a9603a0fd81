package plan

import "bytes"

// binaryProbe is how far into a file a NUL byte makes it binary, as in git.
const binaryProbe = 8000

func isBinary(data []byte) bool {
	return bytes.IndexByte(data[:min(len(data), binaryProbe)], 0) >= 0
}

// endsInCRLF reports whether data is text in which every line end is CRLF, and there is one.
func endsInCRLF(data []byte) bool {
	pairs := bytes.Count(data, []byte("\r\n"))
	return pairs > 0 && pairs == bytes.Count(data, []byte("\n")) && !isBinary(data)
}

func toLF(data []byte) []byte { return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")) }

func toCRLF(data []byte) []byte { return bytes.ReplaceAll(toLF(data), []byte("\n"), []byte("\r\n")) }
