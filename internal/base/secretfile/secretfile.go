// Package secretfile reads the files that hold a secret: keys and tokens. It owns who else may
// read or change them; what they hold is for the caller to check.
package secretfile

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/favord/favord/internal/base/fault"
)

// maxSize bounds a file, in bytes. A longer one is cut off, which no format takes.
const maxSize = 4096

// Read returns what a file holds, without the white space around it. The name says in both
// languages what the file is, for the refusal: one of a file that cannot be read, that other users
// may use in any way, or that its group may write. The group may read it, as orchestrators mount
// secrets.
func Read(path string, name fault.Text) (string, error) {
	text, err := read(path)
	if err != nil {
		return "", fault.New(fault.Refused,
			fmt.Sprintf("无法读取%s %s：%v", name.ZH, path, err),
			fmt.Sprintf("The %s %s cannot be read: %v", name.EN, path, err))
	}
	if text.exposed {
		return "", fault.New(fault.Refused,
			fmt.Sprintf("%s %s 可被其他用户访问或被同组用户修改，请执行 chmod 600 %s（组可读亦可：chmod 640）", name.ZH, path, path),
			fmt.Sprintf("The %s %s is open to other users, or its group may write it; run chmod 600 %s, or chmod 640 if its group must read it.", name.EN, path, path))
	}
	return strings.TrimSpace(text.content), nil
}

// found is what was read, and whether others than the owner may use the file in a way that they
// must not.
type found struct {
	content string
	exposed bool
}

// read looks at the rights of the file that it has opened, not of one that may take its place.
func read(path string) (found, error) {
	f, err := os.Open(path)
	if err != nil {
		return found{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return found{}, err
	}
	content, err := io.ReadAll(io.LimitReader(f, maxSize))
	return found{content: string(content), exposed: exposed(info.Mode())}, err
}
