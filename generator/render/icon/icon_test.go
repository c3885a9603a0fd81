package icon

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image/color"
	"image/png"
	"math"
	"testing"
)

func TestEachStyleAndLetterIsAPictureOfItsOwn(t *testing.T) {
	seen := map[string]string{}
	add := func(name string, data []byte) {
		picture, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if b := picture.Bounds(); b.Dx() != Size || b.Dy() != Size {
			t.Errorf("%s is %v", name, b)
		}
		if other, ok := seen[string(data)]; ok {
			t.Errorf("%s and %s are the same picture", name, other)
		}
		seen[string(data)] = name
	}
	for style := range Styles {
		add("style", Draw("AB", style))
	}
	for c := 'A'; c <= 'Z'; c++ {
		add(string(c), Draw(string(c), 0))
	}
}

// A picture that changes would change in every workload, and no compiler or processor may do that.
func TestPicturesStayAsTheyAre(t *testing.T) {
	sum := sha256.New()
	for style := range Styles {
		sum.Write(Draw("GQ", style))
	}
	const want = "39d368332d35c460c818f5275757ca64150b7322eefd2e9f9f40da93ffb44729"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWhatIsNoLetterLeavesTheTileBlank(t *testing.T) {
	if blank := Draw("", 3); !bytes.Equal(blank, Draw("7é", 3)) || bytes.Equal(blank, Draw("A", 3)) {
		t.Error("something is drawn for what is no letter, or nothing for a letter")
	}
	if !bytes.Equal(Draw("A", Styles+1), Draw("a", 1)) || !bytes.Equal(Draw("A", -1), Draw("A", Styles-1)) {
		t.Error("styles do not begin again")
	}
}

func TestLettersAreInsideTheirTile(t *testing.T) {
	for i, inside := range shapes {
		for _, text := range []string{"M", "WM", "QQ", "EZ"} {
			for _, s := range write(text) {
				if !inside(s.a) || !inside(s.b) {
					t.Errorf("%s leaves shape %d", text, i)
				}
			}
		}
	}
}

func TestLettersCanBeRead(t *testing.T) {
	for _, c := range colours {
		luminance := 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
		if contrast := 1.05 / (luminance + 0.05); contrast < 4.5 {
			t.Errorf("white on %v has a contrast of %.2f", c, contrast)
		}
	}
	picture, err := png.Decode(bytes.NewReader(Draw("I", 0)))
	if err != nil {
		t.Fatal(err)
	}
	if got := color.NRGBAModel.Convert(picture.At(Size/2, Size/2)); got != (color.NRGBA{255, 255, 255, 255}) {
		t.Errorf("the middle of an I is %v", got)
	}
	if _, _, _, a := picture.At(0, 0).RGBA(); a != 0 {
		t.Error("the corner is not transparent")
	}
}

// linear is a channel of sRGB as light (WCAG 2.2, relative luminance).
func linear(c uint8) float64 {
	v := float64(c) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func BenchmarkDraw(b *testing.B) {
	for b.Loop() {
		Draw("WM", 5)
	}
}
