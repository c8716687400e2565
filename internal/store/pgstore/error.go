package pgstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
)

// Codes of PostgreSQL (SQLSTATE).
const (
	codeUniqueViolation      = "23505"
	codeForeignKeyViolation  = "23503"
	codeCheckViolation       = "23514"
	codeDiskFull             = "53100"
	codeTooManyConnections   = "53300"
	codeSerializationFailure = "40001"
	codeDeadlock             = "40P01"
	codeCanceled             = "57014"
	codeBadText              = "22021"
	codeReadOnly             = "25006"
	codeNoPassword           = "28000"
	codeWrongPassword        = "28P01"
	codeNoDatabase           = "3D000"
	codeNoSchema             = "3F000"
	codeNoPrivilege          = "42501"
)

// codeOf returns the code of a server's error, "" for any other error.
func codeOf(err error) string {
	if e, is := errors.AsType[*pgconn.PgError](err); is {
		return e.Code
	}
	return ""
}

// isConflict reports that the server gave a transaction up because of another one.
func isConflict(err error) bool {
	code := codeOf(err)
	return code == codeSerializationFailure || code == codeDeadlock
}

// errText refuses what a client sent and PostgreSQL cannot keep as text.
var errText = fault.New(fault.Invalid,
	"参数中含有无法存储的字符",
	"A text holds a character that cannot be stored, such as U+0000.")

// translate turns what PostgreSQL says into what the contract knows.
func translate(err error) error {
	switch codeOf(err) {
	case codeUniqueViolation:
		return fmt.Errorf("%w: %w", store.ErrDuplicate, err)
	case codeForeignKeyViolation:
		return fmt.Errorf("%w: %w", store.ErrNotFound, err)
	case codeCheckViolation: // the guards are the only ones
		return fmt.Errorf("%w: %w", store.ErrStale, err)
	case codeDiskFull:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case codeBadText:
		return fmt.Errorf("%w: %w", errText, err)
	}
	return err
}

// explain says in one sentence why a database cannot be used, if a person can do
// something about it. The sentence holds no secret.
func explain(err error, config *pgx.ConnConfig) error {
	where := addresses(config)
	var connecting *pgconn.ConnectError
	switch {
	case fault.KindOf(err) != fault.Internal:
		return err
	case errors.Is(err, errReadOnly), codeOf(err) == codeReadOnly:
		return refused("PostgreSQL服务器 %s 为只读（备库？），请连接主库",
			"The PostgreSQL server %s accepts no changes; connect to the primary.", where)
	case codeOf(err) != "":
		return explainCode(err, config, where)
	case errors.As(err, &connecting), errors.Is(err, context.DeadlineExceeded):
		return refused("无法连接PostgreSQL服务器 %s，请检查其是否运行、地址和网络",
			"The PostgreSQL server %s cannot be reached; check that it runs, its address and the network.", where)
	}
	return err
}

// addresses lists the servers that were tried.
func addresses(config *pgx.ConnConfig) string {
	list := []string{net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))}
	for _, fallback := range config.Fallbacks {
		address := net.JoinHostPort(fallback.Host, strconv.Itoa(int(fallback.Port)))
		if !slices.Contains(list, address) { // with and without TLS
			list = append(list, address)
		}
	}
	return strings.Join(list, ", ")
}

// explainCode is explain for what the server says.
func explainCode(err error, config *pgx.ConnConfig, where string) error {
	switch codeOf(err) {
	case codeWrongPassword, codeNoPassword:
		return refused("PostgreSQL服务器 %s 拒绝用户 %s 登录，请检查用户名、密码和 pg_hba.conf",
			"The PostgreSQL server %s does not let user %s in; check name, password and pg_hba.conf.", where, config.User)
	case codeNoDatabase:
		return refused("PostgreSQL服务器 %s 上没有数据库 %s，请先创建",
			"The PostgreSQL server %s has no database %s; create it first.", where, config.Database)
	case codeTooManyConnections:
		return refused("PostgreSQL服务器 %s 的连接数已满，请调大 max_connections 或减少每个节点的连接数",
			"The PostgreSQL server %s has no connection left; raise max_connections or give each node fewer.", where)
	case codeNoPrivilege, codeNoSchema:
		return refused("用户 %s 无权在数据库 %s 中建表，请授权其使用的模式（schema）",
			"User %s may not create tables in database %s; grant it a schema.", config.User, config.Database)
	case codeDiskFull:
		return refused("PostgreSQL服务器 %s 的磁盘已满，请释放空间后重试",
			"The disk of the PostgreSQL server %s is full; free some space and start again.", where)
	}
	if code := codeOf(err); code[:2] == "57" { // starting up, shutting down, terminated
		return refused("PostgreSQL服务器 %s 正在启动或停止，请稍后重试",
			"The PostgreSQL server %s is starting up or shutting down; try again in a moment.", where)
	}
	return err
}

func refused(zh, en string, args ...any) error {
	return fault.New(fault.Refused, fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...))
}

func errDSN() error {
	return fault.New(fault.Refused,
		"数据库地址格式不正确，应形如 postgres://用户@主机:5432/数据库",
		"The database address is malformed; it must look like postgres://user@host:5432/database.")
}

func errBusy(step string) error {
	return refused("数据库升级步骤 %s 未能开始：所需的表一直被其他事务占用（备份或长查询？）；该步骤没有改动任何数据，请待其结束后重试",
		"The step %s of the migration could not begin: other transactions keep the tables that it needs (a backup, a long query?). "+
			"It has changed nothing; start again when they have ended.", step)
}

func errOld(version int) error {
	return refused("PostgreSQL版本为%d，favord需要15或更新的版本",
		"The server is PostgreSQL %d; favord needs 15 or newer.", version/versionUnit)
}

// versionUnit is what a major version counts in server_version_num.
const versionUnit = 10_000

func errEncoding(encoding string) error {
	return refused("数据库的编码为%s，favord需要UTF8，请重新创建数据库",
		"The encoding of the database is %s; favord needs UTF8. Create it anew.", encoding)
}

func errUnsafe(setting, why, whyEN string) error {
	return fault.New(fault.Refused,
		"PostgreSQL的 "+setting+" 为off，"+why+"，请改为on",
		"PostgreSQL has "+setting+" off, so that "+whyEN+"; turn it on.")
}

func errNewer(s *store.Schema) error {
	return fault.New(fault.Refused,
		fmt.Sprintf("数据库已由更新版本的favord升级（结构版本%d，本程序只支持到%d），请使用favord %s或更新的版本，数据未做任何改动",
			s.Version, s.Known, s.Needs),
		fmt.Sprintf("The database was upgraded by a newer release of favord (schema %d, this one knows up to %d); "+
			"use release %s or a newer one. Nothing was changed.", s.Version, s.Known, s.Needs))
}

func errForeign(database string) error {
	return refused("数据库 %s 已被其他程序使用，请为favord创建单独的数据库",
		"The database %s holds another program's tables; create one for favord alone.", database)
}

func errMode(is, want store.Mode) error {
	return refused("数据库的用途为%s，不能以%s方式打开",
		"The database is for %s and cannot be opened for %s.", is, want)
}
