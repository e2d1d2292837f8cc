// Package search finds words in what was said. It knows what two texts have in common that people take for the same (case, the widths of
// letters, composed and decomposed characters), by which pairs of characters PostgreSQL finds a message, and it keeps those pairs: the index is
// filled after messages are committed, so that taking messages costs nothing for it.
//
//	a message is committed ──────────────▶ messages
//	                                          │ which transactions have committed that had not, the last time?
//	Index.Run (one process of all) ◀──────────┘
//	      └─ Pairs("退款了吗") = 退款 款了 了吗 ─▶ search_messages (GIN)
//
// Chinese has no spaces between words, so a term may begin and end anywhere; whatever it is, of two characters or more, a message that
// holds it has all of its pairs. The reverse is not so: whether the term itself is there is looked up in the text, by [Term.In].
package search
