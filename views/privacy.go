package views

// Privacy is the settings' page of how long what is known of customers is kept.
type Privacy struct {
	Settings
	Forget bool   // false: for good
	Days   string // after which who left is forgotten; 0: at once
	Most   int
}
