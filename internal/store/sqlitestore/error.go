package sqlitestore

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
)

// translate turns what SQLite says into what the contract knows.
func translate(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return fmt.Errorf("%w: %w", store.ErrDuplicate, err)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", store.ErrNotFound, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}

// isNoTransaction reports that there is nothing to roll back.
func isNoTransaction(err error) bool {
	return strings.Contains(err.Error(), "no transaction is active")
}

// explain says in one sentence why a database cannot be opened, if a person can do
// something about it.
func explain(err error, path string) error {
	var e *sqlite.Error
	switch {
	case fault.KindOf(err) != fault.Internal:
		return err
	case errors.Is(err, store.ErrFull):
		return fault.New(fault.Refused,
			fmt.Sprintf("存放数据库 %s 的磁盘已满，请释放空间后重试", path),
			fmt.Sprintf("The disk that holds the database %s is full; free some space and start again.", path))
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EISDIR), errors.As(err, &e) && isUnreadable(e.Code()):
		return fault.New(fault.Refused,
			fmt.Sprintf("无法读写数据库 %s，请检查文件和目录的权限", path),
			fmt.Sprintf("The database %s cannot be read and written; check the permissions of the file and its directory.", path))
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.Refused,
			fmt.Sprintf("数据库 %s 所在的目录不存在", path),
			fmt.Sprintf("The directory of the database %s does not exist.", path))
	case errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_NOTADB || e.Code() == sqlite3.SQLITE_CORRUPT):
		return fault.New(fault.Refused,
			fmt.Sprintf("%s 不是favord数据库，或已损坏，请检查路径或恢复备份", path),
			fmt.Sprintf("%s is no favord database, or it is damaged; check the path or restore a backup.", path))
	}
	return err
}

func isUnreadable(code int) bool {
	const primary = 0xff
	switch code & primary {
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return true
	}
	return false
}

func errInUse(path string) error {
	return fault.New(fault.Refused,
		fmt.Sprintf("数据库 %s 正被另一个favord进程使用，请先停止该进程，或换一个数据目录", path),
		fmt.Sprintf("The database %s is in use by another favord process; stop that one first, or choose another data directory.", path))
}

func errNewer(version, known int) error {
	return fault.New(fault.Refused,
		fmt.Sprintf("数据库由更新版本的favord创建（结构版本%d，本程序只支持到%d），请使用该版本，数据未做任何改动", version, known),
		fmt.Sprintf("The database was made by a newer release of favord (schema %d, this one knows up to %d); use that release. Nothing was changed.", version, known))
}

func errForeign() error {
	return fault.New(fault.Refused,
		"该文件是其他程序的数据库，请换一个数据目录",
		"The file is another program's database; choose another data directory.")
}

func errMode(is, want store.Mode) error {
	return fault.New(fault.Refused,
		fmt.Sprintf("数据库的用途为%s，不能以%s方式打开", is, want),
		fmt.Sprintf("The database is for %s and cannot be opened for %s.", is, want))
}

func errOlder(version, known int) error {
	return fault.New(fault.Refused,
		fmt.Sprintf("数据库由旧版本的favord创建（结构版本%d，本程序为%d），请先用本版本启动服务完成升级", version, known),
		fmt.Sprintf("The database was made by an older release of favord (schema %d, this one has %d); start a server of this release first.",
			version, known))
}
