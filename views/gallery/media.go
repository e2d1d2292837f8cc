package gallery

import (
	"time"

	"weir/views"
)

// media is a session with everything that customers can send, in every state.
func (s sample) media() *views.Open {
	o := s.open()
	o.Thread.NewFrom = 0
	at := func(n string) string { return "/sessions/s1/media/" + n }
	o.Thread.Messages = []views.Message{
		{Kind: views.SomethingElse, Side: views.FromEvent, Text: s.pick("卡券核销", "card_pay_order")},
		{Kind: views.Opened, Side: views.FromEvent, Text: s.pick("会员页", "https://shop.example/menu")},
		{Kind: views.Image, State: views.MediaKept, URL: at("1"), PlayURL: at("1"), ThumbURL: at("1/thumb"), Width: 720, Height: 1280},
		{Kind: views.Image, State: views.MediaKept, URL: at("2"), Size: 2_310_000},
		{Kind: views.Image},
		{Kind: views.Image, State: views.MediaExpired},
		{Kind: views.Image, State: views.MediaFailed},
		{Kind: views.Voice, State: views.MediaKept, URL: at("3"), PlayURL: at("3/play"), Length: 9 * time.Second, Recognition: s.pick("你好，昨晚的发票开错了", "The invoice is wrong")},
		{Kind: views.Voice, State: views.MediaKept, URL: at("4"), Length: 14 * time.Second, Size: 18_400},
		{Kind: views.Voice},
		{Kind: views.Video, State: views.MediaKept, URL: at("5"), PlayURL: at("5"), ThumbURL: at("5/thumb"), Width: 1280, Height: 720},
		{Kind: views.Video, State: views.MediaKept, URL: at("6"), Size: 8_100_000},
		{Kind: views.Video, State: views.MediaFailed},
		{Kind: views.Location, Title: s.pick("三里屯太古里南区", "Taikoo Li South, Sanlitun"), Lat: 39.9336, Lng: 116.4540},
		{Kind: views.WebLink, Title: s.pick("电子发票", "Invoice"), Description: s.pick("点击查看", "Tap to view"), URL: "https://invoice.example/1"},
		{Kind: views.OtherKind, What: s.pick("文件", "file")},
	}
	for i := range o.Thread.Messages {
		m := &o.Thread.Messages[i]
		m.ID, m.Seq, m.At = string(rune('a'+i)), int64(i+1), clock(10, 20+i)
	}
	o.Customer.QRScene, o.Customer.Tags = s.pick("七号桌", "table 7"), []string{s.pick("会员", "Member"), s.pick("大客户", "Key account")}
	o.Customer.Unsynced = s.Words.Undelivered(40092)
	o.Thread.Seen = int64(len(o.Thread.Messages))
	return o
}
