package serve

import (
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/server"
)

// KeyFile makes files with the key that seals all others.
type KeyFile struct {
	New keyFileNew `cmd:"" help:"keyfilenew"`
}

// keyFileNew makes one.
type keyFileNew struct {
	File string `arg:"" help:"keyfilepath" type:"path"`
}

// KeyFileTexts are the help of the command about key files, in Chinese and English, by their keys.
func KeyFileTexts() map[string][2]string {
	return map[string][2]string{
		"keyfile":     {"密钥加密密钥文件（key_file）", "Files with the key that seals all others (key_file)."},
		"keyfilenew":  {"新建一个密钥文件，仅所有者可读；已有的不覆盖", "Make a key file that its owner alone may read; none is overwritten."},
		"keyfilepath": {"文件", "The file."},
	}
}

// Run implements the command.
func (k *keyFileNew) Run(c *term.Command) error {
	if err := server.NewKeyFile(k.File); err != nil {
		return err
	}
	c.Say("已写入 %s：请另行妥善备份，缺了它数据库中的密钥无法打开",
		"Wrote %s. Keep a copy of it elsewhere: without it nothing opens the secrets of the database.", k.File)
	return nil
}
