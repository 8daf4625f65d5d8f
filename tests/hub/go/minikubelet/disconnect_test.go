// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"encoding/binary"
	"testing"
)

func frame(control bool, kind uint16, body int) []byte {
	data := make([]byte, frameHeader+body)
	for i := range body {
		data[frameHeader+i] = byte(controlBit) // a body that looks like a header
	}
	binary.BigEndian.PutUint32(data[4:8], uint32(body))
	if control {
		data[0], data[1] = controlBit, 3
		binary.BigEndian.PutUint16(data[2:4], kind)
	} else {
		data[3] = goAway // the stream number of a data frame stands where the type would
	}
	return data
}

func TestGoAwayIsFoundHoweverTheBytesArrive(t *testing.T) {
	before := append(append(frame(true, 1, 31), frame(false, 0, 700)...), frame(true, 6, 4)...)
	all := append(append([]byte(nil), before...), frame(true, goAway, 8)...)
	for _, size := range []int{1, 2, 3, 7, 8, 9, 100, len(all)} {
		scanner, seen := frameScanner{}, -1
		for at := 0; at < len(all) && seen < 0; at += size {
			if scanner.sawGoAway(all[at:min(at+size, len(all))]) {
				seen = at + size
			}
		}
		if seen < len(before)+frameHeader-size || seen < len(before) {
			t.Errorf("in pieces of %d: seen after %d bytes, the frame starts at %d", size, seen, len(before))
		}
	}
}

func TestOtherFramesAreNotGoAway(t *testing.T) {
	scanner := frameScanner{}
	for _, data := range [][]byte{frame(false, 0, 100), frame(true, 3, 8), frame(true, 6, 4), frame(true, 9, 8)} {
		if scanner.sawGoAway(data) {
			t.Fatalf("%v was taken for GOAWAY", data[:frameHeader])
		}
	}
}
