"""The names in the example company: customers, people, places, prices. All made up. Floor: edges (demo)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal


def _words(text: str) -> list[str]:
    return text.split()


HEADS = _words("""
Alder Amberly Ashcombe Bellweather Birchline Bluefern Bramble Brightwater Calloway Cardinal Cedarline Clover
Coastline Copperfield Dovetail Dunmore Eastgate Elmhurst Emberly Fairlight Fallow Fernhill Finchley Foxglove
Garnet Gablewood Greenlock Halden Harborne Hartwell Hazelmere Heron Highmoor Hollis Inkwell Ironbark Ivybridge
Juniper Keswyn Kestrel Lakeside Lantern Larkspur Linden Longacre Lowland Maplewood Marlow Meadowlark Merrin
Millbrook Mossgate Northwind Oakhaven Oldbridge Orchard Otterburn Pebble Penrose Pinecrest Quillon Ravenhill
Redmoor Ridgeway Riverton Rosewick Rowan Saltmarsh Sandpiper Silverlake Slatefield Sorrel Southmere Stonebrook
Summerfold Tamarind Tansy Thistle Thornbury Tidewell Umberly Valemont Verbena Wainwright Waverton Westbrook
Whitlow Wildrose Willowby Windmere Woodlark Wrenfield Yarrow Zephyrine
""")

_TAILS = {
    "Apparel": ["Apparel", "Clothing Co", "Knitwear", "Footwear", "Denim"],
    "Home": ["Home", "Ceramics", "Furniture", "Linens", "Lighting"],
    "Food": ["Coffee", "Teas", "Pantry", "Bakers", "Organics"],
    "Beauty": ["Skincare", "Soap Works", "Botanics", "Cosmetics"],
    "Sports": ["Outdoor", "Cycles", "Athletics", "Climbing"],
    "Books": ["Books", "Stationers", "Press", "Paper Goods"],
    "Electronics": ["Audio", "Electronics", "Components", "Devices"],
    "Wholesale": ["Trading", "Wholesale", "Supply", "Distribution"],
    "Couriers": ["Couriers", "Logistics", "Freight", "Express"],
    "Pets": ["Pet Supplies", "Petfoods", "Kennels"],
}
INDUSTRIES = tuple(_TAILS)

FIRST_NAMES = _words("""
Aisha Alan Alice Amara Andre Anika Anton Beatriz Ben Bianca Carla Carlos Chen Chloe Claire Daniel Dario Deepa
Diego Elena Elias Emeka Emma Erik Esther Fatima Felix Finn Freya Gabriel Giulia Grace Hana Hannah Henrik Hugo
Ingrid Isaac Isla Ivan Jana Jasmin Joel Jonas Julia Kamal Karin Kofi Lars Laura Leila Leo Lina Louis Lucia
Maja Marco Maria Mateo Mei Mila Mohamed Nadia Naomi Nils Noah Nora Olga Oliver Omar Oscar Paula Pedro Petra
Priya Rachel Ravi Rosa Ruth Samir Sara Sean Sofia Stefan Tara Theo Tomas Uma Valeria Victor Wei Yara Yusuf Zoe
""")

LAST_NAMES = _words("""
Abara Adler Ahmed Almeida Andersen Baker Banerjee Barros Becker Bell Bennett Berg Boateng Brandt Brooks
Carvalho Castro Chan Clarke Costa Dahl Das Diallo Dubois Eriksen Farrell Fischer Fontaine Foster Garcia Gomez
Grant Haddad Hansen Hayes Holm Hughes Ibrahim Ito Jansen Jensen Kaur Keller Khan Klein Kovac Kumar Lang Larsen
Lee Lind Lopez Maier Mason Mendes Meyer Moreau Morgan Murphy Nakamura Ndiaye Nguyen Novak Nowak Okafor Olsen
Ortiz Osei Owen Park Patel Pereira Petrov Quinn Ramos Reyes Ricci Rivera Romano Rossi Sato Schmidt Shah Silva
Singh Sousa Stone Suzuki Tanaka Taylor Thomsen Torres Varga Vega Walsh Weber Wood Yilmaz Young Zhang Zimmer
""")

OWNERS = ("Ines Duarte", "Marcus Webb", "Saoirse Nolan", "Jonah Feld", "Priyanka Rao", "Tilde Aaberg")
LEAVER, HEIR = "Marcus Webb", "Tilde Aaberg"  # the CSM who left in month 13, and who took over

# Where customers are: country, region, currency they are billed in, weight.
PLACES = (
    ("United States", "North America", "USD", 46.0), ("Canada", "North America", "USD", 10.0),
    ("United Kingdom", "Europe", "GBP", 11.0), ("Germany", "Europe", "EUR", 8.0),
    ("Netherlands", "Europe", "EUR", 6.0), ("Spain", "Europe", "EUR", 5.0),
    ("Australia", "Asia Pacific", "USD", 8.0), ("Singapore", "Asia Pacific", "USD", 6.0),
)  # fmt: skip

PLANS = ("Starter", "Growth", "Scale", "Enterprise")
SEAT_PRICE = {"Starter": Decimal(29), "Growth": Decimal(49), "Scale": Decimal(64), "Enterprise": Decimal(79)}
SEATS = {"Starter": (2, 7), "Growth": (6, 22), "Scale": (14, 38), "Enterprise": (45, 100)}
PEOPLE_EMPLOYED = {"Starter": (3, 40), "Growth": (20, 220), "Scale": (150, 900), "Enterprise": (1000, 6500)}
PRICE_BOOK = {"USD": Decimal("1"), "EUR": Decimal("0.95"), "GBP": Decimal("0.80")}

# Add-on products: family and price as a share of the platform's.
ADD_ONS = {
    "Route Planner": ("Routing", Decimal("0.40")),
    "Returns Portal": ("Returns", Decimal("0.22")),
    "Carbon Reports": ("Insights", Decimal("0.12")),
}
PLATFORM, PLATFORM_FAMILY = "Parcelwise", "Platform"

AGENTS = (
    ("Abel Nkemelu", "Frontline", "london"),
    ("Carys Pugh", "Frontline", "london"),
    ("Dov Eisner", "Frontline", "denver"),
    ("Fern Castellano", "Frontline", "denver"),
    ("Gita Menon", "Frontline", "denver"),
    ("Hal Brisbane", "Technical", "london"),
    ("Ilse Vermeer", "Technical", "london"),
    ("Kwame Asante", "Technical", "denver"),
    ("Lupe Arriaga", "Billing", "denver"),
)


def company_name(random: Callable[[], float], industry: str) -> str:
    """A name that fits the trade."""
    tails = _TAILS[industry]
    return f"{HEADS[int(random() * len(HEADS))]} {tails[int(random() * len(tails))]}"


def slug(name: str) -> str:
    """The name as the first part of a web address."""
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower())
