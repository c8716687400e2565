package storetest

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
)

// render shows a value as engines must agree about it: times by their instant, no list like an
// empty one, also in a map, lists without an order sorted, and no places, which are each engine's own.
func render(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Invalid:
		return ""
	case reflect.Pointer, reflect.Interface:
		return render(v.Elem())
	case reflect.Struct:
		return renderStruct(v)
	case reflect.Slice, reflect.Array:
		return renderList(v)
	case reflect.Map:
		var all []string
		for key, value := range v.Seq2() {
			if shown := render(value); shown != "[]" {
				all = append(all, render(key)+": "+shown)
			}
		}
		slices.Sort(all)
		return "{" + strings.Join(all, "\n") + "}"
	case reflect.String:
		return fmt.Sprintf("%q", v)
	default:
		return fmt.Sprint(v)
	}
}

func renderStruct(v reflect.Value) string {
	if at, is := reflect.TypeAssert[time.Time](v); is {
		if at.IsZero() {
			return "never"
		}
		return at.UTC().Format(time.RFC3339Nano)
	}
	var all []string
	for i := range v.NumField() {
		field := v.Type().Field(i)
		own := field.Name == "Place" || field.Type == reflect.TypeFor[store.Version]() ||
			(v.Type() == reflect.TypeFor[payment.Flow]() || v.Type() == reflect.TypeFor[store.AuditEntry]()) && field.Name == "ID"
		if !own {
			all = append(all, field.Name+"="+render(v.Field(i)))
		}
	}
	return "(" + strings.Join(all, " ") + ")"
}

func renderList(v reflect.Value) string {
	if bytes, is := reflect.TypeAssert[[]byte](v); is {
		return hex.EncodeToString(bytes)
	}
	var all []string
	for i := range v.Len() {
		all = append(all, render(v.Index(i)))
	}
	if of := v.Type().Elem(); of == reflect.TypeFor[coupon.Code]() || of == reflect.TypeFor[delivery.Due]() {
		slices.Sort(all)
	}
	return "[" + strings.Join(all, " ") + "]"
}
