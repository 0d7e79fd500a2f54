package access

import (
	"container/list"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/rest"
)

// mostBuckets is how many callers are remembered; the one that has not asked for longest is forgotten.
const mostBuckets = 10_000

// buckets hold tokens for each caller, filled as time goes by.
type buckets struct {
	rate   float64 // tokens a second
	burst  float64
	policy []string
	now    func() time.Time

	mutex    sync.Mutex
	byCaller map[string]*list.Element
	oldest   *list.List // of *bucket; the one that was used last stands at the end
}

type bucket struct {
	caller string
	left   float64
	since  time.Time
}

// NewLimit lets each caller ask so often: a bucket of burst tokens that is filled at a rate.
func NewLimit(rate float64, burst int, byIP bool, trustedHops int) *rest.Limit {
	window := max(1, int(math.Ceil(float64(burst)/rate)))
	b := &buckets{
		rate: rate, burst: float64(burst), now: time.Now,
		policy:   []string{fmt.Sprintf(`"default";q=%d;w=%d`, burst, window)},
		byCaller: map[string]*list.Element{}, oldest: list.New(),
	}
	return &rest.Limit{ByIP: byIP, TrustedHops: trustedHops, Take: b.take}
}

// take takes a token, or fails with a problem of 429.
func (b *buckets) take(caller string) (http.Header, error) {
	isAllowed, left := b.draw(caller)
	untilFull := int(math.Ceil((b.burst - left) / b.rate))
	header := http.Header{
		"Ratelimit-Policy": b.policy,
		"Ratelimit":        {fmt.Sprintf(`"default";r=%d;t=%d`, int(left), untilFull)},
	}
	if isAllowed {
		return header, nil
	}
	p := problem.New(http.StatusTooManyRequests, "The caller asks too often.")
	wait := max(1, int(math.Ceil((1-left)/b.rate)))
	p.Header = http.Header{"Retry-After": {strconv.Itoa(wait)}}
	return header, p
}

func (b *buckets) draw(caller string) (isAllowed bool, left float64) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	now := b.now()
	element := b.byCaller[caller]
	if element == nil {
		element = b.oldest.PushBack(&bucket{caller, b.burst, now})
		b.byCaller[caller] = element
		if len(b.byCaller) > mostBuckets {
			delete(b.byCaller, b.oldest.Remove(b.oldest.Front()).(*bucket).caller)
		}
	}
	b.oldest.MoveToBack(element)
	found := element.Value.(*bucket)
	found.left = min(b.burst, found.left+now.Sub(found.since).Seconds()*b.rate)
	found.since = now
	if found.left < 1 {
		return false, found.left
	}
	found.left--
	return true, found.left
}
