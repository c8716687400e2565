package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
)

// TestEveryChangeByAnOperatorIsInTheAudit walks the table of the management port: what changes
// something has an entry with what was replaced, where something was, and by what. An operation that
// is not in the table of deeds fails.
func TestEveryChangeByAnOperatorIsInTheAudit(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(t *testing.T, o *office) {
		all := deeds()
		for _, op := range changing(manage.Operations()) {
			d, known := all[op.ID]
			if !known {
				t.Errorf("%s changes something: say in deeds how, and what the audit says of it", op.ID)
				continue
			}
			if d.only != "" && d.only != o.engine {
				continue
			}
			a := d.make(o)
			o.entries()
			if got := o.send(a); got.status != op.Success {
				t.Errorf("%s is answered %d %v", op.ID, got.status, got.body)
			}
			o.judge(&op, &d, o.entries())
		}
	})
}

// judge looks at the entries of a deed.
func (o *office) judge(op *wire.Operation, d *deed, entries []store.AuditEntry) {
	o.t.Helper()
	action := op.ID
	if d.action != "" {
		action = d.action
	}
	found := 0
	for _, e := range entries {
		if e.Action != action {
			continue
		}
		found++
		if d.before != (e.Before != "") || (d.before || d.fresh) && e.Before+e.After == "" {
			o.t.Errorf("%s: the audit says %q became %q", op.ID, e.Before, e.After)
		}
		if e.Actor == "" || e.Object == "" {
			o.t.Errorf("%s: the audit does not say who, or what: %+v", op.ID, e)
		}
	}
	if (found > 0) != (d.silent == "") || d.silent != "" && len(entries) > 0 {
		o.t.Errorf("%s: %d of %d entries in the audit are its own; it is silent: %q", op.ID, found, len(entries), d.silent)
	}
}

// TestAnUnclearOutcomeOfAnOperatorsCallIsSaidAndARepeatSettlesIt walks the same table: every commit of
// every operation is made unclear, one at a time, once so that it was done and once so that it was not.
// The caller is told 500 SYSTEM_ERROR, never a success and never a refusal. What was done is in the
// audit, and nothing else is changed. The same call again succeeds, or says that it was done, and leaves
// as much behind as one call alone.
func TestAnUnclearOutcomeOfAnOperatorsCallIsSaidAndARepeatSettlesIt(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(t *testing.T, o *office) {
		all := deeds()
		held, operations := 0, changing(manage.Operations())
		for _, op := range operations {
			d := all[op.ID]
			if d.make == nil || d.only != "" && d.only != o.engine {
				continue
			}
			alone := o.alone(&d)
			for _, outcome := range []storetest.Outcome{storetest.Committed, storetest.Abandoned} {
				lost := 0
				for o.lose(&op, &d, unclearly{before: lost, outcome: outcome, alone: alone}) {
					lost++
				}
				held += lost
				if lost == 0 && !d.unstored {
					t.Errorf("%s commits nothing", op.ID)
				}
				if lost > 0 && d.unstored {
					t.Errorf("%s commits something", op.ID)
				}
			}
		}
		o.expectWhole()
		t.Logf("proof P7: %d unclear commits of %d operations of the management port on %s were said and settled by a repeat",
			held, len(operations), o.engine)
	})
}

// alone returns how many entries a deed has that is done once.
func (o *office) alone(d *deed) int {
	a := d.make(o)
	o.entries()
	o.send(a)
	return len(o.entries())
}

// unclearly is how a commit becomes unclear.
type unclearly struct {
	// before is how many commits of the call come before it.
	before  int
	outcome storetest.Outcome
	// alone is how many entries of the audit one call alone has.
	alone int
}

// lose makes a call of which one commit is unclear, and repeats it. It returns false when the call has
// no such commit.
func (o *office) lose(op *wire.Operation, d *deed, how unclearly) bool {
	o.t.Helper()
	a := d.make(o)
	o.entries()
	digest := o.digest()
	o.unclear.Lose(how.before, how.outcome)
	first := o.send(a)
	if !o.unclear.Reached() {
		return false
	}
	if status, code := d.outcome(&first); status != http.StatusInternalServerError || code != "SYSTEM_ERROR" {
		o.t.Errorf("%s, %+v: the call is answered %d %v", op.ID, how, first.status, first.body)
	}
	done := len(o.entries())
	if done == 0 && !d.counted && d.silent == "" && o.digest() != digest {
		o.t.Errorf("%s, %+v: something was done that the audit does not say", op.ID, how)
	}
	if done > how.alone {
		o.t.Errorf("%s, %+v: %d entries in the audit, one call alone has %d", op.ID, how, done, how.alone)
	}
	second := o.send(a)
	whole := done >= how.alone && how.outcome == storetest.Committed
	if status, _ := d.outcome(&second); status != op.Success && (!whole || status != d.again) {
		o.t.Errorf("%s, %+v: the repeat is answered %d %v", op.ID, how, second.status, second.body)
	}
	done += len(o.entries())
	if done != how.alone && (!d.renewed || done > 2*how.alone) {
		o.t.Errorf("%s, %+v: %d entries in the audit, one call alone has %d", op.ID, how, done, how.alone)
	}
	return true
}

// outcome is what an answer says of a deed.
func (d *deed) outcome(answer *told) (status int, code string) {
	if !d.inner || answer.status != http.StatusOK {
		return answer.status, answer.code()
	}
	inner, _ := answer.body["status"].(float64)
	var body struct{ Code string }
	_ = json.Unmarshal([]byte(answer.text("body")), &body) // an answer without a body has no code
	return int(inner), body.Code
}

// digest is one over the database; only that of SQLite has one.
func (o *office) digest() string {
	o.t.Helper()
	if o.engine != "sqlite" {
		return ""
	}
	return digestOf(o.t, filepath.Join(o.dir, "favord.db"))
}

// expectWhole proves the invariants of the database.
func (o *office) expectWhole() {
	o.t.Helper()
	list, err := o.unclear.Check(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, i := range list {
		if i.Broken > 0 {
			o.t.Errorf("%s: %d of %d rows break it", i.Name, i.Broken, i.Rows)
		}
	}
}

// TestTheAuditSaysWhatBecameOfKeys and never a key: of a merchant's certificate, its secrets, and the
// platform's certificate for it.
func TestTheAuditSaysWhatBecameOfKeys(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(t *testing.T, o *office) {
		id := o.merchant()
		keys := "merchants/" + id + "/keys/"
		serial := strings.ToUpper(strconv.FormatInt(serialBegin+o.numbers, 16))
		stands := func(status string) string { return `{"` + serial + `":"` + status + `"}` }
		for _, c := range []struct {
			method, path  string
			body          object
			before, after string
		}{
			{http.MethodPatch, keys + "certificates/" + serial, object{"status": "REPLACED"}, stands("ACTIVE"), stands("REPLACED")},
			{http.MethodPatch, keys + "certificates/" + serial, object{"status": "REVOKED"}, stands("REPLACED"), stands("REVOKED")},
			{http.MethodPut, keys + "apiv3", object{"key": canaryKey}, "", `{"version":1}`},
			{http.MethodPut, keys + "apiv3", object{"key": canaryKey}, `{"version":1}`, `{"version":2}`},
			{http.MethodPut, keys + "apiv2", object{"key": canaryKey}, "", `{"version":1}`},
		} {
			o.entries()
			o.must(c.method, c.path, c.body)
			found := o.entries()
			if len(found) != 1 || found[0].Before != c.before || found[0].After != c.after {
				t.Errorf("%s: %+v, want %s became %s", c.path, found, c.before, c.after)
			}
		}
		o.must(http.MethodPost, keys+"platform-certificates", object{})
		found, shown := o.entries(), o.must(http.MethodGet, "merchants/"+id+"/keys", nil)
		_, serial, _ = strings.Cut(strings.TrimSuffix(found[0].After, `"}`), `{"serial_no":"`)
		if listed := fmt.Sprint(shown.body["platform_keys"]); len(found) != 1 || serial == "" || !strings.Contains(listed, "serial_no:"+serial) {
			t.Errorf("a platform certificate: %+v", found)
		}
	})
}
