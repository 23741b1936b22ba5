"""Why a figure is less than exact, by what a provider gives: one short sentence each."""

from __future__ import annotations

from calls.metrics.metric import approximate, impossible, lower_bound

ONCE_PER_EMPLOYEE = approximate("Telecom X counts per employee, so one call to a group may count once for each")
DERIVED_ANSWERS = approximate("Telecom X answers are calls less unanswered, per employee")
PERHAPS_RINGING = approximate("Telecom X may count ringing as talk")
NO_CALLS = impossible("Telecom X gives totals per employee and hour, not single calls")
NO_HANGUPS = impossible("Telecom X does not tell who hung up")
FAILED_ONLY = approximate("Telecom X tells only which calls failed, not why")

UNTIL_TRANSFER = lower_bound("Soluno and Dstny end a call at its transfer")
NO_OUTBOUND = impossible("Soluno and Dstny tell of received calls only")
PERHAPS_NO_OUTBOUND = approximate("Soluno and Dstny may not tell of the call that returned it")
RINGS_FROM_RECEIVED = approximate("Soluno and Dstny may set the moment of ringing at the answer")
NO_CAUSE = impossible("Soluno and Dstny do not tell why a call was not answered")
WITHOUT_CAUSE = approximate("Soluno and Dstny do not tell a caller who hung up from a call that failed")

BY_SIP_CODE = approximate("read from PortSIP's SIP code, which a menu or an operator may set")
BY_HANGUP_CAUSE = approximate("read from While1's hang-up cause, which an operator may change")
WAITS_BY_SWITCH = approximate("a queue or a menu of While1 may answer before a person does")

ANSWERED_BY_SWITCH = approximate("a menu or a queue may have answered some of the calls before a person did")

NO_PRICE = impossible("calltop reads no price")
NO_PRICE_IN_LIST = impossible("PortSIP tells the cost of a call only when it is asked for singly, which calltop does not do")
MINUTES_ONLY = impossible("While1 tells billed minutes, not money")
