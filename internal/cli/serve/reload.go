package serve

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/server"
)

// logs are what is logged, which may change.
type logs struct {
	level  slog.LevelVar
	access atomic.Bool
}

// set takes up what a file says. Its level was checked when it was loaded.
func (l *logs) set(s *config.Serve) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.Log.Level)); err != nil {
		panic(err)
	}
	l.level.Set(level)
	l.access.Store(s.Log.Access)
}

func (l *logs) logger(w io.Writer, s *config.Serve) *slog.Logger {
	return telemetry.NewLogger(w, telemetry.LogOptions{Level: &l.level, JSON: s.Log.Format == config.LogJSON, Access: l.access.Load})
}

// running is a server whose file may change.
type running struct {
	file   string
	loaded config.Loaded
	logs   logs
	server *server.Server
	// ctx ends with the server.
	ctx context.Context //nolint:containedctx // signals have none
	log *slog.Logger
}

// changeable are the keys that count without a restart; the files that they name are read
// again in any case.
func changeable() []string {
	return []string{"log.level", "log.access", "manage_token_file", "claim.", "misses."}
}

// reloadOn reloads at each signal until the function that it returns is called.
func (r *running) reloadOn(hangups func() (<-chan os.Signal, func())) (stop func()) {
	if hangups == nil {
		return func() {}
	}
	signals, forget := hangups()
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-signals:
				r.reload()
			case <-end:
				return
			}
		}
	}()
	return func() {
		forget()
		close(end)
		<-ended
	}
}

// reload takes up what has changed in the file, or leaves everything as it is when something
// is wrong.
func (r *running) reload() {
	loaded, err := config.Load(r.file)
	var token string
	if err == nil {
		token, err = loaded.ManageToken()
	}
	var files []server.Reread
	if err == nil {
		files, err = r.server.Reload(r.ctx, server.Changeable{
			ManageToken: token, ManageTokenFile: loaded.ManageTokenFile, Pages: pagesConfig(&loaded.Claim), Misses: server.Misses(loaded.Misses),
		})
	}
	if err != nil {
		r.log.Error("the configuration was not reloaded; everything stays as it was", "error", err)
		return
	}
	taken, left := changes(r.loaded.Settings(), loaded.Settings())
	r.logs.set(&loaded.Serve)
	r.loaded = loaded
	r.log.Warn("the configuration was reloaded", "file", r.file, "changed", fmt.Sprint(taken))
	r.tell(files)
	if len(left) > 0 {
		r.log.Warn("some keys count from the next start on", "keys", fmt.Sprint(left))
	}
}

// tell says what became of the files that were read again: which hold something else now, and
// which what they held. Keys and tokens stay out of it.
func (r *running) tell(files []server.Reread) {
	for i := range files {
		one := &files[i]
		text, attrs := "a file was read again and holds what it held", []any{"key", one.Key, "file", one.File}
		switch {
		case one.Changed && one.Now != "":
			text, attrs = "a file was read again and taken up", append(attrs, "before", one.Before, "now", one.Now)
		case one.Changed:
			text = "a file was read again and taken up"
		case one.Now != "":
			attrs = append(attrs, "now", one.Now)
		}
		r.log.Warn(text, attrs...)
	}
}

// changes tells the keys that changed apart: those that count at once, with their values, and the others.
func changes(before, after []config.Setting) (taken, left []string) {
	for i, s := range after {
		switch {
		case s.Value == before[i].Value:
		case slices.ContainsFunc(changeable(), func(k string) bool { return s.Name == k || strings.HasSuffix(k, ".") && strings.HasPrefix(s.Name, k) }):
			taken = append(taken, s.Name+"="+s.Value)
		default:
			left = append(left, s.Name)
		}
	}
	return taken, left
}
