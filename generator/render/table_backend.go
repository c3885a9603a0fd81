package render

var backendRules = []rule{}
