package document

import (
	"encoding/json"
	"fmt"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
)

// changeDocument is the form of a change of a stock that is hashed: never rename a name,
// and give every new one omitempty.
type changeDocument struct {
	Comment             string          `json:"comment,omitempty"`
	Goods               string          `json:"goods,omitempty"`
	UseMethod           string          `json:"use_method,omitempty"`
	UseMiniProgramAppID merchant.AppID  `json:"use_mini_program_appid,omitempty"`
	UseMiniProgramPath  string          `json:"use_mini_program_path,omitempty"`
	MiniProgramAppID    merchant.AppID  `json:"mini_program_appid,omitempty"`
	MiniProgramPath     string          `json:"mini_program_path,omitempty"`
	EntranceText        string          `json:"entrance_text,omitempty"`
	GuidingText         string          `json:"guiding_text,omitempty"`
	EntranceAppID       merchant.AppID  `json:"entrance_appid,omitempty"`
	HallID              *string         `json:"hall_id,omitempty"`
	CodeDisplay         string          `json:"code_display,omitempty"`
	Description         *string         `json:"description,omitempty"`
	ImageURL            string          `json:"image_url,omitempty"`
	Color               string          `json:"color,omitempty"`
	Finder              *finderDocument `json:"finder,omitempty"`
	PreventAbuse        coupon.Flag     `json:"prevent_abuse,omitempty"`
	NotifyAppID         merchant.AppID  `json:"notify_appid,omitempty"`
	Subsidy             coupon.Flag     `json:"subsidy,omitempty"`
}

// EncodeChange returns a change as JSON, for [ContentOf]. Equal changes give equal texts, in
// every release.
func EncodeChange(c *coupon.Change) ([]byte, error) {
	text, err := json.Marshal(changeDocument{
		Comment: c.Comment, Goods: c.Goods,
		UseMethod: c.UseMethod, UseMiniProgramAppID: c.UseMiniProgramAppID, UseMiniProgramPath: c.UseMiniProgramPath,
		MiniProgramAppID: c.MiniProgramAppID, MiniProgramPath: c.MiniProgramPath,
		EntranceText: c.EntranceText, GuidingText: c.GuidingText,
		EntranceAppID: c.EntranceAppID, HallID: c.HallID, CodeDisplay: c.CodeDisplay,
		Description: c.Description, ImageURL: c.ImageURL, Color: c.Color, Finder: (*finderDocument)(c.Finder),
		PreventAbuse: c.PreventAbuse, NotifyAppID: c.NotifyAppID, Subsidy: c.Subsidy,
	})
	if err != nil {
		return nil, fmt.Errorf("encode change: %w", err)
	}
	return text, nil
}
