package term

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"syscall"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
)

// While says of an error, in both languages, what it kept from being done.
type While struct { //nolint:errname // it reads as the sentence does
	Text fault.Text
	Err  error
}

// Error implements error.
func (w *While) Error() string { return w.Text.EN + ": " + w.Err.Error() }

// Unwrap returns the cause.
func (w *While) Unwrap() error { return w.Err }

// Sentence says in the user's language what went wrong. What only the operating system has words for is left as it is.
func (c *IO) Sentence(err error) string {
	if while, is := errors.AsType[*While](err); is {
		return c.Choose(while.Text.ZH+"：", while.Text.EN+": ") + c.Sentence(while.Err)
	}
	if refusal, is := errors.AsType[*fault.Error](err); is {
		return c.Choose(refusal.Text.ZH, refusal.Text.EN)
	}
	if wrong, is := errors.AsType[*Usage](err); is {
		return c.Choose(wrong.ZH, wrong.EN)
	}
	if refused, is := errors.AsType[*client.APIError](err); is {
		return fmt.Sprintf(c.Choose("%d %s  %s  请求号 %s", "%d %s  %s  request %s"), refused.Status, refused.Code, refused.Message, refused.RequestID)
	}
	if unverified, is := errors.AsType[*client.VerificationError](err); is {
		return c.unverified(unverified)
	}
	if failed, is := errors.AsType[*client.TransportError](err); is {
		return c.transport(failed)
	}
	switch path, is := errors.AsType[*fs.PathError](err); {
	case is && errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf(c.Choose("没有文件 %s", "There is no such file: %s"), path.Path)
	case is && errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf(c.Choose("没有权限访问 %s", "You may not access %s."), path.Path)
	case errors.Is(err, context.Canceled):
		return c.Choose("已中断", "Interrupted.")
	case errors.Is(err, context.DeadlineExceeded):
		return c.Choose("等待超时", "It took too long.")
	}
	return c.system(err)
}

// system says what the operating system refused, where it has a name that people know.
func (c *IO) system(err error) string {
	for _, known := range []struct {
		err    error
		zh, en string
	}{
		{syscall.EADDRINUSE, "端口已被其他程序占用", "Another program has this port."},
		{syscall.ENOSPC, "磁盘空间不足", "The disk is full."},
		{syscall.EROFS, "文件系统是只读的", "The file system is read-only."},
		{syscall.EISDIR, "需要文件，却给了目录", "This is a directory, not a file."},
		{syscall.ENOTDIR, "路径中有一段不是目录", "A part of the path is not a directory."},
		{syscall.ENOTEMPTY, "目录不是空的", "The directory is not empty."},
		{fs.ErrExist, "文件已存在", "The file is there already."},
		{syscall.EMFILE, "打开的文件太多", "Too many files are open."},
		{syscall.EPIPE, "接收方已关闭", "The receiver has closed."},
	} {
		if !errors.Is(err, known.err) {
			continue
		}
		if path, is := errors.AsType[*fs.PathError](err); is {
			return fmt.Sprintf(c.Choose("%s：%s", "%s: %s"), path.Path, c.Choose(known.zh, known.en))
		}
		return c.Choose(known.zh, known.en)
	}
	return c.Choose("操作失败：", "") + err.Error()
}

func (c *IO) unverified(e *client.VerificationError) string {
	if c.English {
		return fmt.Sprintf("The answer cannot be verified: %v (status %d, serial %q, request %s)", e.Err, e.Status, e.Serial, e.RequestID)
	}
	return fmt.Sprintf("应答验签失败（状态码 %d，平台密钥 %s，请求号 %s）：请检查环境中的平台证书或公钥", e.Status, e.Serial, e.RequestID)
}

func (c *IO) transport(e *client.TransportError) string {
	reason := c.network(e.Err)
	if !e.Sent {
		return fmt.Sprintf(c.Choose("无法连接服务器（%s %s）：%s", "The server cannot be reached (%s %s): %s"), e.Method, e.Path, reason)
	}
	return fmt.Sprintf(c.Choose(
		"请求已发出，但没有收到应答（%s %s）：%s；请用同一请求单号重试",
		"No answer came to a request that was sent (%s %s): %s; retry with the same request number"), e.Method, e.Path, reason)
}

// network says why a connection failed.
func (c *IO) network(err error) string {
	lookup, isLookup := errors.AsType[*net.DNSError](err)
	_, isStranger := errors.AsType[x509.UnknownAuthorityError](err)
	timeout, isTimeout := errors.AsType[net.Error](err)
	switch {
	case isLookup:
		return fmt.Sprintf(c.Choose("找不到主机 %s", "there is no host %s"), lookup.Name)
	case isStranger:
		return c.Choose("服务器的证书不受信任", "its certificate is not trusted")
	case errors.Is(err, syscall.ECONNREFUSED):
		return c.Choose("连接被拒绝", "connection refused")
	case errors.Is(err, syscall.ECONNRESET):
		return c.Choose("连接被重置", "connection reset")
	case errors.Is(err, context.Canceled):
		return c.Choose("已中断", "interrupted")
	case isTimeout && timeout.Timeout():
		return c.Choose("超时", "timed out")
	}
	return c.Choose("连接中断", err.Error())
}
