package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/favord/favord/internal/config"
)

const packaging = "../../packaging/"

// TestThePackagesBringConfigurationsThatAreRight loads what packages, compose and Kubernetes
// start servers with.
func TestThePackagesBringConfigurationsThatAreRight(t *testing.T) {
	t.Parallel()
	for path, mode := range map[string]string{
		packaging + "favord.yaml": "production", packaging + "sandbox.yaml": "sandbox", packaging + "compose/favord.yaml": "production",
	} {
		got, err := config.LoadServe(path)
		if err != nil || got.Mode != mode {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
	embedded, err := load(t, kubernetes(t, "ConfigMap")["data"].(map[string]any)["favord.yaml"].(string))
	if err != nil || embedded.Mode != "production" {
		t.Errorf("Kubernetes: %+v, %v", embedded, err)
	}
}

// kubernetes returns the object of a kind.
func kubernetes(t *testing.T, kind string) map[string]any {
	t.Helper()
	text, err := os.Open(packaging + "kubernetes/favord.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = text.Close() }()
	for decoder := yaml.NewDecoder(text); ; {
		var object map[string]any
		if err := decoder.Decode(&object); err != nil {
			t.Fatalf("no %s: %v", kind, err)
		}
		if object["kind"] == kind {
			return object
		}
	}
}

// TestContainersAgreeAboutPortsFilesAndUser compares the manifest with the image and with the
// configuration that is mounted.
func TestContainersAgreeAboutPortsFilesAndUser(t *testing.T) {
	t.Parallel()
	manifest := read(t, packaging+"kubernetes/favord.yaml")
	image := read(t, packaging+"Containerfile")
	for _, want := range []string{"USER 65532:65532", "EXPOSE 18080 18081", `CMD ["serve", "--config", "/etc/favord/favord.yaml"]`} {
		if !strings.Contains(image, want) {
			t.Errorf("the image lacks %s", want)
		}
	}
	for _, want := range []string{
		"runAsUser: 65532", "fsGroup: 65532", "{name: api, containerPort: 18080}", "{name: manage, containerPort: 18081}",
		"args: [serve, --config, /etc/favord/favord.yaml]", "mountPath: /etc/favord,", "mountPath: /run/secrets/favord,",
	} {
		if !strings.Contains(manifest, want) {
			t.Errorf("the manifest lacks %s", want)
		}
	}
	var compose struct {
		Services map[string]struct {
			Volumes []string `yaml:"volumes"`
		} `yaml:"services"`
	}
	if err := yaml.Unmarshal([]byte(read(t, packaging+"compose/compose.yaml")), &compose); err != nil {
		t.Fatal(err)
	}
	if len(compose.Services) != 4 || len(compose.Services["favord-2"].Volumes) != 3 {
		t.Errorf("compose has %+v", compose.Services)
	}
}

// TestThePackagesHaveEveryFileThatTheyName looks at what the packages take from the checkout.
func TestThePackagesHaveEveryFileThatTheyName(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`(?m)(?:src: |(?:install|remove): )([A-Za-z][^,"\n]*)`).FindAllStringSubmatch(read(t, packaging+"nfpm.yaml"), -1)
	if len(named) < 10 {
		t.Errorf("nfpm.yaml names %v", named)
	}
	for _, file := range named {
		if _, err := os.Stat(filepath.Join("..", "..", file[1])); err != nil {
			t.Error(err)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
