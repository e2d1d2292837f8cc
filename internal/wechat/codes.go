package wechat

import (
	"maps"
	"slices"
)

// codes is what to do about each errcode, from the return-code pages and from what SDKs and logs agree on.
var codes = map[int]Class{
	-1: Retry, 268487001: Retry, 268487002: Retry, // busy

	40001: TokenRejected, 40014: TokenRejected, 42001: TokenRejected, // wrong, not the latest, expired
	42006: TokenRejected, // the platform's own token has expired

	40125: Credentials, 40243: Credentials, // secret: wrong, frozen
	40013: Credentials,                     // appid
	40164: Credentials,                     // our address is not in the account's list
	61004: Credentials, 45035: Credentials, // nor in the platform's
	89501: Credentials, 89503: Credentials, 89506: Credentials, 89507: Credentials, // an administrator must confirm the address
	48001: Credentials,                                                             // not granted: the account is not verified
	48004: Credentials,                                                             // banned
	61003: Credentials, 61007: Credentials, 61016: Credentials, 61017: Credentials, // not authorised to the platform, or not this
	61005: Credentials, 61006: Credentials, // the platform's ticket: expired, invalid
	61023: Credentials, // refresh token; never overwrite the stored one
	42007: Credentials, // the customer of the platform changed the password

	45015: WindowClosed,
	45047: QuotaExhausted,
	45011: RateLimited,
	45009: DailyQuota,

	40003: Unreachable,                     // openid wrong or of another account
	43004: Unreachable, 50005: Unreachable, // does not follow
	43019: Unreachable, // in the account's blacklist
	48002: Unreachable, // has switched messages off
	50002: Unreachable, // frozen
	70000: Unreachable, // protection of minors

	45048: Permanent,                                     // in no list
	45001: Permanent, 45002: Permanent, 44004: Permanent, // too big, too long, empty
	45008: Permanent, // more than one article
	40004: Permanent, 40005: Permanent, 40006: Permanent, 40007: Permanent, 40008: Permanent, 40009: Permanent,
	40010: Permanent, 40011: Permanent, 40012: Permanent, 40118: Permanent, 40121: Permanent, 40137: Permanent, // media
	48006: Permanent, 48008: Permanent, // clearing the quota: used up; this kind of message: no right
	48017: Permanent,                                                                         // a retired address of WeChat's
	47001: Permanent, 44002: Permanent, 43002: Permanent, 43003: Permanent, 41001: Permanent, // our own mistakes
	61009: Permanent, 61010: Permanent, // authorisation code: invalid, expired
	61011: Permanent, 61014: Permanent, // platform: invalid, the wrong kind of token
	40200: Permanent, 45072: Permanent, 45080: Permanent, 45081: Permanent, // typing

	61450: Permanent, 61451: Permanent, 61452: Permanent, 61453: Permanent, 61454: Permanent, 61455: Permanent,
	61456: Permanent, 61457: Permanent, 61500: Permanent, // accounts of WeChat's own multi-agent tool
	65400: Permanent, 65401: Permanent, 65402: Permanent, 65403: Permanent, 65404: Permanent, 65405: Permanent,
	65406: Permanent, 65407: Permanent, 65408: Permanent, 65409: Permanent, 65410: Permanent, 65411: Permanent,
	65412: Permanent, 65413: Permanent, 65414: Permanent, 65415: Permanent, 65416: Permanent, 65417: Permanent, // the same, newer

	45056: Permanent, 45058: Permanent, 45059: Permanent, 45157: Permanent, 45158: Permanent, 45159: Permanent,
	45171: Permanent,                   // tags
	45169: Retry,                       // the tags of one customer were changed twice at once
	43101: Permanent,                   // does not want notices of this template
	40037: Permanent,                   // template: no such id
	47003: Permanent,                   // what is filled into it does not fit
	40033: Permanent,                   // an escaped character where none may be
	40052: Permanent, 40053: Permanent, // QR code: action name, action info
	49003: Permanent, // openid of another appid
	40092: Permanent, // remark too long
}

// Codes lists the errcodes that have a class and want a sentence each (see Explain), in order.
func Codes() []int { return slices.Sorted(maps.Keys(codes)) }
