package events

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// watchTime is how often the lag is measured, and brokers are told that we are still at what is under way.
	watchTime = 10 * time.Second
	// againTime is how long a broker that fails is left alone.
	againTime = time.Second
)

// Port is how the events of a port are handled.
type Port struct {
	Name  string
	Group string
	// Attempts is how often an event is tried, with waits that double from Lower to Upper.
	Attempts     int
	Lower, Upper time.Duration
	// Parallel is how many handlers there are at a time, Batch how many events each gets at most.
	Parallel int
	Batch    int
	// LosesDead drops what nobody can handle, instead of putting it away.
	LosesDead bool
	// FromLatest lets a new group begin with what comes from now on.
	FromLatest bool
}

// Subscriber handles the events of a port.
type Subscriber struct {
	port    Port
	handler handler
	handled Handled
	metrics *Metrics
	ways    []Way
	lags    []atomic.Int64 // of each way

	slots    chan struct{} // one for each handler
	stopping chan struct{} // closed when no more is to be begun
	working  sync.WaitGroup
	cancel   context.CancelFunc

	mutex    sync.Mutex
	last     map[string]chan struct{} // of each key: closed when the last that came is settled
	underWay map[*Delivery]time.Time
}

// Start handles events until Stop, each way by itself.
func (s *Subscriber) Start(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	handling, cancel := context.WithCancel(ctx)
	s.cancel = cancel
	fetching, stop := context.WithCancel(ctx)
	go func() {
		<-s.stopping
		stop()
	}()
	for i, way := range s.ways {
		s.working.Add(1)
		go func() {
			defer s.working.Done()
			s.run(fetching, handling, way, &s.lags[i])
		}()
	}
}

// Stop begins nothing more, and waits for what is under way as long as the context allows.
func (s *Subscriber) Stop(ctx context.Context) {
	close(s.stopping)
	done := make(chan struct{})
	go func() {
		s.working.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		logger().Warn(s.port.Name + " was cut off: what it did not finish comes again")
	}
	s.cancel()
}

// StopAll stops subscribers side by side.
func StopAll(ctx context.Context, subscribers []*Subscriber) {
	var all sync.WaitGroup
	for _, each := range subscribers {
		all.Add(1)
		go func() {
			defer all.Done()
			each.Stop(ctx)
		}()
	}
	all.Wait()
}

func (s *Subscriber) run(fetching, handling context.Context, way Way, lag *atomic.Int64) {
	for fetching.Err() == nil {
		err := s.consume(fetching, handling, way, lag)
		if err == nil || fetching.Err() != nil {
			continue
		}
		logger().Warn(s.port.Name+" waits for its broker", "error", err)
		select {
		case <-fetching.Done():
		case <-time.After(againTime):
		}
	}
}

// consume begins to handle what comes, until the broker fails or no more is to be begun.
func (s *Subscriber) consume(fetching, handling context.Context, way Way, lag *atomic.Int64) error {
	joining, cancel := context.WithTimeout(fetching, joinTime)
	defer cancel()
	consumer, err := way.Broker.Join(joining, way.Topic, s.port.Group, s.port.FromLatest)
	if err != nil {
		return err
	}
	watching, stop := context.WithCancel(handling)
	var all sync.WaitGroup
	// The consumer is there until all that it gave is settled.
	defer func() {
		all.Wait()
		stop()
		_ = consumer.Close()
	}()
	go s.watch(watching, consumer, lag)
	room := make(chan struct{}, max(4*s.port.Parallel, 16)) // one for each batch that is here
	for fetching.Err() == nil {
		deliveries, err := consumer.Fetch(fetching, s.port.Batch*s.port.Parallel)
		if err != nil {
			return err
		}
		for batch := range slices.Chunk(deliveries, s.port.Batch) {
			before, settled := s.begin(batch)
			room <- struct{}{}
			all.Add(1)
			go func() {
				defer all.Done()
				defer func() { <-room }()
				defer s.end(batch, settled)
				for _, each := range before {
					<-each
				}
				s.slots <- struct{}{}
				defer func() { <-s.slots }()
				s.settle(handling, way, batch)
			}()
		}
	}
	return nil
}

// begin notes what is under way, and finds what has to be settled before it: what came earlier with the same keys.
func (s *Subscriber) begin(deliveries []*Delivery) (before []chan struct{}, settled chan struct{}) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	settled = make(chan struct{})
	for _, each := range deliveries {
		at, err := time.Parse(time.RFC3339, each.Time)
		if err != nil {
			at = time.Now()
		}
		s.underWay[each] = at
		if each.Key == "" {
			continue
		}
		if last, ok := s.last[each.Key]; ok && last != settled {
			before = append(before, last)
		}
		s.last[each.Key] = settled
	}
	return before, settled
}

func (s *Subscriber) end(deliveries []*Delivery, settled chan struct{}) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, each := range deliveries {
		delete(s.underWay, each)
		if s.last[each.Key] == settled {
			delete(s.last, each.Key)
		}
	}
	close(settled)
}

// watch measures how much waits, and tells the broker of what is under way.
func (s *Subscriber) watch(ctx context.Context, consumer Consumer, lag *atomic.Int64) {
	ticker := time.NewTicker(watchTime)
	defer ticker.Stop()
	for {
		if waiting, err := consumer.Lag(ctx); err == nil {
			lag.Store(waiting)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for _, each := range s.deliveries() {
			if each.Touch != nil {
				_ = each.Touch(ctx) // else it comes again
			}
		}
	}
}

func (s *Subscriber) deliveries() []*Delivery {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	all := make([]*Delivery, 0, len(s.underWay))
	for each := range s.underWay {
		all = append(all, each)
	}
	return all
}

func (s *Subscriber) lag() float64 {
	var sum int64
	for i := range s.lags {
		sum += s.lags[i].Load()
	}
	return float64(sum)
}

func (s *Subscriber) oldest() float64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	age := time.Duration(0)
	for _, at := range s.underWay {
		age = max(age, time.Since(at))
	}
	return age.Seconds()
}
