"""The small world's costs, staff and trade, for what customers are worth and what the work is like. Tests' floor.

Costs (USD)   acquisition  retention  goods
January               300        400    200     one new customer (Hazel, 160): 300 each, 300 / 160 = 1.875 months
February              300        400    145     one new customer (Iris): 300; the half of 800 of salaries counts as 400
March                 100        500      -
January: 8 of the 10 stay: 400 / 8 = 50 each; they pay 840 at its end: (840 - 400) / 400 = 110 %.
February: ARPA 1000 / 9, 1 of 9 leaves: (1000 / 9) / (1 / 9) = 1,000.
Five people work here (3 in success, 2 in sales): 10 customers / 5 = 2 at the end of March.
Lifespan at the end of March: Iris left after 20 days (12 at risk), Daisy after 365 (6 at risk: Acorn, Birch, Cedar,
Daisy, Fern, Grove): 20 + 345 x 11/12 + (1826.25 - 365) x 55/72 = 1452.48 days = 47.7 months.
February: 80 + 40 visits to stores; stock of 290 every day; four carts with items, one of them ordered; of two finished
projects one late; of three jobs one cancelled; of four deliveries one late; 3 defects in 150 units.
"""

TABLES = {
    "costs": """\
cost_id,category,line,channel,share,at,amount,currency
k-1,acquisition,advertising,ads,,2024-01-05,300,USD
k-2,retention,salaries,,,2024-01-31,400,USD
k-3,goods,other,,,2024-01-20,200,USD
k-4,acquisition,advertising,ads,,2024-02-05,300,USD
k-5,retention,salaries,,0.5,2024-02-29,800,USD
k-6,goods,other,,,2024-02-20,145,USD
k-7,acquisition,commissions,,,2024-03-05,100,USD
k-8,retention,tooling,,,2024-03-20,500,USD
""",
    "staff": """\
on,department,headcount
2023-12-01,success,2
2024-01-01,success,3
2024-01-01,sales,2
""",
    "stock": """\
on,product,value,currency
2024-01-01,socks,290,USD
""",
    "carts": """\
cart_id,customer_id,created_at,items,ordered_at,order_id
b-1,acorn,2024-02-03T10:00:00Z,2,2024-02-03T10:20:00Z,o-9
b-2,birch,2024-02-04T10:00:00Z,1,,
b-3,,2024-02-05T10:00:00Z,3,,
b-4,cedar,2024-02-06T10:00:00Z,0,,
b-5,fern,2024-02-07T10:00:00Z,1,,
""",
    "projects": """\
project_id,customer_id,started_at,due_on,finished_at,budget,cost,outcome
j-1,birch,2024-01-10,2024-02-20,2024-02-20T16:00:00Z,5000,5200,success
j-2,cedar,2024-01-10,2024-02-10,2024-02-12T09:00:00Z,3000,2900,success
j-3,fern,2024-02-10,2024-04-10,,3000,,open
""",
    "jobs": """\
job_id,provider,customer_id,accepted_at,completed_at,status
w-1,pat,acorn,2024-02-01T09:00:00Z,2024-02-02T09:00:00Z,completed
w-2,pat,birch,2024-02-10T09:00:00Z,2024-03-02T09:00:00Z,completed
w-3,sam,grove,2024-02-15T09:00:00Z,,cancelled
""",
    "deliveries": """\
delivery_id,customer_id,order_id,promised_at,delivered_at
d-1,hazel,o-1,2024-02-02T18:00:00Z,2024-02-02T12:00:00Z
d-2,grove,,2024-02-05T18:00:00Z,2024-02-05T18:00:00Z
d-3,grove,,2024-02-09T18:00:00Z,2024-02-09T18:00:01Z
d-4,acorn,,2024-02-12T18:00:00Z,2024-02-11T18:00:00Z
""",
    "inspections": """\
inspection_id,at,product,units,defects
n-1,2024-02-08T10:00:00Z,socks,100,2
n-2,2024-02-18T10:00:00Z,hats,50,1
""",
    "visits": """\
visit_id,visitor,customer_id,at,channel,place,count
f-1,,,2024-02-08T10:00:00Z,store,north,80
f-2,,,2024-02-09T10:00:00Z,store,south,40
""",
}
