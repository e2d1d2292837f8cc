package gallery

import (
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"weir/internal/testkit"
)

var shots = flag.String("shots", "", "folder for pictures of every state")

// TestShots takes the pictures by which people judge a change. It asserts nothing.
func TestShots(t *testing.T) {
	if *shots == "" {
		t.Skip("no -shots folder given")
	}
	server := httptest.NewServer(Handler())
	t.Cleanup(server.Close)
	page := testkit.Browser(t).MustPage()
	take := func(name, path string, width, height int) {
		page.MustSetViewport(width, height, 1, width < 600)
		page.MustNavigate(server.URL + path).MustWaitLoad()
		data := page.MustScreenshot()
		if err := os.WriteFile(filepath.Join(*shots, name+".png"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []string{"settings-accounts", "settings-account", "settings-account-new", "settings-sessions", "settings-hours", "settings-hours-form", "login", "login-wrong", "problem", "shell", "workspace", "workspace-empty", "workspace-quiet", "workspace-low", "workspace-exhausted", "workspace-closed", "workspace-not-mine", "workspace-waiting", "workspace-grab", "workspace-nameless"} {
		take(s, "/"+s+"?lang=zh-CN&theme=weir-light", 1440, 900)
	}
	then := func(name, script string) {
		page.MustEval(script)
		if err := os.WriteFile(filepath.Join(*shots, name+".png"), page.MustScreenshot(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	take("workspace", "/workspace?lang=zh-CN&theme=weir-light", 1440, 900)
	then("menus", `() => { document.querySelector("#status").open = true; document.querySelector("#mine").open = true; document.querySelector("#scroll").scrollTop = 0 }`)
	then("keys", `() => { document.querySelector("#keys").showModal() }`)
	take("phone", "/workspace?lang=zh-CN&theme=weir-light", 390, 844)
	then("phone-customer", `() => { document.querySelector("[data-act=side]").click() }`)
	take("phone-list", "/workspace-empty?lang=zh-CN&theme=weir-light", 390, 844)
	then("phone-menu", `() => { document.querySelector("#mine").open = true; document.documentElement.dataset.live = "offline" }`)
	for _, s := range []string{"login", "workspace", "workspace-empty", "workspace-exhausted"} {
		take(s+"-en", "/"+s+"?lang=en&theme=weir-light", 1440, 900)
		take(s+"-dark", "/"+s+"?lang=zh-CN&theme=weir-dark", 1440, 900)
	}
	for _, s := range []string{"settings-account-checks", "settings-health", "monitoring", "monitoring-empty", "workspace-together", "workspace-watching"} {
		take(s, "/"+s+"?lang=zh-CN&theme=weir-light", 1440, 900)
		take(s+"-en", "/"+s+"?lang=en&theme=weir-dark", 1440, 900)
		take("phone-"+s, "/"+s+"?lang=zh-CN&theme=weir-light", 390, 844)
	}
	for name, show := range map[string]string{"more": `() => { document.querySelector("#more").open = true }`,
		"transfer": `async () => { const d = document.querySelector("#hand"); d.innerHTML = await (await fetch("/part-transfer?lang=zh-CN")).text(); d.showModal() }`} {
		take("workspace-watching", "/workspace-watching?lang=zh-CN&theme=weir-light", 1440, 900)
		then(name, show)
		take("phone", "/workspace-together?lang=zh-CN&theme=weir-dark", 390, 844)
		then("phone-"+name, show)
	}
	noting := `async () => { document.dispatchEvent(new Event("weir:note")); document.querySelector("#note").value = "@"; document.querySelector("#callable").innerHTML = await (await fetch("/part-callable?lang=zh-CN")).text(); document.querySelector("#callable li").ariaSelected = "true" }`
	take("notes", "/workspace-notes?lang=zh-CN&theme=weir-light", 1440, 900)
	take("notes-en-dark", "/workspace-notes?lang=en&theme=weir-dark", 1440, 900)
	then("noting-dark", noting)
	take("phone-notes", "/workspace-notes?lang=zh-CN&theme=weir-light", 390, 844)
	then("phone-noting", noting)
	take("cards", "/workspace-cards?lang=zh-CN&theme=weir-light", 1440, 900)
	take("phone-cards", "/workspace-cards?lang=en&theme=weir-dark", 390, 844)
	for name, part := range map[string]string{"card": "part-card-news", "menu": "part-card-menu", "program": "part-card-program"} {
		dialog := `async () => { const d = document.querySelector("#hand"); d.innerHTML = await (await fetch("/` + part + `?lang=zh-CN")).text(); d.showModal() }`
		take("workspace", "/workspace?lang=zh-CN&theme=weir-light", 1440, 900)
		then("write-"+name, dialog)
		take("phone", "/workspace?lang=zh-CN&theme=weir-dark", 390, 844)
		then("phone-write-"+name, dialog)
	}
	for size, width := range map[string]int{"": 1440, "phone-": 390} {
		take("workspace", "/workspace?lang=en&theme=weir-dark", width, 900)
		then(size+"tray", `async () => { document.querySelector("#tray").innerHTML = await (await fetch("/part-tray?lang=en")).text() }`)
		take("workspace", "/workspace?lang=zh-CN&theme=weir-light", width, 900)
		then(size+"emoji", `async () => { document.querySelector(".wr-emoji").innerHTML = await (await fetch("/part-emoji?lang=zh-CN")).text(); document.querySelector("#emoji").open = true }`)
	}
	for _, s := range []string{"settings-channels", "settings-channel-new", "settings-channel", "settings-channel-refused", "settings-menu", "settings-menu-empty"} {
		take(s, "/"+s+"?lang=zh-CN&theme=weir-light", 1440, 900)
		take(s+"-en", "/"+s+"?lang=en&theme=weir-dark", 1440, 900)
		take("phone-"+s, "/"+s+"?lang=zh-CN&theme=weir-light", 390, 844)
		take("phone-"+s+"-en", "/"+s+"?lang=en&theme=weir-dark", 390, 844)
	}
	take("workspace-900", "/workspace?lang=zh-CN&theme=weir-light", 900, 900)
	take("workspace-en-900", "/workspace?lang=en&theme=weir-light", 900, 900)
	for _, s := range []string{"login-wrong", "workspace", "workspace-empty", "workspace-exhausted"} {
		take("phone-"+s, "/"+s+"?lang=zh-CN&theme=weir-light", 390, 844)
		take("phone-"+s+"-en", "/"+s+"?lang=en&theme=weir-dark", 390, 844)
	}
}
