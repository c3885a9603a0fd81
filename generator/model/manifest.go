package model

// EditorPath is the path of the item's editor under the front-end's address: the manifest names it, Fabric appends a
// slash and the item's object ID, and the front-end's router answers EditorPath and EditorPath/<object ID>.
func (i *Item) EditorPath() string { return "/items/" + i.Slug }
