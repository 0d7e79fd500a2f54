package wire

import "strings"

var (
	// URLType is the type of absolute URLs.
	URLType = address("an absolute URL", isURL)

	// EmailType is the type of e-mail addresses.
	EmailType = address("an e-mail address", isEmail)
)

func address(meaning string, holds func(text string) bool) *Scalar[string] {
	return &Scalar[string]{
		meaning:  meaning,
		isQuoted: true,
		parse:    func(text string) (string, bool) { return text, holds(text) },
		append:   func(b []byte, value string) []byte { return append(b, value...) },
		compare:  strings.Compare,
		sorts:    true,
		check: func(value string) string {
			if !holds(value) {
				return "should be " + meaning
			}
			return ""
		},
	}
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// isURL follows RFC 3986, with a scheme.
func isURL(text string) bool {
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok || scheme == "" || '0' <= scheme[0] && scheme[0] <= '9' {
		return false
	}
	for i := range len(scheme) {
		if c := scheme[i]; !isAlphanumeric(c) && (i == 0 || strings.IndexByte("+-.", c) < 0) {
			return false
		}
	}
	rest, fragment, _ := strings.Cut(rest, "#")
	path, query, _ := strings.Cut(rest, "?")
	if after, ok := strings.CutPrefix(path, "//"); ok {
		end := strings.IndexByte(after, '/')
		if end < 0 {
			end = len(after)
		}
		if !isAuthority(after[:end]) {
			return false
		}
		path = after[end:]
	}
	return isMadeOf(path, ":@/") && isMadeOf(query, ":@/?") && isMadeOf(fragment, ":@/?")
}

// isAuthority is about name@host:port.
func isAuthority(text string) bool {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		if !isMadeOf(text[:at], ":") {
			return false
		}
		text = text[at+1:]
	}
	host, port := text, ""
	if colon := strings.LastIndexByte(text, ':'); colon >= 0 && !strings.HasSuffix(text, "]") {
		host, port = text[:colon], text[colon+1:]
	}
	if digits(port) != len(port) {
		return false
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && inner != "" && strings.Trim(inner, "0123456789abcdefABCDEF:.") == ""
	}
	return isMadeOf(host, "")
}

// isMadeOf is about the characters that may stand anywhere in a URL, those of a list, and bytes like %20.
func isMadeOf(text, more string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case isAlphanumeric(c), strings.IndexByte("._~!$&'()*+,;=-", c) >= 0, strings.IndexByte(more, c) >= 0:
		case c == '%' && i+2 < len(text) && hexValue(text[i+1])|hexValue(text[i+2]) < 16:
			i += 2
		default:
			return false
		}
	}
	return true
}

func isEmail(text string) bool {
	name, host, ok := strings.Cut(text, "@")
	if !ok || name == "" || len(name) > 64 || len(text) > 254 {
		return false
	}
	for atom := range strings.SplitSeq(name, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			if !isAlphanumeric(atom[i]) && strings.IndexByte("!#$%&'*+/=?^_`{|}~-", atom[i]) < 0 {
				return false
			}
		}
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if !isAlphanumeric(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return true
}
