package story

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"strings"

	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/media"
)

// mediaStory is about marketing images.
type mediaStory struct {
	*player
	file []byte
	url  string
	// stockID is the stock that shows the image.
	stockID string
}

func newMediaStory(p *player) *mediaStory { return &mediaStory{player: p} }

func (m *mediaStory) steps() []step {
	return []step{
		{"上传一张带有元数据的图片：只有meta被签名", "Upload an image with metadata: only meta is signed", m.upload},
		{"再次上传同一文件：得到同一地址", "Upload the same file again: the same URL comes back", m.uploadAgain},
		{"像浏览器一样读取图片：元数据已去除", "Fetch the image like a browser: the metadata is gone", m.read},
		{"meta中的摘要与文件不符：被拒绝", "Upload with a wrong digest in meta: refused", m.wrongDigest},
		{"把SVG当作PNG上传：被拒绝", "Upload an SVG named as a PNG: refused", m.disguised},
		{"创建以该图片为券面的批次", "Create a stock that shows the image", m.createStock},
		{"查询批次：图片地址一致", "Look at the stock: it shows the image", m.shown},
		{"创建使用外部图片的批次：被拒绝", "Create a stock with an image from elsewhere: refused", m.foreign},
	}
}

// origin is what the file says besides its pixels.
const origin = "GPS 39.9 N, 116.4 E"

// draw returns a PNG that says where it was made.
func draw() ([]byte, error) {
	const side = 120
	picture := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		picture.Set(i%side, i/side, color.RGBA{R: 7, G: uint8(193 - i%side), B: 96, A: 255})
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		return nil, err
	}
	const behindHeader = 33 // magic number and first chunk
	note := "tEXtComment\x00" + origin
	var out []byte
	out = append(out, file.Bytes()[:behindHeader]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(note)-len("tEXt"))) //nolint:gosec // some ten bytes
	out = append(out, note...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(note)))
	return append(out, file.Bytes()[behindHeader:]...), nil
}

func (m *mediaStory) upload(ctx context.Context) (string, error) {
	var err error
	if m.file, err = draw(); err != nil {
		return "", err
	}
	answer, err := m.caller.Media().UploadImageFrom(ctx, "demo.png", bytes.NewReader(m.file))
	if err != nil {
		return "", err
	}
	m.url = answer.MediaURL
	return "media_url " + m.url, nil
}

func (m *mediaStory) uploadAgain(ctx context.Context) (string, error) {
	answer, err := m.caller.Media().UploadImageFrom(ctx, "other.png", bytes.NewReader(m.file))
	if err != nil {
		return "", err
	}
	return "media_url " + answer.MediaURL, same("media_url", m.url, answer.MediaURL)
}

func (m *mediaStory) read(ctx context.Context) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, m.url, http.NoBody)
	if err != nil {
		return "", err
	}
	answer, err := (&http.Client{Transport: m.watch}).Do(r)
	if err != nil {
		return "", err
	}
	served, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return "", err
	}
	if !bytes.Contains(m.file, []byte(origin)) || bytes.Contains(served, []byte(origin)) {
		return "", unexpected("图片仍带有拍摄地点", "the image still says where it was made")
	}
	if _, err := png.Decode(bytes.NewReader(served)); err != nil {
		return "", while("图片已损坏", "the image is broken", err)
	}
	return fmt.Sprintf("%s  %d → %d %s", answer.Header.Get("Content-Type"), len(m.file), len(served), m.Choose("字节", "bytes")), nil
}

func (m *mediaStory) wrongDigest(ctx context.Context) (string, error) {
	_, err := m.caller.Media().UploadImage(ctx, &media.UploadImageRequest{
		Meta: media.ImageMeta{Filename: "demo.png", SHA256: strings.Repeat("0", 64)}, File: m.file,
	})
	return expectRefusal(err, http.StatusBadRequest, "PARAM_ERROR")
}

func (m *mediaStory) disguised(ctx context.Context) (string, error) {
	_, err := m.caller.Media().UploadImageFrom(ctx, "demo.png", strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg"/>`))
	return expectRefusal(err, http.StatusBadRequest, "PARAM_ERROR")
}

func (m *mediaStory) createStock(ctx context.Context) (string, error) {
	req := m.stockRequest(m.number("media"))
	req.DisplayPatternInfo = &busifavor.DisplayPatternInfo{MerchantLogoURL: m.url, BackgroundColor: "Color020"}
	answer, err := m.caller.BusiFavor().CreateStock(ctx, &req)
	if err != nil {
		return "", err
	}
	m.stockID = answer.StockID
	return "stock_id " + answer.StockID, nil
}

func (m *mediaStory) shown(ctx context.Context) (string, error) {
	answer, err := m.caller.BusiFavor().GetStock(ctx, &busifavor.GetStockRequest{StockID: m.stockID})
	if err != nil {
		return "", err
	}
	logo := ""
	if answer.DisplayPatternInfo != nil {
		logo = answer.DisplayPatternInfo.MerchantLogoURL
	}
	return "merchant_logo_url " + logo, same("merchant_logo_url", m.url, logo)
}

func (m *mediaStory) foreign(ctx context.Context) (string, error) {
	req := m.stockRequest(m.number("foreign"))
	req.DisplayPatternInfo = &busifavor.DisplayPatternInfo{MerchantLogoURL: "https://example.com/logo.png"}
	_, err := m.caller.BusiFavor().CreateStock(ctx, &req)
	return expectRefusal(err, http.StatusBadRequest, "PARAM_ERROR")
}
