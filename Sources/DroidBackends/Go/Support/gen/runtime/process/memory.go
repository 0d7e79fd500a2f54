package process

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// useMemory lets garbage lie while there is room for it, as far as the cluster grants memory: a small heap would be looked
// through hundreds of times a second. GOGC and GOMEMLIMIT hold where they are said.
func useMemory() {
	granted, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	limit, wrong := strconv.ParseInt(strings.TrimSpace(string(granted)), 10, 64)
	if err != nil || wrong != nil || os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetMemoryLimit(limit / 10 * 9)
	debug.SetGCPercent(400)
}
