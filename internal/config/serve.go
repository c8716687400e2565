package config

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/secretfile"
)

// Serve is what `favord serve` goes by: a YAML file, over which variables of the
// environment win.
type Serve struct {
	// Mode is production or sandbox, fixed when the database is made.
	Mode string `yaml:"mode"`
	// API and Manage are the addresses to listen on, host:port.
	API    string `yaml:"api"`
	Manage string `yaml:"manage"`
	// ManageURL is where people open the management port from elsewhere, such as
	// https://favord.example.com. Passkeys are for its host, and links to it begin so. Empty is nowhere.
	ManageURL string `yaml:"manage_url"`
	// TLS and ManageTLS make the two ports speak TLS.
	TLS       TLS `yaml:"tls"`
	ManageTLS TLS `yaml:"manage_tls"`
	// Data is a directory for what is no row: in a sandbox the demo merchant's
	// files, with SQLite also the database.
	Data string `yaml:"data"`
	// KeyFile holds the key that seals all others, as 64 hex digits; others may not read it.
	// It belongs into no backup that has the database.
	KeyFile string `yaml:"key_file"`
	// ManageTokenFile holds the token that callers of the management port show: one line
	// of at least 32 characters, and others may not read it. Without it a production server manages nothing.
	ManageTokenFile string `yaml:"manage_token_file"`
	// MediaBaseURL is how the URLs of uploaded images begin: where the API is reached
	// from outside, such as https://img.example.com. They are permanent, and so should
	// this be. Empty is the address of the API.
	MediaBaseURL string `yaml:"media_base_url"`
	// PartnerAppIDs says which appids may be partners: any, or own ones only.
	PartnerAppIDs string `yaml:"partner_appids"`
	// ReviewStocks makes new stocks wait until `favord stocks approve`.
	ReviewStocks bool `yaml:"review_stocks"`
	// StrictUsers makes a sandbox refuse openids that nobody registered. In production it
	// is always so.
	StrictUsers bool `yaml:"strict_users"`
	// StrictOrders makes a sandbox refuse paid orders and consumption cards that nobody
	// reported. In production it is always so.
	StrictOrders bool `yaml:"strict_orders"`
	// TrustedProxies are addresses or networks of proxies before the API that say in
	// X-Forwarded-For whom they forward for. Without them all who come through a proxy share what
	// one source may have.
	TrustedProxies []string `yaml:"trusted_proxies"`
	Misses         Misses   `yaml:"misses"`
	// ShutdownDelay is for how long a node that was told to end goes on serving while
	// /readyz says that it is not ready, such as 5s; at most 5m. It must be longer than
	// whoever shares out calls takes to notice.
	ShutdownDelay string `yaml:"shutdown_delay"`
	Claim         Claim  `yaml:"claim"`

	Database Database `yaml:"database"`
	Notify   Notify   `yaml:"notify"`
	Log      Log      `yaml:"log"`
	Vouchers Vouchers `yaml:"vouchers"`
	Metrics  Metrics  `yaml:"metrics"`
	Traces   Traces   `yaml:"traces"`
	// Retention says for how long data is kept after it ended.
	Retention Retention `yaml:"retention"`
}

// Database says where everything is kept.
type Database struct {
	// URL is postgres://user@host/name?sslmode=verify-full&sslrootcert=…, or empty
	// for SQLite in the data directory. FAVORD_DATABASE_URL wins.
	URL string `yaml:"url"`
	// Password comes from FAVORD_DATABASE_PASSWORD or PGPASSFILE rather than from
	// the file. It is never printed.
	Password string `yaml:"password"`
	// Connections is how many connections may be open, 4 to 1000; 0 is 16.
	Connections int32 `yaml:"connections"`
}

// Log says what is logged.
type Log struct {
	// Level is debug, info, warn or error.
	Level string `yaml:"level"`
	// Format is text for people or json for programs.
	Format string `yaml:"format"`
	// Access writes a line for each call.
	Access bool `yaml:"access"`
}

// Formats of the log.
const (
	LogText = "text"
	LogJSON = "json"
)

// Defaults of what a file leaves out.
const (
	defaultConnections = 16
	minConnections     = 4
	maxConnections     = 1000
	// defaultShutdownDelay is some checks of whoever shares out calls.
	defaultShutdownDelay = "5s"
	maxShutdownDelay     = 5 * time.Minute
)

// Loaded is a configuration with where its values come from.
type Loaded struct {
	Serve
	origins map[string]string
}

// Settings lists every key with its value, without secrets, and its origin.
func (l *Loaded) Settings() []Setting {
	var list []Setting
	walk(reflect.ValueOf(&l.Serve).Elem(), "", func(name string, value reflect.Value) {
		list = append(list, Setting{Name: name, Value: show(name, value), Origin: cmp.Or(l.origins[name], originDefault)})
	})
	return list
}

// LoadServe is Load for those who do not ask where values come from.
func LoadServe(path string) (Serve, error) {
	l, err := Load(path)
	return l.Serve, err
}

// Load reads a file and the environment. Its errors are faults with one clear sentence.
func Load(path string) (Loaded, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Loaded{}, fault.New(fault.Refused,
			fmt.Sprintf("无法读取配置文件 %s：%v", path, err),
			fmt.Sprintf("The configuration %s cannot be read: %v", path, err))
	}
	l := Loaded{
		Serve: Serve{
			Mode: "production", API: "127.0.0.1:18080", Manage: "127.0.0.1:18081", PartnerAppIDs: AnyAppID, ShutdownDelay: defaultShutdownDelay, Notify: Notify{Tail: defaultTail}, Traces: Traces{Share: 1},
			Retention: usualRetention(),
			Database:  Database{Connections: defaultConnections}, Log: Log{Level: "info", Format: LogText, Access: true},
		},
		origins: map[string]string{},
	}
	s := &l.Serve
	if problem := s.decode(text, l.origins); problem != nil {
		return Loaded{}, errConfiguration(path, problem)
	}
	// Paths in a file are relative to it, so that it means the same wherever one is.
	for _, file := range []*string{&s.Data, &s.KeyFile, &s.ManageTokenFile, &s.TLS.Certificate, &s.TLS.Key, &s.ManageTLS.Certificate, &s.ManageTLS.Key} {
		*file = beside(path, *file)
	}
	if err := s.overrule(l.origins); err != nil {
		return Loaded{}, err
	}
	if s.Database.Connections == 0 {
		s.Database.Connections = defaultConnections
	}
	if problem := s.problem(); problem != nil {
		return Loaded{}, errConfiguration(path, problem)
	}
	return l, nil
}

func errConfiguration(path string, problem *fault.Error) error {
	return fault.New(fault.Refused,
		fmt.Sprintf("配置文件 %s 有误：%s", path, problem.Text.ZH),
		fmt.Sprintf("The configuration %s is wrong: %s", path, problem.Text.EN))
}

func beside(file, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}

// problem returns the first thing that is wrong, or nil.
func (s *Serve) problem() *fault.Error {
	switch {
	case s.Mode != "production" && s.Mode != "sandbox":
		return refuse("mode 须为 production 或 sandbox", "mode must be production or sandbox.")
	case !isAddress(s.API):
		return refuse("api 须为 主机:端口", "api must be host:port.")
	case !isAddress(s.Manage):
		return refuse("manage 须为 主机:端口", "manage must be host:port.")
	case s.TLS.half():
		return refuse("tls 须同时给出 certificate 和 key", "tls must have both certificate and key.")
	case s.ManageTLS.half():
		return refuse("manage_tls 须同时给出 certificate 和 key", "manage_tls must have both certificate and key.")
	case s.Data == "" && (s.Database.URL == "" || s.Mode == "sandbox"):
		return refuse("缺少 data（数据目录）", "data (the data directory) is missing.")
	case s.Mode == "production" && s.KeyFile == "":
		return refuse("缺少 key_file（密钥加密密钥文件）", "key_file (the file with the key that encrypts all others) is missing.")
	case s.Database.Connections < minConnections || s.Database.Connections > maxConnections:
		return refuse(
			fmt.Sprintf("database.connections 须在 %d 到 %d 之间", minConnections, maxConnections),
			fmt.Sprintf("database.connections must be %d to %d.", minConnections, maxConnections))
	case !isDelay(s.ShutdownDelay):
		return refuse("shutdown_delay 须为0到5分钟，如 5s", "shutdown_delay must be 0s to 5m, such as 5s.")
	}
	return cmp.Or(s.publicProblem(), s.logProblem(), s.Database.problem(), s.marketingProblem(), s.Claim.problem(), s.Misses.problem(),
		s.proxyProblem(), s.Notify.problem(), s.Vouchers.problem(), s.Metrics.problem(), s.Traces.problem(),
		s.Retention.problem())
}

func (s *Serve) logProblem() *fault.Error {
	switch {
	case !slices.Contains([]string{"debug", "info", "warn", "error"}, s.Log.Level):
		return refuse("log.level 须为 debug、info、warn 或 error", "log.level must be debug, info, warn or error.")
	case s.Log.Format != LogText && s.Log.Format != LogJSON:
		return refuse("log.format 须为 text 或 json", "log.format must be text or json.")
	}
	return nil
}

func (d *Database) problem() *fault.Error {
	if d.URL == "" {
		return nil
	}
	u, err := url.Parse(d.URL)
	switch {
	case err != nil: // its text would show the URL, and the URL may hold a password
		return refuse("database.url 不是合法的URL", "database.url is not a URL.")
	case u.Scheme != "postgres" && u.Scheme != "postgresql":
		return refuse("database.url 须以 postgres:// 开头", "database.url must begin with postgres://.")
	case u.Host == "" || strings.Trim(u.Path, "/") == "":
		return refuse("database.url 缺少主机或数据库名", "database.url lacks a host or a database.")
	}
	return nil
}

func refuse(zh, en string) *fault.Error { return fault.New(fault.Refused, zh, en) }

func isAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	return err == nil && port != ""
}

func isDelay(text string) bool {
	d, err := time.ParseDuration(text)
	return err == nil && d >= 0 && d <= maxShutdownDelay
}

// Delay is the shutdown delay. That it is one was checked when the file was loaded.
func (s *Serve) Delay() time.Duration {
	d, err := time.ParseDuration(s.ShutdownDelay)
	if err != nil {
		panic(err)
	}
	return d
}

// DSN is the URL with the password, for the database driver alone.
func (d *Database) DSN() string {
	if d.Password == "" {
		return d.URL
	}
	u, err := url.Parse(d.URL)
	if err != nil {
		return d.URL
	}
	u.User = url.UserPassword(u.User.Username(), d.Password)
	return u.String()
}

// minToken is how long a management token must be, in characters.
const minToken = 32

// ManageToken reads the token of the management port; it is empty when there is no file.
// Its errors are faults with one clear sentence.
func (s *Serve) ManageToken() (string, error) {
	tokens, err := readTokens(s.ManageTokenFile)
	return strings.Join(tokens, "\n"), err
}

// ReadToken reads the first token of a file that others may not read; no file is no token.
func ReadToken(path string) (string, error) {
	tokens, err := readTokens(path)
	if err != nil || len(tokens) == 0 {
		return "", err
	}
	return tokens[0], nil
}

// readTokens reads tokens, each a line of at least 32 characters that a header can hold.
func readTokens(path string) (tokens []string, err error) {
	if path == "" {
		return nil, nil
	}
	text, err := secretfile.Read(path, fault.Text{ZH: "管理令牌文件", EN: "management token file"})
	if err != nil {
		return nil, err
	}
	unsendable := func(r rune) bool { return r <= ' ' || r > '~' }
	for line := range strings.SplitSeq(text, "\n") {
		token := strings.TrimRight(line, "\r")
		if len(token) < minToken || strings.ContainsFunc(token, unsendable) {
			return nil, refuse(
				fmt.Sprintf("管理令牌文件 %s 应每行一个令牌、至少 %d 个可见ASCII字符且不含空格，可用 openssl rand -hex 32 生成", path, minToken),
				fmt.Sprintf("Each line of the management token file %s must be a token of at least %d visible ASCII characters without spaces; "+
					"`openssl rand -hex 32` makes one.", path, minToken))
		}
		tokens = append(tokens, token)
	}
	return tokens, nil
}
