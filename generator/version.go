package generator

// Version is fabgen's own, as SemVer. It is recorded with every file that is generated.
const Version = "0.1.0"
