package render

var frontendRules = []rule{}
