package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"math/big"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/load"
)

// floor is what the signatures of a call cost, whatever else a server does.
type floor struct {
	// signAlone and verifyAlone are on one core while the others rest.
	signAlone, verifyAlone time.Duration
	// sign and verify are processor time while every core does the same, as under load:
	// cores share caches, power and often more. This is what a server is compared with.
	sign, verify time.Duration
}

func (f *floor) both() time.Duration { return f.sign + f.verify }

// keyPair is a signer with its verifier, and a message as long as that of an answer.
type keyPair struct {
	signer    apiv3.Signer
	verifier  apiv3.Verifier
	message   []byte
	signature string
}

func newKeyPair() (k keyPair, err error) {
	const bits, body = 2048, 200
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return k, err
	}
	serial := apiv3.SerialOf(&x509.Certificate{SerialNumber: big.NewInt(1)})
	if k.signer, err = load.NewSigner(serial, key); err != nil {
		return k, err
	}
	if k.verifier, err = load.NewVerifier(serial, &key.PublicKey); err != nil {
		return k, err
	}
	k.message = apiv3.ResponseMessage("1795312800", apiv3.NewNonce(), make([]byte, body))
	k.signature, err = k.signer.Sign(k.message)
	return k, err
}

// measureFloor measures the signatures alone.
func (b *bench) measureFloor(ctx context.Context) error {
	progress("floor: signatures alone, by %s", load.SignerName())
	f, err := takeFloor(ctx)
	if err != nil {
		return err
	}
	b.report.addFloor(f)
	return nil
}

func takeFloor(ctx context.Context) (f floor, err error) {
	k, err := newKeyPair()
	if err != nil {
		return f, err
	}
	sign := func() error { _, err := k.signer.Sign(k.message); return err }
	verify := func() error { return k.verifier.Verify(k.message, k.signature) }
	for _, one := range []struct {
		into  *time.Duration
		cores int
		work  func() error
	}{
		{&f.signAlone, 1, sign},
		{&f.verifyAlone, 1, verify},
		{&f.sign, runtime.GOMAXPROCS(0), sign},
		{&f.verify, runtime.GOMAXPROCS(0), verify},
	} {
		if *one.into, err = cpuPer(ctx, one.cores, one.work); err != nil {
			return f, err
		}
	}
	return f, nil
}

// cpuPer returns the processor time of one piece of work while so many cores do it.
func cpuPer(ctx context.Context, cores int, work func() error) (time.Duration, error) {
	const during = 1500 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, during)
	defer cancel()
	var done atomic.Int64
	var all sync.WaitGroup
	errs := make([]error, cores)
	cpu := ownCPU()
	for i := range cores {
		all.Go(func() {
			for ctx.Err() == nil && errs[i] == nil {
				errs[i] = work()
				done.Add(1)
			}
		})
	}
	all.Wait()
	return (ownCPU() - cpu) / time.Duration(max(1, done.Load())), errors.Join(errs...)
}
