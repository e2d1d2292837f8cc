package e2e

import (
	"context"
	"testing"

	"github.com/go-rod/rod/lib/input"
)

func TestAReminderComesBackToItsAgentAtItsTime(t *testing.T) {
	t.Parallel()
	w, a := serving(t)
	agent := w.talking(a, chen, "退款什么时候到")
	agent.clicks("#remind", "添加提醒")
	agent.saysInDialog("reminder-text", "问退款到账没有")
	agent.types(input.Enter)
	agent.sees("#reminders li", "问退款到账没有")
	agent.seesNo("#come", "")
	agent.clicks("#close", "结束会话")
	agent.sees("#composer-state", "会话已结束")
	conn := w.sql()
	defer conn.Close(context.Background())
	hourGoesBy := func() {
		t.Helper()
		if _, err := conn.Exec(t.Context(), "UPDATE reminders SET due_at = due_at - interval '1 hour'"); err != nil {
			t.Fatal(err)
		}
	}
	hourGoesBy()
	agent.sees("#come", "问退款到账没有")
	agent.clicks("#come button", "1 小时后")
	agent.seesNo("#come", "")
	hourGoesBy()
	agent.visits(a.url("/"))
	agent.clicks("#come a", "问退款到账没有")
	agent.sees("li.in", "退款什么时候到")
	agent.clicks("#come button", "完成")
	agent.seesNo("#come", "")
}
