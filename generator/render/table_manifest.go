package render

var manifestRules = []rule{}
