package client

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Retry is what is tried again, and when.
type Retry struct {
	// Attempts are all of them, the first one too.
	Attempts int
	// Timeout is of one attempt.
	Timeout time.Duration
	// Least and Most are the waits between attempts: at random, up to twice as long each time.
	Least, Most time.Duration
	// On are the failures and the statuses that are tried again.
	On       On
	Statuses []int
	// Budget is the share of calls that may be tried again.
	Budget float64
}

// On are failures that are tried again.
type On struct{ Timeout, Unavailable, Reset, Refused bool }

// again tells whether a failure is tried again, and after how long.
func (r *Retry) again(number int, result attempt) (time.Duration, bool) {
	isListed := result.kind == timedOut && r.On.Timeout || result.kind == reset && r.On.Reset ||
		result.kind == refused && r.On.Refused ||
		result.kind == answered && (result.status == http.StatusServiceUnavailable && r.On.Unavailable ||
			slices.Contains(r.Statuses, result.status))
	if !isListed || number >= r.Attempts {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(result.header.Get("Retry-After"), 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	most := r.Most
	if longer := r.Least << (number - 1); longer > 0 && longer < most {
		most = longer
	}
	return time.Duration(rand.Int64N(int64(most) + 1)), true // #nosec G404 -- a wait is no secret
}

// mostBudget is how many retries may be saved up.
const mostBudget = 10.0

// budget keeps retries from making a flood of what is a shortage.
type budget struct {
	share float64
	mutex sync.Mutex
	left  float64
}

func (b *budget) deposit() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.left = min(mostBudget, b.left+b.share)
}

func (b *budget) withdraw() bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// Breaker ends calls at once while the other side fails.
type Breaker struct {
	// Failures in a row, within Window, open it for Open; then Probes calls may try.
	Failures int
	Window   time.Duration
	Open     time.Duration
	Probes   int
}

type breaker struct {
	options  Breaker
	isOpen   prometheus.Gauge // nil where there is no breaker
	mutex    sync.Mutex
	failures []time.Time
	until    time.Time // zero while it is closed
	probing  int
	good     int
}

func (b *breaker) allows() bool {
	if b.options.Failures == 0 {
		return true
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.until.IsZero() {
		return true
	}
	if time.Now().Before(b.until) || b.probing+b.good >= b.options.Probes {
		return false
	}
	b.probing++
	return true
}

// record tells how a call ended that was allowed.
func (b *breaker) record(isGood bool) {
	if b.options.Failures == 0 {
		return
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	now := time.Now()
	switch {
	case !b.until.IsZero() && b.probing == 0: // it began before the breaker opened
	case !b.until.IsZero() && isGood:
		b.probing--
		if b.good++; b.good >= b.options.Probes {
			b.close()
		}
	case !b.until.IsZero():
		b.open(now)
	case isGood:
		b.failures = b.failures[:0]
	default:
		b.failures = slices.DeleteFunc(b.failures, func(at time.Time) bool { return now.Sub(at) > b.options.Window })
		if b.failures = append(b.failures, now); len(b.failures) >= b.options.Failures {
			b.open(now)
		}
	}
}

// forget is for a call that was given up.
func (b *breaker) forget() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.probing = max(0, b.probing-1)
}

func (b *breaker) open(now time.Time) {
	b.until, b.probing, b.good, b.failures = now.Add(b.options.Open), 0, 0, nil
	b.isOpen.Set(1)
}

func (b *breaker) close() {
	b.until, b.probing, b.good = time.Time{}, 0, 0
	b.isOpen.Set(0)
}

// Bulkhead is how many calls are made at a time, and how many wait.
type Bulkhead struct{ Calls, Queue int }

type bulkhead struct {
	places  chan struct{}
	waiting chan struct{}
}

func newBulkhead(options Bulkhead) *bulkhead {
	return &bulkhead{make(chan struct{}, options.Calls), make(chan struct{}, options.Queue)}
}

func (b *bulkhead) enter(ctx context.Context) bool {
	select {
	case b.places <- struct{}{}:
		return true
	default:
	}
	select {
	case b.waiting <- struct{}{}:
		defer func() { <-b.waiting }()
	default:
		return false
	}
	select {
	case b.places <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (b *bulkhead) leave() { <-b.places }

// limit is a bucket of tokens for one second.
type limit struct {
	rate  float64
	mutex sync.Mutex
	left  float64
	since time.Time
}

func newLimit(rate float64) *limit { return &limit{rate: rate, left: max(1, rate), since: time.Now()} }

func (l *limit) take() bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	now := time.Now()
	l.left = min(max(1, l.rate), l.left+now.Sub(l.since).Seconds()*l.rate)
	l.since = now
	if l.left < 1 {
		return false
	}
	l.left--
	return true
}

// Hedge asks a second time when there is no answer after a while.
type Hedge struct {
	After time.Duration
	Most  int
}
