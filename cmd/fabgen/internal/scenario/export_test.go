package scenario

// Words are the keys of a story.
var Words = words
