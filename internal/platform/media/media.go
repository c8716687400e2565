// Package media keeps marketing images: it takes uploads, stores what of them may be
// served, and finds them again by the token of their URL. Which files are images is decided
// by package picture.
package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is business time.
	Clock clock.Business
	// Random is where the tokens of URLs come from.
	Random io.Reader
	// Base is how URLs begin.
	Base picture.Base
}

// Service keeps images. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// UploadCommand asks to keep an image.
type UploadCommand struct {
	// Call is the signature of the call: a repeat has no second effect.
	Call   once.Call
	Caller merchant.ID
	// Name is how the merchant calls the file.
	Name string
	// Digest is the SHA-256 of the file in hex, which the caller has signed.
	Digest string
	File   []byte
}

// Refusals of an image.
var (
	// ErrDigest is what keeps a forged file out: the signature covers the digest only
	// (media 3).
	ErrDigest = fault.New(fault.Invalid,
		"图片文件的sha256与meta中的不一致",
		"The sha256 of meta is not that of the file. Give the SHA-256 of the file's bytes in hex.")
	// ErrNotFound is a token that names no image.
	ErrNotFound = fault.New(fault.NotFound, "图片不存在", "There is no such image.")
)

// Upload keeps an image and returns its URL (media 4). The same file of the same merchant
// gets the same URL, so that a repeat has no effect: the digest serves as request number.
func (s *Service) Upload(ctx context.Context, cmd UploadCommand) (string, error) {
	digest := sha256.Sum256(cmd.File)
	number := hex.EncodeToString(digest[:])
	if !strings.EqualFold(number, cmd.Digest) && !planted.ImageDigest.In() {
		return "", ErrDigest.At("meta.sha256", cmd.Digest)
	}
	if err := picture.CheckName(cmd.Name); err != nil {
		return "", locate(err, "meta.filename", cmd.Name)
	}
	cleaned, err := picture.Clean(cmd.File)
	if err != nil {
		return "", locate(err, "file", "")
	}
	image := store.Image{Owner: cmd.Caller, Picture: cleaned, Name: cmd.Name, At: s.config.Clock.For(string(cmd.Caller)).Now()}
	token, err := once.Write(ctx, s.config.Store, cmd.Call.Request(), func(tx store.Tx) (once.Text, error) {
		return s.keep(ctx, tx, image, number)
	})
	if err != nil {
		return "", fmt.Errorf("keep image: %w", err)
	}
	return s.config.Base.URL(picture.Token(token)), nil
}

// locate says at which field a refusal is.
func locate(err error, field, value string) error {
	if refusal, is := errors.AsType[*fault.Error](err); is {
		return refusal.At(field, value)
	}
	return err
}

// keep stores an image, unless the merchant has uploaded it before, and returns its token.
func (s *Service) keep(ctx context.Context, tx store.Tx, image store.Image, number string) (once.Text, error) {
	request := once.Request{
		RequestKey: store.RequestKey{Owner: image.Owner, Operation: store.OpUploadImage, Number: number},
		Content:    store.ContentOf(number), Refused: ErrDigest, At: image.At,
	}
	return once.Settle(ctx, tx, request, func() (_ once.Text, err error) {
		fresh := image
		if fresh.Token, err = picture.NewToken(s.config.Random); err != nil {
			return "", err
		}
		return once.Text(fresh.Token), store.InOrder(
			func() error { return tx.InsertImage(ctx, fresh) },
			func() error {
				return tx.AppendAudit(ctx, []store.AuditEntry{{
					Owner: image.Owner, At: image.At, Actor: string(image.Owner), Action: "media.image.upload", Object: "image/" + string(fresh.Token),
				}})
			},
		)
	})
}

// Image is an image as it is served.
type Image struct {
	picture.Picture
	// At is when it was uploaded.
	At time.Time
}

// Image returns an image by the token of its URL, or [ErrNotFound].
func (s *Service) Image(ctx context.Context, token picture.Token) (Image, error) {
	var image store.Image
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		image, err = tx.Image(ctx, token)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return Image{}, ErrNotFound
	}
	if err != nil {
		return Image{}, fmt.Errorf("image: %w", err)
	}
	return Image{Picture: image.Picture, At: image.At}, nil
}
