package send

import (
	"errors"
	"fmt"
	"testing"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// through is a claim of the first stock through a door, by a user and under a number.
func (sh *shop) through(door Door, who int, number string) ClaimCommand {
	cmd := ClaimCommand{
		Door: door, Sender: sh.stocks[0].Creator, StockID: sh.stocks[0].ID, RequestNo: number,
		OpenID: user.OpenID(fmt.Sprintf("oUpF8uMuAJO_M2pxb1Q%09d", who)),
	}
	if door == DoorMiniApp {
		cmd.AppID = storetest.ShopAppID // the claim page does not know it
	}
	return cmd
}

// TestANumberOfAClaimCountsForItsStockAndUser claims at once through both doors, and sends under
// the same number by a call.
func TestANumberOfAClaimCountsForItsStockAndUser(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		sh := openShop(t, s, 0, limitsOf(100, 5))
		doors := []Door{DoorMiniApp, DoorH5}
		got, errs := storetest.Race(32, func(i int) (Claimed, error) {
			return sh.Claim(t.Context(), sh.through(doors[i%2], 1+i/16, "same"))
		})
		first := 0
		for i, err := range errs {
			if err != nil || got[i].ID != got[i/16*16].ID {
				t.Errorf("claim %d: %+v, %v", i, got[i], err)
			}
			if !got[i].Repeated {
				first++
			}
		}
		if first != 2 || got[0].ID == got[16].ID {
			t.Errorf("%d claims of two users were the first: %s, %s", first, got[0].ID, got[16].ID)
		}
		if id, err := sh.Send(t.Context(), sh.to(0, 1, "same")); err != nil || id == got[0].ID {
			t.Errorf("a call under the number of a claim gives %s, %v", id, err)
		}
		o, err := sh.Offer(t.Context(), sh.through(DoorH5, 1, "same"))
		if err != nil || o.Claimed != got[0].ID || o.AppID != storetest.ShopAppID {
			t.Errorf("the offer afterwards is %+v, %v", o, err)
		}
		if o, err := sh.Offer(t.Context(), sh.through(DoorH5, 1, "other")); err != nil || o.Claimed != "" || o.Refusal != nil {
			t.Errorf("the offer under another number is %+v, %v", o, err)
		}
		if n := sh.counters(t, 0).Sent; n != 3 {
			t.Errorf("%d vouchers were sent", n)
		}
		for _, action := range []string{"favor.claim.miniapp", "favor.claim.h5"} {
			if _, _, entries := sh.Count(t, action); entries > 2 {
				t.Errorf("%d audit entries of %s", entries, action)
			}
		}
		expectInvariants(t, s)
	})
}

func TestAnOfferForeseesWhatAClaimIsRefused(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		sh := openShop(t, s, 200, limitsOf(3, 2))
		for i, want := range []error{nil, nil, voucher.ErrUserQuota} {
			cmd := sh.through(DoorH5, 1, fmt.Sprint("n", i))
			if o, err := sh.Offer(t.Context(), cmd); err != nil || !errors.Is(o.Refusal, want) {
				t.Errorf("offer %d: %v, %v; want %v", i, o.Refusal, err, want)
			}
			if _, err := sh.Claim(t.Context(), cmd); !errors.Is(err, want) {
				t.Errorf("claim %d: %v, want %v", i, err, want)
			}
		}
		if _, err := sh.Claim(t.Context(), sh.through(DoorH5, 2, "n")); err != nil {
			t.Fatal(err)
		}
		if o, err := sh.Offer(t.Context(), sh.through(DoorH5, 3, "n")); err != nil || !errors.Is(o.Refusal, voucher.ErrSpent) {
			t.Errorf("the offer of a stock that is used up: %v, %v", o.Refusal, err)
		}
	})
}

func TestAClaimOfAVoucherNeedsItsParties(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		const stranger, strangersApp = merchant.ID("1900000008"), merchant.AppID("wx7777777777777777")
		sh := openShop(t, s, 0, limitsOf(3, 2))
		if err := s.Write(t.Context(), func(tx store.Tx) error {
			return errors.Join(
				tx.InsertMerchant(t.Context(), merchant.Merchant{
					ID: stranger, Name: "s", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate,
					AppIDs: []merchant.AppID{strangersApp},
				}, sh.Now),
				tx.InsertUsers(t.Context(), []user.User{{AppID: strangersApp, OpenID: "o_of_the_stranger", ID: user.ID{5}, Person: user.ID{5}}}))
		}); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			change func(cmd *ClaimCommand)
			want   error
		}{
			"a sender without right":            {func(cmd *ClaimCommand) { cmd.Sender = stranger }, voucher.ErrNoSenders},
			"a stock that is not there":         {func(cmd *ClaimCommand) { cmd.StockID = "1" }, voucher.ErrStockNotFound},
			"another creator":                   {func(cmd *ClaimCommand) { cmd.Creator = stranger }, voucher.ErrStockOfOthers},
			"an appid of nobody":                {func(cmd *ClaimCommand) { cmd.AppID = "wx0000000000000000" }, merchant.ErrAppID},
			"an openid of a stranger's appid":   {func(cmd *ClaimCommand) { cmd.AppID, cmd.OpenID = "", "o_of_the_stranger" }, merchant.ErrAppID},
			"an openid that is not well formed": {func(cmd *ClaimCommand) { cmd.OpenID = "nobody" }, user.ErrUnknown},
		} {
			for _, door := range []Door{DoorMiniApp, DoorH5} {
				cmd := sh.through(door, 1, "n")
				c.change(&cmd)
				if _, err := sh.Claim(t.Context(), cmd); !errors.Is(err, c.want) {
					t.Errorf("%s through %s gives %v, want %v", name, door, err, c.want)
				}
				if _, err := sh.Offer(t.Context(), cmd); !errors.Is(err, c.want) {
					t.Errorf("the offer to %s through %s gives %v, want %v", name, door, err, c.want)
				}
			}
		}
		if n := sh.counters(t, 0).Sent; n != 0 {
			t.Errorf("%d vouchers were sent", n)
		}
	})
}
