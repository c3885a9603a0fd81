package apply

import (
	"errors"
	"io/fs"
	"os"
	"sync"
)

var errDied = errors.New("the machine went down")

// when says at which point of a step the run dies.
type when int

const (
	before when = iota
	half        // a file is written in part
	after
	refused // this one step fails, as on a full disk, and the run lives on
)

// dying is a disk that works for some steps. From then on nothing does, unless the step was only refused. It does not
// wait for the hardware: what a process wrote is there when the process dies.
type dying struct {
	rooted
	at   int // the step, from 0; negative: never
	when when

	mu   sync.Mutex
	run  steps
	dead bool
}

// steps are those of a run: for each, whether it writes a file.
type steps []bool

// step runs one step of the run. Those that write a file can be done by half.
func (d *dying) step(do, doHalf func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return errDied
	}
	n := len(d.run)
	d.run = append(d.run, doHalf != nil)
	if n != d.at {
		return do()
	}
	d.dead = d.when != refused
	var err error
	switch {
	case d.when == half && doHalf != nil:
		err = doHalf()
	case d.when == after:
		err = do()
	}
	return errors.Join(errDied, err)
}

func (d *dying) Mkdir(name string) error {
	return d.step(func() error { return d.rooted.Mkdir(name) }, nil)
}

func (d *dying) Write(name string, data []byte, mode fs.FileMode, _ bool) error {
	return d.step(
		func() error { return d.quickWrite(name, data, mode) },
		func() error { return d.quickWrite(name, data[:len(data)/2], mode) },
	)
}

func (d *dying) quickWrite(name string, data []byte, mode fs.FileMode) error {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func (d *dying) Rename(from, to string) error {
	return d.step(func() error { return d.rooted.Rename(from, to) }, nil)
}

func (d *dying) Remove(name string) error {
	return d.step(func() error { return d.rooted.Remove(name) }, nil)
}

func (d *dying) RemoveAll(name string) error {
	return d.step(func() error { return d.rooted.RemoveAll(name) }, nil)
}

func (d *dying) SyncDir(name string) error {
	return d.step(func() error { _, err := d.root.Stat(name); return err }, nil)
}
