package client

import (
	"context"
	"fmt"
	"io"

	"github.com/favord/favord/wire/media"
)

// UploadImageFrom is [Media.UploadImage] for what a reader gives. It reads all of it first:
// the digest of the file is signed, and travels before it. More than 2 MB are not sent.
func (m Media) UploadImageFrom(ctx context.Context, filename string, r io.Reader) (*media.UploadImageResponse, error) {
	file, err := io.ReadAll(io.LimitReader(r, media.MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("client: %s: %w", media.UploadImage, err)
	}
	if len(file) > media.MaxFile {
		return nil, fmt.Errorf("client: %s: the image has more than %d bytes", media.UploadImage, media.MaxFile)
	}
	return m.UploadImage(ctx, &media.UploadImageRequest{Meta: media.ImageMeta{Filename: filename}, File: file})
}
