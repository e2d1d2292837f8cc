// Package media keeps pictures, voice messages and videos: what customers send, and what is sent to them, which Fit makes fit. It says what bytes really are, draws the small
// picture of a large one, makes a voice message into something that browsers play, and puts all of it into a folder or an
// S3-compatible store. It knows nothing of WeChat, of messages or of who may see what.
//
//	bytes ──▶ Look ──▶ Kind (by the bytes, never by what the sender says)
//	                    ├─ image ──▶ Thumbnail          (Go)
//	                    ├─ voice ──▶ Tools.Playable     (ffmpeg, where there is one)
//	                    └─ video ──▶ Tools.Poster       (ffmpeg, where there is one)
//
// Everything here comes from strangers. A picture is measured before it is decoded; ffmpeg is told which format it reads, may open
// no other file and no network, and ends when its time is over.
package media
