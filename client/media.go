package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/wire/media"
)

// Media calls the operations of marketing images (图片上传).
type Media struct{ client *Client }

// Media returns the operations of marketing images.
func (c *Client) Media() Media { return Media{client: c} }

// UploadImage uploads an image of at most 2 MB and returns its permanent URL, for the
// fields of other operations that want one. An empty Meta.SHA256 is filled in. Failed
// uploads are not repeated: nothing says that one counts once (media 4).
func (m Media) UploadImage(ctx context.Context, req *media.UploadImageRequest) (*media.UploadImageResponse, error) {
	op := m.client.operations[media.UploadImage]
	call := Call{Method: op.Method, Target: op.Path}
	if err := call.setForm(req); err != nil {
		return nil, fmt.Errorf("client: %s: %w", op.ID, err)
	}
	response, err := m.client.Send(ctx, call)
	if err != nil {
		return nil, err
	}
	return decode[media.UploadImageResponse](op, response)
}

// setForm makes the body multipart/form-data with the parts meta, which is signed, and
// file (protocol 2.6, media 2).
func (c *Call) setForm(req *media.UploadImageRequest) error {
	meta := req.Meta
	if meta.SHA256 == "" {
		digest := sha256.Sum256(req.File)
		meta.SHA256 = hex.EncodeToString(digest[:])
	}
	var err error
	if c.Signed, err = json.Marshal(meta); err != nil {
		return err
	}
	c.ContentType, c.Body, err = apiv3.WriteUpload(c.Signed, meta.Filename, req.File)
	return err
}
