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
