"""The small world's voice: what its customers answered, wrote and did in January 2024. Tests' floor.

Recommendation, 0 to 10: Acorn's u1 6 and later 10, Birch's u1 9 and u2 3, Cedar 9, Daisy 7, Fern 3, Grove 10; Hazel's
11 is off the scale, Juniper did not answer. 4 promoters, 3 detractors of 8: 12.5. The last answer of each: 4, 2 of 7:
28.6. People by their mean (u1 is 8): 3, 2 of 7: 14.3. Customers by their mean (Acorn 8, Birch 6, Cedar 9, Daisy 7,
Fern 3, Grove 10): 2, 2 of 6: 0; their MRR at the end of January 40, 200, 100, 200, 110, 100: (200 - 310) / 750 =
-14.67.
Satisfaction, 1 to 5: 5 and 2 after tickets, 4 and 3 otherwise: 2 of 4 are positive, the mean is 3.5 (62.5 of 100).
Service: 5, and after tickets 5 and 2: 2 of 3. First contact: one yes.
Effort, 1 to 7: 7, 6, 3, 4: mean 5, ease (6 + 5 + 2 + 3) / 6 / 4 = 66.7. 3 and 4: one hard; 7 and 6 easy: net 25.
Index: Acorn 8, 7, 9 (77.8), Birch 10, 10, 10 (100), Cedar left one out: 88.9.
Own people, 0 to 10: 10, 9, 9, 8, 6: 3 of 5 positive; 3 promoters, 1 detractor: 40.
Sent in January: 10 + 4 + 1 + 1 + 4 + 3 + 5 = 28, answered 27: 96.4 %.
Reviews: 5 of 5, 4 of 5, 6 of 10: mean 4 stars; "good" 0.4404 = 1.9 / sqrt(1.9^2 + 15).
Posts: 0.5, -0.2 and "good" (0.4404): mean 0.2468.
Customers of January 11; Acorn and Fern referred somebody: 2 of 11; with Birch's review and Grove's story 4 of 11.
"""

from __future__ import annotations

from collections.abc import Iterator

HEADER = (
    "response_id,survey,kind,question,customer_id,contact_id,owner,channel,asked_at,answered_at,score,scale_min,"
    "scale_max,is_positive,comment,touchpoint\n"
)
NPS = (
    ("acorn", "acorn-u1", "08", "6"),
    ("acorn", "acorn-u1", "20", "10"),
    ("birch", "birch-u1", "09", "9"),
    ("birch", "birch-u2", "10", "3"),
    ("cedar", "cedar-u1", "11", "9"),
    ("daisy", "daisy-u1", "12", "7"),
    ("fern", "fern-u1", "15", "3"),
    ("grove", "grove-u1", "16", "10"),
    ("hazel", "hazel-u1", "17", "11"),
    ("juniper", "juniper-u1", "18", ""),
)
CSAT = (("acorn", "5", "ticket"), ("elm", "2", "ticket"), ("birch", "4", "none"), ("cedar", "3", "order"))
CES = (("acorn", "7"), ("birch", "6"), ("cedar", "3"), ("daisy", "4"))
ACSI = (("acorn", "8 7 9"), ("birch", "10 10 10"), ("cedar", "5 5"))
TEAM = ("10", "9", "9", "8", "6")


def _surveys() -> Iterator[str]:
    for number, (customer, contact, day, score) in enumerate(NPS):
        answered = f"2024-01-{day}T12:00:00Z" if score else ""
        comment = "good" if customer == "grove" else ""
        yield (
            f"n{number},relationship,nps,recommend,{customer},{contact},Ann,email,2024-01-{day}T08:00:00Z,{answered},"
            f"{score},0,10,,{comment},none"
        )
    for number, (customer, score, about) in enumerate(CSAT):
        yield (
            f"s{number},after,csat,satisfied,{customer},{customer}-u1,Ben,app,2024-01-10T08:00:00Z,"
            f"2024-01-10T09:00:00Z,{score},,,,,{about}"
        )
    yield (
        "v0,after call,service,service,daisy,daisy-u1,Ben,email,2024-01-11T08:00:00Z,2024-01-11T09:00:00Z,5,1,5,,,"
        "interaction"
    )
    yield (
        "f0,after ticket,other,first_contact_resolution,acorn,acorn-u1,Ann,email,2024-01-03T08:00:00Z,"
        "2024-01-03T09:00:00Z,,,,true,,ticket"
    )
    for number, (customer, score) in enumerate(CES):
        yield (
            f"e{number},ease,ces,easy,{customer},{customer}-u1,Ann,app,2024-01-12T08:00:00Z,2024-01-12T09:00:00Z,"
            f"{score},1,7,,,none"
        )
    for number, (customer, scores) in enumerate(ACSI):
        for question, score in zip(("satisfaction", "expectations", "ideal"), scores.split(), strict=False):
            yield (
                f"a{number},yearly,acsi,{question},{customer},{customer}-u1,Ann,email,2024-01-13T08:00:00Z,"
                f"2024-01-13T09:00:00Z,{score},1,10,,,none"
            )
    for number, score in enumerate(TEAM):
        yield f"p{number},pulse,employee,employer,,,,app,2024-01-14T08:00:00Z,2024-01-14T09:00:00Z,{score},0,10,,,none"


TABLES = {
    "survey_responses": HEADER + "".join(f"{row}\n" for row in _surveys()),
    "reviews": (
        "review_id,customer_id,at,rating,scale_max,source,body\n"
        "r1,acorn,2024-01-05T10:00:00Z,5,5,Stars,good\n"
        "r2,birch,2024-01-06T10:00:00Z,4,5,Stars,\n"
        "r3,cedar,2024-01-07T10:00:00Z,6,10,Tens,\n"
    ),
    "mentions": (
        "mention_id,customer_id,at,source,body,sentiment\n"
        "m1,acorn,2024-01-05T10:00:00Z,forum,what a week,0.5\n"
        "m2,,2024-01-06T10:00:00Z,forum,so so,-0.2\n"
        "m3,fern,2024-01-07T10:00:00Z,forum,good,\n"
    ),
    "referrals": (
        "referral_id,customer_id,at,referred,converted_at\n"
        "x1,acorn,2024-01-08T10:00:00Z,Moss,\n"
        "x2,fern,2024-01-09T10:00:00Z,Nettle,2024-02-01T10:00:00Z\n"
    ),
    "advocacy_acts": "act_id,customer_id,kind,at\ny1,grove,case_study,2024-01-10T10:00:00Z\n",
}
