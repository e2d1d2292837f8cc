package wechat

import (
	"reflect"
	"testing"
)

func TestThePlacesOfATemplateAreReadFromItsContent(t *testing.T) {
	for _, tc := range []struct {
		name, content string
		want          []TemplateField
	}{
		{"typed places, with what stands before them", "咨询内容：{{thing1.DATA}}\n回复时间: {{ time2.DATA }}", []TemplateField{{"thing1", "咨询内容", 20}, {"time2", "回复时间", 200}}},
		{"those of old templates", "{{first.DATA}}\n订单号：{{keyword1.DATA}}\n{{remark.DATA}}", []TemplateField{{"first", "", 200}, {"keyword1", "订单号", 200}, {"remark", "", 200}}},
		{"two in a line", "{{character_string1.DATA}} 到 {{phrase2.DATA}}", []TemplateField{{"character_string1", "", 32}, {"phrase2", "到", 5}}},
		{"the same twice", "{{thing1.DATA}}\n{{thing1.DATA}}", []TemplateField{{"thing1", "", 20}}},
		{"none", "您好", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := template("t", "", tc.content).Fields(); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("%+v", got)
			}
		})
	}
	if got := template("t", "", "时间：{{ time2.DATA }}\n\n").Content; got != "时间：{{time2.DATA}}" {
		t.Errorf("a content is kept as %q", got)
	}
}
