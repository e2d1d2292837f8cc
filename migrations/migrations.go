// Package migrations holds the schema, as numbered steps that tell its story. A step that has shipped is never edited.
package migrations

import "embed"

// Files are the steps, in goose's format.
//
//go:embed *.sql
var Files embed.FS
