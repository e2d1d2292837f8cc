package views

// Login is the page one logs in on.
type Login struct {
	Reader
	Company string // where the installation serves one company; else empty
	Email   string // as it was typed
	Stay    bool
	Problem string // why it did not work, a whole sentence of package words
	Wrong   bool   // the problem lies in e-mail or password: the fields are marked
	Next    string // path to go to afterwards
}

// Problem is a refusal or a failure, said to the person.
type Problem struct {
	Reader
	Status    int    // HTTP status
	Sentence  string // of package words
	RequestID string // for the operator; empty: not shown
}
