package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 keeps things in a bucket of an S3-compatible store.
type S3 struct {
	client         *minio.Client
	bucket, prefix string
}

// s3Timeout is how long the store may take to begin to answer.
const s3Timeout = 15 * time.Second

func newS3(u *url.URL) (*S3, error) {
	q := u.Query()
	endpoint := cmpOr(q.Get("endpoint"), "https://s3.amazonaws.com")
	e, err := url.Parse(endpoint)
	if err != nil || e.Scheme != "http" && e.Scheme != "https" || e.Host == "" {
		return nil, errors.New("the media URL's endpoint must be like https://s3.example.com")
	}
	if u.Host == "" {
		return nil, errors.New("the media URL names no bucket: it is like s3://bucket/prefix?endpoint=https://s3.example.com")
	}
	keys := credentials.NewEnvAWS()
	if secret, ok := u.User.Password(); ok {
		keys = credentials.NewStaticV4(u.User.Username(), secret, "")
	}
	look := minio.BucketLookupAuto
	if q.Get("path_style") == "true" {
		look = minio.BucketLookupPath
	}
	t, err := minio.DefaultTransport(e.Scheme == "https")
	if err != nil {
		return nil, err
	}
	t.ResponseHeaderTimeout = s3Timeout
	c, err := minio.New(e.Host, &minio.Options{Creds: keys, Secure: e.Scheme == "https", Region: q.Get("region"), BucketLookup: look, Transport: t})
	if err != nil {
		return nil, fmt.Errorf("media store: %w", err)
	}
	return &S3{client: c, bucket: u.Host, prefix: strings.Trim(u.Path, "/")}, nil
}

func (s *S3) name(key string) (string, error) { return path.Join(s.prefix, key), check(key) }

// Put uploads in one piece.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	name, err := s.name(key)
	if err != nil {
		return err
	}
	_, err = s.client.PutObject(ctx, s.bucket, name, r, size, minio.PutObjectOptions{ContentType: Unknown, DisableMultipart: true})
	return err
}

type s3File struct {
	*minio.Object
	info Info
}

func (f s3File) Info() Info { return f.info }

// Get opens the object: what is read is fetched as it is asked for.
func (s *S3) Get(ctx context.Context, key string) (File, error) {
	name, err := s.name(key)
	if err != nil {
		return nil, err
	}
	o, err := s.client.GetObject(ctx, s.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, absent(err)
	}
	i, err := o.Stat()
	if err != nil {
		_ = o.Close()
		return nil, absent(err)
	}
	return s3File{o, Info{i.Size, i.LastModified}}, nil
}

// Stat asks for the object.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	name, err := s.name(key)
	if err != nil {
		return Info{}, err
	}
	i, err := s.client.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{})
	return Info{i.Size, i.LastModified}, absent(err)
}

// Delete removes the object.
func (s *S3) Delete(ctx context.Context, key string) error {
	name, err := s.name(key)
	if err != nil {
		return err
	}
	if err := absent(s.client.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{})); !errors.Is(err, ErrNone) {
		return err
	}
	return nil
}

func absent(err error) error {
	if err != nil && minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
		return ErrNone
	}
	return err
}
