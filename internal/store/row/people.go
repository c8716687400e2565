package row

import (
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// UserColumns are what User reads, in its order.
const UserColumns = `openid, appid, account, person, unionid, suspicious`

// User reads the UserColumns.
func User(scan Scan) (user.User, error) {
	u := user.User{Known: true}
	var account, person []byte
	err := scan(&u.OpenID, &u.AppID, &account, &person, &u.UnionID, &u.Suspicious)
	u.ID, u.Person = store.AccountOf(account), store.AccountOf(person)
	return u, err
}

// Text reads a text.
func Text(scan Scan) (text string, err error) {
	err = scan(&text)
	return text, err
}

// MerchantID reads one column.
func MerchantID(scan Scan) (merchant.ID, error) {
	var id merchant.ID
	err := scan(&id)
	return id, err
}
