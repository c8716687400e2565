package notify

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/schema"
)

// maxEchoes is how many echoes may be on their way.
const maxEchoes = 64

// EchoCommand asks to tell a URL what a merchant said.
type EchoCommand struct {
	Owner   merchant.ID
	URL     string
	Message string
}

// echo is one that waits to be sent.
type echo struct {
	EchoCommand
	at time.Time
}

// Echo has the notification of a security echo sent, soon and once: it tries a receiver, and tells of
// nothing that the receiver must not miss (protocol 5.2). It reports lane.ErrFull when too many are on
// their way, and what is wrong with the URL.
func (s *Service) Echo(cmd EchoCommand) error {
	if err := s.CheckURL(cmd.URL); err != nil {
		return err
	}
	select {
	case s.echoing <- struct{}{}:
	default:
		return lane.ErrFull
	}
	s.echoes <- echo{EchoCommand: cmd, at: s.config.Business.For(string(cmd.Owner)).Now()} // as many have room
	return nil
}

// beginEchoes begins to send those that wait.
func (s *Service) beginEchoes(ctx context.Context) {
	for {
		select {
		case e := <-s.echoes:
			s.beginEcho(ctx, e)
		default:
			return
		}
	}
}

func (s *Service) beginEcho(ctx context.Context, e echo) {
	ctx = context.WithoutCancel(ctx)
	s.running.Go(func() {
		defer func() { <-s.echoing }()
		told, err := s.tellEcho(ctx, &e)
		if err != nil {
			told.Problem = problemOf(err)
		}
		s.config.Log.Info("an echo was sent", slog.String("mchid", string(e.Owner)), slog.String("event", told.EventID),
			slog.Int("status", told.Status), slog.String("problem", told.Problem))
	})
}

// tellEcho seals, signs and posts an echo as an event is.
func (s *Service) tellEcho(ctx context.Context, e *echo) (Trial, error) {
	sender, err := s.config.Sender(ctx, e.Owner, s.config.Clock.Now())
	if err != nil {
		return Trial{}, err
	}
	resource, err := apiv3.EncodeJSON(notify.Echo{EchoMessage: e.Message})
	if err != nil {
		return Trial{}, fmt.Errorf("encode echo: %w", err)
	}
	id := delivery.NewEventID(notify.EchoSucceeded, string(e.Owner), apiv3.NewNonce())
	body, err := enclose(&sender, envelopeOf(notify.EchoSucceeded), notify.Event{ID: id, CreateTime: schema.TimeOf(e.at), Resource: resource})
	if err != nil {
		return Trial{}, err
	}
	header, err := s.sign(letter{body: body, Sender: sender}, Mischief{})
	if err != nil {
		return Trial{}, err
	}
	told := s.post(ctx, e.URL, &message{header: header, body: body})
	told.EventID = id
	return told, nil
}
