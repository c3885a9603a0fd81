package workload

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

// maxTenants bounds the tenants whose calls are counted at a time.
const maxTenants = 10_000

// tenantRates let each tenant make so many calls in a minute, in bursts of up to a quarter of them, so that one tenant
// does not take from the others. A nil one lets everybody call.
type tenantRates struct {
	perMinute int
	now       func() time.Time

	mu      sync.Mutex
	tenants map[string]*rate.Limiter
}

func newTenantRates(perMinute int) *tenantRates {
	if perMinute <= 0 {
		return nil
	}
	return &tenantRates{perMinute: perMinute, now: time.Now, tenants: map[string]*rate.Limiter{}}
}

// take counts a call. Where there was one too many it gives how long to wait.
func (t *tenantRates) take(tenant string) (wait time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	limiter := t.tenants[tenant]
	if limiter == nil {
		t.forgetIdle(now)
		limiter = rate.NewLimiter(rate.Every(time.Minute/time.Duration(t.perMinute)), max(t.perMinute/4, 1))
		t.tenants[tenant] = limiter
	}
	reservation := limiter.ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
	}
	return wait, wait == 0
}

// forgetIdle makes room: a tenant with all of its burst to spend is as good as one that never called. Where none is
// idle, all begin anew, which errs on the callers' side.
func (t *tenantRates) forgetIdle(now time.Time) {
	if len(t.tenants) < maxTenants {
		return
	}
	for tenant, limiter := range t.tenants {
		if limiter.TokensAt(now) >= float64(limiter.Burst()) {
			delete(t.tenants, tenant)
		}
	}
	if len(t.tenants) >= maxTenants {
		clear(t.tenants)
	}
}

// limit stands behind the door, since only there the tenant is known.
func (t *tenantRates) limit(next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, ok := auth.CallerFrom(r.Context())
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		wait, ok := t.take(caller.TenantID)
		if ok {
			next.ServeHTTP(w, r)
			return
		}
		seconds := strconv.Itoa(int(wait/time.Second) + 1)
		WriteError(w, r, apierror.New(http.StatusTooManyRequests, apierror.TooManyRequests,
			"Your organization calls too often; try again in "+seconds+" seconds.").
			Permanent(false).SetHeader("Retry-After", seconds), auth.DataPlane)
	})
}
