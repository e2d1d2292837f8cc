package simulator

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// ask calls the API and reads the answer, whatever it is.
func (w *world) ask(method, path, contentType string, body []byte) (answer map[string]any, file []byte) {
	w.t.Helper()
	r := httptest.NewRequest(method, path+"access_token="+w.stable(false).AccessToken, bytes.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		w.t.Fatalf("%s: HTTP %d", path, rec.Code)
	}
	if !strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") {
		return nil, rec.Body.Bytes()
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
		w.t.Fatal(err)
	}
	return answer, nil
}

func (w *world) asks(path string, in any) map[string]any {
	w.t.Helper()
	body, _ := json.Marshal(in)
	answer, _ := w.ask(http.MethodPost, "/cgi-bin/"+path+"?", "application/json", body)
	return answer
}

func (w *world) upload(kind, name string, data []byte) map[string]any {
	w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, _ := m.CreateFormFile("media", name)
	_, _ = part.Write(data)
	_ = m.Close()
	answer, _ := w.ask(http.MethodPost, "/cgi-bin/media/upload?type="+kind+"&", m.FormDataContentType(), body.Bytes())
	return answer
}

func TestUploadedMediaComeBackUntilTheyDie(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	answer := w.upload("image", "a.jpg", samplePicture)
	id, _ := answer["media_id"].(string)
	if id == "" || answer["type"] != "image" {
		t.Fatalf("%v", answer)
	}
	if _, file := w.ask(http.MethodGet, "/cgi-bin/media/get?media_id="+id+"&", "", nil); !bytes.Equal(file, samplePicture) {
		t.Errorf("%d bytes came back", len(file))
	}
	w.clock.add(3*24*time.Hour - time.Second)
	if _, file := w.ask(http.MethodGet, "/cgi-bin/media/get?media_id="+id+"&", "", nil); file == nil {
		t.Error("it died early")
	}
	w.clock.add(time.Second)
	if answer, _ := w.ask(http.MethodGet, "/cgi-bin/media/get?media_id="+id+"&", "", nil); answer["errcode"] != 40007.0 {
		t.Errorf("after three days: %v", answer)
	}
}

func TestWhatIsRefusedOfAnUpload(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	for _, tc := range []struct {
		name, kind, file string
		size             int
		code             any // nil: taken
	}{
		{"a thumb of 64 kB", "thumb", "a.jpg", 64 << 10, nil},
		{"a larger one", "thumb", "a.jpg", 64<<10 + 1, 40012.0},
		{"a voice of more than 2 MB", "voice", "a.mp3", 2<<20 + 1, 40010.0},
		{"a picture of more than 10 MB", "image", "a.png", 10<<20 + 1, 40009.0},
		{"a type there is not", "file", "a.pdf", 10, 40004.0},
		{"a name without an end", "image", "a", 10, 40005.0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			answer := w.upload(tc.kind, tc.file, make([]byte, tc.size))
			if answer["errcode"] != tc.code {
				t.Errorf("%v", answer)
			}
			if tc.kind == "thumb" && tc.code == nil && answer["thumb_media_id"] == nil {
				t.Errorf("a thumb has a name of its own for its id: %v", answer)
			}
		})
	}
}

func TestWhatACustomerSendsStandsBehindItsMediaID(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActVideo})
	all := w.pushes()
	var doc struct{ MediaId, ThumbMediaId string }
	if err := xml.Unmarshal([]byte(all[len(all)-1].Body), &doc); err != nil {
		t.Fatal(err)
	}
	answer, _ := w.ask(http.MethodGet, "/cgi-bin/media/get?media_id="+doc.MediaId+"&", "", nil)
	at, _ := answer["video_url"].(string)
	if !strings.Contains(at, "/cgi-bin/media/video?id="+doc.MediaId) {
		t.Fatalf("a video is answered with an address: %v", answer)
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, at[strings.Index(at, "/cgi-bin"):], nil))
	if got, _ := io.ReadAll(rec.Body); !bytes.Equal(got, sampleVideo) {
		t.Errorf("there lie %d bytes", len(got))
	}
	if _, file := w.ask(http.MethodGet, "/cgi-bin/media/get?media_id="+doc.ThumbMediaId+"&", "", nil); !bytes.Equal(file, samplePicture) {
		t.Error("its picture is not there")
	}
}

func TestRemarksAndTags(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	w.act(Act{Kind: ActText, Text: "x"})
	if got := w.asks("user/info/updateremark", map[string]string{"openid": openid, "remark": strings.Repeat("a", 29)}); got["errcode"] != 0.0 {
		t.Errorf("29 bytes: %v", got)
	}
	if got := w.asks("user/info/updateremark", map[string]string{"openid": openid, "remark": strings.Repeat("备", 10)}); got["errcode"] != 40092.0 {
		t.Errorf("30 bytes: %v", got)
	}
	type tag map[string]any
	made := w.asks("tags/create", tag{"tag": tag{"name": "会员"}})
	id := made["tag"].(map[string]any)["id"].(float64)
	if got := w.asks("tags/create", tag{"tag": tag{"name": "会员"}}); got["errcode"] != 45157.0 {
		t.Errorf("the same name again: %v", got)
	}
	if got := w.asks("tags/create", tag{"tag": tag{"name": strings.Repeat("长", 31)}}); got["errcode"] != 45158.0 {
		t.Errorf("31 characters: %v", got)
	}
	if got := w.asks("tags/members/batchtagging", tag{"openid_list": []string{openid}, "tagid": id}); got["errcode"] != 0.0 {
		t.Errorf("%v", got)
	}
	if got := w.asks("tags/members/batchtagging", tag{"openid_list": []string{openid}, "tagid": 7}); got["errcode"] != 45159.0 {
		t.Errorf("a tag there is not: %v", got)
	}
	if got := fmt.Sprint(w.asks("tags/getidlist", tag{"openid": openid})["tagid_list"]); got != fmt.Sprint([]float64{id}) {
		t.Errorf("the customer's tags are %s", got)
	}
	infos := w.asks("user/info/batchget", tag{"user_list": []tag{{"openid": openid}}})["user_info_list"].([]any)
	if one := infos[0].(map[string]any); one["remark"] != strings.Repeat("a", 29) || one["nickname"] != nil || one["subscribe"] != 1.0 {
		t.Errorf("%v", one)
	}
	if got := w.asks("user/info/batchget", tag{"user_list": []tag{{"openid": openid}, {"openid": "nobody"}}}); got["errcode"] != 40003.0 {
		t.Errorf("with one who is not known: %v", got)
	}
}
