package words

// PeopleWords is what the pages of agents and groups say.
type PeopleWords struct {
	Agents, AgentsSentence, AddAgent, AddAgentSentence, Name, NameHint, Email, EmailHint, Password, PasswordHint, NewPassword, NewPasswordHint string
	Role, Agent, AgentHint, Supervisor, SupervisorHint, Admin, AdminHint, Capacity, CapacityHint, Conversations, ConversationsHint             string
	Seats, SeatsHint, Everywhere, Chosen, NoAccounts, Disabled, DisabledSince, Disable, DisableHint, Enable, You, Load, Number                 string

	Groups, GroupsSentence, AddGroup, AddGroupSentence, NoGroups, NoGroupsHint, GroupName, GroupNameHint, Strategy, Priority, PriorityHint                             string
	Members, MembersHint, Place, Overflow, OverflowHint, Never, Anybody, To, After, DefaultOf, DefaultOfHint, DefaultGroupHint, NoSeat, Nobody, OverflowSay, ToAnybody string
}

// OfPeople returns the words of the pages of agents and groups in the same language.
func (w *Words) OfPeople() *PeopleWords {
	if w.Lang == Chinese {
		return &peopleChinese
	}
	return &peopleEnglish
}

// RoleName is what a role is called.
func (p *PeopleWords) RoleName(role string) string {
	switch role {
	case "admin":
		return p.Admin
	case "supervisor":
		return p.Supervisor
	}
	return p.Agent
}

var peopleChinese = PeopleWords{
	Agents: "客服", AgentsSentence: "谁在这里接待客户，能同时接几个，在哪些公众号有坐席。", AddAgent: "添加客服", AddAgentSentence: "保存后，对方就可以用邮箱和密码登录。", Name: "姓名", NameHint: "同事看到的名字", Email: "邮箱", EmailHint: "用来登录",
	Password: "密码", PasswordHint: "第一次登录用，至少 8 位。请另行告诉对方。", NewPassword: "重置密码", NewPasswordHint: "至少 8 位；留空则不改。重置后，对方在所有设备上都要重新登录。",
	Role: "角色", Agent: "客服", AgentHint: "接待分给自己的会话", Supervisor: "主管", SupervisorHint: "还能查看、转接和结束所有会话，查看设置", Admin: "管理员", AdminHint: "还能修改设置，管理客服和分组",
	Capacity: "接待上限", CapacityHint: "等待中和会话中的会话最多几个；0 表示不分配。", Conversations: "自动接入", ConversationsHint: "会话中少于这个数时，排在最前的等待会话会自动打开；0 表示由客服自己打开。",
	Seats: "坐席", SeatsHint: "没有坐席的公众号，不会把会话分给这位客服；已经在接待的会话不受影响。", Everywhere: "所有公众号，包括以后接入的", Chosen: "只在选中的公众号", NoAccounts: "还没有接入公众号。",
	Disabled: "已停用", DisabledSince: "已在 {} 停用：不能登录，也不会分到会话。", Disable: "停用客服", DisableHint: "立即退出登录，等待中的会话回到排队，会话中的在宽限时间后回到排队。", Enable: "重新启用", You: "您自己", Load: "接待中 {}/{}", Number: "工号 {}",

	Groups: "客服分组", GroupsSentence: "同类的会话交给同一组人；组里怎么选人，没人接时转给谁。", AddGroup: "新建分组", AddGroupSentence: "自动回复规则、菜单和二维码可以把会话转到这个分组。", NoGroups: "还没有分组", NoGroupsHint: "没有分组时，会话在所有有坐席的客服里分配。",
	GroupName: "分组名称", GroupNameHint: "例如「售后」", Strategy: "怎么选人", Priority: "优先级", PriorityHint: "-100 到 100。越大越先接待，每一级抵 10 分钟等待；平常是 0。",
	Members: "成员", MembersHint: "勾选成员。「按分组里的顺序」选人时，序号小的先接。", Place: "{}的序号", Overflow: "没人接时", OverflowHint: "过了这段时间还没有人接，别人也可以接；分组自己的成员仍然可以接。", Never: "一直等这个分组", Anybody: "请所有有坐席的客服", To: "请分组「{}」", After: "等多久", DefaultOf: "默认分组", DefaultOfHint: "这些公众号里，没有规则、菜单或二维码指定去向的会话，先由这个分组接待。",
	NoSeat: "没有坐席", DefaultGroupHint: "没有规则、菜单或二维码指定去向的会话，先由这个分组接待；不指定时，在所有有坐席的客服里分配。", Nobody: "还没有成员", OverflowSay: "{} 后请「{}」", ToAnybody: "{} 后请所有人",
}

var peopleEnglish = PeopleWords{
	Agents: "Agents", AgentsSentence: "Who serves customers here, how many at a time, and at which accounts.", AddAgent: "Add an agent", AddAgentSentence: "Once saved, they can log in with the address and the password.", Name: "Name", NameHint: "As colleagues see it", Email: "E-mail", EmailHint: "To log in with",
	Password: "Password", PasswordHint: "For the first login, at least 8 characters. Tell them by another way.", NewPassword: "Reset the password", NewPasswordHint: "At least 8 characters; leave empty to keep it. A reset logs them out everywhere.",
	Role: "Role", Agent: "Agent", AgentHint: "Serves the sessions given to them", Supervisor: "Supervisor", SupervisorHint: "Also sees, hands on and closes every session, and looks at settings", Admin: "Admin", AdminHint: "Also changes settings, agents and groups",
	Capacity: "Limit", CapacityHint: "How many sessions at most, waiting and in conversation; 0: never given any.", Conversations: "Opened by itself", ConversationsHint: "With fewer than this in conversation, the first that waits opens by itself; 0: the agent opens each.",
	Seats: "Seats", SeatsHint: "An agent without a seat at an account is given none of its sessions; those they have already they keep.", Everywhere: "At every account, also those to come", Chosen: "Only at those chosen", NoAccounts: "No account is connected yet.",
	Disabled: "Disabled", DisabledSince: "Disabled since {}: they cannot log in, and are given nothing.", Disable: "Disable the agent", DisableHint: "Logs them out at once; what waits goes back to the queue, and what is in conversation after the grace time.", Enable: "Let in again", You: "You", Load: "{} of {} taken", Number: "No. {}",

	Groups: "Groups", GroupsSentence: "Sessions of one kind go to the same people: how one is chosen, and who helps when nobody takes it.", AddGroup: "New group", AddGroupSentence: "Rules, menus and QR codes can send sessions to it.", NoGroups: "No group yet", NoGroupsHint: "Without groups, sessions go to anyone with a seat.",
	GroupName: "Name of the group", GroupNameHint: "Such as “After-sales”", Strategy: "How one is chosen", Priority: "Priority", PriorityHint: "-100 to 100. The highest goes first, and each step is worth ten minutes of waiting; 0 is usual.",
	Members: "Members", MembersHint: "Tick who is in it. Chosen in the group’s order, the smallest number comes first.", Place: "Number of {}", Overflow: "When nobody takes it", OverflowHint: "After this time others may take it, too; the group’s own people still may.", Never: "It waits for this group", Anybody: "Ask anyone with a seat", To: "Ask the group “{}”", After: "After", DefaultOf: "Default group of", DefaultOfHint: "What comes to these accounts and is sent nowhere by a rule, a menu or a QR code is for this group first.",
	NoSeat: "No seat", DefaultGroupHint: "What is sent nowhere by a rule, a menu or a QR code is for this group first; with none, for anyone with a seat.", Nobody: "No members yet", OverflowSay: "After {}: “{}”", ToAnybody: "After {}: anyone",
}
