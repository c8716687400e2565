// Package openapi writes the OpenAPI 3.1 document of the operations: the same
// declarations that validate requests, in a form that other tools read.
package openapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// object is a JSON object; encoding writes its keys in order, so that a document
// is always the same text.
type object = map[string]any

// Document returns the document of the given operations, indented. The version is
// the version of the server.
func Document(version string, operations []wire.Operation) ([]byte, error) {
	on := surfaceOf(operations)
	b := builder{schemas: object{"Error": errorSchema()}, english: on.titles}
	paths := object{}
	for i := range operations {
		op := &operations[i]
		item, _ := paths[op.Path].(object)
		if item == nil {
			item = object{}
			paths[op.Path] = item
		}
		item[strings.ToLower(op.Method)] = b.operation(op)
	}
	text, err := json.MarshalIndent(object{
		"openapi": "3.1.0",
		"info": object{
			"title":       "Favord",
			"version":     version,
			"description": on.description,
			"license":     object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			// When the examples are: their times are relative to it.
			"x-example-time": exampleTime(),
		},
		"servers":    []any{object{"url": "/"}},
		"paths":      paths,
		"components": object{"schemas": b.schemas, "securitySchemes": on.schemes},
		"security":   on.security,
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	return append(text, '\n'), nil
}

// surface is a port with its own way to know callers.
type surface struct {
	description string
	security    []any
	schemes     object
	// titles are those of fields in English, by the Chinese ones.
	titles map[string]string
}

// surfaceOf says which port a table is about: the signed one, or the management port, which
// in a sandbox does without a token.
func surfaceOf(operations []wire.Operation) surface {
	if len(operations) > 0 && operations[0].Product == wire.Manage {
		return surface{
			description: "The management port of Favord. It is not signed; a production server wants a token.",
			security:    []any{object{}, object{"operator": []any{}}},
			schemes:     object{"operator": object{"type": "http", "scheme": "bearer"}},
		}
	}
	return surface{
		description: "Server side of the WeChat Pay APIv3 marketing platform. " +
			"Requests and answers are signed; see the security scheme.",
		titles:   titles(),
		security: []any{object{"merchant": []any{}}},
		schemes: object{"merchant": object{
			"type": "apiKey", "in": "header", "name": "Authorization",
			"description": `WECHATPAY2-SHA256-RSA2048 mchid="…",nonce_str="…",timestamp="…",serial_no="…",signature="…"; ` +
				`with an SM2 certificate the scheme is WECHATPAY2-SM2-WITH-SM3`,
		}},
	}
}

func errorSchema() object {
	return object{
		"type":     "object",
		"required": []any{"code", "message"},
		"properties": object{
			"code":    object{"type": "string"},
			"message": object{"type": "string"},
			"detail":  object{"type": "object"},
		},
	}
}

// builder collects the schemas that operations refer to.
type builder struct {
	schemas object
	// english are titles of fields, by the Chinese ones.
	english map[string]string
}

func (b *builder) operation(op *wire.Operation) object {
	o := object{
		"operationId": op.ID,
		"summary":     op.Title.ZH,
		"description": op.Title.EN + " (" + op.Section + ")",
		"tags":        []any{string(op.Product)},
		"responses":   b.responses(op),
	}
	if op.Duty != "" {
		o["x-duty"] = string(op.Duty)
	}
	if op.RequestNo != "" {
		o["x-request-number"] = op.RequestNo
	}
	if op.Rate.Calls > 0 {
		scope := "merchant"
		if op.Rate.Scope == wire.WholeInterface {
			scope = "interface"
		}
		o["x-rate-limit"] = object{"calls": op.Rate.Calls, "per": op.Rate.Per.String(), "scope": scope}
	}
	if op.Request == nil {
		return o
	}
	shown := exampleOf(op)
	shown.describe(o)
	if parameters := b.parameters(op, shown); len(parameters) > 0 {
		o["parameters"] = parameters
	}
	if body := bodyOf(op.Request); len(body.Fields) > 0 {
		content := b.content(op, body)
		if shown.body != nil {
			content["application/json"].(object)["example"] = shown.body //nolint:forcetypeassert // it was just made
		}
		if body.HasFile() {
			content = object{"multipart/form-data": content["application/json"]}
		}
		o["requestBody"] = object{"required": true, "content": content}
	}
	return o
}

// bodyOf returns the part of a request that travels in the body.
func bodyOf(request *schema.Object) *schema.Object {
	body := &schema.Object{Name: request.Name}
	for _, f := range request.Fields {
		if f.In == schema.InBody {
			body.Fields = append(body.Fields, f)
		}
	}
	return body
}

func (b *builder) parameters(op *wire.Operation, shown shownExample) []any {
	var parameters []any
	for _, f := range op.Request.Fields {
		if f.In == schema.InBody {
			continue
		}
		parameter := object{
			"name": f.Name, "in": string(f.In), "description": cmp.Or(b.english[f.Title], f.Title),
			"required": f.Required || f.In == schema.InPath,
		}
		if f.Kind == schema.Struct { // the text of a JSON object
			parameter["content"] = b.content(op, f.Object)
		} else {
			parameter["schema"] = b.field(op, &f)
			if value, given := shown.parameter(f.Name); given {
				parameter["example"] = typed(&f, value)
			}
		}
		parameters = append(parameters, parameter)
	}
	return parameters
}

func (b *builder) responses(op *wire.Operation) object {
	success := object{"description": "Success"}
	if op.Response != nil {
		success["content"] = b.content(op, op.Response)
	}
	responses := object{strconv.Itoa(op.Success): success}
	for _, f := range slices.Concat(op.Failures, wire.Common(op.Product)) {
		addFailure(responses, f)
	}
	return responses
}

// addFailure adds one example to the response of its status.
func addFailure(responses object, f wire.Failure) {
	status := strconv.Itoa(f.Status)
	response, known := responses[status].(object)
	if !known {
		response = object{"description": "", "content": object{"application/json": object{
			"schema": object{"$ref": "#/components/schemas/Error"}, "examples": object{},
		}}}
		responses[status] = response
	}
	response["description"] = strings.TrimSpace(fmt.Sprintf("%s\n- %#q %s", response["description"], f.Code, f.When))
	media, _ := response["content"].(object)["application/json"].(object)
	examples, _ := media["examples"].(object)
	message := f.Message
	if message == "" {
		message = "…"
	}
	examples[fmt.Sprintf("%s %d", f.Code, len(examples)+1)] = object{
		"summary": f.When, "value": object{"code": f.Code, "message": message},
	}
}

func (b *builder) content(op *wire.Operation, o *schema.Object) object {
	return object{"application/json": object{"schema": b.ref(op, o)}}
}

// ref returns a reference to the schema of o, which it adds when it is new.
func (b *builder) ref(op *wire.Operation, o *schema.Object) object {
	name := string(op.Product) + "." + o.Name
	if _, known := b.schemas[name]; !known {
		b.schemas[name] = object{} // ends recursion
		b.schemas[name] = b.object(op, o)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

func (b *builder) object(op *wire.Operation, o *schema.Object) object {
	properties, required := object{}, []any{}
	for i := range o.Fields {
		f := &o.Fields[i]
		properties[f.Name] = b.field(op, f)
		if f.Required {
			required = append(required, f.Name)
		}
	}
	described := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		described["required"] = required
	}
	return described
}

func (b *builder) field(op *wire.Operation, f *schema.Field) object {
	o := object{"title": f.Title}
	if english := b.english[f.Title]; english != "" {
		o["description"] = english
	}
	switch f.Kind {
	case schema.Struct:
		o["allOf"] = []any{b.ref(op, f.Object)}
	case schema.Array:
		o["type"] = "array"
		o["items"] = b.field(op, f.Element)
		addBounds(o, "minItems", "maxItems", int64(f.MinItems), int64(f.MaxItems))
	case schema.Date:
		o["type"], o["format"] = "string", "date-time"
	case schema.Integer:
		o["type"], o["format"] = "integer", fmt.Sprintf("int%d", f.Bits)
		addRange(o, f)
	case schema.Boolean:
		o["type"] = "boolean"
	case schema.File:
		o["type"], o["contentMediaType"] = "string", "application/octet-stream"
	case schema.String:
		o["type"] = "string"
		addStringRules(o, f)
	}
	return o
}

func addStringRules(o object, f *schema.Field) {
	// So many bytes are at most so many characters.
	addBounds(o, "minLength", "maxLength", int64(max(f.MinChars, min(f.MinBytes, 1))), int64(min(f.MaxChars, f.MaxBytes)))
	if f.Pattern != nil {
		o["pattern"] = f.Pattern.String()
	}
	if len(f.Enum) > 0 {
		o["enum"] = f.Enum
	}
}

func addBounds(o object, low, high string, least, most int64) {
	if least > 0 {
		o[low] = least
	}
	if most != schema.NoLimit {
		o[high] = most
	}
}

func addRange(o object, f *schema.Field) {
	if f.Bounded() {
		o["minimum"], o["maximum"] = f.Min, f.Max
	}
}
