package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"
)

const (
	snapshotVersion = 1
	maxSnapshot     = 256 << 20
	saveEvery       = time.Second
)

// snapshot is what outlives the process. WeChat itself never restarts, so the desk's tokens stay good.
type snapshot struct {
	Version  int               `json:"version"`
	LastN    int64             `json:"last_n"`
	LastID   int64             `json:"last_msg_id"`
	Accounts []accountSnapshot `json:"accounts"`

	Component *component `json:"component,omitempty"` // what is authorised; its settings are not taken over
}

type accountSnapshot struct {
	AppID     string             `json:"appid"`
	Tokens    tokenBook          `json:"tokens"`
	Customers []customerSnapshot `json:"customers"`
	Tags      []Tag              `json:"tags,omitempty"`
	Codes     []Code             `json:"codes,omitempty"`
	Menu      menu               `json:"menu,omitzero"`
	Calls     callBook           `json:"calls"`
}

type customerSnapshot struct {
	Customer
	Windows windows `json:"windows"`
	Lines   []Line  `json:"lines"`
}

// Save writes customers, conversations, windows and tokens as JSON. Accounts, faults and the log are not in it.
func (s *Simulator) Save(w io.Writer) error {
	text, err := json.Marshal(s.snapshot())
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// Load takes over what Save wrote. Accounts that the simulator does not have are passed over.
func (s *Simulator) Load(r io.Reader) error {
	var snap snapshot
	if err := json.NewDecoder(io.LimitReader(r, maxSnapshot)).Decode(&snap); err != nil {
		return fmt.Errorf("simulator: reading its state: %w", err)
	}
	if snap.Version != snapshotVersion {
		return fmt.Errorf("simulator: its state has version %d, this is %d", snap.Version, snapshotVersion)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastN, s.lastID = max(s.lastN, snap.LastN), max(s.lastID, snap.LastID)
	for _, from := range snap.Accounts {
		if a := s.account(from.AppID); a != nil {
			a.restore(from)
		}
	}
	s.restoreComponent(snap.Component)
	s.ring()
	return nil
}

// restoreComponent takes over what was authorised to the same component.
func (s *Simulator) restoreComponent(from *component) {
	if from == nil || s.component == nil || from.AppID != s.component.AppID {
		return
	}
	from.Component, from.signer = s.component.Component, s.component.signer
	s.component = from
}

// Keep saves to the configured Path, at most once a second and when the context ends, which it waits for. Without a Path it
// returns at once. What could not be written in the end is its error.
func (s *Simulator) Keep(ctx context.Context) error {
	if s.config.Path == "" {
		return nil
	}
	ear, end := s.Subscribe()
	defer end()
	for {
		select {
		case <-ctx.Done():
			return s.saveFile()
		case <-ear:
			if pause(ctx, saveEvery) {
				if err := s.saveFile(); err != nil {
					return err
				}
			}
		}
	}
}

func (s *Simulator) snapshot() snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	snap := snapshot{Version: snapshotVersion, LastN: s.lastN, LastID: s.lastID}
	if c := s.component; c != nil {
		kept := *c
		kept.Component = Component{AppID: c.AppID} // as of accounts, no secrets
		kept.PreAuths, kept.Codes, kept.Bound = maps.Clone(c.PreAuths), maps.Clone(c.Codes), maps.Clone(c.Bound)
		snap.Component = &kept
	}
	for _, a := range s.accounts {
		part := accountSnapshot{AppID: a.AppID, Tokens: a.tokens, Tags: a.tags, Codes: a.codes, Menu: a.menu, Calls: a.calls}
		part.Calls.Used = maps.Clone(a.calls.Used)
		for _, openid := range a.order {
			c := a.customers[openid]
			part.Customers = append(part.Customers, customerSnapshot{Customer: c.copied(), Windows: c.windows, Lines: c.lines})
		}
		snap.Accounts = append(snap.Accounts, part)
	}
	return snap
}

func (a *account) restore(from accountSnapshot) {
	a.tags, a.codes, a.menu, a.calls = from.Tags, from.Codes, from.Menu, from.Calls
	a.tokens, a.order, a.customers = from.Tokens, nil, map[string]*customer{}
	for _, c := range from.Customers {
		if a.customers[c.OpenID] != nil || len(a.order) >= maxCustomers {
			continue
		}
		a.customers[c.OpenID] = &customer{Customer: c.Customer, windows: c.Windows, lines: bounded(c.Lines, maxLines)}
		a.order = append(a.order, c.OpenID)
	}
}

func (s *Simulator) loadFile() error {
	if s.config.Path == "" {
		return nil
	}
	f, err := os.Open(s.config.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	defer f.Close()
	return s.Load(f)
}

// saveFile writes beside the file and renames, so that there is always a whole one. Only its owner may read it: it has tokens.
func (s *Simulator) saveFile() (err error) {
	f, err := os.CreateTemp(filepath.Dir(s.config.Path), ".simulator-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err = errors.Join(s.Save(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), s.config.Path)
}
