package scenario

// Words are the keys of a story.
var Words = words

// TimeOf bounds a step.
var TimeOf = (*Step).time
