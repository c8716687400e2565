// Package codefile holds what a file of codes is while a server imports it into the pool of a stock:
// how it comes up in pieces, what its lines are worth, and how far the import is.
package codefile

import (
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
)

// Bounds of a file.
const (
	// MostBytes is the largest file.
	MostBytes = 64 << 20
	// MostCodes is how many codes a file may have, wrong lines aside.
	MostCodes = 1_000_000
	// MostListed is how many wrong lines are listed; all are counted.
	MostListed = 10_000
	// PartBytes is how much of a file comes up at a time at most.
	PartBytes = 256 << 10
	// PerStep is how many codes are imported in one transaction: it keeps the stock locked.
	PerStep = 500
)

// Phase is how far an import is.
type Phase string

// The phases, in the order in which they follow each other.
const (
	// Uploading waits for the rest of the file.
	Uploading Phase = "UPLOADING"
	// Checking sorts the lines out.
	Checking Phase = "CHECKING"
	// Ready waits for somebody to say that what can be imported shall be.
	Ready Phase = "READY"
	// Running imports.
	Running Phase = "RUNNING"
	// Paused was stopped by somebody, or by what Problem says.
	Paused Phase = "PAUSED"
	// Done has imported everything.
	Done Phase = "DONE"
	// Refused has nothing that could be imported, as Problem says.
	Refused Phase = "REFUSED"
)

// Import is a file of codes on its way into the pool of a stock, which has one at most.
type Import struct {
	Stock coupon.StockKey
	// ID tells it from others of the stock.
	ID string
	// Name is that of the file, Print tells files apart and is chosen by whoever uploads.
	Name, Print string
	// Actor began it, as the audit has it.
	Actor string
	Phase Phase
	// Size is that of the file, Received how much of it is here, in bytes.
	Size, Received int64
	// Lines counts the lines, Good those that can be imported, Wrong those that cannot; empty lines are
	// neither.
	Lines, Good, Wrong int64
	// Done counts the codes that were brought into the pool: Stored are new there, Existed were there.
	Done, Stored, Existed int64
	// Problem is why it stopped by itself.
	Problem fault.Text
	// Worker works on it until Until, in real time, unless it says so again.
	Worker string
	Until  time.Time
	// Updated is when something last became of it.
	Created, Updated time.Time
}

// Refusals.
var (
	ErrUnknown = fault.New(fault.NotFound,
		"该批次没有这个导入任务，或已被放弃", "The stock has no such import; somebody may have abandoned it.")
	ErrBusy = fault.New(fault.Refused,
		"该批次正在导入另一个文件，请等它完成或先放弃它",
		"Another file is being imported for this stock. Wait for it, or abandon it first.")
	ErrPlace = fault.New(fault.Refused,
		"文件内容须从received处接着上传", "The next bytes of the file must begin at received.")
	ErrPhase = fault.New(fault.Refused,
		"导入任务的当前阶段不支持此操作", "The import is in a phase that does not allow this.")
	ErrTooMany = fault.New(fault.Refused,
		fmt.Sprintf("文件中的code超过%d个，请拆分为多个文件", MostCodes),
		fmt.Sprintf("The file has more than %d codes. Split it.", MostCodes))
	ErrEmpty = fault.New(fault.Refused, "文件中没有可以导入的code", "The file has no code that can be imported.")
)

// Works reports whether somebody should work on it.
func (i *Import) Works() bool { return i.Phase == Checking || i.Phase == Running }

// Over reports whether another one may take its place.
func (i *Import) Over() bool { return i.Phase == Done || i.Phase == Refused }

// Same reports whether a file is the one that it is about.
func (i *Import) Same(fingerprint string, size int64) bool {
	return i.Print == fingerprint && i.Size == size
}

// Take counts a part of the file that begins at an offset. It reports false for one that is here
// already, and refuses one that is not the next.
func (i *Import) Take(offset, length int64) (next bool, err error) {
	switch end := offset + length; {
	case end <= i.Received:
		return false, nil
	case i.Phase != Uploading || offset != i.Received || end > i.Size:
		return false, ErrPlace.At("offset", offset)
	case end == i.Size:
		i.Phase = Checking
	}
	i.Received += length
	return true, nil
}

// Run has it be imported, or go on.
func (i *Import) Run() error {
	switch i.Phase {
	case Ready, Paused:
		i.Phase, i.Problem = Running, fault.Text{}
		return nil
	case Running, Done:
		return nil
	case Uploading, Checking, Refused:
	}
	return ErrPhase.At("phase", string(i.Phase))
}

// Pause has nobody go on with it.
func (i *Import) Pause() error {
	switch i.Phase {
	case Running:
		i.Phase = Paused
		return nil
	case Paused, Done:
		return nil
	case Uploading, Checking, Ready, Refused:
	}
	return ErrPhase.At("phase", string(i.Phase))
}

// Count counts codes that were brought into the pool, those that existed there among them.
func (i *Import) Count(codes, existed int64) {
	i.Done, i.Stored, i.Existed = i.Done+codes, i.Stored+codes-existed, i.Existed+existed
	if i.Done == i.Good {
		i.Phase = Done
	}
}

// AddsUp reports whether its counts are what they can be in its phase.
func (i *Import) AddsUp() bool {
	return i.Done == i.Stored+i.Existed && i.Done <= i.Good && i.Good+i.Wrong <= i.Lines && (i.Worker == "" || i.Works()) && i.inPhase()
}

// inPhase reports whether it is as far as its phase says.
func (i *Import) inPhase() bool {
	if i.Phase == Uploading {
		return i.Received < i.Size && i.Lines == 0
	}
	if i.Received != i.Size {
		return false
	}
	switch i.Phase {
	case Checking:
		return i.Lines == 0
	case Ready:
		return i.Done == 0 && i.Good > 0
	case Running, Paused:
		return i.Done < i.Good
	case Done:
		return i.Done == i.Good
	case Refused:
		return i.Good == 0
	case Uploading:
	}
	return false
}

// Free reports whether somebody may begin to work on it: nobody does, or has not said so for long.
func (i *Import) Free(now time.Time) bool {
	return i.Works() && (i.Worker == "" || !now.Before(i.Until))
}
