//go:build race

package e2e

// The weir that is tested watches for races where the tests do.
const race = true
