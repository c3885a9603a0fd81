package hops

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

// ProxyOptions say what a Proxy stands before. Recorder is required.
type ProxyOptions struct {
	Recorder *Recorder
	// BasePath is where the back-end has the Workload REST contract, such as /workload: its calls are Fabric's.
	BasePath string
	// Origins are those of pages that may read the Proxy's own errors, as they may read the back-end's.
	Origins []string
	// Wait is how long a call waits for a back-end that is away. Default: a minute.
	Wait time.Duration
}

// Proxy passes calls on to a back-end that comes and goes, and records them. Neither side sees that it is there: it adds
// and drops no header, and the back-end sees the Host that the caller has named. It is safe for concurrent use.
type Proxy struct {
	options ProxyOptions
	pass    *httputil.ReverseProxy

	mu     sync.Mutex
	target *url.URL
	came   chan struct{} // closed once there is a target
}

// NewProxy makes a Proxy, without a target.
func NewProxy(o ProxyOptions) *Proxy {
	o.Wait = cmp.Or(o.Wait, time.Minute)
	p := &Proxy{options: o, came: make(chan struct{})}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // the back-end is on this machine
	transport.DisableCompression = true
	transport.MaxIdleConnsPerHost = transport.MaxIdleConns // there is one host
	p.pass = &httputil.ReverseProxy{
		Rewrite: p.rewrite, Transport: transport, FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0),
		ModifyResponse: p.answered, ErrorHandler: p.unanswered,
	}
	return p
}

// SetTarget says where the back-end is: a URL of which scheme and host count. nil says that it is away, and has calls wait.
// Say so before the back-end is stopped: calls that it does not answer fail.
func (p *Proxy) SetTarget(target *url.URL) {
	if target == nil {
		defer p.Close() // the one that comes may have the same address
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case target != nil && p.target == nil:
		close(p.came)
	case target == nil && p.target != nil:
		p.came = make(chan struct{})
	}
	p.target = target
}

// Close drops the connections to the back-end that nobody uses.
func (p *Proxy) Close() { p.pass.Transport.(*http.Transport).CloseIdleConnections() }

// call is what the Proxy knows of a call.
type call struct {
	hop    Hop
	target *url.URL
	header http.Header  // of the answer
	body   bytes.Buffer // its beginning, of an error
}

type callKey struct{}

func callOf(r *http.Request) *call { return r.Context().Value(callKey{}).(*call) }

// ServeHTTP records a call, before and after it is passed on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{hop: p.describe(r)}
	start := time.Now()
	c.hop.ID = p.options.Recorder.Record(c.hop)
	defer func() {
		broken := recover() // an answer that breaks off ends in a panic, by which the server hangs up, too
		c.hop.Duration = time.Since(start)
		c.conclude(r.Context().Err() != nil, broken != nil)
		p.options.Recorder.Record(c.hop)
		if broken != nil {
			panic(broken)
		}
	}()
	r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
	var err error
	if c.target, err = p.wait(r.Context()); err != nil {
		p.unanswered(w, r, err)
		return
	}
	p.pass.ServeHTTP(w, r)
}

// describe is what is known of a call before it is answered.
func (p *Proxy) describe(r *http.Request) Hop {
	h := Hop{Time: time.Now(), From: Frontend, To: Backend, Kind: KindData, Method: said(r.Method, 32),
		Path: shownPath(r.URL.EscapedPath(), r.URL.RawQuery), Tokens: carried(r.Header), Decision: Pending,
		Activity: said(r.Header.Get(auth.HeaderActivityID), 64)}
	base := p.options.BasePath
	switch {
	case r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "":
		h.Kind = KindPreflight
	case composite(r.Header), base != "" && (r.URL.Path == base || strings.HasPrefix(r.URL.Path, base+"/")):
		h.From, h.Kind = Fabric, KindControl
	case r.URL.Path == "/healthz", r.URL.Path == "/readyz":
		h.Kind = KindProbe
	}
	return h
}

// errAway says that a call has waited long enough.
var errAway = errors.New("hops: the back-end is away")

// wait gives the target once there is one.
func (p *Proxy) wait(ctx context.Context) (*url.URL, error) {
	timer := time.NewTimer(p.options.Wait)
	defer timer.Stop()
	for {
		p.mu.Lock()
		target, came := p.target, p.came
		p.mu.Unlock()
		if target != nil {
			return target, nil
		}
		select {
		case <-came:
		case <-timer.C:
			return nil, errAway
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// forwarding are headers that httputil takes away since it would add to them. The back-end gets them as they came.
var forwarding = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"}

func (p *Proxy) rewrite(r *httputil.ProxyRequest) {
	target := callOf(r.In).target
	r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
	r.Out.URL.RawQuery = r.In.URL.RawQuery // what cannot be parsed, too
	r.Out.Host = r.In.Host
	for _, name := range forwarding {
		if values, ok := r.In.Header[name]; ok {
			r.Out.Header[name] = values
		}
	}
}

// answered notes an answer, whose body is yet to come.
func (p *Proxy) answered(resp *http.Response) error {
	c := callOf(resp.Request)
	c.hop.Status, c.header = resp.StatusCode, resp.Header
	if id := resp.Header.Get(auth.HeaderActivityID); id != "" {
		c.hop.Activity = said(id, 64)
	}
	if resp.StatusCode >= 400 {
		resp.Body = &listened{resp.Body, &c.body}
	}
	p.options.Recorder.Record(c.hop)
	return nil
}

// listened is a body whose beginning is kept as it passes.
type listened struct {
	io.ReadCloser
	kept *bytes.Buffer
}

func (l *listened) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	l.kept.Write(p[:min(n, maxErrorBody-l.kept.Len())])
	return n, err
}

// unanswered tells the caller that there is no back-end, in the contract's words.
func (p *Proxy) unanswered(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody is there to be told
	}
	e := apierror.New(http.StatusServiceUnavailable, apierror.ServiceUnavailable,
		"The back-end did not answer: it has ended, or hung up. Its log says why.").SetHeader("Retry-After", "1")
	if errors.Is(err, errAway) {
		e.Message = "The back-end is not running, and did not come back within " + p.options.Wait.String() +
			". It is being built, or does not start: its log says why."
	}
	c := callOf(r)
	c.hop.Status, c.hop.Code, c.hop.Reason = e.Status, e.ErrorCode, e.Message
	if origin := r.Header.Get("Origin"); slices.Contains(p.options.Origins, origin) {
		e.SetHeader("Access-Control-Allow-Origin", origin).SetHeader("Vary", "Origin")
	}
	apierror.Write(w, r, e)
}

// conclude decides what became of the call.
func (c *call) conclude(hungUp, broken bool) {
	switch {
	case hungUp && (broken || c.hop.Status == 0):
		c.hop.Decision, c.hop.Reason = Aborted, "The caller hung up before the answer was complete."
		return
	case broken:
		c.hop.Decision, c.hop.Reason = Failed, "The back-end hung up before its answer was complete."
		return
	}
	c.hop.Decision = decided(c.hop.Status)
	if c.hop.Bad() && c.hop.Code == "" {
		c.hop.explain(c.header, c.body.Bytes())
	}
}
