package outbound

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/favord/favord/internal/base/fault"
)

// Refusals of a notify_url (protocol 6.4). The platform's own texts are not known; these
// say what to mend.
var (
	ErrForm = fault.New(fault.Invalid,
		"notify_url不是合法的URL，须为完整地址，如https://www.example.com/notify",
		"notify_url must be a complete URL, such as https://www.example.com/notify.")
	ErrScheme = fault.New(fault.Invalid,
		"notify_url必须以https://开头",
		"notify_url must begin with https://. A sandbox takes http:// for this machine, too.")
	ErrQuery = fault.New(fault.Invalid,
		"notify_url不能携带参数",
		"notify_url must not contain a query, a fragment or a user name.")
	ErrHost = fault.New(fault.Invalid,
		"notify_url不能使用IP地址、本机地址或内网地址",
		"The host of notify_url must be a public domain name, not an IP address or a local name.")
	ErrPort = fault.New(fault.Invalid,
		"notify_url的端口不在允许范围内",
		"The port of notify_url is not allowed: omit it for 443, or ask the operator to allow it.")
	ErrOwn = fault.New(fault.Invalid,
		"notify_url不能指向本服务自己的端口，请填写商户接收通知的地址",
		"notify_url leads to a port of this server itself. Give the address where the merchant receives notifications.")
)

// CheckURL reports nil when a merchant may have events sent to a URL, else one of the
// refusals above. To where its name leads is checked when it is called, each time.
func (g *Guard) CheckURL(raw string) error {
	u, port, err := parse(raw)
	switch {
	case err != nil:
		return err
	case u.User != nil || strings.ContainsAny(raw, "?#"):
		return ErrQuery
	case g.namesOwn(u.Hostname(), port):
		return ErrOwn
	case g.policy.Loopback && isThisMachine(u.Hostname()) && (u.Scheme == "http" || u.Scheme == "https"):
		return nil
	case u.Scheme != "https":
		return ErrScheme
	case !g.allowsHost(u.Hostname()):
		return ErrHost
	case !g.allowsPort(port):
		return ErrPort
	}
	return nil
}

// parse returns the parts of a full URL with its port.
func parse(raw string) (*url.URL, uint16, error) {
	u, err := url.Parse(raw)
	if err != nil || !isPlain(raw) || u.Opaque != "" || u.Hostname() == "" || u.Path != "" && u.Path[0] != '/' {
		return nil, 0, ErrForm
	}
	port, err := portOf(u)
	return u, port, err
}

// isPlain reports whether a URL has printable ASCII characters only, and none that
// programs read in different ways.
func isPlain(raw string) bool {
	for i := range len(raw) {
		if raw[i] <= ' ' || raw[i] > '~' || strings.IndexByte("\\\"<>^`{|}", raw[i]) >= 0 {
			return false
		}
	}
	return true
}

func portOf(u *url.URL) (uint16, error) {
	if u.Port() == "" {
		if strings.HasSuffix(u.Host, ":") {
			return 0, ErrForm
		}
		return portHTTPS, nil
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || port == 0 || strconv.FormatUint(port, 10) != u.Port() {
		return 0, ErrForm
	}
	return uint16(port), nil
}

const localhost = "localhost"

// isThisMachine reports whether a host names this machine without asking anybody.
func isThisMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback() && !address.Is4In6() || host == localhost
}

// namesOwn reports whether a URL names a port of this server. What other names lead there is
// found out when they are called.
func (g *Guard) namesOwn(host string, port uint16) bool {
	if strings.EqualFold(host, localhost) {
		host = "127.0.0.1"
	}
	address, err := netip.ParseAddr(host)
	return err == nil && g.isOwn(netip.AddrPortFrom(address, port))
}

// hostName is a name as DNS has it, in lower or upper case.
var hostName = regexp.MustCompile(`^(?i:[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*(?i:[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$`)

// lastLabel begins with a letter: what ends in a number is read as an IPv4 address by
// some, such as 127.1 or 0x7f.1.
var lastLabel = regexp.MustCompile(`^(?i:[a-z][a-z0-9-]*)$`)

// maxHost is the length of a name in DNS.
const maxHost = 253

// allowsHost wants a name that may be public, or what the operator opened.
func (g *Guard) allowsHost(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Zone() == "" && g.opened(address)
	}
	if len(host) > maxHost || !hostName.MatchString(host) {
		return false
	}
	labels := strings.Split(strings.ToLower(host), ".")
	last := labels[len(labels)-1]
	if !lastLabel.MatchString(last) || last == localhost {
		return false
	}
	if len(g.policy.Networks) > 0 {
		return true // its names may be local ones
	}
	return len(labels) > 1 && last != "local" && last != "internal"
}
