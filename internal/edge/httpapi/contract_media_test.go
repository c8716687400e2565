package httpapi_test

import "github.com/favord/favord/wire/media"

func mediaSubject() subject {
	return subject{
		samples: map[string]func(f *fixture) request{
			media.UploadImage: func(f *fixture) request { return f.imageForm(form{}) },
		},
		malformed: map[string]string{
			media.UploadImage: "输入源“/body/meta/sha256”映射到字段“文件摘要”必填性规则校验失败，此字段为必填项",
		},
		spoilt: map[string]func(f *fixture) reply{
			media.UploadImage: func(f *fixture) reply { return f.send(f.imageForm(form{meta: new(`{"filename":"a.png"}`)})) },
		},
		scenarios: map[string][]scenario{media.UploadImage: imageScenarios()},
	}
}
