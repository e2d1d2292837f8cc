package handlers

import (
	"context"

	"weir/internal/desk"
)

// Template is a template of an account as other programs see it.
type Template struct {
	ID      string               `json:"template_id"`
	Kind    string               `json:"kind" enum:"template,subscribe" doc:"template: of template messages; subscribe: of subscription notices, one for each consent of the customer"`
	Title   string               `json:"title"`
	Content string               `json:"content" doc:"with {{key.DATA}} where a value goes"`
	Fields  []desk.TemplateField `json:"fields" nullable:"false" doc:"what is filled in, in order"`
}

type templatesInput struct {
	AppID string `path:"appid" maxLength:"64"`
}

type templatesOutput struct{ Body List[Template] }

// GET /accounts/{appid}/templates. There are some dozens at most, so they are one page.
func (a *API) templates(ctx context.Context, in *templatesInput) (*templatesOutput, error) {
	all, err := a.Desk.Templates(ctx, company(ctx), in.AppID)
	if err != nil {
		return nil, err
	}
	out := templatesOutput{List[Template]{Items: []Template{}}}
	for _, t := range all.Offered() {
		out.Body.Items = append(out.Body.Items, Template{t.ID, t.Kind, t.Title, t.Content, append([]desk.TemplateField{}, t.Fields...)})
	}
	return &out, nil
}
