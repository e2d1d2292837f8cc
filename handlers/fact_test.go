package handlers

import (
	"reflect"
	"testing"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/wechat"
)

func TestWhatTheDeskIsToldOfAnEvent(t *testing.T) {
	job := func(status string) *wechat.Inbound {
		return &wechat.Inbound{MsgType: wechat.MsgEvent, Event: wechat.EventTemplateDone, MsgID: "7", Status: status}
	}
	for _, tc := range []struct {
		name string
		in   *wechat.Inbound
		want desk.Fact
	}{
		{"a template message arrived", job("success"), desk.Fact{Jobs: []desk.Job{{MsgID: "7"}}}},
		{"the customer blocks them", job("failed:user block"), desk.Fact{Jobs: []desk.Job{{MsgID: "7", Code: 43004, Why: "delivery.template-blocked"}}}},
		{"with a blank, as another page has it", job("failed: user block"), desk.Fact{Jobs: []desk.Job{{MsgID: "7", Code: 43004, Why: "delivery.template-blocked"}}}},
		{"WeChat failed", job("failed: system failed"), desk.Fact{Jobs: []desk.Job{{MsgID: "7", Code: -1, Why: "delivery.template-failed"}}}},
		{"a notice was refused", &wechat.Inbound{MsgType: wechat.MsgEvent, Event: wechat.EventNoticeSent,
			Raw: `<xml><SubscribeMsgSentEvent><List><TemplateId>t</TemplateId><MsgID>8</MsgID><ErrorCode>43101</ErrorCode><ErrorStatus>refuse</ErrorStatus></List></SubscribeMsgSentEvent></xml>`},
			desk.Fact{Jobs: []desk.Job{{MsgID: "8", Template: "t", Code: 43101, Why: "delivery.notice-failed"}}}},
		{"the verification expires", &wechat.Inbound{Event: wechat.EventVerifyExpired, Other: map[string]string{"ExpiredTime": "1442401061", "FailReason": "by time"}},
			desk.Fact{Expires: time.Unix(1442401061, 0).UTC(), Why: "by time"}},
		{"a place", &wechat.Inbound{Event: wechat.EventLocation, Latitude: 39.9, Longitude: 116.4, Precision: 50}, desk.Fact{Lat: 39.9, Lng: 116.4, Accuracy: 50}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := fact(tc.in); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestAMessageOfAnUnknownKindIsKeptWhole(t *testing.T) {
	in := &wechat.Inbound{MsgType: "file", OpenID: "o1", Raw: "<xml>\x00<FileKey>x</FileKey></xml>"}
	a := arrival(id.New(), "wx1", in)
	if a.Type != desk.TypeOther || a.Data.Kind != "file" || a.Data.Raw != "<xml><FileKey>x</FileKey></xml>" {
		t.Errorf("%+v", a)
	}
}

func TestWhatAMessageSaysBesideItsWordsIsKept(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   wechat.Inbound
		want desk.Data
		kind int16
	}{
		{"the item of a menu that was tapped", wechat.Inbound{MsgType: wechat.MsgText, Content: "满意", BizMsgMenuID: "101"}, desk.Data{MenuID: "101"}, desk.TypeText},
		{"the words of a voice message", wechat.Inbound{MsgType: wechat.MsgVoice, MediaID: "m", Format: "amr", Recognition: "在吗"}, desk.Data{MediaID: "m", Format: "amr", Recognition: "在吗"}, desk.TypeVoice},
		{"a short video is one", wechat.Inbound{MsgType: wechat.MsgShortVideo, MediaID: "m", ThumbMediaID: "t"}, desk.Data{MediaID: "m", ThumbID: "t", Kind: "shortvideo"}, desk.TypeVideo},
		{"a video is none", wechat.Inbound{MsgType: wechat.MsgVideo, MediaID: "m"}, desk.Data{MediaID: "m"}, desk.TypeVideo},
		{"the article it was written under", wechat.Inbound{MsgType: wechat.MsgText, Content: "好文", Other: map[string]string{"MsgDataId": "9", "Idx": "2", "BusinessId": "7"}},
			desk.Data{Article: &desk.Article{MsgDataID: "9", Index: "2"}, BusinessID: "7"}, desk.TypeText},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := arrival(id.New(), "wx1", &tc.in)
			if a.Type != tc.kind || !reflect.DeepEqual(a.Data, tc.want) {
				t.Errorf("%d %+v", a.Type, a.Data)
			}
			if a.Tapped != (tc.want.MenuID != "") {
				t.Errorf("that it was a tap is %v", a.Tapped)
			}
		})
	}
}
