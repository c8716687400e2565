package store

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
)

// Image is a marketing image as it is served.
type Image struct {
	// Owner is the merchant that uploaded it.
	Owner merchant.ID
	// Token names it in its URL.
	Token picture.Token
	picture.Picture
	// Name is how the merchant called the file, for people.
	Name string
	At   time.Time
}

// ImageReader reads images.
type ImageReader interface {
	// Image returns an image, or ErrNotFound.
	Image(ctx context.Context, token picture.Token) (Image, error)
	// ImageOwners returns whose the images are; one that does not exist is not in the map.
	ImageOwners(ctx context.Context, tokens []picture.Token) (map[picture.Token]merchant.ID, error)
}

// ImageWriter adds images. They never change.
type ImageWriter interface {
	// InsertImage adds an image; ErrDuplicate when the token is taken.
	InsertImage(ctx context.Context, i Image) error
}
