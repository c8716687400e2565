// Package media is the wire of marketing images (图片上传): one upload, whose answer is a
// URL for the fields of other operations. The body is multipart/form-data, of which only
// the part "meta" is signed (protocol 2.6).
package media

import (
	"net/http"
	"time"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// UploadImage is the id of the operation.
const UploadImage = "media.image.upload"

// Bounds of an upload in bytes.
const (
	// MaxFile is the largest image.
	MaxFile = 2 << 20
	// maxForm is what the form around it may take (media 3, inferred).
	maxForm = 64 << 10
)

// UploadImageRequest is the form. The name of the file's part is nothing to go by.
type UploadImageRequest struct {
	Meta ImageMeta `json:"meta" title:"媒体文件元信息" rule:"required"`
	// File is a JPG, PNG or BMP image of at most MaxFile bytes.
	File []byte `json:"file" title:"图片文件" rule:"required"`
}

// ImageMeta describes the file.
type ImageMeta struct {
	// Filename ends in .jpg, .jpeg, .png or .bmp.
	Filename string `json:"filename" title:"文件名称" rule:"required bytes=1..128 line"`
	// SHA256 is the digest of the file in hex.
	SHA256 string `json:"sha256" title:"文件摘要" rule:"required bytes=1..256"`
}

// UploadImageResponse names the image.
type UploadImageResponse struct {
	// MediaURL is permanent, and has at most 128 characters.
	MediaURL string `json:"media_url" title:"媒体文件URL地址" rule:"required bytes=1..256"`
}

// Operations returns the table.
func Operations() []wire.Operation {
	return []wire.Operation{
		{
			ID: UploadImage, Title: wire.Text{ZH: "图片上传（营销专用）", EN: "Upload a marketing image"},
			Product: wire.Media, Section: "media", Auth: wire.SignedByMerchant,
			Method: http.MethodPost, Path: "/v3/marketing/favor/media/image-upload", Success: http.StatusOK,
			Rate:     wire.Rate{Calls: 100, Per: time.Minute, Scope: wire.PerMerchant},
			MaxBody:  MaxFile + maxForm,
			Request:  schema.Of[UploadImageRequest](),
			Response: schema.Of[UploadImageResponse](),
			Failures: []wire.Failure{
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "输入源“/body/meta”映射到字段“媒体文件元信息”必填性规则校验失败，此字段为必填项", When: "The form has no part meta."},
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "输入源“/body/file”映射到字段“图片文件”必填性规则校验失败，此字段为必填项", When: "The form has no part file that names its file."},
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "图片文件的sha256与meta中的不一致", When: "meta.sha256 is not the digest of the file."},
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "文件格式错误，仅支持JPG、BMP、PNG", When: "The file is not a complete image, or its name does not end like that of an image."},
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "文件大小不能超过2M", When: "The file is empty or larger than 2 MB."},
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "图片尺寸过大，单边不能超过16384像素，总像素不能超过5000万", When: "The image has too many pixels (a limit of this server)."},
			},
		},
	}
}
