package control

import (
	"strconv"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Snapshot keeps states of a sandbox.
type Snapshot struct {
	Save    snapshotSave    `cmd:"" help:"snapshotsave"`
	Restore snapshotRestore `cmd:"" help:"snapshotrestore"`
	List    snapshotList    `cmd:"" help:"snapshotlist"`
	Remove  snapshotRemove  `cmd:"" help:"snapshotremove"`
}

// SnapshotTexts are the help of the commands about snapshots, in Chinese and English, by their keys.
func SnapshotTexts() map[string][2]string {
	return map[string][2]string{
		"snapshot":        {"保存与恢复沙箱的全部状态（SQLite）", "Save and restore the complete state of a sandbox (SQLite)."},
		"snapshotsave":    {"保存当前状态", "Save the current state."},
		"snapshotrestore": {"恢复到保存的状态，其后发生的一切都会消失", "Restore a saved state; everything that happened since is lost."},
		"snapshotlist":    {"列出快照", "List snapshots."},
		"snapshotremove":  {"删除快照", "Remove a snapshot."},
		"snapshotname":    {"快照名：小写字母、数字、“-”、“_”", "Snapshot name: lower-case letters, digits, - and _."},
	}
}

// namedSnapshot is a snapshot on the command line.
type namedSnapshot struct {
	term.Managed
	Name string `arg:"" help:"snapshotname"`
}

func (n *namedSnapshot) request() *manage.SnapshotRequest {
	return &manage.SnapshotRequest{Name: n.Name}
}

type (
	snapshotSave    struct{ namedSnapshot }
	snapshotRestore struct {
		namedSnapshot
		term.Final
	}
	snapshotRemove struct {
		namedSnapshot
		term.Final
	}
	snapshotList struct{ term.Managed }
)

// Run implements the command.
func (s *snapshotSave) Run(c *term.Command) error {
	return term.ManageRun(c, &s.Managed, func(m *client.Management) (*manage.Snapshot, error) { return m.SaveSnapshot(c.Ctx, s.request()) },
		snapshotHeads(c), oneSnapshot)
}

// Run implements the command.
func (s *snapshotRestore) Run(c *term.Command) error {
	return term.ManageRun(c, &s.Managed, func(m *client.Management) (*manage.Snapshot, error) { return m.RestoreSnapshot(c.Ctx, s.request()) },
		snapshotHeads(c), oneSnapshot)
}

// Run implements the command.
func (s *snapshotRemove) Run(c *term.Command) error {
	return term.ManageRun(c, &s.Managed, func(m *client.Management) (*manage.Snapshot, error) {
		return &manage.Snapshot{Name: s.Name}, m.RemoveSnapshot(c.Ctx, s.request())
	}, []string{c.Head("已删除", "REMOVED")}, func(removed *manage.Snapshot) [][]string { return [][]string{{removed.Name}} })
}

// Run implements the command.
func (s *snapshotList) Run(c *term.Command) error {
	return term.ManageRun(c, &s.Managed, func(m *client.Management) (*manage.SnapshotList, error) { return m.Snapshots(c.Ctx) },
		snapshotHeads(c), func(list *manage.SnapshotList) (rows [][]string) {
			for i := range list.Snapshots {
				rows = append(rows, oneSnapshot(&list.Snapshots[i])...)
			}
			return rows
		})
}

func snapshotHeads(c *term.Command) []string {
	return []string{c.Head("名称", "NAME"), c.Head("时间", "TAKEN"), c.Head("字节", "BYTES")}
}

func oneSnapshot(s *manage.Snapshot) [][]string {
	return [][]string{{s.Name, s.Taken.String(), strconv.FormatInt(s.Size, 10)}}
}
