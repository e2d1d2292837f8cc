package gallery

import (
	"time"

	"weir/views"
)

// compose are the parts in which something is sent that is more than a text.
func (s sample) compose() []State {
	part := func(name string, c State) State { c.Name, c.Fragment = name, true; return c }
	card := func(kind string) State {
		return State{View: views.CardForm(views.Card{Reader: s.Reader, SessionID: "s1", Kind: kind, Key: "00112233445566778899aabbccddeeff"})}
	}
	message := views.Message{ID: "p", Side: views.FromAgent, Kind: views.WebLink, Title: s.pick("周末八折", "Weekend sale"), Description: s.pick("包间也有", "rooms too"), URL: "https://example.com/sale"}
	preview := func(problem string) State {
		return State{View: views.CardPreview(views.Preview{Reader: s.Reader, Head: s.open().Head, Message: message, Quota: views.Quota{Limit: 5, Left: 3}, Problem: problem})}
	}
	return []State{
		part("part-tray", State{View: views.TrayItems(s.tray())}),
		part("part-card-news", card("news")),
		part("part-card-menu", card("msgmenu")),
		part("part-card-program", card("miniprogrampage")),
		part("part-preview", preview("")),
		part("part-preview-wrong", preview(s.Words.Sentence("reply.url"))),
		part("part-emoji", State{View: views.Emoji()}),
	}
}

func (s sample) tray() views.Tray {
	at := "/sessions/s1/media/"
	return views.Tray{Reader: s.Reader, SessionID: "s1", Items: []views.TrayItem{
		{ID: "u1", Name: s.pick("截图.png", "screenshot.png"), Kind: views.Image, Size: 1_240_000, Width: 1200, Height: 800, Smaller: true, ThumbURL: at + "u1/thumb", PlayURL: at + "u1"},
		{ID: "u2", Name: s.pick("说明.mp3", "how-to.mp3"), Kind: views.Voice, Size: 96_000, Length: 14 * time.Second, PlayURL: at + "u2"},
		{ID: "u3", Name: s.pick("怎么充值.mp4", "top-up.mp4"), Kind: views.Video, Size: 8_100_000, Width: 1280, Height: 720, ThumbURL: at + "u3/thumb", PlayURL: at + "u3"},
		{ID: "u4", Name: s.pick("报价.pdf", "offer.pdf"), Problem: s.Words.Sentence("upload.kind")},
	}}
}

// cards is a session in which we sent what customers can tap.
func (s sample) cards() *views.Open {
	o := s.open()
	o.Thread.NewFrom = 0
	ours := func(m views.Message) views.Message {
		m.Side, m.Mine, m.By, m.Delivery = views.FromAgent, true, s.pick("小鱼", "Yu"), views.Sent
		return m
	}
	lost := ours(views.Message{Kind: views.Image, State: views.MediaKept, URL: "/sessions/s1/media/1", PlayURL: "/sessions/s1/media/1", ThumbURL: "/sessions/s1/media/1/thumb", Width: 720, Height: 480})
	lost.Delivery, lost.Reason, lost.CanResend = views.Failed, "delivery.file-gone", true
	film := ours(views.Message{Kind: views.Video, Title: s.pick("怎么充值", "How to top up"), State: views.MediaKept, URL: "/sessions/s1/media/5", PlayURL: "/sessions/s1/media/5", ThumbURL: "/sessions/s1/media/5/thumb", Width: 1280, Height: 720})
	o.Thread.Messages = []views.Message{
		ours(views.Message{Kind: views.Menu, Text: s.pick("您对这次服务满意吗？", "Were you well served?"), Items: []string{s.pick("满意", "Yes"), s.pick("不满意", "No")}, Description: s.pick("谢谢您", "Thank you")}),
		ours(views.Message{Kind: views.MiniProgram, Title: s.pick("在线订座", "Book a seat"), ThumbURL: "/sessions/s1/media/7/thumb"}),
		ours(views.Message{Kind: views.WebLink, Title: s.pick("周末八折", "Weekend sale"), Description: s.pick("包间也有", "rooms too"), URL: "https://example.com/sale"}),
		film, lost,
	}
	for i := range o.Thread.Messages {
		m := &o.Thread.Messages[i]
		m.ID, m.Seq, m.At = string(rune('a'+i)), int64(i+1), clock(10, 20+i)
	}
	o.Thread.Seen = int64(len(o.Thread.Messages))
	return o
}
