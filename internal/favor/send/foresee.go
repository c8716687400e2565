package send

import (
	"context"
	"fmt"

	"github.com/favord/favord/internal/rule/voucher"
)

// Foresee reports why [Service.Claim], or [Service.Send] for [DoorCall], would refuse at the time of
// the command, nil if it would not. It changes nothing.
func (s *Service) Foresee(ctx context.Context, cmd ClaimCommand) error {
	if cmd.Door == DoorCall {
		sender, err := s.config.Directory.Merchant(ctx, cmd.Sender)
		if err == nil && cmd.AppID != "" && !sender.Owns(cmd.AppID) {
			err = voucher.ErrAppID.At("appid", string(cmd.AppID))
		}
		if err != nil {
			return fmt.Errorf("foresee send: %w", err)
		}
	}
	o, err := s.Offer(ctx, cmd)
	if err != nil || o.Claimed != "" {
		return err
	}
	return o.Refusal
}
