package product

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/favord/favord/internal/cli/term"
)

// Images is about marketing images.
type Images struct {
	Upload imagesUpload `cmd:"" help:"imagesupload"`
}

// ImageTexts are the help of the commands about images, in Chinese and English, by their keys.
func ImageTexts() map[string][2]string {
	return map[string][2]string{
		"images":       {"营销图片：上传", "Upload marketing images."},
		"imagesupload": {"上传图片（JPG、PNG或BMP，不超过2MB），打印其永久地址", "Upload an image (JPG, PNG or BMP, at most 2 MB) and print its permanent URL."},
		"imagesfile":   {"图片文件，“-”为标准输入（需 --name）", "Image file; - reads standard input and needs --name."},
		"imagesname":   {"文件名称，缺省为文件本身的名称", "File name; defaults to the name of the file."},
	}
}

type imagesUpload struct {
	term.Signed
	File string `arg:"" help:"imagesfile"`
	Name string `help:"imagesname" placeholder:"NAME"`
}

// Run implements the command.
func (u *imagesUpload) Run(c *term.Command) error {
	caller, err := u.Client(c)
	if err != nil {
		return err
	}
	from, name := io.NopCloser(c.In), u.Name
	if u.File != "-" {
		if from, err = os.Open(u.File); err != nil {
			return fmt.Errorf("image: %w", err)
		}
		name = term.OrElse(name, filepath.Base(u.File))
	}
	defer func() { _ = from.Close() }()
	answer, err := caller.Media().UploadImageFrom(c.Ctx, name, from)
	if err != nil {
		return c.Refused(err)
	}
	if u.Output == "table" && c.Width == 0 { // a pipe wants the URL and nothing else
		_, err = fmt.Fprintln(c.Out, answer.MediaURL)
		return err
	}
	return u.Output.Print(c, answer, []string{c.Head("图片地址", "URL")}, [][]string{{answer.MediaURL}})
}
