package words

// peopleSentences are those about arranging agents and groups.
var peopleSentences = []sentence{
	{"admin.only", "只有管理员可以这样做。", "Only admins may do this."},
	{"people.meanwhile", "刚才有人改了同样的内容。请刷新页面再试。", "Somebody changed the same a moment ago. Reload the page and try again."},
	{"staff.name", "请填写姓名，最多 {} 个字。", "Enter a name of at most {} characters."},
	{"staff.email", "邮箱不对，请写成 name@example.com 的样子。", "That is no e-mail address. Write it like name@example.com."},
	{"staff.email-taken", "这个邮箱已经有人在用，请换一个。", "Somebody logs in with this address already. Choose another."},
	{"staff.role", "请选择角色：客服、主管或管理员。", "Choose a role: agent, supervisor or admin."},
	{"staff.places", "接待上限和自动接入是 0 到 {} 之间的整数。", "The limit, and how many open by themselves, are whole numbers from 0 to {}."},
	{"staff.password", "请填写密码，至少 8 位。", "Enter a password of at least 8 characters."},
	{"staff.password-long", "密码太长，最多 1024 个字节。", "The password is too long: at most 1024 bytes."},
	{"staff.last-admin", "这是唯一的管理员，不能停用或改成别的角色。请先让另一位成为管理员。", "This is the only admin, who cannot be disabled or given another role. Make somebody else an admin first."},
	{"team.name", "请填写分组名称，最多 {} 个字，不能叫 other。", "Enter a name for the group of at most {} characters, other than “other”."},
	{"team.name-taken", "已经有叫「{}」的分组，请换一个名称。", "There is a group called “{}” already. Choose another name."},
	{"team.strategy", "请选择怎么选人。", "Choose how one of the group is chosen."},
	{"team.overflow", "请填写等多久：大于 0 的整数和单位。", "Enter after how long: a whole number above 0, and its unit."},
	{"team.overflow-to", "请选择另一个分组。", "Choose another group."},
	{"team.place", "成员的序号是 1 到 9999 之间的整数。", "The number of a member is a whole number from 1 to 9999."},
}
