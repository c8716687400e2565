package cli

import (
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/call"
	"github.com/favord/favord/internal/cli/control"
	"github.com/favord/favord/internal/cli/operate"
	"github.com/favord/favord/internal/cli/product"
	"github.com/favord/favord/internal/cli/receive"
	"github.com/favord/favord/internal/cli/serve"
	"github.com/favord/favord/internal/cli/term"
)

// helpTexts are the texts of --help in the user's language. Each subject has a function with
// its own: Chinese and English by name.
func helpTexts() map[string]fault.Text {
	texts := map[string]fault.Text{}
	for _, subject := range subjects() {
		for name, text := range subject {
			if _, is := texts[name]; is {
				panic("two texts are called " + name)
			}
			texts[name] = fault.Text{ZH: text[0], EN: text[1]}
		}
	}
	return texts
}

// subjects are the texts of all subjects.
func subjects() []map[string][2]string {
	return []map[string][2]string{
		commandTexts(),
		serve.StatusTexts(),
		serve.ConfigTexts(),
		serve.BenchTexts(),
		serve.BackupTexts(),
		serve.MigrateTexts(),
		serve.AuditTexts(),
		serve.ExportTexts(),
		serve.KeyFileTexts(),
		term.ManageTexts(),
		control.ClockTexts(),
		control.FaultTexts(),
		receive.DeliveryTexts(),
		product.StockTexts(),
		product.VoucherTexts(),
		product.VoucherUserTexts(),
		product.CreateTexts(), product.StockCreateTexts(), product.VoucherCreateTexts(),
		product.BillTexts(),
		control.ScenarioTexts(),
		control.SnapshotTexts(),
		contextTexts(),
		completionTexts(),
		product.CouponTexts(),
		product.WhyTexts(), product.VoucherWhyTexts(),
		receive.CallbackTexts(),
		product.PayTexts(), product.PaymentTexts(),
		call.ErrorTexts(),
		product.CodeTexts(),
		call.LogTexts(),
		receive.ListenTexts(),
		receive.TriggerTexts(),
		call.ExplainTexts(),
		call.ExampleTexts(),
		call.SignTexts(), call.QRTexts(),
		operate.UserTexts(), operate.OperatorTexts(), operate.PruneTexts(),
		operate.MerchantTexts(),
		product.CouponUserTexts(),
		operate.MoneyTexts(),
		operate.KeyTexts(),
		operate.KeyModeTexts(),
		product.ImageTexts(),
		product.PartnershipTexts(),
	}
}

func commandTexts() map[string][2]string {
	return map[string][2]string{
		"dev":   {"启动沙箱：密钥、演示商户和演示批次一应俱全", "Start a sandbox with keys, a demo merchant and demo stocks."},
		"serve": {"按配置文件启动服务", "Run a server from a configuration file."},
		"check": {"检验数据库中的全部不变式", "Verify every invariant of a database."},
		"bench": {"对正在运行的沙箱施压，并核对其应答与记录", "Load-test the running sandbox and verify its answers and records."},
		"demo":  {"在内置沙箱上演示主流程，逐步打印", "Play the main workflow in a built-in sandbox, step by step."},

		"demoproduct": {"演示哪个产品：busifavor（商家券）、favor（代金券）、media（营销图片）、partnership（合作关系）或all（全部）", "Product: busifavor (merchant coupons), favor (cash vouchers), media (images), partnership or all."},

		"env":     {"打印正在运行的沙箱的连接方式", "Print how to reach the running sandbox."},
		"run":     {"运行一个程序，其访问微信支付域名的HTTPS请求改由沙箱应答", "Run a program with its HTTPS requests to WeChat Pay redirected to the sandbox."},
		"get":     {"发起一次已签名的GET请求", "Send a signed GET request."},
		"post":    {"发起一次已签名的POST请求", "Send a signed POST request."},
		"patch":   {"发起一次已签名的PATCH请求", "Send a signed PATCH request."},
		"delete":  {"发起一次已签名的DELETE请求", "Send a signed DELETE request."},
		"help":    {"查看用法", "Show help."},
		"version": {"打印版本", "Print the version."},

		"data":           {"数据目录，缺省为临时目录，退出时删除", "Data directory; if omitted, a temporary one that is deleted on exit."},
		"database":       {"改用PostgreSQL数据库（postgres://…），缺省为数据目录中的SQLite", "Use a PostgreSQL database (postgres://…) instead of SQLite in the data directory."},
		"config":         {"配置文件（YAML）", "Configuration file (YAML)."},
		"checkdata":      {"沙箱的数据目录（SQLite）", "Data directory of a sandbox (SQLite)."},
		"api":            {"签名接口的监听地址", "Listen address of the signed API."},
		"manage":         {"管理端口的监听地址", "Listen address of the management port."},
		"proxy":          {"重定向代理的监听地址，仅限本机", "Listen address of the redirect proxy; loopback only."},
		"noproxy":        {"不启动重定向代理", "Do not start the redirect proxy."},
		"transparent":    {"面向不读取任何变量的程序（仅Linux，需root）：在它自己的 /etc/hosts 中让微信支付的域名指向本机", "For programs that read none of the variables (Linux, root): a hosts file of their own points the WeChat Pay hosts here."},
		"command":        {"要运行的程序及其参数，写在“--”之后", "Program to run and its arguments, after --."},
		"readyfile":      {"就绪后写入连接方式（JSON）的文件", "Write the environment (JSON) to this file when the server is ready."},
		"sm2":            {"演示商户使用国密（SM2、SM3、SM4）而非RSA", "Use SM2, SM3 and SM4 for the demo merchant instead of RSA."},
		"review":         {"新建批次须先通过审核（favord stocks approve）才能发券", "New stocks need approval (favord stocks approve) before they can issue."},
		"forbiddenwords": {"代金券批次名称的违禁词文件，每行一个；缺省用内置示例", "File with the words that no name of a stock of vouchers may have, one a line; a built-in sample without it."},
		"unlimited":      {"不按文档限制调用频率（用于压测）", "Do not apply the documented rate limits; for load tests."},
		"quiet":          {"不逐条打印请求", "Do not log every request."},
		"format":         {"输出格式：shell、json或dotenv", "Output format: shell, json or dotenv."},
		"path":           {"请求路径，可带查询参数，如 /v3/certificates", "Request path with query, such as /v3/certificates."},
		"file":           {"请求体文件，“-”为标准输入", "File with the request body; - reads standard input."},
		"envfile":        {"连接方式文件（--ready-file 写出的JSON）", "Environment file (the JSON written by --ready-file)."},
		"baseurl":        {"改用此地址，如 https://api.mch.weixin.qq.com", "Call this URL instead, such as https://api.mch.weixin.qq.com."},
		"noretry":        {"失败时不重试", "Do not repeat a call that failed."},
		"dryrun":         {"不发起请求，而是打印等价的命令或程序：cli、curl、go、java、php、node、python", "Do not send; print an equivalent command or program: cli, curl, go, java, php, node or python."},
		"header":         {"附加的请求头，如 'Idempotency-Key: 1234'，可重复", "Another header, such as 'Idempotency-Key: 1234'; repeatable."},
		"pick":           {"只打印应答中的一个值，如 data.0.serial_no", "Print only one value of the answer, such as data.0.serial_no."},
		"serial":         {"Wechatpay-Serial请求头：指定应答签名所用的平台证书或公钥", "Wechatpay-Serial header: the platform certificate or public key that must sign the answer."},
	}
}
