"""The small world's support desk: eleven tickets of January 2024, three of which never count. Tests' floor.

       created      answered  resolved after  answers  reopened
t1     Tue 2, 9:00  1 h       4 h             1        -         resolved at first contact
t2     Wed 3        2 h       6 h             1        -         resolved at first contact
t3     Thu 4        3 h       24 h            3        -
t4     Wed 10       2 h       2 h             1        once
t5     Thu 11       never     14 h            0        -         resolved at first contact
t6     Sat 20       2 h       10 February     1        -         resolved at first contact
t7     Thu 25       never     open            unknown  -
t8     Fri 26       never     10 h            1        -         opened by the agent
t9 is spam, t10 merged into t1, t11 deleted. All begin at 9:00.

Created 8; open at the end of January t6 and t7. First contact: t1, t2, t5, t6, 4 of 6 (t7 is unknown, t8 an agent's).
Reopened: 1 of the 7 resolved. Resolved in January after 4 + 6 + 24 + 2 + 14 + 10 = 60 hours: mean 10. Answered after
1 + 2 + 3 + 2 + 2: mean 2.
The desk is open Monday to Friday from 9 to 17: 4 + 6 + 8 + 2 + 8 + 8 = 36 business hours: mean 6.
"""

from __future__ import annotations

TABLES = {
    "tickets": (
        "ticket_id,customer_id,contact_id,agent,category,status,created_at,first_response_at,resolved_at,closed_at,"
        "reopened_count,agent_replies,agent_initiated,merged_into,is_spam\n"
        "t1,acorn,acorn-u1,Mia,setup,closed,2024-01-02T09:00Z,2024-01-02T10:00Z,2024-01-02T13:00Z,,0,1,,,\n"
        "t2,birch,birch-u1,Mia,setup,solved,2024-01-03T09:00Z,2024-01-03T11:00Z,2024-01-03T15:00Z,,0,1,,,\n"
        "t3,cedar,cedar-u1,Mia,billing,solved,2024-01-04T09:00Z,2024-01-04T12:00Z,2024-01-05T09:00Z,,,3,,,\n"
        "t4,daisy,daisy-u1,Mia,billing,solved,2024-01-10T09:00Z,2024-01-10T11:00Z,2024-01-10T11:00Z,,1,1,,,\n"
        "t5,fern,fern-u1,Mia,setup,solved,2024-01-11T09:00Z,,2024-01-11T23:00Z,,0,0,,,\n"
        "t6,elm,elm-u1,Mia,setup,solved,2024-01-20T09:00Z,2024-01-20T11:00Z,2024-02-10T09:00Z,,0,1,,,\n"
        "t7,,,,other,open,2024-01-25T09:00Z,,,,,,,,\n"
        "t8,grove,grove-u1,Mia,setup,solved,2024-01-26T09:00Z,,2024-01-26T19:00Z,,0,1,true,,\n"
        "t9,,,,,closed,2024-01-05T09:00Z,,2024-01-05T10:00Z,,0,0,,,true\n"
        "t10,acorn,,Mia,,closed,2024-01-06T09:00Z,,2024-01-06T10:00Z,,0,0,,t1,\n"
        "t11,acorn,,Mia,,deleted,2024-01-07T09:00Z,,2024-01-07T10:00Z,,0,0,,,\n"
    ),
    "agents": "agent,team,schedule\nMia,desk,desk\n",
    "schedules": "schedule,weekday,opens,closes,timezone\n"
    + "".join(f"desk,{day},09:00,17:00,UTC\n" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")),
}
