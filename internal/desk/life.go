package desk

// Act names what may happen to a session. What a person or the desk decided is kept with the session under this name.
type Act string

// The acts, in the order of a session's life.
const (
	ActAssign          Act = "assigned"          // the desk gives it to an agent
	ActGrab            Act = "grabbed"           // an agent takes it from the queue
	ActAccept          Act = "accepted"          // its agent opens it
	ActMoveUp          Act = "moved-up"          // it was the next to wait for its agent, who has a free conversation place: it opens by itself
	ActAnswer          Act = "answered"          // its agent, or a guest, writes to the customer
	ActTransfer        Act = "transferred"       // to another agent
	ActTransferToGroup Act = "transferred-group" // to a group's queue
	ActTakeOver        Act = "taken-over"        // by another agent, to themselves
	ActRelease         Act = "released"          // its agent gives it back to the queue
	ActReturn          Act = "returned"          // its agent has gone: time gives it back to the queue
	ActInvite          Act = "invited"           // a colleague joins
	ActLeave           Act = "left"              // one of several leaves, and others stay
	ActRemain          Act = "alone"             // the last but one has left
	ActPrioritise      Act = "prioritised"       // a person puts it elsewhere in the queue
	ActInterject       Act = "interjected"       // an admin writes to the customer from the monitor
	ActClose           Act = "closed"            // by its agent
	ActCloseByCompany  Act = "closed-by-company" // through the API, in nobody's name
	ActCloseByAdmin    Act = "closed-by-admin"   // from the monitor
	ActTimeOutQueue    Act = "queue-timeout"     // nobody received it
	ActTimeOutReceive  Act = "reception-timeout" // an agent had it and did not take it in time
	ActTimeOutIdle     Act = "idle-timeout"      // nobody has said anything for long
	ActOpen            Act = "opened"            // it came outside business hours, and they have begun: it may be given out
	ActHoldOver        Act = "hold-over"         // its exclusive agent was waited for long enough: others may take it
	ActOverflow        Act = "overflowed"        // nobody of its group took it in time: another group, or anybody, may
	ActAskOthers       Act = "others-asked"      // the agent it is for was waited for long enough, or cannot come: others may take it
	ActReclaim         Act = "reclaimed"         // its customer's exclusive agent has not answered for too long, and has them no more
)

// Acts are all of them.
var Acts = []Act{ActAssign, ActGrab, ActAccept, ActMoveUp, ActAnswer, ActTransfer, ActTransferToGroup, ActTakeOver, ActRelease, ActReturn, ActInvite, ActLeave, ActRemain,
	ActPrioritise, ActInterject, ActClose, ActCloseByCompany, ActCloseByAdmin, ActTimeOutQueue, ActTimeOutReceive, ActTimeOutIdle, ActOpen, ActHoldOver, ActOverflow, ActAskOthers, ActReclaim}

// States are all of them, the live ones first.
var States = []State{Queueing, Waiting, Conversing, GroupConversation, Closed, ReceptionTimeout, NobodyReceived, ClosedByAdmin}

// turnout is what an act comes to in a state: another state, the same one, or a refusal.
type turnout struct {
	to  State
	err error
}

// course is what an act comes to in each state. What is over is over alike, however it ended.
type course struct {
	queueing, waiting, conversing, together turnout
	over                                    func(State) turnout
}

func to(s State) turnout       { return turnout{to: s} }
func no(refusal error) turnout { return turnout{err: refusal} }

// ended refuses what cannot be done to a session that is over; stays takes it for a double click.
func ended(State) turnout   { return no(refuse(Taken, "session.closed")) }
func stays(s State) turnout { return to(s) }

// The refusals that several acts share.
var (
	notQueueing  = no(refuse(Taken, "session.not-queueing"))
	nobodysYet   = no(refuse(Denied, "session.not-yours"))
	takeFromLine = no(refuse(Denied, "session.take-from-queue"))
	inLine       = no(refuse(Taken, "session.in-queue"))
	notOpen      = no(refuse(Denied, "session.not-open"))
	noGroup      = no(refuse(Denied, "session.no-group"))
	closeNobodys = no(refuse(Denied, "session.close-nobodys"))
	tooSoon      = no(refuse(Taken, "session.not-due"))
	openBefore   = no(refuse(Taken, "session.open"))
)

// life is the whole life of a session: what each act comes to in each state. Who may do it, and to whom, is asked beside it. A
// closed session never reopens: the customer's next message makes a new one, which queues.
var life = map[Act]course{
	//                   queueing                 waiting                in conversation        group conversation     over
	ActAssign:          {to(Waiting), notQueueing, notQueueing, notQueueing, ended},
	ActGrab:            {to(Conversing), notQueueing, notQueueing, notQueueing, ended},
	ActAccept:          {nobodysYet, to(Conversing), to(Conversing), to(GroupConversation), ended},
	ActMoveUp:          {nobodysYet, to(Conversing), openBefore, openBefore, ended},
	ActAnswer:          {nobodysYet, to(Conversing), to(Conversing), to(GroupConversation), ended},
	ActTransfer:        {to(Waiting), to(Waiting), to(Waiting), to(Waiting), ended},
	ActTransferToGroup: {to(Queueing), to(Queueing), to(Queueing), to(Queueing), ended},
	ActTakeOver:        {takeFromLine, to(Conversing), to(Conversing), to(GroupConversation), ended},
	ActRelease:         {inLine, to(Queueing), to(Queueing), to(Queueing), ended},
	ActReturn:          {inLine, to(Queueing), to(Queueing), to(Queueing), ended},
	ActInvite:          {nobodysYet, notOpen, to(GroupConversation), to(GroupConversation), ended},
	ActLeave:           {noGroup, noGroup, noGroup, to(GroupConversation), ended},
	ActRemain:          {noGroup, noGroup, noGroup, to(Conversing), ended},
	ActPrioritise:      {to(Queueing), to(Waiting), to(Conversing), to(GroupConversation), ended},
	ActInterject:       {to(Queueing), to(Waiting), to(Conversing), to(GroupConversation), ended},
	ActClose:           {closeNobodys, to(Closed), to(Closed), to(Closed), stays},
	ActCloseByCompany:  {to(Closed), to(Closed), to(Closed), to(Closed), stays},
	ActCloseByAdmin:    {to(ClosedByAdmin), to(ClosedByAdmin), to(ClosedByAdmin), to(ClosedByAdmin), stays},
	ActTimeOutQueue:    {to(NobodyReceived), tooSoon, tooSoon, tooSoon, ended},
	ActTimeOutReceive:  {tooSoon, to(ReceptionTimeout), tooSoon, tooSoon, ended},
	ActTimeOutIdle:     {tooSoon, tooSoon, to(Closed), to(Closed), ended},
	ActOpen:            {to(Queueing), tooSoon, tooSoon, tooSoon, ended},
	ActHoldOver:        {to(Queueing), tooSoon, tooSoon, tooSoon, ended},
	ActOverflow:        {to(Queueing), tooSoon, tooSoon, tooSoon, ended},
	ActAskOthers:       {to(Queueing), tooSoon, tooSoon, tooSoon, ended},
	ActReclaim:         {to(Queueing), to(Waiting), to(Conversing), to(GroupConversation), ended},
}

// Next is the state that an act leads to from a state, or why it may not be done there. It looks at nothing else.
func Next(act Act, from State) (State, error) {
	c, known := life[act]
	if !known {
		return from, refuse(Invalid, "invalid")
	}
	var t turnout
	switch from {
	case Queueing:
		t = c.queueing
	case Waiting:
		t = c.waiting
	case Conversing:
		t = c.conversing
	case GroupConversation:
		t = c.together
	default:
		t = c.over(from)
	}
	if t.err != nil {
		return from, t.err
	}
	return t.to, nil
}
