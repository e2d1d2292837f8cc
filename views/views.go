// Package views draws Weir's pages. A view is given plain values and only draws: it asks nobody anything, knows no
// request, no database and no WeChat. So every state of every page can be shown without a desk (package gallery), and
// each has a golden file.
//
// Which route answers with which view, and how a page keeps itself current, is written in README.md beside this file.
//
// Every page is drawn under a strict Content-Security-Policy: no style or event attributes and no scripts in the markup.
// Sizes that come from data go into SVG attributes; behaviour is named by data attributes and lives in static/src/weir.js.
package views

import (
	"weir/static"
	"weir/views/words"
)

//go:generate go tool -modfile=../.tools/go.mod templ generate -log-level warn

// Reader is the person a page is drawn for, as far as drawing is concerned.
type Reader struct {
	Words *words.Words
	Theme string // "weir-light", "weir-dark", or empty to follow the system
}

// icon is the address of one symbol of the sprite. Its name is lucide's and must be listed in static/src/icons.txt.
func iconURL(name string) string { return static.URL("icons.svg") + "#i-" + name }

// htmxConfig: nothing evaluated and no style injected (the CSP would refuse both), no page kept in the browser's storage
// (customers' words), and a refusal's sentence is drawn where sentences stand instead of being thrown away.
const htmxConfig = `{"allowEval":false,"includeIndicatorStyles":false,"historyCacheSize":0,"refreshOnHistoryMiss":true,"scrollIntoViewOnBoost":false,"defaultSettleDelay":0,"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"[45]..","swap":true,"error":true,"target":"#problem","swapOverride":"innerHTML"}]}`
