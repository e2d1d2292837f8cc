package main

import (
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"weir/internal/login"
	"weir/internal/provision"
	"weir/internal/secret"
	"weir/internal/wechat/simulator"
)

// demoCommand serves with a sample company whose customers live in a pretend WeChat.
type demoCommand struct {
	Simulator string `default:"127.0.0.1:8081" help:"Where the simulator listens."`
}

//go:embed demo.yaml
var demoYAML string

// The account that is connected from the start, one that is there to be connected by a scan, and the third-party platform for that.
const (
	demoAppID     = "wx4a14a2375e93cb7b"
	demoScanAppID = "wx7d1e6f0a94c35b28"
	demoComponent = "wx5c0ffee0c0ffee05"
)

// demoSecrets are made once, so that no two demos share any, and kept so that starting again finds everything as it was.
type demoSecrets struct {
	AgentPassword, AdminPassword, APIToken, AppSecret, Token, AESKey string
	ComponentSecret, ComponentToken, ComponentAESKey                 string
}

// Run starts the demo: the simulator first, because Weir is to take it for WeChat.
func (d *demoCommand) Run(e *env) error {
	if err := os.MkdirAll(e.config.DataDir, 0o711); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	secrets, err := keptSecrets(filepath.Join(e.config.DataDir, "demo.json"))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", d.Simulator)
	if err != nil {
		return fmt.Errorf("the simulator cannot listen on %s (--simulator): %w", d.Simulator, err)
	}
	address := "http://" + listener.Addr().String()
	sim, err := simulator.New(simulator.Config{
		Accounts: []simulator.Account{{AppID: demoAppID, Secret: secrets.AppSecret, Token: secrets.Token, AESKey: secrets.AESKey, Mode: simulator.Safe, Name: "网鱼网咖",
			CallbackURL: "http://" + e.config.Addr + "/wechat/" + demoAppID}, {AppID: demoScanAppID, Secret: word(32), Mode: simulator.Plain, Name: "网鱼电竞"}},
		Component: &simulator.Component{AppID: demoComponent, Secret: secrets.ComponentSecret, Token: secrets.ComponentToken, AESKey: secrets.ComponentAESKey,
			Domain: hostOf(e.config.BaseURL), EventURL: "http://" + e.config.Addr + "/wechat/component", MessageURL: "http://" + e.config.Addr + "/wechat/component/$APPID$"},
		DeskURL: e.config.BaseURL, Path: filepath.Join(e.config.DataDir, "simulator.json"),
	})
	if err != nil {
		return fmt.Errorf("the simulator: %w", err)
	}
	kept := make(chan error, 1)
	keep, stop := context.WithCancel(context.WithoutCancel(e.ctx))
	go func() { kept <- sim.Keep(keep) }()
	server := &http.Server{Handler: sim.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	e.config.WeChatAPIURL = address

	err = serve(e, &serveCommand{Role: "all"}, func(ctx context.Context, a *app, _ string) error {
		if err := furnish(ctx, a, secrets); err != nil {
			return err
		}
		d.people(sim)
		go sim.Tickets(keep)
		_ = sim.Verify(ctx, demoAppID) // as when its admin has saved the address in WeChat's console
		d.announce(e, secrets, address)
		return nil
	})
	_ = server.Close() // phones may be looking; they come back
	stop()
	return errors.Join(err, <-kept)
}

// furnish makes the sample company as demo.yaml says.
func furnish(ctx context.Context, a *app, s *demoSecrets) error {
	var doc bytes.Buffer
	if err := template.Must(template.New("demo").Parse(demoYAML)).Execute(&doc, s); err != nil {
		return err
	}
	file, err := provision.Load(&doc)
	if err != nil {
		return err
	}
	_, err = provision.Apply(ctx, a.store, a.box, login.NewPasswords(), file)
	return err
}

// people are the customers one finds in the simulator the first time.
func (d *demoCommand) people(sim *simulator.Simulator) {
	if _, known := sim.Customer(demoAppID, "oyeC-wH2XKLJo94TOoBpnCeEAMeQ"); known {
		return
	}
	_, _ = sim.PutCustomer(demoScanAppID, simulator.Customer{OpenID: "oScan-9kT3mZ6qW1xE8rB5nV0yUhL2", Name: "孙小姐", Followed: true})
	for openid, name := range map[string]string{"oyeC-wH2XKLJo94TOoBpnCeEAMeQ": "陈女士", "oyeC-wJ7dPzQ1mN5rT8vX2bK9cY4": "赵一鸣"} {
		_, _ = sim.PutCustomer(demoAppID, simulator.Customer{OpenID: openid, Name: name, Followed: true})
	}
}

func (d *demoCommand) announce(e *env, s *demoSecrets, simulatorURL string) {
	desk := "http://" + e.config.Addr
	fmt.Printf(`
  Weir 演示 · demo

  客服台 desk       %s
    客服 agent      xiaoyu@wangyu.example   %s
    管理员 admin    zhoumin@wangyu.example  %s
  微信模拟器 phone  %s/simulator

  在一个窗口登录客服台，在另一个窗口用手机写一句话。Ctrl+C 结束。
  Log in at the desk in one window, write from the phone in another. Ctrl+C stops.
  管理员还可以在「公众号」里扫码接入「网鱼电竞」。The admin can connect a second account by scan.

`, desk, s.AgentPassword, s.AdminPassword, simulatorURL)
}

// keptSecrets reads what is kept, and makes what is not there yet.
func keptSecrets(path string) (*demoSecrets, error) {
	var s demoSecrets
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	was := s
	for field, n := range map[*string]int{&s.AgentPassword: 12, &s.AdminPassword: 12, &s.AppSecret: 32, &s.Token: 24, &s.AESKey: 43,
		&s.ComponentSecret: 32, &s.ComponentToken: 24, &s.ComponentAESKey: 43} {
		if *field == "" {
			*field = word(n)
		}
	}
	if s.APIToken == "" {
		s.APIToken = secret.NewToken()
	}
	if s == was {
		return &s, nil
	}
	if b, err = json.MarshalIndent(s, "", "  "); err != nil {
		return nil, err
	}
	return &s, os.WriteFile(path, b, 0o600)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// word is n random letters and digits that are not taken for each other.
func word(n int) string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	var out strings.Builder
	for _, x := range b {
		out.WriteByte(letters[int(x)%len(letters)])
	}
	return out.String()
}
