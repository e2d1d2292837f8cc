package wechat

import (
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func benchRequest(b *testing.B) (a *Account, raw string, body []byte) {
	a = testAccount(b, Safe)
	q, body := sealed(b, a.Key, testAppID, textXML("你好，请问这个多少钱？"), testNow)
	v := url.Values{"signature": {q.Signature}, "timestamp": {q.Timestamp}, "nonce": {q.Nonce}, "openid": {testOpenID},
		"encrypt_type": {"aes"}, "msg_signature": {q.MsgSignature}}
	return a, v.Encode(), body
}

// BenchmarkOpen is a callback in safe mode: here, and as it is written with the standard library without care.
func BenchmarkOpen(b *testing.B) {
	a, raw, body := benchRequest(b)
	b.Run("weir", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := a.Open(ParseQuery(raw), body, testNow); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding_xml", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := naiveOpen(a, raw, body); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkParse is the document alone.
func BenchmarkParse(b *testing.B) {
	doc := textXML("你好，请问这个多少钱？")
	b.Run("weir", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := parse(doc); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding_xml", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var m naiveMessage
			if err := xml.Unmarshal([]byte(doc), &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

type naiveMessage struct {
	ToUserName, FromUserName, MsgType, Content, Event, EventKey, MediaId, PicUrl string
	CreateTime, MsgId                                                            int64
}

func naiveOpen(a *Account, raw string, body []byte) (*naiveMessage, error) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return nil, err
	}
	var e struct{ ToUserName, Encrypt string }
	if err := xml.Unmarshal(body, &e); err != nil {
		return nil, err
	}
	parts := []string{a.Token, q.Get("timestamp"), q.Get("nonce"), e.Encrypt}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	if hex.EncodeToString(sum[:]) != q.Get("msg_signature") {
		return nil, errors.New("signature")
	}
	c, err := base64.StdEncoding.DecodeString(e.Encrypt)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(c))
	cipher.NewCBCDecrypter(a.Key.block, a.Key.iv[:]).CryptBlocks(plain, c)
	size := binary.BigEndian.Uint32(plain[16:])
	var m naiveMessage
	return &m, xml.Unmarshal(plain[20:20+size], &m)
}

func BenchmarkSeal(b *testing.B) {
	a, raw, body := benchRequest(b)
	in, err := a.Open(ParseQuery(raw), body, testNow)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := a.Seal(in, TextReply{"你好"}, testNow, nil); err != nil {
			b.Fatal(err)
		}
	}
}
