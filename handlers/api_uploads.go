package handlers

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/internal/desk"
	"weir/internal/media"
)

type giveMediumInput struct {
	RawBody []byte `contentType:"application/octet-stream" doc:"the file itself"`
}

// GivenMedium is a file that may be sent.
type GivenMedium struct {
	ResourcesID string `json:"resources_id" doc:"to be named by a message, or by a rule"`
	FileURL     string `json:"file_url"`
	MessageType int16  `json:"message_type" enum:"2,3,4" doc:"of a message that carries it: 2 picture, 3 voice message, 4 video"`
	Mime        string `json:"mime"`
	Size        int64  `json:"size" doc:"bytes"`
	Width       int    `json:"width,omitempty" doc:"pixels"`
	Height      int    `json:"height,omitempty"`
	Length      int64  `json:"length_ms,omitempty" doc:"of a voice message"`
}

type givenMediumOutput struct{ Body GivenMedium }

func fileBody(op *huma.Operation) {
	op.MaxBodyBytes, op.BodyReadTimeout = media.TakenMost+1, time.Minute
	op.Description = "The body is the file: a picture (JPEG, PNG, GIF, WebP, BMP), a voice message (AMR, MP3; others where this installation has ffmpeg) of at most 60 seconds, or an MP4 of at most 10 MB. " +
		"What it is is seen by its bytes. Pictures of more than 2 MB, and those that WeChat does not take, become JPEGs. What no message and no rule names within a day is removed."
}

// POST /media
func (a *API) giveMedium(ctx context.Context, in *giveMediumInput) (*givenMediumOutput, error) {
	u, err := a.Uploads.Take(ctx, desk.Agent{Company: company(ctx)}, in.RawBody)
	if err != nil {
		return nil, err
	}
	return &givenMediumOutput{GivenMedium{ResourcesID: u.ID.String(), FileURL: apiPath + "/media/" + u.ID.String(), MessageType: u.Type(), Mime: u.Mime, Size: u.Size,
		Width: u.Width, Height: u.Height, Length: u.Length.Milliseconds()}}, nil
}
