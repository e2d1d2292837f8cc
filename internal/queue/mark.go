package queue

import "strconv"

// A mark says in which run of the server the index was made. It goes when Redis is emptied, and is of an earlier run when Redis was
// started anew, which may have lost the last second. One stands in every database of the index; in a cluster, where each
// node can be emptied by itself, one in every span of slots.
const (
	mark     = "weir:index"
	building = "building"
)

// spans is into how many spans of equal length the slots of a cluster are cut. A node that serves two whole spans in a row, as
// each of up to thirty equal nodes does, has a mark for certain.
const spans = 64

// marks are the keys of all marks.
func (k Keys) marks() []Key {
	if !k.Cluster {
		return []Key{{dbSessions, mark}, {dbMessages, mark}, {dbQueues, mark}}
	}
	out := make([]Key, spans)
	for i := range out {
		out[i] = k.At(dbSessions, mark+":{"+tags[i]+"}")
	}
	return out
}

// tags has a hash tag for each span of slots.
var tags = func() (out [spans]string) {
	for n, left := 0, spans; left > 0; n++ {
		tag := strconv.Itoa(n)
		if i := int(slot(tag)) * spans / slots; out[i] == "" {
			out[i] = tag
			left--
		}
	}
	return out
}()

const slots = 16384

// slot is where a cluster keeps the keys of a hash tag: CRC16 (XMODEM) modulo 16384. Source: the Redis Cluster specification,
// "Key distribution model".
func slot(tag string) uint16 {
	var crc uint16
	for i := range len(tag) {
		crc ^= uint16(tag[i]) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc % slots
}
