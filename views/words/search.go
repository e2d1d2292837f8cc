package words

// SearchWords is what the search says.
type SearchWords struct {
	Search, Placeholder, Results, Key                                                     string
	Leave, Filter, FilterOn, ClearFilter                                                  string
	Account, AnyAccount, Tag, AnyTag, State, AnyState, Over, From, To                     string
	Customers, Sessions, Messages                                                         string
	FoundSome, FoundMany, FoundNothing, Looked, LookedMine, Try, TryFilter, Further, Back string
	Behind, Colon                                                                         string
}

// OfSearch returns them in the same language.
func (w *Words) OfSearch() *SearchWords {
	if w.Lang == Chinese {
		return &searchChinese
	}
	return &searchEnglish
}

var searchChinese = SearchWords{
	Search: "搜索", Placeholder: "客户、消息、会话号", Results: "搜索结果", Key: "搜索消息、客户和会话",
	Leave: "退出搜索", Filter: "筛选", FilterOn: "筛选 · {}", ClearFilter: "去掉筛选",
	Account: "公众号", AnyAccount: "所有公众号", Tag: "标签", AnyTag: "所有标签", State: "会话状态", AnyState: "所有状态", Over: "已结束", From: "从", To: "到",
	Customers: "客户", Sessions: "会话", Messages: "消息",
	FoundSome: "找到 {} 条", FoundMany: "先显示最近的 {} 条", FoundNothing: "没有找到「{}」", Looked: "找过了全部消息、客户的备注名和标签、会话号。", LookedMine: "找过了您能打开的会话：消息、客户的备注名和标签、会话号。",
	Try: "试试少写几个字，或换一个说法。", TryFilter: "试试去掉筛选，少写几个字，或换一个说法。", Further: "再往前找", Back: "已经找到 {} 为止",
	Behind: "最近的消息还在整理，稍后再搜就能找到。", Colon: "：",
}

var searchEnglish = SearchWords{
	Search: "Search", Placeholder: "Customer, message, session no.", Results: "Search results", Key: "Search messages, customers and sessions",
	Leave: "Leave the search", Filter: "Filter", FilterOn: "Filter · {}", ClearFilter: "Clear filters",
	Account: "Account", AnyAccount: "Every account", Tag: "Tag", AnyTag: "Every tag", State: "State of the session", AnyState: "Every state", Over: "Over", From: "From", To: "To",
	Customers: "Customers", Sessions: "Sessions", Messages: "Messages",
	FoundSome: "{} found", FoundMany: "The latest {}", FoundNothing: "Nothing found for “{}”", Looked: "Searched: all messages, customers’ names and tags, session numbers.", LookedMine: "Searched: the sessions that you may open, by message, customer’s name or tag, and number.",
	Try: "Try fewer characters, or other words.", TryFilter: "Try without the filters, with fewer characters, or with other words.", Further: "Search further back", Back: "Searched back to {}",
	Behind: "The latest messages are still being put into the index; search again in a while to find them.", Colon: ": ",
}
