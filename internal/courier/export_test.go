package courier

import "time"

// Owes has the courier try to write what it owes as often as a test likes. It does not run yet.
func (c *Courier) Owes(every time.Duration) { c.owed.every = every }
