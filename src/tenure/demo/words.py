"""What Parcelwise's customers and agents write, by theme, so that there is something to find. Floor: edges (demo)."""

from __future__ import annotations

from tenure.demo.wording import ORDER_NUMBERS, Words

# Theme: what opens a ticket about it; what the agent answers.
TICKETS = {
    "labels": (
        (
            "Our labels print off centre since this morning on the {printer}.",
            "The label for {carrier} comes out blank, the order is {order}.",
            "How do we change the label size to 4x6 for {carrier}?",
            "Printing stops after the first twenty labels, then nothing happens.",
        ),
        (
            "Thanks for the details. Please set the paper size to 4x6 in the printer's driver and try again.",
            "I have corrected the label template on our side, could you reprint one and tell me how it looks?",
        ),
    ),
    "tracking": (
        (
            "Tracking for {order} has not moved in four days, our customer is asking every hour.",
            "The tracking page shows the wrong logo after we changed our brand.",
            "{carrier} says delivered, the tracking page still says in transit.",
            "Can the tracking mails be sent in two languages?",
        ),
        (
            "I have asked {carrier} for the latest scan and refreshed the tracking page.",
            "The page reads the carrier once an hour; it now shows the right state.",
        ),
    ),
    "integration": (
        (
            "Orders from our shop stopped importing last night.",
            "The connection to our shop fails with error 403 since the update.",
            "Half of the orders arrive without a phone number and {carrier} refuses them.",
            "We need the API key for our warehouse system, where do we find it?",
        ),
        (
            "The connection had expired. Please connect the shop again under Settings, the orders then follow.",
            "I have replayed the failed import; all orders of yesterday are there now.",
        ),
    ),
    "billing": (
        (
            "We were charged twice this month, please check the invoice.",
            "Please add our VAT number to all invoices.",
            "Why did the price go up? Nobody told us.",
            "We would like to change from monthly to yearly billing.",
        ),
        (
            "I have corrected the invoice and sent you the new one.",
            "You are right, I have credited the difference to your account.",
        ),
    ),
    "routes": (
        (
            "The route planner leaves out two stops on the evening round.",
            "Can the route planner take our two vans and the bicycle into account?",
            "Planning a route with more than 80 stops takes minutes.",
            "The driver's sheet shows the stops in the wrong order.",
        ),
        (
            "Please set the time windows of these stops, the planner then keeps them.",
            "I have raised the limit for your account, please plan the round again.",
        ),
    ),
    "returns": (
        (
            "A return label for {order} was created twice.",
            "How can our customers choose a drop-off point for returns?",
            "The return of {order} is at our door but still open in Parcelwise.",
        ),
        (
            "I have closed the return and removed the second label.",
            "You can switch on drop-off points under Returns, Options.",
        ),
    ),
    "account": (
        (
            "Please move our account to a new owner, our manager has left.",
            "I cannot log in since I changed my phone.",
            "How many more seats can we add this month?",
        ),
        ("I have sent you a link to sign in again.", "The new owner has been set, they will get a mail."),
    ),
}
THEMES = (
    ("labels", 24.0),
    ("tracking", 18.0),
    ("integration", 18.0),
    ("billing", 13.0),
    ("routes", 9.0),
    ("returns", 10.0),
    ("account", 8.0),
)

MORE_CUSTOMER = (
    "It still does not work, see the picture.",
    "Any news on this?",
    "That helped partly, but the second printer has the same trouble.",
    "We have orders waiting, this is urgent for us.",
    "Done as you said. What next?",
)
MORE_AGENT = (
    "Thank you, I am looking into it with our technical team.",
    "Could you send me the order number and a screenshot?",
    "We have found the cause and put a correction live. Please try again.",
    "I have tested it on your account and it works now.",
)
NOTES = (
    "Known trouble with the carrier's interface, see the internal page.",
    "Customer is on a yearly plan, keep the CSM informed.",
    "Reproduced on the test account.",
)
CLOSING = ("Thanks, that solved it.", "Works now, thank you.", "Perfect, thanks for the quick help.")

# What people write in surveys, reviews and posts: theme, then good and bad things said about it.
OPINIONS = {
    "support": (
        (
            "Support answered within the hour and knew what to do.",
            "Friendly support, real people who solve it the first time.",
            "Great help from {agent}.",
        ),
        (
            "Support took days to answer and our parcels stood still.",
            "Nobody replied to our ticket for three days.",
            "Waited far too long for an answer from support.",
            "Slow support, we had to ask again and again.",
        ),
    ),
    "route planner": (
        (
            "The route planner saves our drivers an hour a day.",
            "Love the new route planner, we deliver twelve more stops per van.",
            "Route planning finally works with our own couriers.",
        ),
        ("The route planner ignores our time windows.", "Route planning is slow with many stops."),
    ),
    "labels": (
        ("Printing labels takes seconds now.", "Label printing just works with every carrier we use."),
        ("Labels print off centre after every update.", "Too many clicks to print a single label."),
    ),
    "carrier rates": (
        ("Comparing carrier rates saved us about nine percent on shipping.", "Good carrier rates and easy to compare."),
        ("The rates shown are not the rates on the carrier's invoice.", "Our regional carrier is missing."),
    ),
    "integrations": (
        ("The connection to our shop was set up in ten minutes.", "Orders import by themselves, no more spreadsheets."),
        ("The import from our shop breaks every other week.", "The API lacks the fields our warehouse needs."),
    ),
    "price": (
        ("Fair price for what it does.", "Worth the money even for a small shop."),
        (
            "Too expensive since the last price increase.",
            "Paying per seat gets expensive when the whole warehouse needs access.",
        ),
    ),
    "ease of use": (
        ("Easy to learn, new colleagues need half an hour.", "Clean and simple to use every day."),
        ("Getting started was confusing and we never finished the set-up.", "The menus are hard to understand."),
    ),
    "returns": (
        ("Returns used to be a mess, now customers do it themselves.", "The returns portal halved our mails."),
        ("Returns are still too much manual work.", "Return labels are created twice now and then."),
    ),
}

GOALS = (
    "Ship the same day",
    "Halve time spent on labels",
    "Cut shipping cost by 8 %",
    "Fewer where-is-my-parcel mails",
    "Own delivery in the city",
    "One page for all returns",
)

WORDS = Words(
    TICKETS, THEMES, OPINIONS,
    (
        ("{printer}", ("Zeta Z40", "LabelMate 3", "Printwell 200")),
        ("{carrier}", ("Swiftpost", "Norda Parcel", "Blue Van", "Contio")), ("{order}", ORDER_NUMBERS),
        ("{agent}", ("Gita", "Abel", "Carys", "Kwame")),
    ),
    more_customer=MORE_CUSTOMER, more_agent=MORE_AGENT, notes=NOTES, closing=CLOSING,
    outbound="We saw failing imports on your account and would like to help.",
)  # fmt: skip
