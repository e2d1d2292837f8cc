package wechat

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// xmlDoc wraps fields in what every document has.
func xmlDoc(inner string) string {
	return "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>1700000000</CreateTime>" + inner + "</xml>"
}

func TestParseFields(t *testing.T) {
	base := Inbound{ToUser: "gh_1", OpenID: "o1", CreatedAt: time.Unix(1700000000, 0).UTC()}
	event := func(name string, change func(*Inbound)) func(*Inbound) {
		return func(in *Inbound) {
			in.MsgType, in.Event = MsgEvent, name
			if change != nil {
				change(in)
			}
		}
	}
	for _, tc := range []struct {
		name string
		doc  string
		want func(*Inbound)
		key  string
	}{
		{"text", xmlDoc(`<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content><MsgId>6054768590064713728</MsgId>`),
			func(in *Inbound) { in.MsgType, in.Content, in.MsgID = MsgText, "你好", "6054768590064713728" }, "m:6054768590064713728"},
		{"text without CDATA has its entities resolved", xmlDoc(`<MsgType>text</MsgType><Content>a&lt;b&gt; &amp;amp; &quot;&apos;&#20320;&#x597D; &nbsp; A&B;</Content><MsgId>1</MsgId>`),
			func(in *Inbound) { in.MsgType, in.Content, in.MsgID = MsgText, `a<b> &amp; "'你好 &nbsp; A&B;`, "1" }, "m:1"},
		{"text in CDATA has not", xmlDoc(`<MsgType>text</MsgType><Content><![CDATA[a&lt;b <!DOCTYPE html><b>]]></Content><MsgId>1</MsgId>`),
			func(in *Inbound) { in.MsgType, in.Content, in.MsgID = MsgText, "a&lt;b <!DOCTYPE html><b>", "1" }, "m:1"},
		{"a split CDATA is one text", xmlDoc(`<MsgType>text</MsgType><Content><![CDATA[a]]]]><![CDATA[>b]]> <!-- no --><![CDATA[c]]></Content><MsgId>1</MsgId>`),
			func(in *Inbound) { in.MsgType, in.Content, in.MsgID = MsgText, "a]]>b c", "1" }, "m:1"},
		{"a tap on a msgmenu item", xmlDoc(`<MsgType>text</MsgType><Content>满意</Content><MsgId>1</MsgId><bizmsgmenuid>101</bizmsgmenuid>`),
			func(in *Inbound) { in.MsgType, in.Content, in.MsgID, in.BizMsgMenuID = MsgText, "满意", "1", "101" }, "m:1"},
		{"image", xmlDoc(`<MsgType>image</MsgType><PicUrl>http://p/a?b=1&amp;c=2</PicUrl><MediaId>m</MediaId><MsgId>1</MsgId>`),
			func(in *Inbound) {
				in.MsgType, in.PicURL, in.MediaID, in.MsgID = MsgImage, "http://p/a?b=1&c=2", "m", "1"
			}, "m:1"},
		{"voice", xmlDoc(`<MsgType>voice</MsgType><MediaId>m</MediaId><Format>amr</Format><Recognition>你好</Recognition><MediaId16K>k</MediaId16K><MsgId>1</MsgId>`),
			func(in *Inbound) {
				in.MsgType, in.MediaID, in.Format, in.Recognition, in.MsgID, in.MediaID16K = MsgVoice, "m", "amr", "你好", "1", "k"
			}, "m:1"},
		{"video", xmlDoc(`<MsgType>shortvideo</MsgType><MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId><MsgId>1</MsgId>`),
			func(in *Inbound) { in.MsgType, in.MediaID, in.ThumbMediaID, in.MsgID = MsgShortVideo, "m", "t", "1" }, "m:1"},
		{"location: X is the latitude", xmlDoc(`<MsgType>location</MsgType><Location_X>23.137466</Location_X><Location_Y>113.352425</Location_Y><Scale>20</Scale><Label>广州</Label><MsgId>1</MsgId>`),
			func(in *Inbound) {
				in.MsgType, in.Latitude, in.Longitude, in.Scale, in.Label, in.MsgID = MsgLocation, 23.137466, 113.352425, 20, "广州", "1"
			}, "m:1"},
		{"figures that are none are 0", xmlDoc(`<MsgType>location</MsgType><Location_X>NaN</Location_X><Location_Y>x</Location_Y><Scale></Scale><MsgId>1</MsgId>`),
			func(in *Inbound) { in.MsgType, in.MsgID = MsgLocation, "1" }, "m:1"},
		{"link", xmlDoc(`<MsgType>link</MsgType><Title>t</Title><Description>d</Description><Url>u</Url><MsgId>1</MsgId>`),
			func(in *Inbound) {
				in.MsgType, in.Title, in.Description, in.URL, in.MsgID = MsgLink, "t", "d", "u", "1"
			}, "m:1"},
		{"an unknown kind is passed on", xmlDoc(`<MsgType>file</MsgType><FileKey>x</FileKey><MsgId>1</MsgId>`),
			func(in *Inbound) { in.MsgType, in.MsgID, in.Other = "file", "1", map[string]string{"FileKey": "x"} }, "m:1"},
		{"spaces, an empty element, attributes, a comment, a declaration and an order of its own",
			"\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- x --><xml a='1' b=\"2\">\r\n<MsgId> 1 </MsgId>\n<Ticket/><Event></Event><CreateTime> 1700000000 </CreateTime><MsgType > Text </MsgType ><FromUserName>o1</FromUserName><ToUserName>gh_1</ToUserName></xml>\n",
			func(in *Inbound) { in.MsgType, in.MsgID = MsgText, "1" }, "m:1"},
		{"plain follow", xmlDoc(`<MsgType>event</MsgType><Event>subscribe</Event><EventKey/>`), event("subscribe", nil), "e:o1:1700000000:subscribe:"},
		{"follow by QR code", xmlDoc(`<MsgType>event</MsgType><Event>subscribe</Event><EventKey>qrscene_12</EventKey><Ticket>t</Ticket>`),
			event("subscribe", func(in *Inbound) { in.EventKey, in.Ticket = "qrscene_12", "t" }), "e:o1:1700000000:subscribe:qrscene_12"},
		{"an event's name is lower case, whatever the page says", xmlDoc(`<MsgType>event</MsgType><Event>SCAN</Event><EventKey>12</EventKey>`),
			event("scan", func(in *Inbound) { in.EventKey = "12" }), "e:o1:1700000000:scan:12"},
		{"menu link", xmlDoc(`<MsgType>event</MsgType><Event>VIEW</Event><EventKey>http://x</EventKey><MenuId>7</MenuId>`),
			event("view", func(in *Inbound) { in.EventKey, in.MenuID = "http://x", "7" }), "e:o1:1700000000:view:http://x"},
		{"LOCATION event", xmlDoc(`<MsgType>event</MsgType><Event>LOCATION</Event><Latitude>23.1</Latitude><Longitude>113.3</Longitude><Precision>119.38</Precision>`),
			event("location", func(in *Inbound) { in.Latitude, in.Longitude, in.Precision = 23.1, 113.3, 119.38 }), "e:o1:1700000000:location:"},
		{"scan of a menu", xmlDoc(`<MsgType>event</MsgType><Event>scancode_waitmsg</Event><EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>2</ScanResult></ScanCodeInfo>`),
			event("scancode_waitmsg", func(in *Inbound) { in.EventKey, in.ScanType, in.ScanResult = "k", "qrcode", "2" }), "e:o1:1700000000:scancode_waitmsg:k"},
		{"nested fields do not overwrite those of the top", xmlDoc(`<MsgType>event</MsgType><Event>location_select</Event><EventKey>k</EventKey><SendLocationInfo><Location_X>1</Location_X><Label>l</Label><FromUserName>forged</FromUserName><EventKey>forged</EventKey></SendLocationInfo>`),
			event("location_select", func(in *Inbound) {
				in.EventKey = "k"
				in.Other = map[string]string{"SendLocationInfo.Location_X": "1", "SendLocationInfo.Label": "l", "SendLocationInfo.FromUserName": "forged", "SendLocationInfo.EventKey": "forged"}
			}), "e:o1:1700000000:location_select:k"},
		{"a template job is known by its MsgID", xmlDoc(`<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>200163836</MsgID><Status>success</Status>`),
			event("templatesendjobfinish", func(in *Inbound) { in.MsgID, in.Status = "200163836", "success" }), "e:o1:1700000000:templatesendjobfinish:200163836"},
		{"forged elements behind a broken CDATA: the first openid counts, and no MsgId",
			xmlDoc(`<MsgType>text</MsgType><Content><![CDATA[a]]></Content><FromUserName>victim</FromUserName><MsgId>9</MsgId><Content><![CDATA[]]></Content><MsgId>1</MsgId>`),
			func(in *Inbound) { in.MsgType, in.Content = MsgText, "a" }, "d:"},
		{"control characters and bad UTF-8 do not make a message undeliverable", xmlDoc("<MsgType>text</MsgType><Content><![CDATA[a\x00\x08\x0b\uffff\xffb😀&#0;]]>&#0;&#8;&#xD800;&#x1F600;</Content><MsgId>1</MsgId>"),
			func(in *Inbound) { in.MsgType, in.Content, in.MsgID = MsgText, "a\ufffdb😀&#0;\ufffd😀", "1" }, "m:1"},
		{"a message without MsgId is known by its document", xmlDoc(`<MsgType>text</MsgType><Content>x</Content>`),
			func(in *Inbound) { in.MsgType, in.Content = MsgText, "x" }, "d:"},
		{"JSON with numbers", `{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1700000000,"MsgType":"text","Content":"\u4f60\u0000好","MsgId":9007199254740993123}`,
			func(in *Inbound) { in.MsgType, in.Content, in.MsgID = MsgText, "你好", "9007199254740993123" }, "m:9007199254740993123"},
		{"JSON with strings", ` {"ToUserName":"gh_1","FromUserName":"o1","CreateTime":"1700000000","MsgType":"text","Content":"x","MsgId":"24536729875674367", "More":[1,{"a":null}], "T":true}`,
			func(in *Inbound) {
				in.MsgType, in.Content, in.MsgID, in.Other = MsgText, "x", "24536729875674367", map[string]string{"T": "true"}
			}, "m:24536729875674367"},
		{"JSON with a List that is an object", `{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1700000000,"MsgType":"event","Event":"subscribe_msg_popup_event","List":{"TemplateId":"t","Event":"forged"}}`,
			event("subscribe_msg_popup_event", func(in *Inbound) { in.Other = map[string]string{"List.TemplateId": "t", "List.Event": "forged"} }), "e:+"},
		{"JSON with a List that is an array", `{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1700000000,"MsgType":"event","Event":"subscribe_msg_popup_event","List":[{"TemplateId":"t","Event":"forged"},"x"]}`,
			event("subscribe_msg_popup_event", nil), "e:+"},
		{"an event of the account's verification", xmlDoc(`<MsgType>event</MsgType><Event>verify_expired</Event><ExpiredTime>1442401061</ExpiredTime>`),
			event("verify_expired", func(in *Inbound) { in.Other = map[string]string{"ExpiredTime": "1442401061"} }), "e:o1:1700000000:verify_expired:"},
		{"an event of WeChat's own multi-agent tool", xmlDoc(`<MsgType>event</MsgType><Event>kf_switch_session</Event><FromKfAccount>a@x</FromKfAccount><ToKfAccount>b@x</ToKfAccount>`),
			event("kf_switch_session", func(in *Inbound) {
				in.Other = map[string]string{"FromKfAccount": "a@x", "ToKfAccount": "b@x"}
			}), "e:o1:1700000000:kf_switch_session:"},
		{"a mini program's card", xmlDoc(`<MsgType>miniprogrampage</MsgType><MsgId>1</MsgId><Title>t</Title><AppId>wx2</AppId><PagePath>p</PagePath><ThumbUrl>u</ThumbUrl><ThumbMediaId>m</ThumbMediaId>`),
			func(in *Inbound) {
				in.MsgType, in.MsgID, in.Title, in.ThumbMediaID = "miniprogrampage", "1", "t", "m"
				in.Other = map[string]string{"AppId": "wx2", "PagePath": "p", "ThumbUrl": "u"}
			}, "m:1"},
		{"a message from an article", xmlDoc(`<MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId><MsgDataId>2247483650_1</MsgDataId><Idx>1</Idx>`),
			func(in *Inbound) {
				in.MsgType, in.Content, in.MsgID, in.Other = MsgText, "x", "1", map[string]string{"MsgDataId": "2247483650_1", "Idx": "1"}
			}, "m:1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := base
			tc.want(&want)
			got, err := parse(clean(tc.doc))
			if err != nil {
				t.Fatal(err)
			}
			want.Raw, want.JSON = clean(tc.doc), isJSON(tc.doc)
			if !reflect.DeepEqual(*got, want) {
				t.Errorf("got  %+v\nwant %+v", *got, want)
			}
			if key := got.Key(); key != tc.key && !(tc.key == "e:+" && strings.Contains(key, "_event:sha256-")) && !(tc.key == "d:" && strings.HasPrefix(key, "d:") && len(key) == 66) {
				t.Errorf("key = %q, want %q", key, tc.key)
			}
		})
	}
}

func TestWhatIsMalformed(t *testing.T) {
	const ok = `<MsgType>text</MsgType><MsgId>1</MsgId>`
	if _, err := parse(xmlDoc(ok)); err != nil {
		t.Fatal("the well-formed neighbour of these cases:", err)
	}
	nest := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	if _, err := parse(xmlDoc(ok + nest(maxDepth-1))); err != nil {
		t.Fatal("as deep as is allowed:", err)
	}
	for name, doc := range map[string]string{
		"nothing":                     "",
		"a text":                      "hello",
		"no FromUserName":             strings.Replace(xmlDoc(ok), "FromUserName", "From", 2),
		"an empty FromUserName":       strings.Replace(xmlDoc(ok), "o1", " ", 1),
		"a long FromUserName":         strings.Replace(xmlDoc(ok), "o1", strings.Repeat("o", 65), 1),
		"no MsgType":                  xmlDoc(""),
		"no CreateTime":               strings.Replace(xmlDoc(ok), "CreateTime", "Created", 2),
		"a CreateTime that is none":   strings.Replace(xmlDoc(ok), "1700000000", "now", 1),
		"a CreateTime of 0":           strings.Replace(xmlDoc(ok), "1700000000", "0", 1),
		"a CreateTime of year 10000":  strings.Replace(xmlDoc(ok), "1700000000", "253402300800", 1),
		"DOCTYPE":                     "<!DOCTYPE xml>" + xmlDoc(ok),
		"ENTITY":                      `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + xmlDoc(ok+"<Content>&a;</Content>"),
		"a DOCTYPE within":            xmlDoc(ok + "<!DOCTYPE x>"),
		"an ENTITY within":            xmlDoc(ok + `<!ENTITY a "b">`),
		"a lower-case doctype":        "<!doctype xml>" + xmlDoc(ok),
		"too deep":                    xmlDoc(ok + nest(maxDepth)),
		"too many elements":           xmlDoc(ok + strings.Repeat("<a/>", maxElements)),
		"too many attributes":         xmlDoc(ok + "<a" + strings.Repeat(` a="1"`, maxAttrs+1) + "/>"),
		"an attribute without quotes": xmlDoc(ok + "<a b=c/>"),
		"an attribute with <":         xmlDoc(ok + `<a b="<"/>`),
		"an open end":                 strings.TrimSuffix(xmlDoc(ok), "</xml>"),
		"an open CDATA":               xmlDoc(ok + "<![CDATA[x"),
		"crossed tags":                xmlDoc(ok + "<a><b></a></b>"),
		"text behind":                 xmlDoc(ok) + "x",
		"a second root":               xmlDoc(ok) + "<xml/>",
		"CDATA behind":                xmlDoc(ok) + "<![CDATA[x]]>",
		"a tag without name":          xmlDoc(ok + "< a/>"),
		"JSON with something behind":  `{"FromUserName":"o1","CreateTime":1700000000,"MsgType":"text"}{}`,
		"JSON cut off":                `{"FromUserName":"o1","CreateTime":1700000000,"MsgType":"text"`,
		"JSON without FromUserName":   `{"CreateTime":1700000000,"MsgType":"text"}`,
		"JSON with an object for it":  `{"FromUserName":{"$ne":""},"CreateTime":1700000000,"MsgType":"text"}`,
		"JSON too deep":               `{"FromUserName":"o1","CreateTime":1700000000,"MsgType":"text","a":` + strings.Repeat("[", 99) + strings.Repeat("]", 99) + `}`,
		"JSON with too many elements": `{"FromUserName":"o1","CreateTime":1700000000,"MsgType":"text","a":[` + strings.Repeat("1,", maxElements) + `1]}`,
		"a JSON array":                `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			in, err := parse(clean(doc))
			if reasonOf(err) != Malformed {
				t.Errorf("parse = %+v, %v", in, err)
			}
		})
	}
}

func TestKeyIsNeverEmptyAndNeverLong(t *testing.T) {
	long := strings.Repeat("长", 5000)
	seen := map[string]string{}
	for name, in := range map[string]Inbound{
		"nothing":          {},
		"another document": {Raw: "x"},
		"message":          {MsgType: MsgText, MsgID: "1"},
		"long MsgId":       {MsgType: MsgText, MsgID: long},
		"event":            {MsgType: MsgEvent, OpenID: "o", Event: "view"},
		"the other event":  {MsgType: MsgEvent, OpenID: "o", Event: "click"},
		"another key":      {MsgType: MsgEvent, OpenID: "o", Event: "view", EventKey: "k"},
		"long EventKey":    {MsgType: MsgEvent, OpenID: strings.Repeat("o", 64), Event: long, EventKey: long},
		"another long one": {MsgType: MsgEvent, OpenID: strings.Repeat("o", 64), Event: long, EventKey: long + "x"},
		"a second later":   {MsgType: MsgEvent, OpenID: "o", Event: "view", CreatedAt: time.Unix(1, 0)},
		"another customer": {MsgType: MsgEvent, OpenID: "p", Event: "view"},
		"one job":          {MsgType: MsgEvent, OpenID: "o", Event: "view", MsgID: "1"},
		"another job":      {MsgType: MsgEvent, OpenID: "o", Event: "view", MsgID: "2"},
	} {
		key := in.Key()
		if len(key) < 3 || len(key) > 360 {
			t.Errorf("%s: %d bytes", name, len(key))
		}
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s share %q", name, other, key)
		}
		seen[key] = name
	}
}

func TestRepetitionHasTheSameKeyUnderAnotherEnvelope(t *testing.T) {
	a := testAccount(t, Safe)
	var keys []string
	for range 2 {
		q, body := sealed(t, a.Key, testAppID, xmlDoc(`<MsgType>text</MsgType><Content>x</Content>`), testNow)
		in, err := a.Open(q, body, testNow)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, in.Key())
	}
	if keys[0] != keys[1] {
		t.Error(keys)
	}
}

func TestClean(t *testing.T) {
	for _, tc := range [][2]string{
		{"", ""}, {"你好😀\t\r\n\u007f", "你好😀\t\r\n\u007f"}, {"\ufeffa\ufeff", "a\ufeff"}, {"\x00", ""}, {"a\x1fb", "ab"},
		{"\xff\xfe", "\ufffd\ufffd"}, {"\ufffe\uffff", ""}, {"\xed\xa0\x80", "\ufffd\ufffd\ufffd"}, {"\U0010ffff", "\U0010ffff"},
	} {
		if got := clean(tc[0]); got != tc[1] {
			t.Errorf("clean(%q) = %q, want %q", tc[0], got, tc[1])
		}
	}
	for r := rune(-1); r < 0x20000; r++ {
		if s := string(r); isClean(s) != (clean(s) == s) && r != 0xfeff {
			t.Fatalf("%U: isClean = %v, clean = %q", r, isClean(s), clean(s))
		}
	}
}

func ExampleAccount_Open() {
	key, _ := ParseKey("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
	account := &Account{AppID: "wxb11529c136998cb6", Token: "pamtest", Key: key, Mode: Safe}
	v := vectors[0]
	query := ParseQuery("timestamp=" + v.timestamp + "&nonce=" + v.nonce + "&encrypt_type=aes&msg_signature=" + v.msgSignature)
	in, err := account.Open(query, []byte("<xml><Encrypt><![CDATA["+v.encrypt+"]]></Encrypt></xml>"), time.Unix(1458300676, 0))
	fmt.Println(in.MsgType, in.Content, in.Key(), err)
	// Output: text hello m:12345 <nil>
}

func TestWhatAnEventSaysOfNotices(t *testing.T) {
	list := func(of, inner string) string {
		return xmlDoc("<MsgType>event</MsgType><Event>" + of + "</Event><" + of + ">" + inner + "</" + of + ">")
	}
	head := `{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1700000000,"MsgType":"event","Event":"subscribe_msg_sent_event",`
	for _, tc := range []struct {
		name, doc string
		want      []Notice
	}{
		{"sent", list("SubscribeMsgSentEvent", `<List><TemplateId>t</TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List>`),
			[]Notice{{"t", "1700827132819554304", "success", 0}}},
		{"two, of which one failed", list("SubscribeMsgSentEvent", `<List><TemplateId>t</TemplateId><MsgID>1</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List>`+
			`<List><TemplateId>u</TemplateId><MsgID>2</MsgID><ErrorCode>20</ErrorCode><ErrorStatus>user refuse</ErrorStatus></List>`), []Notice{{"t", "1", "success", 0}, {"u", "2", "user refuse", 20}}},
		{"a choice in the pop-up", list("SubscribeMsgPopupEvent", `<List><TemplateId>t</TemplateId><SubscribeStatusString>accept</SubscribeStatusString><PopupScene>2</PopupScene></List>`), []Notice{{"t", "", "accept", 0}}},
		{"switched off", list("SubscribeMsgChangeEvent", `<List><TemplateId>t</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List>`), []Notice{{"t", "", "reject", 0}}},
		{"JSON, an object", head + `"SubscribeMsgSentEvent":{"List":{"TemplateId":"t","MsgID":1700827132819554304,"ErrorCode":0,"ErrorStatus":"success"}}}`, []Notice{{"t", "1700827132819554304", "success", 0}}},
		{"JSON, an array", head + `"SubscribeMsgSentEvent":{"List":[{"TemplateId":"t","MsgID":"1","ErrorCode":"43101","ErrorStatus":"refuse"}]}}`, []Notice{{"t", "1", "refuse", 43101}}},
		{"JSON, a list of the root", head + `"List":[{"TemplateId":"t","MsgID":"1","ErrorCode":0,"ErrorStatus":"success"}]}`, []Notice{{"t", "1", "success", 0}}},
		{"none", xmlDoc("<MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event>"), nil},
		{"JSON, something else", head + `"List":"x"}`, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in, err := parse(clean(tc.doc))
			if err != nil {
				t.Fatal(err)
			}
			if got := in.Notices(); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
