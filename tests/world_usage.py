"""The small world's product use beside its events: sessions, entitlements, onboarding, trials, contacts, visits.

Events (tests/world.py): 10, 9 and 12 users on the 12th of January, February and March; all of them report_viewed.

mau 10, 9, 12; dau 10/31, 9/29, 12/31; stickiness of January 10/31 of 10 = 1/31.
Sessions of January: Acorn's one hour, Birch's user twice half an hour: 2 h / 2 users = 1. Cedar's never ends.
Customers of January 11: eight of them viewed reports: 8/11. Breadth: Acorn 1 of 2, Birch 1 of 1: 75 %.
Interactions 3 and resources 3 in January. Outcomes due in January: Acorn's in time, Birch's late: 1/2.
Onboarding: Birch begins on 2 January and is done on the 13th (11 days), with reports used on the 12th; Hazel begins on
the 8th and has one of two steps: completion 1/2, step import 1/2, progress (1 + 1/2) / 2; at 11 days S = 1/2.
Birch is back on 12 March, 59 days after: 1/1.
Trials that ended in January: Hazel and (on the seventh day after) Iris converted, Elm not: 2/3.
First known in January: Hazel, created on the 8th, a report on the 12th at 9:30 (4.4 days); Iris by her trial of the
15th, a report on 12 February (28 days): activated 1/2, and at 4.4 days S = 1/2.
Visitors of January 4: v1 is Hazel, who orders on the 12th; v3 is Grove, whose order was cancelled: 1/4.
"""

from __future__ import annotations

SETTINGS = """
[usage]
features = { reports = ["report_viewed"], exports = ["exported"] }
activation = { event = "report_viewed", within_days = 14 }
value = { event = "report_viewed" }
funnel = ["report_viewed"]
"""

TABLES = {
    "sessions": """\
session_id,customer_id,contact_id,started_at,ended_at
s1,acorn,acorn-u1,2024-01-12T09:00:00Z,2024-01-12T10:00:00Z
s2,birch,birch-u1,2024-01-12T09:00:00Z,2024-01-12T09:30:00Z
s3,birch,birch-u1,2024-01-20T09:00:00Z,2024-01-20T09:30:00Z
s4,cedar,cedar-u1,2024-01-12T09:00:00Z,
s5,acorn,acorn-u1,2024-02-12T09:00:00Z,2024-02-12T09:15:00Z
""",
    "features": """\
feature,family,released_on
reports,insight,2023-01-01
exports,insight,2023-01-01
""",
    "entitlements": """\
customer_id,feature,started_at,ended_at
acorn,reports,2023-02-10,
acorn,exports,2023-02-10,
birch,reports,2023-02-10,
""",
    "onboarding_steps": """\
customer_id,contact_id,step,position,required,weight,assigned_at,started_at,completed_at
birch,birch-u1,invite,1,true,1,2024-01-02,2024-01-02,2024-01-04
birch,birch-u1,import,2,true,1,2024-01-02,2024-01-04,2024-01-13
hazel,hazel-u1,invite,1,true,1,2024-01-08,2024-01-08,2024-01-09
hazel,hazel-u1,import,2,true,1,2024-01-08,2024-01-09,
""",
    "trials": """\
trial_id,customer_id,started_at,ends_at,converted_at
t1,hazel,2023-12-20,2024-01-08,2024-01-08
t2,iris,2024-01-15,2024-01-29,2024-02-05
t3,elm,2024-01-20,2024-01-27,
""",
    "interactions": """\
interaction_id,customer_id,contact_id,owner,kind,at
n1,acorn,acorn-u1,Ann,call,2024-01-10T10:00:00Z
n2,birch,birch-u1,Ann,call,2024-01-11T10:00:00Z
n3,cedar,cedar-u1,Ann,meeting,2024-01-15T10:00:00Z
n4,acorn,acorn-u1,Ann,email,2024-02-15T10:00:00Z
""",
    "resource_views": """\
view_id,customer_id,contact_id,resource,kind,at
r1,birch,birch-u1,Getting started,view,2024-01-02T10:00:00Z
r2,birch,birch-u1,Getting started,download,2024-01-02T10:05:00Z
r3,hazel,hazel-u1,Getting started,view,2024-01-08T10:00:00Z
""",
    "outcomes": """\
outcome_id,customer_id,goal,agreed_at,due_on,achieved_at
o1,acorn,half the manual work,2023-10-01,2024-01-31,2024-01-30
o2,birch,all shops connected,2023-10-01,2024-01-31,2024-02-10
""",
    "visits": """\
visit_id,visitor,customer_id,at,channel,place,count
v-1,v1,hazel,2024-01-11T10:00:00Z,site,,1
v-2,v2,,2024-01-11T11:00:00Z,site,,1
v-3,v3,grove,2024-01-14T12:00:00Z,store,Harbour,1
v-4,v4,,2024-01-15T12:00:00Z,store,Harbour,1
v-5,v1,hazel,2024-02-01T10:00:00Z,site,,1
""",
}
