"""The independent oracle: every revenue and retention figure by plain loops, in exact fractions. Tests' floor.

Written from the definitions alone, never from the engine; it shares no line with `tenure` and imports nothing of it.

    spans.py       periods of every grain
    books.py       a workspace folder's CSV files, read into plain rows with local days
    levels.py      what counts, and each customer's MRR at the close of every day
    presence.py    who is a customer where there are no subscriptions
    movements.py   what changed on each day, and why
    retention.py   cohorts and what became of them
    families.py    upsell and cross-sell
    cohorts.py     retention by age
    renewals.py    contracts due
    money.py       revenue of a period, and what it is per customer and user
    facts.py       rows of all other tables, as they read at as_of
    trade.py       orders, carts, stock, projects, jobs, deliveries, inspections
    lifetime.py    how long customers stay, what they bring and cost, and the state each is in
    ask.py         one question, one answer: `Oracle(folder).ask("nrr", None, period)`
    world.py       random worlds, seeded, written as a workspace folder (with world_items.py, world_facts.py,
                   and world_trade.py where it is asked for)
"""
