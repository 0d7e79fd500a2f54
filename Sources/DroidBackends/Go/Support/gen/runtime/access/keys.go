package access

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"droid/gen/runtime/problem"
)

const (
	keepTime     = 10 * time.Minute
	askAgainTime = 10 * time.Second
	fetchTime    = 5 * time.Second
	mostBytes    = 1 << 20
)

// keySource are the keys of an issuer, kept for a while.
type keySource struct {
	issuer  string
	address string // empty: the issuer tells

	mutex   sync.Mutex
	keys    []key
	fetched time.Time
	asked   time.Time
}

// key is one of a JSON Web Key Set.
type key struct {
	ID        string `json:"kid"`
	Kind      string `json:"kty"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	Curve     string `json:"crv"`
	N         string `json:"n"`
	E         string `json:"e"`
	X         string `json:"x"`
	Y         string `json:"y"`

	public jwt.VerificationKey
}

// find finds the key that a token says it is signed with; without a name, those that it may be signed with.
func (s *keySource) find(ctx context.Context, token *jwt.Token) (any, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if time.Since(s.fetched) > keepTime {
		s.refresh(ctx)
	}
	found := s.matching(token)
	if len(found.Keys) == 0 && time.Since(s.asked) > askAgainTime {
		s.refresh(ctx)
		found = s.matching(token)
	}
	switch {
	case s.keys == nil:
		return nil, problem.Unavailable("The issuer of tokens does not answer.", nil)
	case len(found.Keys) == 0:
		return nil, errors.New("no such key")
	default:
		return found, nil
	}
}

func (s *keySource) matching(token *jwt.Token) jwt.VerificationKeySet {
	id, hasID := token.Header["kid"].(string)
	var set jwt.VerificationKeySet
	for _, each := range s.keys {
		isFor := each.Algorithm == "" || each.Algorithm == token.Method.Alg()
		if isFor && (!hasID || each.ID == id) {
			set.Keys = append(set.Keys, each.public)
		}
	}
	return set
}

// refresh asks for the keys. What is kept holds while nobody answers.
func (s *keySource) refresh(ctx context.Context) {
	if s.keys != nil && time.Since(s.asked) < askAgainTime {
		return
	}
	s.asked = time.Now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTime) // others wait for it too
	defer cancel()
	keys, err := s.fetch(ctx)
	if err == nil {
		s.keys, s.fetched = keys, time.Now()
	}
}

func (s *keySource) fetch(ctx context.Context) ([]key, error) {
	address := s.address
	if address == "" {
		var configuration struct {
			Keys string `json:"jwks_uri"`
		}
		if err := ask(ctx, strings.TrimSuffix(s.issuer, "/")+"/.well-known/openid-configuration", &configuration); err != nil {
			return nil, err
		}
		address = configuration.Keys
	}
	var set struct {
		Keys []key `json:"keys"`
	}
	if err := ask(ctx, address, &set); err != nil {
		return nil, err
	}
	keys := []key{}
	for _, each := range set.Keys {
		if each.public = each.read(); each.public != nil && (each.Use == "" || each.Use == "sig") {
			keys = append(keys, each)
		}
	}
	return keys, nil
}

func ask(ctx context.Context, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers with %d", address, response.StatusCode)
	}
	return json.NewDecoder(io.LimitReader(response.Body, mostBytes)).Decode(into)
}

// read is the public key; nil if it is of a kind that we do not know, or does not hold together.
func (k *key) read() jwt.VerificationKey {
	x, errX := base64.RawURLEncoding.DecodeString(k.X)
	y, errY := base64.RawURLEncoding.DecodeString(k.Y)
	n, errN := base64.RawURLEncoding.DecodeString(k.N)
	e, errE := base64.RawURLEncoding.DecodeString(k.E)
	if errors.Join(errX, errY, errN, errE) != nil {
		return nil
	}
	curves := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384()}
	switch curve := curves[k.Curve]; {
	case k.Kind == "RSA" && len(n) >= 256 && len(e) > 0 && len(e) <= 4:
		return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	case k.Kind == "EC" && curve != nil:
		public := &ecdsa.PublicKey{Curve: curve, X: new(big.Int).SetBytes(x), Y: new(big.Int).SetBytes(y)}
		if _, err := public.ECDH(); err != nil { // it is no point of the curve
			return nil
		}
		return public
	case k.Kind == "OKP" && k.Curve == "Ed25519" && len(x) == ed25519.PublicKeySize:
		return ed25519.PublicKey(x)
	default:
		return nil
	}
}
