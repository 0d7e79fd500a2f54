package rest

import (
	"context"
	"net/http"
)

// Admit lets a part of a request pass, once it is known who asks, or fails. What headers tell is told of requests alone.
func (r *Request) Admit(ctx context.Context, guard Guard) error {
	told := http.Header{}
	if guard.Limit != nil && guard.Limit.ByIP {
		if err := guard.take(r.http, "", told); err != nil {
			return err
		}
	}
	return guard.allow(CallerOf(ctx), r.http, "", told)
}

// Stream answers with what is sent piece by piece, for as long as it takes: it has no deadline. The context ends when the caller
// has gone; send is false then.
func (r *Request) Stream(contentType string, work func(ctx context.Context, send func(text string) bool)) *Response {
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.ctx))
	defer cancel()
	defer context.AfterFunc(r.http.Context(), cancel)()
	header := r.writer.Header()
	protect(header)
	header.Set("Content-Type", contentType)
	r.writer.WriteHeader(http.StatusOK)
	controller := http.NewResponseController(r.writer)
	work(ctx, func(text string) bool {
		if _, err := r.writer.Write([]byte(text)); err != nil {
			return false
		}
		return controller.Flush() == nil
	})
	return &Response{Status: http.StatusOK, isSent: true}
}

// Text answers with a text of this type.
func Text(contentType, text string) *Response {
	return &Response{Status: http.StatusOK, raw: []byte(text), contentType: []string{contentType}}
}
