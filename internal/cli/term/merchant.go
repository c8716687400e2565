package term

import (
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/manage"
)

// Merchant is whose data a command shows: the merchant that was named, else that of the environment, else
// the only one that the server knows.
func (m *Managed) Merchant(c *Command, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	e, err := m.Environment(c)
	if err != nil || e.MchID != "" {
		return e.MchID, err
	}
	const some = 10 // merchants to choose from
	var known []string
	limit := int64(some)
	if err := ManageTell(c, m, func(m *client.Management) (*manage.MerchantList, error) {
		return m.Merchants(c.Ctx, &manage.ListMerchantsRequest{Limit: &limit})
	}, func(list *manage.MerchantList) {
		for i := range list.Merchants {
			known = append(known, list.Merchants[i].MchID)
		}
	}); err != nil {
		return "", err
	}
	switch len(known) {
	case 0:
		return "", usage("还没有商户；favord merchants add 登记一个", "there is no merchant yet; `favord merchants add` registers one")
	case 1:
		return known[0], nil
	case some:
		return "", usage("请写明商户号（favord merchants list 列出商户）", "name a merchant; `favord merchants list` lists them")
	}
	return "", usage("请写明商户号："+strings.Join(known, "、"), "name a merchant: "+strings.Join(known, ", "))
}
