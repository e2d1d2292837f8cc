package words

import "strconv"

// PlatformWords is what is said about connecting by scan: on the company's pages, and on the page by which the pretend WeChat asks an
// account's owner.
type PlatformWords struct {
	Authorise, AuthoriseSentence, AuthoriseHow, AuthoriseGo, AuthorisePhone, AuthoriseUntil string
	NotSetUp, NotSetUpHint, ByScan, Withdrawn, WithdrawnSince, Moved                        string
	Since, Functions, NoFunction, Again, Authorisation, Accepted, HeardNothing, Rename      string
	Consent, ConsentSentence, ConsentAccount, ConsentFunctions, ConsentYes, ConsentRefused  string
}

// OfPlatform returns the words about connecting by scan in the same language.
func (w *Words) OfPlatform() *PlatformWords {
	if w.Lang == Chinese {
		return &platformChinese
	}
	return &platformEnglish
}

var platformChinese = PlatformWords{
	Authorise: "扫码授权接入", AuthoriseSentence: "公众号管理员扫码确认即可接入，不用填写 AppSecret，也不用改服务器配置。",
	AuthoriseHow: "请公众号管理员用个人微信扫码，在权限里至少勾选「消息管理」；勾选「用户管理」和「自定义菜单」后，备注、标签和菜单也能在这里使用。确认之后会回到这里。",
	AuthoriseGo:  "去微信扫码授权", AuthorisePhone: "在手机微信里授权", AuthoriseUntil: "链接 {} 前有效，过期后刷新本页即可。",
	NotSetUp: "还不能扫码授权", NotSetUpHint: "这里没有设置第三方平台。请系统管理员按说明设置，或者改用「接入公众号」填写 AppID 和 AppSecret。",
	ByScan: "扫码授权", Withdrawn: "已取消授权", WithdrawnSince: "公众号在 {} 取消了授权：收不到新消息，写好的回复也发不出去。请公众号管理员重新授权，等待中的回复会接着发出。", Moved: "已移交其他公司",
	Since: "{} 授权", Functions: "公众号授权的权限", NoFunction: "没有授权「消息管理」，客服消息发不出去。请重新授权并勾选它。", Again: "重新授权", Authorisation: "授权", Accepted: "微信承认这项授权，可以收发消息。", HeardNothing: "还没有收到。用手机给公众号发一条消息试试。", Rename: "改名",
	Consent: "授权给第三方平台", ConsentSentence: "「{}」申请以公众号的名义收发消息。这里扮演公众号的管理员。", ConsentAccount: "公众号", ConsentFunctions: "权限", ConsentYes: "授权",
	ConsentRefused: "请确认授权入口页所在域名，与授权后回调页所在域名相同，并且，此两者都必须与申请第三方平台时填写的授权发起页域名相同。授权入口页所在域名：{}",
}

var platformEnglish = PlatformWords{
	Authorise: "Connect by scan", AuthoriseSentence: "An admin of the Official Account scans and confirms. No AppSecret is entered, and no server settings are changed.",
	AuthoriseHow: "An admin of the Official Account scans with their own WeChat and ticks at least message management; with user management and custom menus, remarks, tags and menus work here, too. WeChat then comes back to this place.",
	AuthoriseGo:  "Scan at WeChat", AuthorisePhone: "Authorise on a phone", AuthoriseUntil: "The link is good until {}. After that, load this page again.",
	NotSetUp: "Connecting by scan is not possible yet", NotSetUpHint: "No third-party platform is set up here. Ask the operator to set one up, or connect the account with its AppID and AppSecret.",
	ByScan: "By scan", Withdrawn: "No longer authorised", WithdrawnSince: "The account withdrew its authorisation {}: no messages arrive, and written answers cannot go out. Have an admin of the account authorise it again; what waits is sent then.", Moved: "Moved to another company",
	Since: "Authorised {}", Functions: "What the account permits", NoFunction: "The permission for message management is missing, so answers cannot be sent. Authorise again and tick it.", Again: "Authorise again", Authorisation: "Authorisation", Accepted: "WeChat accepts the authorisation: messages can come and go.", HeardNothing: "None yet. Write to the account with your phone.", Rename: "Rename",
	Consent: "Authorise a third-party platform", ConsentSentence: "“{}” asks to send and receive messages in the name of an Official Account. Here you are the account’s admin.", ConsentAccount: "Official Account", ConsentFunctions: "Permissions", ConsentYes: "Authorise",
	ConsentRefused: "WeChat opens this page only from a link on a page of the domain that is registered for the platform, and goes back to that domain only. The link stood on: {}",
}

// functionSets are WeChat's names of its permission sets (权限集).
var functionSets = map[int][2]string{
	1: {"消息管理", "Message management"}, 2: {"用户管理", "User management"}, 3: {"账号服务", "Account services"}, 4: {"网页服务", "Web services"}, 5: {"微信小店", "Shop"},
	6: {"微信多客服", "Customer service"}, 7: {"群发与通知", "Mass messages and notices"}, 8: {"微信卡券", "Cards"}, 9: {"微信扫一扫", "Scanning"},
	11: {"素材管理", "Media library"}, 13: {"微信门店", "Shops on the map"}, 15: {"自定义菜单", "Custom menus"},
}

// FunctionSet is what a permission set is called; one without a name here is told by its number.
func (w *Words) FunctionSet(id int) string {
	names, known := functionSets[id]
	switch {
	case !known && w.Lang == Chinese:
		return "权限集 " + strconv.Itoa(id)
	case !known:
		return "Set " + strconv.Itoa(id)
	case w.Lang == Chinese:
		return names[0]
	}
	return names[1]
}
