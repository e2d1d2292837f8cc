package media

import "time"

// amrFrames is how many bytes follow the head of an AMR-NB frame, by its mode (RFC 4867, section 3.6, in octets); each frame is 20 ms.
var amrFrames = [16]int{12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0}

// VoiceLength is how long an AMR voice message is; 0 where the bytes are no whole one.
func VoiceLength(data []byte) time.Duration {
	const magic = "#!AMR\n"
	if len(data) < len(magic) || string(data[:len(magic)]) != magic {
		return 0
	}
	frames := 0
	for at := len(magic); at < len(data); frames++ {
		at += 1 + amrFrames[data[at]>>3&0xF]
		if at > len(data) {
			return 0
		}
	}
	return time.Duration(frames) * 20 * time.Millisecond
}

// The bit rates (kbit/s) of layer III by the index in a frame's head, for MPEG 1 and for MPEG 2 and 2.5, and the sample rates (Hz) of
// MPEG 1; half of them are those of MPEG 2, a quarter those of 2.5 (ISO 11172-3 and 13818-3).
var (
	mp3Rates = [2][16]int{
		{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0},
	}
	mp3Samples = [4]int{44100, 48000, 32000, 0}
)

// mp3Length is how long an MP3 is, by its frames; 0 where it has none. What stands before and behind them (ID3) is passed over.
func mp3Length(data []byte) (length time.Duration) {
	at := 0
	if len(data) > 10 && string(data[:3]) == "ID3" {
		at = 10 + int(data[6]&0x7F)<<21 + int(data[7]&0x7F)<<14 + int(data[8]&0x7F)<<7 + int(data[9]&0x7F)
	}
	for at+4 <= len(data) {
		size, lasts := mp3Frame(data[at : at+4])
		if size == 0 {
			break
		}
		length += lasts
		at += size
	}
	return length
}

// mp3Frame reads the head of a frame: how many bytes it has and how long it lasts; 0: it is none.
func mp3Frame(head []byte) (size int, lasts time.Duration) {
	version, layer := head[1]>>3&3, head[1]>>1&3 // 3: MPEG 1, 2: 2, 0: 2.5; 1: layer III
	if head[0] != 0xFF || head[1]&0xE0 != 0xE0 || version == 1 || layer != 1 {
		return 0, 0
	}
	older, samples, table := 1, 1152, 0
	if version != 3 {
		older, samples, table = 2, 576, 1
		if version == 0 {
			older = 4
		}
	}
	rate, hertz := mp3Rates[table][head[2]>>4]*1000, mp3Samples[head[2]>>2&3]/older
	if rate == 0 || hertz == 0 {
		return 0, 0
	}
	return samples/8*rate/hertz + int(head[2]>>1&1), time.Duration(samples) * time.Second / time.Duration(hertz)
}
