package views

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"weir/views/words"
)

// theme is absent where the page follows the system.
func theme(r Reader) templ.Attributes {
	if r.Theme == "" {
		return nil
	}
	return templ.Attributes{"data-theme": r.Theme}
}

// current marks a link as the page or row that is open.
func current(is bool, as string) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"aria-current": as}
}

// wrong marks a field whose value was refused; the reason stands in #login-problem.
func wrong(is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "login-problem"}
}

// otherTheme is what the switch on the login page changes to.
func otherTheme(r Reader) string {
	if r.Theme == "weir-dark" {
		return "weir-light"
	}
	return "weir-dark"
}

func otherThemeName(r Reader) string {
	if r.Theme == "weir-dark" {
		return r.Words.Light
	}
	return r.Words.Dark
}

// waterLine is the i-th line of the river: each lies a little lower and falls a little earlier.
func waterLine(i int) string {
	return fmt.Sprintf("M-20 %d H%d c120 0 100 180 220 180 H920", 20+14*i, 430-15*i)
}

func requestID(p Problem) string { return words.Put(p.Words.RequestID, p.RequestID) }

// swapOOB makes a part of an answer find its own place on the page.
func swapOOB(is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"hx-swap-oob": "true"}
}

func pressed(is bool) templ.Attributes {
	return templ.Attributes{"aria-pressed": fmt.Sprint(is)}
}

func maxLength(n int) templ.Attributes {
	if n <= 0 {
		return nil
	}
	return templ.Attributes{"maxlength": fmt.Sprint(n)}
}

// speech marks Chinese words on an English page: without the mark a browser chooses the wrong glyphs and line breaks.
func speech(r Reader, text string) templ.Attributes {
	if r.Words.Lang == words.Chinese || !strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
		return nil
	}
	return templ.Attributes{"lang": words.Chinese}
}

// openIf has a block stand open.
func openIf(is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"open": true}
}

// sought marks the message that was searched for: the page shows it first, and puts the focus there.
func sought(is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"data-sought": true, "aria-current": "true", "tabindex": "-1"}
}
