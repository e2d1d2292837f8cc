package simulator

import (
	"bytes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// Callback is one push, ready to be posted: what stands after "?" in its address, and its body. It may be signed into again
// and again; its memory is used again then.
type Callback struct {
	Query []byte
	Body  []byte

	document, plain, sealed, sum []byte
}

// Signer signs and encrypts the callbacks of one account, and does nothing else: a load generator needs no more of WeChat. It may
// be used by many goroutines, a [Callback] by one at a time.
type Signer struct {
	account Account
	sealer  *sealer // nil in plain mode without a key
}

// NewSigner fails where the account's mode needs a key and there is no valid one.
func NewSigner(a Account) (*Signer, error) {
	a, err := a.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Signer{account: a}
	if a.Mode == Plain && a.AESKey == "" {
		return s, nil
	}
	s.sealer, err = newSealer(a.AppID, a.AESKey)
	return s, err
}

// Text signs a text message into dst.
func (s *Signer) Text(dst *Callback, openid, content string, msgID int64, at time.Time) {
	fields := [...]Field{
		{Name: "ToUserName", Text: s.account.GhID},
		{Name: "FromUserName", Text: openid},
		{Name: "CreateTime", Text: strconv.FormatInt(at.Unix(), 10), Number: true},
		{Name: "MsgType", Text: "text"},
		{Name: "Content", Text: content},
		{Name: "MsgId", Text: strconv.FormatInt(msgID, 10), Number: true},
	}
	dst.document = appendDocument(dst.document[:0], s.account.Format, fields[:])
	s.Sign(dst, openid, dst.document, at)
}

// Sign signs a whole document into dst, encrypted as the account's mode wants it. The document is XML or JSON, as the account's format
// says; it is not looked at, so it may be anything.
func (s *Signer) Sign(dst *Callback, openid string, document []byte, at time.Time) {
	dst.sealed = dst.sealed[:0]
	switch s.account.Mode {
	case Plain:
		dst.Body = append(dst.Body[:0], document...)
	case Compatible:
		s.seal(dst, document)
		dst.Body = s.appendBoth(dst.Body[:0], document, dst.sealed)
	default:
		s.seal(dst, document)
		dst.Body = s.appendEnvelope(dst.Body[:0], dst.sealed)
	}
	s.address(dst, openid, at)
}

// address writes the query of a body that is there already.
func (s *Signer) address(dst *Callback, openid string, at time.Time) {
	var stampSpace, nonceSpace [20]byte
	stamp := strconv.AppendInt(stampSpace[:0], at.Unix(), 10)
	nonce := strconv.AppendUint(nonceSpace[:0], uint64(rand.Uint32()), 10)

	q := append(dst.Query[:0], "signature="...)
	q = s.appendSignature(q, dst, stamp, nonce, nil)
	q = append(append(q, "&timestamp="...), stamp...)
	q = append(append(q, "&nonce="...), nonce...)
	if openid != "" {
		q = append(append(q, "&openid="...), openid...)
	}
	if len(dst.sealed) > 0 {
		q = append(q, "&encrypt_type=aes&msg_signature="...)
		q = s.appendSignature(q, dst, stamp, nonce, dst.sealed)
	}
	dst.Query = q
}

// seal encrypts the document into dst.sealed.
func (s *Signer) seal(dst *Callback, document []byte) {
	var random [randomSize]byte
	binary.LittleEndian.PutUint64(random[:], rand.Uint64())
	binary.LittleEndian.PutUint64(random[8:], rand.Uint64())
	dst.plain = s.sealer.appendPlain(dst.plain[:0], random, document)
	cipher.NewCBCEncrypter(s.sealer.block, s.sealer.iv).CryptBlocks(dst.plain, dst.plain)
	dst.sealed = base64.StdEncoding.AppendEncode(dst.sealed[:0], dst.plain)
}

// appendSignature is Signature in borrowed memory; sealed may be nil.
func (s *Signer) appendSignature(q []byte, dst *Callback, stamp, nonce, sealed []byte) []byte {
	var tokenSpace [64]byte
	parts := [4][]byte{append(tokenSpace[:0], s.account.Token...), stamp, nonce, sealed}
	slices.SortFunc(parts[:], bytes.Compare) // an absent part is empty, and adds nothing wherever it stands
	dst.sum = dst.sum[:0]
	for _, p := range parts {
		dst.sum = append(dst.sum, p...)
	}
	sum := sha1.Sum(dst.sum)
	return hex.AppendEncode(q, sum[:])
}

func (s *Signer) appendEnvelope(b, sealed []byte) []byte {
	if s.account.Format == JSON {
		b = append(append(b, `{"ToUserName":"`...), s.account.GhID...)
		b = append(append(b, `","Encrypt":"`...), sealed...)
		return append(b, `"}`...)
	}
	b = append(append(b, "<xml><ToUserName><![CDATA["...), s.account.GhID...)
	b = append(append(b, "]]></ToUserName><Encrypt><![CDATA["...), sealed...)
	return append(b, "]]></Encrypt></xml>"...)
}

// appendBoth puts the encrypted text before the end of the readable document. A document without such an end stays as it is.
func (s *Signer) appendBoth(b, document, sealed []byte) []byte {
	end, before, after := "</xml>", "<Encrypt><![CDATA[", "]]></Encrypt>"
	if s.account.Format == JSON {
		end, before, after = "}", `,"Encrypt":"`, `"`
	}
	cut := bytes.LastIndex(document, []byte(end))
	if cut < 0 {
		return append(b, document...)
	}
	b = append(append(b, document[:cut]...), before...)
	b = append(append(b, sealed...), after...)
	return append(b, document[cut:]...)
}
