package access

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/rest"
)

// leeway is how far the clocks of an issuer and ours may differ.
const leeway = 30 * time.Second

var algorithms = []string{"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"}

// Token takes a signed token (JWT) of an issuer. Its keys are where keysURL says, or where the issuer says.
func Token(realm, issuer, audience, keysURL string) rest.Auth {
	// Whoever runs the process may say where the keys are.
	keys := &keySource{issuer: issuer, address: cmp.Or(os.Getenv("JWT_KEYS"), keysURL)}
	parser := jwt.NewParser(
		jwt.WithValidMethods(algorithms), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithLeeway(leeway), jwt.WithExpirationRequired())
	return authFunc(func(ctx context.Context, r *http.Request) (rest.Caller, error) {
		header := r.Header.Get("Authorization")
		if header == "" {
			return rest.Caller{}, rest.Unauthorized(`Bearer realm="` + realm + `"`)
		}
		scheme, text, _ := strings.Cut(header, " ")
		claims := jwt.MapClaims{}
		err := errors.New("another scheme")
		if strings.EqualFold(scheme, "Bearer") {
			_, err = parser.ParseWithClaims(strings.TrimSpace(text), claims, func(token *jwt.Token) (any, error) {
				return keys.find(ctx, token)
			})
		}
		subject, wrong := claims.GetSubject()
		var unavailable *problem.Problem
		switch {
		case errors.As(err, &unavailable):
			return rest.Caller{}, unavailable
		case err != nil || wrong != nil:
			return rest.Caller{}, rest.Unauthorized(`Bearer realm="` + realm + `", error="invalid_token"`)
		}
		return rest.Caller{Subject: subject, Scopes: scopes(claims)}, nil
	})
}

func scopes(claims jwt.MapClaims) []string {
	if text, ok := claims["scope"].(string); ok {
		return strings.Fields(text)
	}
	list, _ := claims["scp"].([]any)
	var scopes []string
	for _, each := range list {
		if scope, ok := each.(string); ok {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}
