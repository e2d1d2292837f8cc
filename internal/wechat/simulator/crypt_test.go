package simulator

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

// Published examples. The signature of wxjava is computed, all else was published.
var vectors = []struct {
	name, token, aesKey, appid, timestamp, nonce, signature, random, encrypt, plain string
}{
	{ // w7corp/easywechat, tests/Kernel/EncryptorTest.php
		"easywechat", "pamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6", "1458300676", "260774613", "4f3ad57b6989f09f4eb392acce4f9e93942ed890", "d43123b161a4ba84",
		"rTNFcsut4LfGuAFKEUVVpwcaCOTJzOd9twZdIW910jb3k+iicx2uvhttIZ3Qg9Qgty3BEF2xbOrz6boTfb30dMomcgrkTqdFPwnhqbk+kIQ7rZiwny9D7NUrTgA5kpX3KsZvrXzUZyP2x9YOlxbgm572lmxKvM7HAQQhIQ/p6HBmoY30bGXFK0BtIu1pW9TjhOYrLQoU18nWYjWqDA1ynkmOytpv7QRI1P1+0NoxL0q2zO1DgeSvnE8CZGo/o5Ap/WHK5W2RAsinpzN4/LjPnmB6U01I5XCoJoC0GK/yMZycd2Oh8Nq6+wBkC1U85oy0ktOY4nLvsQMLrourmMGdZHuTbqpeJ8Ao/5PRYJ+WBvRUwPfGKBL2+2IKZF49vAJqkcGWSHGE76ZN2erXeuNazf/o9o3lIE3q739o4c8t9QGPe31GT2Go/rOz1BsrASwvauNulCh+++yz+CQzBIuikA==",
		"<xml><URL><![CDATA[http://wechat.laravel.so/server]]></URL><ToUserName><![CDATA[asdasdasd]]></ToUserName><FromUserName><![CDATA[asdasdasdsadasd]]></FromUserName><CreateTime>1234567898</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hello]]></Content><MsgId>12345</MsgId></xml>",
	},
	{ // Wechat-Group/WxJava, WxCryptUtilTest.java
		"wxjava", "pamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6", "1409304348", "xxxxxx", "82c962d39941aa48552f90ef55aa323dc620cc10", "aaaabbbbccccdddd",
		"jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==",
		"我是中文abcd123",
	},
	{ // wechatpy/wechatpy, tests/test_crypto.py
		"wechatpy echo", "123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a", "1411443780", "437374425", "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96", "2304fc2fe146f1f8",
		"4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==",
		"5927782489442352469",
	},
	{ // wechatpy/wechatpy, tests/test_crypto.py
		"wechatpy encryption", "123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a", "1411525903", "461056294", "407518b7649e86ef23978113f92d27afa9296533", "1234567890123456",
		"9s4gMv99m88kKTh/H8IdkOiMg6bisoy3ypwy9H4hvSPe9nsGaqyw5hhSjdYbcrKk+j3nba4HMOTzHrluLBYqxgNcBqGsL8GqxlhZgURnAtObvesEl5nZ+uBE8bviY0LWke8Zy9V/QYKxNV2FqllNXcfmstttyIkMKCCmVbCFM2JTF5wY0nFhHZSjPUL2Q1qvSUCUld+/WIXrx0oyKQmpB6o8NRrrNrsDf03oxI1p9FxUgMnwKKZeOA/uu+2IEvEBtb7muXsVbwbgX05UPPJvFurDXafG0RQyPR+mf1nDnAtQmmNOuiR5MIkdQ39xn1vWwi1O5oazPoQJz0nTYjxxEE8kv3kFxtAGVRe3ypD3WeK2XeFYFMNMpatF9XiKzHo3",
		"<xml>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[test]]></Content>\n<FromUserName><![CDATA[wx49f0ab532d5d035a]]></FromUserName>\n<ToUserName><![CDATA[messense]]></ToUserName>\n<AgentID>1</AgentID>\n<CreateTime>1411525903</CreateTime>\n</xml>",
	},
	{ // developers.weixin.qq.com, doc/oplatform/developers/dev/push/encryption
		"official", "AAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "wx134c8103faa5a59e", "1715943329", "1590219412", "6c12a4205838198b8fa631b3220723bb07f1015c", "1205899eaf019bbd",
		"D7yzvUNAL930rd28wf21s4hvXhz0L6Uit/p2Di6C5DHyYGpEgdBRnKjBec34JwoQXicwaZC7fOVihW80F4VtsdvE//1vr7oAbqjDv8KenVp+ajKYpJnyQ4zMRhIC+a31fCVOMC03FfzV/QuC94kBP55a+Za3sJgvAn+ZbsNqZI5DkyuzkhQN8OBqCzFhizGmy0xpM0MEA4agpvE+RuNO1rhHTtuJB5yltw1FiYzecSXJ+y/D2r81VkRn2eYjh2ltsoyfbDR7Is6ookXIFxTfyeNyeHxMeT4KN5WpCDmSbTcUYrbBUlkGLJ9n/rU8YOywma6G7aTb7KZKOqCxgfoUlYEZPk4FUL/TK7ShriFDMVCLyjQJ15Ob++agDWtcxhfUfe6HIoIpRW8mKNBQiY/Jd1svvuskA1wLef1RTtzKfMpagSCX/laZINmdnX4zrF6kIaR9P4xQrWXbsTFHTYe0Mg==",
		"<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName>\n<FromUserName><![CDATA[o9AgO5Kd5ggOC-bXrbNODIiE3bGY]]></FromUserName>\n<CreateTime>1715943329</CreateTime>\n<MsgType><![CDATA[event]]></MsgType>\n<Event><![CDATA[debug_demo]]></Event>\n<debug_str><![CDATA[hello world]]></debug_str>\n</xml>",
	},
}

func TestPublishedCiphertextsAreReproducedToTheByte(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			s, err := newSealer(v.appid, v.aesKey)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.seal([16]byte([]byte(v.random)), []byte(v.plain)); got != v.encrypt {
				t.Errorf("sealed = %s", got)
			}
			if got, err := s.open(v.encrypt); err != nil || string(got) != v.plain {
				t.Errorf("opened = %q, %v", got, err)
			}
			if got := Signature(v.token, v.timestamp, v.nonce, v.encrypt); got != v.signature {
				t.Errorf("signature = %s", got)
			}
		})
	}
}

func TestPublishedSignatures(t *testing.T) {
	for _, tc := range []struct {
		name  string
		parts []string
		want  string
	}{
		{"GET", []string{"AAAAA", "1714036504", "1514711492"}, "f464b24fc39322e44b38aa78f5edd27bd1441696"},
		{"POST, plain mode", []string{"AAAAA", "1714037059", "486452656"}, "899cf89e464efb63f54ddac96b0a0a235f53aa78"},
		{"POST, safe mode", []string{"AAAAA", "1714112445", "415670741"}, "6c5c811b55cc85e0e1b54100749188c20beb3f5d"},
		{"POST, third party", []string{"AAAAA", "1715943329", "1590219412"}, "cc0c594499c1634947d5b502f158ee518947db27"},
		{"a, b, c in another order", []string{"c", "a", "b"}, "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"two parts", []string{"345", "123"}, "9f537aeb751ec72605f57f94a2f6dc3e3958e1dd"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Signature(tc.parts...); got != tc.want {
				t.Errorf("signature = %s", got)
			}
		})
	}
}

func TestWhatIsWronglySealedIsNotOpened(t *testing.T) {
	s, _ := newSealer(appid, aesKey)
	other, _ := newSealer(appid, "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR")
	foreign, _ := newSealer("wx0", aesKey)
	good := s.seal([16]byte{}, []byte("x"))
	raw, _ := base64.StdEncoding.DecodeString(good)
	for _, tc := range []struct{ name, text string }{
		{"not base64", "%%%"},
		{"empty", ""},
		{"cut", base64.StdEncoding.EncodeToString(raw[:len(raw)-16])},
		{"by another key", other.seal([16]byte{}, []byte("x"))},
		{"for another account", foreign.seal([16]byte{}, []byte("x"))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, err := s.open(tc.text); err == nil {
				t.Errorf("opened %q", got)
			}
		})
	}
}

func TestEveryLengthIsPaddedAndOpened(t *testing.T) {
	s, _ := newSealer(appid, aesKey)
	for n := range 70 {
		text := strings.Repeat("x", n)
		if got, err := s.open(s.seal([16]byte{}, []byte(text))); err != nil || string(got) != text {
			t.Fatalf("%d bytes: %q, %v", n, got, err)
		}
	}
}

func TestAnAccountNeedsAKeyWhereItEncrypts(t *testing.T) {
	for _, tc := range []struct {
		mode Mode
		key  string
		good bool
	}{
		{Plain, "", true}, {Safe, "", false}, {Compatible, "", false}, {Safe, aesKey, true}, {Safe, aesKey[1:], false}, {"sly", aesKey, false},
	} {
		if _, err := NewSigner(Account{AppID: appid, Mode: tc.mode, AESKey: tc.key}); (err == nil) != tc.good {
			t.Errorf("%s with %q: %v", tc.mode, tc.key, err)
		}
	}
}

func TestTheSignerNeedsFewAllocations(t *testing.T) {
	s, err := NewSigner(Account{AppID: appid, Token: "pamtest", AESKey: aesKey})
	if err != nil {
		t.Fatal(err)
	}
	var c Callback
	if n := testing.AllocsPerRun(100, func() { s.Text(&c, openid, "你好", 1234567890123456789, time.Unix(1784370720, 0)) }); n > 8 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSignerText(b *testing.B) {
	s, err := NewSigner(Account{AppID: appid, Token: "pamtest", AESKey: aesKey})
	if err != nil {
		b.Fatal(err)
	}
	var c Callback
	b.ReportAllocs()
	for b.Loop() {
		s.Text(&c, openid, "你好，昨晚开的发票抬头写错了", 1234567890123456789, time.Unix(1784370720, 0))
	}
}
