// Package provision makes companies, agents, groups, accounts and rules match a YAML file (DESIGN, section 5), and leaves the
// rest alone.
//
// Load reads the file and reports everything that is wrong with it at once, each with its line and what to do about it. Apply
// compares it with what is there and writes the difference, one transaction a company: running it again changes nothing. What
// the file does not say stays as it is, and has its default where it is new; nothing is ever
// removed but members of a group and seats of an agent that the file leaves out of their lists.
//
// It knows nothing of files, commands or running desks. A desk that runs notices by the company's version, with the next
// callback.
package provision
