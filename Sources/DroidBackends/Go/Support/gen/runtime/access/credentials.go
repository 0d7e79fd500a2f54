package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"droid/gen/runtime/rest"
)

// Basic takes a name and a password, which the secret holds with a colon between them.
func Basic(realm, secret string) rest.Auth {
	return authFunc(func(_ context.Context, r *http.Request) (rest.Caller, error) {
		name, password, ok := r.BasicAuth()
		if !ok || !isEqual(name+":"+password, secret) {
			return rest.Caller{}, rest.Unauthorized(`Basic realm="` + realm + `", charset="UTF-8"`)
		}
		return rest.Caller{Subject: name}, nil
	})
}

// Key takes a secret in a header.
func Key(realm, header, secret string) rest.Auth {
	return authFunc(func(_ context.Context, r *http.Request) (rest.Caller, error) {
		if given := strings.Join(r.Header.Values(header), ","); given == "" || !isEqual(given, secret) {
			return rest.Caller{}, rest.Unauthorized(`ApiKey realm="` + realm + `"`)
		}
		return rest.Caller{Subject: "key"}, nil
	})
}

// isEqual takes as long whatever differs.
func isEqual(given, secret string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
