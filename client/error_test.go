package client_test

import (
	"errors"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
)

func TestTheDetailOfAFieldIsReadInBothForms(t *testing.T) {
	t.Parallel()
	for detail, want := range map[string]client.FieldDetail{
		`{"field":"/a","issue":"is missing","location":"body","value":""}`: {Field: "/a", Issue: "is missing", Location: "body"},
		`{"location":"body","value":0}`:                                    {Location: "body", Value: "0"},
		`{"location":"query","value":"x"}`:                                 {Location: "query", Value: "x"},
		`{"location":"body","value":{"a":1}}`:                              {Location: "body", Value: `{"a":1}`},
		`{"location":null,"value":"{"}`:                                    {},
		`"text"`:                                                           {},
		``:                                                                 {},
	} {
		got, is := (&client.APIError{Detail: []byte(detail)}).Field()
		if got != want || is != (want != client.FieldDetail{}) {
			t.Errorf("%s: %+v, %v", detail, got, is)
		}
	}
}

func TestTheDetailOfASignatureShowsWhatTheServerSigned(t *testing.T) {
	t.Parallel()
	live := `{"detail":{"issue":"sign not match"},"field":"signature","location":"authorization","sign_information":{"method":"GET","sign_message_length":66,"truncated_sign_message":"GET\n/v3/certificates\n1644548918\nn5Qz\n\n","url":"/v3/certificates"}}`
	got, is := (&client.APIError{Detail: []byte(live)}).Signed()
	if !is || got != (apiv3.SignInformation{Method: "GET", SignMessageLength: 66, TruncatedSignMessage: "GET\n/v3/certificates\n1644548918\nn5Qz\n\n", URL: "/v3/certificates"}) {
		t.Errorf("%+v, %v", got, is)
	}
	for _, other := range []string{``, `{"location":"body","value":0}`, `[]`} {
		if _, is := (&client.APIError{Detail: []byte(other)}).Signed(); is {
			t.Errorf("%s is one", other)
		}
	}
}

func TestErrorsAreAskedForTheirCode(t *testing.T) {
	t.Parallel()
	err := error(&client.APIError{Status: 403, Code: "RULE_LIMIT"})
	if !errors.Is(err, client.ErrRuleLimit) || errors.Is(err, client.ErrNoAuth) || !errors.Is(err, client.CodeError("RULE_LIMIT")) {
		t.Error("they are not")
	}
	if client.ErrRuleLimit.Error() != "RULE_LIMIT" {
		t.Error(client.ErrRuleLimit)
	}
}
