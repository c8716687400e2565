package httpapi_test

import (
	"github.com/favord/favord/wire/media"
)

// What the contract test needs to know of images and partnerships.

// marketingSample returns a request that succeeds on a new fixture.
func (f *fixture) marketingSample(id string) (request, bool) {
	f.t.Helper()
	switch id {
	case media.UploadImage:
		return f.upload(form{}), true
	}
	return request{}, false
}

// marketingMalformed returns a request that breaks the declaration of an operation.
func (f *fixture) marketingMalformed(id string) (request, bool) {
	f.t.Helper()
	switch id {
	case media.UploadImage:
		return f.upload(form{meta: new(`{"filename":"a.png"}`)}), true
	}
	return request{}, false
}

// marketingViolations are the texts that malformed requests get.
func marketingViolations() map[string]string {
	return map[string]string{
		media.UploadImage: "输入源“/body/meta/sha256”映射到字段“文件摘要”必填性规则校验失败，此字段为必填项",
	}
}

// marketingScenarios are the failures of single operations.
func marketingScenarios() map[string][]scenario {
	return map[string][]scenario{
		media.UploadImage: uploadScenarios(),
	}
}
