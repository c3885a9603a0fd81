package render

var rootRules = []rule{}
