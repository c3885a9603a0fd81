package workload

import (
	"fmt"
	"testing"
	"time"
)

func TestTenantRates(t *testing.T) {
	now := time.Unix(0, 0)
	rates := newTenantRates(60)
	rates.now = func() time.Time { return now }
	for i := range 15 { // a quarter of a minute's calls at once
		if _, ok := rates.take("a"); !ok {
			t.Fatalf("call %d was one too many", i)
		}
	}
	wait, ok := rates.take("a")
	if ok || wait <= 0 || wait > time.Second {
		t.Errorf("a call too many: %t, wait %s, want a second", ok, wait)
	}
	if _, ok := rates.take("b"); !ok {
		t.Error("one tenant takes from another")
	}
	now = now.Add(time.Second)
	if _, ok := rates.take("a"); !ok {
		t.Error("a second later there is room for no call")
	}
	if _, ok := rates.take("a"); ok {
		t.Error("a second later there is room for two calls")
	}
}

func TestTenantRatesAreBounded(t *testing.T) {
	rates := newTenantRates(1)
	for i := range 3 * maxTenants {
		rates.take(fmt.Sprint(i))
	}
	if n := len(rates.tenants); n > maxTenants {
		t.Errorf("%d tenants are counted, want at most %d", n, maxTenants)
	}
}

func TestNoRate(t *testing.T) {
	if newTenantRates(0) != nil || newTenantRates(0).limit(nil) != nil {
		t.Error("no limit limits")
	}
}
