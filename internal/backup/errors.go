package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
)

func refuse(zh, en string, args ...any) error {
	return fault.New(fault.Refused, fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...))
}

func errExists(path string) error {
	return refuse("%s 已存在，不会覆盖；请换一个位置", "%s is there already and is not overwritten; choose another place.", path)
}

func errNoPlace(path string) error {
	return refuse("没有目录 %s：请先建立，或写以 "+suffix+" 结尾的文件名",
		"There is no directory %s: make it first, or name a file that ends in "+suffix+".", path)
}

func errNoDatabase(dir string) error {
	return refuse("目录 %s 中没有数据库 "+fileDatabase, "There is no database "+fileDatabase+" in the directory %s.", dir)
}

func errForeign(path string) error {
	return refuse("%s 不是favord的备份", "%s is no backup of favord.", path)
}

func errDamaged(path string) error {
	return refuse("备份 %s 不完整或已损坏，请使用另一份", "The backup %s is cut off or damaged; use another one.", path)
}

func errNewerFormat(path, version string) error {
	return refuse("备份 %s 由更新的版本（%s）制作，请使用该版本", "The backup %s was made by a newer release (%s); use that release.", path, version)
}

func errNewerSchema(path string, is, known int) error {
	return refuse("备份 %s 的数据库结构版本为%d，本程序只支持到%d；请使用制作它的版本",
		"The database in the backup %s has schema %d, and this release knows up to %d; use the release that made it.", path, is, known)
}

func errCounts(path, table string, is, was int64) error {
	return refuse("备份 %s 中表 %s 有%d行，清单记为%d行",
		"The table %[2]s in the backup %[1]s has %[3]d rows, and the manifest says %[4]d.", path, table, is, was)
}

// explain says what can be done about an error of the file system at a place.
func explain(err error, path string) error {
	switch {
	case err == nil, fault.KindOf(err) != fault.Internal:
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, store.ErrFull):
		return refuse("%s 所在的磁盘已满，没有留下任何文件；请释放空间或换一个位置",
			"The disk of %s is full, and nothing was left there; free some space or choose another place.", path)
	case errors.Is(err, fs.ErrPermission):
		return refuse("没有权限写入 %s 所在的目录", "You may not write where %s would be.", path)
	case errors.Is(err, fs.ErrNotExist):
		return refuse("没有 %s 或其所在的目录", "There is no %s, or no directory for it.", path)
	}
	return err
}
