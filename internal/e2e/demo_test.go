package e2e

import (
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestTheDemoTellsWhereToGoAndFindsEverythingAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ownServers)
	a := &weir{w: w, name: "demo", addr: freeAddress(w)}
	phone := freeAddress(w)
	a.args = []string{"demo", "--simulator", phone}
	w.weirs = append(w.weirs, a)
	a.start()
	said := func(what string) string {
		t.Helper()
		var found []string
		w.until("the demo says "+what, patience, func() bool {
			found = regexp.MustCompile(what).FindStringSubmatch(a.log.String())
			return found != nil
		})
		return found[len(found)-1]
	}
	if got := said(`phone +(\S+)`); got != "http://"+phone+"/simulator" {
		t.Errorf("the simulator is said to be at %s", got)
	}
	mail, pass := said(`agent +(\S+) +\S+`), said(`agent +\S+ +(\S+)`)

	agent, customer := w.person("小鱼"), w.person("陈女士")
	agent.visits(a.url("/login"))
	agent.fillsIn(mail, pass)
	customer.visits("http://" + phone + "/simulator")
	customer.clicks(".wr-phone", "")
	customer.does(`() => document.querySelector(".wr-phone [name=text]").focus()`)
	if err := customer.page.InsertText("写在手机上"); err != nil {
		t.Fatal(err)
	}
	customer.clicks(".wr-phone button", "发送")
	agent.opens("写在手机上")
	agent.answers("答在电脑上")
	customer.sees(".wr-phone", "答在电脑上")

	agent.forgives("ERR_", "htmx:")
	customer.forgives("ERR_", "htmx:")
	_ = a.cmd.Process.Signal(syscall.SIGINT)
	a.wait(25 * time.Second)
	if a.err != nil {
		t.Errorf("Ctrl+C ended it with %v", a.err)
	}
	if out, _ := exec.Command("pgrep", "-f", w.dir).Output(); strings.TrimSpace(string(out)) != "" {
		t.Errorf("processes were left behind: %s", out)
	}
	a.start()
	agent.sees("li.out", "答在电脑上")
	agent.sees("#live", "实时")
	agent.answers("还在")
	customer.reloads()
	customer.sees(".wr-phone", "答在电脑上")
	customer.sees(".wr-phone", "还在")
}
