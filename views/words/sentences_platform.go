package words

// platformSentences are those about connecting by scan.
var platformSentences = []sentence{
	{"platform.none", "这里没有设置第三方平台。请系统管理员设置后再试。", "No third-party platform is set up here. Ask the operator to set one up."},
	{"platform.no-ticket", "微信还没有推送第三方平台的票据，它每十分钟推送一次。请稍后再试；一直不行请联系系统管理员。", "WeChat has not pushed the platform's ticket yet; it comes every ten minutes. Try again a little later, and ask the operator if it goes on."},
	{"platform.unreachable", "微信现在没有回答。请稍后刷新再试。", "WeChat does not answer now. Load the page again in a little while."},
	{"platform.state", "这次授权不是从这里发起的，或者已经过期。请回到公众号页面重新点「扫码授权接入」。", "This authorisation was not begun here, or its time is over. Go back to the accounts and choose Connect by scan again."},
	{"platform.code", "微信不认这次的授权码。请回到公众号页面重新点「扫码授权接入」。", "WeChat does not take this authorisation code. Go back to the accounts and choose Connect by scan again."},
	{"account.withdrawn", "公众号已取消授权，回复发不出去。请管理员重新授权。", "The account is no longer authorised, so nothing can be sent. An admin must authorise it again."},
	{"account.moved", "这个公众号已经移交给其他公司，不能再从这里发消息。以前的会话仍可查看。", "This account was moved to another company, so nothing can be sent from here. Earlier sessions can still be read."},
	{"account.by-scan", "这个公众号是扫码授权接入的，没有可以修改的密钥。需要时请重新授权。", "This account is connected by scan and has no secrets to change. Authorise it again where needed."},
}
