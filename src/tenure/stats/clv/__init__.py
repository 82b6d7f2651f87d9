"""Models of how long customers stay and how much they buy, fitted by maximum likelihood. Ground floor.

    sbg          contracts that come up for renewal: shifted beta geometric (Fader and Hardie 2007)
    bg_nbd       buyers who come when they like: beta geometric / NBD (Fader, Hardie and Lee 2005)
    pareto_nbd   the same, dropping out at any time: Pareto / NBD (Schmittlein, Morrison and Colombo 1987)
    gamma_gamma  what a purchase brings (Colombo and Jiang 1999; Fader and Hardie 2013)
    value        what they bring together, discounted over a horizon
    buyers       the data of a buyer, pooled
    fitting      the search for the maximum, and when to refuse

These modules load numpy at once and scipy when they are used; nothing imports them before a model is asked for.
"""
