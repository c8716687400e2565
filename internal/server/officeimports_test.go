package server_test

import (
	"net/http"

	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire/manage"
)

// importDeeds are about files of codes.
func importDeeds() map[string]deed {
	const part = "QS0xCkI="
	file := object{"name": "codes.txt", "print": "0123abcd", "size": 5}
	moved := func(phase codefile.Phase, step string) func(o *office) asking {
		return func(o *office) asking { return ask(http.MethodPost, o.codeImport(file, phase)+step, nil) }
	}
	return map[string]deed{
		manage.BeginCodeImport: {fresh: true, make: func(o *office) asking {
			return ask(http.MethodPost, "stocks/"+o.stockOf("MERCHANT_UPLOAD")+"/code-import", file)
		}},
		manage.AddCodePart: {silent: "it brings bytes; what becomes of them is told when they are imported", make: func(o *office) asking {
			return ask(http.MethodPost, o.codeImport(file, codefile.Uploading)+"/parts", object{"offset": 0, "content": part})
		}},
		manage.RunCodeImport:   {fresh: true, make: moved(codefile.Ready, "/run")},
		manage.PauseCodeImport: {fresh: true, make: moved(codefile.Running, "/pause")},
		manage.RemoveCodeImport: {fresh: true, make: func(o *office) asking {
			return ask(http.MethodDelete, o.codeImport(file, codefile.Paused), nil)
		}},
	}
}

// codeImport is the path of a new import in a phase to which nobody works here.
func (o *office) codeImport(file object, phase codefile.Phase) string {
	o.t.Helper()
	path := "stocks/" + o.stockOf("MERCHANT_UPLOAD") + "/code-import"
	begun := o.must(http.MethodPost, path, file).body
	id, _ := begun["import_id"].(string)
	stock, _ := begun["stock_id"].(string)
	if phase == codefile.Uploading {
		return path + "/" + id
	}
	key := coupon.StockKey{Creator: merchant.ID(o.env.MchID), ID: coupon.StockID(stock)}
	if err := o.unclear.Store.Write(o.t.Context(), func(tx store.Tx) error {
		i, err := tx.LockCodeImport(o.t.Context(), key)
		if err != nil {
			return err
		}
		codes := store.ImportPart{
			PartKey: store.PartKey{Stock: key, Kind: codefile.GoodCodes}, Data: codefile.EncodeCodes([]coupon.Code{"A-1", "B"}),
		}
		i.Phase, i.Received, i.Lines, i.Good = phase, i.Size, 2, 2
		return store.InOrder(
			func() error { return tx.InsertImportPart(o.t.Context(), codes) },
			func() error { return tx.UpdateCodeImport(o.t.Context(), i) },
		)
	}); err != nil {
		o.t.Fatal(err)
	}
	return path + "/" + id
}
